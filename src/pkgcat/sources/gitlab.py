"""GitLab, gitlab.com and self-hosted, groups of any depth.

https://docs.gitlab.com/api/projects, /api/commits, /api/repositories
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NotFoundUpstream
from pkgcat.http.responses import Answer, parse_count
from pkgcat.model.limits import MAX_COMMITS, MAX_PARTICIPANTS
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import fact_values, json_values, licenses, weeks
from pkgcat.sources.interface import Fetcher

KIND = "gitlab"

_MAX_PAGES = 100


def estimate_requests(endpoint: Endpoint, packages: Sequence[StoredPackage]) -> int:
    """See Source. A first refresh needs commits, their number and contributors too."""
    del endpoint
    return len(packages) + 3 * sum(not stored.fetched for stored in packages)


async def fetch(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
) -> Facts:
    """See Source. `last_activity_at` moves with every push, and with more: while it
    stands, all does.
    """
    path = f"projects/{quote(stored.path, safe='')}?license=true"
    answer = await fetcher.get(endpoint, path, conditional=stored.fetched)
    if answer.unchanged:
        return Facts(*weeks.advance_weeks(stored, now), answer.validators_to_store)
    row = json_values.json_object(answer)
    repo_id = json_values.read_id(answer.where, row.get("id"))
    fact_values.check_same_repository(answer.where, stored, repo_id)
    active = json_values.read_optional_text(
        answer.where, "last_activity_at", row.get("last_activity_at")
    )
    values = _project(answer.where, row)
    if active is not None and stored.memory.pushed == active:
        more, memory = weeks.advance_weeks(stored, now)
    else:
        base = f"projects/{repo_id}/repository"
        more, counted = await _details(endpoint, base, row, fetcher, now)
        memory = RefreshMemory(repo_id, active, counted=counted)
    name = fact_values.read_path(
        answer.where, stored, "path_with_namespace", row.get("path_with_namespace")
    )
    moved_to = fact_values.find_new_address(endpoint, stored, name)
    return Facts(values | more, memory, answer.validators_to_store, moved_to)


def _project(where: str, row: dict[str, Any]) -> Values:
    """Read what the project says; without a token some keys are not there, and stay unknown."""
    told = fact_values.drop_nulls(
        {
            "repo_watchers": row.get("star_count"),
            "repo_forks": row.get("forks_count"),
            "repo_archived": row.get("archived"),
            "repo_open_issues": row.get("open_issues_count"),
        }
    )
    if "license" in row:
        told["repo_license"] = licenses.of_host(
            json_values.get_path(row, "license", "key"),
            json_values.get_path(row, "license", "name"),
        )
    return fact_values.make_values(
        where, {"repo_host": KIND, "repo_description": row.get("description")} | told
    )


async def _details(
    endpoint: Endpoint, base: str, row: dict[str, Any], fetcher: Fetcher, now: datetime
) -> tuple[Values, datetime | None]:
    """Ask about commits; nothing is known of them where the code is not public.

    Also return where the weeks end.
    """
    if row.get("empty_repo") is True:
        return weeks.no_commits(), now
    if row.get("default_branch") is None:
        return {}, now
    try:
        commits, following = await _commits(endpoint, base, 1, fetcher, until=now - weeks.YEAR)
    except NotFoundUpstream:
        return {}, now
    if not commits:
        return weeks.no_commits(), now
    values, counted = weeks.summarize_dates([date for _, date in commits], now)
    newest = commits[0][0]
    count = None
    if newest is not None:
        count = await _sequence(endpoint, base, newest, fetcher)
    if count is None and len(commits) < MAX_COMMITS:
        older, following = await _commits(endpoint, base, following, fetcher)
        count = None if following else len(commits) + len(older)
    if count is not None:
        values["repo_commit_count"] = count
    with fact_values.missing_is_failure(f"{endpoint.host}: {base}"):
        return values | await _participants(endpoint, base, fetcher), counted


async def _commits(
    endpoint: Endpoint,
    base: str,
    page: int | None,
    fetcher: Fetcher,
    *,
    until: datetime | None = None,
) -> tuple[list[tuple[str | None, datetime | None]], int | None]:
    """Return sha and date of commits, newest first, to the first page that is all older than
    `until`.

    Also the page that follows: after MAX_COMMITS there is always one, as nobody knows how many are
    missing. Link's rel=last is wrong here and x-total is never sent.
    """
    commits: list[tuple[str | None, datetime | None]] = []
    for _ in range(_MAX_PAGES):
        if page is None:
            break
        answer = await fetcher.get(endpoint, f"{base}/commits?per_page=100&page={page}")
        found = [_commit(answer, row) for row in json_values.json_rows(answer)]
        commits += found
        following = parse_count(answer.headers.get("x-next-page", ""))
        if len(commits) >= MAX_COMMITS:
            return commits[:MAX_COMMITS], following or page
        page = following
        if until and all(date is not None and date < until for _, date in found):
            break
    return commits, page


def _commit(answer: Answer, row: dict[str, Any]) -> tuple[str | None, datetime | None]:
    """Read the sha and the date of a commit, as far as they are told."""
    date = row.get("committed_date")
    return (
        json_values.read_optional_text(answer.where, "id", row.get("id")),
        json_values.read_optional_datetime(answer.where, "committed_date", date),
    )


async def _sequence(endpoint: Endpoint, base: str, sha: str, fetcher: Fetcher) -> int | None:
    """Return the number of commits up to one (GitLab 16.9 and later), or None where that is
    not known.
    """
    try:
        answer = await fetcher.get(endpoint, f"{base}/commits/{quote(sha, safe='')}/sequence")
    except NotFoundUpstream:
        return None
    return parse_count(json_values.json_object(answer).get("count"))


async def _participants(endpoint: Endpoint, base: str, fetcher: Fetcher) -> Values:
    """Return names, most commits first: GitLab tells no logins. One name with two addresses
    is one person.
    """
    tally: dict[str, int] = {}
    nameless = 0
    page: int | None = 1
    for _ in range(_MAX_PAGES):
        path = f"{base}/contributors?per_page=100&order_by=commits&sort=desc&page={page}"
        answer = await fetcher.get(endpoint, path)
        for row in json_values.json_rows(answer):
            name = fact_values.read_person_name(row.get("name"))
            if name is None:
                nameless += 1
                continue
            tally[name] = tally.get(name, 0) + (parse_count(row.get("commits")) or 0)
        page = parse_count(answer.headers.get("x-next-page", ""))
        if page is None or len(tally) >= MAX_PARTICIPANTS:
            break
    if nameless and not tally:
        return {}
    return fact_values.make_values(answer.where, {"participants": fact_values.rank_names(tally)})
