"""How commands print the packages that they are about."""

from collections.abc import Iterable

from pkgcat.model.query import Query
from pkgcat.results.records import SHOWN_FIELDS, Records
from pkgcat.shell.session import Session


def print_packages(run: Session, keys: Iterable[int], *, many: bool) -> None:
    """Print packages by their keys: on a terminal as pages, unless fields were chosen."""
    queries = [Query(run.now, key=key) for key in keys]
    run.print(Records(run.store, queries, run.fields, single=not many, shows_pages=True))


def print_found(run: Session, query: Query, *, empty: str) -> None:
    """Print the packages of a query; `empty` is what a person is told where there are none."""
    run.print(
        Records(
            run.store,
            [query],
            run.fields,
            table_fields=SHOWN_FIELDS,
            drop_to_fit=True,
            empty=empty,
        )
    )


def go_back(run: Session, at: str, wanted: list[str] | None = None) -> None:
    """Let a command see the catalog, or the packages it wants, as it was at a moment.

    Ages are then as of that time, too.
    """
    from pkgcat.model.parsing import parse_moment
    from pkgcat.store.log import as_of

    moment = parse_moment("--at", at, run.now)
    as_of.go_back(run.store, moment, run.now, wanted)
    run.now = moment
    if run.screen.terminal:
        run.say(f"as it was on {moment:%Y-%m-%d at %H:%M} UTC")
