"""GitHub, github.com and Enterprise Server: REST one by one, GraphQL for many at once.

https://docs.github.com/rest and https://docs.github.com/graphql
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil

from pkgcat.errors import BadConfig
from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import Forbidden, Malformed, SourceError, describe_unexpected
from pkgcat.http.responses import Answer, parse_count
from pkgcat.model.limits import MAX_PARTICIPANTS, MAX_ROWS
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import fact_values, github_answers, json_values, weeks
from pkgcat.sources import github_graphql as graphql
from pkgcat.sources.github_answers import (
    SeenRepository,
    add_history,
    read_graphql_repository,
    read_rest_repository,
)
from pkgcat.sources.interface import FactsOrError, Fetcher

KIND = github_answers.KIND
BATCH = 50

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_MAX_PAGES = 100
_PENDING_WAIT = 3.0


def can_batch(endpoint: Endpoint) -> bool:
    """Whether GraphQL may be asked: it wants a token."""
    return endpoint.authorization is not None


def estimate_requests(endpoint: Endpoint, packages: Sequence[StoredPackage]) -> int:
    """See Source. A first refresh needs contributors and participation, without a token
    commits too.
    """
    if not can_batch(endpoint):
        return len(packages) + 3 * _count_new(packages)
    requests = 2 * _count_new(packages)
    for start in range(0, len(packages), BATCH):
        new = _count_new(packages[start : start + BATCH])
        requests += 1 + ceil(new / graphql.HISTORIES)
    return requests


def _count_new(packages: Sequence[StoredPackage]) -> int:
    return sum(not _is_settled(stored) for stored in packages)


async def fetch(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
) -> Facts:
    """See Source."""
    path = f"repos/{json_values.quote_path(stored.path)}"
    answer = await fetcher.get(endpoint, path, headers=_HEADERS, conditional=_is_settled(stored))
    if answer.unchanged:
        return Facts(*weeks.advance_weeks(stored, now), answer.validators_to_store)
    seen = read_rest_repository(stored, answer)
    return await _add_details(endpoint, stored, seen, fetcher, now)


async def fetch_batch(
    endpoint: Endpoint, packages: Sequence[StoredPackage], fetcher: Fetcher, now: datetime
) -> AsyncGenerator[tuple[int, FactsOrError]]:
    """See BatchSource: one query for all, one for the histories of each 20 that were pushed to,
    and what only REST tells of each.
    """
    found = await _ask_graphql(endpoint, packages, fetcher, now)
    tasks = []
    for index, (stored, seen) in enumerate(zip(packages, found, strict=True)):
        work = _complete_one(endpoint, index, stored, seen, fetcher, now)
        tasks.append(asyncio.create_task(work))
    try:
        for task in asyncio.as_completed(tasks):
            yield await task
    finally:
        for unfinished in tasks:
            unfinished.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask_graphql(
    endpoint: Endpoint, packages: Sequence[StoredPackage], fetcher: Fetcher, now: datetime
) -> list[SeenRepository | SourceError]:
    """Return what GraphQL tells of each package, with the history of those that were pushed to."""
    paths = [stored.path for stored in packages]
    nodes = await graphql.repositories(endpoint, paths, fetcher)
    found: list[SeenRepository | SourceError] = []
    pushed: list[int] = []
    for index, (stored, node) in enumerate(zip(packages, nodes, strict=True)):
        seen = read_graphql_repository(endpoint, stored, node)
        found.append(seen)
        if isinstance(seen, SeenRepository) and not seen.empty and not _is_unchanged(stored, seen):
            pushed.append(index)
    pushed_paths = [paths[index] for index in pushed]
    histories = await graphql.histories(endpoint, pushed_paths, now - weeks.YEAR, fetcher)
    for index, node in zip(pushed, histories, strict=True):
        found[index] = add_history(found[index], node)
    return found


async def _complete_one(
    endpoint: Endpoint,
    index: int,
    stored: StoredPackage,
    seen: SeenRepository | SourceError,
    fetcher: Fetcher,
    now: datetime,
) -> tuple[int, FactsOrError]:
    """Return the index of a package of a batch with its facts or its error; raise BadConfig."""
    if isinstance(seen, SourceError):
        return index, seen
    try:
        return index, await _add_details(endpoint, stored, seen, fetcher, now)
    except SourceError as exc:
        return index, exc
    except BadConfig:  # it is wrong for every package
        raise
    except Exception as exc:
        return index, describe_unexpected(seen.where, exc)


async def _add_details(
    endpoint: Endpoint, stored: StoredPackage, seen: SeenRepository, fetcher: Fetcher, now: datetime
) -> Facts:
    """Return the facts of a repository; ask what the first answer did not tell."""
    fact_values.check_same_repository(seen.where, stored, seen.id)
    if _is_unchanged(stored, seen):
        more, memory = weeks.advance_weeks(stored, now)
    elif seen.empty:
        more, memory = weeks.no_commits(), RefreshMemory(counted=now)
    else:
        with fact_values.missing_is_failure(seen.where):
            more, memory = await _fetch_details(endpoint, seen, fetcher, now)
    head = seen.head or memory.head
    if head is None and stored.memory.head is not None:
        raise Malformed(f"{seen.where}: it had commits, and now it says it has none")
    memory = replace(memory, repo_id=seen.id, pushed=None, head=None)
    if memory.counted:
        memory = replace(memory, pushed=seen.pushed, head=head)
    moved_to = fact_values.find_new_address(endpoint, stored, seen.path)
    return Facts({**seen.values, **more}, memory, seen.validators, moved_to)


def _is_settled(stored: StoredPackage) -> bool:
    """Whether everything was told last time: weeks that GitHub was still counting are asked
    for again.
    """
    return stored.memory.pushed is not None


def _is_unchanged(stored: StoredPackage, seen: SeenRepository) -> bool:
    """Whether the default branch is as it was; other branches do not matter where the head is
    known.
    """
    if seen.pushed is not None and stored.memory.pushed == seen.pushed:
        return True
    return seen.head is not None and stored.memory.head == seen.head


async def _fetch_details(
    endpoint: Endpoint, seen: SeenRepository, fetcher: Fetcher, now: datetime
) -> tuple[Values, RefreshMemory]:
    """Ask what only REST tells. Without weeks `counted` is None, so that the next refresh
    asks again.
    """
    base = f"repos/{json_values.quote_path(seen.path)}"
    pending_wait = _PENDING_WAIT if seen.year is None else 0
    counted = await _fetch_weeks(endpoint, base, fetcher, pending_wait)
    values = await _fetch_participants(endpoint, base, fetcher)
    memory = RefreshMemory()
    if "repo_commit_count" not in seen.values:
        found = await _fetch_commits(endpoint, base, fetcher)
        if found is None:
            if values.get("participants") or any(counted or ()):
                raise Malformed(f"{seen.where}: it has contributors or weeks, and no commits")
            return weeks.no_commits(), RefreshMemory(counted=now)
        commits, head = found
        values |= commits
        memory = RefreshMemory(head=head)
    if counted is None and seen.year is not None:
        counted = await _fetch_weeks(endpoint, base, fetcher, 0)
    if counted is not None:
        values["commits_over_52"] = counted
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return values, replace(memory, counted=midnight)
    if seen.year is not None:
        values["commits_over_52"] = weeks.count_by_week(seen.year, now)
        return values, replace(memory, counted=now)
    return values, memory


async def _fetch_weeks(
    endpoint: Endpoint, base: str, fetcher: Fetcher, pending_wait: float
) -> tuple[int, ...] | None:
    """Return 52 weeks, which end at today's midnight in UTC; None while GitHub still counts
    (202), and where it tells no weeks: `{"all": []}` of an empty repository.
    """
    answer = await fetcher.get(
        endpoint, f"{base}/stats/participation", headers=_HEADERS, pending_wait=pending_wait
    )
    if answer.pending:
        return None
    given = json_values.json_object(answer).get("all")
    if not isinstance(given, list):
        return None
    found = [count for count in map(parse_count, given) if count is not None]
    if len(found) != 52:
        return None
    return tuple(found)


async def _fetch_participants(endpoint: Endpoint, base: str, fetcher: Fetcher) -> Values:
    """Return logins, most commits first; GitHub lists no contributors of the largest
    histories (403).
    """
    logins: list[str] = []
    nameless = 0
    where = endpoint.host
    for page in range(1, _MAX_PAGES + 1):
        answer = await _fetch_contributors(endpoint, base, fetcher, page)
        if answer is None:
            return {}
        where = answer.where
        for login in _read_logins(answer):
            if login is None:
                nameless += 1
            else:
                logins.append(login)
        if len(logins) >= MAX_PARTICIPANTS or "next" not in json_values.read_links(answer):
            break
    if nameless and not logins:
        return {}
    return fact_values.make_values(where, {"participants": logins})


async def _fetch_contributors(
    endpoint: Endpoint, base: str, fetcher: Fetcher, page: int
) -> Answer | None:
    """Return a page of contributors; None where GitHub lists none."""
    path = f"{base}/contributors?per_page=100"
    if page > 1:
        path += f"&page={page}"
    try:
        answer = await fetcher.get(endpoint, path, headers=_HEADERS)
    except Forbidden as exc:
        if "too large" in exc.host_message:
            return None
        raise
    if answer.empty:
        return None
    return answer


def _read_logins(answer: Answer) -> list[str | None]:
    """Return the logins of a page of contributors; None for one whose account has none."""
    logins = []
    for row in json_values.json_rows(answer):
        if row.get("type") != "Anonymous":
            login = json_values.read_optional_text(answer.where, "login", row.get("login"))
            logins.append(login)
    return logins


async def _fetch_commits(
    endpoint: Endpoint, base: str, fetcher: Fetcher
) -> tuple[Values, str | None] | None:
    """Return the number of commits and the newest one; None for an empty repository.

    The number is that of the last page of one commit; a single page has no links.
    """
    answer = await fetcher.get(endpoint, f"{base}/commits?per_page=1", headers=_HEADERS)
    if answer.empty:
        return None
    rows = json_values.json_rows(answer)
    if not rows:
        raise Malformed(f"{answer.where}: neither commits nor a word that there are none")
    links = json_values.read_links(answer)
    values: Values = {}
    last = json_values.read_page_number(links.get("last"))
    if last:
        values["repo_commit_count"] = last
    elif "next" not in links and len(rows) < MAX_ROWS:
        values["repo_commit_count"] = len(rows)
    date = json_values.read_optional_datetime(
        answer.where,
        "the commit's date",
        json_values.get_path(rows[0], "commit", "committer", "date"),
    )
    if date is not None:
        values["last_updated"] = date
    return values, json_values.read_optional_text(answer.where, "sha", rows[0].get("sha"))
