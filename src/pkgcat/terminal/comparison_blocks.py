"""A comparison with a block for each package, for narrow terminals."""

from collections.abc import Sequence

from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Output, Screen
from pkgcat.terminal.comparison_cells import Cell, make_cells
from pkgcat.terminal.comparison_columns import (
    GUTTER,
    fit_labels,
    make_gutter,
    paint_line,
    wrap_cell,
)
from pkgcat.terminal.wrapping import BOLD, DIM, pad, paint, wrap_text, write_wrapped

_MIN_WIDTH = 10
"""Narrower values stand under their label."""
_MAX_WIDTH = 56
_MOST_LABEL_LINES = 3


def write_blocks(
    comparison: Comparison, rows: Sequence[ComparisonRow], screen: Screen, out: Output
) -> bool:
    """Write a block for each package; return whether anything was cut."""
    label_width = fit_labels(rows, screen.width)
    width = min(_MAX_WIDTH, screen.width - label_width - GUTTER)
    if width < _MIN_WIDTH:
        label_width = 0
        width = max(1, screen.width - GUTTER)
    labels = [row.label for row in rows]
    cells_of_rows = [make_cells(row, width, screen) for row in rows]
    is_cut = False
    for place, slug in enumerate(comparison.slugs):
        if place > 0:
            out.write("\n")
        write_wrapped(slug, BOLD, screen, out)
        title = comparison.titles[place]
        if title != slug:
            write_wrapped(title, DIM, screen, out)
        unknown = []
        for row, label, cells in zip(rows, labels, cells_of_rows, strict=True):
            if row.values[place] is None and not row.is_question:
                unknown.append(label)
            else:
                is_cut |= _write_cell(label, cells[place], label_width, width, screen, out)
        if unknown:
            write_wrapped(f"not known: {', '.join(unknown)}", DIM, screen, out)
    return is_cut


def _write_cell(
    label: str, cell: Cell, label_width: int, width: int, screen: Screen, out: Output
) -> bool:
    """Write a label and a value beside it, or under it where labels have no width of their own."""
    lines, is_cut = wrap_cell(cell, width, screen)
    label_lines: list[str] = []
    if label_width == 0:
        write_wrapped(label, DIM, screen, out)
    else:
        label_lines, label_is_cut = wrap_text(label, label_width, _MOST_LABEL_LINES, screen)
        is_cut |= label_is_cut
    for index in range(max(len(label_lines), len(lines))):
        label_part = label_lines[index] if index < len(label_lines) else ""
        part = lines[index] if index < len(lines) else ""
        line = paint(pad(label_part, label_width), DIM, screen)
        line += make_gutter(cell, index, screen) + paint_line(cell, index, part, screen)
        out.write(f"{line.rstrip()}\n")
    return is_cut
