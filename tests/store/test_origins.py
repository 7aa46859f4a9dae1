"""Every operation has a kind, every change an origin; nothing is concluded from a command's
text.
"""

from datetime import timedelta
from typing import Any

import pytest

from pkgcat.model.origin import PERSON, UNKNOWN, Origin
from pkgcat.store import Store, edits, packages, refresh_store, writers
from pkgcat.store.log import history, news
from pkgcat.store.log import undo as undoing
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import NOW
from tests.store.checks import add, edit

GITHUB = Origin("host", "github.com")
PYPI = Origin("host", "pypi.org")


@pytest.fixture
def maps(store: Store) -> Store:
    """A catalog with a package that a person added: operation 1."""
    add(store, "maps", repo_url="https://github.com/o/maps", pypi_url="maps")
    return store


def refresh(store: Store, command: str = "refresh --all", **values: Any) -> None:
    told = []
    for source in ("repository", "pypi"):
        prefix = "pypi_" if source == "pypi" else "repo_"
        some = {name: value for name, value in values.items() if name.startswith(prefix)}
        told.append(refresh_store.SourceUpdate(source, some, "{}"))
    with begin_operation(store, command, NOW, kind="refresh") as operation:
        refresh_store.record(operation, 1, told, [], NOW, complete=True)


def undo(store: Store, number: int) -> None:
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        undoing.undo(operation, number)


def origins(store: Store, field: str) -> list[Origin]:
    """Return the origins of a field's changes, oldest first."""
    return [step.origin for step in history.steps(store, 1, [field])][::-1]


def test_an_operation_has_its_kind_whatever_its_command_says(maps: Store) -> None:
    with begin_operation(maps, "undo everything", NOW, kind="edit") as operation:
        edits.edit(operation, 1, {"notes": "a"})
    assert maps.rows("SELECT kind FROM operations").fetchall() == [("add",), ("edit",)]


def test_what_hosts_tell_has_the_host_as_its_origin(maps: Store) -> None:
    refresh(maps, repo_watchers=7, pypi_version="1.0")
    assert origins(maps, "repo_watchers") == [GITHUB]
    assert origins(maps, "pypi_version") == [PYPI]


def test_what_a_host_tells_of_a_pinned_fact_has_the_host_as_its_origin(maps: Store) -> None:
    edit(maps, 1, repo_watchers=1_000)
    refresh(maps, repo_watchers=7)
    assert origins(maps, "repo_watchers") == [PERSON]
    assert origins(maps, "upstream_values") == [PERSON, GITHUB]


def test_what_a_person_sets_has_a_person_as_its_origin(maps: Store) -> None:
    assert history.creation(maps, 1).origin == PERSON
    assert history.creation(maps, 1).kind == "add"
    edit(maps, 1, notes="a")
    assert origins(maps, "notes") == [PERSON]


def test_an_origin_is_stored_once(maps: Store) -> None:
    for watchers in range(1, 5):
        refresh(maps, repo_watchers=watchers)
    assert maps.rows("SELECT kind, name FROM origins ORDER BY id").fetchall() == [PERSON, GITHUB]


def test_a_value_from_where_its_package_came_has_no_origin_of_its_own(store: Store) -> None:
    with begin_operation(store, "add", NOW, kind="add") as operation:
        given = {"title": PERSON, "pypi_version": PYPI}
        edits.add(operation, {"slug": "a", "title": "A", "pypi_version": "1"}, origins=given)
    rows = store.rows("SELECT field FROM creation_origins").fetchall()
    assert rows == [("pypi_version",)]


def test_an_undo_gives_back_the_origin_of_the_value_that_comes_back(maps: Store) -> None:
    refresh(maps, repo_watchers=7)  # operation 2
    refresh(maps, repo_watchers=8)  # 3
    with begin_operation(
        maps, "import x.json", NOW, kind="import", origin=Origin("file", "x.json")
    ) as it:
        edits.merge(it, 1, {"repo_watchers": 9, "notes": "from a file"})  # 4
    undo(maps, 4)  # 5
    assert origins(maps, "repo_watchers")[-1] == GITHUB
    assert origins(maps, "notes")[-1] == PERSON  # none before it: that of the creation
    undo(maps, 5)
    assert origins(maps, "repo_watchers")[-1] == Origin("file", "x.json")


def test_an_undone_addition_has_the_undo_as_its_origin(maps: Store) -> None:
    undo(maps, 1)
    assert origins(maps, "removed") == [PERSON, Origin("undo", "1")]


