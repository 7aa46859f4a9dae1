"""One run of a command: its settings, its catalog, its way to print."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pkgcat import config
from pkgcat.errors import Invalid
from pkgcat.model.credentials import addresses_with_credentials, strip_credentials_in
from pkgcat.model.requirements import read_requirement, read_requirement_lines
from pkgcat.model.text import clean
from pkgcat.results.output import Screen
from pkgcat.results.result import Result
from pkgcat.results.table import Table
from pkgcat.shell import streams
from pkgcat.shell.clock import read_clock
from pkgcat.shell.output_buffer import OutputBuffer
from pkgcat.shell.output_formats import FORMATS, TABLE, OutputFormat, find_format, render_result
from pkgcat.store import Store

if TYPE_CHECKING:
    from pkgcat.model.origin import OperationKind, Origin
    from pkgcat.store.operation import Operation


class Session:
    """What a command's body works with."""

    store: Store
    operation: "Operation"

    def __init__(self, ctx: typer.Context) -> None:
        asked: dict[str, Any] = ctx.ensure_object(dict)
        self.quiet = bool(asked.get("quiet"))
        self.dry_run = bool(asked.get("dry_run"))
        self.format = _format(asked.get("format"), as_json=bool(asked.get("json")))
        self.fields: tuple[str, ...] = asked.get("fields", ())
        self.settings = config.Settings(Path(asked["db"]) if "db" in asked else None)
        self.now = read_clock()
        self.buffer = OutputBuffer()
        self.failure: Exception | None = None
        """Raised once the answer is printed: what was done stands, and the exit code tells
        the rest.
        """
        self._said: list[str] = []
        self.credentials_cut: list[str] = []
        """Addresses whose credentials were cut."""

    @property
    def structured(self) -> bool:
        """Whether the answer is for a program, so that words belong on stderr."""
        return self.format.for_programs

    @property
    def prints_records(self) -> bool:
        """Whether a command that writes records prints them afterwards."""
        return self.structured or bool(self.fields)

    @property
    def screen(self) -> Screen:
        """What stdout is: its width, and what it can show."""
        return describe_stdout(self.now)

    def screen_for(self, format_name: str) -> Screen:
        """Return the screen for a format: API v4's with the configured zone, which is read from
        config.toml for nothing else.
        """
        if format_name != "apiv4":
            return self.screen
        return self.screen._replace(timezone=self.settings.timezone)

    @cached_property
    def is_for_eyes(self) -> bool:
        """Whether the answer is a table or a page on a terminal."""
        return self.format is TABLE and self.screen.terminal

    @property
    def shows_progress(self) -> bool:
        """Whether somebody watches a long command: its progress is drawn on stderr."""
        return streams.stderr_is_terminal() and not self.quiet and not self.structured

    def read_catalog(self, *, must_exist: bool = True) -> Store:
        """Open the catalog for reading; see Store.read. One that the user chose `must_exist`."""
        explicit = must_exist and self.settings.explicit
        return self._tell_settings(Store.read(self.settings.catalog, explicit=explicit))

    def write_catalog(self, *, create: bool = False) -> Store:
        """Open the catalog for writing; see Store.write. A dry run that would make one reads an
        empty one.
        """
        if create and self.dry_run:
            return self._tell_settings(
                Store.write(self.settings.catalog, explicit=False, create=False)
            )
        explicit = self.settings.explicit
        store = Store.write(self.settings.catalog, explicit=explicit, create=create)
        return self._tell_settings(store)

    def _tell_settings(self, store: Store) -> Store:
        """Let a catalog know the settings it depends on, which are read when it needs them."""
        store.read_configured_kinds = lambda: self.settings.host_types
        store.read_inactive_after = lambda: self.settings.inactive_after
        return store

    def print(self, result: Result) -> None:
        """Put a result into the answer, in the format that was asked for."""
        render_result(result, self.format, self.screen_for(self.format.name), self.buffer)

    def print_table(self, table: Table) -> None:
        """Put a table into the answer, with the columns that `--fields` names, or all of them."""
        self.print(table.choose_columns(self.fields) if self.fields else table)

    def write(self, text: str) -> None:
        """Put text for people into the answer, cleaned; its line breaks stay."""
        self.buffer.write(clean(text, lines=True))

    def write_data(self, text: str) -> None:
        """Put text for a program into the answer, as it is: JSON in ASCII, the path of a file."""
        self.buffer.write(text)

    def say(self, text: str) -> None:
        """Tell in one line what was done, unless `--quiet`."""
        if not self.quiet:
            self.tell(text)

    def say_done(self, would: str, done: str) -> None:
        """Tell what was done or, of a dry run, what would be done."""
        self.say(f"would {would}" if self.dry_run else done)

    def tell(self, text: str) -> None:
        """Tell a line that `--quiet` does not silence, as it is about what went wrong."""
        self._said.append(clean(strip_credentials_in(text)))

    def warn(self, text: str) -> None:
        """Tell on stderr what a person should know, whatever the answer is."""
        if not self.quiet:
            streams.write_message(f"pkgcat: {text}")

    def note_credentials(self, given: Iterable[object]) -> None:
        """Note which of the addresses given have credentials; `finish` tells once that they
        were cut.
        """
        for text in given:
            if isinstance(text, str):
                self.credentials_cut += addresses_with_credentials(text)

    def finish(self) -> None:
        """Print the answer, now that the catalog is closed; then the words, the most
        important last.
        """
        if self.credentials_cut:
            self.warn(_credentials_cut(list(dict.fromkeys(self.credentials_cut))))
        print_paged(self.buffer)
        if self.structured:
            for line in self._said:
                streams.write_message(line)
        elif self._said:
            streams.print_text("".join(f"{line}\n" for line in self._said))


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
    with session(ctx) as run, run.read_catalog() as run.store:
        yield run


