"""JSON values of a text, one after the other, in linear time: one value at a time is in memory."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pkgcat.errors import Invalid
from pkgcat.model.json_text import DECODER, broken_json, describe_mistake
from pkgcat.services.text_source import MAX_LENGTH, PIECE_LENGTH, TextSource

_SPACES = re.compile(r"[\s\ufeff]*")
"""More than JSON's own four: RFC 7464 has a record separator between texts, and texts that were put
together have byte order marks.
"""

_LONGEST_TOKEN = len(r"\ud83d\ude00")
"""The longest text within which a JSON value that was cut off may look wrong."""


class Longer:
    """In place of a value: it is longer than was asked for."""


LONGER: Final = Longer()


class JsonStream:
    """The JSON values of a text. Each method raises Invalid with the position of a mistake."""

    def __init__(self, source: TextSource) -> None:
        self._source = source
        self._buffer = ""
        self._position = 0
        self._has_ended = False
        # Of the characters before `_counted`, the line breaks are counted; the line that it is
        # in begins at `_line_start`, which is negative once the beginning was dropped.
        self._counted = 0
        self._line = 1
        self._line_start = 0

    def peek(self) -> str:
        """Return the next character that is no space, without taking it; empty at the end."""
        while True:
            match = _SPACES.match(self._buffer, self._position)
            assert match is not None
            self._position = match.end()
            if self._position < len(self._buffer):
                return self._buffer[self._position]
            if not self._read_more(1):
                return ""

    def line(self) -> int:
        """Return the number of the line of the next character."""
        self._count_lines(self._position)
        return self._line

    def take_buffer(self) -> str:
        """Take what was read ahead of the next character, and that character."""
        taken = self._buffer[self._position :]
        self._position = len(self._buffer)
        return taken

    def read_value(self) -> Any:
        """Return the next value."""
        value = self.read_short_value(MAX_LENGTH)
        if value is LONGER:
            raise self._broken(self._position, f"a value has more than {MAX_LENGTH:,} characters")
        return value

    def read_short_value(self, length: int) -> Any:
        """Return the next value, or LONGER where it has more characters than this.

        A value that was cut off is tried again only with twice as much text, so that all tries
        together cost linear time.
        """
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._position)
            except json.JSONDecodeError as error:
                if not self._may_be_cut_off(error):
                    end = min(error.pos, len(self._buffer.rstrip()))
                    position = max(end, self._position)
                    raise self._broken(position, describe_mistake(error)) from error
            except (RecursionError, ValueError) as error:
                raise broken_json(self.line(), describe_mistake(error)) from error
            else:
                is_whole = end < len(self._buffer) or self._has_ended or not _is_number(value)
                if is_whole:
                    self._position = end
                    return value
            available = len(self._buffer) - self._position
            if available > length:
                return LONGER
            self._read_more(max(available, PIECE_LENGTH))

    def read_items(self) -> Iterator[None]:
        """Read an array: at each step, the caller reads a value."""
        self._take("[")
        if self.peek() == "]":
            self._position += 1
            return
        while True:
            yield
            if self._take(",]") == "]":
                return

    def read_keys(self) -> Iterator[str]:
        """Read an object: yield its keys, and at each the caller reads its value."""
        self._take("{")
        if self.peek() == "}":
            self._position += 1
            return
        keys = set()
        while True:
            if self.peek() != '"':
                raise self._broken(
                    self._position, "expecting property name enclosed in double quotes"
                )
            key = self.read_value()
            if key in keys:
                raise broken_json(self.line(), f"the key {key!r} stands twice in one object")
            keys.add(key)
            self._take(":")
            yield key
            if self._take(",}") == "}":
                return

    def _take(self, expected: str) -> str:
        """Take the next character, which is one of those expected."""
        found = self.peek()
        if not found or found not in expected:
            raise self._broken(self._position, f"expecting {expected[0]!r} delimiter")
        self._position += 1
        return found

    def _may_be_cut_off(self, error: json.JSONDecodeError) -> bool:
        """Whether more text may mend a mistake: it is at the end of what was read, or is a text
        without an end.
        """
        if self._has_ended:
            return False
        if error.msg.startswith("Unterminated string"):
            return True
        return error.pos >= len(self._buffer) - _LONGEST_TOKEN

    def _read_more(self, length: int) -> bool:
        """Read at least so many characters; return whether there were any."""
        if self._has_ended:
            return False
        pieces = []
        while length > 0:
            piece = self._source.read_piece()
            if not piece:
                self._has_ended = True
                break
            pieces.append(piece)
            length -= len(piece)
        if not pieces:
            return False
        self._count_lines(self._position)
        self._counted = 0
        self._line_start -= self._position
        self._buffer = self._buffer[self._position :] + "".join(pieces)
        self._position = 0
        return True

    def _count_lines(self, end: int) -> None:
        """Count the line breaks before a position of the buffer that is not before `_counted`."""
        breaks = self._buffer.count("\n", self._counted, end)
        if breaks:
            self._line += breaks
            self._line_start = self._buffer.rindex("\n", self._counted, end) + 1
        self._counted = end

    def _broken(self, position: int, reason: str) -> Invalid:
        self._count_lines(position)
        return broken_json(self._line, reason, column=position - self._line_start + 1)


def _is_number(value: object) -> bool:
    """Whether a value at the end of the buffer may go on beyond it."""
    return isinstance(value, int | float) and not isinstance(value, bool)
