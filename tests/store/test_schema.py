"""The tables: what they refuse whoever writes, and the lists they keep in step."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat.models import FIELDS
from pkgcat.store import Store, edits, packages
from pkgcat.store.stats import stats
from tests import records
from tests.conftest import NOW
from tests.store.checks import add, check_whole, edit, slugs, take


def test_every_table_is_strict(store: Store) -> None:
    tables = store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    ours = {name: sql for name, sql in tables if not name.startswith(("search", "sqlite_", "_sqlite_migrations"))}
    assert {"packages", "facts", "categories", "grids", "operations", "changes", "tags"} <= ours.keys()
    assert all("STRICT" in sql for sql in ours.values())


def test_the_users_words_and_the_sources_facts_are_apart(store: Store) -> None:
    def columns(table: str) -> set[str]:
        return {row[1] for row in store.rows(f"PRAGMA table_info({table})")}

    words = {name for name, field in FIELDS.items() if field.role == "word"}
    facts = {name for name, field in FIELDS.items() if field.role in ("fact", "state")}
    assert words <= columns("packages")
    assert facts <= columns("facts")
    assert not words & facts
    assert not facts & columns("packages")


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
    with pytest.raises((sqlite3.IntegrityError, sqlite3.OperationalError), match=r"CHECK|NULL|FOREIGN|store|JSON"):
        store.rows(f"UPDATE packages SET {change}")


@pytest.mark.parametrize("table", ["operations", "changes"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET rowid = 5", "INSERT OR REPLACE INTO {} SELECT * FROM {}"]
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
    add(store, "a", repo_url="https://github.com/o/n", pypi_url="n")
    add(store, "b")
    for column in ("slug", "id", "repo_key", "pypi_name"):
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            store.rows(
                f"UPDATE packages SET {column} = (SELECT {column} FROM packages WHERE slug = 'a') WHERE slug = 'b'"
            )


LISTS = st.lists(st.sampled_from(["geo", "Geo", "GEO", "Ærø", "ærø", "", " ", "a,b", '"', "[]", "⛺"]), max_size=5)


@settings(max_examples=25)
@given(st.lists(st.tuples(LISTS, LISTS, LISTS), min_size=1, max_size=4))
def test_lists_that_are_filtered_by_are_kept_in_step(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[list[str], ...]]
) -> None:
    store = _shared(tmp_path_factory)
    key = packages.find(store, "a")
    for tags, people, classifiers in steps:
        edit(store, key, tags=tuple(tags), participants=tuple(people), pypi_classifiers=tuple(classifiers))
        check_whole(store)
        for tag in tags:
            assert "a" in slugs(store, tags=(tag,))
        for person in people:
            assert "a" in slugs(store, participant=person)


_OPEN: list[Store] = []


def _shared(factory: pytest.TempPathFactory) -> Store:
    """Return one catalog for all examples: making one takes longer than asking it."""
    if not _OPEN:
        _OPEN.append(Store.write(factory.mktemp("lists") / "catalog.db", named=True, create=True))
        add(_OPEN[0], "a")
        add(_OPEN[0], "b", tags=("geo",), participants=("geo",))
    return _OPEN[0]


def test_stats_count_what_there_is(store: Store) -> None:
    some = records.own(50, seed=1)
    take(store, *some)
    with store.operation("remove", NOW) as operation:
        edits.remove(operation, packages.find(store, some[0]["slug"]))
    left = some[1:]
    told = stats(store)
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
