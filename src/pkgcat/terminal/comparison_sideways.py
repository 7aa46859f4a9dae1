"""A comparison on its side: a line for each package, a column for each row.

What has no room beside the slugs follows below, in another table of the same packages.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pkgcat.model.types import INTEGER_LIST
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.results.output import Output, Screen
from pkgcat.terminal.comparison_cells import Cell, is_address, make_short_cells
from pkgcat.terminal.comparison_columns import GUTTER, make_gutter, paint_line
from pkgcat.terminal.wrapping import BOLD, DIM, cut_text, measure, pad, paint, wrap_text

_MIN_COLUMNS = 3
"""So many rows, or all of them, have room beside the slugs; else each package gets a block."""
_MAX_SHORT = 20
"""Columns of longer values share what the others leave."""
_MIN_LONG = 16
_MIN_SLUG, _MAX_SLUG = 16, 32
_MOST_HEADING_LINES = 4
_WIDE_SCREEN = 160
_IMPORTANT = (
    "state",
    "decision",
    "repo_watchers",
    "pypi_version",
    "last_updated",
    "commits_over_52",
    "python_versions",
    "django_versions",
)
"""Rows that come before all others, and then open questions; long values come last."""


class SideColumn(NamedTuple):
    """A row that became a column."""

    row: ComparisonRow
    cells: list[Cell]
    wanted: int
    width: int
    gutter: int

    @property
    def room(self) -> int:
        """What it takes of the width of the screen."""
        return self.gutter + self.width


class Band(NamedTuple):
    """Columns that stand beside each other."""

    columns: list[SideColumn]

    @property
    def room(self) -> int:
        """What they take of the width of the screen."""
        return sum(column.room for column in self.columns)


class Sideways(NamedTuple):
    """The width of the slugs, and what stands beside them, one table below the other."""

    slug_width: int
    bands: list[Band]


def fit_sideways(
    comparison: Comparison, rows: Sequence[ComparisonRow], screen: Screen
) -> Sideways | None:
    """Return the columns of each table; None where the width has room for too few."""
    longest_slug = max(measure(slug) for slug in comparison.slugs)
    slug_width = min(longest_slug, max(_MIN_SLUG, min(_MAX_SLUG, screen.width // 4)))
    room = screen.width - slug_width
    columns = [_make_column(row, screen) for row in rows]
    bands: list[list[int]] = []
    rooms_left: list[int] = []
    for place in sorted(range(len(rows)), key=lambda place: _rank(columns[place])):
        wanted = columns[place].room
        if wanted > room:
            return None
        band = next((band for band, left in enumerate(rooms_left) if wanted <= left), len(bands))
        if band == len(bands):
            bands.append([])
            rooms_left.append(room)
        bands[band].append(place)
        rooms_left[band] -= wanted
    if not bands or len(bands[0]) < min(_MIN_COLUMNS, len(rows)):
        return None
    fitted = [Band(_widen([columns[place] for place in sorted(band)], room)) for band in bands]
    slug_width += min(longest_slug - slug_width, screen.width - slug_width - _widest(fitted))
    return Sideways(slug_width, fitted)


def _widest(bands: Sequence[Band]) -> int:
    return max(band.room for band in bands)


def _widen(columns: list[SideColumn], room: int) -> list[SideColumn]:
    """Give columns what they want of the room that is left, and alike where that is not enough."""
    left = room - sum(column.room for column in columns)
    widened = list(columns)
    places = sorted(range(len(columns)), key=lambda place: _lack(columns[place]))
    for index, place in enumerate(places):
        more = min(_lack(columns[place]), left // (len(places) - index))
        widened[place] = columns[place]._replace(width=columns[place].width + more)
        left -= more
    return widened


def _lack(column: SideColumn) -> int:
    """Return how much wider a column would be with all of its texts whole."""
    return column.wanted - column.width


def _make_column(row: ComparisonRow, screen: Screen) -> SideColumn:
    """Return a column at its least width."""
    cells = make_short_cells(row, 26 if screen.width >= _WIDE_SCREEN else 13, screen)
    longest = max(measure(cell.text) for cell in cells)
    words = row.label.split()
    heading = min(_MAX_SHORT, max(map(measure, words), default=0))
    wanted = max(longest, heading)
    least = wanted
    if wanted > _MAX_SHORT and row.type is not INTEGER_LIST:
        least = max(_MIN_LONG, heading)
    gutter = GUTTER if row.best else GUTTER - 1
    return SideColumn(row, cells, wanted, least, gutter)


def _rank(column: SideColumn) -> tuple[bool, bool, bool, int]:
    """Return what orders columns, those first that come before others."""
    row = column.row
    is_long = row.type is not INTEGER_LIST and column.wanted > _MAX_SHORT
    importance = len(_IMPORTANT) + 1
    if row.name in _IMPORTANT:
        importance = _IMPORTANT.index(row.name)
    elif row.is_question:
        importance = len(_IMPORTANT)
    return row.is_unknown, is_long or is_address(row.type), not row.differs, importance


def write_sideways(comparison: Comparison, sideways: Sideways, screen: Screen, out: Output) -> bool:
    """Write the tables; return whether anything was cut."""
    is_cut = False
    for number, band in enumerate(sideways.bands):
        if number > 0:
            out.write("\n")
        is_cut |= _write_headings(band, sideways.slug_width, screen, out)
        for place, slug in enumerate(comparison.slugs):
            is_cut |= _write_package(slug, place, band, sideways.slug_width, screen, out)
    return is_cut


def _write_package(
    slug: str, place: int, band: Band, slug_width: int, screen: Screen, out: Output
) -> bool:
    """Write the line of a package; return whether anything was cut."""
    shown = cut_text(slug, slug_width, screen)
    is_cut = shown != slug
    pieces = [paint(pad(shown, slug_width), BOLD, screen)]
    for column in band.columns:
        cell = column.cells[place]
        text = cut_text(cell.text, column.width, screen)
        is_cut |= text != cell.text
        padded = pad(text, column.width, to_right=column.row.type.is_number)
        pieces.append(make_gutter(cell, 0, screen, column.gutter))
        pieces.append(paint_line(cell, 0, padded, screen))
    out.write(f"{''.join(pieces).rstrip()}\n")
    return is_cut


def _write_headings(band: Band, slug_width: int, screen: Screen, out: Output) -> bool:
    """Write the labels, as many lines as they need, and a rule; return whether one was cut."""
    is_cut = False
    headings = []
    for column in band.columns:
        lines, heading_is_cut = wrap_text(
            column.row.label, column.width, _MOST_HEADING_LINES, screen
        )
        headings.append(lines)
        is_cut |= heading_is_cut
    height = max(map(len, headings))
    for index in range(height):
        pieces = [" " * slug_width]
        for column, lines in zip(band.columns, headings, strict=True):
            from_top = index - (height - len(lines))
            part = lines[from_top] if from_top >= 0 else ""
            padded = pad(part, column.width, to_right=column.row.type.is_number)
            pieces.append(" " * column.gutter + paint(padded, DIM, screen))
        out.write(f"{''.join(pieces).rstrip()}\n")
    rule = ("─" if screen.unicode else "-") * (slug_width + band.room)
    out.write(f"{paint(rule, DIM, screen)}\n")
    return is_cut
