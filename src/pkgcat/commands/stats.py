"""stats: what the catalog holds, in numbers."""

from typing import Annotated, Literal, cast

import typer

from pkgcat.errors import Invalid
from pkgcat.model.suggest import suggest
from pkgcat.results.table import Table, text_columns
from pkgcat.shell.options import Tabular, program, refuse_together, shared_options
from pkgcat.shell.output_formats import TABLE
from pkgcat.shell.session import Session, reading
from pkgcat.store.stats import FIGURES, count_all, count_by

_GROUPS = ("state", "decision", "category")


def _complete_groups(_ctx: typer.Context, _args: list[str], incomplete: str) -> list[str]:
    return [name for name in _GROUPS if name.startswith(incomplete)]


def stats(
    ctx: typer.Context,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="FIELD",
            help="Only how many packages there are of each state, decision or category.",
            autocompletion=_complete_groups,
        ),
    ] = None,
) -> None:
    """Count what the catalog holds.

    \b
    Examples:
      pkgcat stats --json | jq .packages
      pkgcat stats --by state
    """
    if by is not None:
        refuse_together("--by", {"--fields": shared_options(ctx).get("fields")})
        if by not in _GROUPS:
            hint = suggest(by, _GROUPS) or f"; there are {', '.join(_GROUPS)}"
            raise Invalid(f"packages cannot be counted by {by!r}{hint}")
    with reading(ctx) as run:
        if by is None:
            _print_figures(run)
        else:
            group = cast("Literal['state', 'decision', 'category']", by)
            counts = count_by(run.store, group, run.now)
            columns = text_columns(by, "packages", numbers=("packages",))
            run.print(Table(columns, list(counts.items()), noun=None, empty="no packages yet"))


def _print_figures(run: Session) -> None:
    counts = count_all(run.store, run.now)
    if run.fields:
        counts = {name: counts[name] for name in run.fields}
    if run.format is TABLE:
        columns = text_columns("what", "count", numbers=("count",))
        run.print(Table(columns, list(counts.items()), noun=None))
    else:
        columns = text_columns(*counts, numbers=tuple(counts))
        run.print(Table(columns, [tuple(counts.values())], single=True))


class _Stats(Tabular):
    columns = FIGURES


def app(name: str) -> typer.Typer:
    """Return `stats` as an app."""
    return program((name, stats, _Stats))
