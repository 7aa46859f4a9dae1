"""The store: one SQLite file, read by queries, written by operations."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pkgcat import signals
from pkgcat.errors import Invalid, NoCatalog
from pkgcat.model.days import CalendarSpan
from pkgcat.model.hosts import HostKinds
from pkgcat.model.states import DEFAULT_INACTIVE_AFTER
from pkgcat.store import file

Parameters = dict[str, Any] | tuple[Any, ...]


class Store:
    """An open catalog. Leaving its `with` block closes it and explains what SQLite complained
    of.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._has_committed = False
        self.read_configured_kinds: Callable[[], HostKinds] = dict
        """Returns the kinds of hosts that the settings tell; called when they are needed."""
        self.read_inactive_after: Callable[[], CalendarSpan] = lambda: DEFAULT_INACTIVE_AFTER
        """Returns without activity for how long packages are inactive; called when it is needed."""

    @classmethod
    def read(cls, path: Path, *, explicit: bool) -> Self:
        """Open for reading. A default catalog that is not there yet reads as an empty one.

        Raises NoCatalog where the user chose the file (`explicit`), and whatever `file.connect` raises.
        """
        if file.exists(path):
            return cls(file.connect(path, write=False), path)
        if explicit:
            raise NoCatalog(f"{path} does not exist; 'pkgcat add' or 'pkgcat import' would make it")
        return cls(file.in_memory(), path)

    @classmethod
    def write(cls, path: Path, *, explicit: bool, create: bool) -> Self:
        """Open for writing; where there is no catalog, make one if this write can be the first.

        Otherwise the default catalog is an empty one that is nowhere, and an explicit one
        raises NoCatalog.
        """
        if not file.exists(path):
            if not create:
                return cls.read(path, explicit=explicit)
            file.create(path)
        return cls(file.connect(path, write=True), path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()
        if isinstance(error, sqlite3.Error):
            with file.translate_errors(self.path):
                raise error
        if isinstance(error, UnicodeEncodeError):
            raise Invalid("what was given is not UTF-8 text") from error
        if isinstance(error, OverflowError):
            raise Invalid("a number that was given is too large") from error

    @cached_property
    def host_kinds(self) -> HostKinds:
        """The kinds of hosts: those of the settings before those that were asked."""
        return {**self.read_asked_kinds(), **self.read_configured_kinds()}

    def read_asked_kinds(self) -> dict[str, str | None]:
        """Return what is known of hosts that had to be asked what they are; None: nothing pkgcat
        speaks.
        """
        return dict(self.rows("SELECT host, kind FROM hosts").fetchall())

    def rows(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run a query."""
        return self.connection.execute(sql, parameters)

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """Return the first column of the first row, or None."""
        row = self.connection.execute(sql, parameters).fetchone()
        return row[0] if row else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of it or, after an error or a signal before the COMMIT, nothing."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield
            if self.connection.in_transaction:
                self.connection.execute("COMMIT")
                self._has_committed = True
        except BaseException:
            self.connection.rollback()
            raise
        finally:
            signals.describe_outcome(
                "what was stored stays" if self._has_committed else "nothing was stored"
            )
