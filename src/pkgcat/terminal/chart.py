"""A number over time as a line, with its highest and lowest value beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pkgcat.model.wording import format_number
from pkgcat.results.output import Output, Screen

_HEIGHT = 10


class _Marks(NamedTuple):
    """The characters of the line: where it turns upwards or downwards, and where that ends."""

    level: str
    turn_up: str
    end_up: str
    turn_down: str
    end_down: str
    upright: str
    axis: str


_UNICODE_MARKS = _Marks("─", "╯", "╭", "╮", "╰", "│", "┤")
_ASCII_MARKS = _Marks("-", "'", ".", ",", "`", "|", "|")


def draw_chart(points: Sequence[tuple[datetime, int]], screen: Screen, out: Output) -> None:
    """Draw values from the first moment to the last, each holding until the next; two at least."""
    begin, end = points[0][0], points[-1][0]
    values = [value for _, value in points]
    low, high = min(values), max(values)
    margin = max(len(format_number(low)), len(format_number(high)))
    width = max(10, screen.width - margin - 3)
    marks = _UNICODE_MARKS if screen.unicode else _ASCII_MARKS
    lines = _draw_lines(_sample_values(points, width), low, high, marks)
    labels = [""] * len(lines)
    labels[-1] = format_number(low)
    labels[0] = format_number(high)
    for label, line in zip(labels, lines, strict=True):
        out.write(f"{label:>{margin}} {marks.axis}{line.rstrip()}\n")
    first, last = f"{begin:%Y-%m-%d}", f"{end:%Y-%m-%d}"
    last_width = max(len(last) + 1, width - len(first))
    out.write(f"{'':{margin}}  {first}{last:>{last_width}}\n")


def _sample_values(points: Sequence[tuple[datetime, int]], width: int) -> list[int]:
    """Return the value that held at each of `width` moments, evenly apart."""
    begin = points[0][0]
    span = max(points[-1][0] - begin, timedelta(seconds=1))
    sampled = []
    index = 0
    for column in range(width):
        moment = begin + span * column / (width - 1)
        while index + 1 < len(points) and points[index + 1][0] <= moment:
            index += 1
        sampled.append(points[index][1])
    return sampled


def _draw_lines(values: list[int], low: int, high: int, marks: _Marks) -> list[str]:
    """Return the lines of the drawing, the highest first: one for each whole number, where that
    is few.
    """
    if high == low:
        return [marks.level * len(values)]
    highest = min(_HEIGHT - 1, high - low)
    heights = [round((value - low) * highest / (high - low)) for value in values]
    grid = [[" "] * len(heights) for _ in range(highest + 1)]
    previous = heights[0]
    for column, height in enumerate(heights):
        _draw_step(grid, column, previous, height, marks)
        previous = height
    return ["".join(row) for row in reversed(grid)]


def _draw_step(
    grid: list[list[str]], column: int, previous: int, height: int, marks: _Marks
) -> None:
    """Draw the line from one height to the next, in one column."""
    if height == previous:
        grid[height][column] = marks.level
        return
    if height > previous:
        grid[previous][column] = marks.turn_up
        grid[height][column] = marks.end_up
    else:
        grid[previous][column] = marks.turn_down
        grid[height][column] = marks.end_down
    for between in range(min(height, previous) + 1, max(height, previous)):
        grid[between][column] = marks.upright
