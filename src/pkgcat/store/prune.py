"""Make history smaller: of old numbers one value a month is kept, and everything a person did."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from pkgcat.models import FIELDS, Change
from pkgcat.store import Store, history
from pkgcat.store.deltas import packed
from pkgcat.store.history import Step
from pkgcat.store.schema import APPEND_ONLY, append_only

_SERIES = [name for name, field in FIELDS.items() if field.role == "fact" and field.kind in ("int", "ints")]
_SERIES.append("last_updated")
"""Facts that move all the time, of which an old value tells little. A release or an archiving is kept."""


class Pruned(NamedTuple):
    """How many changes there were, how many of them are left, and whether the file is smaller by now."""

    before: int
    after: int
    shrunk: bool


def prune(store: Store, before: datetime, *, dry_run: bool = False) -> Pruned:
    """Keep of each number that refreshes stored before a moment its last value in each month.

    An operation that loses changes so can no longer be undone. Between two edits of a person
    nothing is drawn together, and what was undone stays as it is.
    """
    count = int(store.value("SELECT count(*) FROM changes"))
    end = history.operation_at(store, before)
    with store.transaction():
        for verb in APPEND_ONLY:
            store.rows(f"DROP TRIGGER {'_'.join(verb)}")
        for (key,) in store.rows("SELECT key FROM facts").fetchall():
            _prune_package(store, key, end)
        store.rows(
            f"""DELETE FROM operations AS o WHERE pruned AND {history.REFRESH}
            AND NOT EXISTS (SELECT 1 FROM changes WHERE operation = o.id)"""
        )
        for trigger in append_only():
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


def _prune_package(store: Store, key: int, end: int) -> None:
    steps = sorted(history.steps(store, key, _SERIES), key=lambda step: (step.field, step.number))
    for run in _runs(steps, _prunable(store, end)):
        first, last = run[0], run[-1]
        gone = run[:-1] if first.old != last.new else run
        for step in gone:
            store.rows("DELETE FROM changes WHERE number = ?", (step.number,))
        if gone is not run:
            net = packed(Change(last.field, first.old, last.new))
            store.rows("UPDATE changes SET old = ?, new = ? WHERE number = ?", (net.old, net.new, last.number))
        numbers = {step.operation for step in run}
        marks = ", ".join("?" * len(numbers))
        store.rows(f"UPDATE operations SET pruned = 1 WHERE id IN ({marks})", tuple(numbers))


def _runs(steps: Iterable[Step], prunable: set[int]) -> Iterator[list[Step]]:
    """Yield the changes of one field in one month, two or more with nothing of a person's between them."""
    for (_, _, may), run in groupby(steps, lambda s: (s.field, s.at[:7], s.operation in prunable)):
        found = list(run)
        if may and len(found) > 1:
            yield found


def _prunable(store: Store, end: int) -> set[int]:
    """Return the refreshes before an operation that no undo speaks of."""
    sql = f"""SELECT o.id FROM operations o LEFT JOIN operations u ON u.undoes = o.id
        WHERE o.id < ? AND u.id IS NULL AND {history.REFRESH}"""
    return {row[0] for row in store.rows(sql, (end,))}
