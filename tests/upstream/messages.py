"""HTTP requests and responses as the hosts' dialects read and write them, without a socket
(RFC 9110).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from hashlib import md5
from typing import Self
from urllib.parse import parse_qsl, unquote, urlencode

JSON_TYPE = "application/json; charset=utf-8"


def dump_json(value: object) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass
class Request:
    """A request; `target` is the path and the query as they were sent, header names are in
    lower case.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    mount: str = ""  # the prefix of the path that chose the host

    @cached_property
    def path(self) -> str:
        """Return the path, percent-encoded, without the query."""
        return self.target.partition("?")[0]

    @cached_property
    def query(self) -> dict[str, str]:
        """Return the parameters; of several with the same name, the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """Return the decoded segments of the path below the mount; a slash at the end makes
        an empty last one.
        """
        return tuple(unquote(segment) for segment in self.path[len(self.mount) :].split("/")[1:])

    def read_number(self, name: str, default: int) -> int:
        """Return a parameter if it is a positive number, else the default."""
        text = self.query.get(name, "")
        if text.isascii() and text.isdigit() and int(text) > 0:
            return int(text)
        return default

    def repeat_query(self, address: str, **changes: object) -> str:
        """Return an address with the parameters of this request, some of them changed."""
        query = {**self.query, **changes}
        return f"{address}?{urlencode(query)}" if query else address


@dataclass(slots=True)
class Response:
    """A response, and how it is sent. A status of 0 closes the connection without an answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    last_modified: datetime | None = None
    delay: float = 0.0  # seconds before the first byte
    chunk_size: int = 0  # bytes written at once; 0 writes everything at once
    chunk_pause: float = 0.0  # seconds after each chunk
    chunk_head: bool = False  # whether status line and headers are written in chunks too
    declared_length: int | None = None  # a false content-length; -1 sends none
    repeat: int = 1  # how often the body is sent
    may_compress: bool = True

    @classmethod
    def from_json(cls, value: object, status: int = 200, content_type: str = JSON_TYPE) -> Self:
        """Return a response with a JSON body."""
        return cls(status, dump_json(value), {"content-type": content_type})

    @classmethod
    def from_text(
        cls, text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8"
    ) -> Self:
        """Return a response with a text body."""
        return cls(status, text.encode(), {"content-type": content_type})

    @classmethod
    def redirect(cls, location: str, status: int = 301) -> Self:
        """Return a redirect."""
        return cls(status, b"", {"location": location})

    def hash_body(self) -> str:
        """Return the MD5 of the body in hexadecimal digits, of which hosts make an ETag."""
        return md5(self.body, usedforsecurity=False).hexdigest()

    def add_validators(self, request: Request, etag: str) -> "Response":
        """Add ETag and Last-Modified; return 304 instead if the client's copy is current (RFC
        9110, 13.2.2).
        """
        self.headers["etag"] = etag
        if self.last_modified is not None:
            self.headers["last-modified"] = format_datetime(
                self.last_modified.astimezone(UTC), usegmt=True
            )
        if request.method not in {"GET", "HEAD"} or not _is_current(
            request, etag, self.last_modified
        ):
            return self
        headers = {name: value for name, value in self.headers.items() if name != "content-type"}
        return Response(304, b"", headers)


def _is_current(request: Request, etag: str, last_modified: datetime | None) -> bool:
    known_etags = request.headers.get("if-none-match")
    if known_etags is not None:
        opaque_tags = {tag.strip().removeprefix("W/") for tag in known_etags.split(",")}
        return "*" in opaque_tags or etag.removeprefix("W/") in opaque_tags
    since = request.headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        return last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except ValueError:
        return False


Respond = Callable[[], Response]
"""Returns what a host answers when no fault is injected."""
