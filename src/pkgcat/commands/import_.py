"""import: packages from a file, or from Django Packages."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from pkgcat.errors import Invalid
from pkgcat.model.origin import Origin
from pkgcat.model.site_addresses import DJANGO_PACKAGES, django_packages
from pkgcat.model.wording import format_count
from pkgcat.services.record_reader import Entry, IncomingRecord
from pkgcat.shell.clock import read_clock
from pkgcat.shell.files import NotText, open_text
from pkgcat.shell.options import Writing, program
from pkgcat.shell.progress import ProgressBar
from pkgcat.shell.session import Session, operating, session

if TYPE_CHECKING:
    from pkgcat.services.import_report import ImportReport
    from pkgcat.services.site_import import SiteFetch

_MAX_LINES = 40
"""So many renames, and so many notes, are told one by one; the others are counted."""

_MAX_UNKNOWN_FIELDS = 8

_MAX_NAME_LENGTH = 60

_MAX_NAMED = 3
"""So many packages of an outcome are named; of more there is only the number."""


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
        str | None,
        typer.Option(
            "--from", metavar="djangopackages", help="Fetch the whole site instead of a file."
        ),
    ] = None,
    grid: Annotated[
        str | None,
        typer.Option(
            metavar="SLUG",
            help="With --from: only the packages of this grid; the API has no features.",
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="Let the file replace your own words and newer facts."),
    ] = False,
) -> None:
    """Import packages from a file, or from Django Packages.

    All of a file is stored or, where one record is wrong, nothing; only what
    no catalog can hold, such as a negative number of stars, is skipped and
    told. Known packages get newer facts and the words they lack; what you
    wrote yourself stays. Packages, categories and grids that have another
    name by now are renamed, unless you gave them theirs. Times without an
    offset are those of the configured timezone.

    \b
    Examples:
      pkgcat import package-1326.json
      cat records.ndjson | pkgcat import -
      pkgcat import --from djangopackages --grid countries
    """
    if (file is None) == (source is None) or (grid and not source):
        raise Invalid(
            "name a FILE to import, or --from djangopackages, with --grid SLUG for one of its grids"
        )
    if source not in (None, "djangopackages"):
        raise Invalid(f"there is no source {source!r} to import from; djangopackages is one")
    from zoneinfo import ZoneInfo

    from pkgcat.services.importing import import_entries
    from pkgcat.services.record_reader import read_records

    command = _make_command(file, grid)
    with (
        session(ctx) as run,
        _open_text(run, file, grid) as (text, fetch),
        operating(run, command, kind="import", origin=_find_origin(file), create=True),
    ):
        records = read_records(text, ZoneInfo(run.settings.timezone))
        with closing(_RecordBar(run)) as bar:
            entries = bar.watch_entries(records)
            if fetch is None:
                report = import_entries(run.operation, entries, overwrite=overwrite, lenient=False)
            else:
                report = import_entries(
                    run.operation,
                    map(_name_by_slug, entries),
                    overwrite=overwrite,
                    lenient=True,
                    whole_site=DJANGO_PACKAGES if fetch.is_whole else None,
                    deleted=fetch.deleted,
                    wanted_grids=fetch.wanted_grids,
                )
        _tell_report(run, report)
        if fetch is not None and _names_grid(file, grid):
            run.say(
                "features and cells did not come: Django Packages' API has none; "
                "'pkgcat grid feature add' adds your own"
            )
        missing = fetch.missing if fetch is not None else ()
        for line in missing:
            run.tell(line)
        if missing or report.counts["skipped"]:
            run.failure = typer.Exit(3)


def _names_grid(file: str | None, grid: str | None) -> bool:
    """Whether one grid of the site is imported, by its slug or its address."""
    page = django_packages(file) if file is not None else None
    return grid is not None or (page is not None and page[0] == "grids")


def _make_command(file: str | None, grid: str | None) -> str:
    """Return what history shows."""
    if file is not None:
        return f"import {file}"
    if grid:
        return f"import --from djangopackages --grid {grid}"
    return "import --from djangopackages"


def _find_origin(file: str | None) -> Origin:
    """Return where the values of an import come from: a file, or a site."""
    if file is None:
        return Origin("site", DJANGO_PACKAGES)
    if "://" in file:
        return Origin("site", file)
    if file == "-":
        return Origin("file", "standard input")
    path = Path(file)
    name = path.name if path.is_absolute() else file  # no home folder is stored
    return Origin("file", name)


@contextmanager
def _open_text(
    run: Session, file: str | None, grid: str | None
) -> Iterator[tuple[TextIO, "SiteFetch | None"]]:
    """Open a text to import, or fetch one, before any transaction begins.

    The second result tells what came of fetching it.
    """
    if file is not None and "://" not in file:
        with _refusing_other_files(), open_text(file) as text:
            yield text, None
        return
    from pkgcat.services.site_import import fetch_site  # with asyncio and httpx
    from pkgcat.shell import event_loop

    with TemporaryFile("w+", encoding="utf-8") as text:
        with closing(_RecordBar(run)) as bar:
            work = fetch_site(run.settings, file, grid, text, read_clock, bar.show_record)
            fetch = event_loop.run(work, outcome="nothing was stored")
        text.seek(0)
        yield text, fetch


class _RecordBar:
    """A bar for each list of records, where somebody looks on."""

    def __init__(self, run: Session) -> None:
        self._bar = ProgressBar(is_shown=run.shows_progress)
        self._label = ""

    def close(self) -> None:
        """End the bar."""
        self._bar.close()

    def show_record(self, label: str, slug: str, total: int | None) -> None:
        """Advance the bar of a list by a record; where another list begins, begin another bar."""
        if label != self._label:
            self._label = label
            self._bar.begin(label, total)
        self._bar.advance(slug)

    def watch_entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield the entries of a text, and show how many were stored."""
        for entry in entries:
            yield entry
            if isinstance(entry, IncomingRecord):
                self.show_record("storing", entry.position, None)


