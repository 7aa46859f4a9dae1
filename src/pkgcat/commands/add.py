"""add: a package by name or address, fetched at once, or by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from pkgcat import urls
from pkgcat.commands import complete
from pkgcat.commands.arguments import Category, DocumentationUrl, Notes, PypiUrl, RepoUrl, Slug, Tags, Title
from pkgcat.commands.given import by_hand
from pkgcat.commands.options import WritingRecords, program
from pkgcat.commands.session import Session, names, operating, session
from pkgcat.commands.show import print_records
from pkgcat.errors import Invalid
from pkgcat.models import Query, Values
from pkgcat.rules import MAX_TITLE
from pkgcat.store import Store, edits, facts, packages

if TYPE_CHECKING:
    from pkgcat.discover import Found

_OF_ONE = {"title", "slug", "repo_url", "pypi_url", "documentation_url"}


class Draft(NamedTuple):
    """A package on its way in: its page on Django Packages if that is what was named, and the fields so far."""

    page: str | None
    values: Values


def add(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...", help="PyPI name, repository address, owner/repo, or page of Django Packages."
        ),
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
    no_fetch: Annotated[bool, typer.Option("--no-fetch", help="Stay offline; refresh brings the facts.")] = False,
) -> None:
    """Add packages: a name on PyPI or a repository is enough.

    PyPI and the repository's host are asked at once, and each leads to the
    other. Options set fields by hand.

    \b
    Examples:
      pkgcat add django-cities --category apps --tag geo
      pkgcat add https://codeberg.org/owner/name
      pkgcat add --no-fetch --title "Our fork" --repo-url git@github.com:me/fork.git
    """
    fields = {
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
    given: Values = {name: value for name, value in fields.items() if value is not None}
    wanted: list[str | None] = [*names(targets or ())]
    if len(wanted) > 1 and _OF_ONE & given.keys():
        raise Invalid("a title, slug or address is for one package; add them one by one")
    if not wanted and not _OF_ONE & given.keys():
        raise Invalid("what shall be added? A PyPI name, a repository's address, or --title; see 'pkgcat add --help'")
    with session(ctx) as run:
        with Store.read(run.settings.catalog, named=False) as run.store:
            drafts = [_draft(run.store, target, given) for target in wanted or [None]]
            if no_fetch and any(draft.page for draft in drafts):
                raise Invalid("a page of Django Packages has to be fetched; leave out --no-fetch")
            kinds = {**facts.host_kinds(run.store), **({} if no_fetch else run.settings.host_types)}
        found: Sequence[Found | None] = [None] * len(drafts) if no_fetch else _fetched(run, drafts, kinds)
        command = " ".join(["add", *(str(target or given.get("slug") or given.get("title", "")) for target in wanted)])
        with operating(run, command, create=True):
            keys = [_stored(run, draft, one) for draft, one in zip(drafts, found, strict=True)]
            if run.structured:
                print_records(run, keys, many=len(wanted) > 1 or "-" in (targets or ()))


def _draft(store: Store, target: str | None, given: Values) -> Draft:
    """Join what a target tells by itself with the fields set by hand; raise Conflict for what is there already."""
    values = {name: by_hand(store, name, value) for name, value in given.items()}
    kind, page = (target and urls.django_packages(target)) or (None, None)
    if kind == "grids":
        raise Invalid(f"{target} is a grid of many packages; 'pkgcat import {target}' brings them in")
    told = _address(target) if target is not None and not page else {}
    if "title" not in values and not page and (told or "slug" not in values):
        values["title"] = _title(told or values)
    values = {**told, **values}
    edits.check_new(store, values)
    return Draft(page, values)


def _address(target: str) -> Values:
    """Return the address that a target names, as the field it belongs to."""
    if project := urls.pypi_name(target):
        return {"pypi_url": f"https://pypi.org/project/{project}/"}
    if repository := urls.repository(target) or urls.shorthand(target):
        return {"repo_url": repository.url}
    raise Invalid(f"{target!r} is neither a name on PyPI nor a repository's address; owner/repo means GitHub")


def _title(addresses: Values) -> str:
    """Return what the repository, or else the project, is called."""
    repository = urls.repository(str(addresses.get("repo_url") or ""))
    name = repository.path.rsplit("/", 1)[-1] if repository else urls.pypi_name(str(addresses.get("pypi_url")))
    return str(name)[:MAX_TITLE]


def _fetched(run: Session, drafts: Sequence[Draft], kinds: dict[str, str | None]) -> list["Found"]:
    """Ask the hosts for all drafts that have an address or a page."""
    import asyncio

    from pkgcat.commands import network

    return asyncio.run(network.first_refresh(run.settings, [(d.page, d.values) for d in drafts], kinds))


def _stored(run: Session, draft: Draft, found: "Found | None") -> int:
    """Store a draft with what was found, tell of it, and return its key."""
    values = draft.values
    if found:
        record = _record_values(run, found.record) if found.record else {}
        values = {**record, **found.words, **values}
    key = edits.add(run.operation, values)
    if found:
        from pkgcat.refresh import keep

        kept = keep(run.operation, found.at(key), run.now)
        for said in (*kept.errors, *kept.notes, *found.notes):
            run.warn(f"{packages.slug(run.store, key)}: {said}")
    package = next(packages.read(run.store, Query(run.now, key=key)))
    told = f"{'would add' if run.dry_run else 'added'} {package.slug} (id {package.id})"
    run.say(told if run.dry_run else f"{told}; 'pkgcat undo' takes it back")
    return key


def _record_values(run: Session, record: dict[str, Any]) -> Values:
    from pkgcat.transfer import values_of

    return values_of(run.operation, record)


def app(name: str) -> typer.Typer:
    """Return `add` as an app."""
    return program((name, add, WritingRecords))
