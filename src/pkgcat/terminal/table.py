"""A table on a terminal, fitted to its width.

Rich draws it; above 200 rows, where its millisecond a row is felt, columns are laid out plainly
and streamed.
"""

from collections.abc import Iterable
from itertools import chain, islice
from json import loads
from typing import Literal, NamedTuple

from rich.box import SIMPLE_HEAD, Box
from rich.table import Table as RichTable
from rich.text import Text

from pkgcat.model.text import clean
from pkgcat.model.types import SqlValue
from pkgcat.model.wording import format_part
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result
from pkgcat.results.sparkline import draw_sparkline
from pkgcat.results.table import Column, Row, Table, TypedValue, typed
from pkgcat.terminal.console import make_console
from pkgcat.terminal.wrapping import clean_for, cut_text, escape_for, measure, pad

MAX_RICH_ROWS = 200

_GAP = 2
_ASCII_BOX = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
_MIN_WIDTHS = {
    "slug": 24,
    "title": 16,
    "pypi_version": 8,
    "repo_description": 24,
    "state_reasons": 10,
    "last_error": 10,
    "tags": 12,
    "description": 24,
    "field": 12,
    "old": 5,
    "new": 5,
    "command": 16,
}
"""The least width at which a column is worth its place; others need all they have."""
_WIDE = 60
_WIDE_MIN_WIDTHS = {"state_reasons": 20}
"""The same from so many columns of a terminal on: two states are whole."""
_MIN_WIDTH = 8
"""The least width of other columns where none may be left out."""
_STYLES = {
    "slug": "bold",
    "repo_description": "dim",
    "state_reasons": "yellow",
    "last_error": "red",
    "commits_over_52": "green",
    "tags": "cyan",
}


