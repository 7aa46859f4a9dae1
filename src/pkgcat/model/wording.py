"""Ages, numbers and slugs as people read them."""

from datetime import datetime, timedelta

_UNIT_SECONDS = (
    ("year", 365 * 86400),
    ("month", 30 * 86400),
    ("day", 86400),
    ("hour", 3600),
    ("minute", 60),
)


def format_age(moment: datetime, now: datetime) -> str:
    """Say how long ago it was, or will be, in the largest whole unit: `3 days ago`, `in 1 hour`."""
    seconds = (now - moment) // timedelta(seconds=1)
    for unit, unit_seconds in _UNIT_SECONDS:
        count = abs(seconds) // unit_seconds
        if count == 0:
            continue
        span = format_count(count, unit)
        if seconds > 0:
            return f"{span} ago"
        return f"in {span}"
    return "just now"


def format_number(value: int) -> str:
    """Write a number with its thousands apart."""
    return f"{value:,}"


def format_part(count: int, total: int | None, singular: str, plural: str = "") -> str:
    """Write a number with its noun; of a part, also the number of all: `2 of 445 packages`."""
    if total is None or count == total:
        return format_count(count, singular, plural)
    return f"{format_number(count)} of {format_count(total, singular, plural)}"


def make_title(slug: str) -> str:
    """Return a title made of a slug: `full-text` becomes `Full text`."""
    return slug.replace("-", " ").capitalize()


def format_count(count: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun: `1 package`, `1,200 packages`."""
    if count == 1:
        return f"1 {singular}"
    return f"{format_number(count)} {plural or f'{singular}s'}"
