"""A Markdown table (GitHub Flavored Markdown, 4.10), with markup in cells escaped."""

import json

from pkgcat.formats.markdown_comparison import render_comparison
from pkgcat.formats.markdown_text import escape_markdown, format_line, link_address
from pkgcat.model.types import INTEGER_LIST, SqlValue
from pkgcat.results.comparison import Comparison
from pkgcat.results.output import Output, Screen
from pkgcat.results.result import Result
from pkgcat.results.sparkline import draw_sparkline
from pkgcat.results.table import Column, TypedValue, format_value, typed

_WEEKS = 52


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a header and a line for each row; numbers to the right."""
    if isinstance(result, Comparison):
        render_comparison(result, out)
        return
    table = result.table()
    out.write(format_line(column.name for column in table.columns))
    out.write(format_line("---:" if column.type.is_number else "---" for column in table.columns))
    for row in table.rows:
        out.write(format_line(map(_format_cell, table.columns, row)))


def _format_cell(column: Column, value: SqlValue | TypedValue) -> str:
    """Write a value: an address as a link, the commits of weeks as a sparkline."""
    type_, stored = typed(column, value)
    if type_ is INTEGER_LIST and stored is not None:
        return draw_sparkline(json.loads(str(stored)), _WEEKS)
    text = format_value(column, value)
    if type_.is_address:
        return link_address(text)
    return escape_markdown(text)
