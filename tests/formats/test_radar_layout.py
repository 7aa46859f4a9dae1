"""The layout of a radar: every package in its ring and sector, none on another, always the same."""

from itertools import combinations
from math import atan2, hypot, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.formats.radar_layout import RadarLayout, arrange_radar

_REACH = 16.5
"""The corners of a mark are so far from its middle at the most."""

few = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=6)


def check(layout: RadarLayout, counts: list[list[int]]) -> None:
    """Assert that each package is where it belongs, apart from all others."""
    everything = []
    for sector, rings in enumerate(layout.places):
        for ring, places in enumerate(rings):
            assert len(places) == counts[sector][ring]
            inner = layout.radii[ring - 1] if ring else 0
            for x, y in places:
                angle = atan2(x, -y) % (2 * pi)
                assert inner + _REACH <= hypot(x, y) <= layout.radii[ring] - _REACH
                assert layout.angles[sector] < angle < layout.angles[sector + 1]
            everything += places
    for (x, y), (other_x, other_y) in combinations(everything, 2):
        assert hypot(x - other_x, y - other_y) >= 2 * _REACH - 0.001


@given(few)
def test_packages_stand_apart_in_their_rings_and_sectors(counts: list[list[int]]) -> None:
    layout = arrange_radar(counts)
    check(layout, counts)
    assert arrange_radar(counts) == layout


@pytest.mark.parametrize(
    "counts",
    [
        [[300, 0, 0, 0]],
        [[0, 0, 0, 300]],
        [[250, 2, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [5, 5, 5, 5]],
        [[20, 20, 20, 20]] * 6,
    ],
)
def test_hundreds_of_packages_find_room(counts: list[list[int]]) -> None:
    layout = arrange_radar(counts)
    check(layout, counts)
    assert layout.radius < 900


def test_sectors_are_equal_unless_one_of_them_is_crowded() -> None:
    assert arrange_radar([[9, 3, 2, 1], [1, 0, 0, 0]]).angles[1] == pytest.approx(pi)
    assert arrange_radar([[200, 30, 2, 1], [1, 0, 0, 0]]).angles[1] > 1.2 * pi


def test_the_names_of_rings_are_free() -> None:
    layout = arrange_radar([[60, 60, 60, 60], [60, 60, 60, 60]])
    for radius in layout.radii:
        for rings in layout.places:
            for places in rings:
                for x, y in places:
                    is_beside = abs(x) > 32 + _REACH
                    assert is_beside or not -radius < y - _REACH < 22 - radius
