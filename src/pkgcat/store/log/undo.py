"""Take a whole operation back, unless what it changed has been changed again since."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from pkgcat.errors import Conflict
from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import Origin
from pkgcat.store import Store, edits, groups
from pkgcat.store.entities import ENTITIES, Key, check_change
from pkgcat.store.groups import SINGULAR
from pkgcat.store.log import history
from pkgcat.store.log.deltas import is_delta
from pkgcat.store.operation import Operation

_SHOWN = 3
"""So many conflicts are told one by one; the others are counted."""

_ON_GRID = "p.key IN (SELECT package FROM memberships WHERE name = :key)"

_REMOVED_GROUPS = {
    "category": "SELECT slug FROM categories WHERE key = :category AND removed = 1",
    "grid": """SELECT g.slug FROM grids g JOIN json_each(:grids) j ON j.value = g.key
        WHERE g.removed = 1""",
}
"""SQL for the slug of a removed category or grid that the values of a package name."""


class Undone(NamedTuple):
    """How many things an undo set back, by what they are called, and what it left as it is."""

    counts: dict[str, int]
    conflicts: list[str]


class _LoggedChange(NamedTuple):
    """A row of the log, its lists whole."""

    number: int
    entity: str
    key: Key
    field: str
    old: Any
    new: Any


def undo(operation: Operation, number: int, *, skip_conflicts: bool = False) -> Undone:
    """Set everything an operation changed back to what it was.

    Raises Conflict where a field was changed again since, or a name is another's by now; with
    `skip_conflicts` these stay as they are, and the rest goes back.
    """
    store, operation.undoes = operation.store, number
    touched: set[tuple[str, Key]] = set()
    conflicts = []
    for change in _read_changes(store, number):
        found = history.read_current(store, change.entity, change.key, change.field)
        if found != change.new and _moves_by_itself(change.field):
            continue
        try:
            _take_back(operation, change, found)
        except Conflict as conflict:
            conflicts.append(str(conflict))
        else:
            touched.add((ENTITIES[change.entity].owner, change.key))
    conflicts = list(dict.fromkeys(conflicts))
    if conflicts and not skip_conflicts:
        raise Conflict(_describe_conflicts(conflicts))
    counts = Counter(ENTITIES[entity].noun for entity, _ in touched)
    return Undone(dict(counts), conflicts)


def _read_changes(store: Store, number: int) -> Iterator[_LoggedChange]:
    """Yield what an operation changed, last first, lists put together again."""
    sql = "SELECT number, entity, key, field, old, new FROM changes WHERE operation = ? ORDER BY number DESC"
    for row in store.rows(sql, (number,)).fetchall():
        change = _LoggedChange._make(row)
        check_change(change.entity, change.key, change.field)
        if is_delta(change.old) or is_delta(change.new):
            old, new = history.whole(store, change.entity, change.key, change.field, change.number)
            change = change._replace(old=old, new=new)
        yield change


def _take_back(operation: Operation, change: _LoggedChange, found: Any) -> None:
    """Give a field, whose value is `found` now, the value before a change; raise Conflict."""
    store = operation.store
    _, entity, key, field, old, new = change
    if found != new:
        raise Conflict(_describe_later_change(store, change, found))
    was_added = field == "removed" and old is None
    back = 1 if was_added else old
    _check_groups(store, entity, key, field, back)
    if was_added:
        origin = Origin("undo", str(operation.undoes))
    else:
        origin = history.find_origin(store, entity, key, field, change.number)
    try:
        operation.change(entity, key, {field: back}, origin=origin)
    except sqlite3.IntegrityError as error:
        raise Conflict(_describe_taken_name(store, entity, key, error)) from error
    is_stale = entity == "facts" or field in ("repo_key", "pypi_name", "removed")
    if ENTITIES[entity].owner == "packages" and is_stale:
        edits.clear_refresh_memory(store, int(key))


def _moves_by_itself(field: str) -> bool:
    """Whether the newest value simply stands: times and errors that every edit or refresh
    moves on.
    """
    return field == "modified" or (field in FIELDS and FIELDS[field].writer == "bookkeeping")


def _describe_later_change(store: Store, change: _LoggedChange, found: Any) -> str:
    """Say which field of which thing is not what the operation left, and what it is instead."""
    slug = _find_label(store, change.entity, change.key)
    if change.field == "removed":
        return f"{slug}: it was {'removed' if found else 'brought back'} since"
    old, now = (
        _shorten(history.resolve_references(store, change.field, value))
        for value in (change.new, found)
    )
    return f"{slug}: {change.field} was changed since, from {old} to {now}"


def _find_label(store: Store, entity: str, key: Key) -> str:
    """Return what names a row to people: its label, or its kind and the values of its key."""
    owner = ENTITIES[ENTITIES[entity].owner]
    if owner.label is None:
        values = ", ".join(map(str, owner.key_values(key)))
        return f"{owner.noun} {values}"
    sql = f"SELECT {owner.label} FROM {owner.table} WHERE {owner.key_condition}"
    return str(store.value(sql, owner.key_values(key)))


def _describe_taken_name(store: Store, entity: str, key: Key, error: sqlite3.IntegrityError) -> str:
    """Say of a thing that cannot come back which of its names another has by now."""
    slug = _find_label(store, entity, key)
    name = str(error).rsplit(".", 1)[-1]
    return f"{slug}: its {name} cannot come back, another has it by now"


def _describe_conflicts(conflicts: list[str]) -> str:
    told = conflicts[:_SHOWN]
    more = len(conflicts) - _SHOWN
    if more > 0:
        told.append(f"and {more:,} more")
    return f"{'; '.join(told)}; nothing was undone (--skip-conflicts undoes the rest)"


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _check_groups(store: Store, entity: str, key: Key, field: str, back: Any) -> None:
    """Raise Conflict where a package would be left in a category or on a grid that is not there."""
    if entity in SINGULAR and field == "removed" and back:
        _check_unused(store, entity, int(key))
    if entity == "packages" and field in ("category", "grids", "removed"):
        _check_present(store, key, field, back)


def _check_unused(store: Store, entity: groups.Entity, key: int) -> None:
    """Raise Conflict where a package is in a category or on a grid."""
    is_used = "p.category = :key" if entity == "categories" else _ON_GRID
    sql = f"SELECT p.slug FROM packages p WHERE p.removed = 0 AND {is_used}"
    user = store.value(sql, {"key": key})
    if user is not None:
        slug = groups.slug_of(store, entity, key)
        raise Conflict(f"{user}: it is in the {SINGULAR[entity]} {slug} since")


def _check_present(store: Store, key: Key, field: str, back: Any) -> None:
    """Raise Conflict where the category or a grid of a package is removed, once one of its fields
    is set back.
    """
    columns = ("slug", "category", "grids", "removed")
    row = store.rows(f"SELECT {', '.join(columns)} FROM packages WHERE key = ?", (key,)).fetchone()
    after = {**dict(zip(columns, row, strict=True)), field: back}
    if after["removed"]:
        return
    for noun, sql in _REMOVED_GROUPS.items():
        slug = store.value(sql, after)
        if slug is not None:
            raise Conflict(
                f"{after['slug']}: it needs the {noun} {slug}, which is not there any more"
            )
