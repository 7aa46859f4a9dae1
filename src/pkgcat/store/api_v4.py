"""What API v4 has of the catalog: packages, grids and categories by their ids, and search hits."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pkgcat.model.fields import API_V4_KEYS, FIELDS
from pkgcat.model.parsing import load_stored_json
from pkgcat.model.query import Query
from pkgcat.model.types import BOOLEAN, DATETIME, TEXT, TITLE, FieldType, SqlValue, Values
from pkgcat.store import Store
from pkgcat.store.field_sql import exact
from pkgcat.store.groups import Entity
from pkgcat.store.query_sql import select

MAX_HITS = 20
"""A search has so many hits at the most."""

_COLUMNS = tuple(name for name in API_V4_KEYS if name not in ("category", "grids"))
_TIMES = tuple(name for name in _COLUMNS if FIELDS[name].type is DATETIME)
_LISTS = tuple(name for name in _COLUMNS if FIELDS[name].type.is_collection)
"""Lists are given out as they are stored: to look at each item costs a third of an answer."""
_PACKAGE = f"SELECT {', '.join(map(exact, _COLUMNS))}, p.category, p.grids"
_TABLES = "packages p JOIN facts f ON f.key = p.key"
_SITE = "coalesce(p.site, '')"
_ORDER = f"ORDER BY p.id DESC, {_SITE} DESC"
"""As the unique index of packages is ordered, so that SQLite sorts nothing."""

_GROUP_COLUMNS: dict[Entity, dict[str, FieldType]] = {
    "categories": {
        "title": TEXT,
        "slug": TEXT,
        "description": TEXT,
        "title_plural": TEXT,
        "show_pypi": BOOLEAN,
        "created": DATETIME,
        "modified": DATETIME,
    },
    "grids": {
        "title": TEXT,
        "slug": TEXT,
        "description": TEXT,
        "is_locked": BOOLEAN,
        "header": BOOLEAN,
        "created": DATETIME,
        "modified": DATETIME,
    },
}

_HIT_FIELDS = (
    "slug",
    "title",
    "repo_description",
    "created",
    "modified",
    "repo_watchers",
    "repo_forks",
    "score",
    "participants",
    "last_updated",
    "pypi_released",
)


class ServedPackage(NamedTuple):
    """The values of a package, and the keys of its category and grids in its own order."""

    values: Values
    category: int | None
    grids: tuple[int, ...]


class GroupIds(NamedTuple):
    """The ids under which categories or grids are served, the highest first, by key; and the keys
    by id.
    """

    ids: dict[int, int]
    keys: dict[int, int]


def find_package(store: Store, *, id_: int | None = None, slug: str = "") -> ServedPackage | None:
    """Return the package with an id, or with exactly this slug; None where there is none."""
    if id_ is not None:
        condition = "p.id = :id"
    else:
        condition = "p.slug = :slug AND p.slug = :slug COLLATE BINARY"
    sql = f"{_PACKAGE} FROM {_TABLES} WHERE {condition} AND p.removed = 0 ORDER BY p.key"
    row = store.rows(sql, {"id": id_, "slug": slug}).fetchone()
    if row is None:
        return None
    return _read_package(row)


def list_packages(store: Store, limit: int, offset: int) -> Iterator[ServedPackage]:
    """Yield the packages of a page, the highest id first, and by site where two sites share an id.

    The page is found in an index of ids and sites, since SQLite would join every row that an offset
    skips.
    """
    first = store.rows(
        f"SELECT p.id, {_SITE} FROM packages p WHERE p.removed = 0 {_ORDER} LIMIT 1 OFFSET :offset",
        {"offset": offset},
    ).fetchone()
    if first is None:
        return
    sql = f"""{_PACKAGE} FROM {_TABLES}
        WHERE p.removed = 0 AND (p.id, {_SITE}) <= (:id, :site) {_ORDER} LIMIT :limit"""
    parameters = {"id": first[0], "site": first[1], "limit": limit}
    for row in store.rows(sql, parameters):
        yield _read_package(row)


def _read_package(row: tuple[SqlValue, ...]) -> ServedPackage:
    *columns, category, grids = row
    values: Values = dict(zip(_COLUMNS, columns, strict=True))
    for name in _TIMES:
        values[name] = DATETIME.from_sql(values[name])  # type: ignore[arg-type]  # as stored
    for name in _LISTS:
        values[name] = tuple(load_stored_json(values[name], list))
    assert category is None or isinstance(category, int)
    return ServedPackage(values, category, tuple(load_stored_json(grids, list)))


def read_group_ids(store: Store, entity: Entity) -> GroupIds:
    """Return the ids of all categories or grids."""
    sql = f"SELECT id, key FROM {entity} WHERE removed = 0 ORDER BY id DESC"
    keys = dict(store.rows(sql).fetchall())
    return GroupIds({key: id_ for id_, key in keys.items()}, keys)


def find_group(store: Store, entity: Entity, slug: str) -> int | None:
    """Return the key of the category or grid with exactly this slug."""
    sql = f"SELECT key FROM {entity} WHERE slug = :slug AND slug = :slug COLLATE BINARY AND removed = 0"
    key: int | None = store.value(sql, {"slug": slug})
    return key


def read_group(store: Store, entity: Entity, key: int) -> Values:
    """Return the fields that API v4 has of a category or grid, in its order."""
    columns = _GROUP_COLUMNS[entity]
    sql = f"SELECT {', '.join(columns)} FROM {entity} WHERE key = ?"
    row = store.rows(sql, (key,)).fetchone()
    return {
        name: type_.from_sql(stored)
        for (name, type_), stored in zip(columns.items(), row, strict=True)
    }


def list_grid_packages(store: Store, key: int) -> list[int]:
    """Return the ids of the packages on a grid, by title in code-point order, ties by id."""
    sql = """SELECT p.id FROM memberships m JOIN packages p ON p.key = m.package
        WHERE m.name = ? AND p.removed = 0 ORDER BY p.title COLLATE BINARY, p.id"""
    return [row[0] for row in store.rows(sql, (key,))]


def count_packages(store: Store) -> int:
    """Return how many packages there are."""
    return int(store.value("SELECT count(*) FROM packages WHERE removed = 0"))


def find_named_packages(store: Store, name: str) -> list[int]:
    """Return the keys of the packages that are called so, without case and accents: by slug, by
    title, then by a slug that begins with `django-`.
    """
    slug = "-".join(name.split())
    sql = """SELECT key FROM (
            SELECT 1 AS place, key FROM packages WHERE slug = :slug AND removed = 0
            UNION ALL SELECT 2, key FROM packages WHERE title_key = :title AND removed = 0
            UNION ALL SELECT 3, key FROM packages WHERE slug = :prefixed AND removed = 0)
        GROUP BY key ORDER BY min(place), key LIMIT :limit"""
    parameters = {
        "title": TITLE.to_sort_key(name),
        "slug": slug,
        "prefixed": f"django-{slug}",
        "limit": MAX_HITS,
    }
    return [row[0] for row in store.rows(sql, parameters)]


def search_packages(store: Store, words: str, now: datetime) -> list[int]:
    """Return the keys of the packages that an expression of FTS5 finds, the best first."""
    sql, parameters = select("p.key", Query(now, words=words, limit=MAX_HITS))
    return [row[0] for row in store.rows(sql, parameters)]


def list_grid_texts(store: Store) -> Iterator[tuple[int, str, str, str]]:
    """Yield key, slug, title and description of each grid, by title."""
    sql = "SELECT key, slug, title, description FROM grids WHERE removed = 0 ORDER BY title, key"
    yield from store.rows(sql)


def read_hit(store: Store, key: int, now: datetime) -> Values:
    """Return what a search tells of a package: fields of its record, `category` as its title."""
    columns = ", ".join(map(exact, _HIT_FIELDS))
    sql, parameters = select(f"{columns}, c.title", Query(now, key=key))
    *row, category = store.rows(sql, parameters).fetchone()
    values: Values = {
        name: FIELDS[name].type.from_sql(stored)
        for name, stored in zip(_HIT_FIELDS, row, strict=True)
    }
    return {**values, "category": category}
