"""The log of operations: read it, and take one back."""

import sqlite3
from typing import NamedTuple

from pkgcat.errors import Conflict, NotFound
from pkgcat.models import FIELDS, Cell
from pkgcat.store import Operation, Store, packages


class Entry(NamedTuple):
    """One operation: when, and which command."""

    id: int
    at: str
    command: str


def last(store: Store) -> Entry:
    """Return the newest operation in force that `undo` would take back; raise NotFound.

    An undo is none of them, but the undo of an undo is: it did something again.
    """
    undoes = dict(store.rows("SELECT id, undoes FROM operations WHERE undoes IS NOT NULL").fetchall())
    for row in store.rows("SELECT id, at, command FROM operations ORDER BY id DESC"):
        number, depth = row[0], 0
        while number in undoes:
            number, depth = undoes[number], depth + 1
        if depth % 2 == 0 and row[0] not in undoes.values():
            return Entry(*row)
    raise NotFound("there is nothing to undo")


def entry(store: Store, number: int) -> Entry:
    """Return an operation by its number; raise NotFound, or Conflict where it is undone already."""
    known = number < 2**63
    row = store.rows("SELECT id, at, command FROM operations WHERE id = ?", (number if known else 0,)).fetchone()
    if row is None:
        raise NotFound(f"there is no operation {number}")
    if by := store.value("SELECT id FROM operations WHERE undoes = ?", (number,)):
        raise Conflict(f"operation {number} is undone already, by operation {by}; 'pkgcat undo {by}' does it again")
    return Entry(*row)


def undo(operation: Operation, number: int) -> int:
    """Set everything an operation changed back to what it was; return how many things it touched.

    Raises Conflict, naming the first field that was changed again since.
    """
    store, operation.undoes = operation.store, number
    sql = "SELECT entity, key, field, old, new FROM changes WHERE operation = ? ORDER BY number DESC"
    touched = set()
    for entity, key, field, old, new in store.rows(sql, (number,)).fetchall():
        back = 1 if field == "removed" and old is None else old
        found = store.value(f"SELECT {field} FROM {entity} WHERE key = ?", (key,))
        if found != new and field == "modified":
            continue  # it moves with every edit; the newest stands
        if found != new:
            raise Conflict(_changed_since(store, entity, key, field, found, new))
        try:
            operation.change(entity, key, {field: back})
        except sqlite3.IntegrityError as error:
            raise Conflict(_taken(store, entity, key, error)) from error
        if entity == "facts" or field in ("repo_key", "pypi_name"):
            packages.forget(store, key)
        touched.add(("packages" if entity == "facts" else entity, key))
    _check_groups(store)
    return len(touched)


def _changed_since(store: Store, entity: str, key: int, field: str, found: Cell, new: Cell) -> str:
    table = "packages" if entity == "facts" else entity
    slug = store.value(f"SELECT slug FROM {table} WHERE key = ?", (key,))
    what = field if field in FIELDS else "it"
    return f"{slug}: {what} was changed since, from {new!r} to {found!r}; nothing was undone"


def _taken(store: Store, entity: str, key: int, error: sqlite3.IntegrityError) -> str:
    """Say of a thing that cannot come back which of its names another has by now."""
    slug = store.value(f"SELECT slug FROM {entity} WHERE key = ?", (key,))
    column = str(error).rsplit(".", 1)[-1]
    name = {"repo_key": "repository", "pypi_name": "PyPI name"}.get(column, column)
    return f"{slug}: its {name} cannot come back, another has it by now; nothing was undone"


def _check_groups(store: Store) -> None:
    """Raise Conflict where a package would be left in a category or on a grid that is not there."""
    for sql, what in (
        ("categories g JOIN packages p ON p.category = g.key", "category"),
        ("grids g JOIN memberships m ON m.name = g.key JOIN packages p ON p.key = m.package", "grid"),
    ):
        row = store.rows(f"SELECT p.slug, g.slug FROM {sql} WHERE g.removed = 1 AND p.removed = 0").fetchone()
        if row:
            raise Conflict(f"{row[0]} needs the {what} {row[1]}, which would not be there; nothing was undone")
