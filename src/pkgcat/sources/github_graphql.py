"""GitHub's GraphQL: documents that ask for many repositories, and answers that may be partial.

Sizes: 91 repositories with histories in one document were a 502 in three of five runs; 50 without
histories, and 20 with them, are safe.
https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import (
    Forbidden,
    Malformed,
    NotFoundUpstream,
    RequestFailed,
    ServerError,
    SourceError,
    shorten_reason,
)
from pkgcat.http.responses import Answer
from pkgcat.sources import json_values
from pkgcat.sources.interface import Fetcher

Node = dict[str, Any] | SourceError
"""A repository as answered, or why it was not."""

HISTORIES = 20
COMMITS = 100
"""So many commits of the last year are asked for; the dates of more are not read."""

_REPOSITORY = """fragment F on Repository { databaseId nameWithOwner description stargazerCount forkCount
 isArchived isEmpty pushedAt licenseInfo{spdxId} issues(states:OPEN){totalCount}
 pullRequests(states:OPEN){totalCount} defaultBranchRef{target{... on Commit{oid committedDate}}} }"""
_HISTORY = f"""fragment F on Repository {{ defaultBranchRef{{target{{... on Commit{{
 history{{totalCount}} year:history(first:{COMMITS},since:$since){{totalCount nodes{{committedDate}}}}}}}}}} }}"""


async def repositories(endpoint: Endpoint, paths: Sequence[str], fetcher: Fetcher) -> list[Node]:
    """Ask what is known of repositories without walking their history."""
    return await _ask(endpoint, paths, _REPOSITORY, {}, fetcher) if paths else []


async def histories(
    endpoint: Endpoint, paths: Sequence[str], since: datetime, fetcher: Fetcher
) -> list[Node]:
    """Ask for numbers of commits, and the dates of up to 100 commits since a time."""
    variables = {"since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    parts = [paths[i : i + HISTORIES] for i in range(0, len(paths), HISTORIES)]
    answers = await asyncio.gather(
        *(_ask(endpoint, part, _HISTORY, variables, fetcher) for part in parts)
    )
    return [node for nodes in answers for node in nodes]


async def _ask(
    endpoint: Endpoint,
    paths: Sequence[str],
    fragment: str,
    variables: dict[str, str],
    fetcher: Fetcher,
) -> list[Node]:
    """Ask one document; what it leaves unanswered is asked again in halves."""
    found = await _ask_once(endpoint, paths, fragment, variables, fetcher)
    unanswered = [index for index, node in enumerate(found) if node is None]
    middle = -(-len(unanswered) // 2)
    for half in (unanswered[:middle], unanswered[middle:]):
        if not half:
            continue
        half_paths = [paths[index] for index in half]
        again = await _ask(endpoint, half_paths, fragment, variables, fetcher)
        for index, node in zip(half, again, strict=True):
            found[index] = node
    return [node for node in found if node is not None]


async def _ask_once(
    endpoint: Endpoint,
    paths: Sequence[str],
    fragment: str,
    variables: dict[str, str],
    fetcher: Fetcher,
) -> list[Node | None]:
    """Return each repository or its error; None for what a smaller document may answer."""
    body = {"query": _document(paths, fragment, variables), "variables": variables}
    address = f"{endpoint.api_url.removesuffix('/v3')}/graphql"
    try:
        answer = await fetcher.post(endpoint, address, body)
        return _nodes(endpoint, answer, paths)
    except NotFoundUpstream as exc:  # the service, not the repositories
        return [RequestFailed(str(exc))] * len(paths)
    except SourceError as exc:
        if isinstance(exc, ServerError | Malformed) and len(paths) > 1:
            return [None] * len(paths)
        return [exc] * len(paths)


def _document(paths: Sequence[str], fragment: str, variables: dict[str, str]) -> str:
    head = "query($since:GitTimestamp!)" if variables else "query"
    asked = []
    for i, path in enumerate(paths):
        owner, _, name = path.partition("/")
        asked.append(f"r{i}:repository(owner:{json.dumps(owner)},name:{json.dumps(name)}){{...F}}")
    return "\n".join([f"{head}{{ rateLimit{{cost remaining resetAt}}", *asked, "}", fragment])


def _nodes(endpoint: Endpoint, answer: Answer, paths: Sequence[str]) -> list[Node | None]:
    """Return each alias's repository or error; None for what the host did not get to."""
    body = json_values.json_object(answer)
    errors = _list_errors(body)
    by_alias = _errors_by_alias(errors)
    is_single = len(paths) == 1
    nodes: list[Node | None] = []
    for index, path in enumerate(paths):
        where = f"{endpoint.host}: {path}"
        alias = f"r{index}"
        node = json_values.get_path(body, "data", alias)
        error = by_alias.get(alias)
        if error is None and node is None and is_single and errors:
            error = errors[0]
        if error is not None:
            nodes.append(_error(where, error, is_single=is_single))
        elif isinstance(node, dict):
            nodes.append(node)
        elif is_single:
            nodes.append(Malformed(f"{where}: neither found nor missing"))
        else:
            nodes.append(None)
    return nodes


def _list_errors(body: dict[str, Any]) -> list[dict[str, Any]]:
    given = body.get("errors")
    if not isinstance(given, list):
        return []
    return [error for error in given if isinstance(error, dict)]


def _errors_by_alias(errors: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the errors of single repositories, by the alias that their path begins with."""
    found: dict[str, dict[str, Any]] = {}
    for error in errors:
        path = error.get("path")
        if isinstance(path, list) and path:
            found[str(path[0])] = error
    return found


def _error(where: str, error: dict[str, Any], *, is_single: bool) -> SourceError | None:
    said = shorten_reason(str(error.get("message")))
    if error.get("type") == "NOT_FOUND":
        return NotFoundUpstream(f"{where}: not found, or private")
    if error.get("type") == "FORBIDDEN":
        return Forbidden(f"{where}: not allowed: {said}", said)
    return RequestFailed(f"{where}: {said}") if is_single else None
