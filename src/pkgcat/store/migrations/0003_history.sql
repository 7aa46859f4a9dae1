-- The append-only log: what each command changed, from what to what.

CREATE TABLE operations (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL CHECK (length(at) = 27),
            command TEXT NOT NULL,
            undoes INTEGER UNIQUE REFERENCES operations(id),
            pruned INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1))
        ) STRICT;

CREATE INDEX operations_at ON operations(at);

CREATE TABLE changes (
            number INTEGER PRIMARY KEY,
            operation INTEGER NOT NULL REFERENCES operations(id),
            entity TEXT NOT NULL CHECK (entity IN ('packages', 'facts', 'categories', 'grids')),
            key INTEGER NOT NULL,
            field TEXT NOT NULL,
            old ANY,
            new ANY
        ) STRICT;

CREATE INDEX changes_by ON changes(operation);

CREATE INDEX changes_of ON changes(key, entity, field);

CREATE INDEX changes_names ON changes(old COLLATE NOCASE)
            WHERE entity = 'packages' AND field IN ('slug', 'pypi_name', 'repo_key');

CREATE TABLE digests (name TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TRIGGER operations_update BEFORE update ON operations BEGIN
            SELECT RAISE(ABORT, 'history is append-only');
        END;

CREATE TRIGGER operations_delete BEFORE delete ON operations BEGIN
            SELECT RAISE(ABORT, 'history is append-only');
        END;

CREATE TRIGGER changes_update BEFORE update ON changes BEGIN
            SELECT RAISE(ABORT, 'history is append-only');
        END;

CREATE TRIGGER changes_delete BEFORE delete ON changes BEGIN
            SELECT RAISE(ABORT, 'history is append-only');
        END;
