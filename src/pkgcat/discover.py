"""A package's first refresh: from one of its addresses to the other, and to the facts of both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pkgcat import urls
from pkgcat.models import Values
from pkgcat.refresh import Ask, Outcome, Places, ask, plan
from pkgcat.sources import detect
from pkgcat.sources.base import Fetcher, Missing, SourceError
from pkgcat.store.facts import Due


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to store of a new package: its addresses, and what the sources told or did not."""

    words: Values
    outcome: Outcome
    notes: tuple[str, ...] = ()
    record: dict[str, Any] | None = None

    def at(self, key: int) -> Outcome:
        """Return the outcome as that of the package with this key."""
        job = self.outcome.job
        return replace(self.outcome, job=replace(job, due=job.due._replace(key=key)))


async def discover(
    words: Values, fetcher: Fetcher, places: Places, kinds: Mapping[str, str | None], now: datetime
) -> Found:
    """Ask for a package that is not stored yet; `words` hold its repo_url, its pypi_url, or both.

    From PyPI its repository is found through the project's links; from a repository the name on PyPI
    is taken only if PyPI points back. Raises Missing where the address that was given leads nowhere.
    """
    kinds = {**kinds, **await _kinds(words, kinds, fetcher)}
    outcome = await _asked(words, fetcher, places, kinds, now)
    for asked in outcome.job.asks:
        if isinstance(error := outcome.errors.get(asked.half), Missing):
            raise Missing(_not_there(asked)) from error
    words = _moved(words, outcome)
    if "pypi" in outcome.facts and not words.get("repo_url"):
        return await _repository_of(words, outcome, fetcher, places, kinds, now)
    if "repository" in outcome.facts and not words.get("pypi_url"):
        return await _project_of(words, outcome, fetcher, places, kinds, now)
    return Found(words, outcome, outcome.job.notes)


def _not_there(asked: Ask) -> str:
    """Say which address leads nowhere, in the words of the person who gave it."""
    what, private = ("project", "") if asked.half == "pypi" else ("repository", ", or it is private")
    return f"{asked.place.host} has no {what} {asked.known.path}{private}; nothing was added"


async def _repository_of(
    words: Values, outcome: Outcome, fetcher: Fetcher, places: Places, kinds: Mapping[str, str | None], now: datetime
) -> Found:
    """Follow the project's links, the likeliest first, to a repository that is there."""
    for address in outcome.facts["pypi"].repositories:
        given: Values = {"repo_url": address}
        found = await _asked(given, fetcher, places, {**kinds, **await _kinds(given, kinds, fetcher)}, now)
        if not isinstance(found.errors.get("repository"), Missing):
            return Found({**words, **_moved(given, found)}, _joined(outcome, found), found.job.notes)
    return Found(words, outcome, ("PyPI links to no repository of it; --repo-url names one",))


async def _project_of(
    words: Values, outcome: Outcome, fetcher: Fetcher, places: Places, kinds: Mapping[str, str | None], now: datetime
) -> Found:
    """Look on PyPI for a project of the repository's name that links to this very repository."""
    repository = urls.repository(str(words["repo_url"]))
    name = urls.pypi_name(repository.path.rsplit("/", 1)[-1]) if repository else None
    if repository and name:
        given: Values = {"pypi_url": f"https://pypi.org/project/{name}/"}
        found = await _asked(given, fetcher, places, kinds, now)
        back = found.facts["pypi"].repositories if "pypi" in found.facts else ()
        if repository.key in map(urls.repository_key, back):
            return Found({**words, **given}, _joined(outcome, found))
    return Found(words, outcome, outcome.job.notes)


async def _asked(
    words: Values, fetcher: Fetcher, places: Places, kinds: Mapping[str, str | None], now: datetime
) -> Outcome:
    repo_url, pypi_url = (words.get(name) for name in ("repo_url", "pypi_url"))
    due = Due(0, "", str(repo_url) if repo_url else None, None, urls.pypi_name(str(pypi_url or "")), {}, {})
    return await anext(ask([plan(due, dict(kinds), places)], fetcher, now))


async def _kinds(words: Values, kinds: Mapping[str, str | None], fetcher: Fetcher) -> dict[str, str | None]:
    """Ask the repository's host what it is, where nobody knows."""
    found = urls.repository(str(words.get("repo_url") or ""))
    if found is None or found.kind or found.host in kinds:
        return {}
    try:
        return {found.host: await detect(found.host, fetcher)}
    except SourceError:
        return {}


def _moved(words: Values, outcome: Outcome) -> Values:
    """Take the address that a moved repository has now."""
    facts = outcome.facts.get("repository")
    return {**words, "repo_url": facts.moved_to} if facts and facts.moved_to else words


def _joined(one: Outcome, other: Outcome) -> Outcome:
    asks: tuple[Ask, ...] = one.job.asks + other.job.asks
    return Outcome(replace(one.job, asks=asks), {**one.facts, **other.facts}, {**one.errors, **other.errors})
