"""What a refresh asks for each package, and how many requests that takes."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from pkgcat.config import Settings
from pkgcat.http.endpoint import Endpoint
from pkgcat.model import addresses
from pkgcat.model.hosts import HOST_KINDS, HostKinds
from pkgcat.model.source_data import RefreshMemory, StoredPackage
from pkgcat.services.endpoints import FindEndpoint, make_endpoint_finder
from pkgcat.sources.registry import load_source
from pkgcat.store import Store, hosts, refresh_store
from pkgcat.store.refresh_store import RefreshTarget

SourceName = Literal["repository", "pypi"]

_BUILT_ON: Mapping[SourceName, str] = {"repository": "commits_over_52", "pypi": "pypi_status"}
"""The field that each source builds on."""


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What is asked of one source of a package: at which endpoint, and what is known so far."""

    source: SourceName
    endpoint: Endpoint
    stored: StoredPackage


class SharedRequest(NamedTuple):
    """A request that is made once for all packages that share a repository or a project.

    `remembered` is what the catalog has of each package, by key.
    """

    remembered: dict[int, StoredPackage]
    request: SourceRequest


@dataclass(frozen=True, slots=True)
class PlannedRefresh:
    """A package, what is asked for it, and notes about sources that cannot be asked."""

    target: RefreshTarget
    requests: tuple[SourceRequest, ...]
    notes: tuple[str, ...] = ()


class HostEstimate(NamedTuple):
    """How many requests a host will get, and what it had left when it was last asked: the name of
    each quota, its requests, and until when that holds.
    """

    host: str
    requests: int
    quotas: tuple[tuple[str, int, str], ...]


def plan_refresh(
    target: RefreshTarget,
    host_kinds: HostKinds,
    find_endpoint: FindEndpoint,
    *,
    not_public: Container[str] = (),
) -> PlannedRefresh:
    """Return which sources of a package can be asked, and where.

    `host_kinds` are hosts whose kind the settings tell, or that were asked; those that are
    `not_public` may not be asked.
    """
    requests: list[SourceRequest] = []
    notes: list[str] = []
    if target.repo_url:
        repository = addresses.repository(target.repo_url, host_kinds)
        if repository is None:
            notes.append("its repository's address names no repository; its facts stay as they are")
        else:
            kind = _find_kind(target, repository, host_kinds)
            host = repository.host
            if kind is None and host in not_public:
                notes.append(
                    f"{host} is not public, and is not asked; its facts stay as they are ([hosts] in "
                    "config.toml names hosts of one's own)"
                )
            elif kind is None:
                notes.append(f"{host} is no host pkgcat knows; its facts stay as they are")
            else:
                endpoint = find_endpoint(kind, repository.host)
                requests.append(_make_request(target, "repository", endpoint, repository.path))
    if target.pypi_name:
        endpoint = find_endpoint("pypi", "pypi.org")
        requests.append(_make_request(target, "pypi", endpoint, target.pypi_name))
    return PlannedRefresh(target, tuple(requests), tuple(notes))


def find_unknown_hosts(targets: Iterable[RefreshTarget], host_kinds: HostKinds) -> set[str]:
    """Return the hosts of repositories that would have to be asked what they are."""
    hosts = set()
    for target in targets:
        if not target.repo_url or target.repo_host:
            continue
        repository = addresses.repository(target.repo_url, host_kinds)
        if repository and not repository.kind and repository.host not in host_kinds:
            hosts.add(repository.host)
    return hosts


def group_by_endpoint(planned: Iterable[PlannedRefresh]) -> dict[Endpoint, list[SharedRequest]]:
    """Return the requests to each endpoint; what several packages share is asked for once."""
    sharing: dict[tuple[Endpoint, str], list[tuple[int, SourceRequest]]] = defaultdict(list)
    for one in planned:
        for request in one.requests:
            thing = (request.endpoint, request.stored.path.lower())
            sharing[thing].append((one.target.key, request))
    grouped: dict[Endpoint, list[SharedRequest]] = defaultdict(list)
    for (endpoint, _), requests in sharing.items():
        grouped[endpoint].append(_share_request(dict(requests)))
    return grouped


def _share_request(requests: dict[int, SourceRequest]) -> SharedRequest:
    """Return one request for several packages, by key.

    Where they remember different things, nothing is known of what all of them have: the answer
    must not be 'unchanged'.
    """
    request = next(iter(requests.values()))
    known = [(one.stored.values, one.stored.memory) for one in requests.values()]
    if any(one != known[0] for one in known):
        request = replace(request, stored=StoredPackage(request.stored.path))
    remembered = {key: one.stored for key, one in requests.items()}
    return SharedRequest(remembered, request)


def estimate_requests(planned: Iterable[PlannedRefresh]) -> dict[str, int]:
    """Return how many requests each host gets if nothing was pushed."""
    counts: dict[str, int] = defaultdict(int)
    for endpoint, requests in group_by_endpoint(planned).items():
        stored = [shared.request.stored for shared in requests]
        counts[endpoint.host] += load_source(endpoint.kind).estimate_requests(endpoint, stored)
    return dict(counts)


def estimate_refresh(
    store: Store, keys: Sequence[int], settings: Settings, now: datetime, *, jobs: int | None = None
) -> list[HostEstimate]:
    """Return, by host, what a refresh of these packages takes and what the host has left."""
    find_endpoint = make_endpoint_finder(settings, jobs)
    planned = []
    for key in keys:
        planned.append(plan_refresh(refresh_store.due(store, key), store.host_kinds, find_endpoint))
    quotas = hosts.quotas_left(store, now)
    estimates = []
    for host, requests in sorted(estimate_requests(planned).items()):
        estimates.append(HostEstimate(host, requests, tuple(quotas.get(host, ()))))
    return estimates


def _find_kind(
    target: RefreshTarget, repository: addresses.Repository, host_kinds: HostKinds
) -> str | None:
    """Return the kind of a repository's host, if it is known."""
    kind = repository.kind or host_kinds.get(repository.host)
    if kind is None and target.repo_host in HOST_KINDS:
        return target.repo_host
    return kind


def _make_request(
    target: RefreshTarget, source: SourceName, endpoint: Endpoint, path: str
) -> SourceRequest:
    memory = RefreshMemory()
    if source in target.memories:
        memory = RefreshMemory.load(target.memories[source])
    values = {_BUILT_ON[source]: target.values.get(_BUILT_ON[source])}
    return SourceRequest(source, endpoint, StoredPackage(path, values, memory))
