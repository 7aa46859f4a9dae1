"""Commits in 52 weeks: counted from dates, and shifted as time goes by."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pkgcat.model.source_data import RefreshMemory, StoredPackage
from pkgcat.model.types import Values

WEEK = timedelta(days=7)
YEAR = 52 * WEEK


def no_commits() -> Values:
    """Return what there is to tell of an empty repository."""
    return {
        "repo_commit_count": 0,
        "participants": (),
        "commits_over_52": (0,) * 52,
        "last_updated": None,
    }


def count_by_week(dates: Iterable[datetime], end: datetime) -> tuple[int, ...]:
    """Count dates in 52 windows of seven days, oldest first; each has its first instant, the
    last its end.
    """
    weeks = [0] * 52
    for date in dates:
        age = max(0, -((date - end) // WEEK) - 1)
        if age < 52 and date <= end:
            weeks[51 - age] += 1
    return tuple(weeks)


def summarize_dates(
    dates: Sequence[datetime | None], now: datetime
) -> tuple[Values, datetime | None]:
    """Return what the dates of a branch's commits tell, newest first, and where their weeks end.

    A date may not be known: then neither are the weeks, which end nowhere.
    """
    values: Values = {}
    if not dates:
        values["last_updated"] = None
    elif dates[0] is not None:
        values["last_updated"] = dates[0]
    known = [date for date in dates if date is not None]
    if len(known) < len(dates):
        return values, None
    values["commits_over_52"] = count_by_week(known, now)
    return values, now


def shift_weeks(
    weeks: tuple[int, ...], end: datetime, now: datetime
) -> tuple[tuple[int, ...], datetime]:
    """Let whole weeks without commits pass since `end`; return the weeks and their new end."""
    passed = max(0, (now - end) // WEEK)
    zeros = (0,) * min(passed, len(weeks))
    return weeks[passed:] + zeros, end + passed * WEEK


def advance_weeks(stored: StoredPackage, now: datetime) -> tuple[Values, RefreshMemory]:
    """Return what changes for a repository to which nothing was pushed: its weeks, and where
    they end.
    """
    weeks = tuple(int(n) for n in _numbers(stored.values.get("commits_over_52")))
    if not weeks or stored.memory.counted is None:
        return {}, stored.memory
    weeks, end = shift_weeks(weeks, stored.memory.counted, now)
    return {"commits_over_52": weeks}, replace(stored.memory, counted=end)


def _numbers(value: object) -> list[int]:
    return [item for item in value if isinstance(item, int)] if isinstance(value, tuple) else []
