"""export: the whole catalog as text."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from pkgcat.errors import Invalid
from pkgcat.formats.csv import write_rows
from pkgcat.formats.decisions import render_decisions
from pkgcat.model.decision import DECISIONS
from pkgcat.model.query import Query
from pkgcat.model.wording import format_count
from pkgcat.results.output import Output, Screen
from pkgcat.results.records import SHOWN_FIELDS, Records
from pkgcat.services.conditions import read_conditions
from pkgcat.services.decision_moves import parse_since
from pkgcat.services.decisions import make_decision_tables
from pkgcat.services.exporting import make_table, write_export
from pkgcat.services.state_filters import read_states
from pkgcat.shell.arguments import At, State
from pkgcat.shell.condition_options import ConditionCommand, Supports, Where
from pkgcat.shell.files import replace_file
from pkgcat.shell.options import Command, program
from pkgcat.shell.output_formats import FORMATS, OutputFormat, render_result
from pkgcat.shell.records import go_back
from pkgcat.shell.session import reading
from pkgcat.store import Store, packages

_DECISION_FORMATS = ("markdown", "svg")
_DELIMITERS = {"csv": ",", "tsv": "\t"}
"""What stands between the cells of tables that import takes back: their texts are not changed, while
`list --format tsv` writes a line for each row.
"""
_FORMATS = {name: found for name, found in FORMATS.items() if found.for_programs}
_FORMATS_TEXT = ", ".join(_FORMATS)
_ENDINGS = {ending: found for found in _FORMATS.values() for ending in found.endings}
_ENDINGS_TEXT = ", ".join(_ENDINGS)


def _complete_format(
    _ctx: typer.Context, _args: list[str], incomplete: str
) -> list[tuple[str, str]]:
    found = []
    for output_format in _FORMATS.values():
        if output_format.name.startswith(incomplete):
            found.append((output_format.name, output_format.help))
    return found


def export(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="Where to; - is standard output.")
    ] = "-",
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"One of {_FORMATS_TEXT}; else as the file is called.",
            autocompletion=_complete_format,
        ),
    ] = None,
    where: Where = None,
    supports: Supports = None,
    state: State = None,
    decisions: Annotated[
        bool,
        typer.Option(
            "--decisions",
            help="What is decided, and why: in Markdown to commit, in SVG as a technology radar.",
        ),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="With --decisions: tell what moved since then, 90d or 2026-02-15.",
        ),
    ] = None,
    at: At = None,
) -> None:
    """Export the whole catalog to a file, in the form that its ending names.

    'pkgcat import' of JSON or JSON Lines into an empty catalog gives the same
    catalog. CSV and TSV leave out what categories and grids are called and
    who wrote a value, apiv4 all that API v4 does not know, and Markdown is
    what 'pkgcat list' shows. --where exports only packages of which it holds.

    --decisions exports what is decided. In Markdown that is a table for each
    decision. In SVG it is a radar: rings from adopt to hold, sectors by
    category, and a legend with the reasons. With --since, both tell what is
    new, moved in (towards adopt) or moved out.

    \b
    Examples:
      pkgcat export catalog.jsonl
      pkgcat export --format apiv4 > packages.json
      pkgcat export DEPENDENCIES.md --decisions
      pkgcat export radar.svg --decisions --since 90d
      pkgcat export maps.csv --where "tags has geo or title ~ map"
    """
    chosen = _choose_decision_format(file, format_) if decisions else _choose_format(file, format_)
    if since is not None and not decisions:
        raise Invalid("--since goes with --decisions")
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at)
        query = Query(
            run.now,
            where=read_conditions(run.store, where or (), run.now, supports or ()),
            states=read_states(state),
            decisions=DECISIONS if decisions else (),
        )
        moment = None if since is None else parse_since(since, run.now)
        wanted = _Wanted(query, chosen, decisions, moment, with_origins=at is None)
        screen = run.screen_for(chosen.name)
        if file == "-":
            _write(run.store, wanted, screen, run.buffer)
            return
        with replace_file(Path(file), run.settings.catalog) as out:
            _write(run.store, wanted, screen._replace(terminal=False), out)
        count = packages.count_matching(run.store, query)
        run.say(f"exported {format_count(count, 'package')} to {file}")


class _Wanted(NamedTuple):
    """What is to be exported, and how."""

    query: Query
    format: OutputFormat
    decisions: bool
    since: datetime | None
    with_origins: bool


def _choose_decision_format(file: str, format_: str | None) -> OutputFormat:
    """Return the format for decisions: Markdown where nothing names another."""
    if format_ is None and file == "-":
        return FORMATS["markdown"]
    chosen = _choose_format(file, format_)
    if chosen.name not in _DECISION_FORMATS:
        raise Invalid("--decisions goes with --format markdown or svg")
    return chosen


def _choose_format(file: str, format_: str | None) -> OutputFormat:
    """Return the format that was asked for, else that of the file's ending; JSON where it has
    none.
    """
    if format_:
        if format_ not in _FORMATS:
            raise Invalid(f"there is no format {format_!r} to export; there are {_FORMATS_TEXT}")
        return _FORMATS[format_]
    ending = Path(file).suffix.lower()
    if not ending:
        return FORMATS["json"]
    if ending not in _ENDINGS:
        raise Invalid(
            f"{file}: export knows no files that end in {ending}; there are {_ENDINGS_TEXT}, "
            "and --format names a form whatever the file is called"
        )
    return _ENDINGS[ending]


def _write(store: Store, wanted: _Wanted, screen: Screen, out: Output) -> None:
    query, name = wanted.query, wanted.format.name
    if wanted.decisions:
        _write_decisions(store, wanted, screen, out)
    elif name in ("json", "jsonl"):
        by_line = name == "jsonl"
        write_export(store, query, out, by_line=by_line, with_origins=wanted.with_origins)
    elif name in _DELIMITERS:
        table, delimiter = make_table(store, query), _DELIMITERS[name]
        write_rows(table, out, delimiter=delimiter, clean_cells=screen.terminal)
    else:
        records = Records(store, [query], (), table_fields=SHOWN_FIELDS)
        render_result(records, wanted.format, screen, out)


def _write_decisions(store: Store, wanted: _Wanted, screen: Screen, out: Output) -> None:
    if wanted.format.name == "svg":
        from pkgcat.formats.radar import render_radar  # other exports do without
        from pkgcat.services.radar import make_radar

        render_radar(make_radar(store, wanted.query, wanted.since), out)
    else:
        render_decisions(make_decision_tables(store, wanted.query, wanted.since), screen, out)


class _Exporting(ConditionCommand, Command):
    pass


def app(name: str) -> typer.Typer:
    """Return `export` as an app."""
    return program((name, export, _Exporting))