class FittedColumn(NamedTuple):
    """A column that is shown: its place in the rows, and the width it gets."""

    place: int
    column: Column
    width: int

    @property
    def justify(self) -> Literal["left", "right"]:
        """Where its values stand."""
        if self.column.type.is_number:
            return "right"
        return "left"


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write the rows and their number, or what to do when there are none."""
    table = result.table()
    rows = iter(table.rows)
    first_rows = list(islice(rows, MAX_RICH_ROWS + 1))
    if not first_rows:
        total = table.count_all()
        if total and table.noun:
            out.write(f"{format_part(0, total, *table.noun)}\n")
        elif table.empty:
            out.write(f"{clean(table.empty, lines=True)}\n")
        return
    texts = [_format_row(table.columns, row, screen) for row in first_rows]
    fitted = _fit_columns(table, texts, screen)
    if len(texts) <= MAX_RICH_ROWS:
        _draw_table(fitted, texts, screen, out)
        count = len(texts)
    else:
        other_texts = (_format_row(table.columns, row, screen) for row in rows)
        count = _stream_table(fitted, chain(texts, other_texts), screen, out)
    if table.noun:
        out.write(f"\n{format_part(count, table.count_all(), *table.noun)}\n")


def _format_row(columns: tuple[Column, ...], row: Row, screen: Screen) -> tuple[str, ...]:
    cells = []
    for column, value in zip(columns, row, strict=True):
        cells.append(escape_for(format_cell(column, value, screen), screen))
    return tuple(cells)


def format_cell(column: Column, value: SqlValue | TypedValue, screen: Screen) -> str:
    """Write a value for eyes: a time as its age, thousands apart, the 52 weeks as blocks."""
    type_, stored = typed(column, value)
    if column.name == "commits_over_52" and stored:
        width = _sparkline_width(screen.width)
        return draw_sparkline(loads(str(stored)), width, unicode=screen.unicode)
    return type_.to_short_text(stored, screen.now)


def _sparkline_width(screen_width: int) -> int:
    if screen_width < 90:
        return 13
    if screen_width < 160:
        return 26
    return 52


def _fit_columns(table: Table, texts: list[tuple[str, ...]], screen: Screen) -> list[FittedColumn]:
    """Choose the columns that the width has room for, the most important first, and give each its
    share.
    """
    headings = [clean_for(column.heading, screen) for column in table.columns]
    optional = []
    for place, column in enumerate(table.columns):
        if column.name in table.optional:
            optional.append([place])
    fitter = _ColumnFitter(table, texts, headings, screen.width)
    for groups in (_group_columns(table), optional):
        for place in chain.from_iterable(groups):
            fitter.add(place)
        for group in groups:
            fitter.widen(group)
    return [fitter.fitted[place] for place in sorted(fitter.fitted)]


class _ColumnFitter:
    """Gives columns a part of a width: each its least width first, then more to a group at once."""

    def __init__(
        self,
        table: Table,
        texts: list[tuple[str, ...]],
        headings: list[str],
        screen_width: int,
    ) -> None:
        self.fitted: dict[int, FittedColumn] = {}
        self._table = table
        self._texts = texts
        self._headings = headings
        self._screen_width = screen_width
        self._width_left = screen_width + _GAP - 1
        self._wanted: dict[int, int] = {}

    def add(self, place: int) -> None:
        """Take a column; one that is empty, or has no room, only where none may be dropped."""
        column = self._table.columns[place]
        longest = max(measure(row[place]) for row in self._texts)
        wanted = max(longest, measure(self._headings[place]))
        least = self._least_width(column, wanted)
        if self._table.drop_to_fit:
            has_room = not self.fitted or least + _GAP <= self._width_left
            if longest == 0 or not has_room:
                return
        self.fitted[place] = FittedColumn(place, column, least)
        self._wanted[place] = wanted
        self._width_left -= least + _GAP

    def widen(self, group: list[int]) -> None:
        """Give the columns of a group what they want of the width that is left, and alike where
        that is not enough.
        """
        places = [place for place in group if place in self.fitted]
        places.sort(key=self._missing_width)
        for index, place in enumerate(places):
            share = max(0, self._width_left) // (len(places) - index)
            more = min(self._missing_width(place), share)
            column = self.fitted[place]
            self.fitted[place] = column._replace(width=column.width + more)
            self._width_left -= more

    def _missing_width(self, place: int) -> int:
        return self._wanted[place] - self.fitted[place].width

    def _least_width(self, column: Column, wanted: int) -> int:
        least = _MIN_WIDTHS.get(column.name)
        if self._screen_width >= _WIDE:
            least = _WIDE_MIN_WIDTHS.get(column.name, least)
        if least is None:
            least = wanted if self._table.drop_to_fit else _MIN_WIDTH
        return min(wanted, least)


def _group_columns(table: Table) -> list[list[int]]:
    """Return the places of the columns that are not optional, the most important group first; each
    of those that no group names is one by itself.
    """
    places = {column.name: place for place, column in enumerate(table.columns)}
    groups = [[places[name] for name in group if name in places] for group in table.importance]
    named = {*chain.from_iterable(table.importance), *table.optional}
    return groups + [[place] for name, place in places.items() if name not in named]


def _draw_table(
    columns: list[FittedColumn], texts: list[tuple[str, ...]], screen: Screen, out: Output
) -> None:
    table = RichTable(
        box=SIMPLE_HEAD if screen.unicode else _ASCII_BOX,
        show_edge=False,
        padding=(0, _GAP - 1, 0, 0),
        header_style="dim",
        border_style="dim",
    )
    for fitted in columns:
        table.add_column(
            Text(clean_for(fitted.column.heading, screen)),
            width=fitted.width,
            no_wrap=True,
            overflow="ellipsis" if screen.unicode else "crop",
            justify=fitted.justify,
            style=_STYLES.get(fitted.column.name, ""),
        )
    for cells in texts:
        table.add_row(*(Text(cells[fitted.place]) for fitted in columns))
    make_console(screen, out).print(table)


def _stream_table(
    columns: list[FittedColumn], texts: Iterable[tuple[str, ...]], screen: Screen, out: Output
) -> int:
    """Write a heading and a line for each row; return their number."""
    headings = [clean_for(fitted.column.heading, screen) for fitted in columns]
    out.write(_lay_out_line(columns, headings, screen))
    count = 0
    for cells in texts:
        out.write(_lay_out_line(columns, [cells[fitted.place] for fitted in columns], screen))
        count += 1
    return count


def _lay_out_line(columns: list[FittedColumn], cells: list[str], screen: Screen) -> str:
    sized = []
    for fitted, cell in zip(columns, cells, strict=True):
        fitting = cut_text(cell, fitted.width, screen)
        sized.append(pad(fitting, fitted.width, to_right=fitted.justify == "right"))
    return f"{'  '.join(sized).rstrip()}\n"
