"""Forgejo and Gitea: Codeberg and hosts of one's own.

Their Swagger; go-gitea routers/api/v1/repo/commits.go. `since` is ignored by most versions, so it
is never sent; `not=<sha>` leaves out what was seen.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import Malformed, NotFoundUpstream, ServerError
from pkgcat.http.responses import Answer, parse_count
from pkgcat.model.source_data import Facts, RefreshMemory, StoredPackage
from pkgcat.model.types import Values
from pkgcat.sources import commit_history, fact_values, json_values, licenses, weeks
from pkgcat.sources.interface import Fetcher

KIND = "forgejo"

_MAX_PAGES = 40
"""Of 50 commits: a first refresh walks the history for its authors, no further than this."""


def estimate_requests(endpoint: Endpoint, packages: Sequence[StoredPackage]) -> int:
    """See Source: the repository, and whether there are new commits."""
    del endpoint
    return 2 * len(packages)


async def fetch(
    endpoint: Endpoint, stored: StoredPackage, fetcher: Fetcher, now: datetime
) -> Facts:
    """See Source."""
    answer = await fetcher.get(
        endpoint, f"repos/{json_values.quote_path(stored.path)}", conditional=stored.fetched
    )
    if answer.unchanged:
        return Facts(*weeks.advance_weeks(stored, now), answer.validators_to_store)
    row = json_values.json_object(answer)
    repo_id = json_values.read_id(answer.where, row.get("id"))
    fact_values.check_same_repository(answer.where, stored, repo_id)
    name = fact_values.read_path(answer.where, stored, "full_name", row.get("full_name"))
    with fact_values.missing_is_failure(answer.where):
        branch = _make_branch(endpoint, name, fetcher)
        more, memory = await commit_history.read_history(
            f"{endpoint.host}: {name}", stored, branch, now, marks=RefreshMemory(repo_id)
        )
    if row.get("empty") is False and more.get("repo_commit_count") == 0:
        raise Malformed(f"{answer.where}: it is not empty, and has no commits")
    moved_to = fact_values.find_new_address(endpoint, stored, name)
    return Facts(
        _repository(answer.where, row) | more, memory, answer.validators_to_store, moved_to
    )


def _repository(where: str, row: dict[str, Any]) -> Values:
    """Read the repository; Forgejo tells no licences, and Gitea one for each licence file."""
    told = fact_values.drop_nulls(
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
    return fact_values.make_values(
        where, {"repo_host": KIND, "repo_description": row.get("description")} | told
    )


def _make_branch(endpoint: Endpoint, name: str, fetcher: Fetcher) -> commit_history.Branch:
    """Return how the default branch is asked for; a sha that the host does not know may be a 500."""
    path = f"repos/{json_values.quote_path(name)}/commits"
    return commit_history.Branch(
        partial(_page, endpoint, path, fetcher),
        newest="page=1",
        since=lambda head: f"page=1&not={head}",
        pages=_MAX_PAGES,
        forgotten=(ServerError, NotFoundUpstream),
    )


async def _page(
    endpoint: Endpoint, base: str, fetcher: Fetcher, asked: str
) -> commit_history.CommitPage:
    """Ask for a page of commits without the three things that make it slow. 409: an empty
    repository.
    """
    path = f"{base}?{asked}&limit=50&stat=false&verification=false&files=false"
    answer = await fetcher.get(endpoint, path, retry="not=" not in asked)
    if answer.empty and asked == "page=1":
        return commit_history.CommitPage((), None, 0)
    commits = [_commit(answer, row) for row in json_values.json_rows(answer)]
    page = json_values.read_page_number(f"?{asked}") or 1
    more = commits and _more(answer)
    following = asked.replace(f"page={page}", f"page={page + 1}", 1) if more else None
    total = parse_count(answer.headers.get("x-total-count", ""))
    return commit_history.CommitPage(commits, following, total)


def _more(answer: Answer) -> bool:
    """Whether a page follows: servers cap `limit`, so a short page says nothing."""
    told = answer.headers.get("x-hasmore")
    if told is not None:
        return told == "true"
    return "next" in json_values.read_links(answer)


def _commit(answer: Answer, row: dict[str, Any]) -> commit_history.Commit:
    login = json_values.get_path(row, "author", "login") or json_values.get_path(
        row, "commit", "author", "name"
    )
    date = json_values.get_path(row, "commit", "committer", "date")
    return commit_history.Commit(
        json_values.read_optional_text(answer.where, "sha", row.get("sha")),
        json_values.read_optional_datetime(answer.where, "the commit's date", date),
        fact_values.read_person_name(login),
    )
