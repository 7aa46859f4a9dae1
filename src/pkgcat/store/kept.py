"""The catalog as a process keeps it that reads it for hours, in several threads.

POSIX locks belong to a process: when any file descriptor of the catalog is closed, all locks of
the process on it are gone, and a writer may change it under a reader in another thread
(sqlite.org/howtocorrupt.html, 2.2). So the file's header is read through a descriptor that stays
open as long as its file is served.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from pkgcat.errors import Busy, NoCatalog
from pkgcat.model.days import CalendarSpan
from pkgcat.model.states import DEFAULT_INACTIVE_AFTER
from pkgcat.store import Store, file

T = TypeVar("T")

_HEADER_SIZE = 100
_CHANGE_COUNTER = slice(24, 28)
"""SQLite adds one to it in each transaction (sqlite.org/fileformat.html, 1.3.7)."""
_STEPS_BETWEEN_CHECKS = 10_000
_ATTEMPTS = 5


class TooSlow(Busy):
    """Reading took longer than a reader may keep writers out."""


class _Identity(NamedTuple):
    """Which file is at a path."""

    device: int
    inode: int


class _State(NamedTuple):
    """One state of a catalog, and what was computed of it.

    `counter` is the change counter of its file.
    """

    version: str
    counter: bytes
    computed: dict[Hashable, Any]


class _KeptFile:
    """A file that is served: its descriptor, and its newest state that was read."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        status = os.fstat(self.descriptor)
        self.identity = _Identity(status.st_dev, status.st_ino)
        self.state = _State("", b"", {})

    def __del__(self) -> None:
        os.close(self.descriptor)

    def header(self) -> bytes:
        """Return the first bytes of the file as they are now."""
        return os.pread(self.descriptor, _HEADER_SIZE, 0)


class Snapshot:
    """One state of the catalog, read in one transaction.

    `version` is a text that differs between any two states of this or another catalog.
    """

    def __init__(self, store: Store, state: _State, is_over: Callable[[], bool]) -> None:
        self.store = store
        self.version = state.version
        self._computed = state.computed
        self._is_over = is_over

    def compute_once(self, name: Hashable, compute: Callable[[Store], T]) -> T:
        """Return what a function computes of this state; it is called once for each state."""
        if name not in self._computed:
            self._computed[name] = compute(self.store)
        value: T = self._computed[name]
        return value

    def check_time(self) -> None:
        """Raise TooSlow where reading has taken too long; called while an answer is made."""
        if self._is_over():
            raise TooSlow("reading took too long")


class _Worker(threading.local):
    """What one thread keeps: its connection, to a file or to an empty catalog in memory."""

    store: Store | None = None
    kept: _KeptFile | None = None
    state: _State | None = None
    data_version: int = 0
    deadline: float = 0.0


class KeptCatalog:
    """A catalog that threads read, each through a connection of its own that stays open.

    `explicit` is as for Store.read. What is at the path is looked at for each snapshot. Without
    activity for `inactive_after` packages are inactive.
    """

    def __init__(
        self,
        path: Path,
        *,
        explicit: bool,
        max_seconds: float,
        inactive_after: CalendarSpan = DEFAULT_INACTIVE_AFTER,
    ) -> None:
        self.path = path
        self._inactive_after = inactive_after
        self._explicit = explicit
        self._max_seconds = max_seconds
        self._worker = _Worker()
        self._opening = threading.Lock()
        self._kept: _KeptFile | None = None
        self._empty = _State("empty", b"", {})
        self._is_stopped = False

    def stop(self) -> None:
        """Break off what is being read, and let nothing more be read."""
        self._is_stopped = True

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Read within one transaction.

        Raises NoCatalog, BadCatalog, Denied, IOFailed or Busy; TooSlow after `max_seconds`.
        """
        self._worker.deadline = monotonic() + self._max_seconds
        with file.translate_errors(self.path):
            store = self._connect()
            try:
                store.connection.execute("BEGIN")
                yield Snapshot(store, self._read_state(store), self._is_over)
            except sqlite3.OperationalError as error:
                if self._is_over():
                    raise TooSlow("reading took too long") from error
                raise
            finally:
                store.connection.rollback()

    def find_version(self) -> str | None:
        """Return the version of the catalog's state without reading it; None where it has to be
        read, as it is another one than was read last.

        No lock is taken: of a transaction that is being committed, the counter may be written
        before the rest, and what is read next waits for all of it. Until then the state is the old
        one.
        """
        kept = self._kept
        if kept is None or kept.identity != self._identify():
            return None
        state = kept.state
        return state.version if kept.header()[_CHANGE_COUNTER] == state.counter else None

    def _connect(self) -> Store:
        """Return the thread's connection to the file that is at the path now."""
        worker = self._worker
        identity = self._identify()
        if worker.store is not None and identity == (worker.kept and worker.kept.identity):
            return worker.store
        if worker.store is not None:
            worker.store.connection.close()
        worker.store, worker.kept, worker.state = None, None, None
        with self._opening:
            if identity is None:
                connection = self._open_empty()
            else:
                worker.kept, connection = self._open()
        connection.set_progress_handler(self._is_over, _STEPS_BETWEEN_CHECKS)
        worker.store = Store(connection, self.path)
        worker.store.read_inactive_after = lambda: self._inactive_after
        return worker.store

    def _identify(self) -> _Identity | None:
        try:
            status = os.stat(self.path)  # noqa: PTH116  # a microsecond less for each request
        except (FileNotFoundError, NotADirectoryError):
            return None
        return _Identity(status.st_dev, status.st_ino)

    def _open_empty(self) -> file.Connection:
        if self._explicit:
            raise NoCatalog(f"{self.path} does not exist")
        return file.in_memory()

    def _open(self) -> tuple[_KeptFile, file.Connection]:
        """Open the file at the path; the first time it is checked, and brought up to date."""
        for _ in range(_ATTEMPTS):
            kept = self._kept
            if kept is not None and kept.identity == self._identify():
                connection = file.connect_again(self.path, busy_seconds=self._max_seconds)
            else:
                kept = _KeptFile(self.path)
                connection = file.connect(self.path, write=False, busy_seconds=self._max_seconds)
            if kept.identity == self._identify():
                self._kept = kept
                return kept, connection
            connection.close()
        raise Busy(f"{self.path} is replaced again and again; try again in a moment")

    def _read_state(self, store: Store) -> _State:
        """Return the state that the transaction sees, which the first statement begins.

        SQLite's `data_version` differs for this connection whenever another one has committed.
        """
        worker = self._worker
        data_version = store.value("PRAGMA data_version")
        if worker.kept is None:
            return self._empty
        if worker.state is None or worker.data_version != data_version:
            worker.state = self._find_state(store, worker.kept)
            worker.data_version = data_version
        return worker.state

    def _find_state(self, store: Store, kept: _KeptFile) -> _State:
        """Return the state of a file as all threads share it."""
        header = kept.header()
        file.check_header(self.path, header)
        newest = store.rows(
            """SELECT c.id, o.id, o.at FROM catalog c
            LEFT JOIN operations o ON o.id = (SELECT max(id) FROM operations)"""
        ).fetchone()
        counter = header[_CHANGE_COUNTER]
        version = f"{newest} {int.from_bytes(counter)}"
        state = kept.state
        if state.version != version:
            state = kept.state = _State(version, counter, {})
        return state

    def _is_over(self) -> bool:
        """Whether what the thread reads is to be broken off."""
        return self._is_stopped or monotonic() >= self._worker.deadline
