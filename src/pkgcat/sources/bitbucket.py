"""Bitbucket Cloud: no stars, no archived flag, no licence, and since August 2026 no issues.

https://developer.atlassian.com/cloud/bitbucket/rest
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from pkgcat.models import Values
from pkgcat.sources import history, reading, weeks
from pkgcat.sources.base import Answer, Facts, Fetcher, Known, Malformed, Memory, Missing, Place

KIND, SCHEME, JOBS = "bitbucket", "Bearer", 1

_FIELDS = "fields=next,values.hash,values.date,values.author"
_MAX_PAGES = 100


def api_url(host: str) -> str:
    """Return where the REST API is."""
    return "https://api.bitbucket.org/2.0" if host == "bitbucket.org" else f"https://{host}/2.0"


def requests(place: Place, packages: Sequence[Known]) -> int:
    """See base.Source. A first refresh needs watchers, forks and commits too."""
    del place
    return len(packages) + 3 * sum(not known.fetched for known in packages)


async def fetch(place: Place, known: Known, fetcher: Fetcher, now: datetime) -> Facts:
    """See base.Source."""
    answer = await fetcher.get(place, f"repositories/{reading.quoted(known.path)}", conditional=known.fetched)
    stamps = (answer.stamp,) if answer.stamp else ()
    if answer.unchanged:
        return Facts(*weeks.quiet(known, now), stamps)
    row = reading.table(answer)
    repo_id = reading.identity(answer.where, row.get("uuid"))
    reading.same(answer.where, known, repo_id)
    marks = Memory(repo_id, reading.text(answer.where, "updated_on", row.get("updated_on")))
    name = reading.text(answer.where, "full_name", row.get("full_name"))
    values = reading.values(answer.where, {"repo_host": KIND, "repo_description": row.get("description")})
    if known.memory.pushed == marks.pushed:
        more, memory = weeks.quiet(known, now)
    else:
        with reading.within(answer.where):
            more, memory = await _details(place, name, known, row, marks, fetcher, now)
    moved = f"https://{place.host}/{name}" if name.lower() != known.path.lower() else None
    return Facts(values | more, memory, stamps, moved)


async def _details(
    place: Place, name: str, known: Known, row: dict[str, Any], marks: Memory, fetcher: Fetcher, now: datetime
) -> tuple[Values, Memory]:
    base = f"repositories/{reading.quoted(name)}"
    values: Values = {}
    for field, people in (("repo_watchers", "watchers"), ("repo_forks", "forks")):
        answer = await fetcher.get(place, f"{base}/{people}?pagelen=1&fields=size")
        size = reading.number(reading.table(answer).get("size"))
        if size is None:
            raise Malformed(f"{answer.where}: size is not a number")
        values[field] = size
    branch = reading.part(row, "mainbranch", "name")
    where = f"{place.host}: {name}"
    if branch is None:
        more, memory = history.tell(where, known, history.Page(()), None, now, marks=marks)
        return values | more, memory
    path = f"{base}/commits/{quote(reading.text(where, 'mainbranch', branch), safe='')}?pagelen=100&{_FIELDS}"
    more, memory = await _history(partial(_page, place, fetcher), path, where, known, marks, now)
    return values | more, memory


async def _history(
    ask: history.Ask, path: str, where: str, known: Known, marks: Memory, now: datetime
) -> tuple[Values, Memory]:
    """Walk one branch (without a branch Bitbucket lists all of them); it filters by no date."""
    head = known.memory.head
    fresh = await _since(ask, path, head) if head else None
    if fresh is not None and not fresh.commits:
        values, memory = weeks.quiet(known, now)
        return values, replace(memory, pushed=marks.pushed)
    until = None if fresh is None else now - weeks.YEAR
    whole = await history.walk(ask, path, pages=_MAX_PAGES, until=until)
    return history.tell(where, known, whole, fresh, now, marks=marks)


async def _since(ask: history.Ask, path: str, head: str) -> history.Page | None:
    """Return the commits since one; None where the host does not know it any more (a forced push)."""
    try:
        return await history.walk(ask, f"{path}&exclude={quote(head, safe='')}", pages=_MAX_PAGES)
    except Missing:
        return None


async def _page(place: Place, fetcher: Fetcher, path: str) -> history.Page:
    """Ask for a page; `next` is opaque and is followed as it is."""
    answer = await fetcher.get(place, path)
    commits = [_commit(answer, row) for row in reading.rows(answer, "values")]
    following = reading.table(answer).get("next") if commits else None
    return history.Page(commits, None if following is None else reading.text(answer.where, "next", following))


def _commit(answer: Answer, row: dict[str, Any]) -> history.Commit:
    """Read a commit; Bitbucket tells no user names, only nicknames, and no user at all for a stranger."""
    ways = (("user", "nickname"), ("user", "display_name"), ("raw",))
    names = (reading.person(reading.part(row, "author", *way)) for way in ways)
    return history.Commit(
        reading.text(answer.where, "hash", row.get("hash")),
        reading.moment(answer.where, "the commit's date", row.get("date")),
        next(filter(None, names), None),
    )
