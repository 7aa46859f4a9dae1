"""Records of Django Packages: one, a grid, the whole site."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.errors import Malformed, NotFoundUpstream
from pkgcat.http.responses import Answer
from pkgcat.model import limits
from pkgcat.sources import djangopackages
from tests.cpu import cpu_limit
from tests.hostile_hosts import MANY
from tests.sources.fakes import FakeFetcher

ENDPOINT = make_endpoint("djangopackages", "djangopackages.org")


def record(number: int) -> dict[str, Any]:
    return {"id": number, "slug": f"package-{number}", "title": f"Package {number}"}


def whole(fetcher: FakeFetcher) -> list[dict[str, Any]]:
    async def walk() -> list[dict[str, Any]]:
        return [found async for found in djangopackages.packages(ENDPOINT, fetcher)]

    return asyncio.run(walk())


def test_one_package_as_it_was_sent() -> None:
    fetcher = FakeFetcher({"packages/1326/": record(1326)})
    assert asyncio.run(djangopackages.package(ENDPOINT, "1326", fetcher)) == record(1326)
    with pytest.raises(NotFoundUpstream):
        asyncio.run(djangopackages.package(ENDPOINT, "no/../body", fetcher))
    assert fetcher.asked[-1] == "packages/no%2F..%2Fbody/"


def test_a_grid_names_its_packages_in_order() -> None:
    urls = [
        "https://djangopackages.org/api/v4/packages/5/",
        "https://djangopackages.org/api/v4/packages/3/?format=api",
    ]
    answer = {"id": 1, "slug": "cms", "packages": urls}
    grid, packages = asyncio.run(
        djangopackages.grid(ENDPOINT, "cms", FakeFetcher({"grids/cms/": answer}))
    )
    assert grid["slug"] == "cms"
    assert packages == ("5", "3")


def test_the_whole_site_page_by_page_and_each_once() -> None:
    pages = {
        "packages/?limit=100&offset=0": {"next": "…", "results": [record(3), record(2)]},
        "packages/?limit=100&offset=2": {"next": None, "results": [record(2), record(1)]},
    }
    assert [found["id"] for found in whole(FakeFetcher(pages))] == [3, 2, 1]


def test_an_endless_site_ends() -> None:
    pages = {
        "packages/?limit=100&offset=0": {"next": "…", "results": [record(3)]},
        "packages/?limit=100&offset=1": {"next": "…", "results": []},
    }
    assert len(whole(FakeFetcher(pages))) == 1


@pytest.mark.parametrize(
    "answer", [[], {}, {"id": None, "slug": "x"}, {"id": 1, "slug": "\ud800"}, "text", None]
)
def test_what_is_no_record_is_told(answer: object) -> None:
    with pytest.raises(Malformed):
        asyncio.run(djangopackages.package(ENDPOINT, "x", FakeFetcher({"packages/x/": answer})))


def test_grids_and_categories() -> None:
    pages = {
        "grids/?limit=100&offset=0": {"next": None, "results": [record(1)]},
        "categories/?limit=100&offset=0": {"next": None, "results": [record(2)]},
    }

    async def walk() -> list[int]:
        fetcher = FakeFetcher(pages)
        found = [grid["id"] async for grid in djangopackages.grids(ENDPOINT, fetcher)]
        return found + [
            category["id"] async for category in djangopackages.categories(ENDPOINT, fetcher)
        ]

    assert asyncio.run(walk()) == [1, 2]


@pytest.mark.parametrize("packages", [None, "x", [1]])
def test_a_grid_without_addresses_is_told(packages: object) -> None:
    answer = {"grids/cms/": {"id": 1, "slug": "cms", "packages": packages}}
    with pytest.raises(Malformed):
        asyncio.run(djangopackages.grid(ENDPOINT, "cms", FakeFetcher(answer)))


def test_long_lists_and_texts_of_a_record_are_cut() -> None:
    sent = record(1) | {
        "participants": [f"name {number}" for number in range(MANY)],
        "grids": [f"https://djangopackages.org/api/v4/grids/{number}/" for number in range(MANY)],
        "commits_over_52": [1] * MANY,
        "repo_description": "x" * MANY,
    }
    with cpu_limit(5):
        found = asyncio.run(
            djangopackages.package(ENDPOINT, "1", FakeFetcher({"packages/1/": sent}))
        )
        (listed,) = whole(
            FakeFetcher({"packages/?limit=100&offset=0": {"next": None, "results": [sent]}})
        )
    assert listed == found
    assert {name: len(value) for name, value in found.items() if isinstance(value, list)} == {
        "participants": limits.MAX_PARTICIPANTS,
        "grids": limits.MAX_ITEMS,
        "commits_over_52": limits.MAX_ITEMS,
    }
    assert len(found["repo_description"]) == limits.MAX_DESCRIPTION_LENGTH
    assert found["grids"] == sent["grids"][: limits.MAX_ITEMS]


def test_a_grid_of_100_000_packages_is_refused_as_each_would_be_a_request() -> None:
    urls = [f"https://djangopackages.org/api/v4/packages/{number}/" for number in range(MANY)]
    fetcher = FakeFetcher({"grids/cms/": {"id": 1, "slug": "cms", "packages": urls}})
    with pytest.raises(Malformed, match="100,000 packages"):
        asyncio.run(djangopackages.grid(ENDPOINT, "cms", fetcher))


def test_a_page_of_100_000_records_is_refused_and_not_cut_in_silence() -> None:
    page = {"next": None, "results": [record(number) for number in range(MANY)]}
    with cpu_limit(5), pytest.raises(Malformed, match="100 were asked for"):
        whole(FakeFetcher({"packages/?limit=100&offset=0": page}))


# A site that changes while it is walked


class ChangingSite:
    """Answers pages of the packages it has; `changes` are made before the requests of these numbers."""

    def __init__(self, count: int, changes: dict[int, Callable[["ChangingSite"], None]]) -> None:
        self.numbers = list(range(count, 0, -1))
        self.empty_offsets: set[int] = set()
        self.count_told: int | None = None
        self.asked: list[int] = []
        self._changes = changes

    async def get(self, endpoint: Endpoint, path: str, **_: Any) -> Answer:
        change = self._changes.get(len(self.asked))
        if change is not None:
            change(self)
        offset = int(path.rsplit("=", 1)[1])
        self.asked.append(offset)
        rows = [] if offset in self.empty_offsets else self.numbers[offset : offset + 100]
        count = len(self.numbers) if self.count_told is None else self.count_told
        body = {
            "count": count,
            "next": "…" if offset + 100 < len(self.numbers) else None,
            "results": [record(number) for number in rows],
        }
        return Answer(body, where=endpoint.host)

    async def post(self, endpoint: Endpoint, path: str, body: Mapping[str, object]) -> Answer:
        raise AssertionError("the site is asked by GET")


def walk_through(site: ChangingSite) -> tuple[set[int], djangopackages.Walk]:
    walk = djangopackages.Walk()

    async def read() -> set[int]:
        found = djangopackages.packages(ENDPOINT, site, walk)
        return {package["id"] async for package in found}

    return asyncio.run(read()), walk


def delete(*numbers: int) -> Callable[[ChangingSite], None]:
    def change(site: ChangingSite) -> None:
        for number in numbers:
            site.numbers.remove(number)

    return change


def add(site: ChangingSite) -> None:
    site.numbers.insert(0, 1000)


def empty_page(*offsets: int) -> Callable[[ChangingSite], None]:
    def change(site: ChangingSite) -> None:
        site.empty_offsets = set(offsets)

    return change


def test_a_quiet_site_is_walked_once() -> None:
    site = ChangingSite(250, {})
    found, walk = walk_through(site)
    assert (len(found), walk.is_whole, walk.missing, walk.deleted) == (250, True, 0, set())
    assert site.asked == [0, 100, 200]


@pytest.mark.parametrize("request_number", [1, 2])
def test_a_deletion_during_the_walk_loses_no_package(request_number: int) -> None:
    site = ChangingSite(250, {request_number: delete(250, 245)})
    found, walk = walk_through(site)
    assert found - walk.deleted == set(site.numbers)
    assert walk.deleted == {250, 245}
    assert (walk.is_whole, walk.missing, walk.count) == (True, 0, 248)


def test_an_addition_during_the_walk_comes_too() -> None:
    found, walk = walk_through(ChangingSite(250, {1: add}))
    assert found == {1000, *range(1, 251)}
    assert (walk.is_whole, walk.missing) == (True, 0)


@pytest.mark.parametrize("offset", [0, 100, 200])
def test_an_empty_page_is_asked_again(offset: int) -> None:
    site = ChangingSite(250, {0: empty_page(offset), 3: empty_page()})
    found, walk = walk_through(site)
    assert (len(found), walk.is_whole, walk.missing) == (250, True, 0)


def test_what_does_not_come_at_all_is_counted() -> None:
    site = ChangingSite(250, {0: empty_page(100)})
    found, walk = walk_through(site)
    assert (len(found), walk.is_whole, walk.missing, walk.count) == (150, False, 100, 250)
    assert len(site.asked) == 9


def test_the_number_of_requests_follows_from_the_count() -> None:
    site = ChangingSite(250, {})
    site.count_told = 10_000
    found, walk = walk_through(site)
    assert (len(found), walk.missing) == (250, 9_750)
    assert len(site.asked) < 20
    site = ChangingSite(250, {})
    site.count_told = 10**9
    with pytest.raises(Malformed, match="1,000,000"):
        walk_through(site)


@pytest.mark.parametrize("count", [0, 20, 249, True])
def test_a_site_that_counts_too_few_is_walked_to_its_end(count: int) -> None:
    site = ChangingSite(250, {})
    site.count_told = count
    found, walk = walk_through(site)
    assert (len(found), walk.is_whole, walk.missing, walk.deleted) == (250, True, 0, set())
    assert site.asked == [0, 100, 200]


class EndlessSite(ChangingSite):
    """Answers its first page to every question, and says that there is more."""

    async def get(self, endpoint: Endpoint, path: str, **_: Any) -> Answer:
        answer = await super().get(endpoint, "packages/?limit=100&offset=0")
        return replace(answer, json={**answer.json, "next": "…"})


def test_a_site_that_counts_too_few_and_repeats_a_page_ends() -> None:
    site = EndlessSite(250, {})
    site.count_told = 20
    found, walk = walk_through(site)
    assert (len(found), walk.missing) == (100, 0)
    assert len(site.asked) < 20


@pytest.mark.parametrize("wrong", [None, 5, "x", [], [{}]])
def test_what_is_no_object_stops_no_record_and_is_missing(wrong: object) -> None:
    page = {"count": 3, "next": None, "results": [record(1), wrong, record(2)]}
    walk = djangopackages.Walk()

    async def read() -> list[dict[str, Any]]:
        fetcher = FakeFetcher({"packages/?limit=100&offset=0": page})
        return [found async for found in djangopackages.packages(ENDPOINT, fetcher, walk)]

    assert [found["id"] for found in asyncio.run(read()) if found] == [1, 2]
    assert (walk.missing, walk.count, walk.is_whole) == (1, 3, False)


def test_a_record_that_is_wrong_stops_no_other() -> None:
    wrong = [{"id": -1, "slug": "a"}, {"id": 1.5, "slug": "b"}, {"slug": ["x"]}]
    pages = {
        "packages/?limit=100&offset=0": {"count": 5, "next": None, "results": [*wrong, record(1), record(2)]},
    }  # fmt: skip
    assert len(whole(FakeFetcher(pages))) == 5
