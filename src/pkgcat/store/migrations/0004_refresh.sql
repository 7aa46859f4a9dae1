-- What refresh remembers: of the two sources of a package, of requests, of hosts and their quotas.

ALTER TABLE facts ADD COLUMN gone TEXT NOT NULL DEFAULT '[]' CHECK (json_type(gone) = 'array');

ALTER TABLE facts ADD COLUMN last_tried TEXT CHECK (length(last_tried) = 27);

CREATE INDEX facts_tried ON facts(coalesce(last_tried, ''));

CREATE TABLE halves (
            package INTEGER NOT NULL REFERENCES packages(key),
            half TEXT NOT NULL CHECK (half IN ('repository', 'pypi')),
            memory TEXT NOT NULL DEFAULT '{}' CHECK (json_type(memory) = 'object'),
            missing TEXT NOT NULL DEFAULT '[]' CHECK (json_type(missing) = 'array'),
            error TEXT,
            PRIMARY KEY (package, half)
        ) STRICT, WITHOUT ROWID;

CREATE TABLE stamps (
            request TEXT PRIMARY KEY,
            etag TEXT,
            modified TEXT
        ) STRICT, WITHOUT ROWID;

CREATE TABLE hosts (host TEXT PRIMARY KEY, kind TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE quotas (
            host TEXT NOT NULL,
            bucket TEXT NOT NULL,
            remaining INTEGER NOT NULL,
            resets TEXT NOT NULL CHECK (length(resets) = 27),
            PRIMARY KEY (host, bucket)
        ) STRICT, WITHOUT ROWID;
