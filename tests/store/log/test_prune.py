"""Pruning: one value a month of old numbers, and all that a person did."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.errors import Conflict
from pkgcat.store import Store, edits
from pkgcat.store import refresh_store as facts
from pkgcat.store.log import as_of as past
from pkgcat.store.log import history, undo
from pkgcat.store.log.prune import prune
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import open_empty_catalog
from tests.store.checks import add, check_whole, edit, exported

START = datetime(2025, 1, 1, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
END = START + 365 * DAY


def refresh(store: Store, key: int, now: datetime, **values: Any) -> None:
    operation = Operation(store, "refresh --all", now, "refresh")
    with operation.step():
        facts.record(
            operation, key, [facts.SourceUpdate("repository", values, "{}")], [], now, complete=True
        )


@pytest.fixture(scope="module")
def made_year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A catalog of one package, made once, and the package's key: its stars and weeks moved every
    day of 2025, with a release and an edit in May.
    """
    catalog = tmp_path_factory.mktemp("year") / "catalog.db"
    with open_empty_catalog(catalog) as store:
        store.connection.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here
        return catalog, make_year(store)


@pytest.fixture
def year(made_year: tuple[Path, int], store: Store) -> int:
    """The package of that catalog in this test's own copy."""
    catalog, key = made_year
    with closing(sqlite3.connect(catalog)) as source:
        source.backup(store.connection)
    return key


def make_year(store: Store) -> int:
    key = add(store, "a", START, repo_watchers=0, pypi_version="1.0")
    weeks = (0,) * 52
    for day in range(1, 365):
        weeks = (*weeks[1:], day % 7)
        refresh(store, key, START + day * DAY, repo_watchers=day, commits_over_52=weeks)
        if day == 130:
            refresh(store, key, START + day * DAY + DAY / 4, pypi_version="1.1")
            edit(store, key, START + day * DAY + DAY / 3, title="Mine")
        if day == 135:
            edit(store, key, START + day * DAY + DAY / 3, repo_watchers=1_000_000)
            with begin_operation(
                store, "edit", START + day * DAY + DAY / 2, kind="edit"
            ) as operation:
                edits.unpin(operation, key, {"repo_watchers"})
    return key


def values(store: Store, key: int, field: str) -> list[tuple[str, Any]]:
    """What a field became, oldest first, and when."""
    return [(step.at[:10], step.new) for step in reversed(list(history.steps(store, key, [field])))]


def test_each_month_keeps_its_last_number(store: Store, year: int) -> None:
    before = exported(store)
    done = prune(store, END)
    assert done.after < done.before / 10
    assert exported(store) == before
    check_whole(store)
    stars = values(store, year, "repo_watchers")
    months = [at[:7] for at, _ in stars]
    assert sorted(set(months)) == [f"2025-{month:02}" for month in range(1, 13)]
    assert {month: months.count(month) for month in months} == {
        **dict.fromkeys(months, 1),
        "2025-05": 4,  # up to the edit, the edit, what the source said, and on from there
    }
    assert stars[0] == ("2025-01-31", 30)
    assert ("2025-05-16", 1_000_000) in stars
    assert stars[-1] == ("2025-12-31", 364)
    assert len(values(store, year, "commits_over_52")) == 12
    assert values(store, year, "commits_over_52")[0][1] == str(
        [0] * 22 + [d % 7 for d in range(1, 31)]
    ).replace(" ", "")


def test_what_people_did_and_releases_stay(store: Store, year: int) -> None:
    prune(store, END)
    assert values(store, year, "title") == [("2025-05-11", "Mine")]
    assert values(store, year, "pypi_version") == [("2025-05-11", "1.1")]


def test_the_last_day_of_a_month_is_seen_as_it_was(store: Store, catalog: Path, year: int) -> None:
    moments = [datetime(2025, month, 1, tzinfo=UTC) for month in range(2, 13)]
    seen = {}
    for moment in moments:
        with Store.read(catalog, explicit=True) as before:
            past.go_back(before, moment, END)
            seen[moment] = exported(before)
    prune(store, END)
    for moment in moments:
        with Store.read(catalog, explicit=True) as before:
            past.go_back(before, moment, END)
            assert exported(before) == seen[moment], moment


