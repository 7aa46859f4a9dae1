"""HTTP/1.1 on one connection: reads requests, sends responses as slow and as wrong as wanted (RFC 9112)."""

import asyncio
import zlib
from http import HTTPStatus

from tests.upstream.wire import Request, Response

_REASONS = {code.value: code.phrase for code in HTTPStatus}
_BARE = {204, 304}
_SMALL = 1000  # bytes that are not worth compressing


async def read(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, or None when there is none or it cannot be understood."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        body = await reader.readexactly(length) if length else b""
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None
    return Request(method, target, headers, body)


async def send(writer: asyncio.StreamWriter, request: Request, response: Response) -> bool:
    """Send a response; return whether the connection may be used again."""
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.status == 0:
        return False
    body = _packed(request, response)
    silent = request.method == "HEAD" or response.status in _BARE
    keep = request.headers.get("connection", "").lower() != "close" and (silent or response.length is None)
    head = _head(response, len(body) * response.repeat, keep=keep)
    if not silent and not response.step and response.repeat == 1:
        writer.write(head + body)
    else:
        await _steps(writer, head, response.step if response.dripping_head else 0, response.pause)
        for _ in range(0 if silent else response.repeat):
            await _steps(writer, body, response.step, response.pause)
    await writer.drain()
    return keep


def _packed(request: Request, response: Response) -> bytes:
    """Compress as hosts do, except what must arrive as it is."""
    body = response.body
    wanted = "gzip" in request.headers.get("accept-encoding", "")
    if not wanted or response.plain or response.length is not None or len(body) < _SMALL or response.step:
        return body
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    response.headers["content-encoding"] = "gzip"
    return packer.compress(body) + packer.flush()


def _head(response: Response, length: int, *, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    told = length if response.length is None else response.length
    if response.status not in _BARE and told >= 0:
        lines.append(f"content-length: {told}")
    if not keep:
        lines.append("connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _steps(writer: asyncio.StreamWriter, content: bytes, step: int, pause: float) -> None:
    for start in range(0, len(content), step or len(content) or 1):
        writer.write(content[start : start + step] if step else content)
        await writer.drain()
        if pause and step:
            await asyncio.sleep(pause)
