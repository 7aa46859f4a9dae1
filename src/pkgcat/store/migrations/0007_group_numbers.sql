-- The number under which API v4 has a category or grid, given once. It is that of the site's address,
-- or counts from 1,000,001. Until now it followed from the address and the key each time.

ALTER TABLE categories ADD COLUMN id INTEGER CHECK (id > 0);

ALTER TABLE grids ADD COLUMN id INTEGER CHECK (id > 0);

CREATE TEMP TABLE group_numbers (
    entity TEXT NOT NULL,
    key INTEGER NOT NULL,
    url TEXT,
    removed INTEGER NOT NULL,
    last TEXT NOT NULL,
    id INTEGER,
    PRIMARY KEY (entity, key)
);

-- An address without its query, its fragment and the slashes at its end.
INSERT INTO group_numbers (entity, key, url, removed, last)
    SELECT 'categories', key, url, removed, rtrim(substr(url, 1, min(instr(url || '?', '?'), instr(url || '#', '#')) - 1), '/')
    FROM categories WHERE url IS NOT NULL;

INSERT INTO group_numbers (entity, key, url, removed, last)
    SELECT 'grids', key, url, removed, rtrim(substr(url, 1, min(instr(url || '?', '?'), instr(url || '#', '#')) - 1), '/')
    FROM grids WHERE url IS NOT NULL;

-- Its last segment: what is left without all up to the last slash.
UPDATE group_numbers SET last = replace(last, rtrim(last, replace(last, '/', '')), '');

UPDATE group_numbers SET last = substr(last, 1, length(last) - 5) WHERE lower(substr(last, -5)) = '.json';

UPDATE group_numbers SET id = CAST(last AS INTEGER)
    WHERE last <> '' AND last NOT GLOB '*[^0-9]*' AND length(last) <= 15 AND CAST(last AS INTEGER) > 0;

-- Of several addresses with one number the first keeps it, one in use before a removed one.
DELETE FROM group_numbers WHERE id IS NULL OR url <> (
    SELECT url FROM group_numbers other
    WHERE other.entity = group_numbers.entity AND other.id = group_numbers.id
    ORDER BY removed, key LIMIT 1
);

UPDATE categories SET id = coalesce(
    (SELECT id FROM group_numbers n WHERE n.entity = 'categories' AND n.key = categories.key), 1000000 + key
);

UPDATE grids SET id = coalesce(
    (SELECT id FROM group_numbers n WHERE n.entity = 'grids' AND n.key = grids.key), 1000000 + key
);

DROP TABLE group_numbers;

CREATE INDEX categories_id ON categories(id);

CREATE INDEX grids_id ON grids(id);
