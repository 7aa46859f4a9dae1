"""A value as HTML shows it: cleaned text, an address that links, weeks as bars."""

from collections.abc import Sequence
from datetime import UTC, datetime
from json import loads
from typing import NamedTuple

from pkgcat.formats.drawings import BAR_WIDTH, draw_bars
from pkgcat.model.text import clean, link
from pkgcat.model.types import BOOLEAN, DATETIME, INTEGER_LIST, SqlValue
from pkgcat.model.wording import format_count, format_number
from pkgcat.results.table import Column, TypedValue, typed

BARS_HEIGHT = 20


class Bars(NamedTuple):
    """The commits of weeks as a picture: its path, its width, and what it says in words."""

    path: str
    width: int
    height: int
    words: str


class Cell(NamedTuple):
    """A value: its text, where it leads to, its picture; `time` is its moment as HTML has it."""

    text: str
    label: str = ""
    href: str | None = None
    bars: Bars | None = None
    time: str = ""
    is_number: bool = False


def make_cell(column: Column, value: SqlValue | TypedValue) -> Cell:
    """Return a value of a table."""
    type_, stored = typed(column, value)
    label = clean(column.heading or column.name)
    if stored is None:
        return Cell("", label)
    if type_ is INTEGER_LIST:
        return Cell("", label, bars=make_bars(loads(str(stored))))
    if type_ is DATETIME:
        moment = DATETIME.from_sql(stored)
        if isinstance(moment, datetime):
            return Cell(format_day(moment), label, time=format_moment(moment))
    if type_ is BOOLEAN:
        return Cell(type_.to_text(stored), label)
    text = type_.to_text(stored)
    if type_.is_number and isinstance(stored, int):
        return Cell(format_number(stored), label, is_number=True)
    href = link(text) if type_.is_address else None
    return Cell(text, label, href)


def make_bars(weeks: Sequence[int], height: int = BARS_HEIGHT, most: int = 0) -> Bars | None:
    """Return the commits of weeks as bars; None where nothing is known of them."""
    if not weeks:
        return None
    words = f"{format_count(sum(weeks), 'commit')} in {format_count(len(weeks), 'week')}"
    return Bars(draw_bars(weeks, height, most), len(weeks) * BAR_WIDTH, height, words)


def format_day(moment: datetime) -> str:
    """Return a moment as its day in UTC: an age would be wrong when the file is read."""
    return moment.astimezone(UTC).date().isoformat()


def format_moment(moment: datetime) -> str:
    """Return a moment as the `datetime` of HTML's `time` has it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
