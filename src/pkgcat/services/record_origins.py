"""Where the values of a record came from, as pkgcat's own export tells it.

The key `origins` of a record maps origins to lists of fields: `{"person": ["notes"], "host
github.com": ["repo_watchers"]}`.
"""

from collections.abc import Mapping
from typing import Any

from pkgcat.errors import Invalid
from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import (
    NO_ORIGINS,
    ORIGINS_KEY,
    PERSON,
    UNKNOWN,
    Origin,
    OriginKind,
    Origins,
)
from pkgcat.model.parsing import parse_text, shorten

_MAX_NAME_LENGTH = 1000

_NAMED_KINDS: tuple[OriginKind, ...] = ("host", "file", "site")
"""The kinds of origins whose name tells which one it is."""


def parse_origins(record: Mapping[str, Any]) -> Origins:
    """Return the origins of a record's fields; raise Invalid where they are of another form."""
    given = record.get(ORIGINS_KEY)
    if given is None:
        return NO_ORIGINS
    if not isinstance(given, dict):
        raise Invalid(f"{ORIGINS_KEY}: {shorten(given)} is not an object")
    origins = {}
    for text, fields in given.items():
        origin = _parse_origin(text)
        if not isinstance(fields, list):
            raise Invalid(f"{ORIGINS_KEY}: {shorten(fields)} is not a list of fields")
        for field in fields:
            if isinstance(field, str) and field in FIELDS:
                origins[field] = origin
    return origins


def format_origins(origins: Origins) -> dict[str, list[str]]:
    """Return origins as an export has them."""
    fields: dict[str, list[str]] = {}
    for name in FIELDS:
        if name in origins:
            kind, origin_name = origins[name]
            fields.setdefault(f"{kind} {origin_name}".rstrip(), []).append(name)
    return fields


def _parse_origin(text: str) -> Origin:
    kind, _, name = parse_text(ORIGINS_KEY, text).partition(" ")
    for origin in (PERSON, UNKNOWN):
        if text == origin.kind:
            return origin
    for known in _NAMED_KINDS:
        if known == kind and 0 < len(name) <= _MAX_NAME_LENGTH:
            return Origin(known, name)
    raise Invalid(f"{ORIGINS_KEY}: {shorten(text)} is no origin")
