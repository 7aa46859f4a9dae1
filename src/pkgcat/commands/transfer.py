"""import, export: packages in and out as text."""

import io
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from typing import Annotated, TextIO

import typer

from pkgcat.commands.arguments import At
from pkgcat.commands.options import Command, Writing, program
from pkgcat.commands.session import Session, operating, reading, session
from pkgcat.commands.show import addresses, go_back
from pkgcat.errors import Conflict, Denied, Invalid, IOFailed
from pkgcat.models import FIELDS, Query
from pkgcat.render import Format, Out, View, render
from pkgcat.render.json import escape, write_array
from pkgcat.render.values import counted
from pkgcat.render.views import columns
from pkgcat.store import Store, groups, packages

_SUFFIXES = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
_FORMATS = ("json", "jsonl", "csv", "apiv4")
EXPORTED = tuple(name for name, field in FIELDS.items() if field.role != "derived")
"""What an export holds; the rest follows from it."""


def import_(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE",
            help="API v4 records, pkgcat's JSON or JSON Lines, or CSV; - is standard input. "
            "Or the address of a package or grid on Django Packages.",
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="djangopackages", help="Fetch the whole site instead of a file.")
    ] = None,
    grid: Annotated[
        str | None, typer.Option(metavar="SLUG", help="With --from: only the packages of this grid.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let the file replace your own words and newer facts.")
    ] = False,
) -> None:
    """Import packages from a file, or from Django Packages.

    All of a file is stored or, where one record is wrong, nothing. Known
    packages get newer facts and the words they lack; what you wrote
    yourself stays.

    \b
    Examples:
      pkgcat import package-1326.json
      cat records.ndjson | pkgcat import -
      pkgcat import --from djangopackages --grid countries
    """
    if (file is None) == (source is None) or (grid and not source):
        raise Invalid("name a FILE to import, or --from djangopackages, with --grid SLUG for one of its grids")
    if source not in (None, "djangopackages"):
        raise Invalid(f"there is no source {source!r} to import from; djangopackages is one")
    with session(ctx) as run, _opened(run, file, grid) as text:
        command = f"import {file or '--from djangopackages'}{f' --grid {grid}' if grid else ''}"
        with operating(run, command, create=True):
            _take(run, text, overwrite=overwrite, skip=file is None or "://" in file)


def _take(run: Session, text: TextIO, *, overwrite: bool, skip: bool) -> None:
    """Take in every record of a text and tell what came of it; `skip` passes over those in conflict with others."""
    from pkgcat import transfer  # a reader of four formats that other commands do without

    outcomes: Counter[str] = Counter()
    first: dict[str, list[str]] = {}
    strangers: set[str] = set()
    kept = 0
    for entry in transfer.read(text):
        if isinstance(entry, dict):
            transfer.take_header(run.operation, entry, overwrite=overwrite)
            continue
        strangers |= transfer.unknown_keys(entry.record)
        try:
            taken = transfer.take(run.operation, entry, overwrite=overwrite)
        except Conflict as error:
            if not skip:
                raise
            run.warn(f"passed over: {error}")
            continue
        outcomes[taken.outcome] += 1
        kept += bool(taken.kept)
        if len(named := first.setdefault(taken.outcome, [])) < 3:
            named.append(taken.slug)
    if strangers:
        run.warn(f"ignored unknown fields: {', '.join(sorted(strangers)[:8])}")
    run.say(_told(outcomes, first, dry_run=run.dry_run))
    if kept:
        where = "one package differs" if kept == 1 else f"{kept:,} packages differ"
        run.say(f"where {where} from what was imported your own words stayed; --overwrite replaces them")