def test_only_what_is_older_is_pruned(store: Store, year: int) -> None:
    prune(store, datetime(2025, 6, 1, tzinfo=UTC))
    stars = values(store, year, "repo_watchers")
    assert len([at for at, _ in stars if at >= "2025-06-01"]) == 214
    assert len([at for at, _ in stars if at < "2025-05-01"]) == 4


def test_a_dry_run_prunes_nothing_and_a_second_prune_has_nothing_to_do(
    store: Store, year: int
) -> None:
    dry = prune(store, END, dry_run=True)
    assert not dry.shrunk
    assert prune(store, END) == dry._replace(shrunk=True)
    assert prune(store, END) == (dry.after, dry.after, False)


def test_a_pruned_refresh_cannot_be_undone_and_a_persons_operation_can(
    store: Store, year: int
) -> None:
    prune(store, END)
    for step in history.steps(store, year, ["commits_over_52"]):
        with pytest.raises(Conflict, match="was pruned"):
            history.entry(store, step.operation)
    renamed = [one.id for one in history.listed(store) if one.command == "edit"][-1]
    with begin_operation(store, "undo", END, kind="undo") as operation:
        undo.undo(operation, renamed)
    assert values(store, year, "title")[-1][1] == "a"


def test_what_was_undone_stays_as_it_was(store: Store) -> None:
    key = add(store, "a", START, repo_watchers=1)
    for day in (1, 2, 3):
        refresh(store, key, START + day * DAY, repo_watchers=10 * day)
    with begin_operation(store, "undo 4 (refresh)", START + 4 * DAY, kind="undo") as operation:
        undo.undo(operation, 4)
    prune(store, END)
    with begin_operation(store, "undo 5", END, kind="undo") as operation:
        undo.undo(operation, history.entry(store, 5).id)
    assert store.value("SELECT repo_watchers FROM facts") == 30
    assert [new for _, new in values(store, key, "repo_watchers")] == [20, 30, 20, 30]


def test_refreshes_of_which_nothing_is_left_go_and_no_other_operation(
    store: Store, year: int
) -> None:
    before = [one for one in history.listed(store) if one.kind != "refresh"]
    prune(store, END)
    listed = history.listed(store)
    assert [one for one in listed if one.kind != "refresh"] == before
    assert all(one.changes for one in listed if one.kind == "refresh")
    assert len(listed) < 20


def test_a_number_that_came_back_within_a_month_leaves_no_change(store: Store) -> None:
    key = add(store, "a", START, repo_watchers=1)
    for day, stars in ((1, 5), (2, 1)):
        refresh(store, key, START + day * DAY, repo_watchers=stars)
    prune(store, END)
    assert values(store, key, "repo_watchers") == []


def test_a_prune_counts_though_the_file_cannot_be_made_smaller(store: Store, year: int) -> None:
    """VACUUM fails while a query is read, as it does where the disk has no room for a copy."""
    reading = store.rows("SELECT 1 UNION ALL SELECT 2")
    assert reading.fetchone() == (1,)
    done = prune(store, END)
    assert (done.after < done.before / 10, done.shrunk) == (True, False)
    assert len(values(store, year, "commits_over_52")) == 12


def test_history_is_append_only_again_after_a_prune(store: Store, year: int) -> None:
    import sqlite3

    prune(store, END)
    for sql in (
        "DELETE FROM changes",
        "UPDATE operations SET command = ''",
        "DELETE FROM operations",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.rows(sql)


def test_the_file_gets_smaller(store: Store, catalog: Path, year: int) -> None:
    before = catalog.stat().st_size
    prune(store, END)
    assert catalog.stat().st_size < before


def test_an_operation_of_a_clock_ahead_keeps_nothing_from_being_pruned(store: Store) -> None:
    key = add(store, "a", START, repo_watchers=0)
    refresh(store, key, START.replace(year=2031), repo_watchers=1)
    for day in range(1, 20):
        refresh(store, key, START + day * DAY, repo_watchers=1 + day)
    prune(store, END)
    assert [number for _, number in values(store, key, "repo_watchers")] == [1, 20]
