"""JSON as others write it: RFC 8259, and no key twice in one object."""

import json
from typing import Any, NoReturn

from pkgcat.errors import Invalid
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.parsing import describe_value_error, shorten


class BrokenJson(Invalid):
    """A text is no JSON."""


def parse_json(text: str) -> Any:
    """Parse JSON; raise Invalid with line and column."""
    trimmed = text.rstrip()
    try:
        return DECODER.decode(trimmed)
    except json.JSONDecodeError as error:
        raise broken_json(error.lineno, describe_mistake(error), column=error.colno) from error
    except (RecursionError, ValueError) as error:
        raise broken_json(1, describe_mistake(error)) from error


def broken_json(line: int, reason: str, *, column: int | None = None) -> BrokenJson:
    """Return the error for JSON with a mistake there."""
    position = f"line {line}"
    if column is not None:
        position += f", column {column}"
    return BrokenJson(f"broken JSON at {position}: {reason}")


def describe_mistake(error: ValueError | RecursionError) -> str:
    """Return what DECODER complains of."""
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    if isinstance(error, json.JSONDecodeError):
        return error.msg[0].lower() + error.msg[1:]
    return describe_value_error(error)


def shorten_json(document: Any, length: int = 40) -> str:
    """Return the beginning of a JSON value, for a message; credentials are cut first, while
    they can be recognised.
    """
    try:
        text = json.dumps(document)
    except RecursionError:
        return "a value that is nested too deep"
    return strip_credentials_in(text)[:length]


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys and values; raise ValueError where a key stands twice.

    RFC 8259, 4: what readers make of such an object is unpredictable.
    """
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    raise ValueError(f"the key {shorten(key)} stands twice in one object")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=_make_object, parse_constant=_refuse_constant)
"""Raises JSONDecodeError, ValueError or RecursionError."""
