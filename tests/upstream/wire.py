"""Requests and answers: what dialects read and write, without a socket in sight."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

JSON = "application/json; charset=utf-8"


@dataclass
class Request:
    """What was asked. `path` is percent-encoded and without the query; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    mount: str = ""  # the part of the path that chose the dialect

    @cached_property
    def path(self) -> str:
        """Return the whole path."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, str]:
        """Return the parameters; the last of a name counts."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Return the decoded pieces of the path below the mount; a trailing slash is a last empty piece."""
        return tuple(unquote(part) for part in self.path[len(self.mount) :].split("/")[1:])

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """Return a parameter that is a positive number, or the default, or the most allowed."""
        text = self.query.get(name, "")
        value = int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default
        return value if most is None else min(value, most)

    def date(self, name: str) -> datetime | None:
        """Return a parameter that is a time."""
        text = self.query.get(name)
        if not text:
            return None
        value = datetime.fromisoformat(text.replace(" ", "+"))
        return value if value.tzinfo else value.replace(tzinfo=UTC)


@dataclass(slots=True)
class Response:
    """An answer, and how it is sent when not at once and whole."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds before the first byte
    step: int = 0  # bytes sent at once, if not all of them
    pause: float = 0.0  # seconds between steps
    length: int | None = None  # the content-length told, if it is a lie
    repeat: int = 1  # how often the body is sent
    plain: bool = False  # never to be compressed here
    dripping_head: bool = False  # whether the head is sent in steps too


Honest = Callable[[], Response]


def dump(value: object) -> bytes:
    """Return compact UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(value: object, status: int = 200, content_type: str = JSON, **headers: str) -> Response:
    """Return JSON; in header names `_` stands for `-`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, dump(value), {"content-type": content_type, **named})


def text(words: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Response:
    """Return text."""
    return Response(status, words.encode(), {"content-type": content_type})


def moved(location: str, status: int = 301, body: object = None) -> Response:
    """Return a redirect."""
    response = Response(status) if body is None else answer(body, status)
    response.headers["location"] = location
    return response


def validated(request: Request, response: Response, etag: str, modified: datetime | None = None) -> Response:
    """Add validators to an answer; return 304 if the asker has it already (RFC 9110, 13.2.2)."""
    response.headers["etag"] = etag
    if modified is not None:
        response.headers["last-modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if not _has_it(request, etag, modified):
        return response
    kept = {name: value for name, value in response.headers.items() if name != "content-type"}
    return replace(response, status=304, body=b"", headers=kept)


def _has_it(request: Request, etag: str, modified: datetime | None) -> bool:
    if request.method not in {"GET", "HEAD"}:
        return False
    if (known := request.headers.get("if-none-match")) is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in tags or etag.removeprefix("W/") in tags
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except ValueError:
        return False


def link(pages: Mapping[str, str]) -> str:
    """Return a Link header of addresses by their relation (RFC 8288)."""
    return ", ".join(f'<{address}>; rel="{name}"' for name, address in pages.items())


def with_query(address: str, query: Mapping[str, Any]) -> str:
    """Return an address with parameters."""
    return f"{address}?{urlencode(query)}" if query else address


def words(listed: str) -> list[str]:
    """Return what stands between spaces, for long tables of names."""
    return listed.split()
