--- index categories_id
CREATE INDEX categories_id ON categories(id)

--- index categories_slug
CREATE UNIQUE INDEX categories_slug ON categories(slug) WHERE removed = 0

--- index categories_url
CREATE UNIQUE INDEX categories_url ON categories(url) WHERE removed = 0

--- index changes_by
CREATE INDEX changes_by ON changes(operation)

--- index changes_names
CREATE INDEX changes_names ON changes(old COLLATE NOCASE)
    WHERE entity = 'packages' AND field IN ('slug', 'pypi_name', 'repo_key')

--- index changes_of
CREATE INDEX changes_of ON changes(key, entity, field)

--- index facts_activity
CREATE INDEX facts_activity ON facts(max(coalesce(last_updated, ''), coalesce(pypi_released, '')))

--- index facts_archived
CREATE INDEX facts_archived ON facts(key) WHERE repo_archived = 1

--- index facts_failing
CREATE INDEX facts_failing ON facts(key) WHERE error_count > 0

--- index facts_fetched
CREATE INDEX facts_fetched ON facts(coalesce(last_fetched, ''))

--- index facts_gone
CREATE INDEX facts_gone ON facts(key) WHERE gone <> '[]'

--- index facts_status
CREATE INDEX facts_status ON facts(pypi_status) WHERE pypi_status <> 'active'

--- index facts_tried
CREATE INDEX facts_tried ON facts(coalesce(last_tried, ''))

--- index facts_unknown
CREATE INDEX facts_unknown ON facts(key)
    WHERE last_fetched IS NULL AND last_updated IS NULL AND repo_watchers IS NULL
        AND pypi_version IS NULL

--- index facts_updated
CREATE INDEX facts_updated ON facts(last_updated)

--- index facts_vulnerable
CREATE INDEX facts_vulnerable ON facts(key) WHERE pypi_vulnerabilities <> '[]'

--- index facts_watchers
CREATE INDEX facts_watchers ON facts(repo_watchers)

--- index facts_yanked
CREATE INDEX facts_yanked ON facts(key) WHERE pypi_yanked = 1

--- index filters_name
CREATE UNIQUE INDEX filters_name ON filters(name) WHERE removed = 0

--- index grid_features_title
CREATE UNIQUE INDEX grid_features_title ON grid_features(grid, title) WHERE removed = 0

--- index grids_id
CREATE INDEX grids_id ON grids(id)

--- index grids_slug
CREATE UNIQUE INDEX grids_slug ON grids(slug) WHERE removed = 0

--- index grids_url
CREATE UNIQUE INDEX grids_url ON grids(url) WHERE removed = 0

--- index idx__sqlite_migrations_migration_set_name
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name")

--- index operations_at
CREATE INDEX operations_at ON operations(at)

--- index packages_category
CREATE INDEX packages_category ON packages(category, slug) WHERE removed = 0

--- index packages_decision
CREATE INDEX packages_decision ON packages(decision, slug) WHERE decision IS NOT NULL

--- index packages_finished
CREATE INDEX packages_finished ON packages(finished_until) WHERE finished_until IS NOT NULL

--- index packages_highest_id
CREATE INDEX packages_highest_id ON packages(id)

--- index packages_id
CREATE UNIQUE INDEX packages_id ON packages(id, coalesce(site, '')) WHERE removed = 0

--- index packages_pypi
CREATE INDEX packages_pypi ON packages(pypi_name) WHERE removed = 0 AND pypi_name IS NOT NULL

--- index packages_replaced
CREATE INDEX packages_replaced ON packages(replaced_by) WHERE replaced_by IS NOT NULL

--- index packages_repo
CREATE INDEX packages_repo ON packages(repo_key) WHERE removed = 0 AND repo_key IS NOT NULL

--- index packages_review
CREATE INDEX packages_review ON packages(review_by) WHERE review_by IS NOT NULL

--- index packages_slug
CREATE UNIQUE INDEX packages_slug ON packages(slug) WHERE removed = 0

--- index packages_title
CREATE INDEX packages_title ON packages(title_key) WHERE removed = 0

--- table _sqlite_migrations


--- table catalog
CREATE TABLE catalog (id TEXT NOT NULL) STRICT

