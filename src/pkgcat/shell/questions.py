"""Questions on stderr, answered on standard input."""

from collections.abc import Callable
from typing import TypeVar

from pkgcat.errors import Invalid
from pkgcat.shell import streams

T = TypeVar("T")


def ask_line(question: str) -> str | None:
    """Ask for a line, and return it without spaces around it; None at the end of the input."""
    streams.write_question(question)
    with streams.open_stdin() as stdin:
        line = stdin.readline()
    if not line:
        streams.write_message("")
        return None
    return line.strip()


def ask_letter(question: str, allowed: str) -> str | None:
    """Ask until one of the letters comes; None at the end of the input."""
    while True:
        line = ask_line(question)
        if line is None:
            return None
        letter = line.lower()[:1]
        if letter and letter in allowed:
            return letter


def ask_value(question: str, read: Callable[[str], T]) -> T | None:
    """Ask until a line comes that can be read, and return what was read; the mistake in another one
    is told. None for an empty line, and at the end of the input.
    """
    while True:
        line = ask_line(question)
        if not line:
            return None
        try:
            return read(line)
        except Invalid as error:
            streams.write_message(str(error))
