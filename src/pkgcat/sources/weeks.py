"""Commits in 52 weeks: counted from dates, and shifted as time goes by."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from pkgcat.models import Values
from pkgcat.sources.base import Known, Memory

WEEK = timedelta(days=7)
YEAR = 52 * WEEK


def no_commits() -> Values:
    """Return what there is to tell of an empty repository."""
    return {"repo_commit_count": 0, "participants": (), "commits_over_52": (0,) * 52, "last_updated": None}


def count(dates: Iterable[datetime], end: datetime) -> tuple[int, ...]:
    """Count dates in 52 windows of seven days, oldest first; each has its first instant, the last its end."""
    weeks = [0] * 52
    for date in dates:
        age = max(0, -((date - end) // WEEK) - 1)
        if age < 52 and date <= end:
            weeks[51 - age] += 1
    return tuple(weeks)


def shift(weeks: tuple[int, ...], end: datetime, now: datetime) -> tuple[tuple[int, ...], datetime]:
    """Let whole weeks without commits pass since `end`; return the weeks and their new end."""
    passed = max(0, (now - end) // WEEK)
    zeros = (0,) * min(passed, len(weeks))
    return weeks[passed:] + zeros, end + passed * WEEK


def quiet(known: Known, now: datetime) -> tuple[Values, Memory]:
    """Return what changes for a repository to which nothing was pushed: its weeks, and where they end."""
    weeks = tuple(int(n) for n in _numbers(known.values.get("commits_over_52")))
    if not weeks or known.memory.counted is None:
        return {}, known.memory
    weeks, end = shift(weeks, known.memory.counted, now)
    return {"commits_over_52": weeks}, replace(known.memory, counted=end)


def _numbers(value: object) -> list[int]:
    return [item for item in value if isinstance(item, int)] if isinstance(value, tuple) else []
