"""A picture: a table, pages of packages, a comparison or a chart, light or dark as the reader's
screen.

Nothing is loaded from elsewhere, and no script is needed. Text is in a font whose letters are all
of one width, so that what fits is known; what does not fit ends in `…`.
"""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import chain
from json import loads
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.formats.drawings import BAR_WIDTH, draw_bars, draw_steps, draw_ticks, read_weeks
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

_LETTER = 7.8
"""The width of a letter of 13 pixels, in pixels."""
_LINE = 22
_MARGIN = 20
_GAP = 2 * _LETTER
_LONGEST = 44
"""A cell has so many letters at the most."""
_MAX_ROWS = 500
"""A picture of more rows is none that anybody can look at."""
_PAGE_LETTERS = 88
_BARS_HEIGHT = 16
_CHART_SIZE = (640, 200)
_LINKS = (("repository", "repo_url"), ("PyPI", "pypi_url"), ("docs", "documentation_url"))

_STYLE = """<style>
svg { --text: #1c2128; --dim: #5a6472; --line: #d8dee6; --back: #fff; --link: #0b57b0; --bar: #2f7d4f;
  --bad: #a4161a; --warning: #7a4b00; --good: #1b6137; }
@media (prefers-color-scheme: dark) { svg { --text: #e3e8ee; --dim: #9aa6b4; --line: #333c47; --back: #14181d;
  --link: #7db8ff; --bar: #5fbf86; --bad: #ff9d97; --warning: #f3c969; --good: #8fdcae; } }
.back { fill: var(--back); }
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--text); white-space: pre; }
.title { font-weight: bold; font-size: 17px; }
.head, .dim { fill: var(--dim); }
.link { fill: var(--link); }
.bad { fill: var(--bad); }
.warning { fill: var(--warning); }
.good, .best { fill: var(--good); font-weight: bold; }
.line { stroke: var(--line); }
.bars { stroke: var(--bar); stroke-width: 1.4; }
.steps { stroke: var(--bar); stroke-width: 2; fill: none; }
</style>"""


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
        return _measure(self.text) * _LETTER


