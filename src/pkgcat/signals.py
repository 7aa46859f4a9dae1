"""SIGINT (Ctrl-C), SIGTERM and SIGHUP: noted when they arrive, raised where the work can stop.

An exception that a signal handler raises can be lost: compile(), which every import without cached
byte code calls, finalizers, weakref callbacks and the callbacks of SQLite discard it. So the
handler only notes the signal, and the work calls `check`, which raises Interrupted: before each SQL
statement, so before each COMMIT, and at the end of the program. Work that waits or computes and
does not get to such a place is ended by a timer, which raises Interrupted wherever the program is,
and again until it takes effect.

A signal that arrives just before a system call that waits would be noted only when the call
returns: Python runs handlers between its own instructions. So the timer runs all the time, and each
of its signals breaks off such a call, which Python resumes (PEP 475) after it has run the handlers.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_TICK_SECONDS = 0.5
"""How often the timer breaks off a system call that waits, so that a signal before it is noted."""
_TIMER_SECONDS = 0.1
"""After so long, and then again each time, the timer raises Interrupted in work that has not
stopped by itself.
"""
_TELL_SECONDS = 2.0
"""So long the line on an interruption may take: standard error may be a pipe that nobody reads."""

_WORDS = {
    signal.SIGINT: "interrupted",
    signal.SIGTERM: "terminated",
    signal.SIGHUP: "ended by a hangup",
}


class Interrupted(SystemExit):
    """A signal ends the program; the exit code is 128 plus its number, as shells have it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)


class _State:
    """What is known of signals in this process."""

    def __init__(self) -> None:
        self.received: int | None = None
        self.outcome = ""
        self.draft: str | None = None
        self.deferred: Callable[[], None] | None = None
        self.sigint_ignored = False
        self.unraisable_hook: Callable[[Any], object] | None = None


_state = _State()


def install() -> None:
    """Install the handlers; a signal that is ignored already, as nohup does with SIGHUP,
    stays ignored.
    """
    for number in SIGNALS:
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, _note)
    signal.signal(signal.SIGALRM, _raise_on_timer)
    signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)


def is_received() -> bool:
    """Return whether the program is to end."""
    return _state.received is not None


def check() -> None:
    """Raise Interrupted where a signal was received, unless it is raised already and this is
    the clean-up.
    """
    if _state.received is not None and not _is_unwinding():
        raise Interrupted(_state.received)


def describe_outcome(text: str) -> None:
    """Say what an interruption leaves behind, for the line that `ending` writes; the last
    description counts.
    """
    _state.outcome = text


def mention_draft(path: str) -> None:
    """Name a draft of the user's in that line, where it is still there at the end."""
    _state.draft = path


@contextmanager
def deferred(on_signal: Callable[[], None] | None = None) -> Iterator[None]:
    """Let no timer raise Interrupted inside the block; a signal that came meanwhile is raised at
    its end.

    `on_signal` is called from the signal handler.
    """
    previous = _state.deferred
    _state.deferred = on_signal or _do_nothing
    try:
        yield
    finally:
        _state.deferred = previous
        check()


@contextmanager
def sigint_ignored() -> Iterator[None]:
    """Ignore Ctrl-C inside the block, which belongs to a child in the foreground; the child
    does not inherit that.
    """
    previous = _state.sigint_ignored
    _state.sigint_ignored = True
    try:
        yield
    finally:
        _state.sigint_ignored = previous


def interrupt() -> None:
    """Act as if Ctrl-C had been received: the child it belonged to was ended by it."""
    _note(signal.SIGINT, None)
    check()


def run_program(work: Callable[[], object]) -> NoReturn:
    """Install the handlers, run the whole program and exit."""
    install()
    with ending():
        work()
    sys.exit(0)


