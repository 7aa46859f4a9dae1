"""A comparison as HTML shows it: rows of cells, the best of each marked, bars on one scale."""

from datetime import date, datetime
from itertools import chain
from typing import NamedTuple

from pkgcat.formats.drawings import draw_ticks, read_weeks
from pkgcat.formats.html.cells import Cell, format_day, format_moment, make_bars
from pkgcat.model.text import clean, link
from pkgcat.model.types import Value
from pkgcat.model.wording import format_number
from pkgcat.results.comparison import Comparison, ComparisonRow


class ComparedCell(NamedTuple):
    """A value: `ticks` are ticks, or a cross; `is_question` that nothing is known of it yet."""

    cell: Cell
    is_best: bool
    ticks: str
    is_question: bool


class CompareRow(NamedTuple):
    """A row of a comparison."""

    label: str
    cells: list[ComparedCell]
    differs: bool


def make_rows(comparison: Comparison, now: datetime) -> list[CompareRow]:
    """Return the rows of which anything is known, or that ask a question."""
    rows = []
    for row in comparison.rows:
        if not row.is_unknown or row.is_question:
            rows.append(CompareRow(clean(row.label), _make_cells(row), row.differs))
    return rows


def describe_same(rows: list[CompareRow]) -> list[tuple[str, Cell]]:
    """Return the label and the value of rows that have one value for all packages."""
    return [(row.label, row.cells[0].cell) for row in rows if row.cells]


def _make_cells(row: ComparisonRow) -> list[ComparedCell]:
    weeks = [read_weeks(row, value) for value in row.values]
    most = max([0, *chain.from_iterable(weeks)])
    cells = []
    for place, value in enumerate(row.values):
        cell = Cell("", bars=make_bars(weeks[place], most=most))
        if not weeks[place]:
            cell = _make_cell(row, value)
        ticks = draw_ticks(row.ticks[place]) if row.ticks else ""
        is_question = row.is_question and value is None
        cells.append(ComparedCell(cell, place in row.best, ticks, is_question))
    return cells


def _make_cell(row: ComparisonRow, value: Value) -> Cell:
    label = clean(row.label)
    if value is None:
        return Cell("", label)
    if value == ():
        return Cell("none", label)
    if isinstance(value, datetime):
        return Cell(format_day(value), label, time=format_moment(value))
    if isinstance(value, date):
        return Cell(value.isoformat(), label, time=value.isoformat())
    if isinstance(value, int) and not isinstance(value, bool):
        return Cell(format_number(value), label, is_number=True)
    text = row.type.to_text(row.type.to_sql(value))
    return Cell(text, label, link(text) if row.type.is_address else None)
