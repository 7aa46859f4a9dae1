"""search: the text of all packages."""

from typing import Annotated

import typer

from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.query import Query
from pkgcat.services.conditions import read_conditions
from pkgcat.services.list_query import parse_sort
from pkgcat.services.state_filters import read_states
from pkgcat.shell.arguments import Limit, State
from pkgcat.shell.condition_options import Listing, Sort, Supports, Where
from pkgcat.shell.options import program
from pkgcat.shell.records import print_found
from pkgcat.shell.session import reading
from pkgcat.store.search import expression, list_names

_MATCHES_NOTHING = '"\ufdd0"'
"""A word that no text has, as U+FDD0 is no character."""


def search(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...", help='Words or beginnings of words; "quoted ones" as they stand.'
        ),
    ],
    where: Where = None,
    supports: Supports = None,
    sort: Sort = None,
    state: State = None,
    limit: Limit = None,
) -> None:
    """Search the text of all packages, best matches first unless --sort says otherwise.

    Titles, slugs, names on PyPI, descriptions, tags, notes and participants are searched, without
    case and accents. What has exactly this name comes first, then names that begin so.

    \b
    Examples:
      pkgcat search geo countr
      pkgcat search '"class based views"' --limit 5
      pkgcat search maps --where "repo_archived = no and repo_watchers > 100" --sort -last_updated
    """
    text = " ".join(words)
    with reading(ctx) as run:
        query = Query(
            run.now,
            words=expression(text) or _MATCHES_NOTHING,
            names=list_names(text),
            where=read_conditions(run.store, where or (), run.now, supports or ()),
            sort=parse_sort(sort) if sort is not None else (),
            limit=limit,
            states=read_states(state),
        )
        print_found(run, query, empty=f"nothing matches {strip_credentials_in(text)}")


def app(name: str) -> typer.Typer:
    """Return `search` as an app."""
    return program((name, search, Listing))
