-- The kind of each operation, the origin of each change, and keys of more than one column.
-- The log loses the list of tables that may be logged; tables and columns get the names of the record.

DROP TRIGGER operations_update;

DROP TRIGGER operations_delete;

DROP TRIGGER changes_update;

DROP TRIGGER changes_delete;

DROP INDEX changes_by;

DROP INDEX changes_of;

DROP INDEX changes_names;

ALTER TABLE operations ADD COLUMN kind TEXT NOT NULL DEFAULT 'unknown';

-- Release 0.1.0 had no kinds. The first word of a command tells them, this once.
UPDATE operations SET kind = substr(command, 1, instr(command || ' ', ' ') - 1)
    WHERE substr(command, 1, instr(command || ' ', ' ') - 1)
        IN ('add', 'category', 'edit', 'import', 'refresh', 'remove', 'undo');

UPDATE operations SET kind = 'undo' WHERE undoes IS NOT NULL;

CREATE TABLE origins (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'host', 'file', 'site', 'undo')),
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;

ALTER TABLE changes RENAME TO changes_of_0_1_0;

-- `key` is an integer, or the JSON array of the values of a key of several columns.
-- `origin` is NULL where it is unknown: release 0.1.0 wrote none.
CREATE TABLE changes (
    number INTEGER PRIMARY KEY,
    operation INTEGER NOT NULL REFERENCES operations(id),
    entity TEXT NOT NULL,
    key ANY NOT NULL CHECK (typeof(key) = 'integer' OR json_type(key) = 'array'),
    field TEXT NOT NULL,
    old ANY,
    new ANY,
    origin INTEGER REFERENCES origins(id)
) STRICT;

INSERT INTO changes (number, operation, entity, key, field, old, new)
    SELECT number, operation, entity, key, iif(field = 'behind_pins', 'upstream_values', field), old, new
    FROM changes_of_0_1_0;

DROP TABLE changes_of_0_1_0;

CREATE INDEX changes_by ON changes(operation);

CREATE INDEX changes_of ON changes(key, entity, field);

CREATE INDEX changes_names ON changes(old COLLATE NOCASE)
    WHERE entity = 'packages' AND field IN ('slug', 'pypi_name', 'repo_key');

CREATE TRIGGER operations_update BEFORE UPDATE ON operations BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE TRIGGER operations_delete BEFORE DELETE ON operations BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE TRIGGER changes_update BEFORE UPDATE ON changes BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

CREATE TRIGGER changes_delete BEFORE DELETE ON changes BEGIN
    SELECT RAISE(ABORT, 'history is append-only');
END;

ALTER TABLE facts RENAME COLUMN behind_pins TO upstream_values;

ALTER TABLE halves RENAME TO refresh_sources;

ALTER TABLE refresh_sources RENAME COLUMN half TO source;

ALTER TABLE stamps RENAME TO validators;

ALTER TABLE validators RENAME COLUMN modified TO last_modified;
