"""Forgejo and Gitea: Codeberg and hosts of one's own.

Their Swagger; go-gitea routers/api/v1/repo/commits.go. `since` is ignored by most versions, so it
is never sent; `not=<sha>` leaves out what was seen.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pkgcat.models import Values
from pkgcat.sources import history, licenses, reading, weeks
from pkgcat.sources.base import Answer, Facts, Fetcher, Known, Malformed, Memory, Missing, Overloaded, Place

KIND, SCHEME, JOBS = "forgejo", "token", 2

_MAX_PAGES = 40
"""Of 50 commits: a first refresh walks the history for its authors, no further than this."""


def api_url(host: str) -> str:
    """Return where the REST API is."""
    return f"https://{host}/api/v1"


def requests(place: Place, packages: Sequence[Known]) -> int:
    """See base.Source: the repository, and whether there are new commits."""
    del place
    return 2 * len(packages)


async def fetch(place: Place, known: Known, fetcher: Fetcher, now: datetime) -> Facts:
    """See base.Source."""
    answer = await fetcher.get(place, f"repos/{reading.quoted(known.path)}", conditional=known.fetched)
    stamps = (answer.stamp,) if answer.stamp else ()
    if answer.unchanged:
        return Facts(*weeks.quiet(known, now), stamps)
    row = reading.table(answer)
    repo_id = reading.identity(answer.where, row.get("id"))
    reading.same(answer.where, known, repo_id)
    name = reading.text(answer.where, "full_name", row.get("full_name"))
    with reading.within(answer.where):
        more, memory = await _history(place, name, known, repo_id, fetcher, now)
    if row.get("empty") is False and more.get("repo_commit_count") == 0:
        raise Malformed(f"{answer.where}: it is not empty, and has no commits")
    moved = f"https://{place.host}/{name}" if name.lower() != known.path.lower() else None
    return Facts(_repository(answer.where, row) | more, memory, stamps, moved)


def _repository(where: str, row: dict[str, Any]) -> Values:
    """Read the repository; Forgejo tells no licences, and Gitea one for each licence file."""
    told = reading.told(
        {
            "repo_watchers": row.get("stars_count"),
            "repo_forks": row.get("forks_count"),
            "repo_archived": row.get("archived"),
            "repo_open_issues": row.get("open_issues_count"),
        }
    )
    files = row.get("licenses")
    if isinstance(files, list) and len(files) < 2:
        told["repo_license"] = licenses.of_host(files[0]) if files else None
    return reading.values(where, {"repo_host": KIND, "repo_description": row.get("description")} | told)


async def _history(
    place: Place, name: str, known: Known, repo_id: str, fetcher: Fetcher, now: datetime
) -> tuple[Values, Memory]:
    ask = partial(_page, place, f"repos/{reading.quoted(name)}/commits", fetcher)
    head = known.memory.head
    fresh = await _since(ask, head) if head else None
    if fresh is not None and not fresh.commits:
        return weeks.quiet(known, now)
    until = None if fresh is None else now - weeks.YEAR
    whole = await history.walk(ask, "page=1", pages=_MAX_PAGES, until=until)
    where = f"{place.host}: {name}"
    return history.tell(where, known, whole, fresh, now, marks=Memory(repo_id))


async def _since(ask: history.Ask, head: str) -> history.Page | None:
    """Return the commits since one; None where the host does not know it any more (a forced push)."""
    try:
        return await history.walk(ask, f"page=1&not={head}", pages=_MAX_PAGES)
    except (Overloaded, Missing):
        return None


async def _page(place: Place, base: str, fetcher: Fetcher, asked: str) -> history.Page:
    """Ask for a page of commits without the three things that make it slow. 409: an empty repository."""
    path = f"{base}?{asked}&limit=50&stat=false&verification=false&files=false"
    answer = await fetcher.get(place, path, retry="not=" not in asked)
    if answer.empty and asked == "page=1":
        return history.Page((), None, 0)
    commits = [_commit(answer, row) for row in reading.rows(answer)]
    page = reading.page(f"?{asked}") or 1
    more = commits and _more(answer)
    following = asked.replace(f"page={page}", f"page={page + 1}", 1) if more else None
    total = reading.number(answer.headers.get("x-total-count", ""))
    return history.Page(commits, following, total)


def _more(answer: Answer) -> bool:
    """Whether a page follows: servers cap `limit`, so a short page says nothing."""
    told = answer.headers.get("x-hasmore")
    if told is not None:
        return told == "true"
    return "next" in reading.links(answer)


def _commit(answer: Answer, row: dict[str, Any]) -> history.Commit:
    login = reading.part(row, "author", "login") or reading.part(row, "commit", "author", "name")
    date = reading.part(row, "commit", "committer", "date")
    return history.Commit(
        reading.text(answer.where, "sha", row.get("sha")),
        reading.moment(answer.where, "the commit's date", date),
        reading.person(login),
    )
