"""Asks many sources at once, and stores what each package's halves told as soon as they are there."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pkgcat import urls
from pkgcat.models import Change
from pkgcat.sources import REPOSITORIES, batch_source, detect, pypi
from pkgcat.sources.base import (
    Blocked,
    Facts,
    Failed,
    Fetcher,
    Finish,
    Known,
    Limited,
    Memory,
    Missing,
    Place,
    Source,
    SourceError,
    Stamp,
)
from pkgcat.store import Operation, Store, facts
from pkgcat.store.facts import Due

Verdict = Literal["unchanged", "changed", "moved", "gone", "blocked", "limited", "failed"]
WINDOW = 1000
"""So many packages are under way at once: memory does not grow with the catalog."""

VERDICTS: tuple[Verdict, ...] = ("unchanged", "changed", "moved", "gone", "blocked", "limited", "failed")

Places = Callable[[str, str], Place]
"""Says where a host of a kind answers: `places(kind, host)`."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One half of a package, ready to be asked for: at which place, and what is known of it."""

    half: Literal["repository", "pypi"]
    place: Place
    known: Known


@dataclass(frozen=True, slots=True)
class Job:
    """One package's halves, and what there is to say of those that cannot be asked for."""

    due: Due
    asks: tuple[Ask, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sources said of a package: facts or an error for each half that was asked for."""

    job: Job
    facts: dict[str, Facts] = field(default_factory=dict)
    errors: dict[str, SourceError] = field(default_factory=dict)

    @property
    def limited(self) -> Limited | None:
        """The limit that kept a half from being asked."""
        return next((error for error in self.errors.values() if isinstance(error, Limited)), None)


def plan(due: Due, kinds: dict[str, str | None], places: Places) -> Job:
    """Say which halves of a package can be asked for, and where.

    `kinds` are the hosts whose kind is known from the settings or from asking them.
    """
    asks: list[Ask] = []
    notes: list[str] = []
    found = urls.repository(due.repo_url) if due.repo_url else None
    if found is not None:
        kind = found.kind or kinds.get(found.host) or (due.repo_host if due.repo_host in REPOSITORIES else None)
        if kind is None:
            notes.append(f"{found.host} is no host pkgcat knows; its facts stay as they are")
        else:
            known = Known(found.path, due.values, _memory(due, "repository"))
            asks.append(Ask("repository", places(kind, found.host), known))
    elif due.repo_url:
        notes.append("its repository's address names no repository; its facts stay as they are")
    if due.pypi_name:
        asks.append(Ask("pypi", places("pypi", "pypi.org"), Known(due.pypi_name, due.values, _memory(due, "pypi"))))
    return Job(due, tuple(asks), tuple(notes))


def unknown_hosts(dues: Iterable[Due], kinds: dict[str, str | None]) -> set[str]:
    """Return the hosts of repositories that would have to be asked what they are."""
    found = (urls.repository(due.repo_url) for due in dues if due.repo_url and not due.repo_host)
    return {one.host for one in found if one and not one.kind and one.host not in kinds}


def foretold(jobs: Iterable[Job]) -> dict[str, int]:
    """Foretell how many requests each host will get if nothing was pushed."""
    counts: dict[str, int] = defaultdict(int)
    for place, asks in _by_place(jobs).items():
        counts[place.host] += _source(place).requests(place, [asked.known for _, asked in asks])
    return dict(counts)


async def ask(jobs: Sequence[Job], fetcher: Fetcher, now: datetime) -> AsyncIterator[Outcome]:
    """Ask for all jobs at once and yield each package's outcome as soon as it is there.

    How many requests are really under way is the fetcher's business. A failure is a value of the
    Outcome; leaving the loop early cancels what is not there yet.
    """
    halves: dict[tuple[int, str], asyncio.Task[Facts]] = {}
    for place, asks in _by_place(jobs).items():
        for (key, asked), fetch in zip(asks, _fetches(place, [a.known for _, a in asks], fetcher, now), strict=True):
            halves[key, asked.half] = asyncio.ensure_future(fetch)
    tasks = [asyncio.create_task(_outcome(job, halves)) for job in jobs]
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for waiting in (*tasks, *halves.values()):
            waiting.cancel()
        await asyncio.gather(*tasks, *halves.values(), return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One package after its refresh: the verdict, what changed, and what there is to say."""

    slug: str
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    until: datetime | None = None
    reached: bool = True


async def run(
    operation: Operation,
    keys: Sequence[int],
    fetcher: Fetcher,
    places: Places,
    kinds: dict[str, str | None],
    clock: Callable[[], datetime],
) -> AsyncGenerator[Refreshed]:
    """Refresh packages and yield each once it is stored: a run that is cut off is simply shorter.

    `kinds` are hosts whose kind the settings tell; others are asked once, and that is remembered.
    """
    store = operation.store
    for start in range(0, len(keys), WINDOW):
        dues = [facts.due(store, key) for key in keys[start : start + WINDOW]]
        kinds = {**facts.host_kinds(store), **kinds}
        for host in sorted(unknown_hosts(dues, kinds)):
            kinds[host] = await _detected(store, host, fetcher)
        jobs = [plan(due, kinds, places) for due in dues]
        async for outcome in ask(jobs, fetcher, clock()):
            with operation.step():
                refreshed = keep(operation, outcome, clock())
            yield refreshed


def keep(operation: Operation, outcome: Outcome, at: datetime) -> Refreshed:
    """Store what became of a package, inside the caller's transaction."""
    due, errors = outcome.job.due, outcome.errors
    told = [
        facts.Told(half, found.values, found.memory.dump(), _rows(found.stamps), found.moved_to)
        for half, found in outcome.facts.items()
    ]
    troubles = [
        facts.Trouble(half, str(error), isinstance(error, Missing))
        for half, error in errors.items()
        if not isinstance(error, Limited)
    ]
    stored = facts.record(operation, due.key, told, troubles, at, complete=outcome.limited is None)
    return Refreshed(
        due.slug,
        verdict(outcome, changed=bool(stored.changes), gone=bool(stored.gone)),
        tuple(stored.changes),
        tuple(str(error) for error in errors.values()),
        outcome.job.notes,
        outcome.limited.until if outcome.limited else None,
        reached=bool(outcome.facts) or not all(isinstance(error, Failed) for error in errors.values()) or not errors,
    )


def verdict(outcome: Outcome, *, changed: bool, gone: bool) -> Verdict:
    """Sum up what became of a package; `changed` and `gone` are what the store found when it kept the facts."""
    errors = list(outcome.errors.values())
    if gone and errors and all(isinstance(error, Missing) for error in errors):
        return "gone"
    if any(isinstance(error, Blocked) for error in errors):
        return "blocked"
    if any(not isinstance(error, Limited) for error in errors):
        return "failed"
    if errors:
        return "limited"
    if any(found.moved_to for found in outcome.facts.values()):
        return "moved"
    return "changed" if changed else "unchanged"


async def _detected(store: Store, host: str, fetcher: Fetcher) -> str | None:
    """Ask a host what it is, and remember it; a host that does not answer is asked again next time."""
    try:
        kind = await detect(host, fetcher)
    except SourceError:
        return None
    facts.remember_host(store, host, kind)
    return kind


def _rows(stamps: Iterable[Stamp]) -> tuple[tuple[str, str | None, str | None], ...]:
    return tuple((stamp.key, stamp.etag, stamp.modified) for stamp in stamps)


async def _outcome(job: Job, halves: dict[tuple[int, str], asyncio.Task[Facts]]) -> Outcome:
    outcome = Outcome(job)
    for asked in job.asks:
        try:
            outcome.facts[asked.half] = await halves[job.due.key, asked.half]
        except SourceError as error:
            outcome.errors[asked.half] = error
        except Exception as error:  # a package may fail, a run may not
            outcome.errors[asked.half] = Failed(f"{asked.place.host}: {asked.known.path}: {error!r}")
    return outcome


def _fetches(place: Place, packages: Sequence[Known], fetcher: Fetcher, now: datetime) -> list[Awaitable[Facts]]:
    """Return what brings the facts of each package: from batches where the place can be surveyed."""
    batch = batch_source(place)
    if batch is None:
        return [_source(place).fetch(place, known, fetcher, now) for known in packages]
    fetches: list[Awaitable[Facts]] = []
    for start in range(0, len(packages), batch.BATCH):
        part = packages[start : start + batch.BATCH]
        survey = asyncio.ensure_future(batch.survey(place, part, fetcher, now))
        fetches += [_finished(survey, index) for index in range(len(part))]
    return fetches


async def _finished(survey: "asyncio.Future[Sequence[Finish]]", index: int) -> Facts:
    return await (await asyncio.shield(survey))[index]()


def _by_place(jobs: Iterable[Job]) -> dict[Place, list[tuple[int, Ask]]]:
    places: dict[Place, list[tuple[int, Ask]]] = defaultdict(list)
    for job in jobs:
        for asked in job.asks:
            places[asked.place].append((job.due.key, asked))
    return places


def _source(place: Place) -> Source:
    return pypi if place.kind == pypi.KIND else REPOSITORIES[place.kind]


def _memory(due: Due, half: str) -> Memory:
    return Memory.load(due.memories[half]) if half in due.memories else Memory()
