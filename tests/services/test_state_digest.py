"""What a digest tells of states: changes that nothing else tells, and what the days brought."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pkgcat.services import digest
from pkgcat.store import Store
from pkgcat.store import refresh_store as facts
from pkgcat.store.log.news import digested, remember_digest
from pkgcat.store.operation import begin_operation
from tests.commands.program import Program
from tests.conftest import NOW
from tests.store.checks import add, edit

DAY = timedelta(days=1)
TODAY = NOW.date()
LONG_AGO = NOW - 800 * DAY


def refresh(store: Store, key: int, days: int, **values: Any) -> None:
    with begin_operation(store, "refresh", NOW + days * DAY, kind="refresh") as operation:
        update = facts.SourceUpdate("repository", values, "{}")
        facts.record(operation, key, [update], [], operation.now, complete=True)


def news(store: Store, since: int, until: int) -> list[tuple[str, Any, Any]]:
    """Return what is news from one day to another, days counted from NOW."""
    start = digest.find_start(store, NOW + since * DAY)
    events = digest.read_events(store, start, None, NOW + until * DAY)
    return [(event.event, event.old, event.new) for event in events]


def test_a_commit_after_a_long_time_is_told_as_another_state(store: Store) -> None:
    key = add(store, "a", last_fetched=LONG_AGO, last_updated=LONG_AGO)
    refresh(store, key, 3, last_updated=NOW + 3 * DAY)
    assert news(store, 1, 4) == [("state", "inactive", "ok")]
    assert news(store, 4, 5) == []


def test_what_another_event_tells_is_not_told_twice(store: Store) -> None:
    key = add(store, "a", NOW - DAY, last_fetched=NOW, last_updated=NOW)
    refresh(store, key, 1, repo_archived=True)
    assert news(store, 0, 2) == [("archived", False, True)]


def test_what_a_person_did_and_a_first_refresh_are_no_news(store: Store) -> None:
    key = add(store, "a", NOW - DAY)
    refresh(store, key, 1, last_updated=NOW, repo_watchers=5)
    assert news(store, 0, 2) == []
    edit(store, key, NOW + 2 * DAY, replaced_by="b")
    assert news(store, 0, 3) == []


def test_a_package_becomes_inactive_on_one_day(store: Store) -> None:
    last = NOW.replace(year=2024, month=8, day=25)
    add(store, "a", NOW - 9 * DAY, last_fetched=NOW, last_updated=last, pypi_released=LONG_AGO)
    assert news(store, 0, 4) == []
    assert news(store, 4, 5) == [("inactive", None, last)]
    assert news(store, 0, 7) == [("inactive", None, last)]
    assert news(store, 5, 7) == []


def test_a_package_is_finished_no_more_on_the_day_after(store: Store) -> None:
    add(store, "a", NOW - 9 * DAY, last_updated=LONG_AGO, finished_until=TODAY + 2 * DAY)
    assert news(store, 0, 2) == []
    assert news(store, 2, 3) == [("unfinished", None, TODAY + 2 * DAY)]
    assert news(store, 3, 4) == []


def test_a_review_is_due_on_its_day(store: Store) -> None:
    add(store, "a", NOW - 9 * DAY, decision="hold", review_by=TODAY + 2 * DAY)
    assert news(store, 0, 1) == []
    assert news(store, 1, 2) == [("due", None, TODAY + 2 * DAY)]
    assert news(store, 2, 3) == []


@pytest.fixture
def told(store: Store, catalog: Path) -> Program:
    """A catalog of a package of each kind of news of days, as of today."""
    values = {"last_fetched": NOW, "last_updated": NOW}
    add(store, "due", **values, decision="hold", review_by=TODAY + DAY)
    add(store, "claimed", last_updated=LONG_AGO, finished_until=TODAY)
    return Program(catalog)


def test_the_digest_tells_it_in_words(told: Program) -> None:
    before = (NOW - 9 * DAY).strftime("%Y-%m-%d")
    letter = told("changes", "--since", before).out
    assert f"No longer finished\n  claimed  since the end of {TODAY}\n" in letter
    assert f"To be reviewed\n  due  by {TODAY + DAY}\n" in letter
    markdown = told("changes", "--since", before, "--format", "markdown").out
    assert f"- **due**: by {TODAY + DAY}\n".replace("-0", "-0") in markdown.replace("\\", "")
    rows = told("changes", "--since", before, "--json", "--fields", "event,slug,operation").out
    assert '{"event": "due", "slug": "due", "operation": null}' in rows.replace("\n", "")


def test_the_last_digest_is_also_a_moment(told: Program) -> None:
    assert "To be reviewed" in told("changes", "--since", "last").out
    assert told("changes", "--since", "last").out.endswith(": none\n")


def test_where_a_digest_ended_is_kept_with_its_time(store: Store) -> None:
    add(store, "a")
    remember_digest(store, "last", 1, NOW)
    assert digested(store, "last") == (1, "2026-02-20T12:30:15.250000Z")
    start = digest.find_last_end(store, "last")
    assert start == (0, 1, NOW)
