"""Which category or grid an address means: read from the tables once for an import, not once
for each record.
"""

from pkgcat.model.site_addresses import GroupAddress, group_address
from pkgcat.store import Store


class AddressBook:
    """The categories and grids of a catalog by address, however it is written, and by the slugs
    they had.

    `entity` is `categories` or `grids` everywhere. Whoever changes them otherwise than by `add` has
    to `clear` it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._present: dict[str, dict[GroupAddress, int]] = {}
        self._removed: dict[str, dict[GroupAddress, int]] = {}
        self._removed_slugs: dict[str, dict[str, int]] = {}
        self._former_slugs: dict[str, dict[str, int]] = {}

    def find(self, entity: str, address: GroupAddress) -> int | None:
        """Return the key of the group with an address, the oldest of several."""
        if entity not in self._present:
            self._present[entity] = self._read(entity, "removed = 0 ORDER BY key DESC")
        return self._present[entity].get(address)

    def find_removed(self, entity: str, address: GroupAddress) -> int | None:
        """Return the key of the removed group with an address, the newest of several."""
        if entity not in self._removed:
            self._removed[entity] = self._read(entity, "removed = 1 ORDER BY key")
        return self._removed[entity].get(address)

    def find_removed_slug(self, entity: str, slug: str) -> int | None:
        """Return the key of the removed group of a slug, the newest of several."""
        if entity not in self._removed_slugs:
            rows = self._store.rows(
                f"SELECT slug, key FROM {entity} WHERE removed = 1 ORDER BY key"
            )
            self._removed_slugs[entity] = {name.lower(): key for name, key in rows}
        return self._removed_slugs[entity].get(slug.lower())

    def find_former_slug(self, entity: str, slug: str) -> int | None:
        """Return the key of the group that had a slug before it was renamed, the last of
        several.
        """
        if entity not in self._former_slugs:
            sql = f"""SELECT c.old, c.key FROM {entity} g JOIN changes c ON c.key = +g.key AND c.entity = '{entity}'
                WHERE g.removed = 0 AND c.field = 'slug' ORDER BY c.number"""
            self._former_slugs[entity] = {old.lower(): key for old, key in self._store.rows(sql)}
        return self._former_slugs[entity].get(slug.lower())

    def add(self, entity: str, address: GroupAddress, key: int) -> None:
        """Note that a group was added."""
        if entity in self._present:
            self._present[entity].setdefault(address, key)

    def clear(self) -> None:
        """Forget everything, as groups were changed in other ways."""
        self._present.clear()
        self._removed.clear()
        self._removed_slugs.clear()
        self._former_slugs.clear()

    def _read(self, entity: str, condition: str) -> dict[GroupAddress, int]:
        rows = self._store.rows(
            f"SELECT url, key FROM {entity} WHERE url IS NOT NULL AND {condition}"
        )
        return {group_address(url): key for url, key in rows}
