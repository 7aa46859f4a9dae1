"""Run a child that has the terminal to itself: an editor, a pager."""

import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from pkgcat import signals

_PATIENCE_SECONDS = 0.5
"""How long a child may take to put the terminal in order after a signal."""


@contextmanager
def foreground(command: Sequence[str], **options: Any) -> "Iterator[subprocess.Popen[Any]]":
    """Start a child and, at the end of the block, wait for it; `options` are those of Popen.

    Ctrl-C is the child's; where it ended the child, it ends this program, too. Before another
    signal ends this program the child gets SIGTERM, after which vi, nano and less put the terminal
    in order (less dies of SIGHUP). Raises OSError or ValueError for a command that cannot be
    started.
    """
    with signals.sigint_ignored():
        process = None
        try:
            with signals.deferred():
                process = subprocess.Popen(command, **options)  # noqa: S603  # the user's own program
            yield process
            process.wait()
        except signals.Interrupted:
            if process is not None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_PATIENCE_SECONDS)
                signals.discard(process.stdin)  # closing the pipe would wait until the child reads
            raise
    if process.returncode in (-signal.SIGINT, 128 + signal.SIGINT):
        signals.interrupt()
