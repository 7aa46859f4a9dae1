"""What hosts do wrong, on demand.

A fault takes the request and what gives the honest answer, and returns what is sent instead.
"""

import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from tests.upstream.wire import Honest, Request, Response, answer, dump, moved, text

Fault = Callable[[Request, Honest], Response]
MIB = 1 << 20


# statuses


def status(code: int, body: object = None, **headers: str) -> Fault:
    """Answer with that status; in header names `_` stands for `-`."""
    told = {"message": HTTPStatus(code).phrase} if body is None else body
    bare = code in {204, 304}
    named = {name.replace("_", "-"): words for name, words in headers.items()}
    return lambda _request, _honest: Response(code, b"", named) if bare else answer(told, code, **headers)


def pending() -> Fault:
    """Answer 202: it is still being computed."""
    return status(202, {})


def limited(code: int = 403, *, reset_in: float | None = None, retry_after: int | None = None) -> Fault:
    """Say that a limit is reached: the primary one with `reset_in` seconds, else the secondary one."""

    def fault(_request: Request, _honest: Honest) -> Response:
        kind = "API rate limit exceeded" if reset_in is not None else "You have exceeded a secondary rate limit"
        response = answer({"message": f"{kind}.", "documentation_url": "https://docs.github.com/rest"}, code)
        if retry_after is not None:
            response.headers["retry-after"] = str(retry_after)
        if reset_in is not None:
            reset = str(int(time.time() + reset_in))
            for name, value in {"limit": "5000", "remaining": "0", "reset": reset, "used": "5000"}.items():
                response.headers[f"x-ratelimit-{name}"] = response.headers[f"ratelimit-{name}"] = value
        return response

    return fault


def blocked(reason: str = "dmca", code: int = 451) -> Fault:
    """Say that the host keeps this from everybody: 451 for "dmca"; with 403 it is "tos" or "unavailable"."""
    page = "https://github.com/github/dmca/blob/master/2026/01/notice.md"
    block = {"reason": reason, "created_at": "2026-01-02T03:04:05Z", "html_url": page}
    return status(code, {"message": "Repository access blocked", "block": block})


def too_large() -> Fault:
    """Say that there are too many contributors to list: a 403 that is no limit."""
    words = "The history or contributor list is too large to list contributors for this repository via the API."
    return status(403, {"message": words})


def forbidden() -> Fault:
    """Say that it is not allowed: a 403 that is neither a limit nor a block."""
    return status(403, {"message": "Resource protected by organization SAML enforcement."})


def graphql_limited() -> Fault:
    """Answer a query with 200 and RATE_LIMITED."""
    told = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
    return lambda _request, _honest: answer({"errors": [told]})


