"""GitLab's REST API, version 4 (https://docs.gitlab.com/api/rest): what pkgcat asks of it."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta, timezone
from typing import Any

from tests.upstream.host import Host, Limits, Quota
from tests.upstream.messages import Request, Response
from tests.upstream.models import Commit, Repository
from tests.upstream.pagination import Page, format_link, paginate

_EASTERN = timezone(timedelta(hours=-4))


class GitLab(Host):
    """gitlab.com, with its limits for a minute."""

    name = "gitlab"
    api_path = "/api/v4"
    limits = Limits(anonymous=500, token=2000)
    window = 60.0

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        token = self.read_token(request)
        quota = self.get_quota(token)
        if not quota.spend():
            response = Response.from_text("Retry later\n", 429)
            seconds = max(1, int(quota.reset - time.time()) + 1)
            response.headers |= {**_format_limits(quota), "retry-after": str(seconds)}
            return response
        if self.rejects(token):
            return _error(401, "401 Unauthorized")
        response = self._find(request, token)
        if response.status == 404:
            response.headers |= _format_limits(quota)
        if response.status != 200:
            return response
        return response.add_validators(request, f'W/"{response.hash_body()}"')

    def _find(self, request: Request, token: str | None) -> Response:
        match request.segments:
            case ("api", "v4", "version"):
                return (
                    _error(401, "401 Unauthorized")
                    if token is None
                    else _show({"version": "18.5.1"})
                )
            case ("api", "v4", "projects", project, *rest):
                renamed = self.world.find_renamed("gitlab", project)
                if renamed is not None:
                    address = "/".join([self.base_url, "projects", str(renamed.id), *rest])
                    return Response.redirect(request.repeat_query(address))
                repository = self.world.find("gitlab", project)
                if project.isdigit():
                    repository = self.world.by_id("gitlab", int(project))
                if repository is None:
                    return _error(404, "404 Project Not Found")
                return self._show_part(request, repository, rest, token)
        return _show({"error": "404 Not Found"}, 404)

    def _show_part(
        self, request: Request, repository: Repository, rest: list[str], token: str | None
    ) -> Response:
        match rest:
            case ():
                return _show_project(request, repository, token)
            case ("repository", "commits"):
                return self._list_commits(request, repository)
            case ("repository", "commits", ref, "sequence"):
                return _count_commits(repository, ref)
            case ("repository", "contributors"):
                return self._list_contributors(request, repository)
        return _error(404, "404 Not Found")

    def _list_commits(self, request: Request, repository: Repository) -> Response:
        """Answer a page of commits; gitlab.com does not count them, and links to the next
        page as the last one.
        """
        page = paginate(request, repository.commits, "per_page", 20, largest=100)
        pages = {"first": 1, **page.relate_pages()}
        if page.has_next:
            pages["last"] = pages["next"]
        return self._show_page(
            request, f"{repository.id}/repository/commits", page, pages, _format_commit
        )

    def _list_contributors(self, request: Request, repository: Repository) -> Response:
        """Answer authors by name and address: GitLab tells no logins, and counts no lines."""
        if not repository.commits:
            return _error(404, "404 Not Found")
        rows = Counter((commit.name, commit.email) for commit in repository.commits).most_common()
        if request.query.get("sort") != "desc":
            rows.reverse()
        page = paginate(request, rows, "per_page", 20, largest=100)
        pages = {"first": 1, "last": page.last, **page.relate_pages()}
        path = f"{repository.id}/repository/contributors"
        response = self._show_page(request, path, page, pages, _format_contributor)
        response.headers |= {"x-total": str(page.total), "x-total-pages": str(page.last)}
        return response

    def _show_page(
        self,
        request: Request,
        path: str,
        page: Page[Any],
        pages: Mapping[str, int],
        format_row: Callable[[Any], Any],
    ) -> Response:
        response = _show([format_row(row) for row in page.rows])
        response.headers |= {
            "x-page": str(page.number),
            "x-per-page": str(page.size),
            "x-prev-page": str(page.number - 1) if page.number > 1 else "",
            "x-next-page": str(page.number + 1) if page.has_next else "",
        }
        response.headers |= format_link(request, f"{self.base_url}/projects/{path}", pages)
        return response


def _format_limits(quota: Quota) -> dict[str, str]:
    headers = quota.format_headers("ratelimit")
    headers["ratelimit-observed"] = headers.pop("ratelimit-used")
    return headers


def _show(body: object, status: int = 200) -> Response:
    return Response.from_json(body, status, "application/json")


def _error(status: int, message: str) -> Response:
    return _show({"message": message}, status)


def _show_project(request: Request, repository: Repository, token: str | None) -> Response:
    """Answer a project; only with a token it tells whether it is archived or empty, and its
    issues.
    """
    body = {
        "id": repository.id,
        "path_with_namespace": repository.path,
        "description": repository.description,
        "default_branch": repository.branch,
        "star_count": repository.stars,
        "forks_count": repository.forks,
        "last_activity_at": repository.updated.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
    if request.query.get("license", "").lower() == "true":
        body["license"] = (
            None if repository.license is None else {"key": repository.license.lower()}
        )
    if token is not None:
        body["archived"] = repository.archived
        body["empty_repo"] = not repository.commits
        body["open_issues_count"] = repository.issues
    return _show(body)


def _count_commits(repository: Repository, ref: str) -> Response:
    """Answer how many commits there are up to one, or on the branch."""
    shas = [commit.sha for commit in repository.commits]
    if ref == repository.branch:
        return _show({"count": len(shas)})
    if ref in shas:
        return _show({"count": len(shas) - shas.index(ref)})
    return _error(404, "404 Commit Not Found")


def _format_commit(commit: Commit) -> dict[str, Any]:
    date = commit.date.astimezone(_EASTERN).isoformat(timespec="milliseconds")
    return {
        "id": commit.sha,
        "committed_date": date,
        "author_name": commit.name,
        "author_email": commit.email,
    }


def _format_contributor(row: tuple[tuple[str, str], int]) -> dict[str, Any]:
    (name, email), commits = row
    return {"name": name, "email": email, "commits": commits, "additions": 0, "deletions": 0}