--- table categories
CREATE TABLE categories (
            key INTEGER PRIMARY KEY,
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 50),
            title_plural TEXT NOT NULL DEFAULT '',
            description TEXT NOT NULL DEFAULT '',
            url TEXT,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        , show_pypi INTEGER CHECK (show_pypi IN (0, 1)), created TEXT CHECK (length(created) = 27), modified TEXT CHECK (length(modified) = 27), id INTEGER CHECK (id > 0)) STRICT

--- table changes
CREATE TABLE changes (
    number INTEGER PRIMARY KEY,
    operation INTEGER NOT NULL REFERENCES operations(id),
    entity TEXT NOT NULL,
    key ANY NOT NULL CHECK (typeof(key) = 'integer' OR json_type(key) = 'array'),
    field TEXT NOT NULL,
    old ANY,
    new ANY,
    origin INTEGER REFERENCES origins(id)
) STRICT

--- table classifiers
CREATE TABLE classifiers (
            name TEXT NOT NULL COLLATE NOCASE,
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID

--- table creation_origins
CREATE TABLE creation_origins (
    entity TEXT NOT NULL,
    key ANY NOT NULL,
    field TEXT NOT NULL,
    origin INTEGER REFERENCES origins(id),
    PRIMARY KEY (entity, key, field)
) STRICT, WITHOUT ROWID

--- table digests
CREATE TABLE digests (name TEXT PRIMARY KEY, change INTEGER NOT NULL, at TEXT CHECK (length(at) = 27)) STRICT, WITHOUT ROWID

--- table facts
CREATE TABLE facts (
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
            upstream_values TEXT NOT NULL DEFAULT '{}' CHECK (json_type(upstream_values) = 'object'),
            last_error TEXT,
            last_error_at TEXT CHECK (length(last_error_at) = 27),
            error_count INTEGER NOT NULL DEFAULT 0
        , gone TEXT NOT NULL DEFAULT '[]' CHECK (json_type(gone) = 'array'), last_tried TEXT CHECK (length(last_tried) = 27), pypi_version_key TEXT, repo_description_search TEXT, participants_search TEXT) STRICT

--- table filters
CREATE TABLE filters (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    expression TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
) STRICT

--- table grid_cells
CREATE TABLE grid_cells (
    feature INTEGER NOT NULL REFERENCES grid_features(key),
    package INTEGER NOT NULL REFERENCES packages(key),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    PRIMARY KEY (feature, package)
) STRICT, WITHOUT ROWID

--- table grid_features
CREATE TABLE grid_features (
    key INTEGER PRIMARY KEY,
    grid INTEGER NOT NULL REFERENCES grids(key),
    title TEXT NOT NULL COLLATE NOCASE CHECK (length(title) BETWEEN 1 AND 100),
    description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
) STRICT

--- table grids
CREATE TABLE grids (
            key INTEGER PRIMARY KEY,
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
            description TEXT NOT NULL DEFAULT '',
            url TEXT,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        , is_locked INTEGER CHECK (is_locked IN (0, 1)), header INTEGER CHECK (header IN (0, 1)), created TEXT CHECK (length(created) = 27), modified TEXT CHECK (length(modified) = 27), id INTEGER CHECK (id > 0), places TEXT NOT NULL DEFAULT '[]' CHECK (json_type(places) = 'array'), feature_places TEXT NOT NULL DEFAULT '[]'
    CHECK (json_type(feature_places) = 'array')) STRICT

--- table hosts
CREATE TABLE hosts (host TEXT PRIMARY KEY, kind TEXT) STRICT, WITHOUT ROWID

--- table memberships
CREATE TABLE memberships (
            name INTEGER NOT NULL REFERENCES grids(key),
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID

--- table operations
CREATE TABLE operations (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL CHECK (length(at) = 27),
            command TEXT NOT NULL,
            undoes INTEGER UNIQUE REFERENCES operations(id),
            pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1))
        , kind TEXT NOT NULL DEFAULT 'unknown') STRICT

--- table origins
CREATE TABLE origins (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'host', 'file', 'site', 'undo')),
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT

