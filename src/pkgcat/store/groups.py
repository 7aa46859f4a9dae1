"""Categories and grids: what packages are put into. Both have a slug, a title and API v4's
own address.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.model.addresses import DJANGO_PACKAGES, GroupAddress, group_address, strip_credentials
from pkgcat.model.category import Category
from pkgcat.model.change import Change
from pkgcat.model.grid import Grid
from pkgcat.model.origin import NO_ORIGINS, Origins
from pkgcat.model.parsing import parse_text
from pkgcat.model.suggest import suggest
from pkgcat.model.types import BOOLEAN, DATETIME, SqlValue
from pkgcat.model.validate import MAX_SLUG_LENGTH, check_own_slug, check_slug
from pkgcat.store import Store, group_numbers, writers
from pkgcat.store.group_addresses import AddressBook
from pkgcat.store.operation import Operation
from pkgcat.store.slugs import free_slug

Entity = Literal["categories", "grids"]
SINGULAR: dict[Entity, str] = {"categories": "category", "grids": "grid"}
GROUP_FLAGS = frozenset({"is_locked", "header", "show_pypi"})
"""Fields that are true, false or unknown."""
GROUP_TIMES = frozenset({"created", "modified"})
TITLES: dict[Entity, int] = {"categories": 50, "grids": 100}
"""How long their titles may be."""


def categories(store: Store) -> list[Category]:
    """Return all categories, by slug."""
    return [Category(**fields) for _, fields in _read(store, "categories", Category._fields)]


def grids(store: Store) -> list[Grid]:
    """Return all grids, by slug."""
    return [Grid(**fields) for _, fields in _read(store, "grids", Grid._fields)]


def listed(store: Store, entity: Entity) -> list[Category] | list[Grid]:
    """Return all of either, by slug."""
    return categories(store) if entity == "categories" else grids(store)


def listed_with_keys(store: Store, entity: Entity) -> list[tuple[int, Category | Grid]]:
    """Return all of either with their keys, by slug."""
    if entity == "categories":
        return [(key, Category(**row)) for key, row in _read(store, entity, Category._fields)]
    return [(key, Grid(**row)) for key, row in _read(store, entity, Grid._fields)]


def _read(
    store: Store, entity: Entity, columns: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the key and the fields of each group, by slug."""
    for key, *stored in _rows(store, entity, ("key", *columns)):
        fields = dict(zip(columns, stored, strict=True))
        for name in GROUP_FLAGS & fields.keys():
            fields[name] = BOOLEAN.from_sql(fields[name])
        yield key, fields


