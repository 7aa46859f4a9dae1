"""CSV and TSV with a header line. Cells that a spreadsheet would run are defused; import undoes that."""

import csv

from pkgcat.csvcells import defuse, to_cell
from pkgcat.render import Format, Out, Screen, View
from pkgcat.render.text import clean


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write a header and a line for each row; lists stand as JSON in one cell."""
    if form is Format.CSV:
        writer = csv.writer(out)  # RFC 4180, its line ends included: they make a lone \\r in a cell quoted
    else:
        writer = csv.writer(out, lineterminator="\n", delimiter="\t", quoting=csv.QUOTE_MINIMAL)
    kinds = [column.kind for column in view.columns]
    writer.writerow(column.name for column in view.columns)
    one_line = screen.terminal or form is Format.TSV
    for row in view.rows:
        cells = [to_cell(kind, value) for kind, value in zip(kinds, row, strict=True)]
        if one_line:
            cells = [clean(cell) for cell in cells]
        writer.writerow(defuse(cell) if kind == "str" else cell for kind, cell in zip(kinds, cells, strict=True))
