"""The gate of one host: so many at once, and nobody while its limit is reached."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from pkgcat.sources.base import Limited, Refused
from pkgcat.sources.verdict import GUESS, Quota

GRACE = timedelta(seconds=1)
"""Resets are told in whole seconds."""


class Gate:
    """Lets requests to one host through. GitHub counts REST and GraphQL apart: each is a `bucket`."""

    def __init__(
        self,
        host: str,
        *,
        jobs: int,
        patience: float,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.host = host
        self.slots = asyncio.Semaphore(jobs)
        self.quotas: dict[str, Quota] = {}
        self.refused: Refused | None = None
        self._patience, self._clock, self._sleep = patience, clock, sleep
        self._closed: dict[str, datetime] = {}
        self._guesses: dict[str, int] = {}

    async def wait(self, bucket: str) -> None:
        """Wait while the bucket is closed; raise Limited if that is too long, Refused after a 401."""
        while True:
            if self.refused:
                raise Refused(str(self.refused), self.refused.said)
            until = self._closed.get(bucket)
            if until is None or (seconds := (until - self._clock()).total_seconds()) <= 0:
                return
            if seconds > self._patience:
                text = f"{self.host}: its limit is reached until {until:%Y-%m-%d %H:%M:%S} UTC"
                raise Limited(text, until)
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

    def close(self, bucket: str, limited: Limited) -> None:
        """Stay away until the host's time; where it names none, twice as long each time."""
        now = self._clock()
        until = self._closed.get(bucket, now)
        if limited.told:
            self._closed[bucket] = max(until, limited.until + GRACE)
        elif until <= now:  # the others of the same moment have not been told anything new
            guesses = self._guesses.get(bucket, 0)
            self._guesses[bucket] = guesses + 1
            self._closed[bucket] = now + GUESS * 2**guesses
