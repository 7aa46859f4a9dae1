"""Gaps between transactions, in which other programs can write."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class WriteTurns:
    """Lets other programs write, and the event loop run, between two short transactions.

    Who waits for SQLite's write lock looks for it every 0.1 seconds (sqlite3_busy_timeout).
    Transactions that follow each other directly leave gaps that are shorter, and could keep
    everybody out for as long as they last.
    """

    HOLD = 0.25
    """In seconds: after so long a time of writing without a gap, there is one."""
    GAP = 0.12
    """In seconds."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._held = 0.0
        self._released = self._loop.time()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Measure one transaction."""
        began = self._loop.time()
        if began - self._released >= self.GAP:
            self._held = 0.0
        try:
            yield
        finally:
            self._released = self._loop.time()
            self._held += self._released - began

    async def give_way(self) -> None:
        """Let the event loop go on, so that a timeout can end the run here; wait where others
        need a gap.
        """
        if self._held >= self.HOLD:
            await asyncio.sleep(self.GAP)
        else:
            await asyncio.sleep(0)
