"""Where a result is written: what the reader's screen can show, and what takes the text."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol


class Screen(NamedTuple):
    """What standard output is and can show.

    `width` is in columns. `timezone` is the IANA name of the zone in which API v4 dates are
    printed. What `encoding` lacks is escaped where text is written.
    """

    terminal: bool
    width: int
    colour: bool
    unicode: bool
    now: datetime
    timezone: str = "America/New_York"
    encoding: str = "utf-8"


class Output(Protocol):
    """What takes text: a file, or the buffer of an answer."""

    def write(self, text: str, /) -> int:
        """Take a piece of text."""
        ...

    def writelines(self, lines: Iterable[str], /) -> None:
        """Take several pieces of text."""
        ...
