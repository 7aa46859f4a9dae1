"""A table on its way into a pipe: tab-separated, whole, without header, box or colour."""

from pkgcat.render import Format, Out, Screen, View
from pkgcat.render.values import text_of


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write a line for each row; of a single record, a line for each field."""
    if view.one:
        for row in view.rows:
            out.writelines(
                f"{column.name}\t{text_of(column.kind, value)}\n"
                for column, value in zip(view.columns, row, strict=True)
            )
        return
    kinds = [column.kind for column in view.columns]
    for row in view.rows:
        out.write("\t".join(map(text_of, kinds, row)) + "\n")
