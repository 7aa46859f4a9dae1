"""A limit on what a piece of work may cost, which other load on the machine does not touch."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise AssertionError once this process has computed for so long; what it waits for is not
    counted.

    The work is interrupted again each second after that, as it may catch the first errors.
    """
    exceeded = f"it took more than {seconds:g} seconds of processor time"
    interrupted = False

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        raise AssertionError(exceeded)

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert not interrupted, exceeded
