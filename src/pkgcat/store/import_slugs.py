"""Which slugs and packages an import has named, kept in temporary tables: memory stays flat."""

from typing import NamedTuple

from pkgcat.store import Store


class NamedSlug(NamedTuple):
    """A slug as a record spells it, and where the record stands."""

    slug: str
    position: str


class ImportSlugs:
    """The slugs of the records of one import, compared without case."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.rows("DROP TABLE IF EXISTS temp.import_slugs")
        store.rows(
            """CREATE TEMP TABLE import_slugs (
                slug TEXT PRIMARY KEY COLLATE NOCASE,
                position TEXT NOT NULL
            ) WITHOUT ROWID"""
        )

    def find_or_add(self, slug: str, position: str) -> NamedSlug | None:
        """Return the earlier record of this slug, in any case; else keep this one and return
        None.
        """
        added = self._store.rows(
            "INSERT OR IGNORE INTO temp.import_slugs VALUES (?, ?)", (slug, position)
        )
        if added.rowcount:
            return None
        earlier = self._store.rows(
            "SELECT slug, position FROM temp.import_slugs WHERE slug = ?", (slug,)
        )
        return NamedSlug(*earlier.fetchone())


class ImportedPackages:
    """The packages that the records of one import are about, by key, and where these stand."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._is_made = False

    def add(self, key: int, position: str, slug: str) -> None:
        """Note that a record of a slug is about a package."""
        if not self._is_made:
            self._store.rows("DROP TABLE IF EXISTS temp.imported_packages")
            self._store.rows(
                """CREATE TEMP TABLE imported_packages (
                    key INTEGER PRIMARY KEY, position TEXT, slug TEXT COLLATE NOCASE
                )"""
            )
            self._store.rows("CREATE INDEX temp.imported_slugs ON imported_packages(slug)")
            self._is_made = True
        self._store.rows(
            "INSERT OR IGNORE INTO temp.imported_packages VALUES (?, ?, ?)", (key, position, slug)
        )

    def find(self, key: int) -> str | None:
        """Return where the first record stands that was about a package, or None."""
        if not self._is_made:
            return None
        sql = "SELECT position FROM temp.imported_packages WHERE key = ?"
        position: str | None = self._store.value(sql, (key,))
        return position

    def find_by_slug(self, slug: str) -> int | None:
        """Return the package that a record of this slug was about, or None."""
        if not self._is_made:
            return None
        sql = "SELECT key FROM temp.imported_packages WHERE slug = ? ORDER BY slug <> ? COLLATE BINARY"
        key: int | None = self._store.value(sql, (slug, slug))
        return key
