"""Reads the body of a response, up to a limit, decompressed."""

import json
import zlib
from functools import cache
from typing import Any

import httpx

from pkgcat.http.errors import Malformed, TransientError
from pkgcat.model.hosts import AnswerLimits

_BLANKS = 100
"""An empty list with more white space in it is not taken for one."""


async def read_body(
    where: str, encoding: str, response: httpx.Response, limits: AnswerLimits
) -> bytes | bytearray:
    """Read a body as it comes; neither what is sent nor what it decompresses to may pass the limits.

    The body is held once, not copied. Of a longer one the members that the limits name are returned,
    as an object. Raises Malformed, and TransientError for a body that is cut short.
    """
    most = limits.longest if response.status_code == 200 else limits.most
    decompressor = _make_decompressor(where, encoding)
    raw, body = 0, bytearray()
    async for chunk in response.aiter_raw():
        raw += len(chunk)
        if decompressor is None:
            body += chunk
        else:
            body += _decompress(where, decompressor, chunk, most + 1 - len(body))
        if max(raw, len(body)) > most:
            raise Malformed(f"{where}: the answer is larger than {most >> 20} MiB")
    if decompressor and raw and not decompressor.eof:
        raise TransientError(f"{where}: the answer was cut short")
    if limits.members and response.status_code == 200:
        return _choose_members(where, body, limits)
    return body


def _decompress(where: str, decompressor: Any, chunk: bytes, most: int) -> bytes:
    """Return what a chunk decompresses to, `most` bytes of it."""
    try:
        data: bytes = decompressor.decompress(chunk, most)
    except zlib.error as exc:
        raise Malformed(f"{where}: the answer is not the gzip it says it is") from exc
    return data


def _make_decompressor(where: str, encoding: str) -> Any:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip"):
        raise Malformed(
            f"{where}: the answer is encoded as {encoding[:20]!r}, which was not asked for"
        )
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _choose_members(where: str, body: bytearray, limits: AnswerLimits) -> bytes | bytearray:
    """Return an object with those members of a body's object that are read. A counted one becomes
    true or false: whether anything is in it.

    All else is passed over without being made into Python's objects, which would take several times
    its size. A body that is no object is returned as it is, for the reader of JSON to refuse.
    """
    import msgspec  # only PyPI's answers need it

    names = sorted(limits.members | limits.counted)
    try:
        found = msgspec.json.decode(body, type=_make_reader(tuple(names)))
    except (msgspec.MsgspecError, RecursionError):
        if len(body) > limits.most:
            raise Malformed(f"{where}: the answer is not a JSON object") from None
        return body
    members = []
    for index, name in enumerate(names):
        member = getattr(found, f"member{index}")
        if member is not msgspec.UNSET:
            value = bytes(member) if name in limits.members else _count(member)
            members.append(json.dumps(name).encode() + b":" + value)
        if sum(map(len, members)) > limits.most:
            raise Malformed(
                f"{where}: what is read of the answer is larger than {limits.most >> 20} MiB"
            )
    return b"{" + b",".join(members) + b"}"


@cache
def _make_reader(names: tuple[str, ...]) -> Any:
    """Return a type that reads the named members of an object as they are written."""
    import msgspec

    kind = msgspec.Raw | msgspec.UnsetType
    fields = [(f"member{index}", kind, msgspec.UNSET) for index in range(len(names))]
    rename = {f"member{index}": name for index, name in enumerate(names)}
    return msgspec.defstruct("Members", fields, rename=rename)


def _count(member: Any) -> bytes:
    """Return JSON's true or false: whether a list or an object has anything in it."""
    beginning = memoryview(member)[:_BLANKS].tobytes()
    is_empty = beginning[1:].lstrip()[:1] in (b"]", b"}")
    return b"false" if is_empty else b"true"
