"""Packages read: found by any of their names, named by queries."""

from collections.abc import Callable, Iterable, Iterator
from json import loads

from pkgcat import urls
from pkgcat.errors import NotFound
from pkgcat.models import FIELDS, Cell, Package, Query, nearest
from pkgcat.store import Store
from pkgcat.store.cells import value
from pkgcat.store.columns import exact, json_object, select, shown


def as_json(store: Store, names: Iterable[str], query: Query) -> Iterator[str]:
    """Yield each package as the text of a JSON object; SQLite writes it, 8 times faster than json.dumps."""
    return (row[0] for row in store.rows(*select(json_object(names), query)))


def for_export(store: Store, names: Iterable[str], query: Query) -> Iterator[str]:
    """Yield each package as JSON that loses nothing: microseconds, and both empties of documentation_url."""
    return (row[0] for row in store.rows(*select(json_object(names, exact), query)))


def rows(store: Store, names: Iterable[str], query: Query, *, whole: bool = False) -> Iterator[tuple[Cell, ...]]:
    """Yield these fields of each package, as SQLite gives them; `whole` keeps microseconds."""
    return store.rows(*select(", ".join(map(exact if whole else shown, names)), query))


def read(store: Store, query: Query) -> Iterator[Package]:
    """Yield whole records."""
    kinds = [field.kind for field in FIELDS.values()]
    for row in store.rows(*select(", ".join(map(exact, FIELDS)), query)):
        yield Package(*map(value, kinds, row))  # type: ignore[arg-type]  # FIELDS is made of Package


def find(store: Store, name: str) -> int:
    """Return the key of the package that a slug, id, PyPI name or repository address names.

    Raises NotFound, with the nearest slugs.
    """
    name = name.strip()
    spelt: tuple[tuple[str, Callable[[str], Cell]], ...] = (
        ("slug", str),
        ("id", lambda text: int(text) if text.isdecimal() and len(text) < 19 else None),
        ("pypi_name", urls.pypi_name),
        ("repo_key", urls.repository_key),
    )
    for column, spell in spelt:
        if (given := spell(name)) is not None:
            key = store.value(f"SELECT key FROM packages WHERE {column} = ? AND removed = 0", (given,))
            if key is not None:
                return int(key)
    raise NotFound(f"there is no package {name!r}{nearest(name.lower(), _around(store, name))}")


def find_ever(store: Store, name: str) -> int:
    """Return the key of a package by any of its names, or that of a removed one by its slug; raise NotFound."""
    try:
        return find(store, name)
    except NotFound:
        sql = "SELECT key FROM packages WHERE slug = ? AND removed = 1 ORDER BY key DESC"
        key = store.value(sql, (name.strip(),))
        if key is None:
            raise
        return int(key)


def slugs_ever(store: Store, keys: Iterable[int], category: str | None = None) -> dict[int, str]:
    """Return the slugs of these packages by key, removed ones too; only of those in a category where one is named."""
    sql = """SELECT p.slug FROM packages p LEFT JOIN categories c ON c.key = p.category
        WHERE p.key = :key AND (:category IS NULL OR c.slug = :category)"""
    found = ((key, store.value(sql, {"key": key, "category": category})) for key in keys)
    return {key: slug for key, slug in found if slug is not None}


def _around(store: Store, name: str) -> list[str]:
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


def count(store: Store) -> int:
    """Return how many packages there are."""
    return int(store.value("SELECT count(*) FROM packages WHERE removed = 0"))


def slug(store: Store, key: int) -> str:
    """Return the slug of a package."""
    return str(store.value("SELECT slug FROM packages WHERE key = ?", (key,)))


def revision(store: Store, key: int) -> int:
    """Return how often a person has edited the package: what an edit must still find when it is stored."""
    return int(store.value("SELECT rev FROM packages WHERE key = ?", (key,)))


def tags(store: Store, key: int) -> tuple[str, ...]:
    """Return the labels of a package."""
    return tuple(loads(store.value("SELECT tags FROM packages WHERE key = ?", (key,))))
