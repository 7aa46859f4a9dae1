"""A self-contained HTML file: no script, nothing that is loaded from elsewhere, light and dark."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pkgcat.formats.drawings import draw_steps
from pkgcat.formats.html.cells import Cell, make_cell
from pkgcat.formats.html.comparison import CompareRow, describe_same, make_rows
from pkgcat.formats.html.package import Listed, Page, list_package, make_page
from pkgcat.model.text import clean
from pkgcat.model.wording import format_number
from pkgcat.results.chart import Chart
from pkgcat.results.comparison import Comparison
from pkgcat.results.output import Output, Screen
from pkgcat.results.records import Records
from pkgcat.results.result import Result
from pkgcat.results.table import Table

CHART_SIZE = (640, 200)
"""Width and height of a chart, in units of its picture."""


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write a page of its own for each kind of result: packages, a list of them, a comparison, a
    chart, or any other table.
    """
    if isinstance(result, Records) and not result.chosen:
        _render_packages(result, screen, out)
    elif isinstance(result, Comparison) and result.slugs:
        _render_comparison(result, screen, out)
    elif isinstance(result, Chart) and result.points:
        _render_chart(result, screen, out)
    else:
        _render_table(result.table(), screen, out)


def _render_packages(records: Records, screen: Screen, out: Output) -> None:
    if records.shows_pages:
        pages: Iterator[Page] = (make_page(package, screen.now) for package in records.packages())
        pages, titles = _peek_title(pages)
        _write("package.html", out, screen, title=titles, pages=pages)
        return
    packages: Iterator[Listed] = (
        list_package(package, screen.now) for package in records.packages()
    )
    _write("list.html", out, screen, title="Packages", packages=packages, empty=records.empty)


def _peek_title(pages: Iterator[Page]) -> tuple[Iterator[Page], str]:
    """Return the pages, and the title of the first one if it is alone."""
    first = [page for page, _ in zip(pages, range(2), strict=False)]
    title = first[0].title if len(first) == 1 else "Packages"

    def all_pages() -> Iterator[Page]:
        yield from first
        yield from pages

    return all_pages(), title


def _render_comparison(comparison: Comparison, screen: Screen, out: Output) -> None:
    rows = make_rows(comparison, screen.now)
    same: list[CompareRow] = []
    if comparison.fold_equal:
        same = [row for row in rows if not row.differs]
        rows = [row for row in rows if row.differs]
    packages = zip(map(clean, comparison.slugs), map(clean, comparison.titles), strict=True)
    _write(
        "comparison.html",
        out,
        screen,
        title=clean(comparison.title) or "Comparison",
        packages=list(packages),
        rows=rows,
        same=describe_same(same),
    )


def _render_chart(chart: Chart, screen: Screen, out: Output) -> None:
    values = [value for _, value in chart.points]
    width, height = CHART_SIZE
    _write(
        "chart.html",
        out,
        screen,
        title=clean(chart.title),
        path=draw_steps(chart.points, width, height),
        width=width,
        height=height,
        high=format_number(max(values)),
        low=format_number(min(values)),
        first=chart.points[0][0].date().isoformat(),
        last=chart.points[-1][0].date().isoformat(),
        points=[(moment, format_number(value)) for moment, value in chart.points],
    )


def _render_table(table: Table, screen: Screen, out: Output) -> None:
    headings = [clean(column.heading or column.name) for column in table.columns]
    _write(
        "table.html",
        out,
        screen,
        title="pkgcat",
        columns=list(zip(headings, table.columns, strict=True)),
        rows=_make_rows(table),
        empty=table.empty,
    )


def _make_rows(table: Table) -> Iterator[list[Cell]]:
    for row in table.rows:
        cells = []
        for column, value in zip(table.columns, row, strict=True):
            cells.append(make_cell(column, value))
        yield cells


def _write(template: str, out: Output, screen: Screen, **values: Any) -> None:
    """Fill a template and write it piece by piece: a long list is never whole in memory."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates"), encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pieces: Iterable[str] = environment.get_template(template).generate(now=screen.now, **values)
    out.writelines(pieces)
