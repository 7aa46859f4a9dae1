"""A picture: a table, pages of packages, a comparison or a chart, light or dark as the reader's
screen.

Nothing is loaded from elsewhere, and no script is needed. Text is in a font whose letters are all
of one width, so that what fits is known; what does not fit ends in `…`.
"""

from datetime import datetime
from itertools import chain
from json import loads
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.formats.drawings import BAR_WIDTH, draw_steps, draw_ticks, read_weeks
from pkgcat.formats.svg_picture import (
    LETTER_WIDTH,
    LINE_HEIGHT,
    MARGIN,
    Picture,
    cut_text,
    measure_text,
)
from pkgcat.model.package import Package
from pkgcat.model.text import clean, link
from pkgcat.model.types import INTEGER_LIST, SqlValue, Value
from pkgcat.model.wording import format_count, format_number
from pkgcat.results.chart import Chart
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Output, Screen
from pkgcat.results.package_page import list_facts, list_marks, list_memberships
from pkgcat.results.records import Records
from pkgcat.results.result import Result
from pkgcat.results.table import Column, Table, TypedValue, typed

_GAP = 2 * LETTER_WIDTH
_LONGEST = 44
"""A cell has so many letters at the most."""
_MAX_ROWS = 500
"""A picture of more rows is none that anybody can look at."""
_PAGE_LETTERS = 88
_BARS_HEIGHT = 16
_CHART_SIZE = (640, 200)
_LINKS = (("repository", "repo_url"), ("PyPI", "pypi_url"), ("docs", "documentation_url"))


