"""Packages of an import: found in the catalog by what identifies them, renamed where a site has
renamed them.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple, cast

from pkgcat.model import addresses, site_addresses
from pkgcat.model.types import DATETIME, Values
from pkgcat.store import Store, edits, packages, writers
from pkgcat.store.edits import MAX_SITE_ID
from pkgcat.store.log import history
from pkgcat.store.operation import Operation
from pkgcat.store.slugs import plan_renames


class Renamed(NamedTuple):
    """What became of renames: the old and new slugs of those that were made, and of those
    that were not.
    """

    made: list[tuple[str, str]]
    refused: list[tuple[str, str]]


class Identity(NamedTuple):
    """What a package is known by: the site that it is of, and its number there.

    Without a site, a number up to MAX_SITE_ID is of some site, or of release 0.1.0; a higher one
    was given here, or in another catalog.
    """

    site: str | None
    id: int | None


def make_identity(values: Values) -> Identity:
    """Return the identity that a record gives."""
    return Identity(cast("str | None", values.get("site")), cast("int | None", values.get("id")))


def read_identity(store: Store, key: int) -> Identity:
    """Return the identity of a stored package."""
    row = store.rows("SELECT site, id FROM packages WHERE key = ?", (key,)).fetchone()
    return Identity._make(row)


def find(store: Store, values: Values) -> int | None:
    """Return the key of the package that a record is about, or None.

    That is the one of its site and id; else one whose id may be the same; else the one of its slug,
    which may be another package.
    """
    given = make_identity(values)
    key = find_by_site(store, given)
    if key is None:
        key = _find_by_id_alone(store, given, values)
    if key is None:
        key = packages.key_of(store, str(values["slug"]))
    return key


def find_by_site(store: Store, given: Identity) -> int | None:
    """Return the key of the package that has a number of a site, or None."""
    if given.site is None:
        return None
    sql = "SELECT key FROM packages WHERE site = ? AND id = ? AND removed = 0"
    key: int | None = store.value(sql, given)
    return key


def was_removed_by_person(store: Store, given: Identity) -> bool:
    """Whether a person has removed the package that last had a number of a site."""
    sql = """SELECT key FROM packages
        WHERE site = ? AND id = ? AND removed = 1 ORDER BY key DESC LIMIT 1"""
    key = store.value(sql, given)
    return key is not None and writers.is_by_person(store, "packages", key, "removed")


def _find_by_id_alone(store: Store, given: Identity, values: Values) -> int | None:
    """Return the key of a package with the id of a record, where one of the two has no site.

    Two sites, or two catalogs, give the same ids, so that more has to agree: `is_same`; for what was
    added here, that it was made at that moment and had that slug once.
    """
    if given.id is None:
        return None
    sql = """SELECT key FROM packages
        WHERE id = :id AND removed = 0 AND (:site IS NULL OR site IS NULL) ORDER BY key"""
    for (key,) in store.rows(sql, given._asdict()).fetchall():
        if given.id <= MAX_SITE_ID:
            if is_same(store, key, values):
                return int(key)
        elif _had_slug(store, key, values):
            return int(key)
    return None


def is_same(store: Store, key: int, values: Values) -> bool:
    """Whether a package and a record of one id, or of one slug, are one package: they have a
    repository, or a PyPI name, in common.

    Where both are others now, or none is known, the moment at which the record was made decides.
    """
    stored, given = _read_names(store, key), _find_names(store, values)
    if _have_name_in_common(stored, given):
        return True
    has_lost_both = any(stored) and not any(given)
    return not has_lost_both and _was_created_then(store, key, values)


def has_other_repository(store: Store, key: int, values: Values) -> bool:
    """Whether a package and a record have different repositories, and no PyPI name in common."""
    stored, given = _read_names(store, key), _find_names(store, values)
    both_known = stored.repository is not None and given.repository is not None
    return both_known and not _have_name_in_common(stored, given)


class _Names(NamedTuple):
    """The normalised address of a repository, and the name on PyPI."""

    repository: str | None
    project: str | None


def _read_names(store: Store, key: int) -> _Names:
    sql = "SELECT repo_key, pypi_name FROM packages WHERE key = ?"
    return _Names._make(store.rows(sql, (key,)).fetchone())


def _find_names(store: Store, values: Values) -> _Names:
    address = cast("str | None", values.get("repo_url"))
    repository = addresses.repository_key(address, store.host_kinds)
    return _Names(repository, site_addresses.pypi_name(cast("str | None", values.get("pypi_url"))))


def _have_name_in_common(one: _Names, other: _Names) -> bool:
    return any(name and name == same for name, same in zip(one, other, strict=True))


def was_exported_here(store: Store, key: int, values: Values) -> bool:
    """Whether a record is what this catalog once exported of a package that a person added.

    In API v4's form it looks as if it were of the site that its category is of.
    """
    is_imported = history.creation(store, key).kind == "import"
    return not is_imported and _was_created_then(store, key, values)


def _had_slug(store: Store, key: int, values: Values) -> bool:
    sql = """SELECT 1 FROM changes WHERE key = ? AND entity = 'packages' AND field = 'slug'
        AND old = ? COLLATE NOCASE"""
    had_it = store.value(sql, (key, values["slug"])) is not None
    return had_it and _was_created_then(store, key, values)


def _was_created_then(store: Store, key: int, values: Values) -> bool:
    created = store.value("SELECT created FROM packages WHERE key = ?", (key,))
    return DATETIME.to_sql(values.get("created")) == str(created)


def yield_id(operation: Operation, given: Identity, but: int | None = None) -> list[str]:
    """Give packages without a site that have the id of a site's own package a number of their own;
    return a line for each.
    """
    if given.site is None:
        return []
    store = operation.store
    sql = "SELECT key, slug FROM packages WHERE id = ? AND site IS NULL AND removed = 0 AND key IS NOT ?"
    lines = []
    for key, slug in store.rows(sql, (given.id, but)).fetchall():
        number = edits.find_free_id(store)
        operation.change("packages", key, {"id": number})
        lines.append(
            f"package {slug} has the number {number} from now on: "
            f"{given.id} is that of another package of {given.site}"
        )
    return lines


def find_missing(store: Store, site: str, ids: Collection[int]) -> list[tuple[str, int]]:
    """Return slug and id of the packages of a site that are not among these ids."""
    sql = "SELECT slug, id FROM packages WHERE site = ? AND removed = 0 ORDER BY slug"
    return [(slug, number) for slug, number in store.rows(sql, (site,)) if number not in ids]


def follows_slug(store: Store, key: int) -> bool:
    """Whether a package's slug may follow a rename on its site, as no person gave it."""
    return not writers.is_by_person(store, "packages", key, "slug")


def rename(operation: Operation, wanted: Mapping[int, str]) -> Renamed:
    """Rename packages that may stand in each other's way; one whose new slug stays another's
    keeps its own.
    """
    store = operation.store
    current = {key: packages.slug(store, key) for key in wanted}
    for slug in wanted.values():
        holder = packages.key_of(store, slug)
        if holder is not None:
            current[holder] = packages.slug(store, holder)
    plan = plan_renames(current, wanted)
    for key, slug in plan.steps:
        edits.merge(operation, key, {"slug": slug})
    renames = Renamed([], [])
    for key, slug in wanted.items():
        outcome = renames.refused if key in plan.refused else renames.made
        outcome.append((current[key], slug))
    return renames
