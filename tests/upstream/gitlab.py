"""GitLab's REST API, version 4 (upstreams.md, section 2)."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import md5
from typing import Any

from tests.upstream import gitlab_json
from tests.upstream.site import Quota, Site
from tests.upstream.things import Commit, Repository
from tests.upstream.wire import Request, Response, answer, link, text, validated, with_query

MOUNT, API = "/gitlab", "/api/v4"
_PLAIN = "application/json"


def quotas() -> dict[str, Quota]:
    """Return gitlab.com's limits for a minute."""
    return {"anonymous": Quota(500, 60), "token": Quota(2000, 60)}


def respond(site: Site, request: Request) -> Response:
    """Answer one request."""
    token = site.token(request)
    quota = site.quotas["token" if token else "anonymous"]
    if not quota.spend():
        return _limited(quota)
    if site.refuses(token):
        return answer({"message": "401 Unauthorized"}, 401, _PLAIN)
    response = _find(site, request, signed=token is not None)
    if response.status == 404:
        response.headers.update(_limits(quota))
    if response.status != 200:
        return response
    response.headers["cache-control"] = "max-age=0, private, must-revalidate"
    response.headers["vary"] = "Origin, Accept-Encoding"
    return validated(request, response, f'W/"{md5(response.body, usedforsecurity=False).hexdigest()}"')


def _limits(quota: Quota) -> dict[str, str]:
    limit = quota.remaining + quota.used if quota.limit is None else quota.limit
    known = {
        "limit": limit,
        "observed": quota.used,
        "remaining": quota.remaining,
        "reset": int(quota.reset + 1),
    }
    return {f"ratelimit-{name}": str(value) for name, value in known.items()}


def _limited(quota: Quota) -> Response:
    response = text("Retry later\n", 429)
    wait = max(1, int(quota.reset - time.time()) + 1)
    response.headers.update({**_limits(quota), "retry-after": str(wait)})
    return response


def _missing(words: str = "404 Project Not Found") -> Response:
    return answer({"message": words}, 404, _PLAIN)


def _find(site: Site, request: Request, *, signed: bool) -> Response:
    match request.parts:
        case ("api", "v4", "version") | ("api", "v4", "metadata"):
            version = {"version": "18.5.1", "revision": "8a7e5f1c9d2"}
            return answer(version, 200, _PLAIN) if signed else answer({"message": "401 Unauthorized"}, 401, _PLAIN)
        case ("api", "v4", "projects", project, *rest):
            return _about(site, request, project, tuple(rest), signed=signed)
    return answer({"error": "404 Not Found"}, 404, _PLAIN)


def _about(site: Site, request: Request, project: str, rest: tuple[str, ...], *, signed: bool) -> Response:
    world = site.world
    found = world.by_id("gitlab", int(project)) if project.isdigit() else world.find("gitlab", project)
    if found is None:
        renamed = None if project.isdigit() else world.successor("gitlab", project)
        return _missing() if renamed is None else _renamed(site, request, renamed, rest)
    if not rest:
        licensed = request.query.get("license", "").lower() == "true"
        body = gitlab_json.project(site.base, found, signed=signed, licensed=licensed)
        return answer(body, 200, _PLAIN)
    if rest[:2] == ("repository", "commits") and rest[-1] == "sequence" and len(rest) == 4:
        return _sequence(found, rest[2])
    handler = _CALLS.get(rest)
    return _missing("404 Not Found") if handler is None else handler(site, request, found)


def _renamed(site: Site, request: Request, repository: Repository, rest: Sequence[str]) -> Response:
    address = with_query("/".join([site.base, "projects", str(repository.id), *rest]), request.query)
    response = text("This resource has been moved permanently to " + address, 301)
    response.headers["location"] = address
    return response


def _sequence(repository: Repository, ref: str) -> Response:
    shas = [commit.sha for commit in repository.commits]
    if ref in {repository.branch, "HEAD"} and shas:
        return answer({"count": len(shas)}, 200, _PLAIN)
    if ref in shas:
        return answer({"count": len(shas) - shas.index(ref)}, 200, _PLAIN)
    return _missing("404 Commit Not Found")


