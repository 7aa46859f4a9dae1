"""Values as people read them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.render.values import age, number, spark, squeeze, text_of
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
    assert age(NOW - before, NOW) == said


@given(st.lists(st.integers(0, 10**6), max_size=60), st.integers(1, 60))
def test_a_sparkline_fits_and_shows_every_commit(weeks: list[int], width: int) -> None:
    columns = squeeze(weeks, width)
    assert len(columns) <= width
    assert sum(columns) == sum(weeks)
    for unicode in (True, False):
        line = spark(weeks, width, unicode=unicode)
        assert len(line) == len(columns)
        assert line.isascii() or unicode
    drawn = spark(weeks, width)
    assert [character == "·" for character in drawn] == [count == 0 for count in columns]
    if any(columns):
        assert drawn[columns.index(max(columns))] == "█"


def test_plain_values() -> None:
    assert number(12345) == "12,345"
    assert [text_of("bool", value) for value in (None, 0, 1)] == ["", "no", "yes"]
    assert text_of("strs", '["a", "b\\u001b[0m"]') == "a, b"
    assert text_of("ints", "[1,2]") == "1,2"
