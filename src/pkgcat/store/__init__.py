"""The store: one SQLite file, read by queries, written by operations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pkgcat.errors import Invalid, NoCatalog
from pkgcat.models import Cell, Change
from pkgcat.store import file
from pkgcat.store.cells import cell
from pkgcat.store.deltas import packed

Parameters = dict[str, Any] | tuple[Any, ...]


class Store:
    """An open catalog. Leaving its `with` block closes it and explains what SQLite complained of."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    @classmethod
    def read(cls, path: Path, *, named: bool) -> Self:
        """Open for reading. A default catalog that is not there yet reads as an empty one.

        Raises NoCatalog where the user named the file, and whatever `file.connect` raises.
        """
        if file.exists(path):
            return cls(file.connect(path, write=False), path)
        if named:
            raise NoCatalog(f"{path} does not exist; 'pkgcat add' or 'pkgcat import' would make it")
        return cls(file.in_memory(), path)

    @classmethod
    def write(cls, path: Path, *, named: bool, create: bool) -> Self:
        """Open for writing; where there is no catalog, make one if this write can be the first.

        Otherwise the default catalog is an empty one that is nowhere, and a named one raises NoCatalog.
        """
        if not file.exists(path):
            if not create:
                return cls.read(path, named=named)
            file.create(path)
        return cls(file.connect(path, write=True), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        if isinstance(error, sqlite3.Error):
            with file.explained(self.path):
                raise error
        if isinstance(error, UnicodeEncodeError):
            raise Invalid("what was given is not UTF-8 text") from error
        if isinstance(error, OverflowError):
            raise Invalid("a number that was given is too large") from error

    def rows(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a query."""
        return self.connection.execute(sql, parameters)

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """Return the first column of the first row, or None."""
        row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    @contextmanager
    def operation(self, command: str, now: datetime, *, dry_run: bool = False) -> Iterator["Operation"]:
        """Write as one operation: all of it or, after an error or on a dry run, nothing.

        `command` is what history will show. An operation that changed nothing leaves no trace.
        """
        operation = Operation(self, command, now)
        with self.transaction():
            yield operation
            if dry_run or not operation.id:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of it or, after an error, nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")


class Operation:
    """The one way to write: each row it changes is logged beside the change, in the same transaction."""

    def __init__(self, store: Store, command: str, now: datetime) -> None:
        self.store = store
        self.command = command.encode("utf-8", "replace").decode()  # a file's name need not be text
        self.now = now
        self.undoes: int | None = None
        self.id: int | None = None

    def create(self, entity: str, values: dict[str, Cell]) -> int:
        """Insert a row and return its key."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        cursor = self.store.rows(f"INSERT INTO {entity} ({names}) VALUES ({marks})", values)
        key = cursor.lastrowid
        assert key is not None
        if entity != "facts":  # facts come and go with their package
            self._log(entity, key, Change("removed", None, 0))
        return key

    def change(self, entity: str, key: int, values: dict[str, Cell]) -> list[Change]:
        """Set columns of one row; return what really changed."""
        if not values:
            return []
        row = self.store.rows(f"SELECT {', '.join(values)} FROM {entity} WHERE key = ?", (key,)).fetchone()
        changes = [
            Change(name, old, new)
            for (name, new), old in zip(values.items(), row, strict=True)
            if old != new or (old is None) != (new is None)
        ]
        if changes:
            sets = ", ".join(f"{change.field} = ?" for change in changes)
            sets += ", rev = rev + 1" if entity == "packages" else ""
            self.store.rows(f"UPDATE {entity} SET {sets} WHERE key = ?", (*(c.new for c in changes), key))
            for change in changes:
                self._log(entity, key, change)
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
            raise

    def _log(self, entity: str, key: int, change: Change) -> None:
        if self.id is None:
            self.id = self.store.rows(
                "INSERT INTO operations (at, command, undoes) VALUES (?, ?, ?)",
                (cell(self.now), self.command, self.undoes),
            ).lastrowid
        self.store.rows(
            "INSERT INTO changes (operation, entity, key, field, old, new) VALUES (?, ?, ?, ?, ?, ?)",
            (self.id, entity, key, *packed(change)),
        )
