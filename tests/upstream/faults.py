"""What hosts do wrong, on demand.

A fault takes the request and a function that returns the host's own answer, and returns what is
sent instead.
"""

import gzip
import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from tests.upstream.messages import JSON_TYPE, Request, Respond, Response, dump_json

Fault = Callable[[Request, Respond], Response]
MIB = 1 << 20


# statuses


def status(code: int, body: object = None, **headers: str) -> Fault:
    """Answer with a status; in the names of headers `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def fault(_request: Request, _respond: Respond) -> Response:
        if code in {204, 301, 304}:
            return Response(code, b"", dict(named))
        response = Response.from_json(
            {"message": HTTPStatus(code).phrase} if body is None else body, code
        )
        response.headers |= named
        return response

    return fault


def limited(
    code: int = 403, *, reset_in: float | None = None, retry_after: int | None = None
) -> Fault:
    """Say that a limit is reached: the primary one, until in `reset_in` seconds, or else the
    secondary one.
    """

    def fault(_request: Request, _respond: Respond) -> Response:
        message = "You have exceeded a secondary rate limit."
        headers = {}
        if reset_in is not None:
            message = "API rate limit exceeded."
            values = {
                "limit": "5000",
                "remaining": "0",
                "reset": str(int(time.time() + reset_in)),
                "used": "5000",
            }
            for name, value in values.items():
                headers[f"x-ratelimit-{name}"] = headers[f"ratelimit-{name}"] = value
        if retry_after is not None:
            headers["retry-after"] = str(retry_after)
        response = Response.from_json(
            {"message": message, "documentation_url": "https://docs.github.com/rest"}, code
        )
        response.headers |= headers
        return response

    return fault


def blocked(reason: str = "dmca", code: int = 451) -> Fault:
    """Say that the host refuses this to everybody: 451 for "dmca"; with 403 it is "tos" or
    "unavailable".
    """
    notice = "https://github.com/github/dmca/blob/master/2026/01/notice.md"
    block = {"reason": reason, "created_at": "2026-01-02T03:04:05Z", "html_url": notice}
    return status(code, {"message": "Repository access blocked", "block": block})


TOO_LARGE = status(
    403,
    {"message": "The history or contributor list is too large to list contributors via the API."},
)
"""There are too many contributors to list: a 403 that is no limit."""

FORBIDDEN = status(403, {"message": "Resource protected by organization SAML enforcement."})
"""It is not allowed: a 403 that is neither a limit nor a block."""


def graphql_partial(_request: Request, respond: Respond) -> Response:
    """Answer half of a GraphQL document; for the other half resources did not suffice."""
    body = json.loads(respond().body)
    body.setdefault("errors", [])
    repositories = [
        key for key, value in body["data"].items() if isinstance(value, dict) and key != "rateLimit"
    ]
    for key in repositories[len(repositories) // 2 :]:
        body["data"][key] = None
        message = "Resource limits for this query exceeded."
        body["errors"].append(
            {"type": "RESOURCE_LIMITS_EXCEEDED", "path": [key], "message": message}
        )
    return Response.from_json(body)


# redirects


def elsewhere(base: str, code: int = 302) -> Fault:
    """Redirect to the same path at another scheme, host or port."""
    return lambda request, _respond: Response.redirect(base + request.target, code)


def loop(code: int = 302) -> Fault:
    """Redirect without end, each time to another address of the same path."""

    def fault(request: Request, _respond: Respond) -> Response:
        hop = request.read_number("hop", 0) + 1
        return Response.redirect(f"http://{request.headers['host']}{request.path}?hop={hop}", code)

    return fault


# bodies and time


def slow(seconds: float) -> Fault:
    """Answer late."""
    return lambda _request, respond: replace(respond(), delay=seconds)


def drip(pause: float, step: int = 1, *, head: bool = False) -> Fault:
    """Answer a few bytes at a time; with `head` the status line and the headers too."""
    return lambda _request, respond: replace(
        respond(), chunk_pause=pause, chunk_size=step, chunk_head=head
    )


def hang_up(_request: Request, _respond: Respond) -> Response:
    """Close the connection without an answer."""
    return Response(0)


def cut(_request: Request, respond: Respond) -> Response:
    """Send half of what content-length announces."""
    response = respond()
    length = len(response.body)
    return replace(response, body=response.body[: length // 2], declared_length=length)


def cut_gzip(_request: Request, respond: Respond) -> Response:
    """Send compressed data without its end, with a content-length that fits."""
    response = respond()
    compressed = gzip.compress(response.body)
    return _declare_gzip(response, compressed[: len(compressed) // 2])


def not_gzip(_request: Request, respond: Respond) -> Response:
    """Say that it is compressed when it is not."""
    return _declare_gzip(respond(), b'{"plain": true}')


def huge(size: int = 9 * MIB) -> Fault:
    """Send JSON of `size` bytes."""
    return lambda _request, _respond: Response.from_text(
        '{"x":"' + "x" * size + '"}', 200, "application/json"
    )


def endless(_request: Request, _respond: Respond) -> Response:
    """Send a body without a length and without an end."""
    return Response(
        200, b"x" * 65536, {"content-type": JSON_TYPE}, repeat=1 << 40, declared_length=-1
    )


def bomb(size: int = 300 * MIB) -> Fault:
    """Send JSON of `size` bytes in a few hundred kilobytes of gzip."""
    empty = Response(200, b"", {"content-type": JSON_TYPE})
    return lambda _request, _respond: _declare_gzip(empty, _compress_zeros(size))


@cache
def _compress_zeros(size: int) -> bytes:
    """Return gzip of a JSON text of `size` bytes."""
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    compressed = [compressor.compress(b'{"x":"')]
    compressed += [compressor.compress(b"0" * MIB) for _ in range(size // MIB)]
    compressed += [compressor.compress(b'"}'), compressor.flush()]
    return b"".join(compressed)


def _declare_gzip(response: Response, body: bytes) -> Response:
    headers = {**response.headers, "content-encoding": "gzip"}
    return replace(response, body=body, headers=headers, may_compress=False)


# JSON that is wrong


def raw(body: bytes, content_type: str = JSON_TYPE) -> Fault:
    """Answer 200 with these bytes."""
    return lambda _request, _respond: Response(200, body, {"content-type": content_type})


def change_leaves(change: Callable[[Any], Any]) -> Fault:
    """Answer with every text, number, boolean and null of the JSON changed; the headers stay."""

    def change_value(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: change_value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [change_value(inner) for inner in value]
        return change(value)

    def fault(_request: Request, respond: Respond) -> Response:
        response = respond()
        try:
            value = json.loads(response.body)
        except ValueError:  # the answer is no JSON
            return response
        return replace(response, body=json.dumps(change_value(value)).encode())

    return fault


def change_numbers(replacement: object) -> Fault:
    """Answer with every number of the JSON replaced."""
    return change_leaves(lambda leaf: replacement if type(leaf) is int else leaf)


def change_texts(change: Callable[[str], str]) -> Fault:
    """Answer with every text of the JSON changed."""
    return change_leaves(lambda leaf: change(leaf) if isinstance(leaf, str) else leaf)


def wrong_types(leaf: Any) -> Any:
    """Return a value of another type."""
    if isinstance(leaf, str):
        return [leaf]
    return {} if leaf is None else "many"


def duplicate_keys(_request: Request, respond: Respond) -> Response:
    """Answer with each key of the outermost object again, with null."""
    response = respond()
    if not response.body.startswith(b"{"):
        return replace(response, body=b'{"message":"first","message":"second"}')
    nulls = dump_json(dict.fromkeys(json.loads(response.body)))
    return replace(response, body=response.body[:-1] + b"," + nulls[1:])


EVERY: Mapping[str, Fault] = {
    **{str(code): status(code) for code in (204, 400, 401, 404, 409, 410, 422, 500, 502, 503, 504)},
    "202": status(202, {}),
    "301 without location": status(301),
    "304 unasked": status(304),
    "307 loop": loop(307),
    "403 limit": limited(403, reset_in=2400),
    "403 secondary": limited(403, retry_after=2400),
    "403 blocked": blocked("tos", 403),
    "403 too large": TOO_LARGE,
    "403 forbidden": FORBIDDEN,
    "429": limited(429),
    "429 retry-after": limited(429, retry_after=2400),
    "451": blocked(),
    "redirect loop": loop(302),
    "hang up": hang_up,
    "cut": cut,
    "cut gzip": cut_gzip,
    "not gzip": not_gzip,
    "huge": huge(),
    "bomb": bomb(),
    "endless": endless,
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
    "wrong types": change_leaves(wrong_types),
    "nulls": change_leaves(lambda _leaf: None),
    "nan": change_numbers(float("nan")),
    "infinity": change_numbers(float("-inf")),
    "overflow": change_numbers(1 << 70),
    "negative": change_numbers(-1),
    "digits": raw(b'{"id": ' + b"9" * 10_000 + b"}"),
    "surrogates": change_texts(lambda _text: "\ud800\udfff\udc00"),
    "controls": change_texts(lambda text: f"\x1b]0;x\x07\x00{text}"),
    "duplicate keys": duplicate_keys,
}