class _Picture:
    """Shapes, and how much room they take."""

    def __init__(self) -> None:
        self.shapes: list[str] = []
        self.width = 0.0
        self.y = float(_MARGIN)

    def write_text(
        self, x: float, text: str, css: str = "", *, href: str | None = None, end: bool = False
    ) -> None:
        """Write text on the present line, from `x` on, or up to `x` where `end` is set."""
        anchor = ' text-anchor="end"' if end else ""
        given = f' class="{css}"' if css else ""
        shape = f'<text x="{x:.0f}" y="{self.y + 15:.0f}"{given}{anchor}>{escape(text)}</text>'
        if href:
            shape = f'<a href="{escape(href)}" rel="noreferrer noopener">{shape}</a>'
        self.shapes.append(shape)
        if not end:
            self.width = max(self.width, x + _measure(text) * _LETTER)

    def draw_weeks(self, x: float, weeks: Sequence[int], height: int, most: int = 0) -> None:
        """Draw the commits of weeks on the present line."""
        words = f"{format_count(sum(weeks), 'commit')} in {format_count(len(weeks), 'week')}"
        self.shapes.append(
            f'<g transform="translate({x:.0f} {self.y + 2:.0f})"><title>{words}</title>'
            f'<path class="line" d="M0 {height}H{len(weeks) * BAR_WIDTH}"/>'
            f'<path class="bars" d="{draw_bars(weeks, height, most)}"/></g>'
        )
        self.width = max(self.width, x + len(weeks) * BAR_WIDTH)

    def draw_rule(self, width: float) -> None:
        """Draw a line across a width."""
        self.shapes.append(f'<path class="line" d="M{_MARGIN} {self.y:.0f}H{width:.0f}"/>')

    def write_to(self, out: Output) -> None:
        """Write the picture as a file of its own."""
        width, height = self.width + _MARGIN, self.y + _MARGIN
        out.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}">\n{_STYLE}\n'
            '<rect class="back" width="100%" height="100%"/>\n'
        )
        out.writelines(f"{shape}\n" for shape in self.shapes)
        out.write("</svg>\n")


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a picture of a result; raise Invalid for a table of too many rows."""
    picture = _Picture()
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


def _draw_table(picture: _Picture, table: Table, screen: Screen) -> None:
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


def _write_empty(picture: _Picture, message: str) -> None:
    """Write what is said of a table without rows."""
    for line in clean(message, lines=True).splitlines():
        picture.write_text(_MARGIN, line, "dim")
        picture.y += _LINE


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
    return _Cell(_cut(shown, _LONGEST), css, href, is_number=type_.is_number)


def _draw_rows(picture: _Picture, heads: list[_Cell], rows: list[list[_Cell]]) -> None:
    """Draw rows under a heading, each column as wide as the widest of its cells."""
    widths = []
    for place, head in enumerate(heads):
        widths.append(max([head.width, *(row[place].width for row in rows)]))
    total = _MARGIN + sum(widths) + _GAP * (len(widths) - 1)
    for number, row in enumerate([heads, *rows]):
        x = float(_MARGIN)
        numbers = rows[0] if number == 0 else row
        for cell, width, model in zip(row, widths, numbers, strict=True):
            if cell.weeks:
                picture.draw_weeks(x, cell.weeks, _BARS_HEIGHT, cell.most)
            elif model.is_number:
                picture.write_text(x + width, cell.text, cell.css, href=cell.href, end=True)
            elif cell.text:
                picture.write_text(x, cell.text, cell.css, href=cell.href)
            x += width + _GAP
        picture.y += _LINE
        if number == 0:
            picture.draw_rule(total)
            picture.y += 4
    picture.width = max(picture.width, total)


def _draw_page(picture: _Picture, package: Package, screen: Screen) -> None:
    if picture.shapes:
        picture.y += 8
        picture.draw_rule(_MARGIN + _PAGE_LETTERS * _LETTER)
        picture.y += 16
    picture.width = max(picture.width, _MARGIN + _PAGE_LETTERS * _LETTER)
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
        picture.draw_weeks(_MARGIN, weeks, 2 * _BARS_HEIGHT)
        picture.y += 2 * _LINE
        words = f"{format_count(sum(weeks), 'commit')} in {format_count(len(weeks), 'week')}"
        _write_line(picture, words, "dim")


def _write_heading(picture: _Picture, package: Package) -> None:
    picture.write_text(_MARGIN, _cut(clean(package.title).strip(), 60), "title")
    picture.y += _LINE + 4
    if package.title.strip() != package.slug:
        _write_line(picture, clean(package.slug), "dim")
    for mark in list_marks(package):
        _write_line(picture, mark.text, mark.tone)
    if package.repo_description:
        _write_line(picture, clean(package.repo_description))
    memberships = list_memberships(package)
    if memberships:
        _write_line(picture, " · ".join(memberships), "dim")


def _write_line(picture: _Picture, text: str, css: str = "") -> None:
    picture.write_text(_MARGIN, _cut(text, _PAGE_LETTERS), css)
    picture.y += _LINE


def _write_fact(picture: _Picture, label: str, text: str, href: str | None = None) -> None:
    picture.write_text(_MARGIN, _cut(label, 14), "dim")
    css = "link" if href else ""
    picture.write_text(_MARGIN + 16 * _LETTER, _cut(text, _PAGE_LETTERS - 16), css, href=href)
    picture.y += _LINE


def _draw_comparison(picture: _Picture, comparison: Comparison) -> None:
    if comparison.title:
        picture.write_text(_MARGIN, _cut(clean(comparison.title), 60), "title")
        picture.y += _LINE + 8
    rows = []
    for row in comparison.rows:
        if row.is_unknown and not row.is_question:
            continue
        rows.append([_Cell(_cut(clean(row.label), 24), "dim"), *_make_compared_cells(row)])
    heads = [_Cell("")]
    for title in comparison.titles:
        heads.append(_Cell(_cut(clean(title), 32)))
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
        cells.append(_Cell(_cut(text, 32), css, href))
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


def _draw_chart(picture: _Picture, chart: Chart) -> None:
    width, height = _CHART_SIZE
    values = [value for _, value in chart.points]
    high, low = format_number(max(values)), format_number(min(values))
    margin = max(len(high), len(low)) * _LETTER + 10
    picture.write_text(_MARGIN, _cut(clean(chart.title), 60), "title")
    picture.y += _LINE + 12
    top = picture.y
    picture.write_text(_MARGIN + margin - 10, high, "dim", end=True)
    picture.shapes.append(
        f'<g transform="translate({_MARGIN + margin:.0f} {top + 10:.0f})">'
        f'<path class="line" d="M0 0H{width}M0 {height}H{width}"/>'
        f'<path class="steps" d="{draw_steps(chart.points, width, height)}"/></g>'
    )
    picture.y = top + height
    if low != high:
        picture.write_text(_MARGIN + margin - 10, low, "dim", end=True)
    picture.y += _LINE
    picture.write_text(_MARGIN + margin, chart.points[0][0].date().isoformat(), "dim")
    last = chart.points[-1][0].date().isoformat()
    picture.write_text(_MARGIN + margin + width, last, "dim", end=True)
    picture.y += _LINE
    picture.width = max(picture.width, _MARGIN + margin + width)


def _measure(text: str) -> int:
    """Return how many letters wide a text is: those of East Asia take two."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # most text is ASCII

    width = 0
    for character in text:
        if not combining(character):
            width += 2 if east_asian_width(character) in "WF" else 1
    return width


def _cut(text: str, most: int) -> str:
    """Return text of at most so many letters; what was cut ends in `…`."""
    if _measure(text) <= most:
        return text
    kept = text[:most]
    while kept and _measure(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
