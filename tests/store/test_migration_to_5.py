"""Schema 5: kinds of operations, origins of changes, keys of several columns, new names."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkgcat.store import Store, schema, version
from tests.conftest import DATA

RELEASED = DATA / "catalogs" / "0.1.0.db"

KILLED_BEFORE_COMMIT = """
import os, signal, sqlite3, sys
from pkgcat.store import schema
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")  # pages are written to the file before the COMMIT
connection.execute("BEGIN IMMEDIATE")
schema.migrate(connection)
assert os.path.getsize(sys.argv[1] + "-journal") > 4096
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def old(catalog: Path) -> Path:
    """A copy of the catalog that release 0.1.0 made: schema 4."""
    shutil.copy(RELEASED, catalog)
    return catalog


@pytest.fixture
def migrated(old: Path) -> Iterator[Store]:
    """The same, brought to today's schema."""
    with Store.write(old, explicit=True, create=False) as store:
        yield store


def read_all(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


def test_operations_of_0_1_0_have_the_kind_that_their_command_begins_with(migrated: Store) -> None:
    rows = migrated.rows("SELECT command, undoes, kind FROM operations").fetchall()
    assert len(rows) == len(read_all(RELEASED, "SELECT 1 FROM operations"))
    for command, undoes, kind in rows:
        assert kind == ("undo" if undoes else command.split()[0])
    assert {kind for *_, kind in rows} == {
        "add",
        "category",
        "edit",
        "import",
        "refresh",
        "remove",
        "undo",
    }


def test_an_operation_of_another_command_is_of_unknown_kind(old: Path) -> None:
    connection = sqlite3.connect(old, isolation_level=None)
    insert = "INSERT INTO operations (at, command) VALUES ('2026-03-04T09:00:00.000000Z', ?)"
    for command in ("", "addition", "frobnicate x", "refresh"):
        connection.execute(insert, (command,))
    connection.close()
    with Store.read(old, explicit=True) as store:
        kinds = store.rows("SELECT kind FROM operations ORDER BY id DESC LIMIT 4").fetchall()
    assert kinds == [("refresh",), ("unknown",), ("unknown",), ("unknown",)]


def test_the_log_of_0_1_0_stays_as_it_is_but_for_a_fields_new_name(migrated: Store) -> None:
    columns = "number, operation, entity, key, field, old, new"
    before = read_all(RELEASED, f"SELECT {columns} FROM changes ORDER BY number")
    after = migrated.rows(f"SELECT {columns} FROM changes ORDER BY number").fetchall()
    renamed = [
        (*row[:4], "upstream_values" if row[4] == "behind_pins" else row[4], *row[5:])
        for row in before
    ]
    assert after == renamed
    assert after != before
    assert migrated.rows("SELECT count(*), count(origin) FROM changes").fetchone() == (
        len(before),
        0,
    )


def test_a_key_is_an_integer_or_a_list(migrated: Store) -> None:
    insert = "INSERT INTO changes (operation, entity, key, field) VALUES (1, 'cells', ?, 'text')"
    migrated.rows(insert, (7,))
    migrated.rows(insert, ('[7,3,"x"]',))
    kept = migrated.rows("SELECT key, typeof(key) FROM changes WHERE entity = 'cells'").fetchall()
    assert kept == [(7, "integer"), ('[7,3,"x"]', "text")]
    for wrong in (None, 1.5, '{"a": 1}', "7"):
        with pytest.raises(sqlite3.IntegrityError):
            migrated.rows(insert, (wrong,))


@pytest.mark.parametrize("table", ["operations", "changes"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET rowid = 5"])
def test_the_migrated_history_is_append_only(migrated: Store, table: str, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        migrated.rows(statement.format(table))


def test_what_refresh_remembers_is_kept_under_the_new_names(migrated: Store) -> None:
    tables = (
        ("refresh_sources", "package, source, memory, missing, error", "halves", "half"),
        ("validators", "request, etag, last_modified", "stamps", "modified"),
        ("facts", "key, upstream_values", "facts", "behind_pins"),
    )
    for table, columns, former_table, former_column in tables:
        former = columns
        for name in ("source", "last_modified", "upstream_values"):
            former = former.replace(name, former_column)
        found = migrated.rows(f"SELECT {columns} FROM {table}").fetchall()
        assert found == read_all(RELEASED, f"SELECT {former} FROM {former_table}")
        assert found


def test_a_migration_that_is_killed_before_its_commit_leaves_the_old_catalog(old: Path) -> None:
    before = read_all(old, "SELECT type, name, sql FROM sqlite_schema ORDER BY name")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_COMMIT, str(old)], capture_output=True, check=False
    )
    assert killed.returncode == -9, killed.stderr
    assert read_all(old, "SELECT type, name, sql FROM sqlite_schema ORDER BY name") == before
    assert read_all(old, "PRAGMA user_version") == [(4,)]
    for table in ("changes", "operations", "facts", "halves", "stamps"):
        rows = f"SELECT * FROM {table}"
        assert read_all(old, rows) == read_all(RELEASED, rows)
    with Store.read(old, explicit=True) as store:
        assert store.value("PRAGMA user_version") == version.VERSION


def test_a_migration_that_fails_at_its_last_statement_changes_nothing(
    old: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(version.MIGRATIONS_FOLDER, folder)
    with (folder / "0005_origins.sql").open("a") as script:
        script.write("\nINSERT INTO nowhere VALUES (1);\n")
    connection = sqlite3.connect(old, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        schema.migrate(connection, folder=folder)
    connection.rollback()
    connection.close()
    everything = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
    assert read_all(old, everything) == read_all(RELEASED, everything)
