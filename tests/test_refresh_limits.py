"""refresh against hosts that send 100,000 of everything: linear work, short transactions, a
run that can end.
"""

import asyncio
import json
import selectors
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.responses import Answer
from pkgcat.model import limits
from pkgcat.model.query import Query
from pkgcat.model.source_data import Validators
from pkgcat.services.refresh import RefreshedPackage, refresh_each
from pkgcat.sources.interface import Fetcher
from pkgcat.store import Store
from pkgcat.store import refresh_store as facts
from pkgcat.store.log import history
from pkgcat.store.operation import Operation
from tests import hostile_hosts
from tests.cpu import cpu_limit
from tests.hostile_hosts import MANY, NAMES, Hosts, Name
from tests.online import add, record
from tests.sources import fakes
from tests.sources.fakes import LAST, NOW, FakeFetcher

CPU_SECONDS = 20
"""Several times what linear work takes on a slow machine; quadratic work takes minutes to hours."""

LOCK_SECONDS = 3
"""A transaction may compute for so long. Another program is to wait for less than a second for its
turn to write; beside other load, the same work takes two or three times the processor time.
"""

ADDRESSES = {
    "github": {"repo_url": "https://github.com/ann/maps"},
    "gitlab": {"repo_url": "https://gitlab.com/ann/maps"},
    "forgejo": {"repo_url": "https://codeberg.org/ann/maps"},
    "bitbucket": {"repo_url": "https://bitbucket.org/ann/maps"},
    "pypi": {"pypi_url": "maps"},
}
WORLDS: dict[str, Callable[[Name, datetime], dict[str, Any]]] = {
    "github": hostile_hosts.github,
    "gitlab": hostile_hosts.gitlab,
    "forgejo": hostile_hosts.forgejo,
    "bitbucket": hostile_hosts.bitbucket,
    "pypi": hostile_hosts.pypi,
}


class Locks:
    """How long each transaction of a connection computed, in seconds."""

    def __init__(self, store: Store) -> None:
        self.held: list[float] = []
        self._began = 0.0
        store.connection.set_trace_callback(self._hear)

    def _hear(self, statement: str) -> None:
        if statement.startswith("BEGIN"):
            self._began = time.thread_time()
        elif statement.startswith(("COMMIT", "ROLLBACK")):
            self.held.append(time.thread_time() - self._began)


def refreshing(
    store: Store, fetcher: Fetcher, *, moment: datetime = NOW, token: str | None = None
) -> AsyncGenerator[RefreshedPackage]:
    """Begin to refresh every package."""

    def where(kind: str, host: str) -> Endpoint:
        return make_endpoint(kind, host, token=token if kind == "github" else None)

    operation, keys = (
        Operation(store, "refresh --all", NOW, "refresh"),
        facts.due_keys(store, Query(NOW)),
    )
    return refresh_each(operation, keys, fetcher, where, {}, lambda: moment)


def refresh(
    store: Store,
    fetcher: Fetcher,
    *,
    moment: datetime = NOW,
    token: str | None = None,
    listen: Callable[[], None] = lambda: None,
) -> dict[str, RefreshedPackage]:
    """Refresh every package within CPU_SECONDS; `listen` is called as each is told."""

    async def all_of_it() -> dict[str, RefreshedPackage]:
        found: dict[str, RefreshedPackage] = {}
        async for one in refreshing(store, fetcher, moment=moment, token=token):
            listen()
            found[one.slug] = one
        return found

    with cpu_limit(CPU_SECONDS):
        return asyncio.run(all_of_it())


@pytest.fixture
def rival(store: Store, catalog: Path) -> Iterator[Callable[[], None]]:
    """Another program that writes without any patience: it fails where the refresh holds the
    lock.
    """
    with closing(sqlite3.connect(catalog, timeout=0, isolation_level=None)) as other:

        def write() -> None:
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE packages SET notes = 'mine' WHERE slug = 'other'")
            other.execute("COMMIT")

        yield write


@pytest.mark.long
@pytest.mark.parametrize("kind", ADDRESSES)
def test_lists_of_100_000_items_cost_little_and_let_others_write(
    store: Store, rival: Callable[[], None], kind: str
) -> None:
    add(store, "maps", **ADDRESSES[kind])
    add(store, "other", pypi_url="other")
    locks = Locks(store)
    honest = {path.replace("maps", "other"): answer for path, answer in fakes.pypi().items()}
    for days, name in enumerate(NAMES.values()):
        answers = WORLDS[kind](name, LAST + timedelta(days=days)) | honest
        found = refresh(
            store, Hosts(answers, rival), moment=NOW + timedelta(days=days), listen=rival
        )
        assert (found["maps"].status, found["maps"].errors) == ("changed", ())
        assert found["other"].errors == ()
        told = record(store, "maps")
        assert len(told["participants"]) <= limits.MAX_PARTICIPANTS
        assert len(told["pypi_classifiers"]) <= limits.MAX_ITEMS
        assert len(told["pypi_vulnerabilities"]) <= limits.MAX_ITEMS
        assert told["participants"] or (told["pypi_classifiers"] and told["pypi_vulnerabilities"])
    assert record(store, "other")["notes"] == "mine"
    assert max(locks.held) < LOCK_SECONDS


def test_a_batch_with_100_000_errors_and_commits_costs_little(
    store: Store, rival: Callable[[], None]
) -> None:
    add(store, "maps", **ADDRESSES["github"])
    locks = Locks(store)
    found = refresh(
        store, Hosts(hostile_hosts.github(NAMES["all different"], LAST), rival), token="canary"
    )
    assert found["maps"].status == "changed"
    assert record(store, "maps")["repo_commit_count"] == 3
    assert max(locks.held) < LOCK_SECONDS


