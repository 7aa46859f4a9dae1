"""GitLab, gitlab.com and self-hosted, groups of any depth.

https://docs.gitlab.com/api/projects, /api/commits, /api/repositories
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pkgcat.models import Values
from pkgcat.sources import licenses, reading, weeks
from pkgcat.sources.base import Answer, Facts, Fetcher, Known, Malformed, Memory, Missing, Place

KIND, SCHEME, JOBS = "gitlab", "Bearer", 4

_MAX_PAGES = 100


def api_url(host: str) -> str:
    """Return where the REST API is."""
    return f"https://{host}/api/v4"


def requests(place: Place, packages: Sequence[Known]) -> int:
    """See base.Source. A first refresh needs commits, their number and contributors too."""
    del place
    return len(packages) + 3 * sum(not known.fetched for known in packages)


async def fetch(place: Place, known: Known, fetcher: Fetcher, now: datetime) -> Facts:
    """See base.Source. `last_activity_at` moves with every push, and with more: while it stands, all does."""
    path = f"projects/{quote(known.path, safe='')}?license=true"
    answer = await fetcher.get(place, path, conditional=known.fetched)
    stamps = (answer.stamp,) if answer.stamp else ()
    if answer.unchanged:
        return Facts(*weeks.quiet(known, now), stamps)
    row = reading.table(answer)
    repo_id = reading.identity(answer.where, row.get("id"))
    reading.same(answer.where, known, repo_id)
    active = reading.text(answer.where, "last_activity_at", row.get("last_activity_at"))
    values = _project(answer.where, row)
    if known.memory.pushed == active:
        more, memory = weeks.quiet(known, now)
    else:
        more = await _details(place, f"projects/{repo_id}/repository", row, fetcher, now)
        memory = Memory(repo_id, active, counted=now)
    name = reading.text(answer.where, "path_with_namespace", row.get("path_with_namespace"))
    moved = f"https://{place.host}/{name}" if name.lower() != known.path.lower() else None
    return Facts(values | more, memory, stamps, moved)


def _project(where: str, row: dict[str, Any]) -> Values:
    """Read what the project says; without a token some keys are not there, and stay unknown."""
    told = reading.told(
        {
            "repo_watchers": row.get("star_count"),
            "repo_forks": row.get("forks_count"),
            "repo_archived": row.get("archived"),
            "repo_open_issues": row.get("open_issues_count"),
        }
    )
    if "license" in row:
        told["repo_license"] = licenses.of_host(reading.part(row, "license", "key"))
    return reading.values(where, {"repo_host": KIND, "repo_description": row.get("description")} | told)


async def _details(place: Place, base: str, row: dict[str, Any], fetcher: Fetcher, now: datetime) -> Values:
    """Ask about commits; nothing is known of them where the code is not public."""
    if row.get("empty_repo") is True:
        return weeks.no_commits()
    if row.get("default_branch") is None:
        return {}
    try:
        commits, following = await _commits(place, base, 1, fetcher, until=now - weeks.YEAR)
    except Missing:
        return {}
    if not commits:
        return weeks.no_commits()
    dates = [date for _, date in commits]
    values: Values = {"commits_over_52": weeks.count(dates, now), "last_updated": dates[0]}
    count = await _sequence(place, base, commits[0][0], fetcher)
    if count is None:
        older, following = await _commits(place, base, following, fetcher)
        count = None if following else len(commits) + len(older)
    if count is not None:
        values["repo_commit_count"] = count
    with reading.within(f"{place.host}: {base}"):
        return values | await _participants(place, base, fetcher)


async def _commits(
    place: Place, base: str, page: int | None, fetcher: Fetcher, *, until: datetime | None = None
) -> tuple[list[tuple[str, datetime]], int | None]:
    """Return sha and date of commits, newest first, to the first page that is all older than `until`.

    Also the page that follows. Link's rel=last is wrong here and x-total is never sent.
    """
    commits: list[tuple[str, datetime]] = []
    for _ in range(_MAX_PAGES):
        if page is None:
            break
        answer = await fetcher.get(place, f"{base}/commits?per_page=100&page={page}")
        found = [_commit(answer, row) for row in reading.rows(answer)]
        commits += found
        page = reading.number(answer.headers.get("x-next-page", ""))
        if until and all(date < until for _, date in found):
            break
    return commits, page


def _commit(answer: Answer, row: dict[str, Any]) -> tuple[str, datetime]:
    return (
        reading.text(answer.where, "id", row.get("id")),
        reading.moment(answer.where, "committed_date", row.get("committed_date")),
    )


async def _sequence(place: Place, base: str, sha: str, fetcher: Fetcher) -> int | None:
    """Return the number of commits up to one (GitLab 16.9 and later), or None where that is not known."""
    try:
        answer = await fetcher.get(place, f"{base}/commits/{quote(sha, safe='')}/sequence")
    except Missing:
        return None
    return reading.number(reading.table(answer).get("count"))


async def _participants(place: Place, base: str, fetcher: Fetcher) -> Values:
    """Return names, most commits first: GitLab tells no logins. One name with two addresses is one person."""
    tally: dict[str, int] = {}
    page: int | None = 1
    for _ in range(_MAX_PAGES):
        path = f"{base}/contributors?per_page=100&order_by=commits&sort=desc&page={page}"
        answer = await fetcher.get(place, path)
        for row in reading.rows(answer):
            commits = reading.number(row.get("commits"))
            if commits is None or not isinstance(row.get("name"), str):
                raise Malformed(f"{answer.where}: a contributor without a name or a number")
            if name := reading.person(row["name"]):
                tally[name] = tally.get(name, 0) + commits
        page = reading.number(answer.headers.get("x-next-page", ""))
        if page is None:
            break
    return reading.values(answer.where, {"participants": list(reading.ranked(tally))})