@contextmanager
def ending() -> Iterator[None]:
    """Run the whole program: where a signal was received, end with its exit code, however the block
    ended.

    The signal is told in one line. After the block a signal ends the process at once.
    """
    finished = False
    _state.outcome, _state.draft = "", None
    try:
        check()
        yield
        finished = True
    except SystemExit as ended:
        finished = ended.code in (0, None)
        raise
    finally:
        received = _finish()
        if received is not None:
            if finished:
                _state.outcome = "all was done already"
            else:
                discard(sys.stdout)
            _tell_soon(received)
            _state.received = None
            _exit_at_next_signal()
            raise SystemExit(128 + received)


def _finish() -> int | None:
    """Let no timer raise Interrupted any more; return the signal that was received.

    Where there was none, the next one ends the process at once.
    """
    signal.setitimer(signal.ITIMER_REAL, 0)
    if _state.received is None:
        _exit_at_next_signal()
    if _state.unraisable_hook is not None:
        sys.unraisablehook, _state.unraisable_hook = _state.unraisable_hook, None
    return _state.received


def _exit_at_next_signal() -> None:
    for number in SIGNALS:
        if signal.getsignal(number) is _note:
            signal.signal(number, _exit_at_once)


def discard(stream: Any) -> None:
    """Let what is still buffered for a stream go nowhere.

    When it is closed, at its end at the latest, Python would wait until a reader takes it, or exit
    with 120 where nobody does.
    """
    with suppress(OSError, ValueError, AttributeError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # a name
        os.dup2(nowhere.fileno(), stream.fileno())


def _tell_soon(number: int) -> None:
    """Write the one line on an interruption, which no further signal disturbs; where nobody takes
    it, the process ends without.
    """
    signal.signal(signal.SIGALRM, _exit_on_timer)
    signal.setitimer(signal.ITIMER_REAL, _TELL_SECONDS)
    _tell(number)
    signal.setitimer(signal.ITIMER_REAL, 0)


def _tell(number: int) -> None:
    """Write the one line on an interruption; a terminal that hung up takes no line."""
    line = f"pkgcat: {_WORDS[signal.Signals(number)]}"
    if _state.outcome:
        line += f"; {_state.outcome}"
    if _state.draft is not None and os.path.exists(_state.draft):  # noqa: PTH110  # pathlib is imported later
        line += f"; your draft is kept in {_state.draft}"
    try:
        if number == signal.SIGINT and sys.stderr.isatty():
            sys.stderr.write("\n")  # the terminal has written ^C
        sys.stderr.write(f"{line}\n")
    except (OSError, ValueError, AttributeError):
        discard(sys.stderr)


def _note(number: int, _frame: FrameType | None) -> None:
    """Note the first signal; a second one would only disturb the clean-up."""
    if _state.received is not None or (number == signal.SIGINT and _state.sigint_ignored):
        return
    _state.received = number
    _state.unraisable_hook, sys.unraisablehook = sys.unraisablehook, _report_unraisable
    signal.setitimer(signal.ITIMER_REAL, _TIMER_SECONDS, _TIMER_SECONDS)
    if _state.deferred is not None:
        _state.deferred()


def _raise_on_timer(_number: int, _frame: FrameType | None) -> None:
    """Raise Interrupted where the program is, if a signal was received, unless an exception is
    being handled: then it cleans up.
    """
    if _state.received is None or _state.deferred is not None or sys.exc_info()[1] is not None:
        return
    raise Interrupted(_state.received)


def _exit_on_timer(_number: int, _frame: FrameType | None) -> None:
    if _state.received is not None:
        os._exit(128 + _state.received)


def _exit_at_once(number: int, _frame: FrameType | None) -> None:
    os._exit(128 + number)


def _is_unwinding() -> bool:
    """Return whether the exception that is being handled, or one before it, is Interrupted."""
    error = sys.exc_info()[1]
    while error is not None:
        if isinstance(error, Interrupted):
            return True
        error = error.__context__
    return False


def _report_unraisable(unraisable: Any) -> None:
    """Report what a finalizer or a callback raised, other than Interrupted: the timer raises
    that again.
    """
    if not isinstance(unraisable.exc_value, Interrupted) and _state.unraisable_hook is not None:
        _state.unraisable_hook(unraisable)


def _do_nothing() -> None:
    pass
