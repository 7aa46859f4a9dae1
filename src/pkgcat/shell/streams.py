"""Standard output and standard error: the only module that writes to them.

`configure` puts a CleanStream in place of stderr, and of stdout where it is a terminal. So text
that typer, a library, a warning or a traceback writes there is cleaned as well as pkgcat's own.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import IO, Any, TextIO, cast

from pkgcat import signals
from pkgcat.errors import IOFailed, describe_os_error
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.text import clean, clean_rendered
from pkgcat.shell.output_buffer import OutputBuffer


class CleanStream:
    """A text stream that cleans what is written to it; all else it does as the stream below."""

    def __init__(self, stream: IO[str]) -> None:
        self.raw = stream

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":  # typer would write bytes there where the encoding is ASCII
            raise AttributeError(name)
        return getattr(self.raw, name)

    def write(self, text: str) -> int:
        """Write text for people, line breaks kept."""
        self.raw.write(clean(text, lines=True))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def write_rendered(self, text: str) -> None:
        """Write what a renderer made, its colours and links kept."""
        self.raw.write(clean_rendered(text))


class MessageStream(CleanStream):
    """A CleanStream for stderr. Where it is closed or full nobody can be told, and no exit code is
    another because of that.
    """

    def write(self, text: str) -> int:
        """Write text for people, if it can be written."""
        with suppress(OSError, ValueError):  # ValueError: it was closed
            super().write(text)
        return len(text)

    def write_rendered(self, text: str) -> None:
        """Write what a renderer made, if it can be written."""
        with suppress(OSError, ValueError):
            super().write_rendered(text)

    def flush(self) -> None:
        """Write what is buffered, if it can be written."""
        with suppress(OSError, ValueError):
            self.raw.flush()


def configure() -> None:
    """Prepare the standard streams for a run.

    Pipes and files get UTF-8, whatever the locale; on a terminal what its encoding lacks is
    escaped. What is written to a stderr that is closed goes nowhere.
    """
    _open_closed_descriptors()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # until the end
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(
            encoding=None if sys.stdout.isatty() else "utf-8", errors="backslashreplace"
        )
    if stdout_is_terminal() and not isinstance(sys.stdout, CleanStream):
        sys.stdout = cast("TextIO", CleanStream(sys.stdout))
    clean_stderr()


def _open_closed_descriptors() -> None:
    """Open those of the first three descriptors that are closed: a file that is opened later, such
    as the catalog, must not become one of them.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def clean_stderr() -> None:
    """Put a MessageStream in place of what `sys.stderr` is now."""
    if not isinstance(sys.stderr, MessageStream):
        sys.stderr = cast("TextIO", MessageStream(sys.stderr))


def stdin_is_terminal() -> bool:
    """Whether a person can answer on stdin."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def open_stdin() -> Iterator[TextIO]:
    """Yield stdin; raise IOFailed where it is closed or cannot be read."""
    if sys.stdin is None:
        raise IOFailed("standard input is closed; nothing could be read")
    try:
        yield sys.stdin
    except OSError as error:
        raise IOFailed(f"standard input: {describe_os_error(error)}") from error


def stdout_is_terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout is not None and sys.stdout.isatty()


def stderr_is_terminal() -> bool:
    """Whether a person reads stderr."""
    return sys.stderr.isatty()


def stdout_encoding() -> str:
    """Return the encoding of stdout."""
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def raw_stderr() -> IO[str]:
    """Return stderr for what draws on it by itself, such as a progress bar: the caller cleans
    its texts.
    """
    return sys.stderr.raw if isinstance(sys.stderr, CleanStream) else sys.stderr


def print_text(text: str) -> None:
    """Write text of pkgcat's own to stdout; raise IOFailed where it does not take it."""
    buffer = OutputBuffer()
    buffer.write(text)
    print_buffer(buffer)


def print_buffer(buffer: OutputBuffer) -> None:
    """Write a rendered answer to stdout; raise IOFailed where it does not take it."""
    if sys.stdout is None:
        raise IOFailed("standard output is closed; nothing could be printed")
    write_buffer(buffer, sys.stdout)


def write_buffer(buffer: OutputBuffer, out: "IO[str] | CleanStream") -> None:
    """Write a rendered answer to a stream; a reader that has seen enough is no error. Raises
    IOFailed.
    """
    write = out.write_rendered if isinstance(out, CleanStream) else out.write
    try:
        for piece in buffer.pieces():
            write(piece)
        out.flush()
    except BrokenPipeError:
        signals.discard(out)
    except OSError as error:
        signals.discard(out)
        raise IOFailed(f"standard output: {describe_os_error(error)}") from error


def write_message(text: str) -> None:
    """Write one line to stderr, cleaned and without the credentials of addresses."""
    _write_stderr(f"{clean(strip_credentials_in(text))}\n")


def write_question(text: str) -> None:
    """Write a question to stderr, which cleans it, and leave the cursor behind it."""
    _write_stderr(text)


def show_buffer(buffer: OutputBuffer) -> None:
    """Write a rendered text to stderr, for a person to look at before a question."""
    stderr = MessageStream(raw_stderr())
    for piece in buffer.pieces():
        stderr.write_rendered(piece)


def _write_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