--- table packages
CREATE TABLE packages (
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
        , title_key TEXT, title_search TEXT, notes_search TEXT, tags_search TEXT, site TEXT CHECK (site <> ''), finished_until TEXT
    CHECK (finished_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'), decision TEXT
    CHECK (decision IN ('adopt', 'trial', 'assess', 'hold', 'reject')), decision_reason TEXT CHECK (decision_reason <> ''), decision_url TEXT CHECK (decision_url <> ''), decided TEXT CHECK (length(decided) = 27), review_by TEXT
    CHECK (review_by GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')) STRICT

--- table participants
CREATE TABLE participants (
            name TEXT NOT NULL COLLATE NOCASE,
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID

--- table quotas
CREATE TABLE quotas (
            host TEXT NOT NULL,
            bucket TEXT NOT NULL,
            remaining INTEGER NOT NULL,
            resets TEXT NOT NULL CHECK (length(resets) = 27),
            PRIMARY KEY (host, bucket)
        ) STRICT, WITHOUT ROWID

--- table refresh_sources
CREATE TABLE "refresh_sources" (
            package INTEGER NOT NULL REFERENCES packages(key),
            source TEXT NOT NULL CHECK (source IN ('repository', 'pypi')),
            memory TEXT NOT NULL DEFAULT '{}' CHECK (json_type(memory) = 'object'),
            missing TEXT NOT NULL DEFAULT '[]' CHECK (json_type(missing) = 'array'),
            error TEXT,
            PRIMARY KEY (package, source)
        ) STRICT, WITHOUT ROWID

--- table search
CREATE VIRTUAL TABLE search USING fts5(
    title, slug, pypi_name, repo_description, tags, notes, participants,
    content = 'searchable', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
)

--- table search_config


--- table search_data


--- table search_docsize


--- table search_idx


--- table tags
CREATE TABLE tags (
            name TEXT NOT NULL COLLATE NOCASE,
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID

--- table validators
CREATE TABLE "validators" (
            request TEXT PRIMARY KEY,
            etag TEXT,
            last_modified TEXT
        ) STRICT, WITHOUT ROWID

--- trigger changes_delete
CREATE TRIGGER changes_delete BEFORE DELETE ON changes BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END

--- trigger changes_update
CREATE TRIGGER changes_update BEFORE UPDATE ON changes BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END

--- trigger classifiers_insert
CREATE TRIGGER classifiers_insert AFTER INSERT ON facts WHEN NEW.pypi_classifiers <> '[]' BEGIN
            INSERT OR IGNORE INTO classifiers SELECT value, NEW.key FROM json_each(NEW.pypi_classifiers);
        END

--- trigger classifiers_update
CREATE TRIGGER classifiers_update AFTER UPDATE OF pypi_classifiers ON facts
            WHEN OLD.pypi_classifiers <> NEW.pypi_classifiers BEGIN
            DELETE FROM classifiers
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.pypi_classifiers));
            INSERT OR IGNORE INTO classifiers SELECT value, NEW.key FROM json_each(NEW.pypi_classifiers);
        END

--- trigger memberships_insert
CREATE TRIGGER memberships_insert AFTER INSERT ON packages WHEN NEW.grids <> '[]' BEGIN
            INSERT OR IGNORE INTO memberships SELECT value, NEW.key FROM json_each(NEW.grids);
        END

--- trigger memberships_update
CREATE TRIGGER memberships_update AFTER UPDATE OF grids ON packages
            WHEN OLD.grids <> NEW.grids BEGIN
            DELETE FROM memberships
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.grids));
            INSERT OR IGNORE INTO memberships SELECT value, NEW.key FROM json_each(NEW.grids);
        END

--- trigger operations_delete
CREATE TRIGGER operations_delete BEFORE DELETE ON operations BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END

--- trigger operations_update
CREATE TRIGGER operations_update BEFORE UPDATE ON operations BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END

--- trigger participants_insert
CREATE TRIGGER participants_insert AFTER INSERT ON facts WHEN NEW.participants <> '[]' BEGIN
            INSERT OR IGNORE INTO participants SELECT value, NEW.key FROM json_each(NEW.participants);
        END

--- trigger participants_update
CREATE TRIGGER participants_update AFTER UPDATE OF participants ON facts
            WHEN OLD.participants <> NEW.participants BEGIN
            DELETE FROM participants
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.participants));
            INSERT OR IGNORE INTO participants SELECT value, NEW.key FROM json_each(NEW.participants);
        END

