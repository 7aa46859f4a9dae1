-- Full-text search, kept in step by triggers that run only when a searched column changes.

CREATE VIEW searchable AS SELECT p.key, p.title, p.slug, f.repo_description, p.tags, p.notes, f.participants
            FROM packages p JOIN facts f ON f.key = p.key WHERE p.removed = 0;

CREATE VIRTUAL TABLE search USING fts5(title, slug, repo_description, tags, notes, participants, content = 'searchable', content_rowid = 'key',
            tokenize = 'unicode61 remove_diacritics 2');

INSERT INTO search(search, rank) VALUES ('rank', 'bm25(10, 10, 4, 6, 4, 1)');

CREATE TRIGGER search_insert AFTER INSERT ON facts BEGIN INSERT INTO search(rowid, title, slug, repo_description, tags, notes, participants) SELECT key, title, slug, repo_description, tags, notes, participants FROM searchable WHERE key = NEW.key; END;

CREATE TRIGGER search_facts AFTER UPDATE OF repo_description, participants ON facts
            WHEN OLD.repo_description IS NOT NEW.repo_description
                OR OLD.participants <> NEW.participants BEGIN
            INSERT INTO search(search, rowid, title, slug, repo_description, tags, notes, participants) SELECT 'delete',  p.key, p.title, p.slug, OLD.repo_description, p.tags, p.notes, OLD.participants
                FROM packages p WHERE p.key = NEW.key AND p.removed = 0;
            INSERT INTO search(rowid, title, slug, repo_description, tags, notes, participants) SELECT key, title, slug, repo_description, tags, notes, participants FROM searchable WHERE key = NEW.key;
        END;

CREATE TRIGGER search_words AFTER UPDATE OF title, slug, tags, notes, removed ON packages
            WHEN OLD.title IS NOT NEW.title OR OLD.slug IS NOT NEW.slug OR OLD.tags IS NOT NEW.tags OR OLD.notes IS NOT NEW.notes OR OLD.removed IS NOT NEW.removed BEGIN
            INSERT INTO search(search, rowid, title, slug, repo_description, tags, notes, participants) SELECT 'delete',  f.key, OLD.title, OLD.slug, f.repo_description, OLD.tags, OLD.notes, f.participants
                FROM facts f WHERE f.key = NEW.key AND OLD.removed = 0;
            INSERT INTO search(rowid, title, slug, repo_description, tags, notes, participants) SELECT key, title, slug, repo_description, tags, notes, participants FROM searchable WHERE key = NEW.key;
        END;
