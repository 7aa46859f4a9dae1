"""Text on its way out, kept until the catalog is closed: a pipe that nobody reads must not lock it."""

import io
import sys
from typing import TextIO

from pkgcat.errors import IOFailed

_IN_MEMORY = 1 << 20


class Spool(io.TextIOBase):
    """A text file in memory that moves to disk when it grows."""

    def __init__(self) -> None:
        self._file: TextIO = io.StringIO(newline="")
        self._size = 0

    def write(self, text: str) -> int:
        """Keep a piece of text."""
        self._size += len(text)
        if self._size > _IN_MEMORY and isinstance(self._file, io.StringIO):
            from tempfile import TemporaryFile

            text = self._file.getvalue() + text
            self._file = TemporaryFile("w+", encoding="utf-8", newline="", errors="surrogatepass")  # noqa: SIM115
        return self._file.write(text)

    def pour(self, out: TextIO | None) -> None:
        """Write everything to a stream; raise IOFailed where it does not take it."""
        if out is None:
            raise IOFailed("standard output is closed; nothing could be printed")
        self._file.seek(0)
        try:
            while chunk := self._file.read(1 << 18):
                out.write(chunk)
            out.flush()
        except BrokenPipeError:
            _silence(out)  # the reader has seen enough
        except OSError as error:
            _silence(out)
            raise IOFailed(f"standard output: {(error.strerror or str(error)).lower()}") from error

    def lines(self) -> int:
        """Return how many lines are kept, or a million once they are too many to count in memory."""
        return self._file.getvalue().count("\n") if isinstance(self._file, io.StringIO) else 1_000_000

    def text(self) -> TextIO:
        """Return the kept text from its beginning."""
        self._file.seek(0)
        return self._file


def _silence(out: TextIO) -> None:
    """Keep Python from trying, and complaining, once more at exit."""
    import os

    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    except (OSError, ValueError):
        if out is sys.stdout:
            sys.stdout = io.StringIO()
