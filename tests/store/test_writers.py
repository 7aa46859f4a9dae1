"""Who wrote a field last: told from the log, through undo and redo."""

import pytest

from pkgcat.model.grid import Grid
from pkgcat.model.origin import PERSON, UNKNOWN
from pkgcat.store import Store, edits, groups, writers
from pkgcat.store.log import history
from pkgcat.store.log import undo as taking_back
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import kind_of


def set_title(store: Store, command: str, title: str) -> None:
    with begin_operation(store, command, NOW, kind=kind_of(command)) as operation:
        groups.edit(operation, "grids", 1, {"title": title})


def undo(store: Store, number: int) -> None:
    with begin_operation(store, f"undo {number}", NOW, kind="undo") as operation:
        taking_back.undo(operation, history.entry(store, number).id)


@pytest.fixture
def grid(store: Store) -> Store:
    """A catalog with a grid that an import made: operation 1."""
    with begin_operation(store, "import site.json", NOW, kind="import") as operation:
        assert groups.add(operation, "grids", Grid("geo", "Geo")) == 1
    return store


def last(store: Store) -> str | None:
    return writers.find_last_kind(store, "grids", 1, "title")


def test_what_a_new_catalog_brings_along_was_written_by_nobody(store: Store) -> None:
    assert writers.find_last_kind(store, "categories", 1, "title") is None
    assert not writers.is_by_person(store, "categories", 1, "title")


def test_the_command_that_made_a_group_wrote_all_its_fields(grid: Store) -> None:
    assert last(grid) == "import"
    assert not writers.is_by_person(grid, "grids", 1, "title")
    assert not writers.is_by_person(grid, "grids", 1, "removed")


def test_the_last_change_of_that_field_counts(grid: Store) -> None:
    set_title(grid, "category edit geo", "Mine")
    set_title(grid, "import other.json", "Theirs")
    assert last(grid) == "import"
    set_title(grid, "category edit geo", "Mine again")
    assert last(grid) == "category"
    assert writers.is_by_person(grid, "grids", 1, "title")
    assert not writers.is_by_person(grid, "grids", 1, "slug")


def test_an_undo_gives_a_field_back_to_whom_it_was_before(grid: Store) -> None:
    set_title(grid, "category edit geo", "Mine")  # operation 2
    undo(grid, 2)  # 3
    assert last(grid) == "import"
    undo(grid, 3)  # 4
    assert last(grid) == "category"
    undo(grid, 4)
    assert last(grid) == "import"
    assert not writers.is_by_person(grid, "grids", 1, "title")


def test_the_undo_of_an_import_is_no_removal_by_a_person(grid: Store) -> None:
    undo(grid, 1)
    assert groups.is_removed(grid, "grids", 1)
    assert not writers.is_by_person(grid, "grids", 1, "removed")


def test_a_removal_that_was_undone_and_done_again_is_a_persons(grid: Store) -> None:
    with begin_operation(grid, "grid remove geo", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", 1)
    assert writers.is_by_person(grid, "grids", 1, "removed")
    undo(grid, 2)
    assert not writers.is_by_person(grid, "grids", 1, "removed")
    undo(grid, 3)
    assert writers.is_by_person(grid, "grids", 1, "removed")


def test_of_an_addition_of_release_0_1_0_the_package_is_a_persons_and_its_grid_is_not(
    store: Store,
) -> None:
    """The log of that release has no origins."""
    with begin_operation(store, "add x", NOW, kind="add", origin=UNKNOWN) as operation:
        groups.add(operation, "grids", Grid("geo", "Geo"))
        key = edits.add(operation, {"slug": "x", "grids": ("geo",)})
    assert writers.is_by_person(store, "packages", key, "grids")
    assert writers.read_origins(store, key)["grids"] == PERSON
    assert not writers.is_by_person(store, "grids", 1, "title")
