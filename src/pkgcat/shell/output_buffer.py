"""Text on its way out, kept until the catalog is closed: a pipe that nobody reads must not
lock it.
"""

import io
from collections.abc import Iterator
from typing import TextIO

from pkgcat import signals
from pkgcat.errors import IOFailed, describe_os_error

_IN_MEMORY = 1 << 20
_PIECE = 1 << 18


class OutputBuffer(io.TextIOBase):
    """A text file in memory that moves to disk when it grows."""

    def __init__(self) -> None:
        self._file: TextIO = io.StringIO(newline="")
        self._size = 0

    def write(self, text: str) -> int:
        """Keep a piece of text; raise IOFailed where there is no room for it."""
        self._size += len(text)
        try:
            if self._size > _IN_MEMORY and isinstance(self._file, io.StringIO):
                self._move_to_disk(self._file.getvalue())
            return self._file.write(text)
        except OSError as error:
            raise self._explain(error) from error

    def _move_to_disk(self, beginning: str) -> None:
        from tempfile import TemporaryFile

        self._file = TemporaryFile("w+", encoding="utf-8", newline="", errors="surrogatepass")  # noqa: SIM115
        self._file.write(beginning)

    def pieces(self) -> Iterator[str]:
        """Yield the kept text from its beginning in pieces of whole lines, so that no style
        is cut in two.
        """
        self._rewind()
        while piece := self._file.read(_PIECE):
            yield piece + self._file.readline()

    def lines(self) -> int:
        """Return how many lines are kept, or a million once they are too many to count in
        memory.
        """
        return (
            self._file.getvalue().count("\n") if isinstance(self._file, io.StringIO) else 1_000_000
        )

    def text(self) -> TextIO:
        """Return the kept text from its beginning."""
        self._rewind()
        return self._file

    def _rewind(self) -> None:
        try:
            self._file.seek(0)  # what is not on the disk yet is written first
        except OSError as error:
            raise self._explain(error) from error

    def _explain(self, error: OSError) -> IOFailed:
        """Return an error of the temporary file as ours, and let go of what it cannot take."""
        from tempfile import gettempdir

        signals.discard(self._file)
        return IOFailed(f"temporary files ({gettempdir()}): {describe_os_error(error)}")
