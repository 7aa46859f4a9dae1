"""Records of Django Packages: one, a grid, the whole site."""

import asyncio
from typing import Any

import pytest

from pkgcat.sources import djangopackages, place
from pkgcat.sources.base import Malformed, Missing
from tests.sources.fakes import FakeFetcher

PLACE = place(djangopackages, "djangopackages.org")


def record(number: int) -> dict[str, Any]:
    return {"id": number, "slug": f"package-{number}", "title": f"Package {number}"}


def whole(fetcher: FakeFetcher) -> list[dict[str, Any]]:
    async def walk() -> list[dict[str, Any]]:
        return [found async for found in djangopackages.packages(PLACE, fetcher)]

    return asyncio.run(walk())


def test_one_package_as_it_was_sent() -> None:
    fetcher = FakeFetcher({"packages/1326/": record(1326)})
    assert asyncio.run(djangopackages.package(PLACE, "1326", fetcher)) == record(1326)
    with pytest.raises(Missing):
        asyncio.run(djangopackages.package(PLACE, "no/../body", fetcher))
    assert fetcher.asked[-1] == "packages/no%2F..%2Fbody/"


def test_a_grid_names_its_packages_in_order() -> None:
    urls = ["https://djangopackages.org/api/v4/packages/5/", "https://djangopackages.org/api/v4/packages/3/?format=api"]
    answer = {"id": 1, "slug": "cms", "packages": urls}
    grid, packages = asyncio.run(djangopackages.grid(PLACE, "cms", FakeFetcher({"grids/cms/": answer})))
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


@pytest.mark.parametrize("answer", [[], {}, {"id": None, "slug": "x"}, {"id": 1, "slug": "\ud800"}, "text", None])
def test_what_is_no_record_is_told(answer: object) -> None:
    with pytest.raises(Malformed):
        asyncio.run(djangopackages.package(PLACE, "x", FakeFetcher({"packages/x/": answer})))


def test_grids_and_categories() -> None:
    pages = {
        "grids/?limit=100&offset=0": {"next": None, "results": [record(1)]},
        "categories/?limit=100&offset=0": {"next": None, "results": [record(2)]},
    }

    async def walk() -> list[int]:
        fetcher = FakeFetcher(pages)
        found = [grid["id"] async for grid in djangopackages.grids(PLACE, fetcher)]
        return found + [category["id"] async for category in djangopackages.categories(PLACE, fetcher)]

    assert asyncio.run(walk()) == [1, 2]


@pytest.mark.parametrize("packages", [None, "x", [1]])
def test_a_grid_without_addresses_is_told(packages: object) -> None:
    answer = {"grids/cms/": {"id": 1, "slug": "cms", "packages": packages}}
    with pytest.raises(Malformed):
        asyncio.run(djangopackages.grid(PLACE, "cms", FakeFetcher(answer)))