class _Cell(NamedTuple):
    """What stands in a table: a text, or the weeks that are drawn."""

    text: str
    css: str = ""
    href: str | None = None
    weeks: tuple[int, ...] = ()
    most: int = 0
    is_number: bool = False

    @property
    def width(self) -> float:
        """Its width in pixels."""
        if self.weeks:
            return len(self.weeks) * BAR_WIDTH
        return measure_text(self.text) * LETTER_WIDTH


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a picture of a result; raise Invalid for a table of too many rows."""
    picture = Picture()
    if isinstance(result, Records) and result.shows_pages:
        for package in result.packages():
            _draw_page(picture, package, screen)
    elif isinstance(result, Comparison) and result.slugs:
        _draw_comparison(picture, result)
    elif isinstance(result, Chart) and result.points:
        _draw_chart(picture, result)
    else:
        _draw_table(picture, result.table(), screen)
    picture.write_to(out)


def _draw_table(picture: Picture, table: Table, screen: Screen) -> None:
    rows = _make_rows(table, screen)
    if not rows:
        _write_empty(picture, table.empty or "none")
        return
    heads = [_Cell(clean(column.heading or column.name), "head") for column in table.columns]
    if table.drop_to_fit:
        heads, rows = _drop_empty_columns(heads, rows)
    _draw_rows(picture, heads, rows)


def _make_rows(table: Table, screen: Screen) -> list[list[_Cell]]:
    """Return the cells of a table; raise Invalid if it has more rows than a picture may have."""
    rows = []
    for row in table.rows:
        cells = []
        for column, value in zip(table.columns, row, strict=True):
            cells.append(_make_cell(column, value, screen))
        rows.append(cells)
        if len(rows) > _MAX_ROWS:
            raise Invalid(f"a picture has at most {_MAX_ROWS} rows; --limit, or --format html")
    return rows


def _write_empty(picture: Picture, message: str) -> None:
    """Write what is said of a table without rows."""
    for line in clean(message, lines=True).splitlines():
        picture.write_text(MARGIN, line, "dim")
        picture.y += LINE_HEIGHT


def _drop_empty_columns(
    heads: list[_Cell], rows: list[list[_Cell]]
) -> tuple[list[_Cell], list[list[_Cell]]]:
    """Return the headings and the rows without the columns in which nothing stands."""
    used = []
    for place in range(len(heads)):
        if any(_is_filled(row[place]) for row in rows):
            used.append(place)
    kept_heads = [heads[place] for place in used]
    kept_rows = []
    for row in rows:
        kept_rows.append([row[place] for place in used])
    return kept_heads, kept_rows


def _is_filled(cell: _Cell) -> bool:
    return bool(cell.text or cell.weeks)


def _make_cell(column: Column, value: SqlValue | TypedValue, screen: Screen) -> _Cell:
    type_, stored = typed(column, value)
    if stored is None:
        return _Cell("")
    if type_ is INTEGER_LIST:
        return _Cell("", weeks=tuple(loads(str(stored))))
    text = type_.to_text(stored)
    href = link(text) if type_.is_address else None
    css = "link" if href else ""
    shown = type_.to_short_text(stored, screen.now)
    return _Cell(cut_text(shown, _LONGEST), css, href, is_number=type_.is_number)


def _draw_rows(picture: Picture, heads: list[_Cell], rows: list[list[_Cell]]) -> None:
    """Draw rows under a heading, each column as wide as the widest of its cells."""
    widths = []
    for place, head in enumerate(heads):
        widths.append(max([head.width, *(row[place].width for row in rows)]))
    total = MARGIN + sum(widths) + _GAP * (len(widths) - 1)
    for number, row in enumerate([heads, *rows]):
        x = float(MARGIN)
        numbers = rows[0] if number == 0 else row
        for cell, width, model in zip(row, widths, numbers, strict=True):
            if cell.weeks:
                picture.draw_weeks(x, cell.weeks, _BARS_HEIGHT, cell.most)
            elif model.is_number:
                picture.write_text(x + width, cell.text, cell.css, href=cell.href, end=True)
            elif cell.text:
                picture.write_text(x, cell.text, cell.css, href=cell.href)
            x += width + _GAP
        picture.y += LINE_HEIGHT
        if number == 0:
            picture.draw_rule(total)
            picture.y += 4
    picture.width = max(picture.width, total)


def _draw_page(picture: Picture, package: Package, screen: Screen) -> None:
    if picture.shapes:
        picture.y += 8
        picture.draw_rule(MARGIN + _PAGE_LETTERS * LETTER_WIDTH)
        picture.y += 16
    picture.width = max(picture.width, MARGIN + _PAGE_LETTERS * LETTER_WIDTH)
    _write_heading(picture, package)
    picture.y += 8
    for section in ("repository", "pypi", "user"):
        for fact in list_facts(package, section, screen.now):
            _write_fact(picture, fact.label, fact.text)
    for label, name in _LINKS:
        address = package.values[name]
        if address:
            _write_fact(picture, label, clean(str(address)), link(str(address)))
    weeks = package.commits_over_52
    if weeks:
        picture.y += 8
        picture.draw_weeks(MARGIN, weeks, 2 * _BARS_HEIGHT)
        picture.y += 2 * LINE_HEIGHT
        words = f"{format_count(sum(weeks), 'commit')} in {format_count(len(weeks), 'week')}"
        _write_line(picture, words, "dim")


def _write_heading(picture: Picture, package: Package) -> None:
    picture.write_text(MARGIN, cut_text(clean(package.title).strip(), 60), "title")
    picture.y += LINE_HEIGHT + 4
    if package.title.strip() != package.slug:
        _write_line(picture, clean(package.slug), "dim")
    for mark in list_marks(package):
        _write_line(picture, mark.text, mark.tone)
    if package.repo_description:
        _write_line(picture, clean(package.repo_description))
    memberships = list_memberships(package)
    if memberships:
        _write_line(picture, " · ".join(memberships), "dim")


def _write_line(picture: Picture, text: str, css: str = "") -> None:
    picture.write_text(MARGIN, cut_text(text, _PAGE_LETTERS), css)
    picture.y += LINE_HEIGHT


def _write_fact(picture: Picture, label: str, text: str, href: str | None = None) -> None:
    picture.write_text(MARGIN, cut_text(label, 14), "dim")
    css = "link" if href else ""
    picture.write_text(
        MARGIN + 16 * LETTER_WIDTH, cut_text(text, _PAGE_LETTERS - 16), css, href=href
    )
    picture.y += LINE_HEIGHT


def _draw_comparison(picture: Picture, comparison: Comparison) -> None:
    if comparison.title:
        picture.write_text(MARGIN, cut_text(clean(comparison.title), 60), "title")
        picture.y += LINE_HEIGHT + 8
    rows = []
    for row in comparison.rows:
        if row.is_unknown and not row.is_question:
            continue
        rows.append([_Cell(cut_text(clean(row.label), 24), "dim"), *_make_compared_cells(row)])
    heads = [_Cell("")]
    for title in comparison.titles:
        heads.append(_Cell(cut_text(clean(title), 32)))
    _draw_rows(picture, heads, rows)


def _make_compared_cells(row: ComparisonRow) -> list[_Cell]:
    """Return the cells of a row; bars that are compared have one scale."""
    weeks = [read_weeks(row, value) for value in row.values]
    most = max([0, *chain.from_iterable(weeks)])
    cells = []
    for place, value in enumerate(row.values):
        css = "best" if place in row.best else ""
        if weeks[place]:
            cells.append(_Cell("", css, weeks=weeks[place], most=most))
            continue
        text = _format_compared(row, value)
        if row.ticks:
            text = f"{draw_ticks(row.ticks[place])} {text}".strip()
        href = link(text) if row.type.is_address else None
        if href and not css:
            css = "link"
        cells.append(_Cell(cut_text(text, 32), css, href))
    return cells


def _format_compared(row: ComparisonRow, value: Value) -> str:
    if value is None:
        return "?" if row.is_question else ""
    if value == ():
        return "none"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return format_number(value)
    return row.type.to_text(row.type.to_sql(value))


def _draw_chart(picture: Picture, chart: Chart) -> None:
    width, height = _CHART_SIZE
    values = [value for _, value in chart.points]
    high, low = format_number(max(values)), format_number(min(values))
    margin = max(len(high), len(low)) * LETTER_WIDTH + 10
    picture.write_text(MARGIN, cut_text(clean(chart.title), 60), "title")
    picture.y += LINE_HEIGHT + 12
    top = picture.y
    picture.write_text(MARGIN + margin - 10, high, "dim", end=True)
    picture.shapes.append(
        f'<g transform="translate({MARGIN + margin:.0f} {top + 10:.0f})">'
        f'<path class="line" d="M0 0H{width}M0 {height}H{width}"/>'
        f'<path class="steps" d="{draw_steps(chart.points, width, height)}"/></g>'
    )
    picture.y = top + height
    if low != high:
        picture.write_text(MARGIN + margin - 10, low, "dim", end=True)
    picture.y += LINE_HEIGHT
    picture.write_text(MARGIN + margin, chart.points[0][0].date().isoformat(), "dim")
    last = chart.points[-1][0].date().isoformat()
    picture.write_text(MARGIN + margin + width, last, "dim", end=True)
    picture.y += LINE_HEIGHT
    picture.width = max(picture.width, MARGIN + margin + width)
