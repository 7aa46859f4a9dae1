"""A number over time as a line of box-drawing characters, its highest and lowest value beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pkgcat.render import Out, Screen
from pkgcat.render.values import number

_HEIGHT = 10
_LINE, _ASCII = "─╭╮╰╯│", "-.,`'|"
"""Level; up, from and to; down, from and to; upright."""


def chart(points: Sequence[tuple[datetime, int]], screen: Screen, out: Out) -> None:
    """Draw values from the first moment to the last (two points at least), each holding until the next."""
    begin, end = points[0][0], points[-1][0]
    values = [value for _, value in points]
    low, high = min(values), max(values)
    labels = [number(high), number(low)]
    margin = max(map(len, labels))
    width = max(10, screen.width - margin - 3)
    rows = _rows(_sampled(points, width), low, high, _LINE if screen.unicode else _ASCII)
    for index, row in enumerate(rows):
        label = labels[0] if index == 0 else labels[1] if index == len(rows) - 1 else ""
        out.write(f"{label:>{margin}} {'┤' if screen.unicode else '|'}{row.rstrip()}\n")
    first, last = f"{begin:%Y-%m-%d}", f"{end:%Y-%m-%d}"
    out.write(f"{'':{margin}}  {first}{last:>{max(len(last) + 1, width - len(first))}}\n")


def _sampled(points: Sequence[tuple[datetime, int]], width: int) -> list[int]:
    """Return the value that held at each of `width` moments, evenly apart."""
    begin, span = points[0][0], max(points[-1][0] - points[0][0], timedelta(seconds=1))
    sampled, place = [], 0
    for column in range(width):
        moment = begin + span * column / (width - 1)
        while place + 1 < len(points) and points[place + 1][0] <= moment:
            place += 1
        sampled.append(points[place][1])
    return sampled


def _rows(values: list[int], low: int, high: int, marks: str) -> list[str]:
    """Return the lines of the drawing, the highest first."""
    level, up, to_down, down, to_up, upright = marks[0], marks[1], marks[2], marks[3], marks[4], marks[5]
    height = _HEIGHT if high > low else 1
    heights = [round((value - low) * (height - 1) / (high - low)) if high > low else 0 for value in values]
    grid = [[" "] * len(heights) for _ in range(height)]
    for column, now in enumerate(heights):
        before = heights[column - 1] if column else now
        if now == before:
            grid[now][column] = level
            continue
        grid[before][column], grid[now][column] = (to_up, up) if now > before else (to_down, down)
        for between in range(min(now, before) + 1, max(now, before)):
            grid[between][column] = upright
    return ["".join(row) for row in reversed(grid)]
