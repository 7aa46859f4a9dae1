"""GitHub's REST API (upstreams.md, section 1)."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from tests.upstream import github_json, graphql
from tests.upstream.site import Quota, Site
from tests.upstream.things import Repository
from tests.upstream.weeks import WEEK, weeks
from tests.upstream.wire import Request, Response, answer, dump, link, moved, text, validated, with_query

T = TypeVar("T")
_DOCS = "https://docs.github.com/rest"
_VERSIONS = {"2022-11-28", "2026-03-10"}
_FRESH = "private, max-age=60, s-maxage=60"
MOUNT, API = "/github", ""


def quotas() -> dict[str, Quota]:
    """Return GitHub's limits for an hour."""
    return {"anonymous": Quota(60), "core": Quota(5000), "graphql": Quota(5000)}


def respond(site: Site, request: Request) -> Response:
    """Answer one request."""
    token = site.token(request)
    if not request.headers.get("user-agent"):
        return text("Request forbidden by administrative rules. Please make sure your request has a User-Agent.", 403)
    if request.headers.get("x-github-api-version", "2022-11-28") not in _VERSIONS:
        return _error(400, "Bad Request: invalid API version")
    if site.refuses(token):
        return _error(401, "Bad credentials")
    if request.parts == ("rate_limit",):
        core = site.quotas["core" if token else "anonymous"]
        return answer({"resources": {"core": _state(core), "graphql": _state(site.quotas["graphql"])}})
    if request.parts == ("graphql",):
        return graphql.respond(site, request, signed=token is not None)
    return _charged(site, request, token)


def _charged(site: Site, request: Request, token: str | None) -> Response:
    resource = "core" if token else "anonymous"
    quota = site.quotas[resource]
    if not quota.remaining:
        response = _error(403, "API rate limit exceeded for 127.0.0.1. (But here's the good news: …)")
    else:
        response = _stamped(request, _find(site, request), token)
        if not (token and response.status == 304):
            quota.spend()
    response.headers.update(limits(quota, "core"))
    return response


def _stamped(request: Request, response: Response, token: str | None) -> Response:
    if response.status != 200:
        return response
    response.headers["cache-control"] = _FRESH
    response.headers["vary"] = "Accept, Authorization, Cookie, X-GitHub-OTP"
    modified = response.headers.pop("x-modified", None)
    digest = sha256((token or "").encode() + request.headers.get("accept", "").encode() + response.body)
    since = datetime.fromisoformat(modified) if modified else None
    return validated(request, response, f'W/"{digest.hexdigest()}"', since)


def limits(quota: Quota, resource: str) -> dict[str, str]:
    """Return the headers that tell how much is left."""
    state = {**_state(quota), "resource": resource}
    return {f"x-ratelimit-{name}": str(value) for name, value in state.items()}


def _state(quota: Quota) -> dict[str, int]:
    remaining = quota.remaining
    limit = remaining + quota.used if quota.limit is None else quota.limit
    return {"limit": limit, "remaining": remaining, "reset": int(quota.reset + 1), "used": quota.used}


def _error(status: int, message: str, page: str = "", **more: object) -> Response:
    return answer({"message": message, "documentation_url": _DOCS + page, **more}, status)


def _missing() -> Response:
    return _error(404, "Not Found", "/repos/repos#get-a-repository")


def _find(site: Site, request: Request) -> Response:
    match request.parts:
        case ("repos", owner, name, *rest):
            path = f"{owner}/{name}"
            if (found := site.world.find("github", path)) is not None:
                return _about(site, request, found, tuple(rest))
            if (renamed := site.world.successor("github", path)) is not None:
                return _renamed(site, request, renamed, rest)
        case ("repositories", number, *rest) if number.isdigit():
            if (found := site.world.by_id("github", int(number))) is not None:
                return _about(site, request, found, tuple(rest))
    return _missing()


def _renamed(site: Site, request: Request, repository: Repository, rest: Sequence[str]) -> Response:
    address = "/".join([site.base, "repositories", str(repository.id), *rest])
    address = with_query(address, request.query)
    return moved(address, 301, {"message": "Moved Permanently", "url": address, "documentation_url": _DOCS})


