"""Five years of nightly refreshes: how large the log grows, and how long it takes to look back."""

import json
import math
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import in_turn, pkgcat, python, run
from bench.startup import BARE
from pkgcat.model.fields import FIELDS
from pkgcat.model.types import Values
from pkgcat.services.record_import import store_record
from pkgcat.services.record_reader import read_records
from pkgcat.store import Store, packages
from pkgcat.store import refresh_store as facts
from pkgcat.store.operation import Operation, begin_operation
from pkgcat.store.refresh_store import SourceUpdate

_WEEKLY = 7


def rows(catalog: Path, records: Path, nights: int, times: int) -> list[tuple[str, str, str]]:
    """Return the size of the file, and the time to look back against a bare Typer program."""
    today = datetime.now(UTC).replace(hour=3, minute=30, second=0, microsecond=0)
    begun = today - timedelta(days=nights)
    with (
        Store.write(catalog, explicit=True, create=True) as store,
        records.open(encoding="utf-8") as text,
    ):
        store.rows("PRAGMA synchronous = OFF")
        with begin_operation(store, f"import {records.name}", begun, kind="import") as operation:
            for record in read_records(text):
                store_record(operation, record, overwrite=False)  # type: ignore[arg-type]  # there is no header
    before = catalog.stat().st_size
    changes = _live(catalog, records, begun, nights)
    size = catalog.stat().st_size
    named = {"PKGCAT_DB": str(catalog)}
    with records.open(encoding="utf-8") as lines:
        slug = json.loads(next(lines))["slug"]
    middle = f"{today - timedelta(days=nights // 2):%Y-%m-%d}"
    questions = (
        ("`changes --since 7d`", "1.5", pkgcat("changes", "--since", "7d")),
        ("`show X --at` the middle of it", "1.5", pkgcat("show", slug, "--json", "--at", middle)),
        ("`show X --json` today", "", pkgcat("show", slug, "--json")),
        ("`show X --why repo_watchers`", "", pkgcat("show", slug, "--why", "repo_watchers")),
        ("`history X`", "", pkgcat("history", slug)),
        ("`list --at` a month ago", "", pkgcat("list", "--limit", "20", "--at", "30d")),
        ("`list --at` the middle of it", "3", pkgcat("list", "--limit", "20", "--at", middle)),
    )
    unit, *found = in_turn(
        [(python(BARE), {}), *((command, named) for *_, command in questions)], times
    )
    pruned = catalog.with_name("pruned.db")
    shutil.copy(catalog, pruned)
    once = run(pkgcat("history", "--prune", "--before", "1y"), {"PKGCAT_DB": str(pruned)})
    table = [
        ("the file before", "", f"{before / 1e6:.1f} MB"),
        ("changes logged", "", f"{changes:,}, {changes / nights:,.0f} a night"),
        (
            "the file after",
            "90 MB",
            f"{size / 1e6:.0f} MB, {(size - before) / changes:.0f} bytes a change",
        ),
        ("a night on which nothing changed", "0 bytes", f"{_idle(catalog, today):,} changes"),
    ]
    table += [
        (what, f"{goal} of a bare program" if goal else "", f"{one.cpu / unit.cpu:.2f}")
        for (what, goal, _), one in zip(questions, found, strict=True)
    ]
    return [
        *table,
        (
            "`history --prune --before 1y`",
            "",
            f"{once.cpu:.0f} s, leaves {pruned.stat().st_size / 1e6:.0f} MB",
        ),
    ]


def _live(catalog: Path, records: Path, begun: datetime, nights: int) -> int:
    """Refresh on so many nights, and return how many changes were logged.

    Sources are invented, the store's own code stores what they tell. A package of which nothing is
    news is told only every hundredth night: it changes nothing but its `last_fetched`, which is no
    part of the log.
    """
    choose = random.Random(5)
    with Store.write(catalog, explicit=True, create=False) as store:
        store.rows("PRAGMA synchronous = OFF")
        with records.open(encoding="utf-8") as lines:
            repositories = [
                _Repository(packages.find(store, record["slug"]), record, choose)
                for record in map(json.loads, lines)
            ]
        before = store.value("SELECT count(*) FROM changes")
        for night in range(1, nights + 1):
            at = begun + timedelta(days=night)
            with begin_operation(store, "refresh --all", at, kind="refresh") as operation:
                for one in repositories:
                    _store(operation, one, night, at)
        return int(store.value("SELECT count(*) FROM changes")) - int(before)


