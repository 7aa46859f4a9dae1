"""review: decisions looked at again, one by one."""

from typing import Annotated

import typer

from pkgcat.model.query import Query, SortKey
from pkgcat.results.records import Records
from pkgcat.services.conditions import read_conditions
from pkgcat.services.decisions import DECISION_FIELDS
from pkgcat.services.state_filters import read_states
from pkgcat.services.user_values import validate_group
from pkgcat.shell import streams
from pkgcat.shell.arguments import Category, State
from pkgcat.shell.condition_options import Listing, Supports, Where
from pkgcat.shell.options import program
from pkgcat.shell.session import Session, session
from pkgcat.store import packages


def review(
    ctx: typer.Context,
    due: Annotated[
        bool, typer.Option("--due", help="Only those whose review day has come.")
    ] = False,
    category: Category = None,
    where: Where = None,
    supports: Supports = None,
    state: State = None,
) -> None:
    """Go through packages one by one and decide about each.

    On a terminal it shows the page of a package and what changed since it was
    decided about, then waits for a key, and asks for the reason and the next
    day; each answer is stored at once. The earliest review day comes first.
    Elsewhere it lists the packages.

    \b
    Examples:
      pkgcat review --due
      pkgcat review --category apps --state vulnerable
      pkgcat review --due --json
    """
    with session(ctx) as run:
        is_answered = run.is_for_eyes and streams.stdin_is_terminal() and not run.fields
        with run.write_catalog() if is_answered else run.read_catalog() as run.store:
            query = Query(
                run.now,
                category=validate_group(run.store, "categories", category),
                where=read_conditions(run.store, where or (), run.now, supports or ()),
                states=read_states(state),
                is_due=due,
                sort=(SortKey("review_by"),),
            )
            keys = packages.keys(run.store, query) if is_answered else []
            if keys:
                from pkgcat.shell.review import Review  # with the editor and rich

                Review(ctx, run).walk(keys)
            else:
                _print_listed(run, query)


def _print_listed(run: Session, query: Query) -> None:
    run.print(
        Records(
            run.store,
            [query],
            run.fields,
            table_fields=("slug", *DECISION_FIELDS, "state_reasons"),
            drop_to_fit=True,
            empty="nothing to review",
        )
    )


def app(name: str) -> typer.Typer:
    """Return `review` as an app."""
    return program((name, review, Listing))
