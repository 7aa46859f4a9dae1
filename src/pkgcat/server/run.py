"""Listens, and runs the server until it is cancelled."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from pkgcat.errors import Denied, Invalid, IOFailed
from pkgcat.server.app import make_app
from pkgcat.server.connections import Connection
from pkgcat.server.reader import CatalogReader
from pkgcat.server.settings import ServerSettings

_MAX_HEADER_BYTES = 32 * 1024
_KEEP_ALIVE_SECONDS = 30
_BACKLOG = 1024
_STOP_SECONDS = 0.4
"""Answers that are being sent are waited for so long when the server stops."""
_PORTS_TRIED = 100


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any free one.

    Raises IOFailed, naming the next free port where this one is taken; Denied; Invalid for a host
    that is none of this machine's.
    """
    try:
        return _bind(host, port)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise Invalid(f"--host {host} is no address of this machine") from error
        if error.errno == errno.EACCES:
            raise Denied(f"port {port} is kept for the system; choose one above 1023") from error
        if error.errno == errno.EADDRINUSE:
            raise IOFailed(f"port {port} is taken{_suggest_port(host, port)}") from error
        raise IOFailed(f"{host}, port {port}: {(error.strerror or str(error)).lower()}") from error


def _bind(host: str, port: int) -> socket.socket:
    """Return a listening socket. It names its protocol, as asyncio only then sets TCP_NODELAY."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _suggest_port(host: str, port: int) -> str:
    for other in range(port + 1, min(port + 1 + _PORTS_TRIED, 65536)):
        with suppress(OSError):
            _bind(host, other).close()
            return f"; --port {other} is free"
    return ""


async def serve(
    settings: ServerSettings, listener: socket.socket, on_started: Callable[[], None]
) -> None:
    """Answer requests until the task is cancelled, then end within a second."""
    reader = CatalogReader(settings)
    server = _Server(_configure(settings, reader))
    with _told_errors(settings):
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not running.done():
                await asyncio.sleep(0.001)
            on_started()
            await asyncio.shield(running)
        finally:
            server.should_exit = True
            reader.close()
            with suppress(asyncio.CancelledError):
                await asyncio.wait({running}, timeout=_STOP_SECONDS)
            running.cancel()


def _configure(settings: ServerSettings, reader: CatalogReader) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(settings, reader),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        backlog=_BACKLOG,
    )


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _told_errors(settings: ServerSettings) -> Iterator[None]:
    """Tell the operator what uvicorn and asyncio log as errors, a line for each."""
    handler = _Teller(settings.tell)
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.propagate = True


class _Teller(logging.Handler):
    """Tells the first line of each error."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        line = record.getMessage().strip().partition("\n")[0]
        if record.exc_info and record.exc_info[1] is not None:
            line += f": {record.exc_info[1]!r}"
        self._tell(line)
