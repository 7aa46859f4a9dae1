"""A Markdown table (GitHub Flavored Markdown, 4.10), with markup in cells escaped."""

import re

from pkgcat.render import Format, Out, Screen, View
from pkgcat.render.values import text_of

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&@$]|(?<!\d):|:(?!\d)|(?<=www)\.)", re.IGNORECASE)
"""What means something within a line; colons and www. since GitHub makes links and emoji of them."""


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write the rows under each other; numbers to the right."""
    out.write(_line(column.name for column in view.columns))
    out.write(_line("---:" if column.kind == "int" else "---" for column in view.columns))
    out.writelines(
        _line(escaped(text_of(column.kind, value)) for column, value in zip(view.columns, row, strict=True))
        for row in view.rows
    )


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return text if text.isalnum() else _MARKUP.sub(r"\\\1", text)


def _line(cells: object) -> str:
    return f"| {' | '.join(cells)} |\n"  # type: ignore[arg-type]
