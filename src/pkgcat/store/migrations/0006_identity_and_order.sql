-- Sort keys and searched texts, which the store computes (store/derived.py), as ordinary columns.
-- A searched text is NULL where the text itself serves.

ALTER TABLE packages ADD COLUMN title_key TEXT;

ALTER TABLE packages ADD COLUMN title_search TEXT;

ALTER TABLE packages ADD COLUMN notes_search TEXT;

ALTER TABLE packages ADD COLUMN tags_search TEXT;

ALTER TABLE facts ADD COLUMN pypi_version_key TEXT;

ALTER TABLE facts ADD COLUMN repo_description_search TEXT;

ALTER TABLE facts ADD COLUMN participants_search TEXT;

CREATE INDEX packages_title ON packages(title_key) WHERE removed = 0;

-- Full-text search of these texts, and of the name on PyPI. The store fills the new columns after
-- this, and the triggers keep the index in step.

DROP TRIGGER search_insert;

DROP TRIGGER search_facts;

DROP TRIGGER search_words;

DROP TABLE search;

DROP VIEW searchable;

CREATE VIEW searchable AS
    SELECT p.key,
        coalesce(p.title_search, p.title) AS title,
        p.slug,
        p.pypi_name,
        coalesce(f.repo_description_search, f.repo_description) AS repo_description,
        coalesce(p.tags_search, p.tags) AS tags,
        coalesce(p.notes_search, p.notes) AS notes,
        coalesce(f.participants_search, f.participants) AS participants
    FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0;

CREATE VIRTUAL TABLE search USING fts5(
    title, slug, pypi_name, repo_description, tags, notes, participants,
    content = 'searchable', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO search(search, rank) VALUES ('rank', 'bm25(10, 10, 10, 4, 6, 4, 1)');

INSERT INTO search(search) VALUES ('rebuild');

CREATE TRIGGER search_insert AFTER INSERT ON facts BEGIN
    INSERT INTO search(rowid, title, slug, pypi_name, repo_description, tags, notes, participants)
        SELECT key, title, slug, pypi_name, repo_description, tags, notes, participants
        FROM searchable WHERE key = NEW.key;
END;

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
END;

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
END;

-- Which site the number of a package is of.

ALTER TABLE packages ADD COLUMN site TEXT CHECK (site <> '');

DROP INDEX packages_id;

CREATE UNIQUE INDEX packages_id ON packages(id, coalesce(site, '')) WHERE removed = 0;

-- What API v4 has of groups.

ALTER TABLE categories ADD COLUMN show_pypi INTEGER CHECK (show_pypi IN (0, 1));

ALTER TABLE categories ADD COLUMN created TEXT CHECK (length(created) = 27);

ALTER TABLE categories ADD COLUMN modified TEXT CHECK (length(modified) = 27);

ALTER TABLE grids ADD COLUMN is_locked INTEGER CHECK (is_locked IN (0, 1));

ALTER TABLE grids ADD COLUMN header INTEGER CHECK (header IN (0, 1));

ALTER TABLE grids ADD COLUMN created TEXT CHECK (length(created) = 27);

ALTER TABLE grids ADD COLUMN modified TEXT CHECK (length(modified) = 27);

-- Tells this catalog from another one at the same path; a server's entity tags begin with it.
CREATE TABLE catalog (id TEXT NOT NULL) STRICT;

INSERT INTO catalog (id) VALUES (lower(hex(randomblob(16))));

-- A repository may be shared by several packages, and so may a PyPI name.

DROP INDEX packages_repo;

DROP INDEX packages_pypi;

CREATE INDEX packages_repo ON packages(repo_key) WHERE removed = 0 AND repo_key IS NOT NULL;

CREATE INDEX packages_pypi ON packages(pypi_name) WHERE removed = 0 AND pypi_name IS NOT NULL;

-- The origins of values that a row was created with, where they are not that of the row itself.
CREATE TABLE creation_origins (
    entity TEXT NOT NULL,
    key ANY NOT NULL,
    field TEXT NOT NULL,
    origin INTEGER REFERENCES origins(id),
    PRIMARY KEY (entity, key, field)
) STRICT, WITHOUT ROWID;
