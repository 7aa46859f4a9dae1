"""Answers that need no catalog: whether the server lives, what robots may read, an icon."""

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pkgcat.server.answers import Answer, send_answer
from pkgcat.server.errors import HttpError
from pkgcat.server.requests import Request, find_request

_TEXT = b"text/plain; charset=utf-8"
_ICON = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#4a6" d="M2 1l4 3h4l4-3v9a6 5 0 0 1-12 0z"/><path d="M5 8h2v2H5zM9 8h2v2H9z"/></svg>"""

_ANSWERS = {
    "/healthz": Answer(200, b"ok\n", _TEXT),
    "/robots.txt": Answer(200, b"User-agent: *\nDisallow: /\n", _TEXT),
    "/favicon.ico": Answer(200, _ICON, b"image/svg+xml"),
}

METHODS = ("GET", "HEAD")


def make_routes() -> list[Route]:
    """Return the routes of these answers."""
    return [Route(path, FixedAnswer(answer)) for path, answer in _ANSWERS.items()]


def check_method(request: Request) -> None:
    """Raise HttpError for a method that does not only read."""
    if request.method not in METHODS:
        raise HttpError(405, f'Method "{request.method}" not allowed.', (b"allow", b"GET, HEAD"))


class FixedAnswer:
    """Gives one answer."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = find_request(scope)
        check_method(request)
        await send_answer(self._answer, send, with_body=request.method == "GET")
