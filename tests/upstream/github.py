"""GitHub's REST API (https://docs.github.com/rest): what pkgcat asks of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any

from tests.upstream import github_graphql
from tests.upstream.host import Host, Limits, Quota
from tests.upstream.messages import Request, Response
from tests.upstream.models import Commit, Repository
from tests.upstream.pagination import format_link, paginate
from tests.upstream.times import count_by_week, format_time

_API_VERSIONS = {"2022-11-28", "2026-03-10"}


class GitHub(Host):
    """github.com, with its limits for an hour; GraphQL has one of its own."""

    name = "github"
    limits = Limits(anonymous=60, token=5000, graphql=5000)

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        token = self.read_token(request)
        if not request.headers.get("user-agent"):
            return Response.from_text(
                "Request forbidden by administrative rules. Please add a User-Agent.", 403
            )
        if request.headers.get("x-github-api-version", "2022-11-28") not in _API_VERSIONS:
            return _error(400, "Bad Request: invalid API version")
        if self.rejects(token):
            return _error(401, "Bad credentials")
        if request.segments == ("graphql",):
            return self._respond_to_graphql(request, token)
        return self._respond_to_rest(request, token)

    def _respond_to_graphql(self, request: Request, token: str | None) -> Response:
        """Answer a document, which needs a token; errors in it have status 200."""
        if token is None:
            return _error(401, "This endpoint requires you to be authenticated.")
        quota = self.quotas["graphql"]
        if quota.spend():
            body = github_graphql.execute(self.world, quota, request.body)
        else:
            body = {
                "errors": [
                    {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
                ]
            }
        return _add_limits(Response.from_json(body), quota, "graphql")

    def _respond_to_rest(self, request: Request, token: str | None) -> Response:
        """Answer from the quota; an unchanged answer is free with a token."""
        quota = self.get_quota(token)
        if quota.remaining == 0:
            return _add_limits(_error(403, "API rate limit exceeded for 127.0.0.1."), quota, "core")
        response = self._find(request)
        if response.status == 200:
            key = (token or "") + request.headers.get("accept", "")
            response = response.add_validators(
                request, f'W/"{sha256(key.encode() + response.body).hexdigest()}"'
            )
        if token is None or response.status != 304:
            quota.spend()
        return _add_limits(response, quota, "core")

    def _find(self, request: Request) -> Response:
        match request.segments:
            case ("repos", owner, name, *rest):
                renamed = self.world.find_renamed("github", f"{owner}/{name}")
                if renamed is not None:
                    address = "/".join([self.base_url, "repositories", str(renamed.id), *rest])
                    return Response.redirect(request.repeat_query(address))
                repository = self.world.find("github", f"{owner}/{name}")
            case ("repositories", number, *rest) if number.isdigit():
                repository = self.world.by_id("github", int(number))
            case _:
                return _error(404, "Not Found")
        if repository is None:
            return _error(404, "Not Found")
        if repository.blocked is not None:
            status = 451 if repository.blocked == "dmca" else 403
            return _error(status, "Repository access blocked", block={"reason": repository.blocked})
        match rest:
            case ():
                return _show_repository(repository)
            case ("commits",):
                return self._list_commits(request, repository)
            case ("contributors",):
                return self._list_contributors(request, repository)
            case ("stats", "participation"):
                return self._show_participation(repository)
        return _error(404, "Not Found")

    def _list_commits(self, request: Request, repository: Repository) -> Response:
        if not repository.commits:
            return _error(409, "Git Repository is empty.")
        response = self._show_page(
            request, f"{repository.id}/commits", repository.commits, _format_commit
        )
        response.last_modified = repository.pushed
        return response

    def _list_contributors(self, request: Request, repository: Repository) -> Response:
        """Answer accounts, those with most commits first; authors without an account are left
        out.
        """
        if not repository.commits:
            return Response(204)
        tally = Counter(commit.login for commit in repository.commits if commit.login is not None)
        return self._show_page(
            request, f"{repository.id}/contributors", tally.most_common(), _format_contributor
        )

    def _show_participation(self, repository: Repository) -> Response:
        """Answer commits in 52 weeks that end at the last midnight in UTC; none of an empty
        repository.
        """
        if not repository.commits:
            return Response.from_json({"all": [], "owner": []})
        end = self.world.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        by_owner = [
            commit.date for commit in repository.commits if commit.login == repository.owner
        ]
        everyone = [commit.date for commit in repository.commits]
        return Response.from_json(
            {"all": count_by_week(everyone, end), "owner": count_by_week(by_owner, end)}
        )

    def _show_page(
        self,
        request: Request,
        path: str,
        rows: Sequence[Any],
        format_row: Callable[[Any], dict[str, Any]],
    ) -> Response:
        page = paginate(request, rows, "per_page", 30, largest=100)
        response = Response.from_json([format_row(row) for row in page.rows])
        response.headers |= format_link(
            request, f"{self.base_url}/repositories/{path}", page.relate_pages()
        )
        return response


def _error(status: int, message: str, **more: object) -> Response:
    page = "https://docs.github.com/rest"
    if status == 404:
        page += "/repos/repos#get-a-repository"
    return Response.from_json({"message": message, "documentation_url": page, **more}, status)


def _add_limits(response: Response, quota: Quota, resource: str) -> Response:
    response.headers |= {**quota.format_headers("x-ratelimit"), "x-ratelimit-resource": resource}
    return response


def _show_repository(repository: Repository) -> Response:
    """Answer a repository; its open issues count pull requests too, and its watchers are its
    stars.
    """
    body = {
        "id": repository.id,
        "full_name": repository.path,
        "description": repository.description,
        "pushed_at": format_time(repository.pushed or repository.created),
        "stargazers_count": repository.stars,
        "watchers_count": repository.stars,
        "subscribers_count": repository.watchers,
        "forks_count": repository.forks,
        "open_issues_count": repository.issues + repository.pulls,
        "archived": repository.archived,
        "license": None if repository.license is None else {"spdx_id": repository.license},
    }
    response = Response.from_json(body)
    response.last_modified = repository.updated
    return response


def _format_commit(commit: Commit) -> dict[str, Any]:
    author = {"name": commit.name, "email": commit.email, "date": format_time(commit.date)}
    return {"sha": commit.sha, "commit": {"author": author, "committer": author}}


def _format_contributor(row: tuple[str, int]) -> dict[str, Any]:
    login, contributions = row
    return {
        "login": login,
        "type": "Bot" if login.endswith("[bot]") else "User",
        "contributions": contributions,
    }
