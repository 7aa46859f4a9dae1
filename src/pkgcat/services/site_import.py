"""Records of Django Packages, fetched as the text that `importing` reads."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple, TextIO

from pkgcat.config import Settings
from pkgcat.errors import Invalid
from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NotFoundUpstream
from pkgcat.model import site_addresses
from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.model.site_addresses import GroupAddress, group_address
from pkgcat.services import endpoints
from pkgcat.services.endpoints import Clock, FindEndpoint
from pkgcat.services.import_groups import VERSION
from pkgcat.sources import djangopackages
from pkgcat.sources.djangopackages import Walk
from pkgcat.sources.interface import Fetcher

JsonObject = dict[str, Any]


def find_site(find_endpoint: FindEndpoint) -> Endpoint:
    """Return where Django Packages answers."""
    return find_endpoint("djangopackages", site_addresses.DJANGO_PACKAGES)


class SiteFetch(NamedTuple):
    """What came of fetching records of a site.

    `is_whole` tells that it is all the site has. `deleted` are the ids of packages that were deleted
    meanwhile. `missing` has a line for each thing that did not come. `wanted_grids` are the addresses of
    the grids that were asked for, or that the package that was asked for is on: None for all.
    """

    is_whole: bool
    deleted: frozenset[object]
    missing: tuple[str, ...]
    wanted_grids: frozenset[GroupAddress] | None


OnRecord = Callable[[str, str, int | None], None]
"""Called with each record: what it is one of, its slug, and how many there are, if that is known."""


async def fetch_site(
    settings: Settings,
    address: str | None,
    grid: str | None,
    out: TextIO,
    clock: Clock,
    on_record: OnRecord,
) -> SiteFetch:
    """Write records of Django Packages as JSON Lines: all, those of a grid, or those at an address.

    What the site calls its categories and grids goes before them. Raises Invalid for an address
    that is no page of the site, and SourceError.
    """
    site = find_site(endpoints.make_endpoint_finder(settings))
    page = None
    if grid:
        page = ("grids", grid)
    if address:
        page = _parse_page(address)
    async with endpoints.open_fetcher(clock) as fetcher:
        fetch = _Fetch(site, fetcher, on_record)
        header = {
            "pkgcat": VERSION,
            "categories": await fetch.fetch_groups("categories", Category._fields),
            "grids": await fetch.fetch_groups("grids", Grid._fields),
        }
        out.write(f"{json.dumps(header)}\n")
        async for record in fetch.fetch_records(page):
            out.write(f"{json.dumps(record)}\n")
        return fetch.sum_up(is_site=page is None)


class _Fetch:
    """One fetch of a site: what it is asked through, and how the walks over its lists went."""

    def __init__(self, site: Endpoint, fetcher: Fetcher, on_record: OnRecord) -> None:
        self._site, self._fetcher, self._on_record = site, fetcher, on_record
        self._walks: dict[str, Walk] = {}
        self._missing: list[str] = []
        self._wanted_grids: set[GroupAddress] = set()

    async def fetch_groups(self, resource: str, fields: tuple[str, ...]) -> list[JsonObject]:
        """Return the categories or grids of the site."""
        groups = []
        async for row in self._walk(resource):
            groups.append(_describe_group(resource, fields, row))
        return groups

    async def fetch_records(self, page: tuple[str, str] | None) -> AsyncIterator[JsonObject]:
        """Yield the records of packages: all, that of one page, or those of a grid's page."""
        if page is None:
            async for record in self._walk("packages"):
                yield _name_public_site(record)
            return
        kind, slug = page
        if kind == "packages":
            record = await fetch_package(self._site, slug, self._fetcher)
            grids = record.get("grids")
            if isinstance(grids, list):
                self._wanted_grids |= {group_address(str(url)) for url in grids}
            yield record
            return
        grid, ids = await djangopackages.grid(self._site, slug, self._fetcher)
        self._wanted_grids.add(group_address(_make_address("grids", grid["id"])))
        for number in ids:
            try:
                record = await fetch_package(self._site, number, self._fetcher)
            except NotFoundUpstream as error:
                self._missing.append(f"a package of the grid is missing: {error}")
                continue
            self._on_record("packages", str(record["slug"]), len(ids))
            yield record

    async def _walk(self, resource: str) -> AsyncIterator[JsonObject]:
        walk = self._walks[resource] = Walk()
        async for record in _LISTS[resource](self._site, self._fetcher, walk):
            self._on_record(resource, str(record.get("slug")), walk.count)
            yield record

    def sum_up(self, *, is_site: bool) -> SiteFetch:
        """Return what came of it."""
        for resource, walk in self._walks.items():
            if walk.missing:
                self._missing.append(
                    f"{walk.missing:,} of {walk.count:,} {resource} did not come, though "
                    f"{self._site.host} was asked several times; import again"
                )
        is_whole = is_site and all(walk.is_whole for walk in self._walks.values())
        packages = self._walks.get("packages", Walk())
        wanted = None if is_site else frozenset(self._wanted_grids)
        return SiteFetch(is_whole, frozenset(packages.deleted), tuple(self._missing), wanted)


_LISTS = {
    "categories": djangopackages.categories,
    "grids": djangopackages.grids,
    "packages": djangopackages.packages,
}


async def fetch_package(site: Endpoint, slug: str, fetcher: Fetcher) -> JsonObject:
    """Return the record of one package."""
    return _name_public_site(await djangopackages.package(site, slug, fetcher))


def _parse_page(address: str) -> tuple[str, str]:
    page = site_addresses.django_packages(address)
    if page is None:
        raise Invalid(
            f"{address} is no page of Django Packages; save what it holds and import the file"
        )
    return page


def _describe_group(resource: str, fields: tuple[str, ...], row: JsonObject) -> JsonObject:
    """Return a category or grid of the site as an export has it.

    Records name it by this address.
    """
    group = {name: row.get(name) for name in fields}
    number = row.get("id")
    if not isinstance(number, int) or number < 1:
        return group
    return {**group, "url": _make_address(resource, number)}


def _make_address(resource: str, number: int) -> str:
    return f"{site_addresses.DJANGO_PACKAGES_API}/{resource}/{number}/"


def _name_public_site(record: JsonObject) -> JsonObject:
    """Return a record that names its site, and whose category and grids are those of the public
    one: a stand-in may be asked at one address and write another one into its links.
    """
    public = {**record, "site": site_addresses.DJANGO_PACKAGES}
    category, grids = record.get("category"), record.get("grids")
    if isinstance(category, str):
        public["category"] = _name_public_group("categories", category)
    if isinstance(grids, list):
        public["grids"] = [_name_public_group("grids", link) for link in grids]
    return public


def _name_public_group(resource: str, link: object) -> object:
    """Return the public address of the category or grid that a link names."""
    if not isinstance(link, str):
        return link
    _base, is_found, name = link.rpartition(f"/{resource}/")
    return f"{site_addresses.DJANGO_PACKAGES_API}/{resource}/{name}" if is_found else link
