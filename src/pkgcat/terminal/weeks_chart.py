"""The commits of 52 weeks as columns."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.text import Text

from pkgcat.model.wording import format_count, format_number
from pkgcat.results.output import Screen
from pkgcat.results.sparkline import FULL_BLOCK, squeeze_weeks

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HEIGHT = 4
_WIDE_SCREEN = 120


def draw_weeks(weeks: Sequence[int], last_fetched: datetime | None, screen: Screen) -> Text:
    """Draw the weeks, and say how many commits there were and when the most."""
    total = sum(weeks)
    if not total:
        return Text(f"no commits in {len(weeks)} weeks", "dim")
    room = screen.width - 2
    column_width = 1
    if screen.width >= _WIDE_SCREEN and room >= 2 * len(weeks):
        column_width = 2
    columns = squeeze_weeks(weeks, room // column_width)
    text = Text(style="green")
    for line in _draw_rows(columns, column_width, unicode=screen.unicode):
        text.append(f"{line.rstrip()}\n")
    base = "▔" if screen.unicode else "-"
    text.append(base * len(columns) * column_width + "\n", "dim")
    text.append(f"{format_count(total, 'commit')} in {len(weeks)} weeks, ", "default")
    text.append(_describe_busiest_week(weeks, last_fetched), "default")
    return text


def _draw_rows(columns: Sequence[int], column_width: int, *, unicode: bool) -> list[str]:
    """Return the lines of the drawing, the highest first."""
    most = max([FULL_BLOCK, *columns])
    height = -(-max(columns) * _HEIGHT // most)
    lines = []
    for row in reversed(range(height)):
        line = ""
        for count in columns:
            eighths = -(-count * _HEIGHT * 8 // most) - row * 8
            line += _choose_block(eighths, unicode=unicode) * column_width
        lines.append(line)
    return lines


def _choose_block(eighths: int, *, unicode: bool) -> str:
    if unicode:
        return _EIGHTHS[max(0, min(8, eighths))]
    if eighths > 0:
        return "#"
    return " "


def _describe_busiest_week(weeks: Sequence[int], last_fetched: datetime | None) -> str:
    busiest = max(range(len(weeks)), key=lambda week: weeks[week])
    text = f"busiest week {format_number(weeks[busiest])}"
    if last_fetched is None:
        return text
    begin = last_fetched - timedelta(weeks=len(weeks) - busiest)
    return f"{text} (from {begin.day} {begin:%b %Y})"
