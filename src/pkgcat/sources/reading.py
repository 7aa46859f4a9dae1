"""From JSON to types: whatever a host sends instead of what it should send is Malformed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pkgcat.errors import Invalid
from pkgcat.models import Values
from pkgcat.rules import parse, parse_time
from pkgcat.sources.base import Answer, Failed, Known, Malformed, Missing, Replaced

_LINK = re.compile(r"<([^<>]*)>\s*;[^,<]*\brel=\"?([\w-]+)")  # RFC 8288
_ADDRESS = re.compile(r"\s*<[^<>]*>|(?<=[^\s@])@[^\s@]+\.[^\s@]+")


def table(answer: Answer) -> dict[str, Any]:
    """Return the JSON object that was answered."""
    return obj(answer.where, "the answer", answer.json)


def obj(where: str, name: str, given: object) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(given, dict):
        raise Malformed(f"{where}: {name} is {_kind(given)}, not an object")
    return given


def rows(answer: Answer, key: str | None = None) -> list[dict[str, Any]]:
    """Return the objects in the list that was answered, or in its `key`."""
    if answer.pending:
        raise Failed(f"{answer.where}: the host is still computing it")
    return objects(answer.where, key or "the answer", table(answer).get(key) if key else answer.json)


def objects(where: str, name: str, given: object) -> list[dict[str, Any]]:
    """Return a JSON array of objects."""
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise Malformed(f"{where}: {name} is not a list of objects")
    return given


def values(where: str, given: Mapping[str, object]) -> Values:
    """Return facts of the right types; "" and null are None."""
    try:
        return {name: parse(name, value or None if isinstance(value, str) else value) for name, value in given.items()}
    except Invalid as exc:
        raise Malformed(f"{where}: {exc}") from exc


def part(given: Mapping[str, Any], *names: str) -> Any:
    """Return what lies that deep, or None where the way ends earlier."""
    found: Any = given
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def text(where: str, name: str, given: object) -> str:
    """Return text that can be stored and is not empty."""
    found = values(where, {"notes": given})["notes"]  # the field that may be any text
    if found is None:
        raise Malformed(f"{where}: {name} is not there")
    return str(found)


def identity(where: str, given: object) -> str:
    """Return a host's id of a repository: a number or text."""
    if isinstance(given, bool) or not isinstance(given, int | str) or given == "":
        raise Malformed(f"{where}: the id is {_kind(given)}")
    return text(where, "id", str(given))


def moment(where: str, name: str, given: object) -> datetime:
    """Return a time in UTC."""
    try:
        return parse_time(given) if isinstance(given, str) else _no_time()
    except (ValueError, OverflowError) as exc:
        raise Malformed(f"{where}: {name} is not a date and time with an offset") from exc


def _no_time() -> datetime:
    raise ValueError


def number(given: object) -> int | None:
    """Return a whole number from 0 that came as JSON or in a header, or None."""
    if isinstance(given, str):
        return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 <= given < 2**63 else None


def links(answer: Answer) -> dict[str, str]:
    """Return the addresses of the Link header by their rel."""
    return {rel: url for url, rel in _LINK.findall(answer.headers.get("link", ""))}


def page(url: str | None) -> int | None:
    """Return the page that an address asks for."""
    try:
        asked = parse_qs(urlsplit(url or "").query).get("page", [])
    except ValueError:
        return None
    return number(asked[0]) if asked else None


def person(given: object) -> str | None:
    """Return a name without any e-mail address, or None."""
    name = _ADDRESS.sub("", given).strip() if isinstance(given, str) else ""
    return name or None


def ranked(tally: Mapping[str, int]) -> tuple[str, ...]:
    """Return names, most commits first; equals stay in order."""
    return tuple(sorted(tally, key=lambda name: -tally[name]))


def tallied(names: Iterable[str | None], onto: Mapping[str, int] | None = None) -> dict[str, int]:
    """Count names onto what was counted before."""
    tally = dict(onto or {})
    for name in names:
        if name:
            tally[name] = tally.get(name, 0) + 1
    return tally


def same(where: str, known: Known, repo_id: str) -> None:
    """Raise Replaced when the name now belongs to another repository than the one that is stored."""
    if known.memory.repo_id not in (None, repo_id):
        raise Replaced(
            f"{where}: {known.path} is another repository now (id {repo_id}, not {known.memory.repo_id}); "
            "set its new address with 'pkgcat edit --repo-url'"
        )


def told(given: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is null where the host should have told: it stays unknown."""
    return {name: value for name, value in given.items() if value is not None}


@contextmanager
def within(where: str) -> Iterator[None]:
    """Make a part that is missing a failure: the thing itself has just been found."""
    try:
        yield
    except Missing as exc:
        raise Failed(f"{where}: it is there, but a part of it is not: {exc}") from exc


def quoted(path: str) -> str:
    """Return owner/name for use in an API's address."""
    return "/".join(quote(part, safe="") for part in path.split("/"))


def _kind(given: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", type(None): "nothing"}
    return names.get(type(given), repr(given)[:40])
