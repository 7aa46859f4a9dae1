-- Saved conditions. `expression` is what a person wrote, see model/expression.py.

CREATE TABLE filters (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    expression TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX filters_name ON filters(name) WHERE removed = 0;
