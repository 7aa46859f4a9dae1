"""A package's first refresh: from one of its addresses to the other, and to the facts of both."""

import asyncio
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.http.errors import NotFoundUpstream, NotPublic, SourceError
from pkgcat.model import addresses, site_addresses
from pkgcat.model.hosts import HostKinds
from pkgcat.model.origin import Origin
from pkgcat.model.types import Values
from pkgcat.services.endpoints import FindEndpoint, is_trusted, restrict_to_public
from pkgcat.services.fetch_facts import RefreshOutcome, fetch_facts
from pkgcat.services.refresh_plan import SourceRequest, plan_refresh
from pkgcat.services.user_values import make_project_url
from pkgcat.sources.interface import Fetcher
from pkgcat.sources.registry import detect_host_kind
from pkgcat.store.refresh_store import RefreshTarget

_PYPI = Origin("host", "pypi.org")


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to store of a new package: its addresses, and what its sources said.

    `record` is what Django Packages has of it, where it was named by its page there.
    """

    values: Values
    outcome: RefreshOutcome
    notes: tuple[str, ...] = ()
    record: dict[str, Any] | None = None

    def outcome_of(self, key: int) -> RefreshOutcome:
        """Return the outcome as that of the package with this key."""
        planned = self.outcome.planned
        target = planned.target._replace(key=key)
        return replace(self.outcome, planned=replace(planned, target=target))


class SharedAnswers:
    """What repositories said, so that those of several new packages are asked once."""

    def __init__(self) -> None:
        self._locks: defaultdict[tuple[str, bool], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answers: dict[tuple[str, bool], RefreshOutcome] = {}

    async def fetch(self, values: Values, network: "_Network") -> RefreshOutcome:
        """Ask the addresses among the values; a repository alone, only if nobody has asked it."""
        address = str(values.get("repo_url") or "")
        repository = addresses.repository(address, network.host_kinds)
        if repository is None or values.get("pypi_url"):
            return await _ask(values, network)
        key = (repository.key, is_trusted(repository.host, network.trusted_hosts))
        async with self._locks[key]:
            if key not in self._answers:
                self._answers[key] = await _ask(values, network)
            return self._answers[key]


class _Network(NamedTuple):
    """What every request here needs."""

    fetcher: Fetcher
    find_endpoint: FindEndpoint
    host_kinds: HostKinds
    now: datetime
    trusted_hosts: Container[str]
    answers: SharedAnswers


async def discover(
    values: Values,
    fetcher: Fetcher,
    find_endpoint: FindEndpoint,
    host_kinds: HostKinds,
    now: datetime,
    *,
    trusted_hosts: Container[str] = (),
    answers: SharedAnswers | None = None,
) -> Found:
    """Ask for a package that is not stored yet; `values` hold its repo_url, its pypi_url, or both.

    From PyPI its repository is found through the project's links; from a repository the name on
    PyPI is taken only if PyPI links back. Hosts that are not among `trusted_hosts`, which a person
    named, are asked only where they are public. Raises NotFoundUpstream where the address that was
    given leads nowhere. `answers` are what the other new packages share.
    """
    find_endpoint = restrict_to_public(find_endpoint, trusted_hosts)
    answers = answers or SharedAnswers()
    network = _Network(fetcher, find_endpoint, host_kinds, now, trusted_hosts, answers)
    try:
        detected = await _detect_host(values, network)
    except NotPublic:
        detected = {}
    network = network._replace(host_kinds={**host_kinds, **detected})
    if detected:
        values = _cut_repository(values, network.host_kinds)
    outcome = await network.answers.fetch(values, network)
    for request in outcome.planned.requests:
        error = outcome.errors.get(request.source)
        if isinstance(error, NotFoundUpstream):
            raise NotFoundUpstream(_describe_missing(request)) from error
    values = _follow_move(values, outcome)
    if "pypi" in outcome.facts and not values.get("repo_url"):
        return await _find_repository(values, outcome, network)
    if "repository" in outcome.facts and not values.get("pypi_url"):
        return await _find_project(values, outcome, network)
    return Found(values, outcome, outcome.planned.notes)


def _describe_missing(request: SourceRequest) -> str:
    host, path = request.endpoint.host, request.stored.path
    if request.source == "pypi":
        return f"{host} has no project {path}; nothing was added"
    return f"{host} has no repository {path}, or it is private; nothing was added"


async def _find_repository(values: Values, outcome: RefreshOutcome, network: _Network) -> Found:
    """Follow the project's links, the likeliest first, to a repository that is there."""
    notes: list[str] = []
    for address in outcome.facts["pypi"].repositories:
        candidate: Values = {"repo_url": address}
        try:
            detected = await _detect_host(candidate, network)
        except NotPublic as error:
            notes.append(f"its link {address} is not followed: {error}")
            continue
        host_kinds = {**network.host_kinds, **detected}
        candidate = _cut_repository(candidate, host_kinds)
        network = network._replace(host_kinds=host_kinds)
        found = await network.answers.fetch(candidate, network)
        failure = found.errors.get("repository")
        if isinstance(failure, NotPublic):
            notes.append(f"its link {address} is not followed: {failure}")
        elif not isinstance(failure, NotFoundUpstream):
            values = {**values, **_follow_move(candidate, found)}
            joined = replace(_join_outcomes(outcome, found), repository_origin=_PYPI)
            return Found(values, joined, found.planned.notes)
    notes.append("PyPI links to no repository of it; --repo-url names one")
    return Found(values, outcome, tuple(notes))


