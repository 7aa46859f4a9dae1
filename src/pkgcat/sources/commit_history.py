"""Commits of hosts that count nothing for us: authors tallied, weeks counted."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from pkgcat.http.errors import SourceError
from pkgcat.model.limits import MAX_COMMITS
from pkgcat.model.source_data import RefreshMemory, StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import fact_values, weeks


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit: its sha, when it was committed, and its author's name; None is not known."""

    sha: str | None
    date: datetime | None
    author: str | None


@dataclass(frozen=True, slots=True)
class CommitPage:
    """Some commits, newest first; `following` asks for the next page; `total` is the host's
    count of all.
    """

    commits: Sequence[Commit]
    following: str | None = None
    total: int | None = None


class Branch(NamedTuple):
    """How a host is asked for the commits of a branch, newest first.

    `fetch_page` asks for the page at a path. `newest` is the path of the first page, `since` that of
    the first page without a commit and what came before it. At most `pages` are read at once. The
    errors `forgotten` say that the host does not know that commit any more (a forced push).
    """

    fetch_page: Callable[[str], Awaitable[CommitPage]]
    newest: str
    since: Callable[[str], str]
    pages: int
    forgotten: tuple[type[SourceError], ...]


async def read_history(
    where: str, stored: StoredPackage, branch: Branch, now: datetime, *, marks: RefreshMemory
) -> tuple[Values, RefreshMemory]:
    """Return facts and memory from the commits of a branch, of which only the new ones are read where
    the older ones are remembered. `marks` as in `summarize_commits`.
    """
    fresh = await _read_fresh(branch, stored.memory.head)
    if fresh is not None and not fresh.commits:
        values, memory = weeks.advance_weeks(stored, now)
        return values, replace(memory, pushed=marks.pushed)
    until = None if fresh is None else now - weeks.YEAR
    whole = await _walk_commits(branch, branch.newest, until=until)
    return summarize_commits(where, stored, whole, fresh, now, marks=marks)


async def _read_fresh(branch: Branch, head: str | None) -> CommitPage | None:
    """Return the commits since one; None where none is remembered, or the host has forgotten it."""
    if head is None:
        return None
    try:
        return await _walk_commits(branch, branch.since(head))
    except branch.forgotten:
        return None


async def _walk_commits(branch: Branch, path: str, until: datetime | None = None) -> CommitPage:
    """Follow pages to the end, to one that is all older than `until`, or as far as `branch.pages` or
    MAX_COMMITS.

    After MAX_COMMITS a page always follows: nobody knows how many commits are missing.
    """
    commits: list[Commit] = []
    following: str | None = path
    total = None
    for _ in range(branch.pages):
        if following is None:
            break
        page = await branch.fetch_page(following)
        commits += page.commits
        total = page.total if total is None else total
        if len(commits) >= MAX_COMMITS:
            return CommitPage(commits[:MAX_COMMITS], page.following or following, total)
        following = page.following
        if until and page.commits and all(_is_older(commit, until) for commit in page.commits):
            break
    return CommitPage(commits, following, total)


def _is_older(commit: Commit, until: datetime) -> bool:
    return commit.date is not None and commit.date < until


def summarize_commits(
    where: str,
    stored: StoredPackage,
    whole: CommitPage,
    fresh: CommitPage | None,
    now: datetime,
    *,
    marks: RefreshMemory,
) -> tuple[Values, RefreshMemory]:
    """Return facts and memory from `whole`, the newest commits of a year or more, and the `fresh`
    ones.

    `fresh` are those since the last time; None on a first refresh, when `whole` is all there is.
    `marks` has the repository's id and push. Where a commit has no date, the weeks are not known.
    """
    if fresh is None:
        tally = fact_values.count_names(commit.author for commit in whole.commits)
    else:
        authors = [commit.author for commit in fresh.commits]
        tally = fact_values.count_names(authors, stored.memory.tally)
    names = fact_values.rank_names(tally)
    values: Values = {}
    if names or not whole.commits:
        values = fact_values.make_values(where, {"participants": names})
    dates, counted = weeks.summarize_dates([commit.date for commit in whole.commits], now)
    values |= dates
    count = _count_commits(stored, whole, fresh)
    if count is not None:
        values["repo_commit_count"] = count
    memory = RefreshMemory(
        repo_id=marks.repo_id,
        pushed=marks.pushed,
        head=whole.commits[0].sha if whole.commits else None,
        counted=counted,
        commits=count,
        tally={name: tally[name] for name in names},
    )
    return values, memory


def _count_commits(
    stored: StoredPackage, whole: CommitPage, fresh: CommitPage | None
) -> int | None:
    """Return how many commits the default branch has, or None where pages of it are missing."""
    if whole.total is not None:
        return whole.total
    if fresh is None:
        return None if whole.following else len(whole.commits)
    if stored.memory.commits is None or fresh.following:
        return None
    return stored.memory.commits + len(fresh.commits)
