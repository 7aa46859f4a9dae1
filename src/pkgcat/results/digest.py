"""What is new in a catalog: each event once, in the order in which it is told."""

from collections.abc import Container, Sequence
from typing import NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.types import DATETIME, SqlValue, Value
from pkgcat.results.table import Row, Table, TypedValue, text_columns


class DigestEvent(NamedTuple):
    """What happened to a package.

    `old` and `new` are values of `field`; of lists only what left and what came. `at` is the
    operation's time as stored; what the days bring has no operation. `warning` says what is implausible about it.
    """

    event: str
    slug: str
    field: str
    old: Value
    new: Value
    at: str
    operation: int | None
    warning: str | None = None


class Digest:
    """The events since a moment; `since` says which, in words."""

    def __init__(self, events: Sequence[DigestEvent], since: str) -> None:
        self.events = events
        self.since = since

    def choose_packages(self, slugs: Container[str]) -> "Digest":
        """Return the events of these packages alone."""
        return Digest([event for event in self.events if event.slug in slugs], self.since)

    def table(self) -> Table:
        """Return the events as rows."""
        columns = text_columns(*DigestEvent._fields, numbers=("operation",))
        rows = [_make_row(event) for event in self.events]
        return Table(columns, rows, noun=("event", "events"))


def _make_row(event: DigestEvent) -> Row:
    cells: list[SqlValue | TypedValue] = []
    for name, value in event._asdict().items():
        if name == "at":
            cells.append(DATETIME.sql_to_json(value))
        elif name in ("old", "new") and value is not None:
            type_ = FIELDS[event.field].type
            cells.append(TypedValue(type_, type_.to_sql(value)))
        else:
            cells.append(value)
    return tuple(cells)
