"""A table into a pipe: tab-separated, complete, without box or colour, and without a header where
its columns are known beforehand.
"""

from pkgcat.model.text import clean
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a line for each row; of a single thing, a line for each field."""
    table = result.table()
    if table.names_columns:
        out.write("\t".join(clean(column.heading) for column in table.columns) + "\n")
    if not table.single:
        for cells in table.text_rows():
            out.write("\t".join(cells) + "\n")
        return
    for cells in table.text_rows():
        for column, cell in zip(table.columns, cells, strict=True):
            out.write(f"{column.name}\t{cell}\n")
