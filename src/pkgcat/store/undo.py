"""Take a whole operation back, unless what it changed has been changed again since."""

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from pkgcat.errors import Conflict
from pkgcat.models import FIELDS
from pkgcat.store import Operation, Store, edits, history
from pkgcat.store.deltas import is_delta
from pkgcat.store.groups import SINGULAR

_SHOWN = 3
"""So many conflicts are told one by one; the others are counted."""


class Undone(NamedTuple):
    """How many things an undo set back, and what it had to leave as it is."""

    things: int
    conflicts: list[str]


def undo(operation: Operation, number: int, *, skip_conflicts: bool = False) -> Undone:
    """Set everything an operation changed back to what it was.

    Raises Conflict where a field was changed again since, or a name is another's by now; with
    `skip_conflicts` these stay as they are, and the rest goes back.
    """
    store, operation.undoes = operation.store, number
    touched: set[tuple[str, int]] = set()
    conflicts = []
    for entity, key, field, old, new in _changes(store, number):
        found = store.value(f"SELECT {field} FROM {entity} WHERE key = ?", (key,))
        if found != new:
            if not _moves_by_itself(field):
                conflicts.append(_changed_since(store, entity, key, field, found, new))
            continue
        back = 1 if field == "removed" and old is None else old
        if obstacle := _obstacle(store, entity, key, field, back):
            conflicts.append(obstacle)
            continue
        try:
            operation.change(entity, key, {field: back})
        except sqlite3.IntegrityError as error:
            conflicts.append(_taken(store, entity, key, error))
            continue
        if entity == "facts" or field in ("repo_key", "pypi_name"):
            edits.forget(store, key)
        touched.add(("packages" if entity == "facts" else entity, key))
    conflicts = list(dict.fromkeys(conflicts))
    if conflicts and not skip_conflicts:
        raise Conflict(_told(conflicts))
    return Undone(len(touched), conflicts)


def _changes(store: Store, number: int) -> Iterator[tuple[str, int, str, Any, Any]]:
    """Yield what an operation changed, last first, lists put together again."""
    sql = "SELECT number, entity, key, field, old, new FROM changes WHERE operation = ? ORDER BY number DESC"
    for change, entity, key, field, old, new in store.rows(sql, (number,)).fetchall():
        if is_delta(old) or is_delta(new):
            yield entity, key, field, *history.whole(store, entity, key, field, change)
        else:
            yield entity, key, field, old, new


def _moves_by_itself(field: str) -> bool:
    """Whether the newest value simply stands: times and errors that every edit or refresh moves on."""
    return field == "modified" or (field in FIELDS and FIELDS[field].role == "state")


def _changed_since(store: Store, entity: str, key: int, field: str, found: Any, new: Any) -> str:
    """Say which field of which thing is not what the operation left, and what it is instead."""
    table = "packages" if entity == "facts" else entity
    slug = store.value(f"SELECT slug FROM {table} WHERE key = ?", (key,))
    if field == "removed":
        return f"{slug}: it was {'removed' if found else 'brought back'} since"
    old, now = (_short(history.named(store, field, value)) for value in (new, found))
    return f"{slug}: {field} was changed since, from {old} to {now}"


def _taken(store: Store, entity: str, key: int, error: sqlite3.IntegrityError) -> str:
    """Say of a thing that cannot come back which of its names another has by now."""
    slug = store.value(f"SELECT slug FROM {entity} WHERE key = ?", (key,))
    column = str(error).rsplit(".", 1)[-1]
    name = {"repo_key": "repository", "pypi_name": "PyPI name"}.get(column, column)
    return f"{slug}: its {name} cannot come back, another has it by now"


def _told(conflicts: list[str]) -> str:
    more = len(conflicts) - _SHOWN
    told = [*conflicts[:_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
    return f"{'; '.join(told)}; nothing was undone (--skip-conflicts undoes the rest)"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _obstacle(store: Store, entity: str, key: int, field: str, back: Any) -> str | None:
    """Say where a package would be left in a category or on a grid that is not there."""
    live = "SELECT p.slug FROM packages p WHERE p.removed = 0"
    if entity in SINGULAR and field == "removed" and back:
        using = f"""{live} AND {"p.category = :key" if entity == "categories" else _ON_GRID}"""
        if user := store.value(using, {"key": key}):
            slug = store.value(f"SELECT slug FROM {entity} WHERE key = ?", (key,))
            return f"{user}: it is in the {SINGULAR[entity]} {slug} since"
    if entity != "packages" or field not in ("category", "grids", "removed"):
        return None
    row = store.rows("SELECT slug, category, grids, removed FROM packages WHERE key = ?", (key,)).fetchone()
    after = {**dict(zip(("slug", "category", "grids", "removed"), row, strict=True)), field: back}
    if after["removed"]:
        return None
    for name, sql in (
        ("category", "SELECT slug FROM categories WHERE key = :category AND removed = 1"),
        ("grid", "SELECT g.slug FROM grids g JOIN json_each(:grids) j ON j.value = g.key WHERE g.removed = 1"),
    ):
        if gone := store.value(sql, after):
            return f"{after['slug']}: it needs the {name} {gone}, which is not there any more"
    return None


_ON_GRID = "p.key IN (SELECT package FROM memberships WHERE name = :key)"