def _store(operation: Operation, one: "_Repository", night: int, at: datetime) -> None:
    news = one.night(night, at)
    if news or night % 100 == 0:
        told = [SourceUpdate(half, dict(_half(news, half)), "{}") for half in facts.SOURCES]
        facts.record(operation, one.key, told, [], at, complete=True)


def _half(news: Values, half: str) -> Iterator[tuple[str, object]]:
    return (
        (name, value)
        for name, value in news.items()
        if name.startswith("pypi_") == (half == "pypi")
    )


def _idle(catalog: Path, today: datetime) -> int:
    """Refresh once more, each source telling what is stored; return how many changes that logs."""
    with Store.write(catalog, explicit=True, create=False) as store:
        store.rows("PRAGMA synchronous = OFF")
        before = store.value("SELECT count(*) FROM changes")
        names = "repo_watchers, repo_forks, repo_open_issues, commits_over_52, participants"
        for key, *stored in store.rows(f"SELECT key, {names} FROM facts").fetchall():
            kept = [json.loads(value) if isinstance(value, str) else value for value in stored]
            values = {
                name: FIELDS[name].parse(value)
                for name, value in zip(names.split(", "), kept, strict=True)
            }
            with begin_operation(store, "refresh --all", today, kind="refresh") as operation:
                facts.record(
                    operation,
                    key,
                    [SourceUpdate("repository", values, "{}")],
                    [],
                    today,
                    complete=True,
                )
        return int(store.value("SELECT count(*) FROM changes")) - int(before)


class _Repository:
    """A repository and its project as they live on: a fifth more stars a year, some pushed to
    every week or so.
    """

    def __init__(self, key: int, record: dict[str, object], choose: random.Random) -> None:
        self.key, self.choose = key, choose
        self.stars, self.forks = int(str(record["repo_watchers"])), int(str(record["repo_forks"]))
        self.issues, self.commits, self.version = (
            choose.randrange(60),
            choose.randrange(20, 3000),
            0,
        )
        weeks, people = record["commits_over_52"], record["participants"]
        assert isinstance(weeks, list)
        assert isinstance(people, list)
        self.weeks, self.people = weeks, people
        self.active = any(weeks)

    def night(self, night: int, at: datetime) -> Values:
        """Return what the sources tell anew."""
        news: Values = {}
        if more := self._some(self.stars * 0.0006):
            self.stars += more if self.choose.random() < 0.9 else -1
            news["repo_watchers"] = self.stars
        if more := self._some(self.forks * 0.0004):
            self.forks += more
            news["repo_forks"] = self.forks
        if self.choose.random() < (0.15 if self.active else 0.005):
            self.issues = max(0, self.issues + self.choose.choice((-1, 1)))
            news["repo_open_issues"] = self.issues
        if self.active and self.choose.random() < 0.1:
            news |= self._pushed(at)
        if night % _WEEKLY == 0 and any(self.weeks):
            self.weeks = [*self.weeks[1:], 0]
            news["commits_over_52"] = tuple(self.weeks)
        return news

    def _pushed(self, at: datetime) -> Values:
        count = self.choose.choice((1, 1, 2, 5))
        self.commits += count
        self.weeks = [*self.weeks[:-1], self.weeks[-1] + count]
        if self.choose.random() < 0.05:
            self.people = [*self.people, f"newcomer{self.choose.randrange(10**6)}"]
        news: Values = {
            "last_updated": at - timedelta(hours=self.choose.randrange(1, 24)),
            "repo_commit_count": self.commits,
            "commits_over_52": tuple(self.weeks),
            "participants": tuple(self.people),
        }
        if self.choose.random() < 0.15:
            self.version += 1
            news |= {
                "pypi_version": f"{9 + self.version // 20}.{self.version % 20}",
                "pypi_released": at,
            }
        return news

    def _some(self, mean: float) -> int:
        """Return how many of a rare thing there are tonight (Poisson)."""
        limit, count, product = math.exp(-min(mean, 50)), 0, self.choose.random()
        while product > limit:
            count += 1
            product *= self.choose.random()
        return count
