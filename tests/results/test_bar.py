"""A number as a bar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.results.bar import draw_bar
from pkgcat.results.sparkline import draw_sparkline


@pytest.mark.parametrize(
    ("value", "drawn", "drawn_in_ascii"),
    [
        (0, "", ""),
        (-3, "", ""),
        (1, "▏", "#"),
        (500, "██", "##"),
        (560, "██▏", "##"),
        (1000, "████", "####"),
    ],
)
def test_a_bar_is_as_long_as_its_part_of_the_most(
    value: int, drawn: str, drawn_in_ascii: str
) -> None:
    assert draw_bar(value, 1000, 4) == drawn
    assert draw_bar(value, 1000, 4, unicode=False) == drawn_in_ascii


@given(st.integers(0, 2**63), st.integers(0, 2**63), st.integers(1, 60), st.booleans())
def test_a_bar_has_room_and_is_seen_where_there_is_something(
    value: int, more: int, width: int, unicode: bool
) -> None:
    bar = draw_bar(value, value + more, width, unicode=unicode)
    assert len(bar) <= width
    assert bool(bar) == (value > 0)


def test_sparklines_may_have_one_scale() -> None:
    assert draw_sparkline((16, 8), 2) == "█▄"
    assert draw_sparkline((16, 8), 2, most=32) == "▄▂"
    assert draw_sparkline((16, 8), 2, most=3) == "█▄"
