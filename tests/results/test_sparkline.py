"""Values as people read them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.model.types import BOOLEAN, INTEGER_LIST, TEXT_LIST
from pkgcat.model.wording import format_age, format_number
from pkgcat.results.sparkline import FULL_BLOCK, draw_sparkline, squeeze_weeks
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=59), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=31), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(before: timedelta, said: str) -> None:
    assert format_age(NOW - before, NOW) == said


@given(st.lists(st.integers(0, 10**6), max_size=60), st.integers(1, 60))
def test_a_sparkline_fits_and_shows_every_commit(weeks: list[int], width: int) -> None:
    columns = squeeze_weeks(weeks, width)
    assert len(columns) <= width
    assert sum(columns) == sum(weeks)
    for unicode in (True, False):
        line = draw_sparkline(weeks, width, unicode=unicode)
        assert len(line) == len(columns)
        assert line.isascii() or unicode
    drawn = draw_sparkline(weeks, width)
    assert [character == "·" for character in drawn] == [count == 0 for count in columns]
    if any(columns):
        assert (drawn[columns.index(max(columns))] == "█") is (max(columns) >= FULL_BLOCK)


def test_a_busiest_week_of_two_is_drawn_low_and_one_of_two_hundred_is_not() -> None:
    assert draw_sparkline([0, 1, 2, 4, 8], 5) == "·▁▂▄█"
    assert draw_sparkline([0, 50, 100, 200, 1], 5) == "·▂▄█▁"
    assert draw_sparkline([0, 2], 2, unicode=False) == " ."
    assert draw_sparkline([], 5) == ""


def test_plain_values() -> None:
    assert format_number(12345) == "12,345"
    assert [BOOLEAN.to_text(value) for value in (None, 0, 1)] == ["", "no", "yes"]
    assert TEXT_LIST.to_text('["a", "b\\u001b[0m"]') == "a, b"
    assert INTEGER_LIST.to_text("[1,2]") == "1,2"
