"""GitHub, github.com and Enterprise Server: REST one by one, GraphQL for many at once.

https://docs.github.com/rest and https://docs.github.com/graphql
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from pkgcat.models import Values
from pkgcat.sources import github_graphql as graphql
from pkgcat.sources import licenses, reading, weeks
from pkgcat.sources.base import (
    Answer,
    Facts,
    Fetcher,
    Finish,
    Forbidden,
    Known,
    Malformed,
    Memory,
    Place,
    SourceError,
    Stamp,
)

KIND, SCHEME, JOBS, BATCH = "github", "Bearer", 4, 50

_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_MAX_PAGES = 100
_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the first question told: REST's repository, or GraphQL's."""

    where: str
    id: str
    path: str
    pushed: str | None
    values: Values
    head: str | None = None
    empty: bool = False
    year: tuple[datetime, ...] | None = None  # dates of all commits of the last 52 weeks
    stamps: tuple[Stamp, ...] = ()


def api_url(host: str) -> str:
    """Return where the REST API is."""
    return "https://api.github.com" if host == "github.com" else f"https://{host}/api/v3"


def batched(place: Place) -> bool:
    """Whether GraphQL may be asked: it wants a token."""
    return place.authorization is not None


def requests(place: Place, packages: Sequence[Known]) -> int:
    """See base.Source. A first refresh needs contributors and participation, without a token commits too."""
    new = sum(not _settled(known) for known in packages)
    if not batched(place):
        return len(packages) + 3 * new
    parts = [packages[i : i + BATCH] for i in range(0, len(packages), BATCH)]
    histories = (sum(not _settled(known) for known in part) for part in parts)
    return len(parts) + sum(-(-count // graphql.HISTORIES) for count in histories) + 2 * new


async def fetch(place: Place, known: Known, fetcher: Fetcher, now: datetime) -> Facts:
    """See base.Source."""
    path = f"repos/{reading.quoted(known.path)}"
    answer = await fetcher.get(place, path, headers=_HEADERS, conditional=_settled(known))
    if answer.unchanged:
        values, memory = weeks.quiet(known, now)
        return Facts(values, memory, _stamps(answer))
    return await _finish(place, known, _from_rest(answer), fetcher, now)


async def survey(place: Place, packages: Sequence[Known], fetcher: Fetcher, now: datetime) -> Sequence[Finish]:
    """See base.BatchSource: one query for all, and one for the histories of each 20 that were pushed to."""
    nodes = await graphql.repositories(place, [known.path for known in packages], fetcher)
    seen = [_from_graphql(place, known, node) for known, node in zip(packages, nodes, strict=True)]
    changed = [
        i
        for i, (known, one) in enumerate(zip(packages, seen, strict=True))
        if isinstance(one, _Seen) and not one.empty and not _quiet(known, one)
    ]
    since = now - weeks.YEAR
    histories = await graphql.histories(place, [packages[i].path for i in changed], since, fetcher)
    for i, node in zip(changed, histories, strict=True):
        seen[i] = _with_history(seen[i], node)
    return [partial(_complete, place, known, one, fetcher, now) for known, one in zip(packages, seen, strict=True)]


async def _complete(place: Place, known: Known, seen: _Seen | SourceError, fetcher: Fetcher, now: datetime) -> Facts:
    if isinstance(seen, SourceError):
        raise seen
    return await _finish(place, known, seen, fetcher, now)


async def _finish(place: Place, known: Known, seen: _Seen, fetcher: Fetcher, now: datetime) -> Facts:
    reading.same(seen.where, known, seen.id)
    if _quiet(known, seen):
        more, memory = weeks.quiet(known, now)
    elif seen.empty:
        more, memory = weeks.no_commits(), Memory(counted=now)
    else:
        with reading.within(seen.where):
            more, memory = await _details(place, seen, fetcher, now)
    head = seen.head or memory.head
    if head is None and known.memory.head is not None:
        raise Malformed(f"{seen.where}: it had commits, and now it says it has none")
    pushed = seen.pushed if memory.counted else None
    memory = replace(memory, repo_id=seen.id, pushed=pushed, head=head if memory.counted else None)
    moved = seen.path.lower() != known.path.lower()
    address = f"https://{place.host}/{seen.path}" if moved else None
    return Facts({**seen.values, **more}, memory, seen.stamps, address)


def _settled(known: Known) -> bool:
    """Whether everything was told last time: weeks that GitHub was still counting are asked for again."""
    return known.memory.pushed is not None


def _quiet(known: Known, seen: _Seen) -> bool:
    """Whether the default branch is as it was; other branches do not matter where the head is known."""
    same_push = seen.pushed is not None and known.memory.pushed == seen.pushed
    return same_push or (seen.head is not None and known.memory.head == seen.head)


async def _details(place: Place, seen: _Seen, fetcher: Fetcher, now: datetime) -> tuple[Values, Memory]:
    """Ask what only REST tells. Without weeks `counted` is None, so that the next refresh asks again."""
    base = f"repos/{reading.quoted(seen.path)}"
    counted = await _participation(place, base, fetcher, 0 if seen.year is not None else _PATIENCE)
    values = await _participants(place, base, fetcher)
    memory = Memory()
    if "repo_commit_count" not in seen.values:
        commits, head = await _commits(place, base, fetcher)
        if head is None and (values.get("participants") or any(counted or ())):
            raise Malformed(f"{seen.where}: it has contributors or weeks, and no commits")
        nobody: Values = {"participants": ()} if head is None else {}
        values, memory = {**values, **commits, **nobody}, Memory(head=head)
    if counted is None and seen.year is not None:
        counted = await _participation(place, base, fetcher, 0)
    if counted is not None:
        values["commits_over_52"] = counted
        return values, replace(memory, counted=now.replace(hour=0, minute=0, second=0, microsecond=0))
    if seen.year is not None:
        values["commits_over_52"] = weeks.count(seen.year, now)
        return values, replace(memory, counted=now)
    return values, memory


async def _participation(place: Place, base: str, fetcher: Fetcher, patience: float) -> tuple[int, ...] | None:
    """Return 52 weeks, which end at today's midnight in UTC; None while GitHub still counts (202)."""
    answer = await fetcher.get(place, f"{base}/stats/participation", headers=_HEADERS, patience=patience)
    if answer.pending:
        return None
    given = reading.table(answer).get("all")
    found = [n for n in map(reading.number, given) if n is not None] if isinstance(given, list) else []
    if len(found) != 52:
        raise Malformed(f"{answer.where}: all is not 52 numbers")
    return tuple(found)


async def _participants(place: Place, base: str, fetcher: Fetcher) -> Values:
    """Return logins, most commits first; GitHub lists no contributors of the largest histories (403)."""
    logins: list[str] = []
    for page in range(1, _MAX_PAGES + 1):
        suffix = f"&page={page}" if page > 1 else ""
        try:
            answer = await fetcher.get(place, f"{base}/contributors?per_page=100{suffix}", headers=_HEADERS)
        except Forbidden as exc:
            if "too large" in exc.said:
                return {}
            raise
        if answer.empty:
            return {}
        logins += (
            reading.text(answer.where, "login", row.get("login"))
            for row in reading.rows(answer)
            if row.get("type") != "Anonymous"
        )
        if "next" not in reading.links(answer):
            break
    return reading.values(answer.where, {"participants": logins})


async def _commits(place: Place, base: str, fetcher: Fetcher) -> tuple[Values, str | None]:
    """Count commits by the number of the last page of one; a single page has no links."""
    answer = await fetcher.get(place, f"{base}/commits?per_page=1", headers=_HEADERS)
    if answer.empty:
        return {"repo_commit_count": 0, "last_updated": None}, None
    rows = reading.rows(answer)
    if not rows:
        raise Malformed(f"{answer.where}: neither commits nor a word that there are none")
    links = reading.links(answer)
    values: Values = {}
    if last := reading.page(links.get("last")):
        values["repo_commit_count"] = last
    elif "next" not in links:
        values["repo_commit_count"] = len(rows)
    date = reading.part(rows[0], "commit", "committer", "date")
    values["last_updated"] = reading.moment(answer.where, "the commit's date", date)
    return values, reading.text(answer.where, "sha", rows[0].get("sha"))


def _from_rest(answer: Answer) -> _Seen:
    row = reading.table(answer)
    values = reading.values(
        answer.where,
        {
            "repo_host": KIND,
            "repo_description": row.get("description"),
            "repo_license": licenses.of_host(reading.part(row, "license", "spdx_id")),
        }
        | reading.told(
            {
                "repo_watchers": row.get("stargazers_count"),
                "repo_forks": row.get("forks_count"),
                "repo_archived": row.get("archived"),
                "repo_open_issues": row.get("open_issues_count"),
            }
        ),
    )
    return _Seen(
        answer.where,
        reading.identity(answer.where, row.get("id")),
        reading.text(answer.where, "full_name", row.get("full_name")),
        _pushed(answer.where, row.get("pushed_at")),
        values,
        stamps=_stamps(answer),
    )


def _from_graphql(place: Place, known: Known, node: graphql.Node) -> _Seen | SourceError:
    """Read a repository; `open issues` has the pull requests in it, as REST has them."""
    if isinstance(node, SourceError):
        return node
    where = f"{place.host}: {known.path}"
    totals = [reading.number(reading.part(node, kind, "totalCount")) for kind in ("issues", "pullRequests")]
    counts = [total for total in totals if total is not None]
    head = reading.part(node, "defaultBranchRef", "target", "oid")
    try:
        values = reading.values(
            where,
            {
                "repo_host": KIND,
                "repo_description": node.get("description"),
                "repo_license": licenses.of_host(reading.part(node, "licenseInfo", "spdxId")),
            }
            | reading.told(
                {
                    "repo_watchers": node.get("stargazerCount"),
                    "repo_forks": node.get("forkCount"),
                    "repo_archived": node.get("isArchived"),
                    "repo_open_issues": sum(counts) if len(counts) == 2 else None,
                    "last_updated": reading.part(node, "defaultBranchRef", "target", "committedDate"),
                }
            ),
        )
        return _Seen(
            where,
            reading.identity(where, node.get("databaseId")),
            reading.text(where, "nameWithOwner", node.get("nameWithOwner")),
            _pushed(where, node.get("pushedAt")),
            values,
            head=None if head is None else reading.text(where, "oid", head),
            empty=node.get("isEmpty") is True,
        )
    except SourceError as exc:
        return exc


def _with_history(seen: _Seen | SourceError, node: graphql.Node) -> _Seen | SourceError:
    if isinstance(node, SourceError) or isinstance(seen, SourceError):
        return node if isinstance(node, SourceError) else seen
    target = ("defaultBranchRef", "target")
    try:
        total = reading.number(reading.part(node, *target, "history", "totalCount"))
        if total is None:
            return Malformed(f"{seen.where}: the history has no totalCount")
        count: Values = {"repo_commit_count": total}
        dates = reading.objects(seen.where, "history", reading.part(node, *target, "year", "nodes") or [])
        moments = tuple(reading.moment(seen.where, "committedDate", row.get("committedDate")) for row in dates)
    except SourceError as exc:
        return exc
    whole = reading.part(node, *target, "year", "totalCount") == len(moments)
    return replace(seen, values={**seen.values, **count}, year=moments if whole else None)


def _pushed(where: str, given: object) -> str | None:
    """Return the time of the last push as one text, whichever API it came from."""
    if given is None:
        return None
    moment = reading.moment(where, "the time of the last push", given)
    return moment.isoformat()


def _stamps(answer: Answer) -> tuple[Stamp, ...]:
    return (answer.stamp,) if answer.stamp else ()
