"""CSV and TSV with a header line. Cells that a spreadsheet would run are defused; import undoes that."""

import csv

from pkgcat.csvcells import defuse, to_cell
from pkgcat.render import Format, Out, Screen, View
from pkgcat.render.text import clean


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write a header and a line for each row; lists stand as JSON in one cell."""
    separator = "," if form is Format.CSV else "\t"
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    quoter = csv.writer(out, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    kinds = [column.kind for column in view.columns]
    writer.writerow(column.name for column in view.columns)
    one_line = screen.terminal or form is Format.TSV
    for row in view.rows:
        cells = [to_cell(kind, value) for kind, value in zip(kinds, row, strict=True)]
        if one_line:
            cells = [clean(cell) for cell in cells]
        cells = [defuse(cell) if kind == "str" else cell for kind, cell in zip(kinds, cells, strict=True)]
        # a lone carriage return would end the line for many a reader, and csv does not quote it of itself
        (quoter if any("\r" in cell for cell in cells) else writer).writerow(cells)
