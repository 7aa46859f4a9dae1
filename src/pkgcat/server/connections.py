"""Connections of clients: uvicorn's, with limits on their number and on what they may wait for."""

import asyncio
import json
from itertools import count
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 500
"""So many connections are kept open; for one more, the idle one that has waited longest is closed."""
HEADER_SECONDS = 10.0
"""A request whose headers have not come so long after its first byte is given up."""
STALLED_SECONDS = 30.0
"""An answer of which the client takes nothing for so long is given up."""
LINGER_SECONDS = 1.0
"""So long a client that is still sending a body may read the answer before it is disconnected."""

_numbers = count()


class Connection(H11Protocol):
    """One connection. A timer is running whenever it waits for the client."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._timer: asyncio.TimerHandle | None = None
        self._last_used = next(_numbers)

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """See asyncio.Protocol."""
        super().connection_made(transport)
        self._start_timer(HEADER_SECONDS)
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._timer is None and self.is_idle:
            self._start_timer(HEADER_SECONDS)
        super().data_received(data)
        if not self.is_idle:
            self._last_used = next(_numbers)
            self._stop_timer()

    def on_response_complete(self) -> None:
        """Wait for the next request; but not for a body that nobody reads."""
        self._stop_timer()
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._start_timer(LINGER_SECONDS)

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        super().pause_writing()
        self._start_timer(STALLED_SECONDS)

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        super().resume_writing()
        self._stop_timer()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has too long headers; never within another answer."""
        if not self.is_idle or self.conn.our_state is not h11.IDLE:
            self.transport.close()
            return
        body = json.dumps({"detail": msg}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _make_room(self) -> None:
        """Close the idle connection that has waited longest, which may be this one."""
        idle = [
            other for other in self.connections if isinstance(other, Connection) and other.is_idle
        ]
        longest = min(idle, key=lambda other: other._last_used)
        longest.transport.abort()

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        self.transport.abort()
