"""pkgcat as a child process that a test sends signals to."""

import fcntl
import os
import pty
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pkgcat

HOOKS = Path(__file__).parent / "hooks"
BOUND = 25
"""Seconds after which a child hangs that has been asked to end; the locks, hosts and look-ups that it
waits for take 30 seconds and more.
"""
_LONGEST_WAIT = 300
"""Seconds in which anything else must have happened, however busy the machine."""


class Ended(NamedTuple):
    """A child after its end."""

    out: str
    err: str
    code: int


def surroundings(catalog: Path, **more: str) -> dict[str, str]:
    """Return the environment of a child, in which tests/hooks/sitecustomize.py runs first."""
    source = Path(pkgcat.__file__).parents[1]
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        "PKGCAT_DB": str(catalog),
        "PYTHONPATH": os.pathsep.join([str(HOOKS), str(source)]),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def start(
    environment: dict[str, str], *args: str | Path, **options: Any
) -> "subprocess.Popen[bytes]":
    """Start pkgcat with pipes for its streams, unless `options` say otherwise."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        [sys.executable, "-m", "pkgcat", *args], env=environment, **{**pipes, **options}
    )


def give(process: "subprocess.Popen[bytes]", text: bytes) -> None:
    """Write to a child, whose input stays open."""
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.flush()


def end(process: "subprocess.Popen[bytes]", *, close_input: bool = True) -> Ended:
    """Wait for a child; without `close_input` its input stays open until it ended."""
    try:
        if not close_input:
            process.wait(BOUND)
        out, err = process.communicate(timeout=BOUND)
    finally:
        process.kill()
    return Ended((out or b"").decode(), (err or b"").decode(), process.returncode)


def wait_until(true: Callable[[], bool], process: "subprocess.Popen[Any]") -> None:
    """Wait for something that a child does."""
    limit = time.monotonic() + _LONGEST_WAIT
    while not true():
        if time.monotonic() > limit or process.poll() is not None:
            process.kill()
            raise AssertionError(f"it did not happen: {process.communicate()}")
        time.sleep(0.005)


def is_locked(catalog: Path) -> bool:
    """Whether somebody is writing."""
    connection = sqlite3.connect(catalog, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


class Terminal:
    """A terminal of 10 rows, and what was written to it."""

    def __init__(self) -> None:
        self.outside, self.inside = self.open = list(pty.openpty())
        os.set_blocking(self.outside, False)
        fcntl.ioctl(self.inside, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 80, 0, 0))
        self.settings = termios.tcgetattr(self.inside)
        self.written = b""

    def start(self, environment: dict[str, str], *args: str) -> "subprocess.Popen[bytes]":
        """Start a command that this terminal controls: ^C reaches it and its children."""
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self.inside)
        return start(
            environment, *args, start_new_session=True, preexec_fn=_take_control, **streams
        )

    def shows(self, text: bytes) -> bool:
        """Whether something was written by now."""
        try:
            while piece := os.read(self.outside, 1 << 16):
                self.written += piece
        except OSError:  # nothing now, or no more
            pass
        return text in self.written

    @property
    def is_line_by_line(self) -> bool:
        """Whether a program gets what is typed when Enter is pressed, not key by key."""
        return bool(termios.tcgetattr(self.inside)[3] & termios.ICANON)

    def press(self, keys: bytes) -> None:
        os.write(self.outside, keys)

    def close(self) -> None:
        """Hang up."""
        while self.open:
            os.close(self.open.pop())


def _take_control() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
