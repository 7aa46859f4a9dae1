-- What a person claims and decides of a package, each with its days; the indexes by which packages
-- in a state are found; and until when a digest told what the days brought.

ALTER TABLE packages ADD COLUMN finished_until TEXT
    CHECK (finished_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');

ALTER TABLE packages ADD COLUMN decision TEXT
    CHECK (decision IN ('adopt', 'trial', 'assess', 'hold', 'reject'));

ALTER TABLE packages ADD COLUMN decision_reason TEXT CHECK (decision_reason <> '');

ALTER TABLE packages ADD COLUMN decision_url TEXT CHECK (decision_url <> '');

ALTER TABLE packages ADD COLUMN decided TEXT CHECK (length(decided) = 27);

ALTER TABLE packages ADD COLUMN review_by TEXT
    CHECK (review_by GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');

CREATE INDEX packages_finished ON packages(finished_until) WHERE finished_until IS NOT NULL;

CREATE INDEX packages_replaced ON packages(replaced_by) WHERE replaced_by IS NOT NULL;

CREATE INDEX packages_decision ON packages(decision, slug) WHERE decision IS NOT NULL;

CREATE INDEX packages_review ON packages(review_by) WHERE review_by IS NOT NULL;

CREATE INDEX facts_gone ON facts(key) WHERE gone <> '[]';

CREATE INDEX facts_status ON facts(pypi_status) WHERE pypi_status <> 'active';

CREATE INDEX facts_vulnerable ON facts(key) WHERE pypi_vulnerabilities <> '[]';

CREATE INDEX facts_yanked ON facts(key) WHERE pypi_yanked = 1;

CREATE INDEX facts_activity ON facts(max(coalesce(last_updated, ''), coalesce(pypi_released, '')));

CREATE INDEX facts_unknown ON facts(key)
    WHERE last_fetched IS NULL AND last_updated IS NULL AND repo_watchers IS NULL
        AND pypi_version IS NULL;

ALTER TABLE digests ADD COLUMN at TEXT CHECK (length(at) = 27);
