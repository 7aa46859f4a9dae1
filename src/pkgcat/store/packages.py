"""Packages read: found by any of their names, named by queries."""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pkgcat.errors import Ambiguous, BadCatalog, NotFound
from pkgcat.model import addresses, site_addresses
from pkgcat.model.credentials import strip_credentials
from pkgcat.model.fields import FIELDS
from pkgcat.model.hosts import NO_HOST_KINDS
from pkgcat.model.parsing import compact_json
from pkgcat.model.query import Query
from pkgcat.model.suggest import suggest
from pkgcat.model.types import SqlValue
from pkgcat.model.wording import format_count
from pkgcat.store import Store
from pkgcat.store.ask import select_in
from pkgcat.store.field_sql import exact, has_shape, json_object, shown

if TYPE_CHECKING:
    from pkgcat.model.package import Package

_MAX_NAMED = 8
"""So many packages are named of those that a name fits."""


def as_json(store: Store, names: Collection[str], query: Query) -> Iterator[str]:
    """Yield each package as the text of a JSON object; SQLite writes it, 8 times faster than
    json.dumps.
    """
    for (text,) in _read_rows(store, json_object(names), names, query):
        yield str(text)


def for_export(store: Store, names: Collection[str], query: Query) -> Iterator[str]:
    """Yield each package as JSON that loses nothing: microseconds, and both empties of
    documentation_url.
    """
    for (text,) in _read_rows(store, json_object(names, exact), names, query):
        yield str(text)


def for_export_with_keys(
    store: Store, names: Iterable[str], query: Query
) -> Iterator[tuple[int, str]]:
    """Yield the key of each package, and what `for_export` has of it."""
    sql, parameters = select_in(store, f"p.key, {json_object(names, exact)}", query)
    return store.rows(sql, parameters)


def rows(
    store: Store, names: Collection[str], query: Query, *, whole: bool = False
) -> Iterator[tuple[SqlValue, ...]]:
    """Yield these fields of each package, as SQLite gives them; `whole` keeps microseconds."""
    sql_of = exact if whole else shown
    return _read_rows(store, ", ".join(map(sql_of, names)), names, query)


def keys(store: Store, query: Query) -> list[int]:
    """Return the keys of the packages that a query names, in its order."""
    sql, parameters = select_in(store, "p.key", query)
    return [key for (key,) in store.rows(sql, parameters)]


def read(store: Store, query: Query) -> "Iterator[Package]":
    """Yield whole records."""
    from pkgcat.model.package import Package  # JSON and tables do without

    for row in _read_rows(store, ", ".join(map(exact, FIELDS)), FIELDS, query):
        values = {}
        for field, stored in zip(FIELDS.values(), row, strict=True):
            values[field.name] = field.type.from_sql(stored)
        yield Package(**values)


def _read_rows(
    store: Store, what: str, names: Collection[str], query: Query
) -> Iterator[tuple[SqlValue, ...]]:
    """Yield what is asked of each package; raise BadCatalog where the fields of one are not what
    their types allow.
    """
    sql, parameters = select_in(store, f"{what}, {has_shape(names)}", query)
    for *row, is_right in store.rows(sql, parameters):
        if not is_right:
            raise BadCatalog(f"{store.path} is damaged: a package holds what none can hold")
        yield tuple(row)


class _Names(NamedTuple):
    """What a text may name a package by: values of columns, the strongest first."""

    id: tuple[int, ...] = ()
    slug: tuple[str, ...] = ()
    pypi_name: tuple[str, ...] = ()
    repo_key: tuple[str, ...] = ()


def _read_names(store: Store, text: str) -> _Names:
    """Read a slug, an id, a PyPI name, a repository's address, `owner/repo`, or the address of a
    package's page on Django Packages.
    """
    page = site_addresses.django_packages(text)
    if page is not None:
        kind, name = page
        if kind != "packages":
            return _Names()
        return _Names(_read_id(name), (name,))
    project = site_addresses.pypi_name(text)
    projects = (project,) if project else ()
    return _Names(_read_id(text), (text,), projects, repository_keys(store, text))


