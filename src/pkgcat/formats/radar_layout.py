"""Where the packages of a radar stand: apart from each other, and always at the same places.

Angles are in radians, clockwise from the top; the centre of the radar is at (0, 0), and y grows
downwards.
"""

from collections.abc import Iterator, Sequence
from math import asin, atan2, cos, hypot, pi, sin, sqrt
from typing import NamedTuple

DISTANCE = 33.0
"""The centres of two packages are at least so far apart."""
RING_NAME_SIZE = (64, 22)
"""The width and height that the name of a ring takes, at the top of it."""
_MARGIN = DISTANCE / 2
"""A package is at least so far from the border of its ring or sector."""
_LEAST_WIDTHS = (96.0, 70.0, 66.0, 62.0)
"""How wide rings are at the least, from the innermost on."""
_STEP = 8.0
_AREA = 2.0 * DISTANCE**2
"""A package takes about so much of a ring."""
_MOST_EQUAL_RADIUS = 340.0
"""Sectors of a larger radar are as wide as what is in them needs."""
_LEAST_SHARE = 0.25
"""A sector has at least so much of the angle of the widest one."""
_FIRST_STEPS = (0, 12, 16, 5)
"""Where the places of each ring begin in the sequence: single packages of neighbouring rings stand in
no line.
"""
_CANDIDATES = 30
"""So many places are tried for each package before its ring is made wider."""

Place = tuple[float, float]
Counts = Sequence[Sequence[int]]
"""How many packages there are in each sector, ring by ring."""


class RadarLayout(NamedTuple):
    """The outer radius of each ring, the angle at which each sector begins and the last one ends,
    and the places in each sector, ring by ring, clockwise.
    """

    radii: tuple[float, ...]
    angles: tuple[float, ...]
    places: tuple[tuple[tuple[Place, ...], ...], ...]

    @property
    def radius(self) -> float:
        """The radius of the whole radar."""
        return self.radii[-1]


def arrange_radar(counts: Counts) -> RadarLayout:
    """Return the layout of a radar. Its sectors are equally wide, unless that makes it large."""
    equal = _arrange([1.0] * len(counts), counts)
    if equal.radius <= _MOST_EQUAL_RADIUS:
        return equal
    sizes = [sqrt(sum(rings)) for rings in counts]
    weighted = _arrange([max(size, _LEAST_SHARE * max(sizes)) for size in sizes], counts)
    return min(equal, weighted, key=lambda layout: layout.radius)


def _arrange(shares: Sequence[float], counts: Counts) -> RadarLayout:
    angles = [0.0]
    for share in shares:
        angles.append(angles[-1] + 2 * pi * share / sum(shares))
    radii: list[float] = []
    places: list[list[tuple[Place, ...]]] = [[] for _ in counts]
    inner = 0.0
    for ring, least in enumerate(_LEAST_WIDTHS):
        numbers = [rings[ring] for rings in counts]
        inner, found = _arrange_ring(inner, least, angles, numbers, _FIRST_STEPS[ring])
        radii.append(inner)
        for sector, in_sector in enumerate(found):
            places[sector].append(in_sector)
    return RadarLayout(tuple(radii), tuple(angles), tuple(map(tuple, places)))


def _arrange_ring(
    inner: float,
    least: float,
    angles: Sequence[float],
    numbers: Sequence[int],
    first_step: int,
) -> tuple[float, list[tuple[Place, ...]]]:
    """Return the outer radius of a ring, and the places in each of its sectors."""
    outer = inner + least
    for sector, number in enumerate(numbers):
        angle = angles[sector + 1] - angles[sector]
        outer = max(outer, sqrt(inner**2 + 2 * number * _AREA / angle))
    while True:
        found = []
        for sector, number in enumerate(numbers):
            between = angles[sector], angles[sector + 1]
            places = _scatter(number, first_step, (inner, outer), between)
            if len(places) < number:
                break
            found.append(tuple(sorted(places, key=_clockwise)))
        if len(found) == len(numbers):
            return outer, found
        outer += _STEP


def _scatter(number: int, first_step: int, radii: Place, angles: Place) -> list[Place]:
    """Return so many places in a part of a ring, or fewer where it is too small for them."""
    places: list[Place] = []
    if not number:
        return places
    steps = range(first_step, first_step + _CANDIDATES * number + 200)
    for place in _candidates(steps, radii, angles):
        if all(hypot(place[0] - x, place[1] - y) >= DISTANCE for x, y in places):
            places.append(place)
            if len(places) == number:
                break
    return places


def _candidates(steps: range, radii: Place, angles: Place) -> Iterator[Place]:
    """Yield places all over a part of a ring, evenly: an additive sequence whose steps are powers of
    the plastic number (Roberts, The Unreasonable Effectiveness of Quasirandom Sequences).
    """
    low, high = radii[0] + _MARGIN, radii[1] - _MARGIN
    is_whole_circle = angles[1] - angles[0] > 2 * pi - 0.001
    for step in steps:
        across = (0.5 + step * 0.7548776662466927) % 1
        around = (0.5 + step * 0.5698402909980532) % 1
        radius = sqrt(low**2 + across * (high**2 - low**2))
        margin = 0.0 if is_whole_circle else asin(min(1.0, _MARGIN / radius))
        begin, end = angles[0] + margin, angles[1] - margin
        if begin > end:
            continue
        angle = begin + around * (end - begin)
        place = radius * sin(angle), -radius * cos(angle)
        if not _is_under_name(place, radii[1]):
            yield place


def _is_under_name(place: Place, outer: float) -> bool:
    """Whether a package at this place would touch the name of its ring."""
    width, height = RING_NAME_SIZE
    x, y = place
    return abs(x) < width / 2 + _MARGIN and y < height + _MARGIN - outer


def _clockwise(place: Place) -> tuple[float, float]:
    x, y = place
    return atan2(x, -y) % (2 * pi), hypot(x, y)
