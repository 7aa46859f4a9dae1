"""CSV with a header line. Cells that a spreadsheet would run are escaped; import takes that
back.
"""

import csv

from pkgcat.model.text import clean
from pkgcat.model.types import SqlValue
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result
from pkgcat.results.table import Column, Table, TypedValue

_FORMULA_STARTS = frozenset("=+-@\t\r'")


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a header and a line for each row; lists are JSON in one cell."""
    write_rows(result.table(), out, delimiter=",", clean_cells=screen.terminal)


def write_rows(table: Table, out: Output, *, delimiter: str, clean_cells: bool) -> None:
    """Write a table with this delimiter; `clean_cells` keeps each cell on one line."""
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    quoting_writer = csv.writer(
        out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL
    )
    writer.writerow(column.name for column in table.columns)
    for row in table.rows:
        cells = []
        for column, value in zip(table.columns, row, strict=True):
            cell = _format_cell(column, value)
            if clean_cells:
                cell = clean(cell)
            cells.append(cell)
        # Many readers end a line at a lone carriage return, which csv does not quote.
        if any("\r" in cell for cell in cells):
            quoting_writer.writerow(cells)
        else:
            writer.writerow(cells)


def _format_cell(column: Column, value: SqlValue | TypedValue) -> str:
    if isinstance(value, TypedValue):
        return escape_formula(value.type.to_text(value.stored))
    cell = column.type.to_csv(value)
    if column.type.is_text:
        return escape_formula(cell)
    return cell


def escape_formula(cell: str) -> str:
    """Quote a cell that a spreadsheet would run as a formula; `unescape_formula` takes it back.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    if cell[:1] in _FORMULA_STARTS:
        return f"'{cell}"
    return cell


def unescape_formula(cell: str) -> str:
    """Take away the quote that `escape_formula` set."""
    if cell[:1] == "'" and cell[1:2] in _FORMULA_STARTS:
        return cell[1:]
    return cell
