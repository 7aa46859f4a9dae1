"""GitHub's GraphQL: documents that ask for many repositories, and answers that may be partial.

Sizes: 91 repositories with histories in one document were a 502 in three of five runs; 50 without
histories, and 20 with them, are safe. https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pkgcat.sources import reading
from pkgcat.sources.base import (
    Answer,
    Failed,
    Fetcher,
    Forbidden,
    Malformed,
    Missing,
    Overloaded,
    Place,
    SourceError,
)

Node = dict[str, Any] | SourceError
"""A repository as answered, or why it was not."""

HISTORIES = 20

_REPOSITORY = """fragment F on Repository { databaseId nameWithOwner description stargazerCount forkCount
 isArchived isEmpty pushedAt licenseInfo{spdxId} issues(states:OPEN){totalCount}
 pullRequests(states:OPEN){totalCount} defaultBranchRef{target{... on Commit{oid committedDate}}} }"""
_HISTORY = """fragment F on Repository { defaultBranchRef{target{... on Commit{
 history{totalCount} year:history(first:100,since:$since){totalCount nodes{committedDate}}}}} }"""


async def repositories(place: Place, paths: Sequence[str], fetcher: Fetcher) -> list[Node]:
    """Ask what is known of repositories without walking their history."""
    return await _ask(place, paths, _REPOSITORY, {}, fetcher) if paths else []


async def histories(place: Place, paths: Sequence[str], since: datetime, fetcher: Fetcher) -> list[Node]:
    """Ask for numbers of commits, and the dates of up to 100 commits since a time."""
    variables = {"since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    parts = [paths[i : i + HISTORIES] for i in range(0, len(paths), HISTORIES)]
    answers = await asyncio.gather(*(_ask(place, part, _HISTORY, variables, fetcher) for part in parts))
    return [node for nodes in answers for node in nodes]


async def _ask(
    place: Place, paths: Sequence[str], fragment: str, variables: dict[str, str], fetcher: Fetcher
) -> list[Node]:
    """Ask one document; what it leaves unanswered is asked again in halves."""
    body = {"query": _document(paths, fragment, variables), "variables": variables}
    address = f"{place.api_url.removesuffix('/v3')}/graphql"
    try:
        found = _nodes(place, await fetcher.post(place, address, body), paths)
    except Missing as exc:  # the service, not the repositories
        found = [Failed(str(exc))] * len(paths)
    except SourceError as exc:
        smaller = isinstance(exc, Overloaded | Malformed) and len(paths) > 1
        found = [None if smaller else exc] * len(paths)
    open_ = [i for i, node in enumerate(found) if node is None]
    middle = -(-len(open_) // 2)
    for half in filter(None, (open_[:middle], open_[middle:])):
        again = await _ask(place, [paths[i] for i in half], fragment, variables, fetcher)
        for i, node in zip(half, again, strict=True):
            found[i] = node
    return [node for node in found if node is not None]


def _document(paths: Sequence[str], fragment: str, variables: dict[str, str]) -> str:
    head = "query($since:GitTimestamp!)" if variables else "query"
    asked = []
    for i, path in enumerate(paths):
        owner, _, name = path.partition("/")
        asked.append(f"r{i}:repository(owner:{json.dumps(owner)},name:{json.dumps(name)}){{...F}}")
    return "\n".join([f"{head}{{ rateLimit{{cost remaining resetAt}}", *asked, "}", fragment])


def _nodes(place: Place, answer: Answer, paths: Sequence[str]) -> list[Node | None]:
    """Return each alias's repository or error; None for what the host did not get to."""
    body = reading.table(answer)
    given = body.get("errors")
    errors = [error for error in given if isinstance(error, dict)] if isinstance(given, list) else []
    by_alias = {str(path[0]): error for error in errors if isinstance(path := error.get("path"), list) and path}
    alone = len(paths) == 1
    nodes: list[Node | None] = []
    for i, path in enumerate(paths):
        where = f"{place.host}: {path}"
        node = reading.part(body, "data", f"r{i}")
        error = by_alias.get(f"r{i}") or (errors[0] if node is None and errors and alone else None)
        if error:
            nodes.append(_error(where, error, alone=alone))
        elif isinstance(node, dict):
            nodes.append(node)
        else:
            nodes.append(Malformed(f"{where}: neither found nor missing") if alone else None)
    return nodes


def _error(where: str, error: dict[str, Any], *, alone: bool) -> SourceError | None:
    said = str(error.get("message"))[:200]
    if error.get("type") == "NOT_FOUND":
        return Missing(f"{where}: not found, or private")
    if error.get("type") == "FORBIDDEN":
        return Forbidden(f"{where}: not allowed: {said}", said)
    return Failed(f"{where}: {said}") if alone else None
