"""One run of a command: its settings, its catalog, its way to print."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from pkgcat import config
from pkgcat.errors import Invalid
from pkgcat.models import check_field, nearest
from pkgcat.render import Format, Screen, View, render
from pkgcat.render.spool import Spool
from pkgcat.render.text import clean
from pkgcat.store import Operation, Store


class Session:
    """What a command's body works with."""

    store: Store
    operation: Operation

    def __init__(self, ctx: typer.Context) -> None:
        asked: dict[str, Any] = ctx.ensure_object(dict)
        self.quiet = bool(asked.get("quiet"))
        self.dry_run = bool(asked.get("dry_run"))
        self.format = _format(asked.get("format"), as_json=bool(asked.get("json")))
        self.fields = _fields(asked.get("fields"))
        self.settings = config.Settings(Path(asked["db"]) if "db" in asked else None)
        self.now = datetime.now(UTC)
        self.spool = Spool()
        self.failure: Exception | None = None
        """Raised once the answer is printed: what was done stands, and the exit code tells the rest."""
        self._said: list[str] = []

    @property
    def structured(self) -> bool:
        """Whether the answer is for a program, so that words belong on stderr."""
        return self.format is not Format.TABLE

    @property
    def screen(self) -> Screen:
        """What stdout is: its width, and what it can show."""
        return screen(self.now, self.settings.timezone if self.format is Format.APIV4 else "UTC")

    def print(self, view: View) -> None:
        """Put a view into the answer."""
        render(view, self.format, self.screen, self.spool)

    def write(self, text: str) -> None:
        """Put text into the answer."""
        self.spool.write(text)

    def say(self, text: str) -> None:
        """Tell in one line what was done, unless `--quiet`."""
        if not self.quiet:
            self._said.append(f"{clean(text)}\n")

    def tell(self, text: str) -> None:
        """Tell a line that `--quiet` does not silence, as it is about what went wrong."""
        self._said.append(f"{text}\n")

    def warn(self, text: str) -> None:
        """Tell on stderr what a person should know, whatever the answer is."""
        if not self.quiet:
            sys.stderr.write(f"pkgcat: {clean(text)}\n")

    def finish(self) -> None:
        """Print the answer, now that the catalog is closed; then the words, the most important last."""
        if not self.structured:
            self.spool.write("".join(self._said))
        page(self.spool)
        if self.structured:
            sys.stderr.write("".join(self._said))


@contextmanager
def session(ctx: typer.Context) -> Iterator[Session]:
    """Run a command's body, then print its answer."""
    run = Session(ctx)
    yield run
    run.finish()
    if run.failure:
        raise run.failure


@contextmanager
def reading(ctx: typer.Context) -> Iterator[Session]:
    """Open the catalog for reading, and close it before anything is printed."""
    with session(ctx) as run, Store.read(run.settings.catalog, named=run.settings.named) as run.store:
        yield run


@contextmanager
def writing(ctx: typer.Context, command: str, *, create: bool = False) -> Iterator[Session]:
    """Run a command whose whole body is one operation."""
    with session(ctx) as run, operating(run, command, create=create):
        yield run


@contextmanager
def operating(run: Session, command: str, *, create: bool) -> Iterator[None]:
    """Open the catalog for one operation: the body's writes all happen, or none.

    `create` tells a command that may be the first one to write.
    """
    path, named = run.settings.catalog, run.settings.named
    with (
        Store.write(path, named=named and not run.dry_run, create=create and not run.dry_run) as run.store,
        run.store.operation(command, run.now, dry_run=run.dry_run) as run.operation,
    ):
        yield


def screen(now: datetime, timezone: str = "America/New_York") -> Screen:
    """Describe stdout."""
    terminal, said = is_terminal(), config.terminal()
    width = said.width or (_columns() if terminal else 80)
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    unicode = encoding.startswith("utf") and not said.dumb
    colour = terminal if said.colour is None else said.colour
    return Screen(terminal, width, colour, unicode, now, timezone)


def is_terminal() -> bool:
    """Whether stdout is a terminal; CLICOLOR_FORCE makes it one."""
    return config.terminal().colour is True or (sys.stdout is not None and sys.stdout.isatty())


def page(spool: Spool) -> None:
    """Print what was kept; through the pager where it is longer than the terminal."""
    pager = config.terminal().pager
    if sys.stdout is not None and sys.stdout.isatty() and sys.stdin.isatty() and pager and pager != "cat":
        from shutil import get_terminal_size

        if spool.lines() >= get_terminal_size().lines and _through(pager, spool):
            return
    spool.pour(sys.stdout)


def names(given: Iterable[str]) -> list[str]:
    """Return the names given, `-` standing for the lines of standard input."""
    listed: list[str] = []
    for name in given:
        if name == "-":
            listed += [line.strip() for line in sys.stdin if line.strip()]
        else:
            listed.append(name)
    return listed


def _through(pager: str, spool: Spool) -> bool:
    import shlex
    import subprocess

    try:
        process = subprocess.Popen(  # noqa: S603
            shlex.split(pager), stdin=subprocess.PIPE, encoding=sys.stdout.encoding, errors="backslashreplace"
        )
    except (OSError, ValueError):
        return False
    assert process.stdin is not None
    spool.pour(process.stdin)  # type: ignore[arg-type]
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.wait()
    return True


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _format(name: str | None, *, as_json: bool) -> Format:
    if as_json and name not in (None, "json"):
        raise Invalid(f"--json and --format {name} exclude each other")
    if name is None:
        return Format.JSON if as_json else Format.TABLE
    try:
        return Format(name)
    except ValueError:
        known = [form.value for form in Format]
        hint = nearest(name, known) or f"; there are {', '.join(known)}"
        raise Invalid(f"there is no format {name!r}{hint}") from None


def _fields(given: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in given.split(",") if name.strip()) if given else ()
    return tuple(check_field(name).name for name in names)
