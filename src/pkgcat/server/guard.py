"""What a request passes before it is answered: the host it names, the token it has; and what it
leaves behind: a line of the log.
"""

import binascii
import json
from base64 import b64decode
from hmac import compare_digest
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pkgcat.server.addresses import is_allowed_host
from pkgcat.server.answers import Answer, send_answer
from pkgcat.server.errors import HttpError
from pkgcat.server.requests import Request, find_request
from pkgcat.server.settings import ServerSettings

_OPEN_PATHS = ("/healthz", "/robots.txt", "/favicon.ico")
"""What tells nothing of the catalog is answered without a token."""

_CHALLENGES = (
    (b"www-authenticate", b'Bearer realm="pkgcat"'),
    (b"www-authenticate", b'Basic realm="pkgcat", charset="UTF-8"'),
)
"""A program sends the token as it is; a browser asks for a password, which is the token."""


class Guard:
    """Answers what may not reach the site, and what failed in it."""

    def __init__(self, site: ASGIApp, settings: ServerSettings) -> None:
        self._site = site
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = find_request(scope)
        sent = _Sent(send)
        started = monotonic()
        try:
            self._check(request)
            await self._site(scope, receive, sent.send)
        except HttpError as error:
            await refuse(request, error, sent.send)
        except Exception as error:  # nobody expected it: the reader gets no traceback
            self._settings.tell(f"{request.method} {request.path}: {error!r}")
            if not sent.status:
                failure = HttpError(500, "The server failed; its log tells more.")
                await refuse(request, failure, sent.send)
        if self._settings.logs_requests:
            self._settings.tell(_make_log_line(request, sent, monotonic() - started))

    def _check(self, request: Request) -> None:
        if not is_allowed_host(request.header(b"host"), self._settings.allowed_hosts):
            raise HttpError(
                400, "This host name is not served; 'pkgcat serve --allow-host NAME' allows it."
            )
        token = self._settings.token
        if token is not None and request.path not in _OPEN_PATHS:
            given = _read_token(request.header(b"authorization"))
            if not compare_digest(given.encode(), token.encode()):
                raise HttpError(401, "A token is needed to read this catalog.", *_CHALLENGES)


async def refuse(request: Request, error: HttpError, send: Send) -> None:
    """Answer with an error in JSON."""
    body = json.dumps({"detail": error.detail}).encode()
    answer = Answer(error.status, body, b"application/json", error.headers)
    await send_answer(answer, send, with_body=request.method != "HEAD")


class _Sent:
    """Passes an answer on, and notes what was sent."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.size = 0

    async def send(self, message: Message) -> None:
        """Send one message of ASGI."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


def _read_token(authorization: str | None) -> str:
    """Return the token of a request: of Bearer, or the password of Basic (RFC 7617); else none."""
    scheme, _, credentials = (authorization or "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer":
        return credentials
    if scheme.lower() != "basic":
        return ""
    try:
        decoded = b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.partition(":")[2]


def _make_log_line(request: Request, sent: _Sent, seconds: float) -> str:
    """Return one line: who asked what, and what came of it; nothing a reader sends breaks it."""
    target = request.path + (f"?{request.query}" if request.query else "")
    shown = json.dumps(f"{request.method} {target}")
    milliseconds = f"{seconds * 1000:.1f} ms"
    return f"{request.client} {shown} {sent.status} {sent.size} bytes {milliseconds}"