--- trigger search_facts
CREATE TRIGGER search_facts
    AFTER UPDATE OF repo_description, repo_description_search, participants, participants_search
    ON facts
    WHEN OLD.repo_description IS NOT NEW.repo_description
        OR OLD.repo_description_search IS NOT NEW.repo_description_search
        OR OLD.participants IS NOT NEW.participants
        OR OLD.participants_search IS NOT NEW.participants_search
BEGIN
    INSERT INTO search(
            search, rowid, title, slug, pypi_name, repo_description, tags, notes, participants
        )
        SELECT 'delete', p.key, coalesce(p.title_search, p.title), p.slug, p.pypi_name,
            coalesce(OLD.repo_description_search, OLD.repo_description),
            coalesce(p.tags_search, p.tags), coalesce(p.notes_search, p.notes),
            coalesce(OLD.participants_search, OLD.participants)
        FROM packages p WHERE p.key = NEW.key AND p.removed = 0;
    INSERT INTO search(rowid, title, slug, pypi_name, repo_description, tags, notes, participants)
        SELECT key, title, slug, pypi_name, repo_description, tags, notes, participants
        FROM searchable WHERE key = NEW.key;
END

--- trigger search_insert
CREATE TRIGGER search_insert AFTER INSERT ON facts BEGIN
    INSERT INTO search(rowid, title, slug, pypi_name, repo_description, tags, notes, participants)
        SELECT key, title, slug, pypi_name, repo_description, tags, notes, participants
        FROM searchable WHERE key = NEW.key;
END

--- trigger search_words
CREATE TRIGGER search_words
    AFTER UPDATE OF title, title_search, slug, pypi_name, tags, tags_search, notes, notes_search,
        removed
    ON packages
    WHEN OLD.title IS NOT NEW.title OR OLD.title_search IS NOT NEW.title_search
        OR OLD.slug IS NOT NEW.slug OR OLD.pypi_name IS NOT NEW.pypi_name
        OR OLD.tags IS NOT NEW.tags OR OLD.tags_search IS NOT NEW.tags_search
        OR OLD.notes IS NOT NEW.notes OR OLD.notes_search IS NOT NEW.notes_search
        OR OLD.removed IS NOT NEW.removed
BEGIN
    INSERT INTO search(
            search, rowid, title, slug, pypi_name, repo_description, tags, notes, participants
        )
        SELECT 'delete', f.key, coalesce(OLD.title_search, OLD.title), OLD.slug, OLD.pypi_name,
            coalesce(f.repo_description_search, f.repo_description),
            coalesce(OLD.tags_search, OLD.tags), coalesce(OLD.notes_search, OLD.notes),
            coalesce(f.participants_search, f.participants)
        FROM facts f WHERE f.key = NEW.key AND OLD.removed = 0;
    INSERT INTO search(rowid, title, slug, pypi_name, repo_description, tags, notes, participants)
        SELECT key, title, slug, pypi_name, repo_description, tags, notes, participants
        FROM searchable WHERE key = NEW.key;
END

--- trigger tags_insert
CREATE TRIGGER tags_insert AFTER INSERT ON packages WHEN NEW.tags <> '[]' BEGIN
            INSERT OR IGNORE INTO tags SELECT value, NEW.key FROM json_each(NEW.tags);
        END

--- trigger tags_update
CREATE TRIGGER tags_update AFTER UPDATE OF tags ON packages
            WHEN OLD.tags <> NEW.tags BEGIN
            DELETE FROM tags
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.tags));
            INSERT OR IGNORE INTO tags SELECT value, NEW.key FROM json_each(NEW.tags);
        END

--- view searchable
CREATE VIEW searchable AS
    SELECT p.key,
        coalesce(p.title_search, p.title) AS title,
        p.slug,
        p.pypi_name,
        coalesce(f.repo_description_search, f.repo_description) AS repo_description,
        coalesce(p.tags_search, p.tags) AS tags,
        coalesce(p.notes_search, p.notes) AS notes,
        coalesce(f.participants_search, f.participants) AS participants
    FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0