@pytest.mark.parametrize("origin", [Origin("site", "djangopackages.org"), None])
def test_a_removal_by_a_person_makes_no_value_of_a_package_a_persons(
    store: Store, origin: Origin | None
) -> None:
    def check() -> None:
        assert history.find_origin(store, "packages", 1, "title") == (origin or UNKNOWN)
        assert history.creation(store, 1).kind == "import"
        assert not writers.is_by_person(store, "packages", 1, "title")
        assert writers.read_origins(store, 1)["title"] == (origin or UNKNOWN)

    with begin_operation(store, "import", NOW, kind="import", origin=origin) as operation:
        edits.add(operation, {"slug": "maps", "title": "Maps"})
    with begin_operation(store, "remove maps", NOW, kind="remove") as operation:
        edits.remove(operation, 1)
    check()
    undo(store, 2)
    check()


def test_what_is_gone_was_told_by_its_host(maps: Store) -> None:
    failure = refresh_store.SourceFailure("repository", "not found", missing=True)
    for day in range(3):
        at = NOW + timedelta(days=day)
        operation = Operation(maps, "refresh", at, "refresh")
        with operation.step():
            refresh_store.record(operation, 1, [], [failure], at, complete=True)
    assert origins(maps, "gone") == [GITHUB]


def test_what_has_no_origin_in_the_log_comes_back_with_none(maps: Store) -> None:
    with begin_operation(maps, "edit", NOW, kind="edit", origin=UNKNOWN) as operation:
        edits.edit(operation, 1, {"notes": "of 0.1.0"})
    edit(maps, 1, notes="newer")
    undo(maps, 3)
    assert origins(maps, "notes") == [UNKNOWN, PERSON, UNKNOWN]
    assert maps.value("SELECT count(*) FROM changes WHERE origin IS NULL") == 2


def test_an_origin_of_a_step_that_failed_is_stored_again_with_the_next(maps: Store) -> None:
    with begin_operation(maps, "refresh", NOW, kind="refresh") as trial:
        pass
    operation = type(trial)(maps, "refresh", NOW, "refresh", Origin("host", "example.org"))
    with pytest.raises(RuntimeError), operation.step():
        operation.change("packages", 1, {"notes": "a"})
        raise RuntimeError
    with operation.step():
        operation.change("packages", 1, {"notes": "b"})
    assert origins(maps, "notes") == [Origin("host", "example.org")]


def test_a_digest_without_edits_leaves_out_edits_and_their_undos_by_kind(maps: Store) -> None:
    with begin_operation(maps, "refresh me", NOW, kind="edit") as operation:
        edits.edit(operation, 1, {"repo_watchers": 5})
    undo(maps, 2)
    undo(maps, 3)
    later = NOW + timedelta(days=1)
    with begin_operation(maps, "edit it", later, kind="import") as operation:
        edits.merge(operation, 1, {"repo_forks": 4})
    steps = news.since(maps, 2, 0, ["repo_watchers", "repo_forks"], every_change=False)
    assert [step.field for step in steps] == ["repo_forks"]
    assert packages.find(maps, "maps") == 1


def tell_documentation(store: Store) -> None:
    told = refresh_store.SourceUpdate("pypi", {"documentation_url": "https://d.example.org/"}, "{}")
    with begin_operation(store, "refresh", NOW, kind="refresh") as operation:
        refresh_store.record(operation, 1, [told], [], NOW, complete=True)


def test_a_documentation_is_a_hosts_where_no_person_set_one(maps: Store) -> None:
    """It has a column in both tables."""
    tell_documentation(maps)
    assert writers.read_origins(maps, 1)["documentation_url"] == PYPI
    assert writers.read_origins_of(maps, [1])[1].fields["documentation_url"] == PYPI
    edit(maps, 1, documentation_url="https://mine.example.org/")
    assert writers.read_origins(maps, 1)["documentation_url"] == PERSON
    undo(maps, 3)
    assert writers.read_origins(maps, 1)["documentation_url"] == PYPI


def test_a_documentation_that_a_person_added_with_the_package_stays_a_persons(
    store: Store,
) -> None:
    add(store, "maps", pypi_url="maps", documentation_url="https://mine.example.org/")
    tell_documentation(store)
    assert writers.read_origins(store, 1)["documentation_url"] == PERSON


def test_a_documentation_that_was_taken_back_came_from_nobody(maps: Store) -> None:
    tell_documentation(maps)
    undo(maps, 2)
    assert "documentation_url" not in writers.read_origins(maps, 1)
