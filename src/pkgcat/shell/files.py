"""Files that are read, or written as a whole."""

import codecs
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, TextIO, cast

from pkgcat import signals
from pkgcat.errors import Denied, Invalid, IOFailed, describe_os_error
from pkgcat.results.output import Output
from pkgcat.services.file_kinds import describe_bytes
from pkgcat.shell import streams

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD_LENGTH = 1 << 13

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""Byte order marks; that of UTF-32 in little-endian begins as UTF-16's does."""


class NotText(Invalid):
    """A file is no text; `looks_like` says what it is."""

    def __init__(self, message: str, looks_like: str) -> None:
        super().__init__(message)
        self.looks_like = looks_like


@contextmanager
def open_text(file: str) -> Iterator[TextIO]:
    """Open a text for reading, `-` as standard input: UTF-8, or UTF-16 or UTF-32 as its first bytes
    tell. A byte order mark is skipped.

    Raises Denied, NotText, Invalid for a file that cannot be opened, and IOFailed where reading
    fails.
    """
    name = "standard input" if file == "-" else file
    try:
        with _open_bytes(file) as stream:
            source = _Bytes(name, stream)
            encoding = _find_encoding(name, source.read_head())
            with io.TextIOWrapper(io.BufferedReader(source), encoding, newline="") as text:
                yield text
    except UnicodeDecodeError as error:
        raise Invalid(f"{name} is not {error.encoding.upper()}: {error.reason}") from error


@contextmanager
def _open_bytes(file: str) -> Iterator[io.BufferedIOBase]:
    if file == "-":
        with streams.open_stdin() as stdin:
            yield cast("io.BufferedIOBase", stdin.buffer)
        return
    with _open_file(file) as stream:
        yield stream


def _open_file(file: str) -> io.BufferedReader:
    try:
        return Path(file).open("rb")
    except PermissionError as error:
        raise Denied(f"{file}: permission denied") from error
    except (OSError, ValueError) as error:
        raise Invalid(f"{file} cannot be read: {describe_os_error(error)}") from error


def _find_encoding(name: str, head: bytes) -> str:
    """Return the encoding of a text, by its first bytes; raise NotText."""
    encoding = json.detect_encoding(head)
    if head.startswith(_MARKS):
        return encoding
    if b"\0" in head[:4] and _is_text(head, encoding):
        return encoding
    looks_like = describe_bytes(head)
    if looks_like is not None:
        raise NotText(f"{name} is no text: it looks like {looks_like}", looks_like)
    return "utf-8"


def _is_text(head: bytes, encoding: str) -> bool:
    """Whether bytes begin with ASCII in an encoding and have no NUL; the last character may be cut."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(head)
    except UnicodeDecodeError:
        return False
    return text[:1].isascii() and "\0" not in text


class _Bytes(io.RawIOBase):
    """The bytes of a stream, the first of which can be looked at before they are read.

    It leaves the stream open. Nothing is read after the stream's end: a terminal would wait for
    another one. Raises IOFailed where reading fails.
    """

    def __init__(self, name: str, stream: io.BufferedIOBase) -> None:
        self._name = name
        self._stream = stream
        self._head = b""
        self._has_ended = False

    def read_head(self) -> bytes:
        """Return what is there to read, at least four bytes where there are so many."""
        while len(self._head) < 4 and not self._has_ended:
            self._head += self._read(_HEAD_LENGTH)
        return self._head

    def readable(self) -> bool:
        """See RawIOBase."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """See RawIOBase."""
        view = memoryview(buffer)
        if self._head:
            piece, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            piece = self._read(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def _read(self, length: int) -> bytes:
        if self._has_ended:
            return b""
        try:
            piece: bytes = self._stream.read1(length)
        except OSError as error:
            raise IOFailed(f"{self._name}: {describe_os_error(error)}") from error
        self._has_ended = not piece
        return piece


@contextmanager
def replace_file(path: Path, catalog: Path) -> Iterator[Output]:
    """Write a file beside its place and put it there as a whole, readable by its owner alone.

    A link stays a link, and what is no ordinary file (a pipe, /dev/stdout) is written to as it is.
    Raises Invalid for a folder and for the catalog, Denied, and IOFailed.
    """
    try:
        target = path.resolve()
        _check_target(path, target, catalog)
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", newline="") as out:
                yield out
            return
        with _draft_beside(target) as out:
            yield out
    except PermissionError as error:
        raise Denied(f"{path}: permission denied") from error
    except (OSError, ValueError) as error:
        raise IOFailed(f"{path}: {describe_os_error(error)}") from error


@contextmanager
def _draft_beside(target: Path) -> Iterator[Output]:
    """Write a draft in the same folder, which replaces the target unless something fails."""
    handle, name = mkstemp(prefix=".pkgcat-export-", dir=target.parent)
    draft = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123  # a descriptor
            yield out
            out.flush()
            os.fsync(out.fileno())
        signals.check()
        draft.replace(target)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell
            draft.unlink()
        raise


def _check_target(path: Path, target: Path, catalog: Path) -> None:
    if target.is_dir():
        raise Invalid(f"{path} is a folder; name another file")
    if target == catalog.resolve():
        raise Invalid(f"{path} is the catalog itself; name another file")
