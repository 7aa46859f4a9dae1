"""What is new in the log, and where the last digest of it ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pkgcat.model.origin import OperationKind
from pkgcat.model.types import DATETIME
from pkgcat.store import Store
from pkgcat.store.log.history import Step, read_steps


def since(
    store: Store, operation: int, after: int, fields: Iterable[str], *, every_change: bool = True
) -> list[Step]:
    """Return each field of each package that is another since, first `old` and last `new` in one
    step.

    Counted from an operation, and after a change of that number. What went back to what it was is
    left out. Unless `every_change`, so are what a person set by hand, what came or went together
    with the package, in the operation that added or removed it, and the step from unknown to the
    first known value where others follow.
    """
    names = list(fields)
    marks = ", ".join("?" * len(names))
    if after:  # the index of operations is the short way in
        operation = int(
            store.value("SELECT min(operation) FROM changes WHERE number > ?", (after,)) or 2**62
        )
    where = f"c.operation >= ? AND +c.number > ? AND c.entity IN ('packages', 'facts') AND c.field IN ({marks})"
    expected = None
    if not every_change:
        expected = _ExpectedChanges(_find_undone_kinds(store), _find_arrivals(store, operation))
    net: dict[tuple[str, int, str], Step] = {}
    for step in read_steps(store, where, (operation, after, *names)):
        place = step.entity, step.key, step.field
        later = net.get(place)
        if expected is not None and expected.includes(step, later):
            continue
        net[place] = (later or step)._replace(old=step.old)
    return [step for step in net.values() if step.old != step.new]


class _ExpectedChanges(NamedTuple):
    """What tells the changes that are no news: a person's own, and the first values of a package
    that was just added.
    """

    undone_kinds: dict[int, OperationKind]
    arrivals: set[tuple[int, int]]

    def includes(self, step: Step, later: Step | None) -> bool:
        """Whether a change is no news; `later` is the one that follows it in the same field."""
        if self.undone_kinds.get(step.operation, step.kind) == "edit":
            return True
        if step.field == "removed":
            return False
        is_first_of_several = step.old is None and later is not None
        return is_first_of_several or (step.operation, step.key) in self.arrivals


def _find_undone_kinds(store: Store) -> dict[int, OperationKind]:
    """Return of each undo the kind of what it took back or, after undos of undos, did again."""
    kinds: dict[int, OperationKind] = {}
    sql = """SELECT u.id, u.undoes, o.kind FROM operations u JOIN operations o ON o.id = u.undoes
        WHERE u.undoes IS NOT NULL ORDER BY u.id"""
    for undo, undone, kind in store.rows(sql):
        kinds[undo] = kinds.get(undone, kind)
    return kinds


def _find_arrivals(store: Store, operation: int) -> set[tuple[int, int]]:
    """Return the operations from this one on that added, removed or brought back a package, each
    with the package's key.
    """
    sql = """SELECT operation, key FROM changes
        WHERE operation >= ? AND entity = 'packages' AND field = 'removed'"""
    return set(store.rows(sql, (operation,)))


class DigestEnd(NamedTuple):
    """Where a digest ended: with a change of that number, and when; release 0.1.0 did not store
    that.
    """

    change: int
    at: str | None


def digested(store: Store, name: str) -> DigestEnd | None:
    """Return where the last digest of this name ended."""
    row = store.rows("SELECT change, at FROM digests WHERE name = ?", (name,)).fetchone()
    return None if row is None else DigestEnd(*row)


def remember_digest(store: Store, name: str, change: int, at: datetime) -> None:
    """Keep where a digest ended, so that the next begins there."""
    sql = """INSERT INTO digests (name, change, at) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET change = excluded.change, at = excluded.at"""
    with store.transaction():
        store.rows(sql, (name, change, DATETIME.to_sql(at)))


def newest_change(store: Store) -> int:
    """Return the number of the newest change."""
    return int(store.value("SELECT coalesce(max(number), 0) FROM changes"))
