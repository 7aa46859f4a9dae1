"""Make history smaller: of old numbers one value a month is kept, and everything a person did."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from pkgcat.model.change import Change
from pkgcat.model.fields import FIELDS
from pkgcat.model.types import DATETIME, INTEGER, INTEGER_LIST
from pkgcat.store import Store
from pkgcat.store.log import history
from pkgcat.store.log.deltas import pack_change
from pkgcat.store.log.history import Step

_SERIES = [
    name
    for name, field in FIELDS.items()
    if field.writer == "upstream" and field.type in (INTEGER, INTEGER_LIST)
]
_SERIES.append("last_updated")
"""Facts that move all the time, of which an old value tells little. A release or an archiving
is kept.
"""

_APPEND_ONLY_TRIGGERS = """SELECT name, sql FROM sqlite_schema
    WHERE type = 'trigger' AND tbl_name IN ('operations', 'changes') ORDER BY name"""


class Pruned(NamedTuple):
    """How many changes there were, how many of them are left, and whether the file is smaller
    by now.
    """

    before: int
    after: int
    shrunk: bool


def prune(store: Store, before: datetime, *, dry_run: bool = False) -> Pruned:
    """Keep of each number that refreshes stored before a moment its last value in each month.

    An operation that loses changes so can no longer be undone. Between two edits of a person
    nothing is drawn together, and what was undone stays as it is.
    """
    count = int(store.value("SELECT count(*) FROM changes"))
    with store.transaction():
        triggers = store.rows(_APPEND_ONLY_TRIGGERS).fetchall()
        for name, _ in triggers:
            store.rows(f"DROP TRIGGER {name}")
        prunable = _find_prunable(store, before)
        for (key,) in store.rows("SELECT key FROM facts").fetchall():
            _prune_package(store, key, prunable)
        store.rows(
            """DELETE FROM operations AS o
            WHERE pruned AND NOT EXISTS (SELECT 1 FROM changes WHERE operation = o.id)"""
        )
        for _, trigger in triggers:
            store.rows(trigger)
        left = int(store.value("SELECT count(*) FROM changes"))
        if dry_run or left == count:
            store.rows("ROLLBACK")
    return Pruned(count, left, shrunk=not dry_run and left < count and _shrink(store))


def _shrink(store: Store) -> bool:
    """Give the room back, which takes as much again meanwhile; tell whether there was that much."""
    try:
        store.rows("VACUUM")
    except sqlite3.OperationalError:
        return False
    return True


def _prune_package(store: Store, key: int, prunable: set[int]) -> None:
    steps = sorted(history.steps(store, key, _SERIES), key=lambda step: (step.field, step.number))
    for run in _runs(steps, prunable):
        first, last = run[0], run[-1]
        gone = run[:-1] if first.old != last.new else run
        for step in gone:
            store.rows("DELETE FROM changes WHERE number = ?", (step.number,))
        if gone is not run:
            net = pack_change(Change(last.field, first.old, last.new))
            store.rows(
                "UPDATE changes SET old = ?, new = ? WHERE number = ?",
                (net.old, net.new, last.number),
            )
        numbers = {step.operation for step in run}
        marks = ", ".join("?" * len(numbers))
        store.rows(f"UPDATE operations SET pruned = 1 WHERE id IN ({marks})", tuple(numbers))


def _runs(steps: Iterable[Step], prunable: set[int]) -> Iterator[list[Step]]:
    """Yield the changes of one field in one month, two or more with nothing of a person's
    between them.
    """
    for (_, _, may), run in groupby(steps, lambda s: (s.field, s.at[:7], s.operation in prunable)):
        found = list(run)
        if may and len(found) > 1:
            yield found


def _find_prunable(store: Store, before: datetime) -> set[int]:
    """Return the refreshes before a moment that no undo speaks of."""
    sql = """SELECT o.id FROM operations o LEFT JOIN operations u ON u.undoes = o.id
        WHERE o.at < ? AND u.id IS NULL AND o.kind = 'refresh'"""
    return {row[0] for row in store.rows(sql, (DATETIME.to_sql(before),))}
