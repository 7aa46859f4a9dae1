"""Run a coroutine on an event loop that a signal stops."""

import asyncio
import socket
import threading
import warnings
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from pkgcat import signals

T = TypeVar("T")

_AGAIN_SECONDS = 0.5
"""A task whose clean-up still waits for a host so long after it was cancelled is cancelled
again.
"""


def run(work: Coroutine[Any, Any, T], *, outcome: str = "") -> T:
    """Return the coroutine's result; after a signal cancel it, let it clean up and raise
    Interrupted.

    A signal handler that raises inside the loop may lose the step of a task, which then is waited
    for without end. `outcome` describes what an interruption leaves behind.
    """
    cancellation = _Cancellation()
    try:
        with signals.deferred(cancellation.request), asyncio.Runner(loop_factory=_Loop) as runner:
            return runner.run(cancellation.guard(work))
    finally:
        work.close()
        if outcome:
            signals.describe_outcome(outcome)


class _Cancellation:
    """Cancels a coroutine from a signal handler."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the coroutine, which a request cancels."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        signals.check()
        return await work

    def request(self) -> None:
        """Have the loop cancel the task; called from a signal handler."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        # a task that is cancelled before its first step never awaits its coroutine
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        if self._loop is not None and self._task is not None and not self._task.done():
            self._task.cancel()
            self._loop.call_later(_AGAIN_SECONDS, self._cancel)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop that looks names up in daemon threads.

    A look-up can take a minute and cannot be broken off. The threads of the loop's executor are
    waited for when the loop is closed, and again when Python ends.
    """

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002  # as asyncio has it
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """See socket.getaddrinfo."""
        answer: asyncio.Future[list[Any]] = self.create_future()

        def look_up() -> None:
            try:
                found = socket.getaddrinfo(host, port, family, type, proto, flags)
            except Exception as error:  # handed to whoever asked
                self._hand_over(answer, None, error)
            else:
                self._hand_over(answer, found, None)

        threading.Thread(target=look_up, daemon=True).start()
        return await answer

    def _hand_over(
        self, answer: "asyncio.Future[list[Any]]", found: list[Any] | None, error: Exception | None
    ) -> None:
        """Settle a future from another thread."""

        def settle() -> None:
            if answer.done():  # cancelled meanwhile
                return
            if error is not None:
                answer.set_exception(error)
            elif found is not None:
                answer.set_result(found)

        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self.call_soon_threadsafe(settle)
