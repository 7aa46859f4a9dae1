"""The log, read: which operations there were, what became of a package, what changed since."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.errors import Conflict, NotFound
from pkgcat.models import Cell
from pkgcat.store import Store
from pkgcat.store.cells import cell
from pkgcat.store.deltas import is_delta, unpacked

REFRESH = "(o.command = 'refresh' OR o.command GLOB 'refresh *')"
"""The operations that no person made: SQL on `operations o`."""

_EDIT = r"(undo \d+ \()*edit\b"
"""An edit, or what took one back."""


class Entry(NamedTuple):
    """One operation: when, and which command."""

    id: int
    at: str
    command: str


class Listed(NamedTuple):
    """An operation with how much it changed, and the operation that took it back."""

    id: int
    at: str
    command: str
    changes: int
    undone_by: int | None


class Step(NamedTuple):
    """One change of one field, whole: what it was and what it became, by which operation and when."""

    number: int
    operation: int
    at: str
    command: str
    entity: str
    key: int
    field: str
    old: Any
    new: Any


def listed(store: Store, limit: int | None = None) -> list[Listed]:
    """Return operations, newest first."""
    sql = """SELECT o.id, o.at, o.command, (SELECT count(*) FROM changes WHERE operation = o.id), u.id
        FROM operations o LEFT JOIN operations u ON u.undoes = o.id ORDER BY o.id DESC LIMIT ?"""
    return [Listed(*row) for row in store.rows(sql, (-1 if limit is None else limit,))]


def last(store: Store) -> Entry:
    """Return the newest operation in force that `undo` would take back; raise NotFound, or Conflict if it was pruned.

    An undo is none of them, but the undo of an undo is: it did something again.
    """
    undoes = dict(store.rows("SELECT id, undoes FROM operations WHERE undoes IS NOT NULL").fetchall())
    undone = set(undoes.values())
    for (candidate,) in store.rows("SELECT id FROM operations ORDER BY id DESC"):
        number, depth = candidate, 0
        while number in undoes:
            number, depth = undoes[number], depth + 1
        if depth % 2 == 0 and candidate not in undone:
            return entry(store, candidate)
    raise NotFound("there is nothing to undo")


def entry(store: Store, number: int) -> Entry:
    """Return an operation by its number; raise NotFound, or Conflict where it cannot be undone any more."""
    known = number < 2**63
    sql = "SELECT id, at, command, pruned FROM operations WHERE id = ?"
    row = store.rows(sql, (number if known else 0,)).fetchone()
    if row is None:
        raise NotFound(f"there is no operation {number}; 'pkgcat undo --list' shows them")
    if by := store.value("SELECT id FROM operations WHERE undoes = ?", (number,)):
        raise Conflict(f"operation {number} is undone already, by operation {by}; 'pkgcat undo {by}' does it again")
    if row[3]:
        raise Conflict(f"operation {number} was pruned: not all it changed is known any more; nothing was undone")
    return Entry(*row[:3])


def steps(store: Store, key: int, fields: Iterable[str] | None = None) -> Iterator[Step]:
    """Yield what became of a package, newest first; `fields` limits it to some."""
    names = list(fields) if fields is not None else []
    only = f"AND c.field IN ({', '.join('?' * len(names))})" if fields is not None else ""
    yield from _whole(store, f"c.key = ? AND c.entity IN ('packages', 'facts') {only}", (key, *names))


def since(store: Store, operation: int, after: int, fields: Iterable[str], *, edits: bool = True) -> list[Step]:
    """Return each field of each package that is another since, first `old` and last `new` in one step.

    Counted from an operation, and after a change of that number. What went back to what it was is left out,
    and without `edits` what a person set by hand.
    """
    names = list(fields)
    marks = ", ".join("?" * len(names))
    if after:  # the index of operations is the short way in
        operation = int(store.value("SELECT min(operation) FROM changes WHERE number > ?", (after,)) or 2**62)
    where = f"c.operation >= ? AND +c.number > ? AND c.entity IN ('packages', 'facts') AND c.field IN ({marks})"
    net: dict[tuple[str, int, str], Step] = {}
    for step in _whole(store, where, (operation, after, *names)):
        if not edits and re.match(_EDIT, step.command):
            continue
        place = step.entity, step.key, step.field
        net[place] = net.get(place, step)._replace(old=step.old)
    return [step for step in net.values() if step.old != step.new]


def operation_at(store: Store, moment: datetime) -> int:
    """Return the number of the first operation at or after a moment, or the one that comes next."""
    first = store.value("SELECT min(id) FROM operations WHERE at >= ?", (cell(moment),))
    return int(first or store.value("SELECT coalesce(max(id), 0) + 1 FROM operations"))


def operation_after(store: Store, moment: datetime) -> int:
    """Return the number of the first operation later than a moment, or the one that comes next."""
    first = store.value("SELECT min(id) FROM operations WHERE at > ?", (cell(moment),))
    return int(first or store.value("SELECT coalesce(max(id), 0) + 1 FROM operations"))


def beginning(store: Store) -> str | None:
    """Return when the first operation was."""
    at: str | None = store.value("SELECT at FROM operations ORDER BY id LIMIT 1")
    return at


def creation(store: Store, key: int) -> Entry:
    """Return the operation that brought a package in."""
    sql = """SELECT o.id, o.at, o.command FROM operations o JOIN changes c ON c.operation = o.id
        WHERE c.key = ? AND c.entity = 'packages' AND c.field = 'removed' ORDER BY c.number LIMIT 1"""
    return Entry(*store.rows(sql, (key,)).fetchone())


def whole(store: Store, entity: str, key: int, field: str, number: int) -> tuple[Any, Any]:
    """Return the old and new value of the change of that number, counted back from what is there now."""
    where = "c.entity = ? AND c.key = ? AND c.field = ? AND c.number >= ?"
    *_, step = _whole(store, where, (entity, key, field, number))
    return step.old, step.new


def digested(store: Store, name: str) -> int | None:
    """Return the number of the last change that a digest of this name has told."""
    number: int | None = store.value("SELECT change FROM digests WHERE name = ?", (name,))
    return number


def remember_digest(store: Store, name: str, change: int) -> None:
    """Keep where a digest ended, so that the next begins there."""
    sql = "INSERT INTO digests (name, change) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET change = excluded.change"
    with store.transaction():
        store.rows(sql, (name, change))


def newest_change(store: Store) -> int:
    """Return the number of the newest change."""
    return int(store.value("SELECT coalesce(max(number), 0) FROM changes"))


def named(store: Store, field: str, kept: Cell) -> Cell:
    """Return a value of the log as the record has it: categories and grids by slug, not by key."""
    if field == "category":
        slug: Cell = store.value("SELECT slug FROM categories WHERE key = ?", (kept,))
        return slug
    if field == "grids" and kept not in (None, "[]"):
        sql = "SELECT json_group_array(g.slug) FROM json_each(?) j JOIN grids g ON g.key = j.value"
        slugs: Cell = store.value(sql, (kept,))
        return slugs
    return kept


def _whole(store: Store, where: str, parameters: tuple[Cell, ...]) -> Iterator[Step]:
    """Yield changes newest first, their lists put together again from what is there now.

    The + keeps SQLite from walking through the whole log for the sake of the order.
    """
    sql = f"""SELECT c.number, c.operation, o.at, o.command, c.entity, c.key, c.field, c.old, c.new
        FROM changes c JOIN operations o ON o.id = c.operation WHERE {where} ORDER BY +c.number DESC"""
    later: dict[tuple[str, int, str], Any] = {}
    for row in store.rows(sql, parameters).fetchall():
        step = Step(*row)
        place = step.entity, step.key, step.field
        if is_delta(step.new):
            step = step._replace(new=later[place] if place in later else _now(store, *place))
        step = step._replace(old=unpacked(step.old, step.new))
        later[place] = step.old
        yield step


def _now(store: Store, entity: str, key: int, field: str) -> Any:
    return store.value(f"SELECT {field} FROM {entity} WHERE key = ?", (key,))
