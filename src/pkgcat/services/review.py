"""What became of a package since a decision about it."""

from datetime import datetime

from pkgcat.model.fields import FIELDS
from pkgcat.model.types import DATETIME, SqlValue
from pkgcat.services.digest import NEWS_FIELDS
from pkgcat.store import Store
from pkgcat.store.log import history

_FIELDS = tuple(name for name in NEWS_FIELDS if name in FIELDS)
"""The fields whose changes matter for a decision: those that are news."""


def list_changes(store: Store, key: int, since: datetime) -> list[str]:
    """Return a line for each field that is another since a moment: what it was, what it is, and
    when it last changed.
    """
    first_text = str(DATETIME.to_sql(since))
    olds: dict[str, SqlValue] = {}
    news: dict[str, tuple[SqlValue, str]] = {}
    for step in history.steps(store, key, _FIELDS):
        if step.at <= first_text:
            break
        olds[step.field] = step.old
        news.setdefault(step.field, (step.new, step.at))
    lines = []
    for name in _FIELDS:
        if name in olds and olds[name] != news[name][0]:
            new, at = news[name]
            lines.append(f"{name}: {_format(name, olds[name])} -> {_format(name, new)} ({at[:10]})")
    return lines


def _format(name: str, stored: SqlValue) -> str:
    return FIELDS[name].type.to_text(stored) or "unknown"
