"""The log of operations: read it, and take one back."""

from typing import NamedTuple

from pkgcat.errors import Conflict, NotFound
from pkgcat.models import FIELDS, Cell
from pkgcat.store import Operation, Store


class Entry(NamedTuple):
    """One operation: when, and which command."""

    id: int
    at: str
    command: str


def last(store: Store) -> Entry:
    """Return the newest operation that is no undo and not undone; raise NotFound."""
    sql = """SELECT id, at, command FROM operations o WHERE undoes IS NULL
        AND NOT EXISTS (SELECT 1 FROM operations u WHERE u.undoes = o.id) ORDER BY id DESC LIMIT 1"""
    row = store.rows(sql).fetchone()
    if row is None:
        raise NotFound("there is nothing to undo")
    return Entry(*row)


def entry(store: Store, number: int) -> Entry:
    """Return an operation by its number; raise NotFound, or Conflict where it is undone already."""
    row = store.rows("SELECT id, at, command FROM operations WHERE id = ?", (number,)).fetchone()
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
        if field == "removed" and not back:
            _check_free(store, entity, key)
        operation.change(entity, key, {field: back})
        touched.add(("packages" if entity == "facts" else entity, key))
    return len(touched)


def _changed_since(store: Store, entity: str, key: int, field: str, found: Cell, new: Cell) -> str:
    table = "packages" if entity == "facts" else entity
    slug = store.value(f"SELECT slug FROM {table} WHERE key = ?", (key,))
    what = field if field in FIELDS else "it"
    return f"{slug}: {what} was changed since, from {new!r} to {found!r}; nothing was undone"


def _check_free(store: Store, entity: str, key: int) -> None:
    """Raise Conflict where a name of a thing that comes back is taken by now."""
    columns = ("slug", "repo_key", "pypi_name", "id") if entity == "packages" else ("slug", "url")
    for column in columns:
        sql = f"""SELECT other.slug FROM {entity} mine JOIN {entity} other
            ON other.{column} = mine.{column} AND other.removed = 0 AND other.key <> mine.key
            WHERE mine.key = ?"""
        if other := store.value(sql, (key,)):
            raise Conflict(f"it cannot come back: {other} has its {column} now; nothing was undone")
