"""Bitbucket Cloud's API, version 2.0 (upstreams.md, section 4)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

from tests.upstream.site import Quota, Site
from tests.upstream.things import Commit, Repository
from tests.upstream.wire import Request, Response, answer, dump, moved, text, validated, with_query

MOUNT, API = "/bitbucket", "/2.0"
_TAILS = {
    "pullrequests": "pullrequests",
    "commits": "commits",
    "forks": "forks",
    "watchers": "watchers",
    "branches": "refs/branches",
    "tags": "refs/tags",
    "downloads": "downloads",
    "source": "src",
    "issues": "issues",
    "hooks": "hooks",
}
_COMMIT_LINKS = {"diff": "diff/{}", "approve": "commit/{}/approve", "comments": "commit/{}/comments"}
_COMMIT_LINKS |= {"statuses": "commit/{}/statuses", "patch": "patch/{}"}


def quotas() -> dict[str, Quota]:
    """Return Bitbucket's limits for an hour."""
    return {"anonymous": Quota(60), "token": Quota(1000)}


def respond(site: Site, request: Request) -> Response:
    """Answer one request."""
    token = site.token(request)
    if site.refuses(token):
        return _error(401, "Token is invalid, expired, or not supported for this endpoint.")
    if not site.quotas["token" if token else "anonymous"].spend():
        return text("Rate limit for this resource has been exceeded", 429)
    parts = request.parts[:-1] if request.parts[-1] == "" else request.parts
    match parts:
        case ("2.0", "repositories", workspace, slug, *rest):
            response = _by_path(site, request, f"{workspace}/{slug}", tuple(rest))
        case _:
            response = _error(404, "Resource not found")
    if response.status != 200:
        return response
    response.headers["cache-control"] = "max-age=900"
    response.headers["vary"] = "Authorization, Origin, Accept-Encoding"
    return validated(request, response, f'"{md5(response.body, usedforsecurity=False).hexdigest()}"')


def _error(status: int, message: str) -> Response:
    return answer({"type": "error", "error": {"message": message}}, status)


def _by_path(site: Site, request: Request, path: str, rest: tuple[str, ...]) -> Response:
    found = site.world.find("bitbucket", path)
    if found is None:
        renamed = site.world.successor("bitbucket", path)
        if renamed is None:
            return _error(404, f"Repository {path} not found")
        address = "/".join([site.base, "repositories", renamed.path, *rest])
        return moved(with_query(address, request.query), 301)
    match rest:
        case ():
            return _chosen(request, _repository(site, found))
        case ("commits",):
            everything = sorted([*found.commits, *found.elsewhere], key=lambda row: row.date, reverse=True)
            return _commits(site, request, found, everything, "commits")
        case ("commits", ref) if ref == found.branch or any(ref == row.sha for row in found.commits):
            return _commits(site, request, found, found.commits, f"commits/{ref}")
        case ("watchers",):
            people = [_user(f"watcher-{number}") for number in range(found.watchers)]
            return _page(site, request, found, "watchers", people)
        case ("forks",):
            forks = [{**_short(site, found), "full_name": f"fork-{n}/{found.name}"} for n in range(found.forks)]
            return _page(site, request, found, "forks", forks)
        case ("refs", "tags"):
            tags = [{"type": "tag", "name": tag.name, "date": tag.date.isoformat()} for tag in found.tags]
            return _page(site, request, found, "refs/tags", tags)
    return _error(404, "Resource not found")


def _uuid(text_: str) -> str:
    return f"{{{uuid.uuid5(uuid.NAMESPACE_URL, text_)}}}"


def _user(name: str) -> dict[str, Any]:
    number = _uuid(name)
    links = {rel: {"href": f"https://bitbucket.org/{number}/"} for rel in ("self", "avatar", "html")}
    told = {"display_name": name, "links": links, "type": "user", "uuid": number}
    return {**told, "account_id": number.strip("{}"), "nickname": name}


def _short(site: Site, repo: Repository) -> dict[str, Any]:
    me = f"{site.base}/repositories/{repo.path}"
    avatar = f"https://bytebucket.org/ravatar/{repo.id}"
    links = {"self": {"href": me}, "html": {"href": repo.url}, "avatar": {"href": avatar}}
    told = {"type": "repository", "full_name": repo.path, "links": links, "name": repo.name}
    return {**told, "uuid": _uuid(str(repo.id))}


