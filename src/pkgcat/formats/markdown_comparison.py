"""A comparison as a Markdown table that can be published: a column for each package, the best of
each row in bold.
"""

from datetime import datetime

from pkgcat.formats.markdown_text import escape_markdown, format_line, link_address
from pkgcat.model.text import clean
from pkgcat.model.types import INTEGER, INTEGER_LIST, Value
from pkgcat.model.wording import format_number
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Output
from pkgcat.results.sparkline import FULL_BLOCK, draw_sparkline

_WEEKS = 52
_TICK, _CROSS = "✓", "✗"


def render_comparison(comparison: Comparison, out: Output) -> None:
    """Write a line for each row of which anything is known, or which asks a question."""
    if comparison.title:
        out.write(f"## {escape_markdown(clean(comparison.title))}\n\n")
    if not comparison.slugs:
        if comparison.empty:
            out.write(f"{escape_markdown(clean(comparison.empty))}\n")
        return
    slugs = [escape_markdown(clean(slug)) for slug in comparison.slugs]
    out.write(format_line(["", *slugs]))
    out.write(format_line(["---"] * (len(slugs) + 1)))
    for row in comparison.rows:
        if row.is_question or not row.is_unknown:
            label = escape_markdown(clean(row.label))
            out.write(format_line([label, *_make_cells(row)]))


def _make_cells(row: ComparisonRow) -> list[str]:
    """Return what a row has of each package; the best is bold."""
    most = _find_most(row)
    cells = []
    for place, value in enumerate(row.values):
        text = _format_value(row, value, most)
        if row.ticks and row.ticks[place]:
            text = f"{_draw_ticks(row.ticks[place])} {text}"
        if place in row.best:
            text = f"**{text}**"
        cells.append(text)
    return cells


def _find_most(row: ComparisonRow) -> int:
    """Return the number of a full block of sparklines on one scale."""
    most = FULL_BLOCK
    if row.type is INTEGER_LIST:
        for value in row.values:
            most = max([most, *_weeks_of(value)])
    return most


def _format_value(row: ComparisonRow, value: Value, most: int) -> str:
    if value is None:
        return "?" if row.is_question else ""
    if row.type is INTEGER_LIST:
        return draw_sparkline(_weeks_of(value), _WEEKS, most=most)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    if row.type is INTEGER:
        assert isinstance(value, int)
        return format_number(value)
    text = row.type.to_text(row.type.to_sql(value)).strip()
    if row.type.is_address and row.type.is_text:
        return link_address(text)
    return escape_markdown(text or "none")


def _weeks_of(value: Value) -> list[int]:
    if not isinstance(value, tuple):
        return []
    return [number for number in value if isinstance(number, int)]


def _draw_ticks(count: int) -> str:
    if count < 0:
        return _CROSS
    return _TICK * count
