"""The state of a package, against a plain model of the table in which it is promised."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat.model.days import CalendarSpan
from pkgcat.model.query import Query
from pkgcat.model.states import STATES
from pkgcat.model.types import DATETIME, TEXT_LIST
from pkgcat.store import Store, edits, packages
from pkgcat.store.ask import select_in
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW, open_empty_catalog
from tests.store.checks import add, edit, plan, slugs
from tests.store.log.test_as_of import then

TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=800)
FETCHED = {"last_fetched": NOW, "last_updated": NOW}

HOLDS: dict[str, dict[str, Any]] = {
    "gone": {"gone": ("repository",)},
    "quarantined": {"pypi_status": "quarantined"},
    "vulnerable": {"pypi_vulnerabilities": ("PYSEC-1", "PYSEC-2")},
    "yanked": {"pypi_yanked": True, "pypi_version": "1.2"},
    "deprecated": {"pypi_status": "deprecated"},
    "archived": {"repo_archived": True},
    "replaced": {"replaced_by": "other"},
    "inactive": {"last_updated": LONG_AGO},
    "finished": {"finished_until": TODAY},
    "unknown": {"last_fetched": None, "last_updated": None},
}
"""For each state values that make it hold, beside those of a package that is ok."""

REASONS = {
    "gone": ["gone: repository"],
    "quarantined": ["quarantined: on PyPI"],
    "vulnerable": ["vulnerable: PYSEC-1", "vulnerable: PYSEC-2"],
    "yanked": ["yanked: 1.2"],
    "deprecated": ["deprecated: deprecated on PyPI"],
    "archived": ["archived: repository"],
    "replaced": ["replaced: other"],
    "inactive": [f"inactive: since {LONG_AGO.date()}"],
    "finished": [f"finished: until {TODAY}"],
    "unknown": ["unknown: never fetched"],
}


def judge(store: Store, slug: str, now: datetime = NOW) -> tuple[str, list[str]]:
    """Return the state of a package at a moment, and its reasons."""
    query = Query(now, key=packages.find(store, slug))
    ((state, reasons),) = packages.rows(store, ["state", "state_reasons"], query)
    listed = TEXT_LIST.from_sql(reasons)
    assert isinstance(listed, tuple)
    return str(state), list(map(str, listed))


@pytest.mark.parametrize("state", HOLDS)
def test_each_row_of_the_table_is_a_state_with_its_reason(store: Store, state: str) -> None:
    add(store, "a", **FETCHED | HOLDS[state])
    assert judge(store, "a") == (state, REASONS[state])


def test_what_none_of_them_holds_of_is_ok_and_has_no_reason(store: Store) -> None:
    add(store, "a", **FETCHED, pypi_status="active", pypi_yanked=False, repo_archived=False)
    assert judge(store, "a") == ("ok", [])


@pytest.mark.parametrize("state", [state for state in HOLDS if state != "unknown"])
def test_the_first_row_that_holds_is_the_state_and_all_reasons_are_told(
    store: Store, state: str
) -> None:
    later = list(HOLDS)[list(HOLDS).index(state) + 1 : -1]
    if state == "inactive":
        later.remove("finished")
    values: dict[str, Any] = dict(FETCHED)
    for other in later:
        values |= HOLDS[other]
    add(store, "a", **values | HOLDS[state])
    found, reasons = judge(store, "a")
    assert found == state
    if state in ("gone", "vulnerable", "yanked", "archived"):
        assert reasons[len(REASONS[state]) :][-1] == REASONS["finished"][0]
        assert REASONS["replaced"][0] in reasons


def test_archived_on_pypi_is_deprecated_and_archived_on_its_host_archived(store: Store) -> None:
    add(store, "a", **FETCHED, pypi_status="archived", repo_archived=True)
    reasons = ["deprecated: archived on PyPI", "archived: repository"]
    assert judge(store, "a") == ("deprecated", reasons)


@pytest.mark.parametrize(
    ("activity", "state"),
    [
        (datetime(2024, 8, 20, tzinfo=UTC), "inactive"),
        (datetime(2024, 8, 20, 23, 59, 59, 999999, tzinfo=UTC), "inactive"),
        (datetime(2024, 8, 21, tzinfo=UTC), "ok"),
    ],
)
@pytest.mark.parametrize("field", ["last_updated", "pypi_released"])
def test_18_months_after_the_day_of_its_last_commit_or_release_it_is_inactive(
    store: Store, activity: datetime, state: str, field: str
) -> None:
    add(store, "a", **{"last_fetched": NOW, field: activity})
    for hour in (0, 23):
        assert judge(store, "a", NOW.replace(hour=hour))[0] == state


def test_the_later_of_commit_and_release_counts(store: Store) -> None:
    add(store, "a", last_fetched=NOW, last_updated=LONG_AGO, pypi_released=NOW)
    add(store, "b", last_fetched=NOW, last_updated=NOW, pypi_released=LONG_AGO)
    assert judge(store, "a")[0] == judge(store, "b")[0] == "ok"


def test_without_any_commit_and_release_nothing_is_inactive(store: Store) -> None:
    add(store, "a", last_fetched=LONG_AGO)
    assert judge(store, "a")[0] == "ok"


def test_finished_lasts_through_its_day_and_then_it_is_judged_again(store: Store) -> None:
    add(store, "a", last_fetched=NOW, last_updated=LONG_AGO, finished_until=TODAY)
    assert judge(store, "a", NOW.replace(hour=23, minute=59))[0] == "finished"
    assert judge(store, "a", NOW.replace(hour=0) + timedelta(days=1))[0] == "inactive"


def test_facts_that_never_were_fetched_are_known_all_the_same(store: Store) -> None:
    add(store, "a", repo_watchers=5)
    assert judge(store, "a")[0] == "ok"


def test_the_setting_says_after_how_long_a_package_is_inactive(store: Store) -> None:
    add(store, "a", last_fetched=NOW, last_updated=NOW - timedelta(days=90, hours=13))
    assert judge(store, "a")[0] == "ok"
    store.read_inactive_after = lambda: CalendarSpan(days=90)
    assert judge(store, "a")[0] == "inactive"
    assert slugs(store, states=("inactive",)) == ["a"]
    store.read_inactive_after = lambda: CalendarSpan(days=3_000_000)
    assert judge(store, "a")[0] == "ok"


def test_the_setting_is_read_only_where_the_answer_depends_on_it(store: Store) -> None:
    def read() -> CalendarSpan:
        raise AssertionError

    add(store, "a", **FETCHED)
    store.read_inactive_after = read
    assert list(packages.rows(store, ["slug"], Query(NOW))) == [("a",)]
    assert slugs(store, states=("archived", "vulnerable")) == []


def test_the_state_of_the_past_is_that_of_its_day_and_its_facts(
    store: Store, catalog: Path
) -> None:
    before, after = NOW - timedelta(days=400), NOW - timedelta(days=100)
    active = NOW - timedelta(days=700)
    key = add(store, "a", before, last_fetched=before, last_updated=active)
    edit(store, key, after, repo_archived=True)
    assert judge(store, "a")[0] == "archived"
    for moment, state in [(before, "ok"), (after - timedelta(days=1), "inactive")]:
        with then(catalog, moment) as past:
            assert judge(past, "a", moment)[0] == state
            assert [row[0] for row in packages.rows(past, ["slug"], Query(moment, states=(state,)))]


def test_a_package_that_was_refreshed_since_was_not_unknown_before(
    store: Store, catalog: Path
) -> None:
    before = NOW - timedelta(days=3)
    key = add(store, "a", before, last_fetched=before, last_updated=before)
    store.rows("UPDATE facts SET last_fetched = ? WHERE key = ?", (DATETIME.to_sql(NOW), key))
    with then(catalog, before) as past:
        assert judge(past, "a", before)[0] == "ok"


def test_filters_find_the_states_that_are_asked_for(store: Store) -> None:
    add(store, "ok", **FETCHED)
    for state, values in HOLDS.items():
        add(store, state, **FETCHED | values)
    for state in STATES:
        assert slugs(store, states=(state,)) == [state]
    assert slugs(store, states=("ok", "gone")) == ["gone", "ok"]
    assert slugs(store, states=STATES) == sorted(STATES)


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("ok", "inactive")])
def test_an_index_finds_a_state(store: Store, state: str) -> None:
    told = plan(store, *select_in(store, "p.slug", Query(NOW, states=(state,))))
    assert "SCAN facts" not in told.replace("SCAN facts USING", "")
    assert "SCAN packages" not in told.replace("SCAN packages USING", "")


def expect(values: dict[str, Any], now: datetime) -> str:
    """Judge as choose.md does, row by row."""
    activity = [values[name] for name in ("last_updated", "pypi_released") if values.get(name)]
    finished = values.get("finished_until")
    is_finished = finished is not None and finished >= now.date()
    known = ("last_fetched", "last_updated", "repo_watchers", "pypi_version")
    status = values.get("pypi_status")
    table = [
        ("gone", values.get("gone")),
        ("quarantined", status == "quarantined"),
        ("vulnerable", values.get("pypi_vulnerabilities")),
        ("yanked", values.get("pypi_yanked")),
        ("deprecated", status in ("deprecated", "archived")),
        ("archived", values.get("repo_archived")),
        ("replaced", values.get("replaced_by")),
        (
            "inactive",
            activity and not is_finished and is_18_months_ago(max(activity).date(), now.date()),
        ),
        ("finished", is_finished),
        ("unknown", all(values.get(name) is None for name in known)),
        ("ok", True),
    ]
    return next(state for state, holds in table if holds)


def is_18_months_ago(day: date, today: date) -> bool:
    """Compare year, month and day as people do: the last day of a short month stands for those
    that it lacks.
    """
    months = (today.year - day.year) * 12 + today.month - day.month
    last_of_month = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if months != 18:
        return months > 18
    if today == last_of_month and today.day < day.day:
        return False
    return today.day >= day.day


MOMENTS = st.integers(0, 730 * 24).map(
    lambda hours: datetime(2023, 6, 1, tzinfo=UTC) + timedelta(hours=hours)
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "gone": st.sampled_from([(), ("pypi",), ("repository", "pypi")]),
        "pypi_status": st.sampled_from(["active", "quarantined", "deprecated", "archived", "new"]),
        "pypi_vulnerabilities": st.sampled_from([(), ("PYSEC-1",), ('"\\é,', "x: y")]),
        "pypi_yanked": st.booleans(),
        "pypi_version": st.sampled_from(["1.0", 'odd "1"']),
        "repo_archived": st.booleans(),
        "repo_watchers": st.integers(0, 3),
        "replaced_by": st.just("other"),
        "last_updated": MOMENTS,
        "pypi_released": MOMENTS,
        "last_fetched": MOMENTS,
        "finished_until": st.dates(date(2026, 2, 17), date(2026, 2, 23)),
    },
)


@settings(max_examples=60)
@given(st.lists(VALUES, min_size=1, max_size=20), st.integers(0, 400))
def test_sql_judges_as_a_plain_model_does(
    tmp_path_factory: pytest.TempPathFactory, given_values: list[dict[str, Any]], hours: int
) -> None:
    now = NOW - timedelta(hours=200) + timedelta(hours=hours)
    path = tmp_path_factory.mktemp("judged") / "catalog.db"
    with open_empty_catalog(path) as store:
        with begin_operation(store, "add", NOW, kind="add") as operation:
            for number, values in enumerate(given_values):
                edits.add(operation, {"slug": f"p{number:02}", **values})
        expected = {f"p{n:02}": expect(values, now) for n, values in enumerate(given_values)}
        names = ["slug", "state", "state_reasons"]
        found = list(packages.rows(store, names, Query(now)))
        assert {slug: state for slug, state, _ in found} == expected
        for _, state, stored in found:
            reasons = TEXT_LIST.from_sql(stored)
            assert isinstance(reasons, tuple)
            words = [str(reason).split(": ")[0] for reason in reasons]
            assert words == sorted(words, key=STATES.index)
            assert words[:1] == ([] if state == "ok" else [state])
        for state in STATES:
            having = sorted(slug for slug, word in expected.items() if word == state)
            listed = packages.rows(store, ["slug"], Query(now, states=(state,)))
            assert [row[0] for row in listed] == having