async def _find_project(values: Values, outcome: RefreshOutcome, network: _Network) -> Found:
    """Look on PyPI for a project of the repository's name that links to this very repository."""
    repository = addresses.repository(str(values["repo_url"]), network.host_kinds)
    name = None
    if repository:
        name = site_addresses.pypi_name(repository.name)
    if repository and name:
        candidate: Values = {"pypi_url": make_project_url(name)}
        found = await _ask(candidate, network)
        facts = found.facts.get("pypi")
        links = facts.repositories if facts else ()
        keys = [addresses.repository_key(link, network.host_kinds) for link in links]
        if repository.key in keys:
            return Found({**values, **candidate}, _join_outcomes(outcome, found))
    return Found(values, outcome, outcome.planned.notes)


async def _ask(values: Values, network: _Network) -> RefreshOutcome:
    repo_url = values.get("repo_url")
    target = RefreshTarget(
        key=0,
        slug="",
        repo_url=str(repo_url) if repo_url else None,
        repo_host=None,
        pypi_name=site_addresses.pypi_name(str(values.get("pypi_url") or "")),
        values={},
        memories={},
    )
    planned = plan_refresh(target, network.host_kinds, network.find_endpoint)
    return await anext(fetch_facts([planned], network.fetcher, network.now))


async def _detect_host(values: Values, network: _Network) -> dict[str, str | None]:
    """Ask the repository's host what it is, if that is not known; raise NotPublic."""
    repository = addresses.repository(str(values.get("repo_url") or ""), network.host_kinds)
    if repository is None or repository.kind or repository.host in network.host_kinds:
        return {}
    host = repository.host
    public_only = not is_trusted(host, network.trusted_hosts)
    try:
        return {host: await detect_host_kind(host, network.fetcher, public_only=public_only)}
    except NotPublic:
        raise
    except SourceError:
        return {}


def _cut_repository(values: Values, host_kinds: HostKinds) -> Values:
    """Cut a deep link to its repository, now that its host's kind is known."""
    repository = addresses.repository(str(values["repo_url"]), host_kinds)
    if repository is None:
        return values
    return {**values, "repo_url": repository.url}


def _follow_move(values: Values, outcome: RefreshOutcome) -> Values:
    """Take the address that a moved repository has now."""
    facts = outcome.facts.get("repository")
    if facts is None or not facts.moved_to:
        return values
    return {**values, "repo_url": facts.moved_to}


def _join_outcomes(first: RefreshOutcome, second: RefreshOutcome) -> RefreshOutcome:
    requests = first.planned.requests + second.planned.requests
    return RefreshOutcome(
        replace(first.planned, requests=requests),
        {**first.facts, **second.facts},
        {**first.errors, **second.errors},
    )
