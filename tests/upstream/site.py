"""A host that speaks one dialect: its address, whom it knows, and how much it allows."""

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.upstream.wire import Request, Response
from tests.upstream.world import World


@dataclass
class Quota:
    """So many units in so many seconds; `limit=None` allows everything."""

    limit: int | None
    window: float = 3600.0
    used: int = 0
    reset: float = 0.0  # epoch seconds

    def set(self, *, limit: int | None = None, remaining: int | None = None, reset_in: float | None = None) -> None:
        """Change the limit, what remains of it, and in how many seconds it is whole again."""
        self._roll()
        if limit is not None:
            self.limit = limit
        if reset_in is not None:
            self.reset = time.time() + reset_in
        if remaining is not None:
            self.limit = max(self.limit or 0, remaining)
            self.used = self.limit - remaining

    @property
    def remaining(self) -> int:
        """Return what is left."""
        self._roll()
        return 1_000_000_000 if self.limit is None else max(0, self.limit - self.used)

    def spend(self, units: int = 1) -> bool:
        """Charge units; False when nothing was left."""
        allowed = self.remaining > 0
        self.used += units if allowed else 0
        return allowed

    def _roll(self) -> None:
        if time.time() >= self.reset:
            self.used, self.reset = 0, time.time() + self.window


@dataclass
class Site:
    """One host of the world; `tokens` are those it accepts, None is any.

    A token of Basic authentication is its decoded text, `user:secret`.
    """

    dialect: str
    world: World
    base: str  # absolute address of its API
    quotas: dict[str, Quota] = field(default_factory=dict)
    tokens: set[str] | None = None

    def token(self, request: Request) -> str | None:
        """Return the token that came with a request."""
        if private := request.headers.get("private-token"):
            return private if self.dialect == "gitlab" else None
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return secret.strip() or None
        try:
            return base64.b64decode(secret, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return secret

    def refuses(self, token: str | None) -> bool:
        """Whether that is a token, and a wrong one."""
        return token is not None and self.tokens is not None and token not in self.tokens

    def unlimited(self) -> None:
        """Lift all limits."""
        for quota in self.quotas.values():
            quota.limit = None


Dialect = Callable[[Site, Request], Response]
