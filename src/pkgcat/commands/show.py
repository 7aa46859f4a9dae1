"""show: whole records. And how every command prints records that it names."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Annotated, Any

import typer

from pkgcat.commands.arguments import At, Slugs
from pkgcat.commands.options import Printing, complete_fields, program
from pkgcat.commands.session import Session, names, reading
from pkgcat.errors import Invalid
from pkgcat.models import FIELDS, Query, check_field
from pkgcat.render import Addresses, Format, View
from pkgcat.render.views import columns
from pkgcat.store import Store, groups, packages


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
    field = check_field(why).name if why is not None else None
    if field and at:
        raise Invalid("--why tells of today, and --at of another day; ask for one of them")
    with reading(ctx) as run:
        wanted = names(slugs)
        if at is not None:
            go_back(run, at, wanted)
        keys = [packages.find(run.store, name) for name in wanted]
        if field:
            from pkgcat.commands.why import explain

            explain(run, keys, field)
            return
        print_records(run, keys, many=len(keys) > 1 or "-" in slugs)


def go_back(run: Session, at: str, wanted: list[str] | None = None) -> None:
    """Let a command see the catalog, or the packages it wants, as it was; ages are then as of that time."""
    from pkgcat.commands.given import moment  # few commands look back
    from pkgcat.store import past

    then = moment("--at", at, run.now)
    past.go_back(run.store, then, run.now, wanted)
    run.now = then
    if run.screen.terminal:
        run.say(f"as it was on {then:%Y-%m-%d at %H:%M} UTC")


def print_records(run: Session, keys: Iterable[int], *, many: bool) -> None:
    queries = [Query(run.now, key=key) for key in keys]
    view = records(run, queries, run.fields or tuple(FIELDS))._replace(one=not many)
    if run.format is Format.TABLE and not run.fields and run.screen.terminal:
        view = view._replace(packages=_each(packages.read, run.store, queries))
    run.print(view)


def records(run: Session, queries: list[Query], fields: tuple[str, ...]) -> View:
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
    """Return `show` as an app."""
    return program((name, show, Printing))
