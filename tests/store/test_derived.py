"""Sort keys and searched texts follow whatever writes, and are seen nowhere."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pkgcat.model.query import SortKey
from pkgcat.store import Store, edits, packages
from pkgcat.store.log import as_of
from pkgcat.store.log import undo as undoing
from pkgcat.store.operation import begin_operation
from pkgcat.store.search import expression
from tests.conftest import DATA, NOW, Run
from tests.store.checks import add, check_whole, edit, exported, slugs, take

HOUR = timedelta(hours=1)
OLD = {"title": "Ärger", "pypi_version": "1.9", "repo_description": "全文検索", "tags": ("Straße",)}
NEW = {"title": "Zeta", "pypi_version": "1.10", "repo_description": "plain", "tags": ("geo",)}
DERIVED = ("title_key", "pypi_version_key", "_search")


def found(store: Store, words: str) -> list[str]:
    wanted = expression(words)
    assert wanted is not None
    return slugs(store, words=wanted)


def check_is_old(store: Store) -> None:
    """Assert that `a` is sorted, compared and found by its old values, and not by the new ones."""
    assert slugs(store, sort=(SortKey("title"),)) == ["a", "middle"]
    assert slugs(store, sort=(SortKey("pypi_version"),)) == ["a", "middle"]
    for words in ("arger", "検索", "strasse"):
        assert found(store, words) == ["a"], words
    for words in ("zeta", "plain", "geo"):
        assert found(store, words) == [], words


def check_is_new(store: Store) -> None:
    """Assert the contrary."""
    assert slugs(store, sort=(SortKey("title"),)) == ["middle", "a"]
    assert slugs(store, sort=(SortKey("pypi_version"),)) == ["middle", "a"]
    for words in ("zeta", "plain", "geo"):
        assert found(store, words) == ["a"], words
    for words in ("arger", "検索", "strasse"):
        assert found(store, words) == [], words


@pytest.fixture
def two(store: Store) -> Iterator[Store]:
    """A package to write to, operation 1, and one that stands between its states."""
    add(store, "a", **OLD)
    add(store, "middle", title="middle", pypi_version="1.9.1")
    check_is_old(store)
    yield store
    check_whole(store)


def undo(store: Store, number: int) -> None:
    with begin_operation(store, "undo", NOW + 3 * HOUR, kind="undo") as operation:
        undoing.undo(operation, number)


def test_they_follow_an_edit_and_its_undo_and_what_undoes_that(two: Store) -> None:
    edit(two, 1, NOW + HOUR, **NEW)
    check_is_new(two)
    undo(two, 3)
    check_is_old(two)
    undo(two, 4)
    check_is_new(two)


def test_they_follow_an_import(two: Store) -> None:
    take(two, {"slug": "a", **NEW, "tags": ["geo"]}, overwrite=True)
    check_is_new(two)


def test_they_follow_a_removal_and_its_undo(two: Store) -> None:
    with begin_operation(two, "remove", NOW, kind="remove") as operation:
        edits.remove(operation, packages.find(two, "a"))
    assert found(two, "arger") == []
    undo(two, 3)
    check_is_old(two)


@pytest.mark.parametrize("names", [None, ["a", "middle"]])
def test_the_past_is_sorted_as_it_was(two: Store, names: list[str] | None) -> None:
    edit(two, 1, NOW + HOUR, **NEW)
    with Store.read(two.path, explicit=True) as then:
        as_of.go_back(then, NOW, NOW + 9 * HOUR, names)
        assert slugs(then, sort=(SortKey("title"),)) == ["a", "middle"]
        assert slugs(then, sort=(SortKey("pypi_version", descending=True),)) == ["middle", "a"]


def test_neither_the_log_nor_an_export_has_them(two: Store) -> None:
    edit(two, 1, NOW + HOUR, **NEW)
    fields = [row[0] for row in two.rows("SELECT DISTINCT field FROM changes")]
    assert {"title", "pypi_version"} <= set(fields)
    assert not [name for name in fields if name.endswith(("_key", "_search"))]
    assert not [name for name in DERIVED if name in exported(two)]


@pytest.mark.parametrize(
    "command",
    [
        ("show", "a", "--json"),
        ("list", "--json"),
        ("list", "--format", "csv"),
        ("export",),
        ("export", "--format", "csv"),
        ("history", "a"),
        ("history", "a", "--json"),
        ("schema",),
        ("stats", "--json"),
    ],
)
def test_no_command_shows_them(two: Store, run: Run, command: tuple[str, ...]) -> None:
    edit(two, 1, NOW + HOUR, **NEW)
    answer = run(*command)
    assert answer.code == 0, answer.err
    assert not [name for name in DERIVED if name in answer.out]


def test_the_schema_needs_no_function_of_pkgcats(two: Store) -> None:
    """The file is read and written by any other program with SQLite in it."""
    plain = sqlite3.connect(two.path, isolation_level=None)
    plain.execute("UPDATE packages SET title = 'Other', title_key = 'other' WHERE key = 1")
    plain.execute("UPDATE facts SET repo_description = 'words' WHERE key = 1")
    plain.execute("REINDEX")
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
    two.rows("UPDATE packages SET title_search = NULL WHERE key = 1")
    two.rows("UPDATE facts SET repo_description_search = NULL WHERE key = 1")
    assert found(two, "words") == ["a"]


# The migration


@pytest.fixture
def old(catalog: Path) -> Path:
    """The catalog of release 0.1.0, with a title, a version and texts that sort and are searched
    otherwise since.
    """
    shutil.copy(DATA / "catalogs" / "0.1.0.db", catalog)
    connection = sqlite3.connect(catalog, isolation_level=None)
    connection.execute(
        """UPDATE packages SET title = 'Straße', notes = '全文検索の道具', tags = '["ヘルスチェック"]'
        WHERE slug = 'atlas'"""
    )
    connection.execute(
        """UPDATE facts SET pypi_version = '10.0', participants = '["Łukasz \\" K\\u00f6nig"]'
        WHERE key = (SELECT key FROM packages WHERE slug = 'atlas')"""
    )
    connection.close()
    return catalog


def test_a_migration_fills_them(old: Path) -> None:
    connection = sqlite3.connect(old)
    before = connection.execute("SELECT count(*) FROM changes").fetchone()
    connection.close()
    with Store.write(old, explicit=True, create=False) as store:
        check_whole(store)
        assert store.rows("SELECT count(*) FROM changes").fetchone() == before
        for words in ("strasse", "検索", "チェック", "lukasz", "könig"):
            assert "atlas" in found(store, words), words
        assert slugs(store, sort=(SortKey("pypi_version", descending=True),))[0] == "atlas"
        unfilled = store.rows(
            "SELECT slug FROM packages p JOIN facts f USING (key) WHERE title_key IS NULL"
            " OR (pypi_version IS NULL) <> (pypi_version_key IS NULL)"
        ).fetchall()
        assert unfilled == []


def test_an_old_catalog_answers_by_the_new_rules(old: Path, run: Run) -> None:
    ran = run("search", "検索", "--json", "--fields", "slug")
    assert json.loads(ran.out) == [{"slug": "atlas"}]
    ran = run("list", "--where", "title ~ STRASSE", "--json", "--fields", "slug")
    assert json.loads(ran.out) == [{"slug": "atlas"}]
