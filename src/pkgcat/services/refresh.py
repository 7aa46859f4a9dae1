"""Refreshes packages: asks their sources, and stores what each told as soon as it is there."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from pkgcat.config import Settings
from pkgcat.http.errors import (
    Blocked,
    NoAnswer,
    NotFoundUpstream,
    NotPublic,
    RateLimited,
    SourceError,
)
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.model.change import Change
from pkgcat.model.hosts import HostKinds
from pkgcat.model.limits import MAX_TEXT_LENGTH
from pkgcat.model.source_data import Validators
from pkgcat.services import endpoints
from pkgcat.services.endpoints import Clock, FindEndpoint, is_trusted, restrict_to_public
from pkgcat.services.fetch_facts import RefreshOutcome, fetch_facts
from pkgcat.services.refresh_plan import find_unknown_hosts, plan_refresh
from pkgcat.services.write_turns import WriteTurns
from pkgcat.sources.interface import Fetcher
from pkgcat.sources.registry import detect_host_kind
from pkgcat.store import Store, hosts, refresh_store
from pkgcat.store.operation import Operation
from pkgcat.store.refresh_store import SourceFailure, SourceUpdate

RefreshStatus = Literal["unchanged", "changed", "moved", "gone", "blocked", "limited", "failed"]

STATUSES: tuple[RefreshStatus, ...] = (
    "unchanged",
    "changed",
    "moved",
    "gone",
    "blocked",
    "limited",
    "failed",
)
"""What a refresh of a package may end with, in the order of summaries."""

WINDOW = 1000
"""So many packages are under way at once: memory does not grow with the catalog."""


class UnreachedHost(NamedTuple):
    """A host that did not answer at all, and why."""

    host: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefreshedPackage:
    """One package after its refresh.

    `errors` are those of all its sources; those of `unreached` hosts are in `unreached_errors` again.
    `until` is when a limit ends that kept a source from being asked. `reached` says whether any host
    answered. `credentials_cut` are addresses that sources gave with credentials.
    """

    slug: str
    status: RefreshStatus
    changes: tuple[Change, ...] = ()
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    until: datetime | None = None
    reached: bool = True
    unreached: tuple[UnreachedHost, ...] = ()
    unreached_errors: tuple[str, ...] = ()
    credentials_cut: tuple[str, ...] = ()


class RefreshEnd(NamedTuple):
    """How a refresh ended: the requests that each host got, and whether the time was up."""

    requests: dict[str, int]
    out_of_time: bool


async def refresh_packages(
    operation: Operation,
    keys: Sequence[int],
    settings: Settings,
    clock: Clock,
    on_package: Callable[[RefreshedPackage], None],
    *,
    jobs: int | None = None,
    budget: float | None = None,
) -> RefreshEnd:
    """Refresh packages and call `on_package` with each.

    `jobs` is how many requests at once each host gets; `budget` is the time for all, in seconds.
    """
    store = operation.store
    refresh_store.guard(store)
    out_of_time = False
    find_endpoint = endpoints.make_endpoint_finder(settings, jobs)
    async with endpoints.open_fetcher(clock, store, jobs) as fetcher:
        refreshed = refresh_each(
            operation, keys, fetcher, find_endpoint, settings.host_types, clock
        )
        try:
            async with asyncio.timeout(budget):
                async for one in refreshed:
                    on_package(one)
        except TimeoutError:
            out_of_time = True
        finally:
            await refreshed.aclose()
            hosts.remember_quotas(store, _list_quotas(fetcher))
        return RefreshEnd(dict(fetcher.requests), out_of_time)


async def refresh_each(
    operation: Operation,
    keys: Sequence[int],
    fetcher: Fetcher,
    find_endpoint: FindEndpoint,
    host_kinds: HostKinds,
    clock: Clock,
) -> AsyncGenerator[RefreshedPackage]:
    """Refresh packages and yield each once it is stored: a run that is cut off is simply shorter.

    `host_kinds` are hosts whose kind the settings tell; others are asked once, and what they said
    is stored. Hosts that are neither in the settings nor in an address that a person wrote are asked
    only where they are public. A failure of a host that never answers in this run is told and not stored.
    """
    store = operation.store
    turns = WriteTurns()
    silence = _Silence()
    kinds = dict(host_kinds)
    trusted_hosts = hosts.hosts_of_persons(store) | set(host_kinds)
    find_endpoint = restrict_to_public(find_endpoint, trusted_hosts)
    not_public: set[str] = set()
    for window in _split_into_windows(store, keys):
        targets = [refresh_store.due(store, key) for key in window]
        kinds = {**store.read_asked_kinds(), **kinds}
        for host in sorted(find_unknown_hosts(targets, kinds)):
            public_only = not is_trusted(host, trusted_hosts)
            try:
                kinds[host] = await _detect_host(store, host, fetcher, public_only=public_only)
            except NotPublic:
                not_public.add(host)
        planned = []
        for target in targets:
            planned.append(plan_refresh(target, kinds, find_endpoint, not_public=not_public))
        async for outcome in fetch_facts(planned, fetcher, clock()):
            updates = _make_updates(outcome)
            with turns.writing(), operation.step():
                refreshed = _store_updates(operation, outcome, updates, clock())
            silence.note(outcome)
            yield refreshed
            await turns.give_way()
    for key, failures in silence.list_failures():
        with turns.writing(), operation.step():
            refresh_store.record(operation, key, [], failures, clock(), complete=True)
        await turns.give_way()


class _Silence:
    """Failures of hosts that had not answered by then; some of these may answer later."""

    def __init__(self) -> None:
        self._answered: set[str] = set()
        self._failures: dict[int, dict[str, SourceFailure]] = {}

    def note(self, outcome: RefreshOutcome) -> None:
        """Note which hosts answered and which did not."""
        unreached = outcome.list_unreached()
        for request in outcome.planned.requests:
            error = outcome.errors.get(request.source)
            if not isinstance(error, NoAnswer | NotPublic | RateLimited):
                self._answered.add(request.endpoint.host)
        if len(unreached) < len(outcome.errors):  # the package is marked already
            return
        failures = {}
        for source, error in unreached.items():
            failures[error.host] = SourceFailure(source, str(error))
        if failures:
            self._failures[outcome.planned.target.key] = failures

    def list_failures(self) -> Iterator[tuple[int, list[SourceFailure]]]:
        """Yield the packages that failed at hosts which did answer, to other packages."""
        for key, failures in self._failures.items():
            found = [failure for host, failure in failures.items() if host in self._answered]
            if found:
                yield key, found


def _split_into_windows(store: Store, keys: Sequence[int]) -> Iterator[list[int]]:
    """Yield the keys in windows; packages that share a repository are in the same one.

    Such a group stands where its first package does.
    """
    repositories = refresh_store.shared_repositories(store)
    groups: dict[int | str, list[int]] = {}
    for key in keys:
        groups.setdefault(repositories.get(key, key), []).append(key)
    window: list[int] = []
    for group in groups.values():
        if window and len(window) + len(group) > WINDOW:
            yield window
            window = []
        window += group
    if window:
        yield window


def store_outcome(operation: Operation, outcome: RefreshOutcome, at: datetime) -> RefreshedPackage:
    """Store what became of a new package, inside the caller's transaction."""
    if outcome.repository_origin is not None:
        key = outcome.planned.target.key
        refresh_store.note_repository_origin(operation, key, outcome.repository_origin)
    return _store_updates(operation, outcome, _make_updates(outcome), at)


