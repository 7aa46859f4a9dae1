"""Limits the requests to one host: how many at once, and none while its rate limit is reached."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from pkgcat.http.errors import RateLimited, Unauthorized
from pkgcat.http.responses import GUESS, LONGEST_LIMIT, Quota

GRACE = timedelta(seconds=1)
"""Hosts state resets in whole seconds."""


class RateLimiter:
    """Limits requests to one host. GitHub counts REST and GraphQL separately: each is a
    `bucket`.
    """

    def __init__(
        self,
        host: str,
        *,
        jobs: int,
        max_wait: float,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.host = host
        self.slots = asyncio.Semaphore(jobs)
        self.quotas: dict[str, Quota] = {}
        self.unauthorized: Unauthorized | None = None
        self._max_wait, self._clock, self._sleep = max_wait, clock, sleep
        self._closed: dict[str, datetime] = {}
        self._guesses: dict[str, int] = {}

    async def wait(self, bucket: str) -> None:
        """Wait while the bucket is closed; raise RateLimited if that is too long, Unauthorized
        after a 401.
        """
        while True:
            if self.unauthorized:
                raise Unauthorized(str(self.unauthorized), self.unauthorized.host_message)
            until = self._closed.get(bucket)
            if until is None or (seconds := (until - self._clock()).total_seconds()) <= 0:
                return
            if seconds > self._max_wait:
                text = f"{self.host}: its limit is reached until {until:%Y-%m-%d %H:%M:%S} UTC"
                raise RateLimited(text, until)
            await self._sleep(seconds)
            if self._closed.get(bucket) == until:
                del self._closed[bucket]

    def note(self, bucket: str, quota: Quota | None) -> None:
        """Remember what a good answer said of the quota; close when nothing remains."""
        self._guesses.pop(bucket, None)
        if quota is None:
            return
        self.quotas[bucket] = quota
        if quota.remaining == 0 and quota.reset > self._clock():
            self._closed[bucket] = quota.reset + GRACE

    def close(self, bucket: str, limited: RateLimited) -> None:
        """Stay away until the host's time; where it names none, twice as long each time."""
        now = self._clock()
        until = self._closed.get(bucket, now)
        if limited.stated_by_host:
            self._closed[bucket] = max(until, limited.until + GRACE)
        elif until <= now:  # the others of the same moment have not been told anything new
            guesses = self._guesses.get(bucket, 0)
            self._guesses[bucket] = guesses + 1
            self._closed[bucket] = now + min(GUESS * 2 ** min(guesses, 20), LONGEST_LIMIT)
