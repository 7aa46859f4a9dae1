"""Texts, numbers and times as JSON or a person gives them, turned into Python's values or
refused.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pkgcat.errors import BadCatalog, Invalid, Unstorable
from pkgcat.model.credentials import strip_credentials_in

if TYPE_CHECKING:
    from json import JSONEncoder

MAX_INTEGER = 2**63 - 1
"""SQLite's largest integer."""

T = TypeVar("T", list[Any], dict[str, Any])

_DURATION_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}


def parse_text(name: str, given: object) -> str:
    """Return text that can be stored; raise Invalid for other types, NUL and halves of
    surrogate pairs.
    """
    if not isinstance(given, str):
        raise Invalid(f"{name}: {shorten(given)} is not text")
    if "\0" in given:
        raise Invalid(f"{name}: U+0000 cannot stand in text")
    if given.isascii():
        return given
    try:
        given.encode()
    except UnicodeEncodeError as exc:
        raise Invalid(f"{name}: U+{ord(given[exc.start]):04X} cannot stand in text") from exc
    return given


_FIRST_INEXACT = 2.0**53
"""From here on not every whole number is a float."""


def parse_integer(name: str, given: object) -> int:
    """Return a whole number from 0 to 2^63-1; raise Invalid, and Unstorable for a fraction or a
    negative number. 373.0 is one, as programs write that use floats for what may be missing.
    """
    if isinstance(given, float) and given.is_integer() and abs(given) < _FIRST_INEXACT:
        given = int(given)
    if isinstance(given, float):
        raise Unstorable(f"{name}: {shorten(given)} is not a whole number")
    if isinstance(given, bool) or not isinstance(given, int):
        raise Invalid(f"{name}: {shorten(given)} is not a whole number")
    if given < 0:
        raise Unstorable(f"{name}: {shorten(given)} is out of range (0 to 2^63-1)")
    if given > MAX_INTEGER:
        raise Invalid(f"{name}: {shorten(given)} is out of range (0 to 2^63-1)")
    return given


def parse_integers(name: str, given: Sequence[object]) -> tuple[int, ...]:
    """Return whole numbers; raise as `parse_integer` does."""
    numbers = [number for number in given if type(number) is int]
    in_range = min(numbers, default=0) >= 0 and max(numbers, default=0) <= MAX_INTEGER
    if len(numbers) == len(given) and in_range:  # as nearly all lists of 52 weeks are
        return tuple(numbers)
    return tuple(parse_integer(name, number) for number in given)


def parse_signed_integer(name: str, text: str) -> int:
    """Read a whole number of at most 18 digits that a person typed; raise Invalid."""
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise Invalid(f"{name}: {text!r} is not a whole number")
    return int(text)


def parse_datetime(text: str) -> datetime:
    """Read RFC 3339 text as UTC; raise ValueError without an offset, OverflowError at the
    calendar's ends.
    """
    moment, rest = _read_iso(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset: {text!r}")
    return _convert_to_utc(moment) + rest


def read_local_time(text: str, zone: tzinfo) -> datetime | str:
    """Return the moment, in UTC, of a date and time without an offset as the clocks of `zone`
    show it; any other text as it is.

    As zoneinfo has it, a time that the clocks show twice is the first one, and one that they leave
    out has the offset from before it (PEP 495).
    """
    try:
        moment, rest = _read_iso(text)
        if moment.tzinfo is not None or len(text) <= len("2026-01-31"):
            return text
        return _convert_to_utc(moment.replace(tzinfo=zone)) + rest
    except (ValueError, OverflowError):
        return text


def _read_iso(text: str) -> tuple[datetime, timedelta]:
    """Read a time of ISO 8601, and what is to be added to it: a 60th second, a leap second, is
    the one after the 59th.
    """
    try:
        return datetime.fromisoformat(text), timedelta(0)
    except ValueError:
        leap_second = re.fullmatch(r"(.+[T ]\d\d(:?)\d\d\2)60(\D.*)?", text)
        if leap_second is None:
            raise
        before = f"{leap_second[1]}59{leap_second[3] or ''}"
        return datetime.fromisoformat(before), timedelta(seconds=1)


def _convert_to_utc(moment: datetime) -> datetime:
    if not 1 < moment.year < 9999:
        raise OverflowError(f"no zone could show it: {moment}")
    return moment.astimezone(UTC)


def parse_moment(name: str, text: str, now: datetime) -> datetime:
    """Read a date, a date and time (UTC unless it has an offset), or a duration before now;
    raise Invalid.
    """
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    try:
        return subtract_duration(now, text)
    except Invalid:
        raise Invalid(
            f"{name}: {text!r} is neither a date (2026-02-15) nor a duration (7d)"
        ) from None


def parse_age(name: str, text: str, now: datetime) -> datetime:
    """Read a duration as the moment so long before now; raise Invalid."""
    try:
        return subtract_duration(now, text)
    except Invalid as error:
        raise Invalid(f"{name}: {error}") from None


def parse_duration(text: str) -> timedelta:
    """Read `90m`, `24h`, `7d`, `2w` or `1y` (365 days); raise Invalid."""
    match = re.fullmatch(r"(\d{1,6})([smhdwy])", text)
    if not match:
        raise Invalid(f"{text!r} is not a duration; 24h, 7d or 2w are")
    return timedelta(seconds=int(match[1]) * _DURATION_SECONDS[match[2]])


def subtract_duration(now: datetime, text: str) -> datetime:
    """Return the moment a duration before now; raise Invalid."""
    try:
        return now - parse_duration(text)
    except OverflowError:
        raise Invalid(f"{text!r} is longer than the calendar") from None


def compact_json(value: object) -> str:
    """Return JSON text as the catalog keeps it: UTF-8, no spaces."""
    return _make_compact_encoder().encode(value)


@cache
def _make_compact_encoder() -> "JSONEncoder":
    """Return the encoder of `compact_json`; json.dumps would make one for each value."""
    import json  # `show --json` does without: SQLite makes its text

    return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML (toml.io, v1.0.0); raise Invalid saying what is broken, and where."""
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise Invalid("broken TOML: it is nested too deep") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"broken TOML: {error}") from error
    except ValueError as error:
        raise Invalid(f"broken TOML: {describe_value_error(error)}") from error


def describe_value_error(error: ValueError) -> str:
    """Return what to tell of a ValueError from reading JSON or TOML that is well-formed."""
    if "digits" in str(error):  # sys.get_int_max_str_digits
        return "a number has thousands of digits"
    return str(error)


def load_stored_json(stored: object, expected: type[T]) -> T:
    """Return the list or object that a column keeps as JSON; raise BadCatalog where it keeps
    something else.
    """
    import json  # as above

    try:
        found = json.loads(str(stored))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, expected):
        raise refuse_stored(stored, "a list" if expected is list else "an object")
    return found


def load_stored_datetime(stored: object) -> datetime:
    """Return the moment that a column keeps; raise BadCatalog where it keeps something else."""
    try:
        moment = datetime.fromisoformat(str(stored))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refuse_stored(stored, "a date and time")
    return moment


def refuse_stored(stored: object, expected: str) -> BadCatalog:
    """Return the error for a stored value that is not what its column is for."""
    return BadCatalog(f"the catalog is damaged: it holds {shorten(stored)} in place of {expected}")


def shorten(given: object) -> str:
    """Return a value for a message: at most 40 characters, without the credentials of addresses."""
    try:
        text = strip_credentials_in(repr(given))
    except ValueError:
        return "a number of thousands of digits"
    except RecursionError:
        return "a value that is nested too deep"
    if len(text) > 40:
        return f"{text[:37]}..."
    return text