def _make_updates(outcome: RefreshOutcome) -> list[SourceUpdate]:
    """Return what the sources told as the store takes it; this needs no transaction."""
    updates = []
    for source, facts in outcome.facts.items():
        validators = tuple(map(_limit_validators, facts.validators))
        memory = facts.memory.dump()
        updates.append(SourceUpdate(source, facts.values, memory, validators, facts.moved_to))
    return updates


def _store_updates(
    operation: Operation, outcome: RefreshOutcome, updates: list[SourceUpdate], at: datetime
) -> RefreshedPackage:
    target = outcome.planned.target
    failures = []
    for source, error in outcome.errors.items():
        if not isinstance(error, RateLimited | NoAnswer):
            failures.append(SourceFailure(source, str(error), isinstance(error, NotFoundUpstream)))
    rate_limit = outcome.rate_limit
    unreached = outcome.list_unreached().values()
    is_complete = rate_limit is None and not unreached
    stored = refresh_store.record(
        operation, target.key, updates, failures, at, complete=is_complete
    )
    if unreached:
        refresh_store.note_attempt(operation.store, target.key, at)
    credentials_cut: list[str] = []
    for facts in outcome.facts.values():
        credentials_cut += facts.credentials_cut
    return RefreshedPackage(
        target.slug,
        find_status(outcome, changed=bool(stored.changes), gone=bool(stored.gone)),
        tuple(stored.changes),
        tuple(str(error) for error in outcome.errors.values()),
        outcome.planned.notes,
        rate_limit.until if rate_limit else None,
        reached=len(unreached) < len(outcome.planned.requests),
        unreached=tuple(UnreachedHost(error.host, error.reason) for error in unreached),
        unreached_errors=tuple(map(str, unreached)),
        credentials_cut=tuple(credentials_cut),
    )


def find_status(outcome: RefreshOutcome, *, changed: bool, gone: bool) -> RefreshStatus:
    """Sum up what became of a package.

    `changed` and `gone` are what the store found when it stored the facts.
    """
    errors = list(outcome.errors.values())
    if not errors:
        if any(facts.moved_to for facts in outcome.facts.values()):
            return "moved"
        return "changed" if changed else "unchanged"
    if gone and all(isinstance(error, NotFoundUpstream) for error in errors):
        return "gone"
    if any(isinstance(error, Blocked) for error in errors):
        return "blocked"
    if all(isinstance(error, RateLimited) for error in errors):
        return "limited"
    return "failed"


async def _detect_host(
    store: Store, host: str, fetcher: Fetcher, *, public_only: bool
) -> str | None:
    """Ask a host what it is, and store it; one that does not answer is asked again next time.

    Raises NotPublic.
    """
    try:
        kind = await detect_host_kind(host, fetcher, public_only=public_only)
    except NotPublic:
        raise
    except SourceError:
        return None
    hosts.remember_host(store, host, kind)
    return kind


def _limit_validators(validators: Validators) -> Validators:
    """Return validators without one that is longer than MAX_TEXT_LENGTH."""
    return replace(
        validators,
        etag=_limit_length(validators.etag),
        last_modified=_limit_length(validators.last_modified),
    )


def _limit_length(validator: str | None) -> str | None:
    if validator is not None and len(validator) > MAX_TEXT_LENGTH:
        return None
    return validator


def _list_quotas(fetcher: HttpFetcher) -> Iterator[tuple[str, str, int, datetime]]:
    for host, buckets in fetcher.quotas.items():
        for bucket, quota in buckets.items():
            yield host, bucket, quota.remaining, quota.reset
