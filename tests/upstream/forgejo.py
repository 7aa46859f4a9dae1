"""The API of Forgejo and Gitea, version 1 (their Swagger): what pkgcat asks of it."""

from typing import Any

from tests.upstream.host import Host
from tests.upstream.messages import Request, Response
from tests.upstream.models import Commit, Repository
from tests.upstream.pagination import format_link, paginate
from tests.upstream.times import format_time


class Forgejo(Host):
    """Codeberg, for example. It sends no validators, and tells no licences."""

    name = "forgejo"
    api_path = "/api/v1"
    version = "12.0.4+gitea-1.22.0"

    def respond(self, request: Request) -> Response:
        """Answer one request."""
        token = self.read_token(request)
        if not self.get_quota(token).spend():
            return _error(429, "Too many requests")
        if self.rejects(token):
            return _error(401, "invalid username, password or token")
        match request.segments:
            case ("api", "v1", "version"):
                return Response.from_json({"version": self.version})
            case ("api", "v1", "repos", owner, name, *rest):
                return self._find(request, f"{owner}/{name}", rest)
        return _not_found()

    def _find(self, request: Request, path: str, rest: list[str]) -> Response:
        renamed = self.world.find_renamed("forgejo", path)
        if renamed is not None:
            address = "/".join([self.base_url, "repos", renamed.path, *rest])
            return Response.redirect(request.repeat_query(address), 307)
        repository = self.world.find("forgejo", path)
        if repository is not None and rest == []:
            return Response.from_json(self.format_repository(repository))
        if repository is not None and rest == ["commits"]:
            return self._list_commits(request, repository)
        return _not_found()

    def format_repository(self, repository: Repository) -> dict[str, Any]:
        """Return the keys of a repository."""
        return {
            "id": repository.id,
            "full_name": repository.path,
            "description": repository.description or "",
            "empty": not repository.commits,
            "stars_count": repository.stars,
            "forks_count": repository.forks,
            "watchers_count": repository.watchers,
            "open_issues_count": repository.issues,
            "archived": repository.archived,
        }

    def _list_commits(self, request: Request, repository: Repository) -> Response:
        """Answer a page of commits, without those that `not` leads to; `since` and `until`
        are ignored.
        """
        commits = repository.commits
        if not commits:
            return _error(409, "Git Repository is empty.")
        excluded = request.query.get("not")
        if excluded is not None:
            shas = [commit.sha for commit in commits]
            if excluded not in shas:
                return _error(
                    500, f"git rev-list: exit status 128 - fatal: bad revision '^{excluded}'"
                )
            commits = commits[: shas.index(excluded)]
        page = paginate(request, commits, "limit", 30, largest=50)
        response = Response.from_json([_format_commit(commit) for commit in page.rows])
        response.headers["x-total-count"] = str(page.total)
        response.headers["x-hasmore"] = "true" if page.has_next else "false"
        address = f"{self.base_url}/repos/{repository.path}/commits"
        response.headers |= format_link(request, address, page.relate_pages())
        return response


class Gitea(Forgejo):
    """Gitea tells licences, one for each file."""

    name = "gitea"
    version = "1.24.6"

    def format_repository(self, repository: Repository) -> dict[str, Any]:
        """Return the keys of a repository."""
        licenses = [] if repository.license is None else [repository.license]
        return {**super().format_repository(repository), "licenses": licenses}


def _error(status: int, message: str) -> Response:
    return Response.from_json({"message": message}, status)


def _not_found() -> Response:
    return _error(404, "The target couldn't be found.")


def _format_commit(commit: Commit) -> dict[str, Any]:
    author = {"name": commit.name, "email": commit.email, "date": format_time(commit.date)}
    account = None if commit.login is None else {"login": commit.login}
    return {"sha": commit.sha, "commit": {"author": author, "committer": author}, "author": account}
