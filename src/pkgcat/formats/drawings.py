"""Small pictures as SVG paths: commits of weeks as bars, a number over time as a line."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pkgcat.model.types import INTEGER_LIST, Value
from pkgcat.results.comparison import ComparisonRow
from pkgcat.results.sparkline import FULL_BLOCK

BAR_WIDTH = 2
"""A week is so wide, its gap included."""

Points = Sequence[tuple[datetime, int]]


def draw_bars(weeks: Sequence[int], height: int, most: int = 0) -> str:
    """Return the path of a bar for each week, from the bottom upwards; none for a week without
    commits.

    The highest bar has the whole height, if it stands for FULL_BLOCK commits or more, and for `most`
    of them: bars that are compared have one scale.
    """
    highest = max([FULL_BLOCK, most, *weeks])
    strokes = []
    for week, count in enumerate(weeks):
        if count > 0:
            length = max(1.0, count * height / highest)
            strokes.append(f"M{week * BAR_WIDTH + 1} {height}V{_number(height - length)}")
    return "".join(strokes)


def draw_steps(points: Points, width: int, height: int) -> str:
    """Return the path of a number that holds from each moment until the next."""
    begin = points[0][0]
    span = max(points[-1][0] - begin, timedelta(seconds=1))
    values = [value for _, value in points]
    low = min(values)
    difference = max(values) - low
    path = ""
    for moment, value in points:
        x = _number((moment - begin) / span * width)
        y = _number(height / 2)
        if difference:
            y = _number(height - (value - low) / difference * height)
        path += f"H{x}V{y}" if path else f"M{x} {y}"
    return path


def draw_ticks(ticks: int) -> str:
    """Return the ticks of a cell, or its cross."""
    if ticks < 0:
        return "✘"
    return "✔" * ticks


def read_weeks(row: ComparisonRow, value: Value) -> tuple[int, ...]:
    """Return the commits of weeks that a row compares; nothing for another row."""
    if row.type is not INTEGER_LIST or not isinstance(value, tuple):
        return ()
    return tuple(count for count in value if isinstance(count, int))


def _number(value: float) -> str:
    """Write a coordinate in as few digits as a picture needs."""
    return f"{value:.1f}".removesuffix(".0")
