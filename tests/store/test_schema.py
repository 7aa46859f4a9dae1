"""The tables: what they refuse whoever writes, and the lists they keep in step."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from pkgcat.errors import BadCatalog
from pkgcat.model.fields import FIELDS
from pkgcat.store import Store, edits, packages, schema, version
from pkgcat.store.operation import begin_operation
from pkgcat.store.stats import count_all as stats
from tests import records
from tests.conftest import DATA, NOW
from tests.store.checks import add, check_whole, edit, slugs, take


def test_every_table_is_strict(store: Store) -> None:
    tables = store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    ours = {
        name: sql
        for name, sql in tables
        if not name.startswith(("search", "sqlite_", "_sqlite_migrations"))
    }
    assert {
        "packages",
        "facts",
        "categories",
        "grids",
        "operations",
        "changes",
        "tags",
    } <= ours.keys()
    assert all("STRICT" in sql for sql in ours.values())


def test_the_users_words_and_the_sources_facts_are_apart(store: Store) -> None:
    def columns(table: str) -> set[str]:
        return {row[1] for row in store.rows(f"PRAGMA table_info({table})")}

    words = {name for name, field in FIELDS.items() if field.writer == "user"}
    facts = {name for name, field in FIELDS.items() if field.writer in ("upstream", "bookkeeping")}
    assert words <= columns("packages")
    assert facts <= columns("facts")
    assert not words & facts
    assert not facts & columns("packages")


def read_schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    return connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()


def test_the_first_four_migrations_make_the_schema_of_release_0_1_0() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.load_migrations().apply(Database(connection), stop_before="m005_origins")
    uri = f"file:{DATA / 'catalogs' / '0.1.0.db'}?mode=ro&immutable=1"
    released = sqlite3.connect(uri, uri=True)
    assert read_schema(connection) == read_schema(released)
    categories = "SELECT key, slug, title, title_plural, url FROM categories WHERE key <= 4"
    assert connection.execute(categories).fetchall() == released.execute(categories).fetchall()
    released.close()


def test_the_version_is_the_number_of_the_newest_migration() -> None:
    names = sorted(path.name for path in version.MIGRATIONS_FOLDER.iterdir())
    assert [int(name[:4]) for name in names] == list(range(1, version.VERSION + 1))


def test_the_new_schema_has_the_migrations_that_old_catalogs_have_recorded(store: Store) -> None:
    names = [row[0] for row in store.rows("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert names[:4] == ["m001_packages", "m002_search", "m003_history", "m004_refresh"]
    assert len(names) == version.VERSION


def test_the_mark_of_a_newer_pkgcat_that_was_quicker_is_not_turned_back() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"PRAGMA user_version = {version.VERSION + 1}")
    with pytest.raises(BadCatalog, match="a newer pkgcat"):
        schema.migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchone() == (version.VERSION + 1,)


@pytest.mark.parametrize("path", sorted(version.MIGRATIONS_FOLDER.iterdir()), ids=lambda p: p.stem)
def test_a_migration_splits_into_all_its_statements(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    statements = list(schema.split_statements(script))
    assert "\n\n".join(statements).split() == script.split()


@pytest.mark.parametrize(
    "change",
    [
        "title = ''",
        "title = NULL",
        "slug = ''",
        "repo_url = ''",
        "notes = ''",
        "tags = 'geo'",
        "tags = '{}'",
        "removed = 2",
        "modified = '2026-02-15'",
        "category = 99",
        "id = 0",
        "id = 'x'",
    ],
)
def test_a_table_refuses_what_no_record_may_hold(store: Store, change: str) -> None:
    add(store, "a")
    with pytest.raises(
        (sqlite3.IntegrityError, sqlite3.OperationalError), match=r"CHECK|NULL|FOREIGN|store|JSON"
    ):
        store.rows(f"UPDATE packages SET {change}")


@pytest.mark.parametrize("table", ["operations", "changes"])
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {}", "UPDATE {} SET rowid = 5", "INSERT OR REPLACE INTO {} SELECT * FROM {}"],
)
def test_history_is_append_only(store: Store, table: str, statement: str) -> None:
    add(store, "a")
    before = store.rows(f"SELECT * FROM {table}").fetchall()
    if table == "changes":
        statement = statement.replace("rowid", "new")
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|FOREIGN KEY"):
        store.rows(statement.replace("{}", table))
    assert store.rows(f"SELECT * FROM {table}").fetchall() == before


def test_two_packages_cannot_have_one_name_whoever_writes(store: Store) -> None:
    add(store, "a")
    add(store, "b")
    for column in ("slug", "id"):
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            store.rows(
                f"UPDATE packages SET {column} = (SELECT {column} FROM packages WHERE slug = 'a') WHERE slug = 'b'"
            )


LISTS = st.lists(
    st.sampled_from(["geo", "Geo", "GEO", "Ærø", "ærø", "", " ", "a,b", '"', "[]", "⛺"]),
    max_size=5,
)


@settings(max_examples=25)
@given(st.lists(st.tuples(LISTS, LISTS, LISTS), min_size=1, max_size=4))
def test_lists_that_are_filtered_by_are_kept_in_step(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[list[str], ...]]
) -> None:
    store = _shared(tmp_path_factory)
    key = packages.find(store, "a")
    for tags, people, classifiers in steps:
        edit(
            store,
            key,
            tags=tuple(tags),
            participants=tuple(people),
            pypi_classifiers=tuple(classifiers),
        )
        check_whole(store)
        for tag in tags:
            assert "a" in slugs(store, tags=(tag,))
        for person in people:
            assert "a" in slugs(store, participant=person)


_OPEN: list[Store] = []


def _shared(factory: pytest.TempPathFactory) -> Store:
    """Return one catalog for all examples: making one takes longer than asking it."""
    if not _OPEN:
        _OPEN.append(
            Store.write(factory.mktemp("lists") / "catalog.db", explicit=True, create=True)
        )
        add(_OPEN[0], "a")
        add(_OPEN[0], "b", tags=("geo",), participants=("geo",))
    return _OPEN[0]


def test_stats_count_what_there_is(store: Store) -> None:
    some = records.own(50, seed=1)
    take(store, *some)
    with begin_operation(store, "remove", NOW, kind="remove") as operation:
        edits.remove(operation, packages.find(store, some[0]["slug"]))
    left = some[1:]
    told = stats(store, NOW)
    assert told["packages"] == 49
    assert told["categories"] == 4
    assert told["grids"] == 3
    assert told["operations"] == 2
    assert told["with_repository"] == sum(bool(record["repo_url"]) for record in left)
    assert told["on_pypi"] == sum(bool(record["pypi_url"]) for record in left)
    assert told["fetched"] == sum(record["last_fetched"] is not None for record in left)
    assert told["archived"] == sum(record["repo_archived"] is True for record in left)
    assert told["failing"] == sum(record["error_count"] > 0 for record in left)
    assert told["pinned"] == sum(bool(record["pinned"]) for record in left)
    assert told["tags"] == len({tag for record in left for tag in record["tags"]})
