-- The order of a grid's packages and of its features, as lists of their keys.

ALTER TABLE grids ADD COLUMN places TEXT NOT NULL DEFAULT '[]' CHECK (json_type(places) = 'array');

ALTER TABLE grids ADD COLUMN feature_places TEXT NOT NULL DEFAULT '[]'
    CHECK (json_type(feature_places) = 'array');

-- What a grid compares its packages by, and what it says of each.

CREATE TABLE grid_features (
    key INTEGER PRIMARY KEY,
    grid INTEGER NOT NULL REFERENCES grids(key),
    title TEXT NOT NULL COLLATE NOCASE CHECK (length(title) BETWEEN 1 AND 100),
    description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 1000),
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX grid_features_title ON grid_features(grid, title) WHERE removed = 0;

CREATE TABLE grid_cells (
    feature INTEGER NOT NULL REFERENCES grid_features(key),
    package INTEGER NOT NULL REFERENCES packages(key),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 1000),
    removed INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    PRIMARY KEY (feature, package)
) STRICT, WITHOUT ROWID;
