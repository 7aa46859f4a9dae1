"""list, search: which packages there are."""

from collections.abc import Callable
from typing import Annotated

import typer

from pkgcat.commands import complete
from pkgcat.commands.arguments import At, Category
from pkgcat.commands.given import before, condition, host_kind, known
from pkgcat.commands.options import Command, Listing, Printing, complete_fields, program
from pkgcat.commands.session import Session, reading
from pkgcat.commands.show import go_back, records
from pkgcat.models import Query, check_field
from pkgcat.render import View
from pkgcat.render.views import LIST
from pkgcat.store.search import expression


def list_(
    ctx: typer.Context,
    category: Category = None,
    grid: Annotated[str | None, typer.Option(help="On this grid.", autocompletion=complete.grids)] = None,
    tag: Annotated[list[str] | None, typer.Option(help="With this tag; repeated, with all of them.")] = None,
    host: Annotated[str | None, typer.Option(help="On github, gitlab, forgejo or bitbucket.")] = None,
    archived: Annotated[
        bool | None, typer.Option("--archived/--not-archived", help="Archived ones only, or none of them.")
    ] = None,
    stale: Annotated[str | None, typer.Option(metavar="DURATION", help="Not refreshed for 24h, 7d, 2w...")] = None,
    failing: Annotated[bool, typer.Option("--failing", help="Whose last refresh failed.")] = False,
    pinned: Annotated[bool, typer.Option("--pinned", help="With facts that you have set yourself.")] = False,
    participant: Annotated[str | None, typer.Option(help="With this contributor.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD OP VALUE",
            help="Any field; OP is = != < <= > >= or ~ (contains).",
            autocompletion=complete_fields,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            metavar="[-]FIELD",
            help="Order by a field; - puts the largest first.",
            autocompletion=complete_fields,
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many.")] = None,
    offset: Annotated[int, typer.Option(min=0, help="Skip so many.")] = 0,
    at: At = None,
) -> None:
    """List packages. Filters add up; unknown values sort last.

    \b
    Examples:
      pkgcat list --sort -repo_watchers --limit 20
      pkgcat list --category apps --where repo_watchers '>=' 100
      pkgcat list --json | jq -r '.[] | select(.repo_archived) | .slug'
    """
    with reading(ctx) as run:
        if at is not None:
            go_back(run, at)
        order = check_field(sort.removeprefix("-")).name if sort is not None else None
        query = Query(
            run.now,
            category=known(run.store, "categories", category),
            grid=known(run.store, "grids", grid),
            tags=tuple(tag or ()),
            host=host_kind(host) if host is not None else None,
            archived=archived,
            fetched_before=before(run.now, stale) if stale is not None else None,
            failing=failing,
            pinned=pinned,
            participant=participant,
            where=tuple(condition(text, run.now) for text in where or ()),
            sort=order,
            descending=bool(sort and sort.startswith("-")),
            limit=limit,
            offset=offset,
        )
        filtered = query._replace(sort=None, descending=False) != Query(run.now)
        run.print(_list(run, query, "no package matches" if filtered else NOTHING_YET))


def search(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help='Words or beginnings of words; "quoted ones" as they stand.'),
    ],
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many.")] = None,
) -> None:
    """Search the text of all packages, best matches first.

    Titles, slugs, descriptions, tags, notes and participants are searched.

    \b
    Examples:
      pkgcat search geo countr
      pkgcat search '"class based views"' --limit 5
    """
    with reading(ctx) as run:
        found = expression(" ".join(words))
        query = Query(run.now, words=found or '"\ufdd0"', limit=limit)
        run.print(_list(run, query, f"nothing matches {' '.join(words)}"))


NOTHING_YET = """no packages yet; bring the first one in:
  pkgcat add django-cities
  pkgcat import packages.json"""


def _list(run: Session, query: Query, empty: str) -> View:
    fields = run.fields or LIST
    return records(run, [query], fields)._replace(fit=not run.fields, empty=empty)


def app(name: str) -> typer.Typer:
    """Return one of this module's commands as an app."""
    bodies: dict[str, tuple[Callable[..., None], type[Command]]] = {
        "list": (list_, Listing),
        "search": (search, Printing),
    }
    return program((name, *bodies[name]))
