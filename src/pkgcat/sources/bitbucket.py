"""Bitbucket Cloud: no stars, no archived flag, no licence, and since August 2026 no issues.

https://developer.atlassian.com/cloud/bitbucket/rest
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import NotFoundUpstream
from pkgcat.http.responses import Answer
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import commit_history, fact_values, json_values, weeks
from pkgcat.sources.interface import Fetcher

KIND = "bitbucket"

_FIELDS = "fields=next,values.hash,values.date,values.author"
_MAX_PAGES = 100


def estimate_requests(endpoint: Endpoint, packages: Sequence[StoredPackage]) -> int:
    """See Source. A first refresh needs watchers, forks and commits too."""
    del endpoint
    return len(packages) + 3 * sum(not stored.fetched for stored in packages)


async def fetch(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
) -> Facts:
    """See Source."""
    answer = await fetcher.get(
        endpoint, f"repositories/{json_values.quote_path(stored.path)}", conditional=stored.fetched
    )
    if answer.unchanged:
        return Facts(*weeks.advance_weeks(stored, now), answer.validators_to_store)
    row = json_values.json_object(answer)
    repo_id = json_values.read_id(answer.where, row.get("uuid"))
    fact_values.check_same_repository(answer.where, stored, repo_id)
    updated = json_values.read_optional_text(answer.where, "updated_on", row.get("updated_on"))
    marks = RefreshMemory(repo_id, updated)
    name = fact_values.read_path(answer.where, stored, "full_name", row.get("full_name"))
    values = fact_values.make_values(
        answer.where, {"repo_host": KIND, "repo_description": row.get("description")}
    )
    if updated is not None and stored.memory.pushed == updated:
        more, memory = weeks.advance_weeks(stored, now)
    else:
        with fact_values.missing_is_failure(answer.where):
            more, memory = await _details(endpoint, name, stored, row, marks, fetcher, now)
    moved_to = fact_values.find_new_address(endpoint, stored, name)
    return Facts(values | more, memory, answer.validators_to_store, moved_to)


async def _details(
    endpoint: Endpoint,
    name: str,
    stored: StoredPackage,
    row: dict[str, Any],
    marks: RefreshMemory,
    fetcher: Fetcher,
    now: datetime,
) -> tuple[Values, RefreshMemory]:
    base = f"repositories/{json_values.quote_path(name)}"
    values: Values = {}
    for field, people in (("repo_watchers", "watchers"), ("repo_forks", "forks")):
        answer = await fetcher.get(endpoint, f"{base}/{people}?pagelen=1&fields=size")
        told = fact_values.drop_nulls({field: json_values.json_object(answer).get("size")})
        values |= fact_values.make_values(answer.where, told)
    where = f"{endpoint.host}: {name}"
    branch_name = json_values.get_path(row, "mainbranch", "name")
    if branch_name is None and row.get("mainbranch") is not None:
        return values, marks
    if branch_name is None:
        nothing = commit_history.CommitPage(())
        more, memory = commit_history.summarize_commits(
            where, stored, nothing, None, now, marks=marks
        )
    else:
        path = f"{base}/commits/{_quote_branch(where, branch_name)}?pagelen=100&{_FIELDS}"
        branch = _make_branch(endpoint, path, fetcher)
        more, memory = await commit_history.read_history(where, stored, branch, now, marks=marks)
    return values | more, memory


def _quote_branch(where: str, name: object) -> str:
    return quote(json_values.read_text(where, "mainbranch", name), safe="")


def _make_branch(endpoint: Endpoint, path: str, fetcher: Fetcher) -> commit_history.Branch:
    """Return how a branch is asked for; without a branch Bitbucket lists the commits of all."""
    return commit_history.Branch(
        partial(_page, endpoint, fetcher),
        newest=path,
        since=lambda head: f"{path}&exclude={quote(head, safe='')}",
        pages=_MAX_PAGES,
        forgotten=(NotFoundUpstream,),
    )


async def _page(endpoint: Endpoint, fetcher: Fetcher, path: str) -> commit_history.CommitPage:
    """Ask for a page; `next` is opaque and is followed as it is."""
    answer = await fetcher.get(endpoint, path)
    commits = [_commit(answer, row) for row in json_values.json_rows(answer, "values")]
    following = json_values.json_object(answer).get("next") if commits else None
    return commit_history.CommitPage(
        commits,
        None if following is None else json_values.read_text(answer.where, "next", following),
    )


def _commit(answer: Answer, row: dict[str, Any]) -> commit_history.Commit:
    """Read a commit; Bitbucket tells no user names, only nicknames, and no user at all for a
    stranger.
    """
    ways = (("user", "nickname"), ("user", "display_name"), ("raw",))
    names = (
        fact_values.read_person_name(json_values.get_path(row, "author", *way)) for way in ways
    )
    return commit_history.Commit(
        json_values.read_optional_text(answer.where, "hash", row.get("hash")),
        json_values.read_optional_datetime(answer.where, "the commit's date", row.get("date")),
        next(filter(None, names), None),
    )