def _about(site: Site, request: Request, repository: Repository, rest: tuple[str, ...]) -> Response:
    if repository.blocked:
        return _blocked(repository)
    handler = _CALLS.get(rest)
    return _missing() if handler is None else handler(site, request, repository)


def _blocked(repository: Repository) -> Response:
    block = {"reason": repository.blocked, "created_at": "2026-01-02T03:04:05Z"}
    page = f"https://github.com/github/dmca/blob/master/2026/01/{repository.name}.md"
    status = 451 if repository.blocked == "dmca" else 403
    return answer({"message": "Repository access blocked", "block": {**block, "html_url": page}}, status)


def _repository(site: Site, request: Request, repository: Repository) -> Response:
    body = github_json.repository(site.base, repository)
    if request.headers.get("x-github-api-version") == "2026-03-10":
        body.pop("has_downloads")
    return answer(body, x_modified=repository.updated.isoformat())


def _commits(site: Site, request: Request, repository: Repository) -> Response:
    if not repository.commits:
        return _error(409, "Git Repository is empty.", "/commits/commits#list-commits")
    since, until, author = request.date("since"), request.date("until"), request.query.get("author")
    chosen = [
        commit
        for commit in repository.commits
        if (since is None or commit.date >= since)
        and (until is None or commit.date <= until)
        and (author is None or author in {commit.login, commit.email})
    ]
    response = _page(site, request, repository, "commits", chosen, github_json.commit)
    if repository.pushed is not None:
        response.headers["x-modified"] = repository.pushed.isoformat()
    return response


def _page(
    site: Site,
    request: Request,
    repository: Repository,
    name: str,
    rows: Sequence[T],
    show: Callable[[str, Repository, T], dict[str, Any]],
) -> Response:
    size, page = request.number("per_page", 30, 100), request.number("page", 1)
    last = max(1, -(-len(rows) // size))
    shown = [show(site.base, repository, row) for row in rows[(page - 1) * size : page * size]]
    response = Response(200, dump(shown), {"content-type": "application/json; charset=utf-8"})
    around = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    skipped = {"prev", "first"} if page == 1 else {"next", "last"} if page >= last else set()
    base = f"{site.base}/repositories/{repository.id}/{name}"
    pages = {
        rel: with_query(base, {**request.query, "page": number})
        for rel, number in around.items()
        if last > 1 and rel not in skipped
    }
    if pages:
        response.headers["link"] = link(pages)
    return response


def _contributors(site: Site, request: Request, repository: Repository) -> Response:
    if not repository.commits:
        return Response(204)
    anonymous = request.query.get("anon") in {"1", "true"}
    tally = Counter(commit[2:] for commit in repository.commits if commit.login or anonymous)
    people: Counter[tuple[str, str | None]] = Counter()
    for (name, login), number in tally.items():
        people["" if login else name, login] += number
    return _page(site, request, repository, "contributors", people.most_common(), github_json.contributor)


def _participation(site: Site, _request: Request, repository: Repository) -> Response:
    end = site.world.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return answer(
        {
            "all": weeks((commit.date for commit in repository.commits), end),
            "owner": weeks((c.date for c in repository.commits if c.login == repository.owner), end),
        }
    )


def _activity(site: Site, _request: Request, repository: Repository) -> Response:
    if not repository.commits:
        return Response(204)
    today = site.world.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=(today.weekday() + 1) % 7) - 51 * WEEK
    days = Counter((commit.date - first).days for commit in repository.commits)
    rows = []
    for week in range(52):
        counts = [days[week * 7 + day] for day in range(7)]
        rows.append({"days": counts, "total": sum(counts), "week": int((first + week * WEEK).timestamp())})
    return answer(rows)


def _latest(site: Site, _request: Request, repository: Repository) -> Response:
    found = next((tag for tag in repository.tags if not tag.prerelease), None)
    return _missing() if found is None else answer(github_json.release(site.base, repository, found))


def _tags(site: Site, request: Request, repository: Repository) -> Response:
    return _page(site, request, repository, "tags", repository.tags, github_json.tag)


_CALLS: dict[tuple[str, ...], Callable[[Site, Request, Repository], Response]] = {
    (): _repository,
    ("commits",): _commits,
    ("contributors",): _contributors,
    ("stats", "participation"): _participation,
    ("stats", "commit_activity"): _activity,
    ("releases", "latest"): _latest,
    ("tags",): _tags,
}
