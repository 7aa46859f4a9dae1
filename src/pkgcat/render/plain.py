"""A table on its way into a pipe: tab-separated, whole, without header, box or colour."""

from typing import TextIO

from pkgcat.render import Format, Screen, View
from pkgcat.render.values import text_of


def render(view: View, form: Format, screen: Screen, out: TextIO) -> None:
    """Write a line for each row; of a single record, a line for each field."""
    if view.one:
        for row in view.rows:
            for column, value in zip(view.columns, row, strict=True):
                out.write(f"{column.name}\t{text_of(column.kind, value)}\n")
        return
    kinds = [column.kind for column in view.columns]
    for row in view.rows:
        out.write("\t".join(map(text_of, kinds, row)) + "\n")
