"""The sources and HttpFetcher against the server that speaks all dialects: counts, changes,
faults.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("tests.upstream")

from pkgcat.http.endpoint import Endpoint, make_endpoint
from pkgcat.http.errors import NotFoundUpstream, Replaced, SourceError
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.model.hosts import HOST_KINDS
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage, Validators
from pkgcat.sources import djangopackages
from pkgcat.sources.registry import load_batch_source, load_source
from tests.sources.test_contract import HOSTS
from tests.upstream import Upstream, World
from tests.upstream.faults import EVERY
from tests.upstream.small import NOW

CANARY = "canary-77aa"


class Catalog:
    """What refresh would store, for one source."""

    def __init__(self, upstream: Upstream, kind: str, token: str | None) -> None:
        self.upstream, self.source = upstream, load_source(kind)
        self.endpoint: Endpoint = make_endpoint(
            kind, HOSTS[kind], api_url=upstream.url(kind), token=token, jobs=16
        )
        self.validators: dict[str, Validators] = {}
        self.known: dict[str, StoredPackage] = {}
        self.waits: list[float] = []

    def refresh(self, *paths: str, now: datetime = NOW) -> list[Facts | SourceError]:
        """Refresh packages as refresh does; return what came of each."""
        self.upstream.requests.clear()
        return asyncio.run(
            self._refresh([self.known.get(path, StoredPackage(path)) for path in paths], now)
        )

    async def _refresh(
        self, packages: list[StoredPackage], now: datetime
    ) -> list[Facts | SourceError]:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        fetcher = HttpFetcher(
            clock=lambda: now, validators=self.validators, sleep=sleep, timeout=3600
        )
        async with fetcher:
            parts = [packages[i : i + 50] for i in range(0, len(packages), 50)]
            return [outcome for part in parts for outcome in await self._part(part, fetcher, now)]

    async def _part(
        self, part: list[StoredPackage], fetcher: HttpFetcher, now: datetime
    ) -> list[Facts | SourceError]:
        batches = load_batch_source(self.endpoint)
        if batches is None:
            return list(await asyncio.gather(*(self._single(one, fetcher, now) for one in part)))
        outcomes: dict[int, Facts | SourceError] = {}
        async for index, outcome in batches.fetch_batch(self.endpoint, part, fetcher, now):
            outcomes[index] = outcome
            if isinstance(outcome, Facts):
                self._remember(part[index], outcome)
        return [outcomes[index] for index in range(len(part))]

    async def _single(
        self, known: StoredPackage, fetcher: HttpFetcher, now: datetime
    ) -> Facts | SourceError:
        try:
            facts = await self.source.fetch(self.endpoint, known, fetcher, now)
        except SourceError as exc:
            return exc
        return self._remember(known, facts)

    def _remember(self, known: StoredPackage, facts: Facts) -> Facts:
        self.validators.update({one.request: one for one in facts.validators})
        stored = RefreshMemory.load(facts.memory.dump())
        self.known[known.path] = StoredPackage(known.path, known.values | facts.values, stored)
        return facts

    def facts(self, path: str, now: datetime = NOW) -> Facts:
        (outcome,) = self.refresh(path, now=now)
        assert isinstance(outcome, Facts), outcome
        return outcome


@pytest.fixture
def upstream(upstream: Upstream) -> Upstream:
    """The server, without limits."""
    upstream.unlimited()
    return upstream


PATHS = {"gitlab": "group/sub/maps", "pypi": "django-maps"}
KINDS = [(kind, token) for kind in [*HOST_KINDS, "pypi"] for token in (None, CANARY)]


@pytest.fixture(params=KINDS, ids=lambda pair: f"{pair[0]}-{'token' if pair[1] else 'anonymous'}")
def catalog(request: pytest.FixtureRequest, upstream: Upstream) -> Catalog:
    return Catalog(upstream, *request.param)


def path_of(catalog: Catalog) -> str:
    return PATHS.get(catalog.source.KIND, "ann/maps")


def repositories_only(catalog: Catalog) -> None:
    if catalog.source.KIND not in HOST_KINDS:
        pytest.skip("not a repository host")


def test_unchanged_is_one_or_two_requests_and_the_plan_says_so(catalog: Catalog) -> None:
    path = path_of(catalog)
    first = catalog.facts(path)
    foretold = catalog.source.estimate_requests(catalog.endpoint, [catalog.known[path]])
    again = catalog.facts(path, NOW + timedelta(days=1))
    assert len(catalog.upstream.requests) == foretold <= 2
    assert {**first.values, **again.values} == first.values


def test_a_push_is_seen(catalog: Catalog, world: World) -> None:
    repositories_only(catalog)
    path = path_of(catalog)
    catalog.facts(path)
    made = world.repository(catalog.source.KIND, path)
    later = NOW + timedelta(hours=20)
    world.clock = lambda: later
    for hours in (1, 2):
        world.push(made, login="eve", name="Eve", date=NOW + timedelta(hours=hours))
    catalog.facts(path, later)
    values = catalog.known[path].values
    assert values["repo_commit_count"] == 72
    assert values["last_updated"] == NOW + timedelta(hours=2)
    weeks, people = values["commits_over_52"], values["participants"]
    assert isinstance(weeks, tuple)
    assert isinstance(people, tuple)
    assert weeks[-1] >= 2
    assert {"eve", "Eve"} & set(people)
    alone = Catalog(
        catalog.upstream, catalog.source.KIND, CANARY if catalog.endpoint.authorization else None
    )
    assert alone.facts(path, later).values == {**values, "participants": people}


def test_a_renamed_repository_is_followed(catalog: Catalog, world: World) -> None:
    repositories_only(catalog)
    path = path_of(catalog)
    catalog.facts(path)
    world.rename(world.repository(catalog.source.KIND, path), "eve/plans")
    assert catalog.facts(path).moved_to == f"https://{catalog.endpoint.host}/eve/plans"


def test_a_name_taken_over_and_a_repository_deleted(catalog: Catalog, world: World) -> None:
    repositories_only(catalog)
    path, kind = path_of(catalog), catalog.source.KIND
    catalog.facts(path)
    world.delete(world.repository(kind, path))
    assert isinstance(catalog.refresh(path)[0], NotFoundUpstream)
    world.take_over(kind, path)
    assert isinstance(catalog.refresh(path)[0], Replaced)


@pytest.mark.long
def test_a_thousand_on_github_with_a_token() -> None:
    world = World(clock=lambda: NOW)
    for number in range(1000):
        made = world.create("github", f"owner-{number % 9}/name-{number}")
        world.push(made, login="ann", date=NOW - timedelta(days=number % 300))
    with Upstream(world) as upstream:
        upstream.unlimited()
        catalog = Catalog(upstream, "github", CANARY)
        paths = [f"owner-{number % 9}/name-{number}" for number in range(1000)]
        foretold = catalog.source.estimate_requests(
            catalog.endpoint, [StoredPackage(path) for path in paths]
        )
        assert all(isinstance(outcome, Facts) for outcome in catalog.refresh(*paths))
        counts = upstream.counts()
        assert sum(counts.values()) == foretold
        assert counts["github"] <= 3000
        assert counts["graphql"] <= 100
        catalog.refresh(*paths)
        assert upstream.counts() == {"graphql": 20}


@pytest.mark.parametrize("fault", sorted(EVERY))
def test_no_fault_tells_what_is_not_true(catalog: Catalog, upstream: Upstream, fault: str) -> None:
    """Let each request of a first refresh meet the fault: facts are true then, or there is an
    error.
    """
    path = path_of(catalog)
    truth = catalog.facts(path).values
    for after in range(len(upstream.requests)):
        catalog.known.clear()
        catalog.validators.clear()
        upstream.faults.clear()
        upstream.faults.add("*", fault, times=6, after=after)
        (outcome,) = catalog.refresh(path)
        assert CANARY not in repr(outcome)
        if isinstance(outcome, SourceError):
            assert catalog.endpoint.host in str(outcome)
            assert not isinstance(outcome, NotFoundUpstream) or after == 0
        else:
            wrong = {name: value for name, value in outcome.values.items() if truth[name] != value}
            assert not wrong, after


def test_the_whole_site_and_a_package(upstream: Upstream) -> None:
    at = make_endpoint(
        "djangopackages", "djangopackages.org", api_url=upstream.url("djangopackages")
    )

    async def walk() -> tuple[list[dict[str, Any]], dict[str, Any]]:
        async with HttpFetcher(clock=lambda: NOW) as fetcher:
            records = [record async for record in djangopackages.packages(at, fetcher)]
            return records, await djangopackages.package(at, records[0]["slug"], fetcher)

    records, one = asyncio.run(walk())
    assert len(records) == 45
    assert one == records[0]
