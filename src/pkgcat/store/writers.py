"""Who wrote a field last, as far as the log tells: a person, a host, a file or a site."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import PERSON, UNKNOWN, OperationKind, Origin
from pkgcat.store import Store
from pkgcat.store.entities import Key
from pkgcat.store.log import history

WRITTEN_FIELDS = {
    name: field.table for name, field in FIELDS.items() if field.writer in ("user", "upstream")
}
"""The tables of the fields that somebody writes; the rest pkgcat keeps for itself, or it follows from others."""

_LAST = """SELECT o.kind, o.undoes FROM changes c JOIN operations o ON o.id = c.operation
    WHERE c.key = :key AND c.entity = :entity AND c.operation < :before
    AND (c.field = :field OR (c.field = 'removed' AND c.old IS NULL))
    ORDER BY c.number DESC LIMIT 1"""
"""The last change of a field. The creation of its row, which is logged as `removed`, gave
every field a value.
"""

# Of several rows SQLite takes the other columns from that of max() or min() (sqlite.org/lang_select.html#bareagg).
_CREATIONS = """SELECT c.key, g.kind, g.name, min(c.number)
    FROM changes c LEFT JOIN origins g ON g.id = c.origin
    WHERE c.key IN (SELECT value FROM json_each(?)) AND c.entity = 'packages' AND c.field = 'removed'
    GROUP BY c.key"""

_AT_CREATION = """SELECT c.key, c.entity, c.field, g.kind, g.name, 0
    FROM creation_origins c LEFT JOIN origins g ON g.id = c.origin
    WHERE c.key IN (SELECT value FROM json_each(?)) AND c.entity IN ('packages', 'facts')"""

_LAST_OF_EACH = """SELECT c.key, c.entity, c.field, g.kind, g.name, o.kind = 'undo', max(c.number)
    FROM changes c JOIN operations o ON o.id = c.operation LEFT JOIN origins g ON g.id = c.origin
    WHERE c.key IN (SELECT value FROM json_each(?)) AND c.entity IN ('packages', 'facts')
    GROUP BY c.key, c.entity, c.field"""

_UNSET = (None, "[]", "{}")


class RecordOrigins(NamedTuple):
    """Where the values of a package came from."""

    creation: Origin
    """Of each value that `fields` does not name."""
    fields: dict[str, Origin]


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
    """
    origins = read_origins_of(store, [key])[key]
    found = dict.fromkeys(_find_fields_with_values(store, key), origins.creation)
    return found | origins.fields


def read_origins_of(store: Store, keys: Iterable[int]) -> dict[int, RecordOrigins]:
    """Return where the values of packages came from, by the keys of the packages.

    What release 0.1.0 stored is a person's where `is_by_person` says so, and unknown otherwise.
    Raises BadCatalog for a package whose creation is not in the log.
    """
    listed = json.dumps(list(keys))
    found = _read_creations(store, listed)
    told_by_hosts: dict[int, dict[str, Origin]] = {}
    for write in _read_writes(store, listed):
        creation, fields = found[write.key]
        if WRITTEN_FIELDS[write.field] != write.table:
            fields = told_by_hosts.setdefault(write.key, {})
        if write.is_undo and write.origin == creation:
            fields.pop(write.field, None)
        else:
            fields[write.field] = write.origin
    for key, told in told_by_hosts.items():
        if told:
            _add_told_by_hosts(store, key, found[key], told)
    for key, origins in found.items():
        written = origins.fields.values()
        if origins.creation in written:
            _leave_out_created(store, key, origins)
        if UNKNOWN in (origins.creation, *written):
            _find_persons(store, key, origins)
    return found


class _Write(NamedTuple):
    """The last write of a column of a package: when its row was created, or later."""

    key: int
    table: str
    field: str
    origin: Origin
    is_undo: bool


def _read_writes(store: Store, listed_keys: str) -> Iterator[_Write]:
    """Yield the writes at the creation of packages, then the last one of each column."""
    for sql in (_AT_CREATION, _LAST_OF_EACH):
        for key, table, field, kind, name, is_undo, *_ in store.rows(sql, (listed_keys,)):
            if field in WRITTEN_FIELDS:
                yield _Write(key, table, field, history.make_origin(kind, name), bool(is_undo))


def _read_creations(store: Store, listed_keys: str) -> dict[int, RecordOrigins]:
    """Return where packages came from; the keys are a list in JSON."""
    found = {}
    for key, kind, name, _ in store.rows(_CREATIONS, (listed_keys,)):
        found[key] = RecordOrigins(history.make_origin(kind, name), {})
    if len(found) < len(json.loads(listed_keys)):
        raise history.make_no_creation(store)
    return found


def _add_told_by_hosts(
    store: Store, key: int, origins: RecordOrigins, told: Mapping[str, Origin]
) -> None:
    """Add the fields of which a host's value is kept beside a person's, where a person set none."""
    set_by_persons = _find_fields_with_values(store, key, told)
    for field, origin in told.items():
        if field not in set_by_persons:
            origins.fields.setdefault(field, origin)


def _leave_out_created(store: Store, key: int, origins: RecordOrigins) -> None:
    """Leave out the fields that have a value from where the package came."""
    for field in _find_fields_with_values(store, key, origins.fields):
        if origins.fields.get(field) == origins.creation:
            del origins.fields[field]


def _find_persons(store: Store, key: int, origins: RecordOrigins) -> None:
    """Name the fields of unknown origin that a person wrote."""
    values = _find_fields_with_values(store, key)
    known = dict.fromkeys(values, origins.creation) | origins.fields
    for field, origin in known.items():
        table = WRITTEN_FIELDS[field]
        if origin == UNKNOWN and table and is_by_person(store, table, key, field):
            origins.fields[field] = PERSON


def _find_fields_with_values(
    store: Store, key: int, names: Collection[str] = WRITTEN_FIELDS
) -> list[str]:
    """Return those of the fields of a package that have a value."""
    columns = ", ".join(f"{WRITTEN_FIELDS[name]}.{name}" for name in names)
    sql = f"SELECT {columns} FROM packages JOIN facts USING (key) WHERE key = ?"
    values = store.rows(sql, (key,)).fetchone()
    return [name for name, value in zip(names, values, strict=True) if value not in _UNSET]