def _commits(site: Site, request: Request, repository: Repository) -> Response:
    since, until = request.date("since"), request.date("until")
    chosen = [
        commit
        for commit in repository.commits
        if (since is None or commit.date >= since) and (until is None or commit.date <= until)
    ]
    known = {"id": repository.id, "order": "default", "trailers": "false"}
    response, last = _page(request, chosen, lambda row: gitlab_json.commit(repository, row))
    around = _around(request, last)
    if "next" in around:
        around["last"] = around["next"]  # as recorded: gitlab.com does not know the last page
    _linked(response, f"{site.base}/projects/{repository.id}/repository/commits", request, around, known)
    return response


def _contributors(site: Site, request: Request, repository: Repository) -> Response:
    if not repository.commits:
        return _missing("404 Not Found")
    tally: Counter[tuple[str, str]] = Counter((commit.name, commit.email) for commit in repository.commits)
    order, sort = request.query.get("order_by", "commits"), request.query.get("sort", "asc")
    rows = sorted(tally.items(), key=_ORDERS.get(order, _ORDERS["commits"]), reverse=sort == "desc")
    known = {"id": repository.id, "order_by": order, "sort": sort}
    return _counted(site, request, rows, gitlab_json.contributor, f"{repository.id}/repository/contributors", known)


_ORDERS: dict[str, Callable[[tuple[tuple[str, str], int]], Any]] = {
    "commits": lambda row: row[1],
    "name": lambda row: row[0][0],
    "email": lambda row: row[0][1],
}


def _tags(site: Site, request: Request, repository: Repository) -> Response:
    head: Commit | None = repository.commits[0] if repository.commits else None

    def show(tag: Any) -> dict[str, Any]:
        commit = None if head is None else gitlab_json.commit(repository, head)
        return {
            "name": tag.name,
            "message": "",
            "target": head and head.sha,
            "commit": commit,
            "protected": False,
        }

    return _counted(site, request, repository.tags, show, f"{repository.id}/repository/tags", {"id": repository.id})


def _releases(site: Site, request: Request, repository: Repository) -> Response:
    rows, known = repository.tags, {"id": repository.id}
    show = gitlab_json.release(repository)
    return _counted(site, request, rows, show, f"{repository.id}/releases", known)


def _latest(_site: Site, _request: Request, repository: Repository) -> Response:
    if not repository.tags:
        return _missing("404 Not Found")
    return answer(gitlab_json.release(repository)(repository.tags[0]), 200, _PLAIN)


def _counted(
    site: Site,
    request: Request,
    rows: Sequence[Any],
    show: Callable[[Any], dict[str, Any]],
    tail: str,
    known: Mapping[str, Any],
) -> Response:
    response, last = _page(request, rows, show)
    response.headers["x-total"], response.headers["x-total-pages"] = str(len(rows)), str(last)
    _linked(response, f"{site.base}/projects/{tail}", request, {**_around(request, last), "last": last}, known)
    return response


def _page(request: Request, rows: Sequence[Any], show: Callable[[Any], dict[str, Any]]) -> tuple[Response, int]:
    size, page = request.number("per_page", 20, 100), request.number("page", 1)
    last = max(1, -(-len(rows) // size))
    response = answer([show(row) for row in rows[(page - 1) * size : page * size]], 200, _PLAIN)
    response.headers["x-next-page"] = str(page + 1) if page < last else ""
    response.headers["x-page"], response.headers["x-per-page"] = str(page), str(size)
    response.headers["x-prev-page"] = str(page - 1) if page > 1 else ""
    return response, last


def _around(request: Request, last: int) -> dict[str, int]:
    page = request.number("page", 1)
    around = {"prev": page - 1, "next": page + 1, "first": 1}
    return {rel: n for rel, n in around.items() if 1 <= n <= last}


def _linked(
    response: Response, address: str, request: Request, around: Mapping[str, int], known: Mapping[str, Any]
) -> None:
    size = request.number("per_page", 20, 100)
    kept = {name: value for name, value in request.query.items() if name not in {"page", "per_page"}}
    pages = {
        rel: with_query(address, dict(sorted({**kept, **known, "page": n, "per_page": size}.items())))
        for rel, n in around.items()
    }
    response.headers["link"] = link(pages)


_CALLS: dict[tuple[str, ...], Callable[[Site, Request, Repository], Response]] = {
    ("repository", "commits"): _commits,
    ("repository", "contributors"): _contributors,
    ("repository", "tags"): _tags,
    ("releases",): _releases,
    ("releases", "permalink", "latest"): _latest,
}