def _name_by_slug(entry: Entry) -> Entry:
    """Return a record that is named by its slug: nobody has the text that a site was fetched as."""
    if not isinstance(entry, IncomingRecord):
        return entry
    slug = entry.record.get("slug")
    number = entry.record.get("id")
    name = slug if isinstance(slug, str) and slug.isprintable() else f"number {number}"
    return IncomingRecord(name[:_MAX_NAME_LENGTH], entry.record)


@contextmanager
def _refusing_other_files() -> Iterator[None]:
    """Say of a file that is no text what can be imported."""
    try:
        yield
    except NotText as error:
        from pkgcat.services.file_kinds import refuse_file

        raise refuse_file(error.looks_like) from error


def _tell_report(run: Session, report: "ImportReport") -> None:
    run.credentials_cut += report.credentials_cut
    for reason in report.skipped:
        run.warn(f"skipped: {reason}")
    more = report.counts["skipped"] - len(report.skipped)
    if more:
        run.warn(f"skipped: {more:,} more")
    if report.unknown_fields:
        names = sorted(report.unknown_fields)[:_MAX_UNKNOWN_FIELDS]
        run.warn(f"ignored unknown fields: {', '.join(names)}")
    _say_lines(run, report.renamed)
    _say_lines(run, report.notes)
    _say_lines(run, _describe_kept(report))
    if run.operation.id is None:
        run.say(_describe_nothing(report))
    else:
        run.say(_summarize(report, dry_run=run.dry_run))
    if report.kept:
        packages = format_count(len(report.kept), "package")
        run.say(f"what you wrote about {packages} stayed; --overwrite replaces it")
    if report.counts["removed"]:
        run.say(f"{_describe_removed(report)}; --overwrite brings back what you removed")


def _describe_kept(report: "ImportReport") -> Iterator[str]:
    """Yield a line for each package that keeps what a person wrote."""
    for slug, fields in report.kept:
        yield f"package {slug}: your {', '.join(fields)} stays; the import has another"


def _say_lines(run: Session, lines: Iterable[str]) -> None:
    """Tell each line once, the first ones of many."""
    different = list(dict.fromkeys(lines))
    for line in different[:_MAX_LINES]:
        run.say(line)
    more = len(different) - _MAX_LINES
    if more > 0:
        run.say(f"and {more:,} more")


def _summarize(report: "ImportReport", *, dry_run: bool) -> str:
    """Say in one line what an import changed."""
    parts = []
    for outcome in ("added", "changed"):
        slugs = report.slugs[outcome]
        count = report.counts[outcome]
        if not count:
            continue
        part = f"{outcome} {count:,}"
        if count <= _MAX_NAMED:
            part += f" ({', '.join(slugs)})"
        parts.append(part)
    if not parts:
        parts.append("only names, categories or grids changed")
    for outcome in ("unchanged", "skipped"):
        if report.counts[outcome]:
            parts.append(f"{report.counts[outcome]:,} {outcome}")
    summary = ", ".join(parts)
    if dry_run:
        return f"dry run, nothing stored: {summary}"
    return f"{summary}; 'pkgcat undo' takes it back"


def _describe_nothing(report: "ImportReport") -> str:
    """Say why an import changed nothing."""
    unchanged = report.counts["unchanged"]
    parts = []
    if unchanged == 1:
        parts.append("1 package is in the catalog already")
    elif unchanged:
        parts.append(f"{unchanged:,} packages are in the catalog already")
    skipped = report.counts["skipped"]
    if skipped:
        parts.append(f"{format_count(skipped, 'package')} skipped")
    if not parts and report.counts["removed"]:
        return "nothing changed"
    if not parts:
        return "nothing to import: the file holds no package"
    return f"nothing changed: {', '.join(parts)}"


def _describe_removed(report: "ImportReport") -> str:
    """Say which packages came that a person has removed here."""
    count = report.counts["removed"]
    slugs = report.slugs["removed"]
    named = ", ".join(slugs)
    more = count - len(slugs)
    if more > 0:
        named += f" and {more:,} more"
    return f"{format_count(count, 'package')} stayed removed ({named})"


def app(name: str) -> typer.Typer:
    """Return `import` as an app."""
    return program((name, import_, Writing))
