"""The log, read: which operations there were, what became of a package."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pkgcat.errors import BadCatalog, Conflict, NotFound
from pkgcat.model.origin import UNKNOWN, OperationKind, Origin, OriginKind
from pkgcat.model.parsing import refuse_stored
from pkgcat.model.types import DATETIME, SqlValue
from pkgcat.store import Store
from pkgcat.store.entities import ENTITIES, Key, check_change
from pkgcat.store.log.deltas import DELTA_FIELDS, is_delta, unpack_value


class Entry(NamedTuple):
    """One operation: when, and which command."""

    id: int
    at: str
    command: str
    kind: OperationKind


class Command(NamedTuple):
    """What a person typed to make an operation, and its kind."""

    text: str
    kind: OperationKind


class Creation(NamedTuple):
    """The operation that brought a thing in, and where the thing came from."""

    id: int
    at: str
    command: str
    kind: OperationKind
    origin: Origin


class Listed(NamedTuple):
    """An operation with how much it changed, and the operation that took it back."""

    id: int
    at: str
    command: str
    changes: int
    undone_by: int | None
    kind: OperationKind


class Step(NamedTuple):
    """One change of one field, whole: what it was and what it became, by which operation and
    when.
    """

    number: int
    operation: int
    at: str
    command: str
    entity: str
    key: int
    field: str
    old: Any
    new: Any
    kind: OperationKind
    origin: Origin


def listed(store: Store, limit: int | None = None) -> list[Listed]:
    """Return operations, newest first."""
    sql = """SELECT o.id, o.at, o.command, (SELECT count(*) FROM changes WHERE operation = o.id), u.id, o.kind
        FROM operations o LEFT JOIN operations u ON u.undoes = o.id ORDER BY o.id DESC LIMIT ?"""
    return [Listed(*row) for row in store.rows(sql, (-1 if limit is None else limit,))]


def count_things(store: Store, operations: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how many things of each kind operations changed, by what they are called."""
    nouns = {entity.table: ENTITIES[entity.owner].noun for entity in ENTITIES.values()}
    keys: dict[int, dict[str, set[Key]]] = {}
    sql = "SELECT DISTINCT entity, key FROM changes WHERE operation = ?"
    for number in operations:
        found = keys.setdefault(number, {})
        for entity, key in store.rows(sql, (number,)):
            if entity not in nouns:
                raise refuse_stored(entity, "a logged table")
            found.setdefault(nouns[entity], set()).add(key)
    return {
        number: {noun: len(things) for noun, things in found.items()}
        for number, found in keys.items()
    }


def count_operations(store: Store) -> int:
    """Return how many operations there are."""
    return int(store.value("SELECT count(*) FROM operations"))


def last(store: Store) -> Entry:
    """Return the newest operation in force that `undo` would take back; raise NotFound, or Conflict
    if it was pruned.

    An undo is none of them, but the undo of an undo is: it did something again.
    """
    undoes = dict(
        store.rows("SELECT id, undoes FROM operations WHERE undoes IS NOT NULL").fetchall()
    )
    undone = set(undoes.values())
    for (candidate,) in store.rows("SELECT id FROM operations ORDER BY id DESC"):
        number, depth = candidate, 0
        while number in undoes:
            if undoes[number] >= number:
                raise BadCatalog(f"{store.path} is damaged: operation {number} undoes a later one")
            number, depth = undoes[number], depth + 1
        if depth % 2 == 0 and candidate not in undone:
            return entry(store, candidate)
    raise NotFound("there is nothing to undo")


def entry(store: Store, number: int) -> Entry:
    """Return an operation by its number; raise NotFound, or Conflict where it cannot be
    undone any more.
    """
    known = number < 2**63
    sql = "SELECT id, at, command, kind, pruned FROM operations WHERE id = ?"
    row = store.rows(sql, (number if known else 0,)).fetchone()
    if row is None:
        raise NotFound(f"there is no operation {number}; 'pkgcat undo --list' shows them")
    if by := store.value("SELECT id FROM operations WHERE undoes = ?", (number,)):
        raise Conflict(
            f"operation {number} is undone already, by operation {by}; 'pkgcat undo {by}' does it again"
        )
    if row[4]:
        raise Conflict(
            f"operation {number} was pruned: not all it changed is known any more; nothing was undone"
        )
    return Entry(*row[:4])


def steps(store: Store, key: int, fields: Iterable[str] | None = None) -> Iterator[Step]:
    """Yield what became of a package, newest first; `fields` limits it to some."""
    names = list(fields) if fields is not None else []
    only = f"AND c.field IN ({', '.join('?' * len(names))})" if fields is not None else ""
    yield from read_steps(
        store, f"c.key = ? AND c.entity IN ('packages', 'facts') {only}", (key, *names)
    )


def find_earlier_values(store: Store, operation: int, field: str) -> dict[int, SqlValue]:
    """Return what a field of packages was before an operation, of each package by its key of which
    it has changed since.

    Of several rows SQLite takes `old` from that of min() (sqlite.org/lang_select.html#bareagg).
    """
    sql = """SELECT key, old, min(number) FROM changes
        WHERE operation >= ? AND entity = 'packages' AND field = ? GROUP BY +key"""
    return {key: old for key, old, _ in store.rows(sql, (operation, field))}


def operation_at(store: Store, moment: datetime) -> int:
    """Return the number of the operation behind the newest one that was before a moment."""
    return _newest_operation(store, "<", moment) + 1


def operation_after(store: Store, moment: datetime) -> int:
    """Return the number of the operation behind the newest one that was not after a moment."""
    return _newest_operation(store, "<=", moment) + 1


