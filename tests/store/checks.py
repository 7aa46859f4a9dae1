"""What several tests of the store ask of a catalog."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.services import importing
from pkgcat.services.exporting import EXPORTED_FIELDS
from pkgcat.services.record_reader import IncomingRecord
from pkgcat.store import Store, categories, edits, grids, packages
from pkgcat.store.derived import fill_derived_columns
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.records import Record


def take(
    store: Store, *records: Record, now: datetime = NOW, overwrite: bool = False
) -> list[importing.StoredRecord]:
    """Import records as one operation."""
    with begin_operation(store, "import", now, kind="import") as operation:
        return [
            importing.store_record(
                operation, IncomingRecord(f"record {number}", record), overwrite=overwrite
            )
            for number, record in enumerate(records, 1)
        ]


def kind_of(command: str) -> Any:
    """Return the kind of operation that a command of this text makes."""
    return command.split(maxsplit=1)[0]


def add(store: Store, slug: str, now: datetime = NOW, **values: Any) -> int:
    """Add a package as one operation; return its key."""
    with begin_operation(store, f"add {slug}", now, kind="add") as operation:
        return edits.add(operation, {"slug": slug, **values})


def edit(store: Store, key: int, now: datetime = NOW, **values: Any) -> list[str]:
    """Edit a package as one operation; return the names of what changed."""
    with begin_operation(store, "edit", now, kind="edit") as operation:
        return [change.field for change in edits.edit(operation, key, values)]


def get(store: Store, slug: str) -> Package:
    """Read the whole record of a package."""
    return next(packages.read(store, Query(NOW, key=packages.find(store, slug))))


def slugs(store: Store, **wanted: Any) -> list[str]:
    """Return the slugs of the packages that a query names, in its order."""
    return [row[0] for row in packages.rows(store, ["slug"], Query(NOW, **wanted))]


def exported(store: Store) -> str:
    """Return the text of an export: all that a user may expect back."""
    header = {
        "pkgcat": 1,
        "categories": [group._asdict() for group in categories.list_categories(store)],
        "grids": [group._asdict() for group in grids.list_grids(store)],
    }
    return "\n".join([json.dumps(header), *packages.for_export(store, EXPORTED_FIELDS, Query(NOW))])


def operations(store: Store) -> int:
    """Return how many operations history holds."""
    return int(store.value("SELECT count(*) FROM operations"))


def log(store: Store) -> list[tuple[Any, ...]]:
    """Return all of history."""
    changes = "SELECT * FROM operations o JOIN changes c ON c.operation = o.id ORDER BY c.number"
    return store.rows(changes).fetchall()


def check_whole(store: Store) -> None:
    """Assert that a catalog is sound, and that every index of it says what its tables say."""
    assert store.value("PRAGMA integrity_check") == "ok"
    assert store.rows("PRAGMA foreign_key_check").fetchall() == []
    with begin_operation(store, "check", NOW, dry_run=True, kind="edit"):
        store.rows("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")
        changes = store.connection.total_changes
        fill_derived_columns(store.connection)
        assert store.connection.total_changes == changes, (
            "a sort key or searched text is not today's"
        )
    _same(store, "tags", "SELECT key, tags FROM packages")
    _same(store, "memberships", "SELECT key, grids FROM packages")
    _same(store, "participants", "SELECT key, participants FROM facts")
    _same(store, "classifiers", "SELECT key, pypi_classifiers FROM facts")
    lonely = "SELECT count(*) FROM packages p WHERE NOT EXISTS (SELECT 1 FROM facts f WHERE f.key = p.key)"
    assert store.value(lonely) == 0
    assert store.value("SELECT max(key) FROM packages") == store.value("SELECT max(key) FROM facts")


def _same(store: Store, table: str, lists: str) -> None:
    listed = {(_folded(name), key) for key, text in store.rows(lists) for name in json.loads(text)}
    assert {
        (_folded(name), key) for name, key in store.rows(f"SELECT name, package FROM {table}")
    } == listed


def _folded(name: Any) -> Any:
    """SQLite's NOCASE knows ASCII only."""
    return "".join(c.lower() if c.isascii() else c for c in name) if isinstance(name, str) else name


def plan(store: Store, sql: str, parameters: Any) -> str:
    """Return how SQLite would run a query."""
    return "\n".join(row[3] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}", parameters))


def lines(*records: Record) -> str:
    """Write records as JSON Lines."""
    return "".join(f"{json.dumps(record)}\n" for record in records)


def written(path: Path, records: Iterable[Record]) -> Path:
    """Write records as JSON Lines into a file."""
    path.write_text(lines(*records), encoding="utf-8")
    return path
