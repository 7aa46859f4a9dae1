"""52 windows of seven days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pkgcat.sources.base import Known, Memory
from pkgcat.sources.weeks import WEEK, YEAR, count, quiet, shift

END = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_edges_of_a_window() -> None:
    assert count([END], END)[-1] == 1
    assert count([END - WEEK], END)[-1] == 1
    assert count([END - WEEK - SECOND], END)[-2] == 1
    assert count([END - YEAR], END)[0] == 1
    assert sum(count([END - YEAR - SECOND, END + SECOND], END)) == 0


@given(st.lists(st.integers(0, 51 * 7 * 86400 - 1), max_size=20), st.integers(0, 60))
def test_shifting_is_counting_later(ages: list[int], passed: int) -> None:
    dates = [END - timedelta(seconds=age) for age in ages if age]
    now = END + passed * WEEK + SECOND
    weeks, end = shift(count(dates, END), END, now)
    assert weeks == count(dates, end)
    assert end <= now < end + WEEK


def test_short_and_unknown_weeks_stay_so() -> None:
    assert shift((1, 2, 3), END, END + WEEK) == ((2, 3, 0), END + WEEK)
    assert shift((1, 2), END, END - WEEK) == ((1, 2), END)
    memory = Memory(counted=END)
    assert quiet(Known("a/b", {}, memory), END + WEEK) == ({}, memory)
    assert quiet(Known("a/b", {"commits_over_52": (1,)}), END) == ({}, Memory())
