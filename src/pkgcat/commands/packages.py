"""add, show, list, search, remove: the packages themselves. `edit` has a room of its own."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Annotated, Any

import typer

from pkgcat import urls
from pkgcat.commands import complete
from pkgcat.commands.given import before, by_hand, condition, host_kind
from pkgcat.commands.options import (
    Command,
    Listing,
    Printing,
    Writing,
    WritingRecords,
    complete_fields,
    program,
)
from pkgcat.commands.session import Session, names, reading, writing
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, Query, Values, check_field
from pkgcat.render import Addresses, Format, View
from pkgcat.render.views import LIST, columns
from pkgcat.store import Store, groups, packages
from pkgcat.store.search import expression

Slugs = Annotated[
    list[str],
    typer.Argument(
        metavar="SLUG...",
        help="Slug, id, PyPI name or repository address; - reads them from standard input.",
        autocompletion=complete.slugs,
    ),
]
Title = Annotated[str | None, typer.Option(help="Name for people, at most 100 characters.")]
Slug = Annotated[str | None, typer.Option(help="Its name in the catalog.")]
Category = Annotated[str | None, typer.Option(help="Slug of a category.", autocompletion=complete.categories)]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="A label of your own; may be repeated.")]
Notes = Annotated[str | None, typer.Option(help="Your own words about it.")]
RepoUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address of the repository.")]
PypiUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address or name on PyPI.")]
DocumentationUrl = Annotated[str | None, typer.Option(metavar="URL", help="Address of the documentation.")]


def add(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TARGET]...", help="PyPI name, repository address or owner/repo."),
    ] = None,
    title: Title = None,
    slug: Slug = None,
    category: Category = None,
    grid: Annotated[
        list[str] | None, typer.Option(help="Slug of a grid; may be repeated.", autocompletion=complete.grids)
    ] = None,
    tag: Tags = None,
    notes: Notes = None,
    repo_url: RepoUrl = None,
    pypi_url: PypiUrl = None,
    documentation_url: DocumentationUrl = None,
) -> None:
    """Add packages by hand.

    \b
    Examples:
      pkgcat add django-cities --category apps --tag geo
      pkgcat add --title "Our fork" --repo-url git@github.com:me/fork.git
    """
    given: Values = {
        "title": title,
        "slug": slug,
        "category": category,
        "grids": tuple(grid) if grid else None,
        "tags": tuple(tag) if tag else None,
        "notes": notes,
        "repo_url": repo_url,
        "pypi_url": pypi_url,
        "documentation_url": documentation_url,
    }
    given = {name: value for name, value in given.items() if value is not None}
    wanted = names(targets or ())
    if len(wanted) > 1 and {"title", "slug", "repo_url", "pypi_url", "documentation_url"} & given.keys():
        raise Invalid("a title, slug or address is for one package; add them one by one")
    if not wanted and not {"title", "slug", "repo_url", "pypi_url"} & given.keys():
        raise Invalid("what shall be added? A PyPI name, a repository's address, or --title; see 'pkgcat add --help'")
    with writing(ctx, f"add {' '.join(wanted) or given.get('slug') or title or ''}".strip(), create=True) as run:
        keys = [packages.add(run.operation, _complete(run.store, target, given)) for target in wanted or (None,)]
        for key in keys:
            found = next(packages.read(run.store, Query(run.now, key=key)))
            verb = "would add" if run.dry_run else "added"
            run.say(f"{verb} {found.slug} (id {found.id})" + ("" if run.dry_run else "; 'pkgcat undo' takes it back"))
        if run.structured:
            print_records(run, keys, many=len(wanted) > 1 or "-" in (targets or ()))


def show(ctx: typer.Context, slugs: Slugs) -> None:
    """Show all that is known of packages.

    \b
    Examples:
      pkgcat show django-cities
      pkgcat show django-cities --json | jq .repo_watchers
      pkgcat show https://github.com/coderholic/django-cities --format apiv4
    """
    with reading(ctx) as run:
        wanted = names(slugs)
        keys = [packages.find(run.store, name) for name in wanted]
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
) -> None:
    """List packages. Filters add up; unknown values sort last.

    \b
    Examples:
      pkgcat list --sort -repo_watchers --limit 20
      pkgcat list --category apps --where repo_watchers '>=' 100
      pkgcat list --json | jq -r '.[] | select(.repo_archived) | .slug'
    """
    with reading(ctx) as run:
        order = check_field(sort.removeprefix("-")).name if sort else None
        query = Query(
            run.now,
            category=_known(run.store, "categories", category),
            grid=_known(run.store, "grids", grid),
            tags=tuple(tag or ()),
            host=host_kind(host) if host else None,
            archived=archived,
            fetched_before=before(run.now, stale) if stale else None,
            failing=failing,
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


def _known(store: Store, entity: groups.Entity, slug: str | None) -> str | None:
    """Return a group's slug once it is known to be one."""
    if slug is not None:
        groups.find(store, entity, slug)
    return slug


def _complete(store: Store, target: str | None, given: Values) -> Values:
    """Join what a target tells with the fields set by hand."""
    values = {name: by_hand(store, name, value) for name, value in given.items()}
    if target is not None:
        repository = urls.repository(target) or urls.shorthand(target)
        if project := urls.pypi_name(target):
            values = {"title": project, "pypi_url": f"https://pypi.org/project/{project}/", **values}
        elif repository:
            values = {"title": repository.path.rsplit("/", 1)[-1], "repo_url": repository.url, **values}
        else:
            raise Invalid(f"{target!r} is neither a name on PyPI nor a repository's address; owner/repo means GitHub")
    if "title" not in values and "slug" not in values:
        address = urls.repository(str(values.get("repo_url"))) if values.get("repo_url") else None
        values["title"] = address.path.rsplit("/", 1)[-1] if address else urls.pypi_name(str(values["pypi_url"]))
    return values


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
        "add": (add, WritingRecords),
        "show": (show, Printing),
        "list": (list_, Listing),
        "search": (search, Printing),
        "remove": (remove, Writing),
    }
    return program((name, *bodies[name]))
