"""The exchanges that were recorded on the reference site, and how an answer is held to them."""

import json
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.conftest import DATA
from tests.server.program import Reply

IGNORED, SEARCH, PAGE, OTHER_HOST = 3, 4, 5, 6
"""Tiers of exchanges that are not compared byte for byte."""

_HEADERS = ("Content-Type", "Allow", "Location", "Content-Length")


class Exchange(NamedTuple):
    """A request, and what the site answered."""

    number: int
    method: str
    path: str
    request_headers: dict[str, str]
    request_body: str
    status: int
    headers: dict[str, str]
    body: str
    tier: int
    base: str

    @property
    def name(self) -> str:
        """What a failing test is called."""
        return f"{self.number} {self.method} {self.path} {self.request_headers or ''}".strip()


def read_exchanges() -> list[Exchange]:
    """Return all exchanges that count."""
    cases = json.loads((DATA / "apiv4-cases.json").read_text(encoding="utf-8"))
    exchanges = []
    for number, case in enumerate(cases):
        case.pop("note", None)
        exchange = Exchange(number=number, **{"request_body": "", **case})
        if exchange.tier != IGNORED:
            exchanges.append(exchange)
    return exchanges


def first_difference(exchange: Exchange, reply: Reply) -> str | None:
    """Return what differs first between an answer and the recorded one; None for nothing."""
    if reply.status != exchange.status:
        return f"status {reply.status}, not {exchange.status}: {reply.text[:200]}"
    if exchange.tier == PAGE:
        return _differing_header(exchange, reply, ("Content-Type",))
    if exchange.tier == SEARCH:
        if exchange.method == "HEAD":
            return _differing_header(exchange, reply, ("Content-Type", "Allow"))
        words = parse_qs(urlsplit(exchange.path).query)["q"][0]
        return _differing_hits(json.loads(exchange.body), reply.json, words)
    return (
        _differing_header(exchange, reply, _HEADERS)
        or _differing_vary(exchange, reply)
        or _differing_byte(exchange.body.encode(), reply.body)
    )


def _differing_header(exchange: Exchange, reply: Reply, names: tuple[str, ...]) -> str | None:
    for name in names:
        wanted, found = exchange.headers.get(name), reply.headers.get(name.lower())
        if wanted != found:
            return f"{name}: {found!r}, not {wanted!r}"
    return None


def _differing_vary(exchange: Exchange, reply: Reply) -> str | None:
    """Compare Vary, of which Cookie comes from the site's sessions, which pkgcat has not."""
    wanted = "Accept" if "Accept" in exchange.headers["Vary"] else None
    found = reply.headers.get("vary")
    return None if found == wanted else f"Vary: {found!r}, not {wanted!r}"


def _differing_byte(wanted: bytes, found: bytes) -> str | None:
    if wanted == found:
        return None
    place = 0
    while place < min(len(wanted), len(found)) and wanted[place] == found[place]:
        place += 1
    around = slice(max(0, place - 40), place + 40)
    return f"byte {place}: {found[around]!r}, not {wanted[around]!r}"


def _differing_hits(
    wanted: list[dict[str, Any]], found: list[dict[str, Any]], words: str
) -> str | None:
    """Compare the keys of hits, their order and types; the first hit where it is called so."""
    if bool(wanted) != bool(found):
        return f"{len(found)} hits, not {len(wanted)}"
    if not wanted:
        return None
    name = words.strip('"').replace(" ", "-")
    is_exact = wanted[0]["slug"].removeprefix("django-") == name.removeprefix("django-")
    if is_exact and wanted[0]["slug"] != found[0]["slug"]:
        return f"the first hit is {found[0]['slug']}, not {wanted[0]['slug']}"
    types: dict[str, set[type]] = {}
    for hit in wanted:
        for key, value in hit.items():
            types.setdefault(key, {type(None)} if key.startswith("last_") else set()).add(
                type(value)
            )
    for hit in found:
        if list(hit) != list(types):
            return f"keys {list(hit)}, not {list(types)}"
        for key, value in hit.items():
            if type(value) not in types[key]:
                return f"{key} is {value!r}"
    return None
