"""Django Packages, API v4: records to import; no source of facts, which come from where it has
them.

https://djangopackages.org/api/v4/: limit and offset; the slash at the end is needed.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlsplit

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import Malformed
from pkgcat.model.limits import MAX_DESCRIPTION_LENGTH, MAX_ITEMS, MAX_ROWS, limit_value
from pkgcat.sources import json_values
from pkgcat.sources.interface import Fetcher

Record = dict[str, Any]
"""A JSON object as the site sent it; an import checks its fields."""

_PAGE = 100
_PASSES = 3
"""So often a list is walked until all of it has come."""
_MAX_EMPTY_PAGES = 3
"""After so many empty pages, one after the other, a walk ends."""
_MAX_RECORDS = 1_000_000
"""More of anything no site has: this many pages of a hundred take hours."""


class Walk:
    """How the walk over a list of the site went."""

    def __init__(self) -> None:
        self.count: int | None = None
        """How many records the site says it has, as soon as that is known."""
        self.is_whole = False
        """Whether all of them have come, and are there still."""
        self.missing = 0
        """How many have not come."""
        self.deleted: set[object] = set()
        """The ids of records that came and are not there any more."""


async def package(endpoint: Endpoint, name: str, fetcher: Fetcher) -> Record:
    """Return one package by slug or id; raise NotFoundUpstream."""
    answer = await fetcher.get(endpoint, f"packages/{quote(name, safe='')}/")
    return _checked(answer.where, json_values.json_object(answer))


async def grid(endpoint: Endpoint, name: str, fetcher: Fetcher) -> tuple[Record, tuple[str, ...]]:
    """Return a grid by slug or id, and the ids of its packages in its order.

    Raises Malformed for more than MAX_ITEMS packages, as each of them is a request.
    """
    where = f"{endpoint.host}: grids/{name}"
    answer = await fetcher.get(endpoint, f"grids/{quote(name, safe='')}/")
    record = json_values.json_object(answer)
    packages = record.get("packages")
    if not isinstance(packages, list) or not all(isinstance(url, str) for url in packages):
        raise Malformed(f"{where}: packages is not a list of addresses")
    if len(packages) > MAX_ITEMS:
        raise Malformed(
            f"{where}: it has {len(packages):,} packages, and {MAX_ITEMS:,} are the most"
        )
    return _checked(answer.where, record), tuple(map(_last, packages))


async def packages(
    endpoint: Endpoint, fetcher: Fetcher, walk: Walk | None = None
) -> AsyncIterator[Record]:
    """Yield every package of the site, newest first, page by page; `walk` tells how that went."""
    async for record in _walk_list(endpoint, "packages", fetcher, walk or Walk()):
        yield record


async def grids(
    endpoint: Endpoint, fetcher: Fetcher, walk: Walk | None = None
) -> AsyncIterator[Record]:
    """Yield every grid of the site."""
    async for record in _walk_list(endpoint, "grids", fetcher, walk or Walk()):
        yield record


async def categories(
    endpoint: Endpoint, fetcher: Fetcher, walk: Walk | None = None
) -> AsyncIterator[Record]:
    """Yield every category of the site."""
    async for record in _walk_list(endpoint, "categories", fetcher, walk or Walk()):
        yield record


async def _walk_list(
    endpoint: Endpoint, kind: str, fetcher: Fetcher, walk: Walk
) -> AsyncIterator[Record]:
    """Yield each record of a list once, unchecked: one that is wrong does not stop the others.

    A record that is deleted meanwhile moves the rest up, so that one is left out between two pages,
    and a page may be empty. So the list is walked again until its `count` stayed the same and so
    many records came.
    """
    told: set[object] = set()
    for _ in range(_PASSES):
        current = _Pass()
        async for record in _walk_once(endpoint, kind, fetcher, current):
            walk.count = current.count
            if identify(record) not in told:
                told.add(identify(record))
                yield record
        walk.is_whole = current.is_whole
        if walk.is_whole:
            break
    present = current.ids if walk.is_whole else told
    walk.count = current.count
    walk.deleted = told - present
    walk.missing = max(0, (current.count or 0) - len(present))


class _Pass:
    """What one walk over a list has seen: ids, and what it said how many there are."""

    def __init__(self) -> None:
        self.ids: set[object] = set()
        self.counts: set[int] = set()
        self.count: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all came: nothing was added or deleted meanwhile, and no page was empty."""
        return len(self.counts) < 2 and len(self.ids) >= (self.count or 0)

    def read_count(self, where: str, given: object) -> None:
        """Note what a page says how many records there are; raise Malformed for too many."""
        if isinstance(given, int) and given >= 0:
            if given > _MAX_RECORDS:
                raise Malformed(f"{where}: {given:,} records, and {_MAX_RECORDS:,} are the most")
            self.count = given
            self.counts.add(given)


async def _walk_once(
    endpoint: Endpoint, kind: str, fetcher: Fetcher, seen: _Pass
) -> AsyncIterator[Record]:
    """Walk by offset, not by `next`, to the end that follows from `count`, and on from there where
    the site counts too few.
    """
    offset = empty_pages = 0
    while True:
        answer = await fetcher.get(endpoint, f"{kind}/?limit={_PAGE}&offset={offset}")
        page = json_values.json_object(answer)
        results = json_values.check_list(answer.where, "results", page.get("results"))
        if len(results) == MAX_ROWS:
            raise Malformed(
                f"{answer.where}: {MAX_ROWS:,} records or more, and {_PAGE} were asked for"
            )
        seen.read_count(answer.where, page.get("count"))
        known = len(seen.ids)
        for record in results:
            if isinstance(record, dict):  # else it is missing from what the site counts
                seen.ids.add(identify(record))
                yield _limit_record(record)
        offset += len(results) or _PAGE
        empty_pages = 0 if results else empty_pages + 1
        if offset < (seen.count or 0):
            is_end = empty_pages == _MAX_EMPTY_PAGES
        else:
            is_more = page.get("next") is not None and len(seen.ids) > known
            is_end = not is_more or len(seen.ids) >= _MAX_RECORDS
        if is_end:
            return


def _checked(where: str, record: Record) -> Record:
    """Return a record, its long lists and texts cut to the limits of `model.limits`; raise Malformed
    without id or slug.
    """
    json_values.read_id(where, record.get("id"))
    json_values.read_text(where, "slug", record.get("slug"))
    return _limit_record(record)


def identify(record: Record) -> object:
    """Return the id of a record, or its slug where that is no number."""
    number, slug = record.get("id"), record.get("slug")
    if isinstance(number, int):
        return number
    return slug if isinstance(slug, str) else None


def _limit_record(record: Record) -> Record:
    return {name: _limited(name, value) for name, value in record.items()}


def _limited(name: str, value: object) -> object:
    if isinstance(value, list):
        return limit_value(name, value)
    return value[:MAX_DESCRIPTION_LENGTH] if isinstance(value, str) else value


def _last(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]