def test_100_000_weeks_harm_nobody(store: Store) -> None:
    add(store, "maps", **ADDRESSES["github"])
    answers = hostile_hosts.github(NAMES["all different"], LAST)
    answers["repos/ann/maps/stats/participation"] = {"all": [1] * MANY}
    refresh(store, Hosts(answers))
    assert len(record(store, "maps")["commits_over_52"]) in (0, 52)


@pytest.mark.parametrize("old", ["all different", "two by turns"])
def test_a_list_of_100_000_that_is_stored_already_is_replaced_in_a_short_transaction(
    store: Store, old: str
) -> None:
    before = tuple(map(NAMES[old], range(MANY)))
    key = add(store, "maps", **ADDRESSES["github"], participants=before)
    locks = Locks(store)
    answers = hostile_hosts.github(NAMES["all different, backwards"], LAST)
    refresh(store, Hosts(answers))
    assert max(locks.held) < LOCK_SECONDS
    after = [f"name {MANY - n}" for n in range(limits.MAX_PARTICIPANTS)]
    assert record(store, "maps")["participants"] == after
    (step,) = history.steps(store, key, ["participants"])
    assert tuple(json.loads(step.old)) == before


@pytest.mark.parametrize("kind", ["gitlab", "forgejo", "bitbucket"])
def test_a_history_that_is_cut_has_no_known_number_of_commits(store: Store, kind: str) -> None:
    add(store, "maps", **ADDRESSES[kind])
    hosts = Hosts(WORLDS[kind](NAMES["two by turns"], LAST))
    refresh(store, hosts)
    assert record(store, "maps")["repo_commit_count"] is None
    assert sum(record(store, "maps")["commits_over_52"]) == limits.MAX_COMMITS
    assert sum("/commits?" in path or "/commits/main?" in path for path in hosts.asked) == 1


def test_a_validator_too_long_to_be_one_is_not_kept(store: Store) -> None:
    add(store, "maps", pypi_url="maps")
    project = fakes.pypi()
    stored = [Validators("json", '"x"' * 1_000, "Mon"), Validators("simple", '"1"', None)]
    for (path, answer), validators in zip(project.items(), stored, strict=True):
        project[path] = Answer(answer, where=path, validators=validators)
    refresh(store, FakeFetcher(project))
    assert facts.find_validators(store, "json") == Validators("json", None, "Mon")
    assert facts.find_validators(store, "simple") == Validators("simple", '"1"', None)


def test_an_error_that_nobody_foresaw_repeats_little_of_an_answer(store: Store) -> None:
    add(store, "maps", pypi_url="maps")
    found = refresh(store, FakeFetcher({"pypi/maps/json": ZeroDivisionError("x" * MANY)}))["maps"]
    assert found.status == "failed"
    assert len(found.errors[0]) < 300


def many_projects(store: Store, count: int) -> FakeFetcher:
    """Add projects whose answers are all there at once."""
    answers: dict[str, Any] = {}
    for number in range(count):
        name = f"maps{number}"
        add(store, name, pypi_url=name)
        answers |= {path.replace("maps", name): answer for path, answer in fakes.pypi().items()}
    return FakeFetcher(answers)


def test_a_time_budget_ends_a_run_whose_answers_are_all_there(store: Store) -> None:
    fetcher = many_projects(store, 20)

    async def until_the_first() -> int:
        told = 0
        refreshed = refreshing(store, fetcher)
        try:
            async with asyncio.timeout(None) as budget:
                async for _ in refreshed:
                    told += 1
                    budget.reschedule(0)  # the time is up
        except TimeoutError:
            pass
        finally:
            await refreshed.aclose()
        return told

    assert asyncio.run(until_the_first()) == 1
    assert store.value("SELECT count(*) FROM facts WHERE last_fetched IS NOT NULL") == 1


class SlowStorage(asyncio.SelectorEventLoop):
    """An event loop whose time is made: a wait takes as long as asked, a transaction 0.1
    seconds, all else none.
    """

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self.now = 1000.0
        self._selector.select = self._wait  # type: ignore[attr-defined]

    def time(self) -> float:
        return self.now

    def _wait(self, timeout: float | None = None) -> list[Any]:
        self.now += timeout or 0
        return []


def test_between_many_packages_others_get_their_turn_to_write(store: Store) -> None:
    fetcher = many_projects(store, 30)
    loop = SlowStorage()
    transactions: list[tuple[float, float]] = []

    def hear(statement: str) -> None:
        if statement.startswith("BEGIN"):
            transactions.append((loop.now, loop.now + 0.1))
            loop.now += 0.1

    async def all_of_it() -> int:
        return len([one async for one in refreshing(store, fetcher)])

    store.connection.set_trace_callback(hear)
    with closing(loop):
        assert loop.run_until_complete(all_of_it()) == 30
    assert len(transactions) == 30
    turns = [transactions[0][0]]
    turns += [end for (_, end), (begin, _) in pairwise(transactions) if begin - end > 0.1]
    turns.append(transactions[-1][1])
    longest = max(later - earlier for earlier, later in pairwise(turns))
    assert longest < LOCK_SECONDS, "SQLite looks every 0.1 seconds whether the lock is free"
    assert sum(begin - end for (_, end), (begin, _) in pairwise(transactions)) < 3
