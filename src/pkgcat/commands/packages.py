"""show, list, search, remove: the packages themselves. `add` and `edit` have rooms of their own."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Annotated, Any

import typer

from pkgcat.commands import complete
from pkgcat.commands.given import before, condition, host_kind, moment
from pkgcat.commands.options import (
    Command,
    Listing,
    Printing,
    Writing,
    complete_fields,
    program,
)
from pkgcat.commands.session import Session, names, reading, writing
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, Query, check_field
from pkgcat.render import Addresses, Format, View
from pkgcat.render.views import LIST, columns
from pkgcat.store import Store, groups, packages
from pkgcat.store.search import expression

_SLUGS: Any = typer.Argument(
    metavar="SLUG...",
    help="Slug, id, PyPI name or repository address; - reads them from standard input.",
    autocompletion=complete.slugs,
)
Slugs = Annotated[list[str], _SLUGS]
SomeSlugs = Annotated[list[str] | None, _SLUGS]
Title = Annotated[str | None, typer.Option(help="Name for people, at most 100 characters.")]
Slug = Annotated[str | None, typer.Option(help="Its name in the catalog.")]
Category = Annotated[str | None, typer.Option(help="Slug of a category.", autocompletion=complete.categories)]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A label of your own; may be repeated.")]
Notes = Annotated[str | None, typer.Option(help="Your own words about it.")]
RepoUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address of the repository.")]
PypiUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address or name on PyPI.")]
DocumentationUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address of the documentation.")]
At = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="As it was then: 2026-02-15 (00:00 UTC), 2026-02-15T18:00Z, or 30d ago."),
]


def show(
    ctx: typer.Context,
    slugs: Slugs,
    at: At = None,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="FIELD",
            help="Tell where a value comes from, since when, and what it was before.",
            autocompletion=complete_fields,
        ),
    ] = None,
) -> None:
    """Show all that is known of packages.

    \b
    Examples:
      pkgcat show django-cities
      pkgcat show django-cities --json | jq .repo_watchers
      pkgcat show https://github.com/coderholic/django-cities --format apiv4
      pkgcat show django-cities --why repo_watchers
    """
    field = check_field(why).name if why else None
    if field and at:
        raise Invalid("--why tells of today, and --at of another day; ask for one of them")
    with reading(ctx) as run:
        wanted = names(slugs)
        if at:
            go_back(run, at, wanted)
        keys = [packages.find(run.store, name) for name in wanted]
        if field:
            from pkgcat.commands.why import explain

            explain(run, keys, field)
            return
        print_records(run, keys, many=len(keys) > 1 or "-" in slugs)


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
        if at:
            go_back(run, at)
        order = check_field(sort.removeprefix("-")).name if sort else None
        query = Query(
            run.now,
            category=known(run.store, "categories", category),
            grid=known(run.store, "grids", grid),
            tags=tuple(tag or ()),
            host=host_kind(host) if host else None,
            archived=archived,
            fetched_before=before(run.now, stale) if stale else None,
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


def remove(ctx: typer.Context, slugs: Slugs) -> None:
    """Remove packages; 'pkgcat undo' brings them back.

    \b
    Examples:
      pkgcat remove django-cities
      pkgcat list --failing --fields slug | pkgcat remove -
    """
    wanted = names(slugs)
    with writing(ctx, f"remove {' '.join(wanted)}") as run:
        removed = []
        for key in [packages.find(run.store, name) for name in wanted]:
            removed.append(packages.slug(run.store, key))
            packages.remove(run.operation, key)
        verb, undo = ("would remove", "") if run.dry_run else ("removed", "; 'pkgcat undo' brings it back")
        run.say(f"{verb} {', '.join(removed) or 'nothing'}{undo if removed else ''}")


NOTHING_YET = """no packages yet; bring the first one in:
  pkgcat add django-cities
  pkgcat import packages.json"""


def go_back(run: Session, at: str, wanted: list[str] | None = None) -> None:
    """Let a command see the catalog, or the packages it wants, as it was; ages are then as of that time."""
    from pkgcat.store import past  # few commands look back

    then = moment("--at", at, run.now)
    past.go_back(run.store, then, run.now, wanted)
    run.now = then
    if run.screen.terminal:
        run.say(f"as it was on {then:%Y-%m-%d at %H:%M} UTC")


def known(store: Store, entity: groups.Entity, slug: str | None) -> str | None:
    """Return a group's slug once it is known to be one."""
    if slug is not None:
        groups.find(store, entity, slug)
    return slug


def _list(run: Session, query: Query, empty: str) -> View:
    fields = run.fields or LIST
    return _view(run, [query], fields)._replace(fit=not run.fields, empty=empty)


def print_records(run: Session, keys: Iterable[int], *, many: bool) -> None:
    queries = [Query(run.now, key=key) for key in keys]
    view = _view(run, queries, run.fields or tuple(FIELDS))._replace(one=not many)
    if run.format is Format.TABLE and not run.fields and run.screen.terminal:
        view = view._replace(packages=_each(packages.read, run.store, queries))
    run.print(view)


def _view(run: Session, queries: list[Query], fields: tuple[str, ...]) -> View:
    """Return what the format needs: JSON from SQLite itself, whole records for API v4, rows for the rest."""
    store = run.store
    if run.format in (Format.JSON, Format.JSONL):
        wanted = run.fields or tuple(FIELDS)
        return View((), objects=_each(lambda s, q: packages.as_json(s, wanted, q), store, queries))
    if run.format is Format.APIV4:
        if run.fields:
            raise Invalid("--format apiv4 has API v4's own 18 keys; --fields goes with the other formats")
        return View((), packages=_each(packages.read, store, queries), addresses=addresses(store))
    return View(columns(fields), _each(lambda s, q: packages.rows(s, fields, q), store, queries))


def _each(ask: Callable[[Store, Query], Iterator[Any]], store: Store, queries: list[Query]) -> Iterator[Any]:
    return chain.from_iterable(ask(store, query) for query in queries)


def addresses(store: Store) -> Addresses:
    """Return where API v4 has the catalog's categories and grids."""
    return Addresses(
        {group.slug: group.url for group in groups.categories(store)},
        {group.slug: group.url for group in groups.grids(store)},
    )


def app(name: str) -> typer.Typer:
    """Return one of this module's commands as an app."""
    bodies: dict[str, tuple[Callable[..., None], type[Command]]] = {
        "show": (show, Printing),
        "list": (list_, Listing),
        "search": (search, Printing),
        "remove": (remove, Writing),
    }
    return program((name, *bodies[name]))
