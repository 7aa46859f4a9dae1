"""Django Packages, API v4: records to import; no source of facts, which come from where it has them.

https://djangopackages.org/api/v4/: limit and offset; the slash at the end is needed.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlsplit

from pkgcat.sources import reading
from pkgcat.sources.base import Fetcher, Malformed, Place

KIND, SCHEME, JOBS = "djangopackages", "Bearer", 1

Record = dict[str, Any]
"""A JSON object as the site sent it; models.parse checks its fields."""

_PAGE = 100


def api_url(host: str) -> str:
    """Return where the API is."""
    return f"https://{host}/api/v4"


async def package(place: Place, name: str, fetcher: Fetcher) -> Record:
    """Return one package by slug or id; raise Missing."""
    return await _one(place, "packages", name, fetcher)


async def grid(place: Place, name: str, fetcher: Fetcher) -> tuple[Record, tuple[str, ...]]:
    """Return a grid by slug or id, and the ids of its packages in its order."""
    found = await _one(place, "grids", name, fetcher)
    packages = found.get("packages")
    if not isinstance(packages, list) or not all(isinstance(url, str) for url in packages):
        raise Malformed(f"{place.host}: grids/{name}: packages is not a list of addresses")
    return found, tuple(_last(url) for url in packages)


async def packages(place: Place, fetcher: Fetcher) -> AsyncIterator[Record]:
    """Yield every package of the site, newest first, page by page."""
    async for record in _all(place, "packages", fetcher):
        yield record


async def grids(place: Place, fetcher: Fetcher) -> AsyncIterator[Record]:
    """Yield every grid of the site."""
    async for record in _all(place, "grids", fetcher):
        yield record


async def categories(place: Place, fetcher: Fetcher) -> AsyncIterator[Record]:
    """Yield every category of the site."""
    async for record in _all(place, "categories", fetcher):
        yield record


async def _one(place: Place, kind: str, name: str, fetcher: Fetcher) -> Record:
    answer = await fetcher.get(place, f"{kind}/{quote(name, safe='')}/")
    return _checked(answer.where, reading.table(answer))


async def _all(place: Place, kind: str, fetcher: Fetcher) -> AsyncIterator[Record]:
    """Walk by offset, not by `next`; a package added meanwhile moves the rest on, so ids are told once."""
    offset = 0
    seen: set[object] = set()
    while True:
        answer = await fetcher.get(place, f"{kind}/?limit={_PAGE}&offset={offset}")
        results = reading.rows(answer, "results")
        for record in results:
            if _checked(answer.where, record)["id"] not in seen:
                seen.add(record["id"])
                yield record
        offset += len(results)
        if not results or reading.table(answer).get("next") is None:
            return


def _checked(where: str, record: Record) -> Record:
    reading.identity(where, record.get("id"))
    reading.text(where, "slug", record.get("slug"))
    return record


def _last(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]
