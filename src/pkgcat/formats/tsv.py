"""CSV with tabs between the cells, one line for each row."""

from pkgcat.formats.csv import write_rows
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a header and a line for each row."""
    write_rows(result.table(), out, delimiter="\t", clean_cells=True)
