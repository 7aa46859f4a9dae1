"""The categories."""

from pkgcat.model.category import Category
from pkgcat.store import Store, groups


def list_categories(store: Store) -> list[Category]:
    """Return all categories, by slug."""
    rows = groups.read_rows(store, "categories", Category._fields)
    return [Category(**fields) for _, fields in rows]


def list_with_counts(store: Store) -> list[tuple[Category, int]]:
    """Return all categories with the number of packages in each, by slug."""
    sql = """SELECT category, count(*) FROM packages
        WHERE removed = 0 AND category IS NOT NULL GROUP BY category"""
    counts = dict(store.rows(sql).fetchall())
    listed = []
    for key, fields in groups.read_rows(store, "categories", Category._fields):
        listed.append((Category(**fields), counts.get(key, 0)))
    return listed
