"""The API of Forgejo and Gitea, version 1 (upstreams.md, section 3)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from tests.upstream.site import Quota, Site
from tests.upstream.things import Commit, Repository, Tag
from tests.upstream.wire import Request, Response, answer, link, moved, with_query

MOUNT, API = "/forgejo", "/api/v1"
GITEA_MOUNT = "/gitea"
_VERSIONS = {"forgejo": "12.0.4+gitea-1.22.0", "gitea": "1.24.6"}
_MOST = 50


def quotas() -> dict[str, Quota]:
    """Return no limits: neither program ships any."""
    return {"anonymous": Quota(None), "token": Quota(None)}


def respond(site: Site, request: Request) -> Response:
    """Answer one request. There are no validators: neither program sends any here."""
    token = site.token(request)
    if not site.quotas["token" if token else "anonymous"].spend():
        return answer({"message": "Too many requests"}, 429)
    if site.refuses(token):
        return answer({"message": "invalid username, password or token", "url": _swagger(site)}, 401)
    match request.parts:
        case ("api", "v1", "version"):
            return answer({"version": _VERSIONS[site.dialect]})
        case ("api", "forgejo", "v1", "version") if site.dialect == "forgejo":
            return answer({"version": _VERSIONS["forgejo"]})
        case ("api", "v1", "settings", "api"):
            return answer({"max_response_items": _MOST, "default_paging_num": 30, "default_git_trees_per_page": 1000})
        case ("api", "v1", "repos", owner, name, *rest):
            return _by_path(site, request, f"{owner}/{name}", tuple(rest))
        case ("api", "v1", "repositories", number) if number.isdigit():
            found = site.world.by_id("forgejo", int(number))
            return _missing(site) if found is None else answer(_repository(site, found))
    return _missing(site)


def _swagger(site: Site) -> str:
    return site.base.removesuffix("/v1") + "/swagger"


def _missing(site: Site) -> Response:
    told = "The target couldn't be found."
    return answer({"errors": [], "message": told, "url": _swagger(site)}, 404)


def _by_path(site: Site, request: Request, path: str, rest: tuple[str, ...]) -> Response:
    found = site.world.find("forgejo", path)
    if found is None:
        renamed = site.world.successor("forgejo", path)
        if renamed is None:
            return _missing(site)
        address = "/".join([site.base, "repos", renamed.path, *rest])
        return moved(with_query(address, request.query), 307)
    match rest:
        case ():
            return answer(_repository(site, found))
        case ("commits",):
            return _commits(site, request, found)
        case ("releases", "latest"):
            latest = next((tag for tag in found.tags if not tag.prerelease), None)
            return _missing(site) if latest is None else answer(_release(site, found, latest))
        case ("releases",):
            return _page(site, request, found, "releases", found.tags, lambda tag: _release(site, found, tag))
        case ("tags",):
            return _page(site, request, found, "tags", found.tags, lambda tag: {"name": tag.name, "message": ""})
    return _missing(site)


def _stamp(date: datetime) -> str:
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _user(login: str) -> dict[str, Any]:
    number = crc32(login.encode()) % 100_000
    page = f"https://codeberg.org/{login}"
    email = f"{login}@noreply.codeberg.org"
    told = {"id": number, "login": login, "login_name": "", "full_name": "", "email": email}
    return {**told, "avatar_url": f"{page}/avatar", "html_url": page, "username": login}


def _repository(site: Site, repo: Repository) -> dict[str, Any]:
    body = {
        "id": repo.id,
        "owner": _user(repo.owner),
        "name": repo.name,
        "full_name": repo.path,
        "description": repo.description or "",
        "empty": not repo.commits,
        "private": False,
        "fork": repo.fork,
        "template": False,
        "mirror": False,
        "size": 8 * len(repo.commits),
        "language": "Python",
        "languages_url": f"{site.base}/repos/{repo.path}/languages",
        "html_url": repo.url,
        "url": f"{site.base}/repos/{repo.path}",
        "ssh_url": f"ssh://git@codeberg.org/{repo.path}.git",
        "clone_url": f"{repo.url}.git",
        "website": repo.homepage or "",
        "stars_count": repo.stars,
        "forks_count": repo.forks,
        "watchers_count": repo.watchers,
        "open_issues_count": repo.issues,
        "open_pr_counter": repo.pulls,
        "release_counter": len(repo.tags),
        "default_branch": repo.branch,
        "archived": repo.archived is not None,
        "created_at": _stamp(repo.created),
        "updated_at": _stamp(repo.updated),
        "archived_at": _stamp(repo.archived or datetime.fromtimestamp(0, UTC)),
        "has_issues": True,
        "has_pull_requests": True,
        "internal": False,
        "topics": repo.topics,
    }
    if site.dialect == "gitea":
        body["licenses"] = [] if repo.license is None else [repo.license]
    return body


def _release(site: Site, repo: Repository, tag: Tag) -> dict[str, Any]:
    number = crc32(f"{repo.path} {tag.name}".encode())
    page = f"{repo.url}/releases/tag/{tag.name}"
    told = {"id": number, "tag_name": tag.name, "name": tag.name, "body": "", "html_url": page}
    told["url"] = f"{site.base}/repos/{repo.path}/releases/{number}"
    return {**told, "draft": False, "prerelease": tag.prerelease, "published_at": _stamp(tag.date)}


def _commits(site: Site, request: Request, repo: Repository) -> Response:
    """Answer a list of commits; `since` and `until` are no parameters of these versions."""
    if not repo.commits:
        return answer({"message": "Git Repository is empty.", "url": _swagger(site)}, 409)
    chosen: Sequence[Commit] = repo.commits
    if (seen := request.query.get("not")) is not None:
        shas = [commit.sha for commit in repo.commits]
        if seen not in shas:
            words = f"git rev-list: exit status 128 - fatal: bad revision '^{seen}'"
            return answer({"message": words, "url": _swagger(site)}, 500)
        chosen = repo.commits[: shas.index(seen)]
    slow = [flag for flag in ("stat", "files") if request.query.get(flag) != "false"]
    response = _page(site, request, repo, "commits", chosen, lambda row: _commit(site, repo, row, slow))
    page, size = request.number("page", 1), request.number("limit", 30, _MOST)
    last = -(-len(chosen) // size)
    told = {"page": page, "perpage": size, "total": len(chosen), "pagecount": last}
    response.headers.update({f"x-{name}": str(value) for name, value in told.items()})
    response.headers["x-hasmore"] = "true" if page < last else "false"
    return response


def _commit(site: Site, repo: Repository, one: Commit, slow: Sequence[str]) -> dict[str, Any]:
    me = f"{site.base}/repos/{repo.path}/git/commits/{one.sha}"
    date = _stamp(one.date)
    person = {"name": one.name, "email": one.email, "date": date}
    user = None if one.login is None else _user(one.login)
    body: dict[str, Any] = {
        "url": me,
        "sha": one.sha,
        "created": date,
        "html_url": f"{repo.url}/commit/{one.sha}",
        "commit": {
            "url": me,
            "author": person,
            "committer": person,
            "message": f"Change {one.sha[:7]}\n",
            "tree": {"url": me.replace("/commits/", "/trees/"), "sha": one.sha[::-1], "created": date},
            "verification": None,
        },
        "author": user,
        "committer": user,
        "parents": [],
        "files": [{"filename": "src/app.py", "status": "modified"}] if "files" in slow else None,
        "stats": {"total": 3, "additions": 2, "deletions": 1} if "stat" in slow else None,
    }
    return body


def _page(
    site: Site,
    request: Request,
    repo: Repository,
    name: str,
    rows: Sequence[Any],
    show: Callable[[Any], dict[str, Any]],
) -> Response:
    size, page = request.number("limit", 30, _MOST), request.number("page", 1)
    last = max(1, -(-len(rows) // size))
    response = answer([show(row) for row in rows[(page - 1) * size : page * size]])
    response.headers["x-total-count"] = str(len(rows))
    ahead = {"next": page + 1, "last": last} if page < last else {}
    behind = {"first": 1, "prev": page - 1} if page > 1 else {}
    address = f"{site.base}/repos/{repo.path}/{name}"
    around = {**ahead, **behind}
    pages = {rel: with_query(address, {**request.query, "page": n}) for rel, n in around.items()}
    if pages:
        response.headers["link"] = link(pages)
    return response
