"""Reads the catalog for requests: in threads, each answer whole within one short transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pkgcat.errors import BadCatalog, Busy, Denied, IOFailed, NoCatalog, PkgcatError
from pkgcat.server.errors import HttpError
from pkgcat.server.settings import ServerSettings
from pkgcat.signals import Interrupted
from pkgcat.store.kept import KeptCatalog, Snapshot, TooSlow

T = TypeVar("T")

MAX_SECONDS = 5.0
"""An answer that takes longer to read is given up: it keeps writers out."""
_THREADS = 8
_MAX_WAITING = 200
"""So many requests may be read or wait for a thread; others are asked to come again."""

RETRY = (b"retry-after", b"1")

_DETAILS: tuple[tuple[type[Exception], str], ...] = (
    (TooSlow, "The answer took too long to read."),
    (Busy, "The catalog is being written; try again."),
    (NoCatalog, "The catalog is not there."),
    (BadCatalog, "The catalog cannot be read."),
    (Denied, "The catalog may not be read."),
    (IOFailed, "Reading the catalog failed."),
)
"""What a reader is told; the operator is told which file, and why."""


class CatalogReader:
    """Runs functions of a Snapshot in threads of its own."""

    def __init__(self, settings: ServerSettings) -> None:
        self._catalog = KeptCatalog(
            settings.catalog, explicit=settings.explicit, max_seconds=MAX_SECONDS
        )
        self._tell = settings.tell
        self._last_told = ""
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="catalog")
        self._waiting = 0

    async def read(self, work: Callable[[Snapshot], T]) -> T:
        """Return what a function makes of the catalog; raise HttpError, 503 where it cannot be
        read.
        """
        if self._waiting >= _MAX_WAITING:
            raise HttpError(503, "Too many requests at once; try again.", RETRY)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._read, work)
        finally:
            self._waiting -= 1

    def find_version(self) -> str | None:
        """See KeptCatalog."""
        return self._catalog.find_version()

    def close(self) -> None:
        """Let no more be read; what is being read is broken off."""
        self._catalog.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, work: Callable[[Snapshot], T]) -> T:
        try:
            with self._catalog.snapshot() as snapshot:
                return work(snapshot)
        except Interrupted:
            raise HttpError(503, "The server is stopping.") from None
        except PkgcatError as error:
            for kind, detail in _DETAILS:
                if isinstance(error, kind):
                    self._tell_once(f"503: {error}")
                    raise HttpError(503, detail, RETRY) from error
            raise

    def _tell_once(self, line: str) -> None:
        """Tell the operator, unless that is what was told last."""
        if line != self._last_told:
            self._last_told = line
            self._tell(line)
