"""New packages: what a person names becomes a draft, and a draft is stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pkgcat.errors import Duplicate, Invalid
from pkgcat.model import addresses, site_addresses
from pkgcat.model.credentials import addresses_with_credentials, strip_credentials
from pkgcat.model.fields import addresses_in
from pkgcat.model.origin import PERSON, PYPI, Origin
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.model.requirements import names_other_file
from pkgcat.model.types import Values
from pkgcat.model.validate import MAX_TITLE_LENGTH, slugify
from pkgcat.services.decisions import check_days
from pkgcat.services.user_values import make_project_url, validate_user_value
from pkgcat.store import Store, edits, grids, groups, package_import, packages
from pkgcat.store.duplicates import check_no_duplicate
from pkgcat.store.operation import Operation
from pkgcat.store.slugs import choose_slug

if TYPE_CHECKING:
    from pkgcat.services.discover import Found

_FIELDS_OF_ONE = {"title", "slug", "repo_url", "pypi_url", "documentation_url"}
"""Fields that name a single package, so that one of them is enough to add it."""


class Draft(NamedTuple):
    """A package before it is stored.

    `page` is the slug of its page on Django Packages, if that is what was named; `names_repository`
    tells that it was named by a repository.
    """

    page: str | None
    values: Values
    names_repository: bool = False


class AddedPackage(NamedTuple):
    """A new package, what a person should know of its first refresh, and which addresses came with
    credentials.
    """

    key: int
    package: Package
    warnings: tuple[str, ...] = ()
    credentials_cut: tuple[str, ...] = ()


def check_targets(targets: list[str], fields: Mapping[str, Any]) -> None:
    """Raise Invalid where targets and fields together do not name one package or several."""
    sets_single = bool(_FIELDS_OF_ONE & fields.keys())
    if len(targets) > 1 and sets_single:
        raise Invalid("a title, slug or address is for one package; add them one by one")
    if not targets and not sets_single:
        raise Invalid(
            "what shall be added? A PyPI name, a repository's address, or --title; "
            "see 'pkgcat add --help'"
        )


def validate_fields(store: Store, fields: Mapping[str, Any], now: datetime) -> Values:
    """Return the values of fields that a person sets on new packages.

    Raises Invalid, Conflict where their slug is taken or a grid is locked, NotFound for an unknown
    category or grid.
    """
    values = {name: validate_user_value(store, name, given) for name, given in fields.items()}
    check_days(values, now)
    edits.check_new(store, values)
    slugs = values.get("grids") or ()
    assert isinstance(slugs, tuple)
    for slug in slugs:
        grids.check_unlocked(store, groups.find(store, "grids", str(slug)))
    return values


def draft_package(
    store: Store,
    target: str | None,
    values: Values,
    *,
    offline: bool = False,
    allow_duplicate: bool = False,
) -> Draft:
    """Return a draft of what a target names: a name on PyPI, a repository, or a page of Django
    Packages. Without a target the values name the package; they win over the target.

    Raises Invalid for another target, or for a page if it is to be added `offline`; Conflict for a
    package that is there already, unless `allow_duplicate` is set.
    """
    if target is None:
        draft = _draft_from_values(values)
    else:
        draft = _draft_from_target(store, target, values)
    if offline and draft.page:
        raise Invalid("a page of Django Packages has to be fetched; leave out --no-fetch")
    if not allow_duplicate:
        check_no_duplicate(store, draft.values, by_repository=draft.names_repository)
    return draft


def _drop_taken_number(operation: Operation, values: Values) -> None:
    """Leave a site's number to the package that has it: a duplicate counts as made here."""
    identity = package_import.make_identity(values)
    if package_import.find_by_site(operation.store, identity) is not None:
        del values["id"]
        del values["site"]


def store_draft(
    operation: Operation,
    draft: Draft,
    found: "Found | None" = None,
    *,
    allow_duplicate: bool = False,
) -> AddedPackage:
    """Store a draft, with what its sources have told of it; fields set by a person win.

    Raises Conflict where the package is there already, unless `allow_duplicate` is set.
    """
    values, origin, origins, credentials_cut = _join_values(operation, draft, found)
    if allow_duplicate:
        _drop_taken_number(operation, values)
    else:
        check_no_duplicate(operation.store, values, by_repository=draft.names_repository)
        if draft.page is not None:
            _check_new_page(operation, values)
    warnings = []
    if "slug" not in draft.values:
        wanted = str(values.get("slug") or slugify(str(values["title"])))
        if not wanted:
            raise Invalid(f"no slug can be made of the title {values['title']!r}; --slug names one")
        is_from_site = "slug" in values
        values["slug"] = _choose_slug(operation.store, wanted, values, may_be_digits=is_from_site)
        if values["slug"] != wanted:
            warnings.append(_describe_choice(wanted))
    key = edits.add(operation, values, origin=origin, origins=origins)
    warnings += package_import.yield_id(operation, package_import.make_identity(values), but=key)
    if found is not None:
        from pkgcat.services.refresh import store_outcome  # with asyncio; offline nobody needs it

        refreshed = store_outcome(operation, found.outcome_of(key), operation.now)
        warnings += (*refreshed.errors, *refreshed.notes, *found.notes)
        credentials_cut += refreshed.credentials_cut
    package = next(packages.read(operation.store, Query(operation.now, key=key)))
    return AddedPackage(key, package, tuple(dict.fromkeys(warnings)), credentials_cut)


