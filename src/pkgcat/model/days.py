"""Whole days, and spans of months and days to count with."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.parsing import parse_duration, shorten


class CalendarSpan(NamedTuple):
    """So many calendar months and days."""

    months: int = 0
    days: int = 0

    def before(self, day: date) -> date:
        """Return the day that lies so long before another one; the calendar's first where that is
        too long.
        """
        try:
            return add_months(day, -self.months) - timedelta(days=self.days)
        except (ValueError, OverflowError):
            return date.min


def parse_day(name: str, text: str) -> date:
    """Read `2026-02-15`; raise Invalid, which begins with the name."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Invalid(f"{name}: {shorten(text)} is not a date such as 2026-02-15")


def parse_span(text: str) -> CalendarSpan:
    """Read `18 months`, `90d`, `26w` or `2y` (365 days each); raise Invalid."""
    match = re.fullmatch(r"(\d{1,4}) ?months?", text, re.ASCII)
    if match:
        return CalendarSpan(months=int(match[1]))
    if re.fullmatch(r"\d{1,4}[dwy]", text, re.ASCII):
        return CalendarSpan(days=parse_duration(text).days)
    raise Invalid(f"{text!r} is not a number of months or days; 18 months, 90d, 26w and 2y are")


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day where it is shorter.

    Raises ValueError where the calendar ends.
    """
    first = _first_of_month(day, months)
    last = _first_of_month(day, months + 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _first_of_month(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)
