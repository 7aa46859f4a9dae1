"""The rules of values: what JSON, a person or a source gives, turned into the field's own type or refused."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pkgcat.errors import Invalid
from pkgcat.models import EMPTY, FIELDS, PINNABLE, Kind, Value

MAX_SLUG, MAX_TITLE = 50, 100

_SLUG = r"[-a-zA-Z0-9_]+"


def check_slug(slug: str) -> str:
    """Return a slug that API v4 would take; raise Invalid with the rule it breaks."""
    if not re.fullmatch(_SLUG, slug):
        raise Invalid(f"slug {slug!r}: only letters, digits, - and _ are allowed")
    if len(slug) > MAX_SLUG:
        raise Invalid(f"slug {slug!r}: {len(slug)} characters, and {MAX_SLUG} are the most")
    if slug.isdigit():
        raise Invalid(f"slug {slug!r}: digits alone would be taken for an id; add a letter")
    return slug


def slugify(text: str) -> str:
    """Make a slug of a title: lower case, runs of anything else become one hyphen."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")[:MAX_SLUG].rstrip("-")


def check_title(title: str) -> str:
    """Return a title of 1 to 100 characters; raise Invalid otherwise."""
    if not title.strip():
        raise Invalid("title: it is empty")
    if len(title) > MAX_TITLE:
        raise Invalid(f"title: {len(title)} characters, and {MAX_TITLE} are the most")
    return title


def parse(name: str, given: object) -> Value:
    """Turn a JSON value into the field's own type; raise Invalid where it does not fit.

    `""` means unknown, except for `documentation_url`, both of whose empties API v4 knows.
    """
    known = FIELDS[name]
    if given is None or (given == "" and name != "documentation_url"):
        if known.nullable:
            return None
        if known.kind in EMPTY:
            return {} if known.kind == "facts" else ()
        raise Invalid(f"{name}: it is required")
    value = _PARSERS[known.kind](name, given)
    if name == "slug":
        check_slug(str(value))
    elif name == "title":
        check_title(str(value))
    elif name == "pinned" and (strangers := set(_strs(name, value)) - PINNABLE):
        raise Invalid(f"pinned: {min(strangers)!r} is not a fact")
    return value


def text_of(name: str, given: object) -> str:
    """Return text that can be stored; raise Invalid for other types, NUL and halves of surrogate pairs."""
    if not isinstance(given, str):
        raise Invalid(f"{name}: {_shown(given)} is not text")
    if not given.isascii() or "\0" in given:
        for character in given:
            if character == "\0" or "\ud800" <= character <= "\udfff":
                raise Invalid(f"{name}: U+{ord(character):04X} cannot stand in text")
    return given


def _int(name: str, given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise Invalid(f"{name}: {_shown(given)} is not a whole number")
    if not 0 <= given < 2**63:
        raise Invalid(f"{name}: {_shown(given)} is out of range (0 to 2^63-1)")
    return given


def _bool(name: str, given: object) -> bool:
    if not isinstance(given, bool):
        raise Invalid(f"{name}: {_shown(given)} is neither true nor false")
    return given


def _datetime(name: str, given: object) -> datetime:
    if isinstance(given, datetime):
        return given
    try:
        return parse_time(text_of(name, given))
    except (ValueError, OverflowError):
        raise Invalid(f"{name}: {_shown(given)} is not a date and time with an offset (RFC 3339)") from None


def _strs(name: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple):
        raise Invalid(f"{name}: {_shown(given)} is not a list")
    return tuple(text_of(name, item) for item in given)


def _ints(name: str, given: object) -> tuple[int, ...]:
    if not isinstance(given, list | tuple):
        raise Invalid(f"{name}: {_shown(given)} is not a list")
    return tuple(_int(name, item) for item in given)


def _facts(name: str, given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Invalid(f"{name}: {_shown(given)} is not an object of facts")
    if strangers := given.keys() - PINNABLE:
        raise Invalid(f"{name}: {min(strangers)!r} is not a fact")
    return {fact: parse(fact, value) for fact, value in given.items()}


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}..."


_PARSERS: dict[Kind, Callable[[str, object], Value]] = {
    "str": text_of,
    "int": _int,
    "bool": _bool,
    "datetime": _datetime,
    "strs": _strs,
    "ints": _ints,
    "facts": _facts,
}


def parse_time(text: str) -> datetime:
    """Read RFC 3339 text as UTC; raise ValueError without an offset, OverflowError at the calendar's ends."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset: {text!r}")
    if not 1 < moment.year < 9999:
        raise OverflowError(f"no zone could show it: {text!r}")
    return moment.astimezone(UTC)
