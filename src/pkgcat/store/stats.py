"""Figures about the catalog."""

from pkgcat.store import Store

_SQL = """SELECT
    count(*) AS packages,
    (SELECT count(*) FROM categories WHERE removed = 0) AS categories,
    (SELECT count(*) FROM grids WHERE removed = 0) AS grids,
    (SELECT count(DISTINCT t.name) FROM tags t JOIN packages o ON o.key = t.package
        WHERE o.removed = 0) AS tags,
    count(p.repo_key) AS with_repository,
    count(p.pypi_name) AS on_pypi,
    count(f.last_fetched) AS fetched,
    count(*) FILTER (WHERE f.repo_archived = 1) AS archived,
    count(*) FILTER (WHERE f.pypi_yanked = 1) AS yanked,
    count(*) FILTER (WHERE f.pypi_vulnerabilities <> '[]') AS vulnerable,
    count(*) FILTER (WHERE f.error_count > 0) AS failing,
    count(*) FILTER (WHERE p.pinned <> '[]') AS pinned,
    (SELECT count(*) FROM operations) AS operations
    FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0"""


def stats(store: Store) -> dict[str, int]:
    """Return what the catalog counts, by name."""
    cursor = store.rows(_SQL)
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))
