"""Commits of hosts that count nothing for us: authors tallied, weeks counted."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pkgcat.models import Values
from pkgcat.sources import reading, weeks
from pkgcat.sources.base import Known, Memory


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its sha, when it was committed, and its author's name."""

    sha: str
    date: datetime
    author: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some commits, newest first; `following` asks for the next page; `total` is the host's count of all."""

    commits: Sequence[Commit]
    following: str | None = None
    total: int | None = None


Ask = Callable[[str], Awaitable[Page]]


async def walk(ask: Ask, path: str, *, pages: int, until: datetime | None = None) -> Page:
    """Follow pages to the end, to one that is all older than `until`, or as far as `pages`."""
    commits: list[Commit] = []
    following: str | None = path
    total = None
    for _ in range(pages):
        if following is None:
            break
        page = await ask(following)
        commits += page.commits
        total = page.total if total is None else total
        following = page.following
        if until and page.commits and all(commit.date < until for commit in page.commits):
            break
    return Page(commits, following, total)


def tell(
    where: str, known: Known, whole: Page, fresh: Page | None, now: datetime, *, marks: Memory
) -> tuple[Values, Memory]:
    """Return facts and memory from `whole`, the newest commits of a year or more, and the `fresh` ones.

    `fresh` are those since the last time; None on a first refresh, when `whole` is all there is.
    `marks` has the repository's id and push.
    """
    newest = [commit.date for commit in whole.commits]
    new = (whole if fresh is None else fresh).commits
    tally = reading.tallied((commit.author for commit in new), known.memory.tally if fresh else None)
    count = whole.total
    if count is None and fresh is not None:
        before = known.memory.commits
        count = None if before is None or fresh.following else before + len(new)
    elif count is None and whole.following is None:
        count = len(newest)
    values = reading.values(where, {"participants": list(reading.ranked(tally))})
    values |= {"commits_over_52": weeks.count(newest, now), "last_updated": newest[0] if newest else None}
    if count is not None:
        values["repo_commit_count"] = count
    head = whole.commits[0].sha if whole.commits else None
    return values, Memory(marks.repo_id, marks.pushed, head, now, commits=count, tally=tally)
