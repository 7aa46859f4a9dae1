"""Answers: made whole, then sent."""

from collections.abc import Iterable, Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import NamedTuple

from starlette.types import Send

_IN_MEMORY = 1 << 20
"""An answer of more bytes is kept in a temporary file until it is sent."""
_PIECE = 1 << 16

Header = tuple[bytes, bytes]

_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
NO_CONTENT_POLICY = (
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a browser may do with an answer that is no page: nothing."""


class LongBody:
    """The bytes of a long answer, in a temporary file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  # closed when sent
        self._file.writelines(pieces)
        self.length = self._file.tell()

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes from the beginning."""
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece

    def close(self) -> None:
        """Give the bytes up."""
        self._file.close()


class Answer(NamedTuple):
    """A whole answer. Its Content-Length follows from the body.

    `policy` is its Content-Security-Policy.
    """

    status: int
    body: bytes | LongBody = b""
    content_type: bytes | None = None
    headers: tuple[Header, ...] = ()
    policy: bytes = NO_CONTENT_POLICY

    def with_headers(self, *headers: Header) -> "Answer":
        """Return the answer with more headers."""
        return self._replace(headers=(*self.headers, *headers))


def make_body(pieces: Iterable[str]) -> bytes | LongBody:
    """Return the bytes of a text that comes in pieces."""
    encoded = (piece.encode() for piece in pieces)
    kept = []
    size = 0
    for piece in encoded:
        kept.append(piece)
        size += len(piece)
        if size > _IN_MEMORY:
            return LongBody(chain(kept, encoded))
    return b"".join(kept)


async def send_answer(answer: Answer, send: Send, *, with_body: bool) -> int:
    """Send an answer, for HEAD without its body; return how many bytes of body were sent."""
    body = answer.body
    length = len(body) if isinstance(body, bytes) else body.length
    policy = (b"content-security-policy", answer.policy)
    headers: list[Header] = [*answer.headers, *_SECURITY_HEADERS, policy]
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type))
    if answer.status != 304:  # RFC 9110, 15.4.5: the length of what is not sent tells nothing
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body if with_body else b""})
        return length if with_body else 0
    try:
        if with_body:
            for piece in body.pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    finally:
        body.close()
    await send({"type": "http.response.body", "body": b""})
    return length if with_body else 0
