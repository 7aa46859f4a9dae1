"""A host that repeats the token it was sent, in one of many ways, in answers that are right
otherwise.
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.sources import fakes
from tests.sources.server import Request, reply

MOUNTS = ("github", "gitlab", "forgejo", "bitbucket", "pypi", "djangopackages")
OTHER = "http://127.0.0.1:1"
"""Stands for the address of another server, until `Echo.other` names one."""

Way = Callable[[str, Any], bytes]
"""Makes a response of the Authorization header and of the right answer."""


def spellings(authorization: str) -> list[str]:
    """Return the spellings in which a host may repeat what it was sent."""
    credentials = authorization.partition(" ")[2]
    texts = [authorization, credentials]
    if authorization.startswith("Basic "):
        pair = base64.b64decode(credentials).decode()
        texts += [pair, pair.partition(":")[2]]
    found: list[str] = []
    for text in texts:
        data = text.encode()
        found += [
            text,
            quote(text, safe=""),
            "".join(f"%{byte:02x}" for byte in data),
            data.hex(),
            data.hex().upper(),
        ]
        found += [base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()]
    return [
        text.partition(" ")[2] if text == authorization else text for text in dict.fromkeys(found)
    ]


def said(authorization: str) -> str:
    """Return a sentence that holds all spellings."""
    return f"You sent {authorization}; {' '.join(spellings(authorization))}."


class Echo:
    """What a server does: it answers as six hosts, each below its mount; `way` is how it
    repeats the token.
    """

    def __init__(self) -> None:
        self.way: Way = plain
        self.other = OTHER
        self.authorizations: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        """The method and path of each request that came with a token."""

    def __call__(self, request: Request) -> bytes:
        authorization = request.headers.get("authorization", "")
        answer = _answer(request)
        if not authorization:
            return reply(404) if answer is None else reply(200, answer)
        self.authorizations.add(authorization)
        self.asked.append((request.method, request.path))
        if answer is None:
            return reply(404, {"message": said(authorization)})
        return self.way(authorization, answer).replace(OTHER.encode(), self.other.encode())


def plain(_authorization: str, answer: Any) -> bytes:
    """Repeat nothing."""
    return reply(200, answer)


def status_line(authorization: str, answer: Any) -> bytes:
    return reply(200, answer, reason=said(authorization))


def status_line_of_an_error(authorization: str, _answer: Any) -> bytes:
    return reply(422, {"message": "no"}, reason=said(authorization))


def headers(authorization: str, answer: Any) -> bytes:
    return reply(200, answer, X_Echo=said(authorization), Set_Cookie=f"token={said(authorization)}")


def header_name(authorization: str, answer: Any) -> bytes:
    token = authorization.partition(" ")[2].rstrip("=")
    if re.fullmatch(r"[\w-]+", token, re.ASCII) is None:  # no header could be called so
        return headers(authorization, answer)
    return reply(200, answer, **{token: "x"})


def etag(authorization: str, answer: Any) -> bytes:
    return reply(200, answer, ETag=f'"{said(authorization)}"')


def last_modified(authorization: str, answer: Any) -> bytes:
    return reply(200, answer, Last_Modified=authorization)


def link(authorization: str, answer: Any) -> bytes:
    token = quote(authorization.partition(" ")[2])
    return reply(
        200, answer, Link=f'<https://api.example.org/x?page=9&access_token={token}>; rel="last"'
    )


def retry_after(authorization: str, answer: Any) -> bytes:
    return reply(200, answer, Retry_After=authorization, x_ratelimit_remaining=authorization)


def content_encoding(authorization: str, answer: Any) -> bytes:
    return reply(200, answer, Content_Encoding=authorization.partition(" ")[2])


def json_text(authorization: str, answer: Any) -> bytes:
    return reply(200, _with_texts(answer, said(authorization)))


def json_text_as_sent(authorization: str, answer: Any) -> bytes:
    return reply(200, _with_texts(answer, f"by {authorization}"))


def json_escaped(authorization: str, answer: Any) -> bytes:
    text = json.dumps(_with_texts(answer, "SECRET"))
    return reply(
        200,
        text.replace("SECRET", "".join(f"\\u{ord(c):04x}" for c in said(authorization))).encode(),
    )


def json_in_json(authorization: str, answer: Any) -> bytes:
    escaped = "".join(f"\\u{ord(c):04x}" for c in authorization)
    return reply(200, _with_texts(answer, f'{{"authorization": "{escaped}"}}'))


def json_keys(authorization: str, answer: Any) -> bytes:
    return reply(200, _with_keys(answer, [said(authorization), *spellings(authorization)]))


def identities(authorization: str, answer: Any) -> bytes:
    """Repeat it where pkgcat remembers what a host says, whatever it says."""
    names = (
        "id",
        "uuid",
        "databaseId",
        "sha",
        "oid",
        "last_activity_at",
        "updated_on",
        "version",
        "login",
        "slug",
    )
    return reply(200, _replaced(answer, dict.fromkeys(names, said(authorization)[:200])))


def moved(authorization: str, answer: Any) -> bytes:
    path = f"ann/{authorization.partition(' ')[2]}"
    return reply(
        200,
        _replaced(
            answer, dict.fromkeys(("full_name", "path_with_namespace", "nameWithOwner"), path)
        ),
    )


def links(authorization: str, answer: Any) -> bytes:
    token = quote(authorization.partition(" ")[2], safe="")
    address = f"https://github.com/{token}/{token}?token={token}"
    return reply(
        200, _replaced(answer, dict.fromkeys(("Docs", "Source", "html_url", "repo_url"), address))
    )


def not_json(authorization: str, _answer: Any) -> bytes:
    return reply(200, f"<html>{said(authorization)}</html>".encode())


def error_message(authorization: str, _answer: Any) -> bytes:
    return reply(403, {"message": said(authorization)})


def error_inside(authorization: str, _answer: Any) -> bytes:
    return reply(422, {"error": {"message": said(authorization)}})


def token_refused(authorization: str, _answer: Any) -> bytes:
    return reply(401, {"message": said(authorization)})


def blocked(authorization: str, _answer: Any) -> bytes:
    return reply(451, {"message": said(authorization), "block": {"reason": authorization}})


def limit_message(authorization: str, _answer: Any) -> bytes:
    left = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "4000000000"}
    return reply(403, {"message": f"API rate limit exceeded for {said(authorization)}"}, **left)


def graphql_errors(authorization: str, answer: Any) -> bytes:
    if not isinstance(answer, dict) or "data" not in answer:
        return error_message(authorization, answer)
    error = {
        "type": said(authorization),
        "message": said(authorization),
        "path": ["r0", authorization],
    }
    return reply(200, {"data": {"r0": None}, "errors": [error, {**error, "type": "FORBIDDEN"}]})


def redirect_elsewhere(authorization: str, _answer: Any) -> bytes:
    return reply(
        302,
        Location=f"{OTHER}/{quote(authorization, safe='')}?token={authorization.partition(' ')[2]}",
    )


def redirect_in_base64(authorization: str, _answer: Any) -> bytes:
    return reply(
        307, Location=f"{OTHER}/{base64.urlsafe_b64encode(authorization.encode()).decode()}"
    )


def redirect_with_user(authorization: str, _answer: Any) -> bytes:
    return reply(
        301,
        Location=OTHER.replace("//", f"//user:{quote(authorization.partition(' ')[2], safe='')}@"),
    )


def redirect_to_a_scheme(authorization: str, _answer: Any) -> bytes:
    return reply(301, Location=f"{authorization.partition(' ')[2]}://x/y")


WAYS: tuple[Way, ...] = (
    *(
        status_line,
        status_line_of_an_error,
        headers,
        header_name,
        etag,
        last_modified,
        link,
        retry_after,
    ),
    *(
        content_encoding,
        json_text,
        json_text_as_sent,
        json_escaped,
        json_in_json,
        json_keys,
        identities,
        moved,
        links,
        not_json,
    ),
    *(error_message, error_inside, token_refused, blocked, limit_message, graphql_errors),
    *(redirect_elsewhere, redirect_in_base64, redirect_with_user, redirect_to_a_scheme),
)
"""Ways that no request is sent again for, so that none takes time."""


def broken_status_line(authorization: str, _answer: Any) -> bytes:
    return f"HTTP/1.1 2x0 {said(authorization)}\r\n\r\n".encode()


def broken_header(authorization: str, _answer: Any) -> bytes:
    return f"HTTP/1.1 200 OK\r\n{said(authorization)}\r\n\r\n".encode()


def server_error(authorization: str, _answer: Any) -> bytes:
    return reply(500, {"message": said(authorization)}, reason=said(authorization))


def limit_for_a_while(authorization: str, _answer: Any) -> bytes:
    return reply(429, {"message": said(authorization)}, Retry_After=authorization)


RETRIED_WAYS: tuple[Way, ...] = (broken_status_line, broken_header, server_error, limit_for_a_while)
"""Ways for which a request is sent again after a pause."""


def _answer(request: Request) -> Any:
    """Return the right answer as the host below the path's first segment gives it, or None."""
    _, mount, path = request.path.split("/", 2)
    if request.method == "POST":
        return _graphql("history" in request.body.decode())
    if mount == "djangopackages":
        return _django_packages(path.partition("?")[0])
    found = getattr(fakes, mount)().get(path)
    return getattr(found, "json", found)


