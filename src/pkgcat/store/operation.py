"""Operations: the one way to write a catalog. Each is logged with all that it changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from pkgcat.model.change import Change
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.origin import NO_ORIGINS, PERSON, UNKNOWN, OperationKind, Origin, Origins
from pkgcat.model.types import DATETIME, SqlValue
from pkgcat.store import Store
from pkgcat.store.derived import derive_columns
from pkgcat.store.entities import ENTITIES, Key
from pkgcat.store.log.deltas import pack_change


class Operation:
    """The one way to write: each row it changes is logged beside the change, in the same
    transaction.

    The command is logged without the credentials of the addresses in it. Changes without another
    origin have `origin`: a person, or unknown for what an import or refresh does.
    """

    def __init__(
        self,
        store: Store,
        command: str,
        now: datetime,
        kind: OperationKind,
        origin: Origin | None = None,
    ) -> None:
        self.store = store
        self.kind = kind
        if origin is None:
            origin = UNKNOWN if kind in ("import", "refresh") else PERSON
        self.origin = origin
        self._origin_keys: dict[Origin, int] = {}
        self.command = _make_text(command)
        self.now = now
        self.undoes: int | None = None
        self.id: int | None = None

    def create(
        self,
        entity: str,
        values: dict[str, SqlValue],
        *,
        origin: Origin | None = None,
        origins: Origins = NO_ORIGINS,
    ) -> int:
        """Insert a row and return its integer key; a key of several columns is in the values.

        `origin` is where the row came from, `origins` has those of fields that came from elsewhere.
        A row that belongs to another one's is of that row's origin.
        """
        columns = _with_derived(entity, values)
        sql = _make_insert(entity, tuple(columns))
        cursor = self.store.rows(sql, tuple(columns.values()))
        rowid = cursor.lastrowid
        assert rowid is not None
        logged = ENTITIES[entity]
        key = logged.make_key(values, rowid)
        if logged.belongs_to is None:
            self._log(entity, key, Change("removed", None, 0), origin or self.origin)
        row_origin = origin or self.origin
        self.note_origins(entity, key, {f: o for f, o in origins.items() if o != row_origin})
        return rowid

    def note_origin(self, entity: str, key: Key, change: Change, origin: Origin) -> None:
        """Log where a value of a row came from that this operation has made with it."""
        self._log(entity, key, change, origin)

    def note_origins(self, entity: str, key: Key, origins: Origins) -> None:
        """Store the origins of values that a row was created with, where they are not its own."""
        sql = """INSERT OR REPLACE INTO creation_origins (entity, key, field, origin)
            VALUES (?, ?, ?, ?)"""
        for field, origin in origins.items():
            self.store.rows(sql, (entity, key, field, self._find_origin_key(origin)))

    def change(
        self,
        entity: str,
        key: Key,
        values: dict[str, SqlValue],
        *,
        origin: Origin | None = None,
        origins: Origins = NO_ORIGINS,
    ) -> list[Change]:
        """Set columns of one row; return what really changed.

        `origin` is where the values came from, if not from the operation's own origin; `origins`
        has those of fields that came from elsewhere.
        """
        if not values:
            return []
        logged = ENTITIES[entity]
        row = self.store.rows(
            f"SELECT {', '.join(values)} FROM {entity} WHERE {logged.key_condition}",
            logged.key_values(key),
        ).fetchone()
        changes = [
            Change(name, old, new)
            for (name, new), old in zip(values.items(), row, strict=True)
            if old != new or (old is None) != (new is None)
        ]
        if changes:
            columns = _with_derived(entity, {change.field: change.new for change in changes})
            sets = ", ".join(f"{name} = ?" for name in columns)
            sets += ", rev = rev + 1" if entity == "packages" else ""
            self.store.rows(
                f"UPDATE {entity} SET {sets} WHERE {logged.key_condition}",
                (*columns.values(), *logged.key_values(key)),
            )
            for change in changes:
                self._log(entity, key, change, origins.get(change.field, origin or self.origin))
        return changes

    @contextmanager
    def step(self) -> Iterator[None]:
        """Write one part of a long operation in a transaction of its own."""
        before = self.id
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self.id = before
            self._origin_keys.clear()  # those that were stored in this step are gone
            raise

    def _log(self, entity: str, key: Key, change: Change, origin: Origin) -> None:
        if self.id is None:
            command = strip_credentials_in(self.command)
            self.id = self.store.rows(
                "INSERT INTO operations (at, command, undoes, kind) VALUES (?, ?, ?, ?)",
                (DATETIME.to_sql(self.now), command, self.undoes, self.kind),
            ).lastrowid
        self.store.rows(
            """INSERT INTO changes (operation, entity, key, field, old, new, origin)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (self.id, entity, key, *pack_change(change), self._find_origin_key(origin)),
        )

    def _find_origin_key(self, origin: Origin) -> int | None:
        """Return the key of an origin, which is stored with the first change that has it."""
        if origin == UNKNOWN:
            return None
        if origin not in self._origin_keys:
            clean = Origin(origin.kind, _make_text(strip_credentials_in(origin.name)))
            self.store.rows("INSERT OR IGNORE INTO origins (kind, name) VALUES (?, ?)", clean)
            sql = "SELECT id FROM origins WHERE kind = ? AND name = ?"
            self._origin_keys[origin] = self.store.value(sql, clean)
        return self._origin_keys[origin]


@contextmanager
def begin_operation(
    store: Store,
    command: str,
    now: datetime,
    *,
    kind: OperationKind,
    origin: Origin | None = None,
    dry_run: bool = False,
) -> Iterator[Operation]:
    """Write as one operation: all of it or, after an error or on a dry run, nothing.

    `command` is what history will show; nothing is concluded from it. `origin` is that of all
    changes which have no other (see Operation). An operation that changed nothing leaves no
    trace.
    """
    operation = Operation(store, command, now, kind, origin)
    with store.transaction():
        yield operation
        if dry_run or not operation.id:
            store.connection.execute("ROLLBACK")


@lru_cache
def _make_insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def _with_derived(table: str, values: dict[str, SqlValue]) -> dict[str, SqlValue]:
    """Return columns together with those that follow from them."""
    return {**values, **derive_columns(table, values)}


def _make_text(name: str) -> str:
    """Return text that SQLite can store; a file's name need not be text."""
    return name.encode("utf-8", "replace").decode()
