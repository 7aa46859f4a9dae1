"""A server on loopback that sends what a test tells it to, byte for byte."""

import asyncio
import json
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.upstream.http_connection import read_request


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Respond = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    url: str
    asked: list[Request] = field(default_factory=list)
    most: int = 0  # requests at once
    now: int = 0


def reply(status: int = 200, body: Any = None, *, reason: str = "X", **headers: str) -> bytes:
    """Return a whole response; bytes are sent as they are, all else as JSON."""
    content = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    lines = [f"HTTP/1.1 {status} {reason}", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@asynccontextmanager
async def serve(
    respond: Callable[[Request], Any],
    host: str = "127.0.0.1",
    *,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Server]:
    """Serve; `respond` returns bytes, or a coroutine function that writes to the connection.

    With `tls` it is https that is spoken.
    """

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (received := await read_request(reader)) is not None:
                request = Request(
                    received.method, received.target, dict(received.headers), received.body
                )
                server.asked.append(request)
                server.now += 1
                server.most = max(server.most, server.now)
                try:
                    answer = respond(request)
                    if not isinstance(answer, bytes):
                        await answer(writer)
                        return
                    await asyncio.sleep(0.005)
                    writer.write(answer)
                    await writer.drain()
                finally:
                    server.now -= 1
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(converse, host, 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    scheme = "http" if tls is None else "https"
    shown = f"[{host}]" if ":" in host else host
    server = Server(f"{scheme}://{shown}:{port}")
    try:
        yield server
    finally:
        listening.close()


@contextmanager
def served(respond: Callable[[Request], Any], host: str = "127.0.0.1") -> Iterator[Server]:
    """Serve from a thread, for commands that have an event loop of their own; raise OSError
    without that address.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = serve(respond, host)
    try:
        server = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result()
        try:
            yield server
        finally:
            asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_the_rest(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_the_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
