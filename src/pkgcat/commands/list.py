"""list: which packages there are."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from pkgcat.errors import Invalid
from pkgcat.model.decision import DECISIONS
from pkgcat.model.hosts import HOST_KINDS_TEXT
from pkgcat.model.query import Query
from pkgcat.services.list_query import ListFilters, make_list_query
from pkgcat.shell import completion
from pkgcat.shell.arguments import At, Category, Limit, OnGrid, State, Tags
from pkgcat.shell.condition_options import Listing, Sort, Supports, Where
from pkgcat.shell.options import program
from pkgcat.shell.records import go_back, print_found
from pkgcat.shell.session import reading

NOTHING_YET = """no packages yet; bring the first one in:
  pkgcat add django-cities
  pkgcat import packages.json"""


def list_(
    ctx: typer.Context,
    saved: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[@FILTER]...",
            help="Saved filters; see 'pkgcat filter --help'.",
            autocompletion=completion.complete_filters,
        ),
    ] = None,
    category: Category = None,
    grid: OnGrid = None,
    tag: Tags = None,
    host: Annotated[
        str | None,
        typer.Option(
            metavar="HOST", help=f"On {HOST_KINDS_TEXT}.", autocompletion=completion.complete_hosts
        ),
    ] = None,
    archived: Annotated[
        bool | None,
        typer.Option("--archived/--not-archived", help="Archived ones only, or none of them."),
    ] = None,
    state: State = None,
    decision: Annotated[
        str | None,
        typer.Option(
            metavar="DECISION",
            help=f"With this decision, or one of several: A,B; {', '.join(DECISIONS)}, or none.",
            autocompletion=completion.complete_decisions,
        ),
    ] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Whose decision is to be reviewed by now.")
    ] = False,
    stale: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Not refreshed for 24h, 7d, 2w...")
    ] = None,
    failing: Annotated[bool, typer.Option("--failing", help="Whose last refresh failed.")] = False,
    pinned: Annotated[
        bool, typer.Option("--pinned", help="With facts that you have set yourself.")
    ] = False,
    participant: Annotated[
        str | None, typer.Option(metavar="NAME", help="With this contributor.")
    ] = None,
    where: Where = None,
    supports: Supports = None,
    sort: Sort = None,
    limit: Limit = None,
    offset: Annotated[int, typer.Option(min=0, help="Skip so many.")] = 0,
    at: At = None,
) -> None:
    """List packages. Filters add up; unknown values sort last.

    Texts are sorted and compared without case and accents, versions as PEP 440 orders them.

    --supports keeps what is declared: a classifier names the version, or
    Requires-Python admits it. What says nothing of it is left out (not declared),
    and so is what Requires-Python or "2 :: Only" rules out (contradicted), whatever
    its classifiers say. Of Django there are classifiers alone.

    \b
    Examples:
      pkgcat list --sort -repo_watchers --limit 20
      pkgcat list --category apps --where "repo_watchers >= 100 or tags has geo"
      pkgcat list --where "last_updated older than 2y" --sort category,-repo_watchers
      pkgcat list --state vulnerable,archived
      pkgcat list --supports python=3.14 --supports django=6.0
      pkgcat list @popular --where "tags has geo"
      pkgcat list --json | jq -r '.[] | select(.repo_archived) | .slug'
    """
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at)
        filters = ListFilters(
            category=category,
            grid=grid,
            tags=tag or (),
            host=host,
            archived=archived,
            stale=stale,
            failing=failing,
            pinned=pinned,
            participant=participant,
            where=[*_check_filter_names(saved or ()), *(where or ())],
            supports=supports or (),
            sort=sort,
            limit=limit,
            offset=offset,
            state=state,
            decision=decision,
            due=due,
        )
        query = make_list_query(run.store, filters, run.now)
        is_filtered = query._replace(sort=(), limit=None, offset=0) != Query(run.now)
        empty = "no package matches" if is_filtered else NOTHING_YET
        print_found(run, query, empty=empty)


def _check_filter_names(words: Sequence[str]) -> Sequence[str]:
    """Return names of filters, each after an @; raise Invalid for any other word."""
    for word in words:
        if not re.fullmatch(r"@[-\w]+", word):
            raise Invalid(
                f"list takes saved filters as @NAME, not {word!r}; --where takes conditions, "
                "and 'pkgcat show' slugs"
            )
    return words


def app(name: str) -> typer.Typer:
    """Return `list` as an app."""
    return program((name, list_, Listing))
