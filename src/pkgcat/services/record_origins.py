"""Where the values of a record came from, as pkgcat's own export tells it.

The key `origins` of a record maps origins to lists of fields: `{"person": ["notes"], "host
github.com": ["repo_watchers"], "file list.json": ["*"]}`. `*` stands for all other fields that have a
value: they came from where the package did.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

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
from pkgcat.store.writers import WRITTEN_FIELDS, RecordOrigins

_OTHER_FIELDS = "*"
_NO_VALUES: tuple[object, ...] = (None, [], {})
_MAX_NAME_LENGTH = 1000

_NAMED_KINDS: tuple[OriginKind, ...] = ("host", "file", "site")
"""The kinds of origins whose name tells which one it is."""


class GivenOrigins(NamedTuple):
    """Where the values of a record came from, as it says itself."""

    fields: Origins
    creation: Origin | None
    """Of the package; None where the record does not tell."""


def parse_origins(record: Mapping[str, Any]) -> GivenOrigins:
    """Return the origins of a record's fields; raise Invalid where they are of another form."""
    given = record.get(ORIGINS_KEY)
    if given is None:
        return GivenOrigins(NO_ORIGINS, None)
    if not isinstance(given, dict):
        raise Invalid(f"{ORIGINS_KEY}: {shorten(given)} is not an object")
    origins: dict[str, Origin] = {}
    creation = None
    for text, fields in given.items():
        origin = _parse_origin(text)
        names = _parse_names(fields)
        if _OTHER_FIELDS in names:
            creation = origin
        origins |= dict.fromkeys(names & FIELDS.keys(), origin)
    if creation is not None:
        origins = dict.fromkeys(_find_fields_with_values(record), creation) | origins
    return GivenOrigins(origins, creation)


def format_origins(origins: RecordOrigins) -> dict[str, list[str]]:
    """Return origins as an export has them."""
    fields = {_format_origin(origins.creation): [_OTHER_FIELDS]}
    for name in sorted(origins.fields):
        fields.setdefault(_format_origin(origins.fields[name]), []).append(name)
    return fields


def _find_fields_with_values(record: Mapping[str, Any]) -> list[str]:
    """Return the fields of a record that have a value, and that somebody writes."""
    return [name for name in WRITTEN_FIELDS if record.get(name) not in _NO_VALUES]


def _parse_names(fields: object) -> set[str]:
    if not isinstance(fields, list):
        raise Invalid(f"{ORIGINS_KEY}: {shorten(fields)} is not a list of fields")
    return {name for name in fields if isinstance(name, str)}


def _format_origin(origin: Origin) -> str:
    return f"{origin.kind} {origin.name}".rstrip()


def _parse_origin(text: str) -> Origin:
    kind, _, name = parse_text(ORIGINS_KEY, text).partition(" ")
    for origin in (PERSON, UNKNOWN):
        if text == origin.kind:
            return origin
    for known in _NAMED_KINDS:
        if known == kind and 0 < len(name) <= _MAX_NAME_LENGTH:
            return Origin(known, name)
    raise Invalid(f"{ORIGINS_KEY}: {shorten(text)} is no origin")