@contextmanager
def writing(
    ctx: typer.Context, command: str, *, kind: "OperationKind", create: bool = False
) -> Iterator[Session]:
    """Run a command whose whole body is one operation of a person."""
    with session(ctx) as run, operating(run, command, kind=kind, create=create):
        yield run


@contextmanager
def operating(
    run: Session,
    command: str,
    *,
    kind: "OperationKind",
    create: bool,
    origin: "Origin | None" = None,
) -> Iterator[None]:
    """Open the catalog for one operation: the body's writes all happen, or none.

    `create` tells a command that may be the first one to write.
    """
    from pkgcat.store.operation import begin_operation  # reading does without

    run.note_credentials([command])
    with (
        run.write_catalog(create=create) as run.store,
        begin_operation(
            run.store, command, run.now, kind=kind, origin=origin, dry_run=run.dry_run
        ) as run.operation,
    ):
        yield


def describe_stdout(now: datetime) -> Screen:
    """Describe stdout."""
    terminal, said = is_terminal(), config.terminal()
    width = said.width or (_columns() if terminal else 80)
    encoding = streams.stdout_encoding()
    unicode = encoding.lower().startswith("utf") and not said.dumb
    colour = terminal if said.colour is None else said.colour
    return Screen(terminal, width, colour, unicode, now, encoding=encoding)


def is_terminal() -> bool:
    """Whether stdout is a terminal; CLICOLOR_FORCE makes it one."""
    return config.terminal().colour is True or streams.stdout_is_terminal()


def print_paged(buffer: OutputBuffer) -> None:
    """Print what was kept; through the pager where it is longer than the terminal."""
    if not _through_pager(buffer):
        streams.print_buffer(buffer)


def read_names(given: Iterable[str]) -> list[str]:
    """Return the names given, `-` standing for the lines of standard input, which may be pip's
    requirements.
    """
    listed: list[str] = []
    for name in given:
        if name == "-":
            listed += _read_lines()
        else:
            listed.append(read_requirement(name))
    return listed


def _read_lines() -> list[str]:
    """Return what the lines of standard input name."""
    from pkgcat.shell.files import open_text  # most names are arguments

    with open_text("-") as text:
        return list(read_requirement_lines(text))


def _credentials_cut(addresses: list[str]) -> str:
    """Say that credentials were cut, naming the first three addresses."""
    listed = ", ".join(addresses[:3])
    more = len(addresses) - 3
    if more > 0:
        listed += f" and {more:,} more"
    return f"cut the credentials from {listed}; pkgcat keeps none"


def _through_pager(buffer: OutputBuffer) -> bool:
    """Show a text that is longer than the terminal in the pager; return whether that was done."""
    said = config.terminal()
    pager = said.pager
    if not pager or pager == "cat" or said.dumb:
        return False
    if not streams.stdout_is_terminal() or not streams.stdin_is_terminal():
        return False
    from shutil import get_terminal_size

    if buffer.lines() < get_terminal_size().lines:
        return False
    import shlex
    from subprocess import PIPE

    from pkgcat.shell.foreground import foreground

    encoding = streams.stdout_encoding()
    with ExitStack() as stack:
        try:
            child = foreground(
                shlex.split(pager),
                stdin=PIPE,
                encoding=encoding,
                errors="backslashreplace",
                env=config.pager_environment(),
            )
            process = stack.enter_context(child)
        except (OSError, ValueError):
            return False
        assert process.stdin is not None
        streams.write_buffer(buffer, streams.CleanStream(process.stdin))
        with suppress(BrokenPipeError):
            process.stdin.close()
    return True


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _format(name: str | None, *, as_json: bool) -> OutputFormat:
    if as_json and name not in (None, "json"):
        raise Invalid(f"--json and --format {name} exclude each other")
    if name is not None:
        return find_format(name)
    if as_json:
        return FORMATS["json"]
    return TABLE
