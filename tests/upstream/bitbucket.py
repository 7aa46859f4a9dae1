"""Bitbucket Cloud's API, version 2.0 (https://developer.atlassian.com/cloud/bitbucket/rest):
what pkgcat asks of it.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC
from hashlib import md5
from typing import Any

from tests.upstream.host import Host, Limits
from tests.upstream.messages import Request, Response
from tests.upstream.models import Commit, Repository
from tests.upstream.pagination import paginate

_LARGEST_PAGE = 100


class Bitbucket(Host):
    """bitbucket.org: it tells no stars, no licence, and not whether a repository is archived."""

    name = "bitbucket"
    api_path = "/2.0"
    limits = Limits(anonymous=60, token=1000)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        token = self.read_token(request)
        if self.rejects(token):
            return _error(401, "Token is invalid, expired, or not supported for this endpoint.")
        if not self.get_quota(token).spend():
            return Response.from_text("Rate limit for this resource has been exceeded", 429)
        response = _error(404, "Resource not found")
        match request.segments:
            case ("2.0", "repositories", workspace, slug, *rest):
                response = self._find(request, f"{workspace}/{slug}", rest)
        if response.status != 200:
            return response
        return response.add_validators(request, f'"{response.hash_body()}"')

    def _find(self, request: Request, path: str, rest: list[str]) -> Response:
        renamed = self.world.find_renamed("bitbucket", path)
        if renamed is not None:
            address = "/".join([self.base_url, "repositories", renamed.path, *rest])
            return Response.redirect(request.repeat_query(address))
        repository = self.world.find("bitbucket", path)
        if repository is None:
            return _error(404, f"Repository {path} not found")
        match rest:
            case ():
                return _show_fields(request, _format_repository(repository))
            case ("commits",):
                commits = sorted(
                    [*repository.commits, *repository.other_branches],
                    key=lambda commit: commit.date,
                )
                return self._list_commits(request, f"{path}/commits", commits[::-1])
            case ("commits", ref) if ref == repository.branch:
                return self._list_commits(request, f"{path}/commits/{ref}", repository.commits)
            case ("watchers",):
                return _list_people(request, repository.watchers)
            case ("forks",):
                return _list_people(request, repository.forks)
        return _error(404, "Resource not found")

    def _list_commits(self, request: Request, path: str, commits: Sequence[Commit]) -> Response:
        """Answer a page of commits, with no total; the address of the next page has a part
        that nobody can guess.
        """
        excluded = request.query.get("exclude")
        if excluded is not None:
            shas = [commit.sha for commit in commits]
            if excluded not in shas:
                return _error(404, f"Commit {excluded} not found")
            commits = commits[: shas.index(excluded)]
        context = md5(f"{path} {len(commits)}".encode(), usedforsecurity=False).hexdigest()
        page = paginate(request, commits, "pagelen", 30)
        if page.size > _LARGEST_PAGE:
            return _error(400, "Invalid pagelen")
        if page.number > 1 and request.query.get("ctx") != context:
            return _error(400, "Invalid page")
        body: dict[str, Any] = {
            "values": [_format_commit(commit) for commit in page.rows],
            "pagelen": page.size,
        }
        if page.has_next:
            address = f"{self.base_url}/repositories/{path}"
            body["next"] = request.repeat_query(address, ctx=context, page=page.number + 1)
        return _show_fields(request, body)


def _error(status: int, message: str) -> Response:
    return Response.from_json({"type": "error", "error": {"message": message}}, status)


def _make_uuid(name: str) -> str:
    return f"{{{uuid.uuid5(uuid.NAMESPACE_URL, name)}}}"


def _format_repository(repository: Repository) -> dict[str, Any]:
    return {
        "uuid": _make_uuid(str(repository.id)),
        "full_name": repository.path,
        "description": repository.description or "",
        "updated_on": repository.updated.astimezone(UTC).isoformat(timespec="microseconds"),
        "mainbranch": {"name": repository.branch} if repository.commits else None,
    }


def _list_people(request: Request, count: int) -> Response:
    """Answer a page of watchers or forks, of which only the number matters."""
    page = paginate(request, range(count), "pagelen", 10)
    if page.size > _LARGEST_PAGE:
        return _error(400, "Invalid pagelen")
    values = [{"uuid": _make_uuid(str(number))} for number in page.rows]
    return _show_fields(
        request, {"values": values, "pagelen": page.size, "size": page.total, "page": page.number}
    )


def _format_commit(commit: Commit) -> dict[str, Any]:
    """Format a commit; an author without an account has no user."""
    author: dict[str, Any] = {"raw": f"{commit.name} <{commit.email}>"}
    if commit.login is not None:
        author["user"] = {"display_name": commit.name, "nickname": commit.name}
    return {
        "hash": commit.sha,
        "date": commit.date.astimezone(UTC).isoformat(timespec="seconds"),
        "author": author,
    }


def _show_fields(request: Request, body: dict[str, Any]) -> Response:
    """Answer the parts of a body that `fields` names; all of it without `fields`."""
    if "fields" in request.query:
        body = _select(body, [field.split(".") for field in request.query["fields"].split(",")])
    return Response.from_json(body)


def _select(value: Any, paths: Sequence[Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [_select(item, paths) for item in value]
    if not isinstance(value, dict) or [] in paths:
        return value
    selected = {}
    for key, inner in value.items():
        inner_paths = [path[1:] for path in paths if path[0] == key]
        if inner_paths:
            selected[key] = _select(inner, inner_paths)
    return selected