def _repository(site: Site, repo: Repository) -> dict[str, Any]:
    short = _short(site, repo)
    me = short["links"]["self"]["href"]
    clone = [
        {"name": "https", "href": f"{repo.url}.git"},
        {"name": "ssh", "href": f"git@bitbucket.org:{repo.path}"},
    ]
    pages = {rel: {"href": f"https://bitbucket.org/{repo.owner}/"} for rel in ("self", "html", "avatar")}
    group = {"uuid": _uuid(repo.owner), "name": repo.owner, "links": pages}
    return {
        **short,
        "links": {
            **short["links"],
            **{rel: {"href": f"{me}/{tail}"} for rel, tail in _TAILS.items()},
            "clone": clone,
        },
        "description": repo.description or "",
        "scm": "git",
        "website": repo.homepage or "",
        "owner": _user(repo.owner),
        "workspace": {"type": "workspace", **group, "slug": repo.owner},
        "is_private": False,
        "project": {"type": "project", "key": "PROJ", **group},
        "fork_policy": "allow_forks",
        "slug": repo.name,
        "created_on": _stamp(repo.created),
        "updated_on": _stamp(repo.updated),
        "size": 8192 * len(repo.commits),
        "language": "python",
        "mainbranch": {"name": repo.branch, "type": "branch"} if repo.commits else None,
        "override_settings": {"default_merge_strategy": False, "branching_model": False},
        "parent": None,
        "has_issues": False,
        "has_wiki": False,
    }


def _stamp(date: datetime) -> str:
    return date.astimezone(UTC).isoformat(timespec="microseconds")


def _commit(site: Site, repo: Repository, one: Commit) -> dict[str, Any]:
    short = _short(site, repo)
    me = short["links"]["self"]["href"]
    links = {"self": {"href": f"{me}/commit/{one.sha}"}, "html": {"href": f"{repo.url}/commits/{one.sha}"}}
    words = f"Change {one.sha[:7]}"
    shown = {"type": "rendered", "raw": words, "markup": "markdown", "html": f"<p>{words}</p>"}
    author: dict[str, Any] = {"type": "author", "raw": f"{one.name} <{one.email}>"}
    if one.login is not None:
        author["user"] = _user(one.name)
    return {
        "type": "commit",
        "hash": one.sha,
        "date": one.date.astimezone(UTC).isoformat(timespec="seconds"),
        "author": author,
        "message": words,
        "summary": shown,
        "links": {
            **links,
            **{rel: {"href": f"{me}/{tail.format(one.sha)}"} for rel, tail in _COMMIT_LINKS.items()},
        },
        "parents": [],
        "rendered": {"message": shown},
        "repository": short,
    }


def _commits(site: Site, request: Request, repo: Repository, rows: Sequence[Commit], tail: str) -> Response:
    """Answer commits, without a total, with a `next` that nobody can guess."""
    if (seen := request.query.get("exclude")) is not None:
        shas = [row.sha for row in rows]
        if seen not in shas:
            return _error(404, f"Commit {seen} not found")
        rows = rows[: shas.index(seen)]
    size, page = request.number("pagelen", 30), request.number("page", 1)
    context = md5(f"{tail} {len(rows)}".encode(), usedforsecurity=False).hexdigest()
    if size > 100 or (page > 1 and request.query.get("ctx") != context):
        return _error(400, "Invalid pagelen" if size > 100 else "Invalid page")
    shown = [_commit(site, repo, row) for row in rows[(page - 1) * size : page * size]]
    body: dict[str, Any] = {"values": shown, "pagelen": size}
    if page * size < len(rows):
        more = {**request.query, "ctx": context, "page": page + 1}
        body["next"] = with_query(f"{site.base}/repositories/{repo.path}/{tail}", more)
    return _chosen(request, body)


def _page(site: Site, request: Request, repo: Repository, tail: str, rows: Sequence[Any]) -> Response:
    size, page = request.number("pagelen", 10), request.number("page", 1)
    if size > 100:
        return _error(400, "Invalid pagelen")
    body: dict[str, Any] = {"values": rows[(page - 1) * size : page * size], "pagelen": size}
    body |= {"size": len(rows), "page": page}
    if page * size < len(rows):
        more = {**request.query, "page": page + 1}
        body["next"] = with_query(f"{site.base}/repositories/{repo.path}/{tail}/", more)
    return _chosen(request, body)


def _chosen(request: Request, body: Mapping[str, Any]) -> Response:
    """Answer the part that `fields` names."""
    asked = request.query.get("fields")
    if asked is None:
        return answer(body)
    paths = [path.split(".") for path in asked.split(",")]
    if any(path[0][:1] in {"+", "-"} for path in paths):
        return _error(400, "Only plain names are understood in fields")
    response = answer({})
    response.body = dump(_only(body, paths))
    return response


def _only(value: Any, paths: Sequence[Sequence[str]]) -> Any:
    if isinstance(value, list):
        return [_only(item, paths) for item in value]
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    kept = {}
    for key, inner in value.items():
        below = [path[1:] for path in paths if path[0] in {key, "*"}]
        if below:
            kept[key] = _only(inner, below)
    return kept