def export(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to; - is standard output.")] = "-",
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help=f"One of {', '.join(_FORMATS)}; else as the file is called."),
    ] = None,
    at: At = None,
) -> None:
    """Export the whole catalog to a file.

    'pkgcat import' of it into an empty catalog gives the same catalog. CSV
    leaves out what categories and grids are called, and apiv4 all that API
    v4 does not know.

    \b
    Examples:
      pkgcat export catalog.jsonl
      pkgcat export --format apiv4 > packages.json
    """
    form = format_ or _SUFFIXES.get(Path(file).suffix, "json")
    if form not in _FORMATS:
        raise Invalid(f"there is no format {form!r} to export; there are {', '.join(_FORMATS)}")
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at)
        query = Query(run.now)
        screen = run.screen._replace(terminal=file == "-" and run.screen.terminal)
        with _replaced(Path(file), run.settings.catalog) if file != "-" else _given(run.spool) as out:
            if form in ("json", "jsonl"):
                _write_own(run.store, query, out, lines=form == "jsonl")
            elif form == "csv":
                rows = packages.rows(run.store, EXPORTED, query, whole=True)
                render(View(columns(EXPORTED), rows), Format.CSV, screen, out)
            else:
                view = View((), packages=packages.read(run.store, query), addresses=addresses(run.store))
                render(view, Format.APIV4, screen, out)
        if file != "-":
            run.say(f"exported {counted(packages.count(run.store), 'package')} to {file}")


def _write_own(store: Store, query: Query, out: Out, *, lines: bool) -> None:
    """Write pkgcat's own form: what categories and grids are called, then every package."""
    import json

    header = {
        "pkgcat": 1,
        "categories": [group._asdict() for group in groups.categories(store)],
        "grids": [group._asdict() for group in groups.grids(store)],
    }
    records = map(escape, packages.for_export(store, EXPORTED, query))
    if lines:
        out.write(f"{json.dumps(header)}\n")
        out.writelines(f"{record}\n" for record in records)
        return
    out.write(f'{json.dumps(header)[:-1]}, "packages": ')
    write_array(records, out, end="}")


@contextmanager
def _opened(run: Session, file: str | None, grid: str | None) -> Iterator[TextIO]:
    """Open a text to import, a byte order mark passed over; or fetch one, before any transaction begins."""
    if file is None or "://" in file:
        import asyncio

        from pkgcat.commands import network

        with TemporaryFile("w+", encoding="utf-8") as text:
            asyncio.run(network.fetch_site(run.settings, file, grid, text))
            text.seek(0)
            yield text
        return
    if file == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")
        return
    try:
        with Path(file).open(encoding="utf-8-sig", newline="") as text:
            yield text
    except PermissionError as error:
        raise Denied(f"{file}: permission denied") from error
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise Invalid(f"{file} cannot be read: {reason}") from error


@contextmanager
def _given(out: Out) -> Iterator[Out]:
    yield out


@contextmanager
def _replaced(path: Path, catalog: Path) -> Iterator[Out]:
    """Write a file beside its place and put it there whole, readable by its owner alone.

    A link stays a link, and what is no ordinary file (a pipe, /dev/stdout) is written to as it is.
    """
    draft = None
    try:
        place = path.resolve()
        if place.is_dir() or place == catalog.resolve():
            raise Invalid(f"{path} is {'a folder' if place.is_dir() else 'the catalog itself'}; name another file")
        if place.exists() and not place.is_file():
            with place.open("w", encoding="utf-8", newline="") as out:
                yield out
            return
        handle, draft = mkstemp(prefix=".pkgcat-export-", dir=place.parent)
        with open(handle, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123  # a descriptor
            yield out
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(place)
        draft = None
    except PermissionError as error:
        raise Denied(f"{path}: permission denied") from error
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise IOFailed(f"{path}: {reason}") from error
    finally:
        if draft:
            with suppress(OSError):  # there is an error to tell already
                Path(draft).unlink()


def _told(outcomes: Counter[str], first: dict[str, list[str]], *, dry_run: bool) -> str:
    """Say what an import did, in one line."""
    if not outcomes:
        return "nothing to import: the file holds no package"
    if not outcomes["added"] and not outcomes["changed"]:
        count = outcomes["unchanged"]
        are = "package is" if count == 1 else "packages are"
        return f"nothing changed: {count:,} {are} in the catalog already"
    parts = []
    for outcome in ("added", "changed", "unchanged"):
        if count := outcomes[outcome]:
            slugs = f" ({', '.join(first[outcome])})" if count <= 3 and outcome != "unchanged" else ""
            parts.append(f"{outcome} {count:,}{slugs}" if outcome != "unchanged" else f"{count:,} unchanged")
    told = ", ".join(parts)
    return f"dry run, nothing stored: {told}" if dry_run else f"{told}; 'pkgcat undo' takes it back"


def app(name: str) -> typer.Typer:
    """Return one of this module's commands as an app."""
    return program((name, import_, Writing) if name == "import" else (name, export, Command))
