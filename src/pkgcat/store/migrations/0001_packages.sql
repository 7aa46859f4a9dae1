-- What users write, what sources tell, and tables of the lists that are filtered by.

CREATE TABLE categories (
            key INTEGER PRIMARY KEY,
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 50),
            title_plural TEXT NOT NULL DEFAULT '',
            description TEXT NOT NULL DEFAULT '',
            url TEXT,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        ) STRICT;

CREATE TABLE grids (
            key INTEGER PRIMARY KEY,
            slug TEXT NOT NULL COLLATE NOCASE CHECK (length(slug) BETWEEN 1 AND 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
            description TEXT NOT NULL DEFAULT '',
            url TEXT,
            removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
        ) STRICT;

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
        ) STRICT;

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
            behind_pins TEXT NOT NULL DEFAULT '{}' CHECK (json_type(behind_pins) = 'object'),
            last_error TEXT,
            last_error_at TEXT CHECK (length(last_error_at) = 27),
            error_count INTEGER NOT NULL DEFAULT 0
        ) STRICT;

CREATE UNIQUE INDEX categories_slug ON categories(slug) WHERE removed = 0;

CREATE UNIQUE INDEX categories_url ON categories(url) WHERE removed = 0;

CREATE UNIQUE INDEX grids_slug ON grids(slug) WHERE removed = 0;

CREATE UNIQUE INDEX grids_url ON grids(url) WHERE removed = 0;

CREATE UNIQUE INDEX packages_slug ON packages(slug) WHERE removed = 0;

CREATE UNIQUE INDEX packages_id ON packages(id) WHERE removed = 0;

CREATE INDEX packages_highest_id ON packages(id);

CREATE UNIQUE INDEX packages_repo ON packages(repo_key)
            WHERE removed = 0 AND repo_key IS NOT NULL;

CREATE UNIQUE INDEX packages_pypi ON packages(pypi_name)
            WHERE removed = 0 AND pypi_name IS NOT NULL;

CREATE INDEX packages_category ON packages(category, slug) WHERE removed = 0;

CREATE INDEX facts_watchers ON facts(repo_watchers);

CREATE INDEX facts_updated ON facts(last_updated);

CREATE INDEX facts_fetched ON facts(coalesce(last_fetched, ''));

CREATE INDEX facts_archived ON facts(key) WHERE repo_archived = 1;

CREATE INDEX facts_failing ON facts(key) WHERE error_count > 0;

CREATE TABLE tags (
            name TEXT NOT NULL COLLATE NOCASE,
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID;

CREATE TRIGGER tags_insert AFTER INSERT ON packages WHEN NEW.tags <> '[]' BEGIN
            INSERT OR IGNORE INTO tags SELECT value, NEW.key FROM json_each(NEW.tags);
        END;

CREATE TRIGGER tags_update AFTER UPDATE OF tags ON packages
            WHEN OLD.tags <> NEW.tags BEGIN
            DELETE FROM tags
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.tags));
            INSERT OR IGNORE INTO tags SELECT value, NEW.key FROM json_each(NEW.tags);
        END;

CREATE TABLE memberships (
            name INTEGER NOT NULL REFERENCES grids(key),
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID;

CREATE TRIGGER memberships_insert AFTER INSERT ON packages WHEN NEW.grids <> '[]' BEGIN
            INSERT OR IGNORE INTO memberships SELECT value, NEW.key FROM json_each(NEW.grids);
        END;

CREATE TRIGGER memberships_update AFTER UPDATE OF grids ON packages
            WHEN OLD.grids <> NEW.grids BEGIN
            DELETE FROM memberships
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.grids));
            INSERT OR IGNORE INTO memberships SELECT value, NEW.key FROM json_each(NEW.grids);
        END;

CREATE TABLE participants (
            name TEXT NOT NULL COLLATE NOCASE,
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID;

CREATE TRIGGER participants_insert AFTER INSERT ON facts WHEN NEW.participants <> '[]' BEGIN
            INSERT OR IGNORE INTO participants SELECT value, NEW.key FROM json_each(NEW.participants);
        END;

CREATE TRIGGER participants_update AFTER UPDATE OF participants ON facts
            WHEN OLD.participants <> NEW.participants BEGIN
            DELETE FROM participants
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.participants));
            INSERT OR IGNORE INTO participants SELECT value, NEW.key FROM json_each(NEW.participants);
        END;

CREATE TABLE classifiers (
            name TEXT NOT NULL COLLATE NOCASE,
            package INTEGER NOT NULL REFERENCES packages(key),
            PRIMARY KEY (name, package)
        ) STRICT, WITHOUT ROWID;

CREATE TRIGGER classifiers_insert AFTER INSERT ON facts WHEN NEW.pypi_classifiers <> '[]' BEGIN
            INSERT OR IGNORE INTO classifiers SELECT value, NEW.key FROM json_each(NEW.pypi_classifiers);
        END;

CREATE TRIGGER classifiers_update AFTER UPDATE OF pypi_classifiers ON facts
            WHEN OLD.pypi_classifiers <> NEW.pypi_classifiers BEGIN
            DELETE FROM classifiers
                WHERE package = NEW.key AND name IN (SELECT value FROM json_each(OLD.pypi_classifiers));
            INSERT OR IGNORE INTO classifiers SELECT value, NEW.key FROM json_each(NEW.pypi_classifiers);
        END;

INSERT INTO categories (slug, title, title_plural, url) VALUES
            ('apps', 'App', 'Apps', 'https://djangopackages.org/api/v4/categories/1/'),
            ('frameworks', 'Framework', 'Frameworks', 'https://djangopackages.org/api/v4/categories/2/'),
            ('projects', 'Project', 'Projects', 'https://djangopackages.org/api/v4/categories/3/'),
            ('other', 'Other', 'Others', 'https://djangopackages.org/api/v4/categories/4/');