def _read_id(text: str) -> tuple[int, ...]:
    is_number = text.isascii() and text.isdigit()
    if not is_number or text.startswith("0") or len(text) >= 19:
        return ()
    return (int(text),)


def repository_keys(store: Store, text: str) -> tuple[str, ...]:
    """Return the keys of the repository that a text names: as its host's kind has it, and as it was
    before that was known.
    """
    if "/" not in text:
        return ()
    short = addresses.shorthand(text)
    if short is not None:
        return (short.key,)
    keys = []
    for host_kinds in (store.host_kinds, NO_HOST_KINDS):
        key = addresses.repository_key(text, host_kinds)
        if key is not None and key not in keys:
            keys.append(key)
    return tuple(keys)


def find(store: Store, name: str) -> int:
    """Return the key of the package that a text names: its id, slug, PyPI name in any spelling,
    repository, `owner/repo`, or page of Django Packages. Digits name an id first, then a slug.

    Raises NotFound, with the nearest slugs, and Ambiguous, with the packages that it fits.
    """
    name = strip_credentials(name.strip())
    found = _find_strongest(store, name, removed=False)
    if not found:
        raise NotFound(f"there is no package {name!r}{_suggest_slugs(store, name)}")
    return _require_one(store, name, found)


def _suggest_slugs(store: Store, name: str) -> str:
    """Name the slugs that are nearest to a text, or to what an address calls the package."""
    if "/" in name:
        names = _read_names(store, name)
        address = (*names.pypi_name, *names.repo_key, name)[0]
        name = address.rstrip("/").rpartition("/")[2]
    return suggest(name, _list_similar_slugs(store, name))


def _find_strongest(store: Store, name: str, *, removed: bool) -> list[int]:
    """Return the packages that have the strongest of the names that a text may mean."""
    for column, values in _read_names(store, name)._asdict().items():
        for value in values:
            # a literal: an index of packages that are not removed is of no use for a parameter
            sql = f"""SELECT key FROM packages WHERE {column} = ? AND removed = {int(removed)}
                ORDER BY key DESC"""
            found = [row[0] for row in store.rows(sql, (value,))]
            if found:
                return found
    return []


def find_ever_named(store: Store, name: str) -> set[int]:
    """Return the packages that have or had a name, removed ones among them."""
    names = _read_names(store, strip_credentials(name.strip()))
    is_now: list[str] = []
    was_then: list[str] = []
    values_now: list[SqlValue] = []
    values_then: list[SqlValue] = []
    for column, values in names._asdict().items():
        for value in values:
            is_now.append(f"{column} = ?")
            values_now.append(value)
            was_then.append("(field = ? AND old COLLATE NOCASE = ?)")
            values_then += (column, value)
    if not is_now:
        return set()
    sql = f"""SELECT key FROM packages WHERE {" OR ".join(is_now)}
        UNION SELECT key FROM changes
        WHERE entity = 'packages' AND field IN ('slug', 'pypi_name', 'repo_key')
            AND ({" OR ".join(was_then)})"""
    return {key for (key,) in store.rows(sql, (*values_now, *values_then))}


def _require_one(store: Store, name: str, found: list[int]) -> int:
    """Return the only key; raise Ambiguous, with the packages' slugs, where there are several."""
    if len(found) == 1:
        return found[0]
    fitting = sorted(slug(store, key) for key in found)
    listed = ", ".join(fitting[:_MAX_NAMED])
    if len(fitting) > _MAX_NAMED:
        listed += f" and {len(fitting) - _MAX_NAMED} more"
    count = format_count(len(fitting), "package")
    raise Ambiguous(f"{name!r} fits {count}: {listed}; name one of them")


def key_of(store: Store, slug: str) -> int | None:
    """Return the key of the package of a slug, or None."""
    key: int | None = store.value(
        "SELECT key FROM packages WHERE slug = ? AND removed = 0", (slug,)
    )
    return key