class _JoinedValues(NamedTuple):
    """All that is known of a new package: the origin of most of it, those of the other fields, and
    the addresses that came with credentials.
    """

    values: Values
    origin: Origin
    origins: dict[str, Origin]
    credentials_cut: tuple[str, ...]


def _join_values(operation: Operation, draft: Draft, found: "Found | None") -> _JoinedValues:
    """Return all that is known of a new package."""
    if found is None:
        return _JoinedValues(dict(draft.values), PERSON, {}, ())
    values: Values = {}
    origin = PERSON
    credentials_cut: tuple[str, ...] = ()
    if found.record is not None:
        from pkgcat.services.record_import import parse_record

        origin = Origin("site", site_addresses.DJANGO_PACKAGES)
        values = parse_record(operation, found.record, origin)
        for address in addresses_in(found.record):
            credentials_cut += tuple(addresses_with_credentials(address))
    origins = _find_origins(values, found.values, draft.values)
    joined = {**values, **draft.values, **found.values}
    return _JoinedValues(joined, origin, origins, credentials_cut)


def _find_origins(record: Values, found: Values, given: Values) -> dict[str, Origin]:
    """Return the origins of the values that are not of the record or, where there is none, of a
    person: what the hosts found, and what a person gave.
    """
    origins = dict.fromkeys(given, PERSON)
    for name, value in found.items():
        if value not in (given.get(name), record.get(name)):
            origins[name] = PYPI
    return origins


def _check_new_page(operation: Operation, values: Values) -> None:
    """Raise Duplicate where a page's package is there already, by its id and slug on the site."""
    slug = str(values["slug"])
    key = packages.key_of(operation.store, slug)
    if key is None:
        return
    ((number,),) = packages.rows(operation.store, ["id"], Query(operation.now, key=key))
    if number == values.get("id"):
        raise Duplicate(f"{slug} is there already; see 'pkgcat show {slug}'", slug)


def _choose_slug(store: Store, wanted: str, values: Values, *, may_be_digits: bool) -> str:
    """Return the slug that is wanted, or one with the owner of the repository before its name, or
    one with a number.
    """
    if may_be_digits and packages.key_of(store, wanted) is None:
        return wanted
    stems = [wanted]
    repository = addresses.repository(str(values.get("repo_url") or ""))
    if repository and repository.owner:
        stems.append(slugify(f"{repository.owner}-{repository.name}"))
    if wanted.isdigit():
        stems.append(f"package-{wanted}")
    return choose_slug(stems, lambda slug: packages.key_of(store, slug) is not None)


def _describe_choice(wanted: str) -> str:
    if wanted.isdigit():
        return f"digits alone would be taken for an id, so its slug is not {wanted}"
    return f"{wanted} is the slug of another package, so it has this one"


def _draft_from_values(values: Values) -> Draft:
    if "title" not in values and "slug" not in values:
        values = {**values, "title": _choose_title(values)}
    return Draft(None, values)


def _draft_from_target(store: Store, target: str, values: Values) -> Draft:
    target = strip_credentials(target)
    page = _parse_page(target)
    if page is not None:
        return Draft(page, values)
    address = _parse_target(store, target)
    if "title" not in values:
        values = {**values, "title": _choose_title(address)}
    return Draft(None, {**address, **values}, names_repository="repo_url" in address)


def _parse_page(target: str) -> str | None:
    """Return the slug of a package's page on Django Packages; None for any other target."""
    page = site_addresses.django_packages(target)
    if page is None:
        return None
    kind, slug = page
    if kind == "grids":
        raise Invalid(
            f"{target} is a grid of many packages; 'pkgcat import {target}' brings them in"
        )
    return slug


def _parse_target(store: Store, target: str) -> Values:
    """Return the address that a target names, as the field it belongs to."""
    project = site_addresses.pypi_name(target)
    if project:
        return {"pypi_url": make_project_url(project)}
    repository = addresses.repository(target, store.host_kinds) or addresses.shorthand(target)
    if repository:
        return {"repo_url": repository.url}
    reason = addresses.explain_no_repository(target, store.host_kinds)
    if names_other_file(target):
        reason = "is another file of requirements; 'pkgcat add -' takes its lines, too"
    if reason is None:
        reason = "is neither a name on PyPI nor a repository's address; owner/repo means GitHub"
    raise Invalid(f"{target!r} {reason}")


def _choose_title(values: Values) -> str:
    """Return what the repository, or else the project, is called."""
    repository = addresses.repository(str(values.get("repo_url") or ""))
    if repository:
        return repository.name[:MAX_TITLE_LENGTH]
    return str(site_addresses.pypi_name(str(values.get("pypi_url"))))[:MAX_TITLE_LENGTH]