def graphql_partial() -> Fault:
    """Answer half of a query with 200; for the other half resources did not suffice."""

    def fault(_request: Request, honest: Honest) -> Response:
        whole = json.loads(honest().body)
        names = [
            name for name, value in whole.get("data", {}).items() if isinstance(value, dict) and name != "rateLimit"
        ]
        words = "Resource limits for this query exceeded."
        for name in names[len(names) // 2 :]:
            whole["data"][name] = None
            told = {"type": "RESOURCE_LIMITS_EXCEEDED", "path": [name], "message": words}
            whole.setdefault("errors", []).append(told)
        return answer(whole)

    return fault


# redirects


def redirect(location: str | None, code: int = 302) -> Fault:
    """Redirect to an address, or to none at all."""
    return lambda _request, _honest: Response(code) if location is None else moved(location, code)


def elsewhere(base: str, code: int = 302) -> Fault:
    """Redirect to the same path at another scheme, host or port."""
    return lambda request, _honest: moved(base + request.target, code)


def loop(code: int = 302) -> Fault:
    """Redirect for ever, each time to another address of the same path."""

    def fault(request: Request, _honest: Honest) -> Response:
        hop = request.number("hop", 0) + 1
        return moved(f"http://{request.headers['host']}{request.path}?hop={hop}", code)

    return fault


# bodies and time


def slow(seconds: float) -> Fault:
    """Be honest, but late."""
    return lambda _request, honest: replace(honest(), delay=seconds)


def drip(pause: float, step: int = 1, *, head: bool = False) -> Fault:
    """Be honest, a few bytes at a time; `head` lets even the headers drip."""
    return lambda _request, honest: replace(honest(), pause=pause, step=step, dripping_head=head, plain=True)


def hang_up() -> Fault:
    """Close the connection without an answer."""
    return lambda _request, _honest: Response(0)


def cut() -> Fault:
    """Send half of what content-length announces."""

    def fault(_request: Request, honest: Honest) -> Response:
        whole = honest()
        return replace(whole, body=whole.body[: len(whole.body) // 2], length=len(whole.body), plain=True)

    return fault


def cut_gzip() -> Fault:
    """Send compressed data without its end, with a content-length that fits."""

    def fault(_request: Request, honest: Honest) -> Response:
        whole = honest()
        packed = _gzip(whole.body)
        return _packed(whole, packed[: len(packed) // 2])

    return fault


def not_gzip() -> Fault:
    """Say that it is compressed when it is not."""
    return lambda _request, honest: _packed(honest(), b'{"plain": true}')


def huge(size: int = 9 * MIB) -> Fault:
    """Send JSON of `size` bytes."""
    return lambda _request, _honest: text('{"x":"' + "x" * size + '"}', 200, "application/json")


def endless() -> Fault:
    """Send a body without a length and without an end."""
    block = b"x" * 65536
    return lambda _request, _honest: Response(200, block, _JSON.copy(), length=-1, repeat=1 << 40, plain=True)


def bomb(size: int = 300 * MIB) -> Fault:
    """Send JSON of `size` bytes in a few hundred kilobytes of gzip."""
    return lambda _request, _honest: _packed(Response(200, b"", _JSON.copy()), _bomb(size // MIB))


@cache
def _bomb(mebibytes: int) -> bytes:
    """Return gzip of a JSON text: one compressed mebibyte, again and again in one stream (RFC 1951, 3.2)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(b'{"x":"') + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"0" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(b'"}') + packer.flush()
    check = zlib.crc32(b'{"x":"')
    for _ in range(mebibytes):
        check = zlib.crc32(b"0" * MIB, check)
    check = zlib.crc32(b'"}', check)
    trailer = check.to_bytes(4, "little") + (mebibytes * MIB + 8).to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + begin + block * mebibytes + end + trailer


_JSON = {"content-type": "application/json; charset=utf-8"}


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def _packed(response: Response, body: bytes) -> Response:
    return replace(response, body=body, headers={**response.headers, "content-encoding": "gzip"}, plain=True)


# JSON that is wrong


def raw(body: bytes, content_type: str = "application/json; charset=utf-8") -> Fault:
    """Answer 200 with these bytes."""
    return lambda _request, _honest: Response(200, body, {"content-type": content_type})


def leaves(change: Callable[[Any], Any]) -> Fault:
    """Be honest, but with every leaf of the JSON changed; headers (paging, validators) stay."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(inner) for key, inner in value.items()}
        return [changed(inner) for inner in value] if isinstance(value, list) else change(value)

    def fault(_request: Request, honest: Honest) -> Response:
        whole = honest()
        try:
            value = json.loads(whole.body)
        except ValueError:
            return whole  # it was not JSON in the first place
        return replace(whole, body=json.dumps(changed(value)).encode())

    return fault


def _number(replacement: object) -> Callable[[Any], Any]:
    return lambda leaf: replacement if isinstance(leaf, int) and not isinstance(leaf, bool) else leaf


def wrong_types(leaf: Any) -> Any:
    """Return a value of another type."""
    return [leaf] if isinstance(leaf, str) else "many" if leaf is not None else {}


def twice() -> Fault:
    """Be honest, but with each key of the outermost object again, with null."""

    def fault(_request: Request, honest: Honest) -> Response:
        whole = honest()
        if not whole.body.startswith(b"{"):
            return replace(whole, body=b'{"message":"first","message":"second"}')
        value = json.loads(whole.body)
        return replace(whole, body=whole.body[:-1] + b"," + dump(dict.fromkeys(value))[1:])

    return fault


EVERY: Mapping[str, Fault] = {
    "202": pending(),
    "204": status(204),
    "301 without location": redirect(None, 301),
    "304 unasked": status(304),
    "307 loop": loop(307),
    "400": status(400),
    "401": status(401),
    "403 limit": limited(403, reset_in=2400),
    "403 secondary": limited(403, retry_after=2400),
    "403 blocked": blocked("tos", 403),
    "403 too large": too_large(),
    "403 forbidden": forbidden(),
    "404": status(404),
    "409": status(409),
    "410": status(410),
    "422": status(422),
    "429": limited(429),
    "429 retry-after": limited(429, retry_after=2400),
    "451": blocked(),
    "500": status(500),
    "502": status(502),
    "503": status(503),
    "504": status(504),
    "redirect loop": loop(302),
    "hang up": hang_up(),
    "cut": cut(),
    "cut gzip": cut_gzip(),
    "not gzip": not_gzip(),
    "huge": huge(),
    "bomb": bomb(),
    "endless": endless(),
    "empty": raw(b""),
    "html": raw(b"<!DOCTYPE html><title>Sign in</title>", "text/html; charset=utf-8"),
    "html as json": raw(b"<!DOCTYPE html><title>Sign in</title>"),
    "invalid json": raw(b'{"id": 1, "name": '),
    "not utf-8": raw(b'{"message": "\xff\xfe"}'),
    "deep": raw(b"[" * 200_000 + b"]" * 200_000),
    "deep objects": raw(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "null": raw(b"null"),
    "list": raw(b"[1, 2, 3]"),
    "object": raw(b"{}"),
    "text": raw(b'"yes"'),
    "wrong types": leaves(wrong_types),
    "nulls": leaves(lambda _leaf: None),
    "nan": leaves(_number(float("nan"))),
    "infinity": leaves(_number(float("-inf"))),
    "overflow": leaves(_number(1 << 70)),
    "negative": leaves(_number(-1)),
    "digits": raw(b'{"id": ' + b"9" * 10_000 + b"}"),
    "surrogates": leaves(lambda leaf: "\ud800\udfff\udc00" if isinstance(leaf, str) else leaf),
    "controls": leaves(lambda leaf: f"\x1b]0;x\x07\x00{leaf}" if isinstance(leaf, str) else leaf),
    "duplicate keys": twice(),
}
