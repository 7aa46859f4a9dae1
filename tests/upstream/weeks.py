"""Commits by week, as the hosts and Django Packages count them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

WEEK = timedelta(days=7)


def weeks(dates: Iterable[datetime], end: datetime) -> list[int]:
    """Count dates before `end` in 52 weeks, oldest first."""
    counts = [0] * 52
    for date in dates:
        age = (end - date - timedelta(microseconds=1)) // WEEK
        if 0 <= age < 52:
            counts[51 - age] += 1
    return counts
