"""From an answer's JSON to typed values; what a host sends instead of them is Malformed."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pkgcat.errors import Invalid
from pkgcat.http.errors import Malformed, RequestFailed
from pkgcat.http.responses import Answer, parse_count
from pkgcat.model.limits import MAX_ROWS, check_length
from pkgcat.model.parsing import parse_datetime, parse_text

_LINK = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel=\"?([\w-]+)")  # RFC 8288


def json_object(answer: Answer) -> dict[str, Any]:
    """Return the JSON object that was answered."""
    return check_object(answer.where, "the answer", answer.json)


def check_object(where: str, name: str, given: object) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(given, dict):
        raise Malformed(f"{where}: {name} is {_describe_type(given)}, not an object")
    return given


def json_rows(answer: Answer, key: str | None = None) -> list[dict[str, Any]]:
    """Return the objects in the list that was answered, or in its `key`."""
    if answer.pending:
        raise RequestFailed(f"{answer.where}: the host is still computing it")
    if key is None:
        return check_rows(answer.where, "the answer", answer.json)
    return check_rows(answer.where, key, json_object(answer).get(key))


def check_rows(where: str, name: str, given: object) -> list[dict[str, Any]]:
    """Return a JSON array of objects, the first MAX_ROWS of them."""
    found = check_list(where, name, given)
    if not all(isinstance(row, dict) for row in found):
        raise Malformed(f"{where}: {name} is not a list of objects")
    return found


def check_list(where: str, name: str, given: object) -> list[Any]:
    """Return a JSON array of anything, the first MAX_ROWS of it; `check_rows` wants objects."""
    if not isinstance(given, list):
        raise Malformed(f"{where}: {name} is not a list of objects")
    return given[:MAX_ROWS]


def get_path(given: Mapping[str, Any], *names: str) -> Any:
    """Return what lies that deep, or None where the way ends earlier."""
    found: Any = given
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def read_text(where: str, name: str, given: object) -> str:
    """Return text that can be stored, is not empty, and no longer than MAX_TEXT_LENGTH."""
    if given is None or given == "":
        raise Malformed(f"{where}: {name} is not there")
    try:
        return check_length(name, parse_text(name, given))
    except Invalid as exc:
        raise Malformed(f"{where}: {exc}") from exc


def read_optional_text(where: str, name: str, given: object) -> str | None:
    """Return text as `read_text` does, or None where there is none."""
    if given is None or given == "":
        return None
    return read_text(where, name, given)


def read_id(where: str, given: object) -> str:
    """Return a host's id of a repository: a number or text."""
    if isinstance(given, bool) or not isinstance(given, int | str) or given == "":
        raise Malformed(f"{where}: the id is {_describe_type(given)}")
    return read_text(where, "id", str(given))


def read_datetime(where: str, name: str, given: object) -> datetime:
    """Return a time in UTC."""
    message = f"{where}: {name} is not a date and time with an offset"
    if not isinstance(given, str):
        raise Malformed(message)
    try:
        return parse_datetime(given)
    except (ValueError, OverflowError) as exc:
        raise Malformed(message) from exc


def read_optional_datetime(where: str, name: str, given: object) -> datetime | None:
    """Return a time in UTC, or None where there is none."""
    if given is None or given == "":
        return None
    return read_datetime(where, name, given)


def read_links(answer: Answer) -> dict[str, str]:
    """Return the addresses of the Link header by their rel."""
    return {rel: url for url, rel in _LINK.findall(answer.headers.get("link", ""))}


def read_page_number(url: str | None) -> int | None:
    """Return the page that an address asks for."""
    try:
        asked = parse_qs(urlsplit(url or "").query).get("page", [])
    except ValueError:
        return None
    return parse_count(asked[0]) if asked else None


def quote_path(path: str) -> str:
    """Return owner/name for use in an API's address."""
    return "/".join(quote(segment, safe="") for segment in path.split("/"))


def _describe_type(given: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", type(None): "nothing"}
    return names.get(type(given), repr(given)[:40])
