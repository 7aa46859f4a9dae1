"""Times as the hosts write and count them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

WEEK = timedelta(days=7)


def format_time(date: datetime) -> str:
    """Return a time in UTC to the second, as GitHub and Forgejo write it."""
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def count_by_week(dates: Iterable[datetime], end: datetime) -> list[int]:
    """Count the dates before `end` in 52 weeks, oldest first."""
    counts = [0] * 52
    for date in dates:
        age = (end - date - timedelta(microseconds=1)) // WEEK
        if 0 <= age < 52:
            counts[51 - age] += 1
    return counts
