"""export: the whole catalog as text."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pkgcat.errors import Invalid
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
from pkgcat.shell.session import Session, reading
from pkgcat.store import packages

_DECISION_FORMATS = ("markdown", "svg")
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
    chosen = _choose_format(file, format_)
    if decisions and format_ is None and file == "-":
        chosen = FORMATS["markdown"]
    if decisions and chosen.name not in _DECISION_FORMATS:
        raise Invalid("--decisions goes with --format markdown or svg")
    if since is not None and not decisions:
        raise Invalid("--since goes with --decisions")
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at)
        moment = None if since is None else parse_since(since, run.now)
        query = Query(
            run.now,
            where=read_conditions(run.store, where or (), run.now, supports or ()),
            states=read_states(state),
            decisions=DECISIONS if decisions else (),
        )
        if file == "-":
            screen = run.screen_for(chosen.name)
            if decisions:
                _write_decisions(run, query, moment, chosen, screen, run.buffer)
            else:
                _write(run, query, chosen, screen, run.buffer, with_origins=at is None)
            return
        screen = run.screen_for(chosen.name)._replace(terminal=False)
        with replace_file(Path(file), run.settings.catalog) as out:
            if decisions:
                _write_decisions(run, query, moment, chosen, screen, out)
            else:
                _write(run, query, chosen, screen, out, with_origins=at is None)
        count = packages.count_matching(run.store, query)
        run.say(f"exported {format_count(count, 'package')} to {file}")


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


def _write(
    run: Session,
    query: Query,
    chosen: OutputFormat,
    screen: Screen,
    out: Output,
    *,
    with_origins: bool,
) -> None:
    if chosen.name in ("json", "jsonl"):
        by_line = chosen.name == "jsonl"
        write_export(run.store, query, out, by_line=by_line, with_origins=with_origins)
    elif chosen.name in ("csv", "tsv"):
        render_result(make_table(run.store, query), chosen, screen, out)
    else:
        records = Records(run.store, [query], (), table_fields=SHOWN_FIELDS)
        render_result(records, chosen, screen, out)


def _write_decisions(
    run: Session,
    query: Query,
    since: datetime | None,
    chosen: OutputFormat,
    screen: Screen,
    out: Output,
) -> None:
    if chosen.name == "svg":
        from pkgcat.formats.radar import render_radar  # other exports do without
        from pkgcat.services.radar import make_radar

        render_radar(make_radar(run.store, query, since), out)
    else:
        render_decisions(make_decision_tables(run.store, query, since), screen, out)


class _Exporting(ConditionCommand, Command):
    pass


def app(name: str) -> typer.Typer:
    """Return `export` as an app."""
    return program((name, export, _Exporting))