def _rows(store: Store, entity: Entity, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return store.rows(
        f"SELECT {', '.join(columns)} FROM {entity} WHERE removed = 0 ORDER BY slug"
    ).fetchall()


def counted(store: Store) -> list[tuple[Category, int]]:
    """Return all categories with the number of packages in each."""
    sql = "SELECT category, count(*) FROM packages WHERE removed = 0 AND category IS NOT NULL GROUP BY category"
    counts = dict(store.rows(sql).fetchall())
    return [
        (category, counts.get(find(store, "categories", category.slug), 0))
        for category in categories(store)
    ]


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
        one = SINGULAR[entity]
        hint = suggest(slug, known) or (
            f"; there are {', '.join(known[:8])}" if known else "; there is none yet"
        )
        raise NotFound(f"there is no {one} {slug!r}{hint}")
    return key


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


def at_address(
    operation: Operation, entity: Entity, address: str, book: AddressBook | None = None
) -> int:
    """Return the key of the group with this API v4 address, making a placeholder where there is
    none.

    A query such as `?format=api` is no part of it. The key may be that of a group that a person has
    removed here: `is_removed` tells. Who asks often passes one book to all calls.
    """
    store = operation.store
    url = address.split("?", maxsplit=1)[0]
    key = store.value(f"SELECT key FROM {entity} WHERE url = ? AND removed = 0", (url,))
    if key is not None:
        return int(key)
    book = book or AddressBook(store)
    wanted = group_address(url)
    found = book.find(entity, wanted)
    if found is not None:
        return found
    if not wanted.has_id:
        named = _find_by_name(operation, entity, url, book)
        if named is not None:
            return named
    removed = _find_removed(store, entity, wanted, book)
    if removed is not None:
        return removed
    made = add(operation, entity, _placeholder(store, entity, url), imported=True)
    book.add(entity, wanted, made)
    return made


def _find_by_name(operation: Operation, entity: Entity, url: str, book: AddressBook) -> int | None:
    """Return the key of the group that has, or had, the slug that stands in an address instead of
    an id.

    `--format apiv4` writes such addresses of Django Packages for groups that have none. One of
    another site is stored.
    """
    store = operation.store
    wanted = group_address(url)
    key = key_of(store, entity, wanted.name)
    if key is None and wanted.site == DJANGO_PACKAGES:
        key = book.find_former_slug(entity, wanted.name)
    if key is None:
        return None
    stored = store.value(f"SELECT url FROM {entity} WHERE key = ?", (key,))
    if not may_be_same(stored, wanted):
        return None
    if stored is None and wanted.site != DJANGO_PACKAGES:
        operation.change(entity, key, {"url": url})
    return key


def may_be_same(url: str | None, address: GroupAddress | None) -> bool:
    """Whether two groups of one slug can be one: not where both have an id, or where they are
    of two sites.
    """
    if url is None or address is None:
        return True
    stored = group_address(url)
    return stored.site == address.site and not (stored.has_id and address.has_id)


def _find_removed(
    store: Store, entity: Entity, wanted: GroupAddress, book: AddressBook
) -> int | None:
    """Return the key of the group with this address, or with the slug that stands in it, if a
    person removed it.
    """
    key = book.find_removed(entity, wanted)
    if key is not None:
        return key if writers.is_by_person(store, entity, key, "removed") else None
    if wanted.has_id:
        return None
    key = find_removed_by_person(store, entity, wanted.name, book)
    if key is None:
        return None
    url = store.value(f"SELECT url FROM {entity} WHERE key = ?", (key,))
    return key if may_be_same(url, wanted) else None


def find_removed_by_person(
    store: Store, entity: Entity, slug: str, book: AddressBook
) -> int | None:
    """Return the key of the last removed group of this slug, if a person removed it."""
    key = book.find_removed_slug(entity, slug)
    if key is None or not writers.is_by_person(store, entity, key, "removed"):
        return None
    return key


def is_removed(store: Store, entity: Entity, key: int) -> bool:
    """Whether a category or grid was removed."""
    return bool(store.value(f"SELECT removed FROM {entity} WHERE key = ?", (key,)))


def describe_removed(entity: Entity, slug: str) -> str:
    """Say that a group which came with an import is left as it is: removed."""
    return f"{SINGULAR[entity]} {slug} was removed here and stays removed"


def slug_of(store: Store, entity: Entity, key: int) -> str:
    """Return the slug of a category or grid, removed ones included."""
    return str(store.value(f"SELECT slug FROM {entity} WHERE key = ?", (key,)))


def _placeholder(store: Store, entity: Entity, url: str) -> Category | Grid:
    """Return a group that is called after its address, which is all that is known of it."""
    slug, title = placeholder_names(entity, url)
    slug = free_slug(slug, lambda name: key_of(store, entity, name) is not None)
    if entity == "categories":
        return Category(slug, title, url=url)
    return Grid(slug, title, url=url)


def placeholder_names(entity: Entity, url: str) -> tuple[str, str]:
    """Return slug and title made of the last part of an address: `grid-71` and `Grid 71`, or
    `geo` and `Grid geo`.
    """
    one = SINGULAR[entity]
    name = url.rstrip("/").rsplit("/", 1)[-1].removesuffix(".json")
    slug = f"{one}-{name}" if name.isdigit() else name
    return slug[:MAX_SLUG_LENGTH], f"{one.capitalize()} {name}"[: TITLES["categories"]]
