"""The catalog as it was at any earlier moment, seen by one connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.errors import BadCatalog, Denied, Invalid, NotFound
from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.store import Store, edits, grid_features, groups, packages
from pkgcat.store import refresh_store as facts
from pkgcat.store.log import as_of as past
from pkgcat.store.log import history, undo
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import NOW
from tests.store.checks import add, edit, exported

HOUR = timedelta(hours=1)


@contextmanager
def then(path: Path, moment: datetime, names: list[str] | None = None) -> Iterator[Store]:
    """Open the catalog as it was."""
    with Store.read(path, explicit=True) as store:
        past.go_back(store, moment, NOW + 1000 * HOUR, names)
        yield store


def seen(store: Store, name: str) -> Package:
    return next(packages.read(store, Query(NOW, key=packages.find(store, name))))


def write(store: Store, hours: int, work: Any) -> None:
    """Do something as an operation, so many hours later."""
    with begin_operation(store, "work", NOW + hours * HOUR, kind="edit") as operation:
        work(operation)


@pytest.fixture
def eventful(store: Store) -> list[str]:
    """A catalog to which something happens every hour; return its export after each."""
    key = add(
        store,
        "a",
        title="A",
        tags=("x",),
        repo_url="https://github.com/o/a",
        participants=("ann", "bob"),
    )
    exports = [exported(store)]

    def told(**values: Any) -> Any:
        return lambda o: facts.record(
            o, key, [facts.SourceUpdate("repository", values, "{}")], [], o.now, complete=True
        )

    works: list[Any] = [
        lambda o: edits.edit(o, key, {"title": "B", "tags": ("y", "z"), "category": "apps"}),
        lambda o: edits.edit(o, key, {"participants": ("eve",), "repo_watchers": 7}),
        lambda o: edits.unpin(o, key, {"participants"}),
        lambda o: edits.edit(
            o, key, {"slug": "renamed", "repo_url": "https://github.com/o/b", "pypi_url": "b"}
        ),
        lambda o: groups.edit(
            o, "categories", groups.find(store, "categories", "apps"), {"slug": "pieces"}
        ),
        lambda o: groups.add(o, "categories", Category("tools", "Tool")),
        lambda o: edits.add(o, {"slug": "second", "title": "S", "replaced_by": "renamed"}),
        lambda o: edits.remove(o, key),
        lambda o: undo.undo(o, history.last(store).id),
        told(participants=("ann", "bob", "cid"), commits_over_52=tuple(range(52))),
        told(participants=("ann", "cid"), commits_over_52=(*range(1, 52), 9)),
        lambda o: edits.edit(o, key, {"participants": ()}),
    ]
    for hours, work in enumerate(works, 1):
        write(store, hours, work)
        exports.append(exported(store))
    return exports


def without_state(export: str) -> str:
    """Leave out when a package was refreshed, which no log keeps."""
    import re

    return re.sub(r'"last_fetched":("[^"]*"|null)', "", export)


def test_every_earlier_state_is_seen_whole(
    store: Store, catalog: Path, eventful: list[str]
) -> None:
    for hours, export in enumerate(eventful):
        with then(catalog, NOW + hours * HOUR) as before:
            assert without_state(exported(before)) == without_state(export), hours
        with then(catalog, NOW + hours * HOUR + HOUR / 2) as before:
            assert without_state(exported(before)) == without_state(export), hours
    assert exported(store) == eventful[-1]


@pytest.mark.parametrize(
    ("hours", "names", "title"),
    [
        (0, ["a", "o/a", "https://github.com/o/a", "1000001", "A"], "A"),
        (3, ["a"], "B"),
        (4, ["renamed", "RENAMED", "o/b", "b"], "B"),
        (9, ["renamed"], "B"),
    ],
)
def test_a_package_is_found_by_the_names_it_had(
    catalog: Path, eventful: list[str], hours: int, names: list[str], title: str
) -> None:
    for name in names:
        spelt = name if "/" not in name or "://" in name else f"https://github.com/{name}"
        with then(catalog, NOW + hours * HOUR, [spelt]) as before:
            assert seen(before, spelt).title == title


@pytest.mark.parametrize(
    ("hours", "name"), [(0, "renamed"), (0, "b"), (4, "a"), (8, "renamed"), (6, "second")]
)
def test_a_package_is_not_found_by_names_it_had_not(
    catalog: Path, eventful: list[str], hours: int, name: str
) -> None:
    with then(catalog, NOW + hours * HOUR, [name]) as before, pytest.raises(NotFound):
        packages.find(before, name)


def test_the_lists_that_are_filtered_by_are_those_of_then(
    catalog: Path, eventful: list[str]
) -> None:
    def slugs(store: Store, **wanted: Any) -> list[Any]:
        return [row[0] for row in packages.rows(store, ["slug"], Query(NOW, **wanted))]

    with then(catalog, NOW) as before:
        assert slugs(before, tags=("x",)) == ["a"]
        assert slugs(before, tags=("y",)) == []
        assert slugs(before, participant="bob") == ["a"]
        assert slugs(before, category="apps") == []
    with then(catalog, NOW + HOUR) as before:
        assert slugs(before, tags=("Y",), category="apps") == ["a"]
    with then(catalog, NOW + 5 * HOUR) as before:
        assert slugs(before, category="pieces") == ["renamed"]


def test_what_refresh_keeps_for_itself_is_left_out_where_it_is_later(
    store: Store, catalog: Path
) -> None:
    key = add(store, "a")
    operation = Operation(store, "refresh", NOW + HOUR, "refresh")
    with operation.step():
        facts.record(
            operation, key, [], [facts.SourceFailure("pypi", "no")], NOW + HOUR, complete=True
        )
    write(store, 2, lambda o: edits.edit(o, key, {"title": "later"}))
    with then(catalog, NOW) as before:
        assert (seen(before, "a").last_error, seen(before, "a").error_count) == (None, 0)
    with then(catalog, NOW + HOUR) as before:
        assert (seen(before, "a").last_error, seen(before, "a").error_count) == ("no", 1)


def test_looking_back_writes_nothing_and_is_over_with_the_connection(
    catalog: Path, eventful: list[str]
) -> None:
    before = catalog.read_bytes()
    with then(catalog, NOW) as store:
        assert seen(store, "a").title == "A"
    with Store.read(catalog, explicit=True) as store:
        assert exported(store) == eventful[-1]
    assert catalog.read_bytes() == before


def test_who_looks_back_cannot_write(catalog: Path, eventful: list[str]) -> None:
    with pytest.raises(Denied, match="read-only"), then(catalog, NOW) as store:
        store.rows("UPDATE main.packages SET title = 'x'")


def test_one_package_is_seen_where_grids_say_something_of_others(
    store: Store, catalog: Path
) -> None:
    add(store, "a", title="A")
    other = add(store, "b")

    def fill(operation: Operation) -> None:
        grid = groups.add(operation, "grids", Grid("zoo", "Zoo"))
        legs = grid_features.add(operation, grid, "Legs")
        grid_features.set_cell(operation, legs, other, "4")

    write(store, 1, fill)
    edit(store, 1, NOW + 2 * HOUR, title="B")
    with then(catalog, NOW + HOUR, ["a"]) as before:
        assert seen(before, "a").title == "A"


@pytest.mark.parametrize(
    ("entity", "key", "field"),
    [
        ("nonsense", 1, "title"),
        ("packages", 1, "title = 'x', notes"),
        ("packages", "[1]", "title"),
        ("grid_cells", "[1]", "text"),
    ],
)
def test_a_change_that_no_operation_made_is_damage_wherever_it_is_read(
    store: Store, catalog: Path, entity: str, key: object, field: str
) -> None:
    add(store, "a")
    edit(store, 1, NOW + HOUR, title="B")
    store.rows(
        "INSERT INTO changes (operation, entity, key, field, old) VALUES (2, ?, ?, ?, 'x')",
        (entity, key, field),
    )
    with pytest.raises(BadCatalog), then(catalog, NOW):
        pass
    with pytest.raises(BadCatalog):
        write(store, 2, lambda operation: undo.undo(operation, 2))
    if (entity, key) == ("packages", 1):
        with pytest.raises(BadCatalog):
            list(history.steps(store, 1))
    if entity == "nonsense":
        with pytest.raises(BadCatalog):
            history.count_things(store, [2])


def test_the_future_and_the_time_before_the_catalog_are_refused(
    store: Store, catalog: Path
) -> None:
    with pytest.raises(NotFound, match="no catalog"):
        past.go_back(store, NOW, NOW)
    add(store, "a")
    edit(store, 1, NOW + HOUR, title="B")
    with pytest.raises(Invalid, match="future"):
        past.go_back(store, NOW + HOUR, NOW)
    with pytest.raises(NotFound, match="its history begins on 2026-02-20 at 12:30 UTC"):
        past.go_back(store, NOW - HOUR, NOW)


def test_an_operation_of_a_clock_ahead_or_behind_hides_no_other_state(
    store: Store, catalog: Path
) -> None:
    """The newest operation whose own time is not after the moment decides, not the first later
    one.
    """
    ahead, behind = NOW.replace(year=2031), NOW.replace(year=1970)
    add(store, "a", NOW, title="A")
    edit(store, 1, ahead, title="ahead")
    edit(store, 1, NOW + HOUR, title="B")
    edit(store, 1, NOW + 2 * HOUR, title="C")
    for names in (None, ["a"]):
        for moment, title in ((NOW, "A"), (NOW + HOUR, "B"), (NOW + 3 * HOUR, "C")):
            with then(catalog, moment, names) as before:
                assert seen(before, "a").title == title
    edit(store, 1, behind, title="behind")
    edit(store, 1, NOW + 4 * HOUR, title="D")
    for moment, title in ((NOW + 3 * HOUR, "behind"), (NOW + 4 * HOUR, "D")):
        with then(catalog, moment) as before:
            assert seen(before, "a").title == title


def test_a_catalog_begins_with_the_earliest_time_of_its_operations(
    store: Store, catalog: Path
) -> None:
    add(store, "a", NOW.replace(year=2031), title="A")
    edit(store, 1, NOW, title="B")
    with then(catalog, NOW + HOUR) as before:
        assert seen(before, "a").title == "B"
    with pytest.raises(NotFound, match="its history begins on 2026-02-20"):
        past.go_back(store, NOW - HOUR, NOW)


def test_one_package_is_looked_back_at_without_reading_the_whole_log(
    store: Store, catalog: Path
) -> None:
    """Later changes of other packages cost it nothing."""
    keys = [add(store, slug) for slug in ("a", "b")]
    write(store, 1, lambda o: edits.edit(o, keys[0], {"title": "A", "category": "apps"}))
    after_few = _count_steps(catalog)

    def edit_often(operation: Operation) -> None:
        for number in range(2000):
            edits.edit(operation, keys[1], {"title": f"B{number}"})

    write(store, 2, edit_often)
    assert _count_steps(catalog) < after_few + 500


def _count_steps(catalog: Path) -> int:
    """Count the steps of SQLite's virtual machine, by tens."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 10

    with Store.read(catalog, explicit=True) as store:
        store.connection.set_progress_handler(count, 10)
        past.go_back(store, NOW, NOW + 1000 * HOUR, ["a"])
    return steps
