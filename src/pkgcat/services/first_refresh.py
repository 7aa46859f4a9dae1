"""The first refresh of packages that are not stored yet."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pkgcat.config import Settings
from pkgcat.errors import BadConfig, Denied, PkgcatError, Unreachable
from pkgcat.http.errors import describe_unexpected
from pkgcat.model import addresses, site_addresses
from pkgcat.model.fields import FIELDS
from pkgcat.model.hosts import HostKinds
from pkgcat.model.origin import Origin
from pkgcat.model.types import Values
from pkgcat.services import endpoints
from pkgcat.services.add import Draft
from pkgcat.services.discover import Found, SharedAnswers, discover
from pkgcat.services.endpoints import Clock, FindEndpoint
from pkgcat.services.record_reader import localize_times
from pkgcat.services.site_import import JsonObject, fetch_package, find_site
from pkgcat.services.write_turns import WriteTurns
from pkgcat.sources.interface import Fetcher

_DRAFTS_AT_ONCE = 8
_SITE = Origin("site", site_addresses.DJANGO_PACKAGES)

FoundOrError = Found | PkgcatError


class _Asking(NamedTuple):
    """What every package here is asked with; `zone` is that of times without one, `own_hosts` are
    the hosts of the settings.
    """

    fetcher: Fetcher
    find_endpoint: FindEndpoint
    host_kinds: HostKinds
    clock: Clock
    zone: tzinfo
    own_hosts: Collection[str]
    answers: SharedAnswers


async def fetch_each(
    settings: Settings,
    drafts: Mapping[int, Draft],
    host_kinds: HostKinds,
    clock: Clock,
    on_found: Callable[[int, FoundOrError], None],
) -> None:
    """Ask for packages, each by its page on Django Packages or by its addresses, and call
    `on_found` with the number of each as soon as it is there.

    `host_kinds` are hosts whose kind is known. Raises BadConfig, and Denied for a token file that
    others may read.
    """
    turns = WriteTurns()
    async with aclosing(_fetch_drafts(settings, drafts, host_kinds, clock)) as results:
        async for number, found in results:
            with turns.writing():
                on_found(number, found)
            await turns.give_way()


async def _fetch_drafts(
    settings: Settings,
    drafts: Mapping[int, Draft],
    host_kinds: HostKinds,
    clock: Clock,
) -> AsyncGenerator[tuple[int, FoundOrError]]:
    slots = asyncio.Semaphore(_DRAFTS_AT_ONCE)
    find_endpoint = endpoints.make_endpoint_finder(settings)
    async with endpoints.open_fetcher(clock) as fetcher:
        zone, own_hosts = ZoneInfo(settings.timezone), settings.host_types
        asking = _Asking(
            fetcher, find_endpoint, host_kinds, clock, zone, own_hosts, SharedAnswers()
        )

        async def fetch(number: int, draft: Draft) -> tuple[int, FoundOrError]:
            async with slots:
                return number, await _try_draft(draft, asking)

        tasks = [asyncio.create_task(fetch(number, draft)) for number, draft in drafts.items()]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for unfinished in tasks:
                unfinished.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _try_draft(draft: Draft, asking: _Asking) -> FoundOrError:
    """Return what was found of a package, or its error; raise those that are about all packages."""
    try:
        return await _fetch_draft(draft, asking)
    except (BadConfig, Denied):
        raise
    except PkgcatError as error:
        return error
    except Exception as error:  # a package may fail so, and the others may not
        return describe_unexpected("an answer", error)


async def _fetch_draft(draft: Draft, asking: _Asking) -> Found:
    record = None
    values = draft.values
    if draft.page is not None:
        site = find_site(asking.find_endpoint)
        record = await fetch_package(site, draft.page, asking.fetcher)
        localize_times(record, asking.zone)
        values = {**_read_addresses(record), **values}
    now = asking.clock()
    typed = addresses.repository(str(draft.values.get("repo_url") or ""), asking.host_kinds)
    trusted_hosts = {*asking.own_hosts}
    if typed is not None:
        trusted_hosts.add(typed.host)
    found = await discover(
        values,
        asking.fetcher,
        asking.find_endpoint,
        asking.host_kinds,
        now,
        trusted_hosts=trusted_hosts,
        answers=asking.answers,
    )
    if record is not None and values.get("repo_url") and typed is None:
        outcome = replace(found.outcome, repository_origin=_SITE)
        found = replace(found, outcome=outcome)
    errors = list(found.outcome.errors.values())
    if errors and not found.outcome.facts and record is None:
        raise Unreachable(f"{errors[0]}; --no-fetch adds it offline")
    return replace(found, record=record)


def _read_addresses(record: JsonObject) -> Values:
    values: Values = {}
    for name in ("repo_url", "pypi_url"):
        if record.get(name):
            values[name] = FIELDS[name].parse(record[name])
    return values
