"""Which format a request asks for, as Django REST framework 3.17 decides it.

Its rules are not RFC 9110's: weights (`q`) are ignored, and what is more specific comes first.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

from pkgcat.server.errors import NotNegotiable

FormatName = Literal["json", "api"]

_MEDIA_TYPES: dict[FormatName, tuple[str, str]] = {
    "json": ("application", "json"),
    "api": ("text", "html"),
}
"""The formats in the order of the site's preference: `api` is a page for browsers."""

_MAX_INDENT = 8


class Negotiated(NamedTuple):
    """The format of an answer; `indent` is of its JSON, None where that is compact."""

    format: FormatName
    indent: int | None = None


class _MediaType(NamedTuple):
    """One entry of an Accept header."""

    main: str
    sub: str
    parameters: dict[str, str]

    @property
    def precedence(self) -> int:
        """How specific it is: 3 with parameters, 2 without, 1 for `type/*`, 0 for `*/*`."""
        if self.main == "*":
            return 0
        if self.sub == "*":
            return 1
        if list(self.parameters) in ([], ["q"]):
            return 2
        return 3

    def accepts(self, main: str, sub: str) -> bool:
        """Whether a format of this type is wanted."""
        return self.main in ("*", main) and self.sub in ("*", sub)


@lru_cache(maxsize=64)
def negotiate(wanted: str | None, accept: str | None) -> Negotiated:
    """Return the format that a request gets: `wanted` is what its address names, if anything.

    Raises NotNegotiable: 404 for a format that is unknown, 406 for an Accept header that leaves
    none.
    """
    formats = list(_MEDIA_TYPES)
    if wanted:
        formats = [name for name in formats if name == wanted]
        if not formats:
            raise NotNegotiable(404, "Not found.")
    entries = [
        _parse_media_type(text) for text in (accept if accept is not None else "*/*").split(",")
    ]
    for precedence in (3, 2, 1, 0):
        for name in formats:
            for entry in entries:
                if entry.precedence == precedence and entry.accepts(*_MEDIA_TYPES[name]):
                    return Negotiated(name, _parse_indent(entry.parameters.get("indent")))
    raise NotNegotiable(406, "Could not satisfy the request Accept header.")


def _parse_media_type(text: str) -> _MediaType:
    full, *rest = text.split(";")
    parameters = {}
    for part in rest:
        name, equals, value = part.partition("=")
        if equals:
            parameters[name.strip().lower()] = value.strip().strip('"')
    main, _, sub = full.strip().lower().partition("/")
    return _MediaType(main, sub, parameters)


def _parse_indent(text: str | None) -> int | None:
    """Return an indent from 1 to 8; None for none, for zero and for what is no number."""
    if text is None or len(text) > 100:
        return None
    try:
        return max(min(int(text), _MAX_INDENT), 0) or None
    except ValueError:
        return None
