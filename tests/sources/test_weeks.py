"""52 windows of seven days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.source_data import RefreshMemory, StoredPackage
from pkgcat.sources.weeks import WEEK, YEAR, advance_weeks, count_by_week, shift_weeks

END = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_edges_of_a_window() -> None:
    assert count_by_week([END], END)[-1] == 1
    assert count_by_week([END - WEEK], END)[-1] == 1
    assert count_by_week([END - WEEK - SECOND], END)[-2] == 1
    assert count_by_week([END - YEAR], END)[0] == 1
    assert sum(count_by_week([END - YEAR - SECOND, END + SECOND], END)) == 0


@given(st.lists(st.integers(0, 51 * 7 * 86400 - 1), max_size=20), st.integers(0, 60))
def test_shifting_is_counting_later(ages: list[int], passed: int) -> None:
    dates = [END - timedelta(seconds=age) for age in ages if age]
    now = END + passed * WEEK + SECOND
    weeks, end = shift_weeks(count_by_week(dates, END), END, now)
    assert weeks == count_by_week(dates, end)
    assert end <= now < end + WEEK


def test_short_and_unknown_weeks_stay_so() -> None:
    assert shift_weeks((1, 2, 3), END, END + WEEK) == ((2, 3, 0), END + WEEK)
    assert shift_weeks((1, 2), END, END - WEEK) == ((1, 2), END)
    memory = RefreshMemory(counted=END)
    assert advance_weeks(StoredPackage("a/b", {}, memory), END + WEEK) == ({}, memory)
    assert advance_weeks(StoredPackage("a/b", {"commits_over_52": (1,)}), END) == (
        {},
        RefreshMemory(),
    )
