"""Questions on stderr, answered on standard input."""

from collections.abc import Callable
from typing import TypeVar

from pkgcat.errors import Invalid
from pkgcat.shell import streams
from pkgcat.shell.terminal_input import find_terminal_input

T = TypeVar("T")


class Questions:
    """Asks a person. On a terminal a key is enough where one is asked for; elsewhere it is the first
    letter of a line.
    """

    def __init__(self) -> None:
        self._terminal = find_terminal_input()

    def ask_line(self, question: str) -> str | None:
        """Ask for a line, and return it without spaces around it; None at the end of the input."""
        streams.write_question(question)
        line = self._read_line()
        if line is None:
            streams.write_message("")
            return None
        return line.strip()

    def ask_key(self, question: str, allowed: str) -> str | None:
        """Ask until one of these letters comes, and tell which may be pressed; None at the end of
        the input.
        """
        while True:
            key = self._ask_any_key(question)
            if key is None:
                return None
            letter = key.lower()
            if letter and letter in allowed:
                return letter
            choices = ", ".join(allowed[:-1])
            streams.write_message(f"press {choices} or {allowed[-1]}")

    def ask_value(self, question: str, read: Callable[[str], T]) -> T | None:
        """Ask until a line comes that can be read, and return what was read; the mistake in another
        one is told. None for an empty line, and at the end of the input.
        """
        while True:
            line = self.ask_line(question)
            if not line:
                return None
            try:
                return read(line)
            except Invalid as error:
                streams.write_message(str(error))

    def _ask_any_key(self, question: str) -> str | None:
        """Return the key that is pressed, which is shown behind the question; None at the end."""
        if self._terminal is None:
            line = self.ask_line(question)
            return None if line is None else line[:1]
        streams.write_question(question)
        key = self._terminal.read_key()
        streams.write_message(key.strip() if key else "")
        return key

    def _read_line(self) -> str | None:
        if self._terminal is not None:
            return self._terminal.read_line()
        with streams.open_stdin() as stdin:
            return stdin.readline() or None
