"""Facts of many packages, asked for at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from pkgcat.errors import BadConfig
from pkgcat.http.errors import (
    NoAnswer,
    RateLimited,
    Replaced,
    RequestFailed,
    SourceError,
    describe_unexpected,
)
from pkgcat.model.origin import Origin
from pkgcat.model.source_data import Facts, StoredPackage
from pkgcat.services.refresh_plan import (
    PlannedRefresh,
    SharedRequest,
    SourceName,
    SourceRequest,
    group_by_endpoint,
)
from pkgcat.sources.fact_values import check_same_repository
from pkgcat.sources.interface import BatchSource, FactsOrError, Fetcher, Source
from pkgcat.sources.registry import load_batch_source, load_source


class _SourceResult(NamedTuple):
    """What became of one request."""

    key: int
    source: SourceName
    result: FactsOrError


_Results = asyncio.Queue[_SourceResult | BadConfig]


@dataclass(frozen=True, slots=True)
class RefreshOutcome:
    """What the sources said of a package: facts or an error for each that was asked."""

    planned: PlannedRefresh
    facts: dict[str, Facts] = field(default_factory=dict)
    errors: dict[str, SourceError] = field(default_factory=dict)
    repository_origin: Origin | None = None  # whose address of the repository it is, if no person's

    @property
    def rate_limit(self) -> RateLimited | None:
        """The limit that kept a source from being asked."""
        for error in self.errors.values():
            if isinstance(error, RateLimited):
                return error
        return None

    def list_unreached(self) -> dict[str, NoAnswer]:
        """Return the errors of sources whose host had not answered at all by then."""
        return {
            source: error for source, error in self.errors.items() if isinstance(error, NoAnswer)
        }


async def fetch_facts(
    planned: Sequence[PlannedRefresh], fetcher: Fetcher, now: datetime
) -> AsyncIterator[RefreshOutcome]:
    """Ask for all packages at once and yield each one's outcome as soon as it is there.

    The fetcher decides how many requests are under way. A failure is a value of the outcome;
    leaving the loop early cancels what is not there yet. Raises BadConfig.
    """
    results: _Results = asyncio.Queue()
    tasks = _start_fetches(planned, fetcher, now, results)
    waiting: dict[int, PlannedRefresh] = {}
    found: dict[int, dict[SourceName, FactsOrError]] = {}
    try:
        for one in planned:
            if not one.requests:
                yield RefreshOutcome(one)
                continue
            waiting[one.target.key] = one
            found[one.target.key] = {}
        while waiting:
            result = await results.get()
            if isinstance(result, BadConfig):  # it is wrong for every package
                raise result
            key = result.key
            found[key][result.source] = result.result
            if len(found[key]) == len(waiting[key].requests):
                yield _make_outcome(waiting.pop(key), found.pop(key))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _make_outcome(
    planned: PlannedRefresh, results: dict[SourceName, FactsOrError]
) -> RefreshOutcome:
    outcome = RefreshOutcome(planned)
    for request in planned.requests:
        result = results[request.source]
        if isinstance(result, Facts):
            outcome.facts[request.source] = result
        else:
            outcome.errors[request.source] = result
    return outcome


def _start_fetches(
    planned: Sequence[PlannedRefresh], fetcher: Fetcher, now: datetime, results: _Results
) -> list[asyncio.Task[None]]:
    """Start to ask every source, in batches where an endpoint takes them."""
    tasks: list[asyncio.Task[None]] = []
    for endpoint, requests in group_by_endpoint(planned).items():
        batch = load_batch_source(endpoint)
        if batch is None:
            source = load_source(endpoint.kind)
            for shared in requests:
                work = _fetch_one(source, shared, fetcher, now, results)
                tasks.append(asyncio.create_task(work))
            continue
        for start in range(0, len(requests), batch.BATCH):
            part = requests[start : start + batch.BATCH]
            tasks.append(asyncio.create_task(_fetch_batch(batch, part, fetcher, now, results)))
    return tasks


async def _fetch_one(
    source: Source, shared: SharedRequest, fetcher: Fetcher, now: datetime, results: _Results
) -> None:
    request = shared.request
    result: FactsOrError
    try:
        result = await source.fetch(request.endpoint, request.stored, fetcher, now)
    except BadConfig as error:
        results.put_nowait(error)
        return
    except SourceError as error:
        result = error
    except Exception as error:
        result = _describe(request, error)
    _put_results(shared, result, results)


async def _fetch_batch(
    source: BatchSource,
    requests: Sequence[SharedRequest],
    fetcher: Fetcher,
    now: datetime,
    results: _Results,
) -> None:
    """Ask for the packages of a batch, all of one endpoint."""
    missing = dict(enumerate(requests))
    endpoint = requests[0].request.endpoint
    packages = [shared.request.stored for shared in requests]
    failure: Exception = LookupError("it is not in the answer of its batch")
    try:
        async with aclosing(source.fetch_batch(endpoint, packages, fetcher, now)) as batch:
            async for index, result in batch:
                _put_results(missing.pop(index), result, results)
    except BadConfig as error:
        results.put_nowait(error)
        return
    except Exception as error:
        failure = error
    for shared in missing.values():
        _put_results(shared, _describe(shared.request, failure), results)


def _put_results(shared: SharedRequest, result: FactsOrError, results: _Results) -> None:
    """Hand a result to every package that shares the request."""
    source = shared.request.source
    for key, stored in shared.remembered.items():
        results.put_nowait(_SourceResult(key, source, _check_result(shared, stored, result)))


def _check_result(
    shared: SharedRequest, stored: StoredPackage, result: FactsOrError
) -> FactsOrError:
    """Return the result for one package, for which it must not be another repository by now."""
    if isinstance(result, Facts) and result.memory.repo_id is not None:
        where = f"{shared.request.endpoint.host}: {stored.path}"
        try:
            check_same_repository(where, stored, result.memory.repo_id)
        except Replaced as error:
            return error
    return result


def _describe(request: SourceRequest, error: Exception) -> RequestFailed:
    return describe_unexpected(f"{request.endpoint.host}: {request.stored.path}", error)