def find_ever(store: Store, name: str) -> int:
    """Return the key of a package by any of its names, or of the removed one that had the name last;
    raise NotFound.
    """
    try:
        return find(store, name)
    except NotFound:
        removed = _find_strongest(store, strip_credentials(name.strip()), removed=True)
        if not removed:
            raise
        return removed[0]


def find_in_category(store: Store, category: int, *, removed: bool) -> list[int]:
    """Return the keys of the packages in a category, by slug: those there are, or removed ones."""
    sql = "SELECT key FROM packages WHERE category = ? AND removed = ? ORDER BY slug"
    return [row[0] for row in store.rows(sql, (category, int(removed)))]


def slugs_ever(store: Store, keys: Iterable[int], category: str | None = None) -> dict[int, str]:
    """Return the slugs of these packages by key, removed ones too; only of those in a
    category where one is named.
    """
    sql = """SELECT p.key, p.slug FROM packages p LEFT JOIN categories c ON c.key = p.category
        WHERE p.key IN (SELECT value FROM json_each(:keys))
            AND (:category IS NULL OR c.slug = :category)"""
    found = store.rows(sql, {"keys": compact_json([*keys]), "category": category})
    return dict(found.fetchall())


def _list_similar_slugs(store: Store, name: str) -> list[str]:
    """Return slugs worth comparing: neighbours in the alphabet, and some of the same length."""
    sql = """SELECT slug FROM (SELECT slug FROM packages WHERE removed = 0 AND slug >= :name
            ORDER BY slug LIMIT 100)
        UNION SELECT slug FROM (SELECT slug FROM packages WHERE removed = 0 AND slug < :name
            ORDER BY slug DESC LIMIT 100)
        UNION SELECT slug FROM (SELECT slug FROM packages
            WHERE removed = 0 AND abs(length(slug) - length(:name)) <= 2 LIMIT 3000)"""
    return [row[0] for row in store.rows(sql, {"name": name})]


def slugs(store: Store, prefix: str, limit: int = 100) -> list[tuple[str, str]]:
    """Return slugs and titles that begin so, for completion."""
    sql = """SELECT slug, title FROM packages WHERE removed = 0 AND slug >= :prefix AND slug < :end
        ORDER BY slug LIMIT :limit"""
    found = store.rows(sql, {"prefix": prefix, "end": f"{prefix}\U0010ffff", "limit": limit})
    return list(found)


def list_python_requirements(store: Store) -> list[str]:
    """Return every Requires-Python that a package has, each once."""
    sql = """SELECT DISTINCT f.pypi_requires_python FROM packages p JOIN facts f ON f.key = p.key
        WHERE p.removed = 0 AND f.pypi_requires_python IS NOT NULL"""
    return [str(row[0]) for row in store.rows(sql)]


def used_tags(store: Store, prefix: str, limit: int = 100) -> list[tuple[str, str]]:
    """Return the tags that begin so, each with how many packages have it, for completion."""
    sql = """SELECT t.name, count(*) FROM tags t JOIN packages p ON p.key = t.package
        WHERE p.removed = 0 AND t.name >= :prefix AND t.name < :end
        GROUP BY t.name ORDER BY t.name LIMIT :limit"""
    found = store.rows(sql, {"prefix": prefix, "end": f"{prefix}\U0010ffff", "limit": limit})
    return [(name, format_count(number, "package")) for name, number in found]


def count_matching(store: Store, query: Query) -> int:
    """Return how many packages a query names, whatever its limit and offset."""
    counted = query._replace(sort=(), limit=None, offset=0)
    if counted == Query(query.now):
        return count(store)
    sql, parameters = select_in(store, "count(*)", counted)
    return int(store.value(sql, parameters))


def count(store: Store) -> int:
    """Return how many packages there are."""
    return int(store.value("SELECT count(*) FROM packages WHERE removed = 0"))


def slug(store: Store, key: int) -> str:
    """Return the slug of a package."""
    return str(store.value("SELECT slug FROM packages WHERE key = ?", (key,)))


def revision(store: Store, key: int) -> int:
    """Return how often a person has edited the package: what an edit must still find when it
    is stored.
    """
    return int(store.value("SELECT rev FROM packages WHERE key = ?", (key,)))
