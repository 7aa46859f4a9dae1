"""One HTTP/1.1 connection: reads requests, writes responses as slowly and as wrongly as they
say (RFC 9112).
"""

import asyncio
import zlib
from http import HTTPStatus

from tests.upstream.messages import Request, Response

_REASONS = {code.value: code.phrase for code in HTTPStatus}
_WITHOUT_BODY = {204, 304}
_SMALLEST_COMPRESSED = 1000
"""Bodies with fewer bytes are sent as they are."""


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Return the next request, or None at the end of the connection or when it is no HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        request_line, *lines = head[:-4].decode("latin-1").split("\r\n")
        method, target, _version = request_line.split(" ")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        body = await reader.readexactly(length) if length else b""
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None
    return Request(method, target, headers, body)


async def send_response(writer: asyncio.StreamWriter, request: Request, response: Response) -> bool:
    """Send a response; return whether the connection can be used again."""
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.status == 0:
        return False
    body = _compress(request, response)
    without_body = request.method == "HEAD" or response.status in _WITHOUT_BODY
    keep_alive = request.headers.get("connection", "").lower() != "close"
    if response.declared_length is not None and not without_body:
        keep_alive = False
    head = _format_head(response, len(body) * response.repeat, keep_alive=keep_alive)
    if without_body:
        body = b""
    if response.chunk_size == 0 and response.repeat == 1:
        writer.write(head + body)
    else:
        await _write(
            writer, head, response.chunk_size if response.chunk_head else 0, response.chunk_pause
        )
        for _ in range(response.repeat):
            await _write(writer, body, response.chunk_size, response.chunk_pause)
    await writer.drain()
    return keep_alive


def _compress(request: Request, response: Response) -> bytes:
    """Return the body, in gzip where hosts would use it; a body that is sent in a special way
    stays as it is.
    """
    accepted = "gzip" in request.headers.get("accept-encoding", "")
    special = (
        not response.may_compress or response.declared_length is not None or response.chunk_size > 0
    )
    if not accepted or special or len(response.body) < _SMALLEST_COMPRESSED:
        return response.body
    response.headers["content-encoding"] = "gzip"
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    return compressor.compress(response.body) + compressor.flush()


def _format_head(response: Response, length: int, *, keep_alive: bool) -> bytes:
    lines = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if response.declared_length is not None:
        length = response.declared_length
    if response.status not in _WITHOUT_BODY and length >= 0:
        lines.append(f"content-length: {length}")
    if not keep_alive:
        lines.append("connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _write(
    writer: asyncio.StreamWriter, content: bytes, chunk_size: int, pause: float
) -> None:
    """Write everything at once if `chunk_size` is 0, else chunk by chunk."""
    if chunk_size == 0:
        writer.write(content)
        await writer.drain()
        return
    for start in range(0, len(content), chunk_size):
        writer.write(content[start : start + chunk_size])
        await writer.drain()
        await asyncio.sleep(pause)
