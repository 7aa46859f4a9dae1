"""Any table that is listed in `entities` has history, undo and a past: with a key of several
columns and no name, and with a parent.
"""

from datetime import timedelta

import pytest

from pkgcat.errors import Conflict
from pkgcat.store import Store
from pkgcat.store.entities import ENTITIES, Entity
from pkgcat.store.log import as_of, history
from pkgcat.store.log import undo as undoing
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import add

HOUR = timedelta(hours=1)
CELLS = Entity("cells", "cell", key_columns=("grid", "feature"), label=None)
FEATURES = Entity("features", "feature", label="title")
CELL = '[1,"späti"]'

TABLES = (
    """CREATE TABLE features (key INTEGER PRIMARY KEY, grid INTEGER NOT NULL REFERENCES grids(key),
        title TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0) STRICT""",
    """CREATE TABLE cells (grid INTEGER NOT NULL, feature TEXT NOT NULL, text TEXT,
        removed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (grid, feature)) STRICT, WITHOUT ROWID""",
)


@pytest.fixture
def grid(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A catalog with two more logged tables, a feature and a cell: operations 1 to 4."""
    for entity in (FEATURES, CELLS):
        monkeypatch.setitem(ENTITIES, entity.table, entity)
    for sql in TABLES:
        store.rows(sql)
    add(store, "a")
    with begin_operation(store, "grid add", NOW, kind="grid") as operation:
        operation.create("grids", {"slug": "g", "title": "G"})
        operation.create("features", {"grid": 1, "title": "Speed"})
    with begin_operation(store, "grid set", NOW + HOUR, kind="grid") as operation:
        operation.create("cells", {"grid": 1, "feature": "späti", "text": "fast"})
    with begin_operation(store, "grid set", NOW + 2 * HOUR, kind="grid") as operation:
        operation.change("cells", CELL, {"text": "slow"})
        operation.change("features", 1, {"title": "Pace"})
    return store


def undo(store: Store, number: int, hours: int = 3) -> undoing.Undone:
    with begin_operation(store, "undo", NOW + hours * HOUR, kind="undo") as operation:
        return undoing.undo(operation, number)


def cells(store: Store) -> list[tuple[object, ...]]:
    return store.rows("SELECT * FROM cells").fetchall()


def test_a_change_is_logged_under_the_values_of_its_key(grid: Store) -> None:
    sql = "SELECT key, field, old, new FROM changes WHERE entity = 'cells' ORDER BY number"
    assert grid.rows(sql).fetchall() == [
        (CELL, "removed", None, 0),
        (CELL, "text", "fast", "slow"),
    ]
    assert history.find_origin(grid, "cells", CELL, "text").kind == "person"


def test_an_undo_sets_any_table_back_and_can_be_undone(grid: Store) -> None:
    assert sum(undo(grid, 4).counts.values()) == 2
    assert cells(grid) == [(1, "späti", "fast", 0)]
    assert grid.value("SELECT title FROM features") == "Speed"
    assert sum(undo(grid, 5).counts.values()) == 2
    assert cells(grid) == [(1, "späti", "slow", 0)]
    assert grid.value("SELECT title FROM features") == "Pace"


def test_an_undone_creation_takes_the_row_out_of_sight(grid: Store) -> None:
    undo(grid, 3)
    assert cells(grid) == [(1, "späti", "slow", 1)]


def test_a_conflict_names_a_row_by_its_key_or_its_label(grid: Store) -> None:
    with begin_operation(grid, "grid set", NOW + 3 * HOUR, kind="grid") as operation:
        operation.change("cells", CELL, {"text": "other"})
        operation.change("features", 1, {"title": "Velocity"})
    with pytest.raises(Conflict) as conflict:
        undo(grid, 4)
    assert "cell 1, späti: text was changed since" in str(conflict.value)
    assert "Velocity: title was changed since" in str(conflict.value)


@pytest.mark.parametrize("names", [None, ["a"]])
@pytest.mark.parametrize(
    ("hours", "found", "title"),
    [
        (0, [(1, "späti", "fast", 1)], "Speed"),
        (1, [(1, "späti", "fast", 0)], "Speed"),
        (2, [(1, "späti", "slow", 0)], "Pace"),
    ],
)
def test_the_past_of_any_table_is_seen(
    grid: Store, hours: int, found: list[object], title: str, names: list[str] | None
) -> None:
    as_of.go_back(grid, NOW + hours * HOUR, NOW + 9 * HOUR, names)
    assert cells(grid) == found
    assert grid.value("SELECT title FROM features") == title
