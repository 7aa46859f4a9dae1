"""Categories and grids: what packages are put into. Both have a slug, a title and API v4's own address."""

from typing import Literal

from pkgcat.errors import Conflict, NotFound
from pkgcat.models import Category, Change, Grid, check_slug, nearest
from pkgcat.store import Operation, Store

Entity = Literal["categories", "grids"]
SINGULAR = {"categories": "category", "grids": "grid"}


def categories(store: Store) -> list[Category]:
    """Return all categories, by slug."""
    columns = ", ".join(Category._fields)
    return [
        Category(*row)
        for row in store.rows(f"SELECT {columns} FROM categories WHERE removed = 0 ORDER BY slug")
    ]


def counted(store: Store) -> list[tuple[Category, int]]:
    """Return all categories with the number of packages in each."""
    sql = (
        "SELECT category, count(*) FROM packages WHERE removed = 0 AND category IS NOT NULL GROUP BY category"
    )
    counts = dict(store.rows(sql).fetchall())
    return [
        (category, counts.get(find(store, "categories", category.slug), 0)) for category in categories(store)
    ]


def grids(store: Store) -> list[Grid]:
    """Return all grids, by slug."""
    columns = ", ".join(Grid._fields)
    return [Grid(*row) for row in store.rows(f"SELECT {columns} FROM grids WHERE removed = 0 ORDER BY slug")]


def find(store: Store, entity: Entity, slug: str) -> int:
    """Return the key of a category or grid; raise NotFound naming the nearest."""
    key = store.value(f"SELECT key FROM {entity} WHERE slug = ? AND removed = 0", (slug,))
    if key is None:
        known = [row[0] for row in store.rows(f"SELECT slug FROM {entity} WHERE removed = 0 ORDER BY slug")]
        one = SINGULAR[entity]
        hint = nearest(slug, known) or (
            f"; there are {', '.join(known[:8])}" if known else "; there is none yet"
        )
        raise NotFound(f"there is no {one} {slug!r}{hint}")
    return int(key)


def add(operation: Operation, entity: Entity, group: Category | Grid) -> int:
    """Store a new category or grid; raise Conflict where the slug is taken."""
    check_slug(group.slug)
    _check_free(operation.store, entity, group.slug)
    return operation.create(entity, group._asdict())


def edit(operation: Operation, entity: Entity, key: int, values: dict[str, str]) -> list[Change]:
    """Set fields of a category or grid; return what changed."""
    if "slug" in values:
        check_slug(values["slug"])
        _check_free(operation.store, entity, values["slug"], key)
    return operation.change(entity, key, dict(values))


def remove(operation: Operation, entity: Entity, key: int) -> None:
    """Remove a category or grid that nothing is in; raise Conflict naming what is."""
    condition = {
        "categories": "category = ?",
        "grids": "key IN (SELECT package FROM memberships WHERE name = ?)",
    }[entity]
    sql = f"SELECT slug FROM packages WHERE removed = 0 AND {condition} ORDER BY slug"
    users = [row[0] for row in operation.store.rows(sql, (key,))]
    if users:
        more = f" and {len(users) - 3} more" if len(users) > 3 else ""
        raise Conflict(f"it is in use by {', '.join(users[:3])}{more}; nothing was removed")
    operation.change(entity, key, {"removed": 1})


def at_address(operation: Operation, entity: Entity, address: str) -> int:
    """Return the key of the group with this API v4 address, making one where there is none.

    API v4 names a group by address only; the new one is called after the last part of it.
    """
    key = operation.store.value(f"SELECT key FROM {entity} WHERE url = ? AND removed = 0", (address,))
    if key is not None:
        return int(key)
    number = address.rstrip("/").rsplit("/", 1)[-1]
    one = SINGULAR[entity]
    slug = f"{one}-{number}" if number.isdigit() else number
    slug, stem, suffix = slug[:50], slug[:45], 2
    while operation.store.value(f"SELECT 1 FROM {entity} WHERE slug = ? AND removed = 0", (slug,)):
        slug, suffix = f"{stem}-{suffix}", suffix + 1
    title = f"{one.capitalize()} {number}"[:50]
    return add(operation, entity, (Category if entity == "categories" else Grid)(slug, title, url=address))


def _check_free(store: Store, entity: Entity, slug: str, but: int | None = None) -> None:
    sql = f"SELECT slug FROM {entity} WHERE slug = ? AND removed = 0 AND key IS NOT ?"
    if taken := store.value(sql, (slug, but)):
        raise Conflict(f"there is a {SINGULAR[entity]} {taken!r} already")
