"""Times in tables of operations and changes."""

from pkgcat.model.parsing import load_stored_datetime
from pkgcat.model.types import DATETIME
from pkgcat.shell.session import Session

_NARROW = 72
"""Columns of a terminal."""


def format_time(run: Session, stored: str) -> str:
    """Return a stored time: to the minute on a terminal, on a narrow one the day; else as JSON
    has it.
    """
    if run.is_for_eyes:
        moment = load_stored_datetime(stored)
        if run.screen.width < _NARROW:
            return f"{moment:%Y-%m-%d}"
        return f"{moment:%Y-%m-%d %H:%M}"
    return str(DATETIME.sql_to_json(stored))
