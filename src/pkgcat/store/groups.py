"""Categories and grids: what packages are put into. Both have a slug, a title and API v4's own address."""

from typing import Literal

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.models import Category, Cell, Change, Grid, nearest
from pkgcat.rules import check_slug, text_of
from pkgcat.store import Operation, Store

Entity = Literal["categories", "grids"]
SINGULAR = {"categories": "category", "grids": "grid"}
TITLES = {"categories": 50, "grids": 100}
"""How long their titles may be."""


def categories(store: Store) -> list[Category]:
    """Return all categories, by slug."""
    return [Category(*row) for row in _rows(store, "categories", Category._fields)]


def grids(store: Store) -> list[Grid]:
    """Return all grids, by slug."""
    return [Grid(*row) for row in _rows(store, "grids", Grid._fields)]


def listed(store: Store, entity: Entity) -> list[Category] | list[Grid]:
    """Return all of either, by slug."""
    return categories(store) if entity == "categories" else grids(store)


def _rows(store: Store, entity: Entity, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    return store.rows(f"SELECT {', '.join(columns)} FROM {entity} WHERE removed = 0 ORDER BY slug").fetchall()


def counted(store: Store) -> list[tuple[Category, int]]:
    """Return all categories with the number of packages in each."""
    sql = "SELECT category, count(*) FROM packages WHERE removed = 0 AND category IS NOT NULL GROUP BY category"
    counts = dict(store.rows(sql).fetchall())
    return [(category, counts.get(find(store, "categories", category.slug), 0)) for category in categories(store)]


def key_of(store: Store, entity: Entity, slug: str) -> int | None:
    """Return the key of a category or grid, or None."""
    key: int | None = store.value(f"SELECT key FROM {entity} WHERE slug = ? AND removed = 0", (slug,))
    return key


def find(store: Store, entity: Entity, slug: str) -> int:
    """Return the key of a category or grid; raise NotFound naming the nearest."""
    key = key_of(store, entity, slug)
    if key is None:
        known = [row[0] for row in store.rows(f"SELECT slug FROM {entity} WHERE removed = 0 ORDER BY slug")]
        one = SINGULAR[entity]
        hint = nearest(slug, known) or (f"; there are {', '.join(known[:8])}" if known else "; there is none yet")
        raise NotFound(f"there is no {one} {slug!r}{hint}")
    return key


def add(operation: Operation, entity: Entity, group: Category | Grid) -> int:
    """Store a new category or grid; raise Invalid, or Conflict where the slug or address is taken."""
    values = _checked(operation.store, entity, group._asdict())
    return operation.create(entity, values)


def edit(operation: Operation, entity: Entity, key: int, values: dict[str, str]) -> list[Change]:
    """Set fields of a category or grid; return what changed."""
    return operation.change(entity, key, _checked(operation.store, entity, values, key))


def _checked(store: Store, entity: Entity, values: dict[str, str], but: int | None = None) -> dict[str, Cell]:
    """Check the rules of a category's or grid's fields: the form of a slug, the length of a title, what is taken."""
    for name, value in values.items():
        if value is not None:
            text_of(name, value)
    if "slug" in values:
        check_slug(values["slug"])
    most = TITLES[entity]
    if not 0 < len(values.get("title", "x").strip()) <= most:
        raise Invalid(f"title: {len(values['title'])} characters, and 1 to {most} are allowed")
    for name in ("slug", "url"):
        sql = f"SELECT slug FROM {entity} WHERE {name} = ? AND removed = 0 AND key IS NOT ?"
        if values.get(name) and (taken := store.value(sql, (values[name], but))):
            raise Conflict(f"there is a {SINGULAR[entity]} {taken!r} with this {name} already")
    return dict(values)


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
