"""What stands in the cells of a comparison on a terminal: texts, bars and sparklines on one scale."""

from collections.abc import Sequence
from typing import NamedTuple

from pkgcat.model.types import IDENTIFIER, INTEGER_LIST, FieldType, Value
from pkgcat.model.wording import format_count
from pkgcat.results.bar import draw_bar
from pkgcat.results.comparison import ComparisonRow
from pkgcat.results.output import Screen
from pkgcat.results.sparkline import FULL_BLOCK, draw_sparkline, squeeze_weeks
from pkgcat.terminal.wrapping import DIM, GREEN, RED, YELLOW, clean_for, ellipsis, measure, pad

_LONG_WIDTH = 26
"""From so many columns on a date stands with its day and its age."""
_MAX_BAR = 20
_MIN_BAR = 4
_WEEKS = 52
_MAX_CHARACTERS = 20_000
"""What is behind them is not even cleaned: no cell has room for so many."""
_STATE_STYLES = {
    "ok": "",
    "finished": "",
    "unknown": DIM,
    "gone": RED,
    "quarantined": RED,
    "vulnerable": RED,
    "yanked": RED,
}
"""Other states are yellow."""


class Cell(NamedTuple):
    """A cell: its text and style, whether it is the best of its row, the bar that ends its text, a
    drawing for a line of its own, and the address that it is a link to.
    """

    text: str
    style: str = ""
    is_best: bool = False
    bar: str = ""
    drawing: str = ""
    address: str | None = None


def format_short(row: ComparisonRow, screen: Screen) -> list[str]:
    """Return the short text of each value of a row."""
    return [_format_value(row, place, screen, is_long=False) for place in range(len(row.values))]


def make_cells(row: ComparisonRow, width: int, screen: Screen) -> list[Cell]:
    """Return the cells of a row for a width: numbers with bars, the 52 weeks as a line of blocks."""
    is_long = width >= _LONG_WIDTH
    texts = [_format_value(row, place, screen, is_long=is_long) for place in range(len(row.values))]
    bars = drawings = [""] * len(texts)
    if has_bars(row):
        bars = _draw_bars(row, texts, width, screen)
        texts = _align_numbers(texts, bars)
    if row.type is INTEGER_LIST:
        drawings = draw_weeks_alike(row, width, screen)
    cells = []
    for place, text in enumerate(texts):
        style = _choose_style(row, place)
        address = _find_address(row, place)
        cells.append(Cell(text, style, place in row.best, bars[place], drawings[place], address))
    return cells


def make_short_cells(row: ComparisonRow, weeks_width: int, screen: Screen) -> list[Cell]:
    """Return the cells of a row that stand in one line each."""
    texts = format_short(row, screen)
    if row.type is INTEGER_LIST:
        drawings = draw_weeks_alike(row, weeks_width, screen)
        texts = [drawing or text for drawing, text in zip(drawings, texts, strict=True)]
    cells = []
    for place, text in enumerate(texts):
        style = _choose_style(row, place)
        cells.append(Cell(text, style, place in row.best, address=_find_address(row, place)))
    return cells


def has_bars(row: ComparisonRow) -> bool:
    """Whether the numbers of a row are lengths that can be compared."""
    if not row.type.is_number or row.type is IDENTIFIER or not row.differs:
        return False
    known = [value for value in row.values if isinstance(value, int)]
    return len(known) > 1 and min(known) >= 0


def draw_weeks_alike(row: ComparisonRow, width: int, screen: Screen) -> list[str]:
    """Return the weeks of each package as a line of blocks, all on one scale."""
    lists = [_weeks_of(value) for value in row.values]
    most = FULL_BLOCK
    for weeks in lists:
        most = max([most, *squeeze_weeks(weeks, min(width, _WEEKS))])
    drawn = []
    for weeks in lists:
        if any(weeks):
            line = draw_sparkline(weeks, min(width, _WEEKS), unicode=screen.unicode, most=most)
            drawn.append(line)
        else:
            drawn.append("")
    return drawn


def is_address(type_: FieldType) -> bool:
    """Whether a type's texts are addresses, which are long."""
    return type_.is_address and type_.is_text


def _weeks_of(value: Value) -> Sequence[int]:
    if isinstance(value, tuple):
        return [number for number in value if isinstance(number, int)]
    return []


def _format_value(row: ComparisonRow, place: int, screen: Screen, *, is_long: bool) -> str:
    value = row.values[place]
    if value is None:
        if row.is_question:
            return "?"
        return "–" if screen.unicode else "-"
    if row.type is INTEGER_LIST:
        return format_count(sum(_weeks_of(value)), "commit")
    end = ""
    if isinstance(value, str) and len(value) > _MAX_CHARACTERS:
        value = value[:_MAX_CHARACTERS]
        end = ellipsis(screen)
    stored = row.type.to_sql(value)
    if is_long:
        text = row.type.to_long_text(stored, screen.now)
    else:
        text = row.type.to_short_text(stored, screen.now)
    text = clean_for(text, screen).strip() + end
    if is_address(row.type):
        text = _shorten_address(text)
    return _format_ticks(row, place, screen) + (text or "none")


def _shorten_address(text: str) -> str:
    """Leave out what goes without saying."""
    return text.removeprefix("https://").removesuffix("/") or text


def _format_ticks(row: ComparisonRow, place: int, screen: Screen) -> str:
    """Return the ticks of a cell, or its cross, and a space."""
    if not row.ticks or not row.ticks[place]:
        return ""
    count = row.ticks[place]
    if count < 0:
        return "✗ " if screen.unicode else "x "
    return ("✓" if screen.unicode else "+") * count + " "


def _find_address(row: ComparisonRow, place: int) -> str | None:
    value = row.values[place]
    if is_address(row.type) and isinstance(value, str):
        return value
    return None


def _choose_style(row: ComparisonRow, place: int) -> str:
    value = row.values[place]
    if value is None:
        return DIM
    if row.ticks and row.ticks[place]:
        return GREEN if row.ticks[place] > 0 else RED
    if row.name == "state":
        return _STATE_STYLES.get(str(value), YELLOW)
    if row.name == "pypi_vulnerabilities" and value:
        return RED
    if place in row.best:
        return GREEN
    return ""


def _draw_bars(row: ComparisonRow, texts: Sequence[str], width: int, screen: Screen) -> list[str]:
    """Return a bar for each number, all of them on one scale; none where there is no room."""
    bar_width = min(_MAX_BAR, width - max(map(measure, texts)) - 1)
    if bar_width < _MIN_BAR:
        return [""] * len(texts)
    most = max(value for value in row.values if isinstance(value, int))
    bars = []
    for value in row.values:
        length = value if isinstance(value, int) else 0
        bars.append(draw_bar(length, most, bar_width, unicode=screen.unicode))
    return bars


def _align_numbers(texts: Sequence[str], bars: Sequence[str]) -> list[str]:
    """Put numbers under each other, each with its bar behind it; without bars they stay."""
    if not any(bars):
        return list(texts)
    number_width = max(map(measure, texts))
    return [
        f"{pad(text, number_width, to_right=True)} {bar}".rstrip()
        for text, bar in zip(texts, bars, strict=True)
    ]