def _newest_operation(store: Store, comparison: Literal["<", "<="], moment: datetime) -> int:
    """Return the number of the newest operation whose own time compares so with a moment; 0 if
    there is none.

    An operation that was made while the clock was wrong so hides no other one. The + keeps SQLite
    from sorting what an index gives it: the operation is most often among the newest.
    """
    sql = f"SELECT id FROM operations WHERE +at {comparison} ? ORDER BY id DESC LIMIT 1"
    return int(store.value(sql, (DATETIME.to_sql(moment),)) or 0)


def beginning(store: Store) -> str | None:
    """Return the time of the earliest operation."""
    at: str | None = store.value("SELECT min(at) FROM operations")
    return at


def creation(store: Store, key: int) -> Creation:
    """Return the operation that brought a package in."""
    sql = """SELECT o.id, o.at, o.command, o.kind, g.kind, g.name
        FROM operations o JOIN changes c ON c.operation = o.id LEFT JOIN origins g ON g.id = c.origin
        WHERE c.key = ? AND c.entity = 'packages' AND c.field = 'removed' ORDER BY c.number LIMIT 1"""
    row = store.rows(sql, (key,)).fetchone()
    if row is None:
        raise make_no_creation(store)
    return Creation._make((*row[:4], make_origin(*row[4:])))


def make_no_creation(store: Store) -> BadCatalog:
    """Return the error on a package whose creation is not in the log."""
    return BadCatalog(f"{store.path} is damaged: its history does not begin with its packages")


def find_origin(store: Store, entity: str, key: Key, field: str, before: int = 2**63 - 1) -> Origin:
    """Return where the value came from that a field has, or had before a change of that number.

    That is the origin of the change before, or of the value that the row was created with; unknown
    if there is none.
    """
    owner = ENTITIES[entity].owner
    sql = """SELECT c.entity, c.field, o.kind, o.name
        FROM changes c LEFT JOIN origins o ON o.id = c.origin
        WHERE c.key = :key AND c.number < :before AND ((c.entity = :entity AND c.field = :field)
            OR (c.entity = :owner AND c.field = 'removed' AND c.old IS NULL))
        ORDER BY c.number DESC LIMIT 1"""
    values = {"key": key, "before": before, "entity": entity, "field": field, "owner": owner}
    row = store.rows(sql, values).fetchone()
    if row is not None and row[:2] == (entity, field):
        return make_origin(*row[2:])
    created_from = UNKNOWN if row is None else make_origin(*row[2:])
    return _find_creation_origin(store, entity, key, field) or created_from


def _find_creation_origin(store: Store, entity: str, key: Key, field: str) -> Origin | None:
    """Return where a value came from that a row was created with, if not from where the row did."""
    sql = """SELECT o.kind, o.name FROM creation_origins c LEFT JOIN origins o ON o.id = c.origin
        WHERE c.entity = ? AND c.key = ? AND c.field = ?"""
    row = store.rows(sql, (entity, key, field)).fetchone()
    return None if row is None else make_origin(*row)


def make_origin(kind: OriginKind | None, name: str) -> Origin:
    """Return an origin as stored; NULL is unknown."""
    return UNKNOWN if kind is None else Origin(kind, name)


def whole(store: Store, entity: str, key: Key, field: str, number: int) -> tuple[Any, Any]:
    """Return the old and new value of the change of that number, counted back from what is
    there now.
    """
    where = "c.entity = ? AND c.key = ? AND c.field = ? AND c.number >= ?"
    *_, step = read_steps(store, where, (entity, key, field, number))
    return step.old, step.new


def read_current(store: Store, entity: str, key: Key, field: str) -> Any:
    """Return what a field of a logged row is now, as stored."""
    logged = ENTITIES[entity]
    sql = f"SELECT {field} FROM {entity} WHERE {logged.key_condition}"
    return store.value(sql, logged.key_values(key))


def resolve_references(store: Store, field: str, kept: SqlValue) -> SqlValue:
    """Return a value of the log as the record has it: categories and grids by slug, not by key."""
    if field == "category":
        slug: SqlValue = store.value("SELECT slug FROM categories WHERE key = ?", (kept,))
        return slug
    if field == "grids" and kept not in (None, "[]"):
        sql = "SELECT json_group_array(g.slug) FROM json_each(?) j JOIN grids g ON g.key = j.value"
        slugs: SqlValue = store.value(sql, (kept,))
        return slugs
    return kept


def read_steps(store: Store, where: str, parameters: tuple[SqlValue, ...]) -> Iterator[Step]:
    """Yield the changes `c` of which a condition holds, newest first, their lists put together
    again from what is there now.

    The + keeps SQLite from walking through the whole log for the sake of the order.
    """
    sql = f"""SELECT c.number, c.operation, o.at, o.command, c.entity, c.key, c.field, c.old, c.new,
        o.kind, g.kind, g.name
        FROM changes c JOIN operations o ON o.id = c.operation LEFT JOIN origins g ON g.id = c.origin
        WHERE {where} ORDER BY +c.number DESC"""
    later: dict[tuple[str, int, str], Any] = {}
    for row in store.rows(sql, parameters).fetchall():
        step = Step._make((*row[:10], make_origin(*row[10:])))
        check_change(step.entity, step.key, step.field)
        place = step.entity, step.key, step.field
        if step.field in DELTA_FIELDS:
            if is_delta(step.new):
                step = step._replace(
                    new=later[place] if place in later else read_current(store, *place)
                )
            step = step._replace(old=unpack_value(step.old, step.new))
            later[place] = step.old
        yield step
