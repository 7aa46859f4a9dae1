"""A server on loopback that sends what a test tells it to, byte for byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


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


def reply(status: int = 200, body: Any = None, **headers: str) -> bytes:
    """Return a whole response; bytes are sent as they are, all else as JSON."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@asynccontextmanager
async def serve(respond: Callable[[Request], Any]) -> AsyncIterator[Server]:
    """Serve; `respond` returns bytes, or a coroutine function that writes to the connection."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                request = Request(method, path, headers, body)
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
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(converse, "127.0.0.1", 0)
    server = Server(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    try:
        yield server
    finally:
        listening.close()
