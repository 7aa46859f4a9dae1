"""What commands that ask the hosts share: where each answers, with which token, over which fetcher."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol, TextIO

from pkgcat import urls
from pkgcat.commands.session import Session
from pkgcat.config import Settings
from pkgcat.discover import Found, discover
from pkgcat.errors import Invalid, Unreachable
from pkgcat.models import Category, Grid, Values
from pkgcat.refresh import Refreshed, foretold, plan, run
from pkgcat.render import View
from pkgcat.render.values import counted
from pkgcat.render.views import texts
from pkgcat.sources import SOURCES, djangopackages, place
from pkgcat.sources.base import Place, Stamp
from pkgcat.sources.http import HttpFetcher
from pkgcat.store import Operation, Store, facts


class Listener(Protocol):
    """Who hears how a refresh goes."""

    def add(self, one: Refreshed) -> None: ...
    def end(self, requests: dict[str, int], *, out_of_time: bool) -> None: ...


async def refresh(
    operation: Operation,
    keys: Sequence[int],
    settings: Settings,
    listener: Listener,
    *,
    jobs: int | None,
    budget: float | None,
) -> None:
    """Refresh packages and tell of each; `budget` is in seconds."""
    facts.guard(operation.store)
    late = False
    async with fetcher(operation.store, jobs) as asking:
        refreshed = run(operation, keys, asking, places(settings, jobs), settings.host_types, clock)
        try:
            async with asyncio.timeout(budget):
                async for one in refreshed:
                    listener.add(one)
        except TimeoutError:
            late = True
        finally:
            await refreshed.aclose()
            facts.remember_quotas(operation.store, _quotas(asking))
            listener.end(dict(asking.requests), out_of_time=late)


async def first_refresh(
    settings: Settings, drafts: Sequence[tuple[str | None, Values]], kinds: dict[str, str | None]
) -> list[Found]:
    """Ask for packages that are not stored yet, each by its page on Django Packages or its addresses.

    Raises the error of a package none of whose addresses answered.
    """
    where = places(settings)
    async with fetcher(None) as asking:
        found: list[Found] = []
        for page, given in drafts:
            record, values = None, given
            if page:
                site = where("djangopackages", "djangopackages.org")
                record = _at_home(site, await djangopackages.package(site, page, asking))
                values = {**{name: record[name] for name in ("repo_url", "pypi_url") if record.get(name)}, **values}
            one = await discover(values, asking, where, kinds, clock())
            found.append(replace(_reached(one, record), record=record))
        return found


def _reached(found: Found, record: object) -> Found:
    """Return what was found; raise where not one half told anything."""
    errors = list(found.outcome.errors.values())
    if errors and not found.outcome.facts and record is None:
        raise Unreachable(f"{errors[0]}; --no-fetch adds it offline")
    return found


async def fetch_site(settings: Settings, address: str | None, grid: str | None, out: TextIO) -> None:
    """Write records of Django Packages as JSON Lines that `import` takes: all, a grid's, or those at an address.

    What the site calls its categories and grids goes before them.
    """
    site = places(settings)("djangopackages", "djangopackages.org")
    page = urls.django_packages(address) if address else None
    if address and page is None:
        raise Invalid(f"{address} is no page of Django Packages; save what it holds and import the file")
    async with fetcher(None) as asking:
        header = {
            "pkgcat": 1,
            "categories": [_named(row) async for row in djangopackages.categories(site, asking)],
            "grids": [_named(row) async for row in djangopackages.grids(site, asking)],
        }
        out.write(f"{json.dumps(header)}\n")
        async for record in _records(site, page or (("grids", grid) if grid else None), asking):
            out.write(f"{json.dumps(_at_home(site, record))}\n")


async def _records(site: Place, page: tuple[str, str] | None, asking: HttpFetcher) -> AsyncIterator[dict[str, Any]]:
    if page is None:
        async for record in djangopackages.packages(site, asking):
            yield record
    elif page[0] == "packages":
        yield await djangopackages.package(site, page[1], asking)
    else:
        _, ids = await djangopackages.grid(site, page[1], asking)
        for number in ids:
            yield await djangopackages.package(site, number, asking)


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """Return a category or grid of the site as an export has it; records name it by this address."""
    entity, kind = ("categories", Category) if "title_plural" in row else ("grids", Grid)
    return {**{name: row.get(name) for name in kind._fields}, "url": f"{_SITE}/{entity}/{row['id']}/"}


def _at_home(site: Place, record: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose links name the site, wherever it was asked for."""
    home: dict[str, Any] = json.loads(json.dumps(record).replace(site.api_url, _SITE))
    return home


def foretell(here: Session, keys: Sequence[int], jobs: int | None) -> None:
    """Print how many requests each host would get."""
    kinds = {**facts.host_kinds(here.store), **here.settings.host_types}
    where = places(here.settings, jobs)
    counts = foretold(plan(facts.due(here.store, key), kinds, where) for key in keys)
    left = facts.quotas_left(here.store, here.now)
    rows = [(host, count, _said(left.get(host, []))) for host, count in sorted(counts.items())]
    view = View(texts("host", "requests", "left", numbers=("requests",)), rows, noun=("host", "hosts"))
    here.print(view._replace(empty="nothing to ask: no package has an address"))
    if counts.get("github.com", 0) > 60 and (hint := token_hint(here.settings)):
        here.warn(hint)
    total = counted(sum(counts.values()), "request")
    here.say(f"{counted(len(keys), 'package')}, {total} if nothing was pushed; nobody was asked yet")


def _said(quotas: Sequence[tuple[str, int, str]]) -> str | None:
    """Say what a host had left when it was last asked, as far as that still holds."""
    parts = [f"{remaining:,} {bucket} until {resets[11:16]} UTC" for bucket, remaining, resets in quotas]
    return ", ".join(parts) or None


def _quotas(asking: HttpFetcher) -> Iterator[tuple[str, str, int, datetime]]:
    for host, buckets in asking.quotas.items():
        for bucket, quota in buckets.items():
            yield host, bucket, quota.remaining, quota.reset


_SITE = "https://djangopackages.org/api/v4"


def clock() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def token_hint(settings: Settings) -> str:
    """Say, where there is no token for GitHub, how far one gets without and how to set one."""
    if settings.token("github.com"):
        return ""
    return (
        "without a token GitHub answers 60 requests an hour, enough for some 15 new packages or 60 known ones; "
        "set GH_TOKEN to get 5,000"
    )


def places(settings: Settings, jobs: int | None = None) -> Callable[[str, str], Place]:
    """Return what says where a host of a kind answers; raise BadConfig, Denied for a token file others may read."""

    @cache
    def found(kind: str, host: str) -> Place:
        source = djangopackages if kind == "djangopackages" else SOURCES[kind]
        url = settings.api_url(kind, host)
        return place(source, host, api_url=url, token=settings.token(host), jobs=jobs)  # type: ignore[arg-type]  # a place is all it needs

    return found


def fetcher(store: Store | None, jobs: int | None = None) -> HttpFetcher:
    """Return a fetcher that sends the validators the catalog has."""
    return HttpFetcher(clock=clock, stamps=_Stored(store) if store else None, jobs=jobs)


class _Stored:
    """The catalog's validators, as the fetcher asks for them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str, /) -> Stamp | None:
        found = facts.stamp(self._store, key)
        return Stamp(key, *found) if found else None
