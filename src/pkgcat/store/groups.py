"""What categories and grids have in common: packages are put into them, and they have a slug, a
title and API v4's own address.

`categories.py` and `grids.py` have what only one of them has.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.model.category import Category
from pkgcat.model.change import Change
from pkgcat.model.credentials import strip_credentials
from pkgcat.model.grid import Grid
from pkgcat.model.origin import NO_ORIGINS, Origins
from pkgcat.model.parsing import parse_text
from pkgcat.model.suggest import suggest
from pkgcat.model.types import BOOLEAN, DATETIME, SqlValue
from pkgcat.model.validate import check_own_slug, check_slug
from pkgcat.store import Store, group_numbers
from pkgcat.store.operation import Operation

Entity = Literal["categories", "grids"]
SINGULAR: dict[Entity, str] = {"categories": "category", "grids": "grid"}
GROUP_FLAGS = frozenset({"is_locked", "header", "show_pypi"})
"""Fields that are true, false or unknown."""

_MAX_LISTED = 8
"""So many slugs are listed where one is not known."""
GROUP_TIMES = frozenset({"created", "modified"})
TITLES: dict[Entity, int] = {"categories": 50, "grids": 100}
"""How long their titles may be."""


def list_with_keys(store: Store, entity: Entity) -> list[tuple[int, Category | Grid]]:
    """Return all categories, or all grids, with their keys, by slug."""
    if entity == "categories":
        return [(key, Category(**row)) for key, row in read_rows(store, entity, Category._fields)]
    return [(key, Grid(**row)) for key, row in read_rows(store, entity, Grid._fields)]


def read_rows(
    store: Store, entity: Entity, columns: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the key and these fields of each category or grid, by slug."""
    for key, *stored in _rows(store, entity, ("key", *columns)):
        fields = dict(zip(columns, stored, strict=True))
        for name in GROUP_FLAGS & fields.keys():
            fields[name] = BOOLEAN.from_sql(fields[name])
        yield key, fields


def _rows(store: Store, entity: Entity, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return store.rows(
        f"SELECT {', '.join(columns)} FROM {entity} WHERE removed = 0 ORDER BY slug"
    ).fetchall()


def key_of(store: Store, entity: Entity, slug: str) -> int | None:
    """Return the key of a category or grid, or None."""
    key: int | None = store.value(
        f"SELECT key FROM {entity} WHERE slug = ? AND removed = 0", (slug,)
    )
    return key


def find(store: Store, entity: Entity, slug: str) -> int:
    """Return the key of a category or grid; raise NotFound naming the nearest."""
    key = key_of(store, entity, slug)
    if key is None:
        known = [slug for (slug,) in _rows(store, entity, ("slug",))]
        hint = suggest(slug, known) or f"{_list_known(known)}{_how_to_add(entity, slug)}"
        raise NotFound(f"there is no {SINGULAR[entity]} {slug!r}{hint}")
    return key


def _list_known(slugs: list[str]) -> str:
    """Return the end of a message that says which slugs there are."""
    if not slugs:
        return "; there is none yet"
    listed = ", ".join(slugs[:_MAX_LISTED])
    more = len(slugs) - _MAX_LISTED
    if more > 0:
        listed += f" and {more:,} more"
    return f"; there are {listed}"


def _how_to_add(entity: Entity, slug: str) -> str:
    """Return the end of a message that says how there would be a group of this slug, if there can be one."""
    try:
        check_own_slug(slug)
    except Invalid:
        return ""
    return f"; 'pkgcat {SINGULAR[entity]} add {slug}' would add it"


def add(
    operation: Operation,
    entity: Entity,
    group: Category | Grid,
    *,
    imported: bool = False,
    origins: Origins = NO_ORIGINS,
) -> int:
    """Store a new category or grid; raise Invalid, or Conflict where the slug or address is taken.

    An imported one may have a slug of digits alone.
    """
    values = _checked(operation.store, entity, group._asdict(), imported=imported)
    values["id"] = group_numbers.choose_number(operation.store, entity, group.url)
    return operation.create(entity, values, origins=origins)


def edit(
    operation: Operation,
    entity: Entity,
    key: int,
    values: Mapping[str, SqlValue],
    *,
    imported: bool = False,
    origins: Origins = NO_ORIGINS,
) -> list[Change]:
    """Set fields of a category or grid; return what changed."""
    store = operation.store
    checked = _checked(store, entity, values, key, imported=imported)
    if checked.get("url") is not None:
        number = group_numbers.find_number_of_site(store, entity, key, str(checked["url"]))
        if number is not None:
            checked["id"] = number
    return operation.change(entity, key, checked, origins=origins)


def check_field(
    entity: Entity, name: str, value: object, *, imported: bool = False
) -> str | bool | None:
    """Return a value, a time as the catalog stores it; raise Invalid where it breaks the rules of
    its field: its type, the form of a slug, the length of a title.
    """
    if name in GROUP_FLAGS:
        return bool(BOOLEAN.parse_json(name, value))
    if name in GROUP_TIMES:
        return str(DATETIME.to_sql(DATETIME.parse_json(name, value)))
    text = parse_text(name, value)
    if name == "slug":
        check = check_slug if imported else check_own_slug
        check(text)
    most = TITLES[entity]
    if name == "title" and not (text.strip() and len(text) <= most):
        raise Invalid(f"title: {len(text)} characters, and 1 to {most} are allowed")
    return text


def _checked(
    store: Store,
    entity: Entity,
    values: Mapping[str, SqlValue],
    but: int | None = None,
    *,
    imported: bool = False,
) -> dict[str, SqlValue]:
    """Check the rules of each field, and that no other group has the slug or the address.

    Credentials are cut from the address.
    """
    if url := values.get("url"):
        values = {**values, "url": strip_credentials(str(url))}
    for name, value in values.items():
        if value is not None:
            check_field(entity, name, value, imported=imported)
    for name in ("slug", "url"):
        sql = f"SELECT slug FROM {entity} WHERE {name} = ? AND removed = 0 AND key IS NOT ?"
        if values.get(name) and (taken := store.value(sql, (values[name], but))):
            raise Conflict(f"there is a {SINGULAR[entity]} {taken!r} with this {name} already")
    columns = dict(values)
    for name in GROUP_FLAGS & columns.keys():
        columns[name] = BOOLEAN.to_sql(columns[name])
    return columns


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


def is_removed(store: Store, entity: Entity, key: int) -> bool:
    """Whether a category or grid was removed."""
    return bool(store.value(f"SELECT removed FROM {entity} WHERE key = ?", (key,)))


def describe_removed(entity: Entity, slug: str) -> str:
    """Say that a group which came with an import is left as it is: removed."""
    return f"{SINGULAR[entity]} {slug} was removed here and stays removed"


def slug_of(store: Store, entity: Entity, key: int) -> str:
    """Return the slug of a category or grid, removed ones included."""
    return str(store.value(f"SELECT slug FROM {entity} WHERE key = ?", (key,)))
