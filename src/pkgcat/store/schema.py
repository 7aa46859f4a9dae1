"""The tables, as numbered migrations; sqlite-utils keeps the ledger of those applied.

A migration that has been released is never edited: add the next one and raise file.VERSION.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from pkgcat.store.file import APPLICATION_ID, VERSION

migrations = Migrations("pkgcat")

SEARCHED = "title, slug, repo_description, tags, notes, participants"
"""The columns of the full-text index, best first."""

APPEND_ONLY = [(table, verb) for table in ("operations", "changes") for verb in ("update", "delete")]


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a catalog to the newest schema inside the caller's transaction."""
    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


@migrations()
def m001_packages(db: Database) -> None:
    """The user's words, the sources' facts, and the lists that are filtered by."""
    for statement in (
        """CREATE TABLE categories (
            key INTEGER PRIMARY KEY,
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 50),
            title_plural TEXT NOT NULL DEFAULT '',
            description TEXT NOT NULL DEFAULT '',
            url TEXT,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        ) STRICT""",
        """CREATE TABLE grids (
            key INTEGER PRIMARY KEY,
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
            description TEXT NOT NULL DEFAULT '',
            url TEXT,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        ) STRICT""",
        """CREATE TABLE packages (
            key INTEGER PRIMARY KEY,
            id INTEGER NOT NULL CHECK (id > 0),
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
            category INTEGER REFERENCES categories(key),
            grids TEXT NOT NULL DEFAULT '[]' CHECK (json_type(grids) = 'array'),
            repo_url TEXT CHECK (repo_url <> ''),
            repo_key TEXT,
            pypi_url TEXT CHECK (pypi_url <> ''),
            pypi_name TEXT,
            documentation_url TEXT,
            notes TEXT CHECK (notes <> ''),
            tags TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array'),
            replaced_by TEXT COLLATE NOCASE,
            pinned TEXT NOT NULL DEFAULT '[]' CHECK (json_type(pinned) = 'array'),
            created TEXT NOT NULL CHECK (length(created) = 27),
            modified TEXT NOT NULL CHECK (length(modified) = 27),
            rev INTEGER NOT NULL DEFAULT 1,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        ) STRICT""",
        """CREATE TABLE facts (
            key INTEGER PRIMARY KEY REFERENCES packages(key),
            last_updated TEXT CHECK (length(last_updated) = 27),
            last_fetched TEXT CHECK (length(last_fetched) = 27),
            repo_host TEXT,
            repo_description TEXT CHECK (repo_description <> ''),
            repo_watchers INTEGER,
            repo_forks INTEGER,
            repo_archived INTEGER CHECK (repo_archived IN (0, 1)),
            repo_open_issues INTEGER,
            repo_commit_count INTEGER,
            repo_license TEXT,
            commits_over_52 TEXT NOT NULL DEFAULT '[]' CHECK (json_type(commits_over_52) = 'array'),
            participants TEXT NOT NULL DEFAULT '[]' CHECK (json_type(participants) = 'array'),
            documentation_url TEXT,
            pypi_version TEXT,
            pypi_released TEXT CHECK (length(pypi_released) = 27),
            pypi_requires_python TEXT,
            pypi_license TEXT,
            pypi_classifiers TEXT NOT NULL DEFAULT '[]' CHECK (json_type(pypi_classifiers) = 'array'),
            pypi_status TEXT,
            pypi_yanked INTEGER CHECK (pypi_yanked IN (0, 1)),
            pypi_vulnerabilities TEXT NOT NULL DEFAULT '[]' CHECK (json_type(pypi_vulnerabilities) = 'array'),
            behind_pins TEXT NOT NULL DEFAULT '{}' CHECK (json_type(behind_pins) = 'object'),
            last_error TEXT,
            last_error_at TEXT CHECK (length(last_error_at) = 27),
            error_count INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        "CREATE UNIQUE INDEX categories_slug ON categories(slug) WHERE removed = 0",
        "CREATE UNIQUE INDEX categories_url ON categories(url) WHERE removed = 0",
        "CREATE UNIQUE INDEX grids_slug ON grids(slug) WHERE removed = 0",
        "CREATE UNIQUE INDEX grids_url ON grids(url) WHERE removed = 0",
        "CREATE UNIQUE INDEX packages_slug ON packages(slug) WHERE removed = 0",
        "CREATE UNIQUE INDEX packages_id ON packages(id) WHERE removed = 0",
        "CREATE INDEX packages_highest_id ON packages(id)",
        """CREATE UNIQUE INDEX packages_repo ON packages(repo_key)
            WHERE removed = 0 AND repo_key IS NOT NULL""",
        """CREATE UNIQUE INDEX packages_pypi ON packages(pypi_name)
            WHERE removed = 0 AND pypi_name IS NOT NULL""",
        "CREATE INDEX packages_category ON packages(category, slug) WHERE removed = 0",
        "CREATE INDEX facts_watchers ON facts(repo_watchers)",
        "CREATE INDEX facts_updated ON facts(last_updated)",
        "CREATE INDEX facts_fetched ON facts(coalesce(last_fetched, ''))",
        "CREATE INDEX facts_archived ON facts(key) WHERE repo_archived = 1",
        "CREATE INDEX facts_failing ON facts(key) WHERE error_count > 0",
        *_list_index("tags", "packages", "tags"),
        *_list_index("memberships", "packages", "grids", "INTEGER NOT NULL REFERENCES grids(key)"),
        *_list_index("participants", "facts", "participants"),
        *_list_index("classifiers", "facts", "pypi_classifiers"),
        """INSERT INTO categories (slug, title, title_plural, url) VALUES
            ('apps', 'App', 'Apps', 'https://djangopackages.org/api/v4/categories/1/'),
            ('frameworks', 'Framework', 'Frameworks', 'https://djangopackages.org/api/v4/categories/2/'),
            ('projects', 'Project', 'Projects', 'https://djangopackages.org/api/v4/categories/3/'),
            ('other', 'Other', 'Others', 'https://djangopackages.org/api/v4/categories/4/')""",
    ):
        db.execute(statement)


def _list_index(table: str, owner: str, column: str, kind: str = "TEXT NOT NULL COLLATE NOCASE") -> tuple[str, ...]:
    """Keep the items of a JSON list column in an indexed table of their own."""
    return (
        f"""CREATE TABLE {table} (
            name {kind},
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID""",
        f"""CREATE TRIGGER {table}_insert AFTER INSERT ON {owner} WHEN NEW.{column} <> '[]' BEGIN
            INSERT OR IGNORE INTO {table} SELECT value, NEW.key FROM json_each(NEW.{column});
        END""",
        f"""CREATE TRIGGER {table}_update AFTER UPDATE OF {column} ON {owner}
            WHEN OLD.{column} <> NEW.{column} BEGIN
            DELETE FROM {table}
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.{column}));
            INSERT OR IGNORE INTO {table} SELECT value, NEW.key FROM json_each(NEW.{column});
        END""",
    )


@migrations()
def m002_search(db: Database) -> None:
    """Full text, kept by triggers that fire only when a searched column changes."""
    names = SEARCHED.split(", ")
    words = ("title", "slug", "tags", "notes")

    def columns(row: dict[str, str]) -> str:
        return ", ".join(f"{row['words' if name in words else 'facts']}.{name}" for name in names)

    forget = f"INSERT INTO search(search, rowid, {SEARCHED}) SELECT 'delete', "
    learn = f"INSERT INTO search(rowid, {SEARCHED}) SELECT key, {SEARCHED} FROM searchable WHERE key = NEW.key;"
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in (*words, "removed"))
    for statement in (
        f"""CREATE VIEW searchable AS SELECT p.key, {columns({"words": "p", "facts": "f"})}
            FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0""",
        f"""CREATE VIRTUAL TABLE search USING fts5({SEARCHED}, content = 'searchable', content_rowid = 'key',
            tokenize = 'unicode61 remove_diacritics 2')""",
        "INSERT INTO search(search, rank) VALUES ('rank', 'bm25(10, 10, 4, 6, 4, 1)')",
        f"CREATE TRIGGER search_insert AFTER INSERT ON facts BEGIN {learn} END",
        f"""CREATE TRIGGER search_facts AFTER UPDATE OF repo_description, participants ON facts
            WHEN OLD.repo_description IS NOT NEW.repo_description
                OR OLD.participants <> NEW.participants BEGIN
            {forget} p.key, {columns({"words": "p", "facts": "OLD"})}
                FROM packages p WHERE p.key = NEW.key AND p.removed = 0;
            {learn}
        END""",
        f"""CREATE TRIGGER search_words AFTER UPDATE OF title, slug, tags, notes, removed ON packages
            WHEN {differs} BEGIN
            {forget} f.key, {columns({"words": "OLD", "facts": "f"})}
                FROM facts f WHERE f.key = NEW.key AND OLD.removed = 0;
            {learn}
        END""",
    ):
        db.execute(statement)


@migrations()
def m003_history(db: Database) -> None:
    """The append-only log: what each command changed, from what to what."""
    for statement in (
        """CREATE TABLE operations (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL CHECK (length(at) = 27),
            command TEXT NOT NULL,
            undoes INTEGER UNIQUE REFERENCES operations(id),
            pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1))
        ) STRICT""",
        "CREATE INDEX operations_at ON operations(at)",
        """CREATE TABLE changes (
            number INTEGER PRIMARY KEY,
            operation INTEGER NOT NULL REFERENCES operations(id),
            entity TEXT NOT NULL CHECK (entity IN ('packages', 'facts', 'categories', 'grids')),
            key INTEGER NOT NULL,
            field TEXT NOT NULL,
            old ANY,
            new ANY
        ) STRICT""",
        "CREATE INDEX changes_by ON changes(operation)",
        "CREATE INDEX changes_of ON changes(key, entity, field)",
        """CREATE INDEX changes_names ON changes(old COLLATE NOCASE)
            WHERE entity = 'packages' AND field IN ('slug', 'pypi_name', 'repo_key')""",
        "CREATE TABLE digests (name TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        *append_only(),
    ):
        db.execute(statement)


def append_only() -> tuple[str, ...]:
    """Return the triggers that keep history as it was written."""
    return tuple(
        f"""CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table} BEGIN
            SELECT RAISE(ABORT, 'history is append-only');
        END"""
        for table, verb in APPEND_ONLY
    )


@migrations()
def m004_refresh(db: Database) -> None:
    """What refresh remembers: of each half of a package, of requests, of hosts it had to ask what they are."""
    for statement in (
        "ALTER TABLE facts ADD COLUMN gone TEXT NOT NULL DEFAULT '[]' CHECK (json_type(gone) = 'array')",
        "ALTER TABLE facts ADD COLUMN last_tried TEXT CHECK (length(last_tried) = 27)",
        "CREATE INDEX facts_tried ON facts(coalesce(last_tried, ''))",
        """CREATE TABLE halves (
            package INTEGER NOT NULL REFERENCES packages(key),
            half TEXT NOT NULL CHECK (half IN ('repository', 'pypi')),
            memory TEXT NOT NULL DEFAULT '{}' CHECK (json_type(memory) = 'object'),
            missing TEXT NOT NULL DEFAULT '[]' CHECK (json_type(missing) = 'array'),
            error TEXT,
            PRIMARY KEY (package, half)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE stamps (
            request TEXT PRIMARY KEY,
            etag TEXT,
            modified TEXT
        ) STRICT, WITHOUT ROWID""",
        "CREATE TABLE hosts (host TEXT PRIMARY KEY, kind TEXT) STRICT, WITHOUT ROWID",
        """CREATE TABLE quotas (
            host TEXT NOT NULL,
            bucket TEXT NOT NULL,
            remaining INTEGER NOT NULL,
            resets TEXT NOT NULL CHECK (length(resets) = 27),
            PRIMARY KEY (host, bucket)
        ) STRICT, WITHOUT ROWID""",
    ):
        db.execute(statement)
