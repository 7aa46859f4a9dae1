"""Who wrote a field last, as far as the log tells: a person, a host, a file or a site."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import PERSON, UNKNOWN, OperationKind, Origin
from pkgcat.store import Store
from pkgcat.store.entities import Key
from pkgcat.store.log import history

_WRITTEN = tuple(name for name, field in FIELDS.items() if field.writer in ("user", "upstream"))
"""The fields that somebody writes; the rest pkgcat keeps for itself, or it follows from others."""

_LAST = """SELECT o.kind, o.undoes FROM changes c JOIN operations o ON o.id = c.operation
    WHERE c.key = :key AND c.entity = :entity AND c.operation < :before
    AND (c.field = :field OR (c.field = 'removed' AND c.old IS NULL))
    ORDER BY c.number DESC LIMIT 1"""
"""The last change of a field. The creation of its row, which is logged as `removed`, gave
every field a value.
"""

# Of several rows SQLite takes the other columns from that of max() (sqlite.org/lang_select.html#bareagg).
_LAST_OF_EACH = """SELECT c.entity, c.field, g.kind, g.name, o.kind = 'undo', max(c.number)
    FROM changes c JOIN operations o ON o.id = c.operation LEFT JOIN origins g ON g.id = c.origin
    WHERE c.key = ? AND c.entity IN ('packages', 'facts') GROUP BY c.entity, c.field"""

_UNSET = (None, "[]", "{}")

_AT_CREATION = """SELECT c.entity, c.field, g.kind, g.name, 0 FROM creation_origins c
    LEFT JOIN origins g ON g.id = c.origin WHERE c.key = ? AND c.entity IN ('packages', 'facts')"""


def find_last_kind(store: Store, entity: str, key: Key, field: str) -> OperationKind | None:
    """Return the kind of the operation that gave a field the value it has now.

    Where an undo wrote last, the value is that of the operation before the undone one. None
    means that the log holds no such operation: the field is as a new catalog has it.
    """
    before = 2**63 - 1
    while True:
        row = store.rows(
            _LAST, {"entity": entity, "key": key, "field": field, "before": before}
        ).fetchone()
        if row is None:
            return None
        kind: OperationKind = row[0]
        undoes = row[1]
        if undoes is None:
            return kind
        before = undoes


def is_by_person(store: Store, entity: str, key: Key, field: str) -> bool:
    """Whether a person wrote a field last.

    Where the origin is unknown, as it is of what release 0.1.0 stored, the kind of the operation
    tells it.
    """
    origin = history.find_origin(store, entity, key, field)
    if origin != UNKNOWN:
        return origin == PERSON
    kind = find_last_kind(store, entity, key, field)
    if kind == "add":  # a person adds packages; categories and grids come along
        return entity in ("packages", "facts")
    return kind not in (None, "import", "refresh")


def find_fields_by_person(store: Store, entity: str, key: Key, fields: Iterable[str]) -> list[str]:
    """Return those of the fields of a row that a person wrote last."""
    return [field for field in fields if is_by_person(store, entity, key, field)]


def read_origins(store: Store, key: int) -> dict[str, Origin]:
    """Return where the values of a package came from, by field, without the fields that nobody
    has set.

    What release 0.1.0 stored is a person's where `is_by_person` says so, and unknown otherwise.
    """
    created = history.creation(store, key).origin
    values = _read_values(store, key)
    found = {}
    for field, value in values.items():
        if value not in _UNSET:
            found[field] = created
    for write in _read_writes(store, key):
        # where an undo left a field as the row was created, nobody has set it
        is_unset = write.is_undo and write.origin == created and values[write.field] in _UNSET
        is_of_field = FIELDS[write.field].table == write.table or write.field not in found
        if is_of_field and not is_unset:
            found[write.field] = write.origin
    for field, origin in found.items():
        table = FIELDS[field].table
        if origin == UNKNOWN and table and is_by_person(store, table, key, field):
            found[field] = PERSON
    return found


class _Write(NamedTuple):
    """The last write of a column of a package: when its row was created, or later."""

    table: str
    field: str
    origin: Origin
    is_undo: bool


def _read_writes(store: Store, key: int) -> Iterator[_Write]:
    """Yield the writes at the creation of a package, then the last one of each field."""
    for sql in (_AT_CREATION, _LAST_OF_EACH):
        for table, field, kind, name, is_undo, *_ in store.rows(sql, (key,)):
            if field in _WRITTEN:
                yield _Write(table, field, history.make_origin(kind, name), bool(is_undo))


def _read_values(store: Store, key: int) -> dict[str, Any]:
    """Return the stored values of the fields of a package."""
    columns = ", ".join(f"{FIELDS[name].table}.{name}" for name in _WRITTEN)
    sql = f"SELECT {columns} FROM packages JOIN facts USING (key) WHERE key = ?"
    return dict(zip(_WRITTEN, store.rows(sql, (key,)).fetchone(), strict=True))
