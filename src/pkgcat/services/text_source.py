"""A text that is read once, in pieces of bounded length."""

from collections.abc import Iterator
from typing import TextIO

from pkgcat.errors import Invalid

PIECE_LENGTH = 1 << 16
"""At most so many characters are read at once."""

MAX_LENGTH = 1 << 26
"""So many characters a line of CSV, or a JSON value, may have: it is held in memory."""

_HEAD_LENGTH = 1 << 13


class TextSource:
    """The pieces of a text: its lines, those that are long in several pieces."""

    def __init__(self, text: TextIO) -> None:
        self.head = ""
        """The first pieces: what the text looks like."""
        self._text = text
        self._line_breaks = 0

    def read_piece(self, length: int = PIECE_LENGTH) -> str:
        """Return the rest of a line, at most this many characters of it; empty at the end.

        Raises Invalid where the text is not in its encoding.
        """
        try:
            piece = self._text.readline(length)
        except UnicodeDecodeError as error:
            line = self._line_breaks + error.object.count(b"\n", 0, error.start) + 1
            encoding = error.encoding.upper()
            raise Invalid(
                f"the text is not {encoding}: {error.reason} in line {line}; save it as UTF-8"
            ) from error
        if len(self.head) < _HEAD_LENGTH:
            if not self.head:
                piece = piece.removeprefix("\ufeff")
            self.head += piece[:_HEAD_LENGTH]
        self._line_breaks += piece.count("\n")
        return piece

    def read_lines(self) -> Iterator[str]:
        """Yield the lines that are left; raise Invalid for one that is too long."""
        while line := self.read_piece(MAX_LENGTH):
            if len(line) == MAX_LENGTH:
                raise Invalid(
                    f"line {self._line_breaks + 1} has more than {MAX_LENGTH:,} characters"
                )
            yield line

    def read_head(self) -> str:
        """Return the beginning of the text, after reading on where not enough of it is known."""
        while len(self.head) < _HEAD_LENGTH and self.read_piece():
            pass
        return self.head
