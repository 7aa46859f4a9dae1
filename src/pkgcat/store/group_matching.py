"""Which category or grid an address of API v4 means, and placeholders for those that are not here
yet.
"""

from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.model.site_addresses import DJANGO_PACKAGES, GroupAddress, group_address
from pkgcat.model.validate import MAX_SLUG_LENGTH
from pkgcat.store import Store, groups, writers
from pkgcat.store.group_addresses import AddressBook
from pkgcat.store.groups import SINGULAR, TITLES, Entity
from pkgcat.store.operation import Operation
from pkgcat.store.slugs import free_slug


def find_or_add(
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
    made = groups.add(operation, entity, _placeholder(store, entity, url), imported=True)
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
    key = groups.key_of(store, entity, wanted.name)
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


def _placeholder(store: Store, entity: Entity, url: str) -> Category | Grid:
    """Return a group that is called after its address, which is all that is known of it."""
    slug, title = placeholder_names(entity, url)
    slug = free_slug(slug, lambda name: groups.key_of(store, entity, name) is not None)
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
