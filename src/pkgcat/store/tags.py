"""The tags of the catalog, which differ by more than case (as SQLite's NOCASE compares them)."""

from pkgcat.errors import NotFound
from pkgcat.model.suggest import suggest
from pkgcat.store import Store

_HAS_TAG = "SELECT package FROM tags WHERE name = ?"


def count_tags(store: Store) -> list[tuple[str, int]]:
    """Return all tags by name, in their first spelling, each with how many packages have it."""
    sql = """SELECT min(t.name), count(*) FROM tags t JOIN packages p ON p.key = t.package
        WHERE p.removed = 0 GROUP BY t.name ORDER BY t.name"""
    return store.rows(sql).fetchall()


def find_tagged(store: Store, tag: str) -> list[int]:
    """Return the keys of the packages that have a tag; raise NotFound, with the nearest, where
    none has it.
    """
    sql = f"SELECT key FROM packages WHERE removed = 0 AND key IN ({_HAS_TAG}) ORDER BY slug"
    keys = [row[0] for row in store.rows(sql, (tag,))]
    if not keys:
        known = [name for name, _ in count_tags(store)]
        raise NotFound(f"no package has the tag {tag!r}{suggest(tag, known)}")
    return keys
