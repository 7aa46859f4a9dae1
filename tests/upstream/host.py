"""What all hosts have: a dialect, an address, tokens that they accept, and limits."""

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from tests.upstream.messages import Request, Response
from tests.upstream.world import World

_UNLIMITED = 1_000_000_000


@dataclass
class Quota:
    """So many requests (GraphQL: points) in so many seconds; a limit of None allows everything."""

    limit: int | None
    window: float = 3600.0
    used: int = 0
    reset: float = 0.0  # epoch seconds

    def set(self, *, remaining: int, reset_in: float) -> None:
        """Change what remains, and the seconds until it is whole again."""
        self.reset = time.time() + reset_in
        self.limit = max(self.limit or 0, remaining)
        self.used = self.limit - remaining

    def restore(self) -> None:
        """Forget what was used."""
        self.used, self.reset = 0, 0.0

    @property
    def remaining(self) -> int:
        """Return what is left."""
        self._start_new_window()
        return _UNLIMITED if self.limit is None else max(0, self.limit - self.used)

    def spend(self) -> bool:
        """Charge one unit; return whether anything was left."""
        if self.remaining == 0:
            return False
        self.used += 1
        return True

    def format_headers(self, prefix: str) -> dict[str, str]:
        """Return headers that tell limit, remaining, reset (epoch seconds) and used."""
        remaining = self.remaining
        limit = remaining + self.used if self.limit is None else self.limit
        values = {
            "limit": limit,
            "remaining": remaining,
            "reset": int(self.reset + 1),
            "used": self.used,
        }
        return {f"{prefix}-{name}": str(value) for name, value in values.items()}

    def _start_new_window(self) -> None:
        if time.time() >= self.reset:
            self.used, self.reset = 0, time.time() + self.window


class Limits(NamedTuple):
    """How many requests a host allows in a window: without a token, with one, and of GraphQL;
    None is no limit.
    """

    anonymous: int | None = None
    token: int | None = None
    graphql: int | None = None


class Host:
    """One host, in the dialect of its kind: subclasses say how requests are answered.

    `tokens` are those that it accepts, None accepts any; the token of Basic authentication is its
    decoded text, `user:secret`.
    """

    name: ClassVar[str]
    api_path: ClassVar[str] = ""
    limits: ClassVar[Limits] = Limits()
    window: ClassVar[float] = 3600.0  # seconds

    def __init__(self, world: World, base_url: str) -> None:
        self.world = world
        self.base_url = base_url  # of the API, without a slash at the end
        self.tokens: set[str] | None = None
        self.quotas = {
            name: Quota(limit, self.window) for name, limit in self.limits._asdict().items()
        }

    def respond(self, request: Request) -> Response:
        """Answer one request. Reads the world, so hold its lock."""
        raise NotImplementedError

    def ask(self, path: str, headers: Mapping[str, str], body: bytes = b"") -> Response:
        """Answer in process, without a socket, what is at a path below the API; with a body
        it is a POST.
        """
        return self.respond(
            Request("POST" if body else "GET", f"{self.api_path}/{path}", headers, body)
        )

    def read_token(self, request: Request) -> str | None:
        """Return the token that a request carries."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return secret.strip() or None
        try:
            return base64.b64decode(secret, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return secret

    def rejects(self, token: str | None) -> bool:
        """Whether there is a token, and it is not one of those accepted."""
        return token is not None and self.tokens is not None and token not in self.tokens

    def get_quota(self, token: str | None) -> Quota:
        """Return the quota for requests with a token, or for those without."""
        return self.quotas["anonymous" if token is None else "token"]

    def lift_limits(self) -> None:
        """Allow any number of requests."""
        for quota in self.quotas.values():
            quota.limit = None