def _graphql(history: bool) -> Any:
    if history:
        commits = {"totalCount": 1, "nodes": [{"committedDate": fakes.iso(fakes.LAST)}]}
        node = {"defaultBranchRef": {"target": {"history": {"totalCount": 3}, "year": commits}}}
        return {"data": {"r0": node}}
    node = {
        "databaseId": 7,
        "nameWithOwner": "ann/maps",
        "description": "Maps",
        "stargazerCount": 12,
        "forkCount": 3,
        "isArchived": False,
        "isEmpty": False,
        "pushedAt": fakes.iso(fakes.LAST),
        "licenseInfo": {"spdxId": "MIT"},
        "issues": {"totalCount": 4},
        "pullRequests": {"totalCount": 0},
        "defaultBranchRef": {"target": {"oid": "c3", "committedDate": fakes.iso(fakes.LAST)}},
    }
    return {"data": {"r0": node}}


def _django_packages(path: str) -> Any:
    page = {"next": None, "count": 1}
    category = {"id": 1, "slug": "apps", "title": "App", "title_plural": "Apps", "description": "x"}
    grid = {
        "id": 2,
        "slug": "geo",
        "title": "Geo",
        "description": "x",
        "packages": ["/api/v4/packages/7/"],
    }
    record = {
        "id": 7,
        "slug": "charts",
        "title": "Charts",
        "repo_url": "https://github.com/ann/charts",
        "grids": [],
    }
    record |= {
        "repo_description": "Charts",
        "pypi_url": "",
        "category": None,
        "documentation_url": "https://d.org/",
    }
    known = {
        "categories/": {**page, "results": [category]},
        "grids/": {**page, "results": [grid]},
        "packages/": {**page, "results": [record]},
        "grids/geo/": grid,
    }
    return record if path in ("packages/charts/", "packages/7/") else known.get(path)


def _with_texts(given: Any, text: str) -> Any:
    """Return an answer with a text in every value that is shown to a person."""
    names = {
        "description",
        "repo_description",
        "name",
        "nickname",
        "spdx_id",
        "spdxId",
        "requires_python",
    }
    if isinstance(given, list):
        return [_with_texts(one, text) for one in given]
    if not isinstance(given, dict):
        return given
    found = {key: _with_texts(value, text) for key, value in given.items()}
    return found | {
        key: f"{given[key]} {text}" for key in names & given.keys() if isinstance(given[key], str)
    }


def _with_keys(given: Any, keys: list[str]) -> Any:
    if isinstance(given, list):
        return [_with_keys(one, keys) for one in given]
    if not isinstance(given, dict):
        return given
    return {
        **{key: _with_keys(value, keys) for key, value in given.items()},
        **dict.fromkeys(keys, "x"),
    }


def _replaced(given: Any, values: dict[str, str]) -> Any:
    """Return an answer with other values of some keys, wherever they are."""
    if isinstance(given, list):
        return [_replaced(one, values) for one in given]
    if not isinstance(given, dict):
        return given
    return {
        key: values[key] if key in values else _replaced(value, values)
        for key, value in given.items()
    }
