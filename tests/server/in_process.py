"""The server in a thread of this process, so that a test can change its limits."""

import asyncio
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pkgcat.server import run
from pkgcat.server.settings import ServerSettings
from tests.server.program import SECONDS, Reply, Server


class LocalServer:
    """A server of a catalog; its settings are those of `pkgcat serve`, but for `more`."""

    def __init__(self, catalog: Path, **more: Any) -> None:
        self.told: list[str] = []
        self._settings = ServerSettings(
            catalog,
            explicit=True,
            timezone="America/New_York",
            read_clock=lambda: datetime.now(UTC),
            tell=self.told.append,
        )._replace(**more)
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._loop = asyncio.SelectorEventLoop()

    def __enter__(self) -> Self:
        self._listener = run.listen("127.0.0.1", 0)
        self.host, self.port = self._listener.getsockname()[:2]
        self._thread.start()
        assert self._started.wait(SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    def ask(self, path: str, **more: Any) -> Reply:
        """Send one request."""
        return Server.ask(self, path, **more)  # type: ignore[arg-type]  # it has host and port

    def connect(self) -> socket.socket:
        """Open a plain connection."""
        return socket.create_connection((self.host, self.port), timeout=SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(
            run.serve(self._settings, self._listener, self._started.set)
        )
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()
