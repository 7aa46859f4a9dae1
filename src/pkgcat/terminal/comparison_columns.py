"""A comparison with a column for each package."""

from collections.abc import Sequence
from typing import NamedTuple

from pkgcat.model.types import INTEGER_LIST
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Output, Screen
from pkgcat.terminal.comparison_cells import Cell, format_short, has_bars, make_cells
from pkgcat.terminal.wrapping import (
    BOLD,
    DIM,
    GREEN,
    Wrapped,
    measure,
    pad,
    paint,
    wrap_text,
)

GUTTER = 3
"""Columns before each cell: a space, the mark of the best value or a space, a space."""
_MIN_WIDTH = 14
"""From so many columns on every value can be read, whatever it is."""
_MAX_WIDTH = 56
_MAX_LABEL = 24
_MAX_WORD = 16
"""Words of labels that are not longer are not broken."""
_MOST_LINES = 8
"""Lines of a cell; what is longer is cut."""
_MOST_LABEL_LINES = 3
_BAR_ROOM = 12
_WEEKS = 52


class Columns(NamedTuple):
    """The widths of the labels and of each package."""

    label_width: int
    width: int


def fit_columns(
    comparison: Comparison, rows: Sequence[ComparisonRow], screen: Screen
) -> Columns | None:
    """Return how wide columns are; None where there is no room for all packages side by side."""
    label_width = fit_labels(rows, screen.width)
    room = (screen.width - label_width) // len(comparison.slugs) - GUTTER
    if room < 1:
        return None
    wanted = _find_wanted_width(comparison, rows, screen)
    if room < min(wanted, _MIN_WIDTH):
        return None
    return Columns(label_width, min(room, wanted, _MAX_WIDTH))


def fit_labels(rows: Sequence[ComparisonRow], screen_width: int) -> int:
    """Return how wide the labels of rows are."""
    longest = longest_word = 0
    for row in rows:
        label = row.label
        longest = max(longest, measure(label))
        longest_word = max(longest_word, *map(measure, label.split()), 0)
    return min(longest, max(min(longest_word, _MAX_WORD), min(_MAX_LABEL, screen_width // 5)))


def _find_wanted_width(
    comparison: Comparison, rows: Sequence[ComparisonRow], screen: Screen
) -> int:
    """Return the width at which no cell is wrapped."""
    wanted = max(measure(slug) for slug in comparison.slugs)
    for row in rows:
        longest = max(map(measure, format_short(row, screen)))
        if row.type is INTEGER_LIST:
            longest = max(longest, _WEEKS)
        elif has_bars(row):
            longest += _BAR_ROOM
        wanted = max(wanted, longest)
        if wanted >= _MAX_WIDTH:
            break
    return wanted


def write_columns(
    comparison: Comparison,
    rows: Sequence[ComparisonRow],
    columns: Columns,
    screen: Screen,
    out: Output,
) -> bool:
    """Write a heading and the rows; return whether anything was cut."""
    is_cut = _write_line_of_cells("", _make_headings(comparison), columns, screen, out)
    titles = _make_titles(comparison)
    if titles:
        is_cut |= _write_line_of_cells("", titles, columns, screen, out)
    total = columns.label_width + len(comparison.slugs) * (columns.width + GUTTER)
    out.write(f"{paint(('─' if screen.unicode else '-') * total, DIM, screen)}\n")
    for row in rows:
        cells = make_cells(row, columns.width, screen)
        is_cut |= _write_line_of_cells(row.label, cells, columns, screen, out)
    return is_cut


def _make_headings(comparison: Comparison) -> list[Cell]:
    return [Cell(slug, BOLD) for slug in comparison.slugs]


def _make_titles(comparison: Comparison) -> list[Cell]:
    """Return the titles, as far as they are no slugs; none where no package has another one."""
    texts = []
    for slug, title in zip(comparison.slugs, comparison.titles, strict=True):
        texts.append("" if title == slug else title)
    if not any(texts):
        return []
    return [Cell(text, DIM) for text in texts]


def _write_line_of_cells(
    label: str, cells: Sequence[Cell], columns: Columns, screen: Screen, out: Output
) -> bool:
    """Write a row, as high as its highest cell; return whether anything was cut."""
    wrapped = [wrap_cell(cell, columns.width, screen) for cell in cells]
    label_lines, is_cut = wrap_text(label, max(1, columns.label_width), _MOST_LABEL_LINES, screen)
    height = max(len(label_lines), *(len(lines) for lines, _ in wrapped))
    for index in range(height):
        label_part = label_lines[index] if index < len(label_lines) else ""
        pieces = [paint(pad(label_part, columns.label_width), DIM, screen)]
        for cell, (lines, _) in zip(cells, wrapped, strict=True):
            part = lines[index] if index < len(lines) else ""
            pieces.append(make_gutter(cell, index, screen))
            pieces.append(paint_line(cell, index, pad(part, columns.width), screen))
        out.write(f"{''.join(pieces).rstrip()}\n")
    return is_cut or any(cell_is_cut for _, cell_is_cut in wrapped)


def wrap_cell(cell: Cell, width: int, screen: Screen) -> Wrapped:
    """Return the lines of a cell: its text, then its drawing."""
    lines, is_cut = wrap_text(cell.text, width, _MOST_LINES, screen)
    if cell.drawing:
        lines = [*lines, cell.drawing]
    return Wrapped(lines, is_cut)


def make_gutter(cell: Cell, index: int, screen: Screen, width: int = GUTTER) -> str:
    """Return what stands before a line of a cell: the mark before the first line of the best."""
    if index > 0 or not cell.is_best:
        return " " * width
    return f" {paint('◆' if screen.unicode else '*', GREEN, screen)} "


def paint_line(cell: Cell, index: int, text: str, screen: Screen) -> str:
    """Return a line of a cell in its style."""
    if cell.drawing and index > 0:
        return paint(text, GREEN, screen)
    if cell.bar and not cell.is_best:
        number, bar, after = text.rpartition(cell.bar)
        return paint(number, cell.style, screen) + paint(bar, DIM, screen) + after
    return paint(text, cell.style, screen, address=cell.address)
