"""The time, which services take as an argument."""

from datetime import UTC, datetime


def read_clock() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)
