"""Single keys, and lines, of the terminal that is standard input."""

import os
import select
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from typing import Any, NamedTuple

from pkgcat import signals

_ENTER_SECONDS = 0.15
"""Enter so soon after a key belongs to it: some people, and programs, end every answer so."""
_ESCAPE = "\x1b"


class _Settings(NamedTuple):
    """How a terminal hands on what is typed: line by line as it was found, and key by key."""

    lines: list[Any]
    keys: list[Any]
    end_of_input: bytes


def find_terminal_input() -> "TerminalInput | None":
    """Return the input of the terminal that is standard input; None where keys cannot be read."""
    try:
        descriptor = sys.stdin.fileno()
        settings = _read_settings(descriptor)
    except (AttributeError, UnsupportedOperation, ValueError):  # none, no file, or closed
        return None
    if settings is None:
        return None
    return TerminalInput(descriptor, settings, sys.stdin.encoding)


def _read_settings(descriptor: int) -> _Settings | None:
    try:
        import termios
    except ImportError:  # no POSIX
        return None
    try:
        lines = termios.tcgetattr(descriptor)
    except termios.error:  # no terminal
        return None
    control_characters = list(lines[6])
    end_of_input = control_characters[termios.VEOF]
    control_characters[termios.VMIN], control_characters[termios.VTIME] = 1, 0
    flags = lines[3] & ~(termios.ICANON | termios.ECHO)  # ^C stays a signal
    return _Settings(lines, [*lines[:3], flags, *lines[4:6], control_characters], end_of_input)


class TerminalInput:
    """What is typed on a terminal. Nothing is read ahead but what came at once with a key."""

    def __init__(self, descriptor: int, settings: _Settings, encoding: str) -> None:
        self._descriptor = descriptor
        self._settings = settings
        self._encoding = encoding
        self._read_ahead = b""

    def read_key(self) -> str | None:
        """Wait for a key and return its character: empty for a key that has none, such as an arrow,
        None at the end of the input.

        The terminal is as it was found, however this ends. A signal is raised once it is.
        """
        woken, wake = os.pipe()
        try:
            with (
                signals.deferred(lambda: _write_byte(wake)),
                self._key_by_key(),
            ):
                return self._wait_for_key(woken)
        finally:
            os.close(woken)
            os.close(wake)

    def read_line(self) -> str | None:
        """Wait for a line and return it without its end; None at the end of the input."""
        line = b""
        while not line.endswith(b"\n"):
            byte = self._read_byte()
            if not byte:
                return None
            line += byte
        return line.decode(self._encoding, "replace").rstrip("\r\n")

    def _wait_for_key(self, woken: int) -> str | None:
        if not self._is_ready(woken, None):
            return None
        decoder = getincrementaldecoder(self._encoding)("replace")
        key = ""
        while not key:
            byte = self._read_byte()
            if byte in (b"", self._settings.end_of_input):
                return None
            key = decoder.decode(byte)
        if key == _ESCAPE:
            if self._is_ready(woken, 0):
                os.read(self._descriptor, 16)  # the rest of what an arrow sends
            return ""
        if key.isprintable() and self._is_ready(woken, _ENTER_SECONDS):
            self._skip_enter()
        return key

    def _is_ready(self, woken: int, seconds: float | None) -> bool:
        """Wait until there is something to read; return False after so long, or once a signal came."""
        if signals.is_received():
            return False
        if self._read_ahead:
            return True
        ready, _, _ = select.select([self._descriptor, woken], [], [], seconds)
        return self._descriptor in ready

    def _read_byte(self) -> bytes:
        """Return the next byte; nothing at the end of the input, or where the terminal hung up."""
        if self._read_ahead:
            byte, self._read_ahead = self._read_ahead[:1], self._read_ahead[1:]
            return byte
        try:
            return os.read(self._descriptor, 1)
        except OSError:
            return b""

    def _skip_enter(self) -> None:
        byte = self._read_byte()
        if byte not in (b"\n", b"\r"):
            self._read_ahead = byte + self._read_ahead

    @contextmanager
    def _key_by_key(self) -> Iterator[None]:
        """Have the terminal hand on each key at once and unseen, also after it was stopped (^Z) and
        continued: the shell sets it back meanwhile.
        """
        import signal

        previous = signal.signal(signal.SIGCONT, lambda *_: self._set(self._settings.keys))
        try:
            self._set(self._settings.keys)
            yield
        finally:
            signal.signal(signal.SIGCONT, previous)
            self._set(self._settings.lines)

    def _set(self, settings: list[Any]) -> None:
        import termios

        with suppress(termios.error):  # it hung up
            termios.tcsetattr(self._descriptor, termios.TCSANOW, settings)


def _write_byte(descriptor: int) -> None:
    os.write(descriptor, b"\0")
