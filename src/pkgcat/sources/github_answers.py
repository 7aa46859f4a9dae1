"""Repositories as GitHub answers them, REST's and GraphQL's, read into one form.

https://docs.github.com/rest/repos/repos and https://docs.github.com/graphql/reference/objects
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import SourceError
from pkgcat.http.responses import Answer, parse_count
from pkgcat.model.source_data import StoredPackage, Validators
from pkgcat.model.types import Values
from pkgcat.sources import fact_values, json_values, licenses
from pkgcat.sources import github_graphql as graphql

KIND = "github"


@dataclass(frozen=True, slots=True)
class SeenRepository:
    """What the first question told: REST's repository, or GraphQL's."""

    where: str
    id: str
    path: str
    pushed: str | None
    values: Values
    head: str | None = None
    empty: bool = False
    year: tuple[datetime, ...] | None = None  # dates of all commits of the last 52 weeks
    validators: tuple[Validators, ...] = ()


def read_rest_repository(stored: StoredPackage, answer: Answer) -> SeenRepository:
    """Read a repository that REST answered; raise Malformed."""
    row = json_values.json_object(answer)
    known = fact_values.drop_nulls(
        {
            "repo_watchers": row.get("stargazers_count"),
            "repo_forks": row.get("forks_count"),
            "repo_archived": row.get("archived"),
            "repo_open_issues": row.get("open_issues_count"),
        }
    )
    nullable = {
        "repo_host": KIND,
        "repo_description": row.get("description"),
        "repo_license": licenses.of_host(json_values.get_path(row, "license", "spdx_id")),
    }
    values = fact_values.make_values(answer.where, nullable | known)
    return SeenRepository(
        answer.where,
        json_values.read_id(answer.where, row.get("id")),
        fact_values.read_path(answer.where, stored, "full_name", row.get("full_name")),
        _read_push_time(answer.where, row.get("pushed_at")),
        values,
        validators=answer.validators_to_store,
    )


def read_graphql_repository(
    endpoint: Endpoint, stored: StoredPackage, node: graphql.Node
) -> SeenRepository | SourceError:
    """Read a repository that GraphQL answered, or return why it cannot be read."""
    if isinstance(node, SourceError):
        return node
    where = f"{endpoint.host}: {stored.path}"
    try:
        return SeenRepository(
            where,
            json_values.read_id(where, node.get("databaseId")),
            fact_values.read_path(where, stored, "nameWithOwner", node.get("nameWithOwner")),
            _read_push_time(where, node.get("pushedAt")),
            _read_graphql_values(where, node),
            head=_read_head(where, node),
            empty=node.get("isEmpty") is True,
        )
    except SourceError as exc:
        return exc


def _read_head(where: str, node: dict[str, Any]) -> str | None:
    """Return the newest commit of the default branch; None where there is none."""
    given = json_values.get_path(node, "defaultBranchRef", "target", "oid")
    if given is None:
        return None
    return json_values.read_text(where, "oid", given)


def _read_graphql_values(where: str, node: dict[str, Any]) -> Values:
    branch = json_values.get_path(node, "defaultBranchRef", "target") or {}
    known = fact_values.drop_nulls(
        {
            "repo_watchers": node.get("stargazerCount"),
            "repo_forks": node.get("forkCount"),
            "repo_archived": node.get("isArchived"),
            "repo_open_issues": _count_open_issues(node),
            "last_updated": json_values.get_path(branch, "committedDate"),
        }
    )
    license_id = json_values.get_path(node, "licenseInfo", "spdxId")
    nullable = {
        "repo_host": KIND,
        "repo_description": node.get("description"),
        "repo_license": licenses.of_host(license_id),
    }
    return fact_values.make_values(where, nullable | known)


def _count_open_issues(node: dict[str, Any]) -> int | None:
    """Return the number of open issues and pull requests together, which REST calls issues."""
    issues = parse_count(json_values.get_path(node, "issues", "totalCount"))
    pulls = parse_count(json_values.get_path(node, "pullRequests", "totalCount"))
    if issues is None or pulls is None:
        return None
    return issues + pulls


def add_history(
    seen: SeenRepository | SourceError, node: graphql.Node
) -> SeenRepository | SourceError:
    """Return a repository with its number of commits and, if GraphQL tells all of them, the times
    of those of the last year; or return why they cannot be read.
    """
    if isinstance(node, SourceError):
        return node
    if isinstance(seen, SourceError):
        return seen
    branch = json_values.get_path(node, "defaultBranchRef", "target") or {}
    try:
        moments = _read_commit_times(seen.where, json_values.get_path(branch, "year", "nodes"))
    except SourceError as exc:
        return exc
    values = dict(seen.values)
    total = parse_count(json_values.get_path(branch, "history", "totalCount"))
    if total is not None:
        values["repo_commit_count"] = total
    if json_values.get_path(branch, "year", "totalCount") != len(moments):
        return replace(seen, values=values, year=None)
    return replace(seen, values=values, year=moments)


def _read_commit_times(where: str, given: object) -> tuple[datetime, ...]:
    moments = []
    for row in json_values.check_rows(where, "history", given or [])[: graphql.COMMITS]:
        date = row.get("committedDate")
        moment = json_values.read_optional_datetime(where, "committedDate", date)
        if moment is not None:
            moments.append(moment)
    return tuple(moments)


def _read_push_time(where: str, given: object) -> str | None:
    """Return the time of the last push as one text, whichever API it came from."""
    if given is None:
        return None
    moment = json_values.read_datetime(where, "the time of the last push", given)
    return moment.isoformat()
