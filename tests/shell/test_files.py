"""Texts that are opened: any encoding that tells itself, from a file or a pipe, and nothing else."""

import io
import os
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pkgcat.errors import Invalid, IOFailed
from pkgcat.shell.files import NotText, open_text
from tests.store.test_file import as_nobody

TEXT = 'slug,title\r\ncafe,"Café\r\n検索"\r\n'


def read(file: str) -> str:
    with open_text(file) as text:
        return text.read()


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> "Stdin":
    return Stdin(monkeypatch)


class Stdin:
    """Standard input with these bytes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def __call__(self, content: bytes) -> None:
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_a_text_is_read_in_the_encoding_that_its_first_bytes_tell(
    tmp_path: Path, stdin: Stdin, encoding: str
) -> None:
    file = tmp_path / "text"
    for content in (TEXT.encode(encoding), f"\ufeff{TEXT}".encode(encoding.removesuffix("-sig"))):
        file.write_bytes(content)
        stdin(content)
        assert read(str(file)).removeprefix("\ufeff") == TEXT
        assert read("-").removeprefix("\ufeff") == TEXT


@pytest.mark.parametrize("content", [b"", b"a", b"ab\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_a_short_text_is_read(stdin: Stdin, content: bytes) -> None:
    stdin(content)
    assert read("-") == content.decode("ascii", "ignore")


@pytest.mark.parametrize(
    "content",
    [
        b"SQLite format 3\0",
        b"\0\0\1\0",
        b"text\0text",
        b"\x93NUMPY\x01\0",
        b"a".ljust(100, b"\0") + b"0000644\0",  # as a tar archive begins
        b"a\0b\0\0\0c\0",
    ],
)
def test_what_is_no_text_is_refused(stdin: Stdin, content: bytes) -> None:
    stdin(content)
    with pytest.raises(NotText):
        read("-")


def test_bytes_that_are_no_text_are_refused_where_they_are_read(stdin: Stdin) -> None:
    for content in (b"caf\xe9\n", b"\xff\xfea"):
        stdin(content)
        with pytest.raises(Invalid, match="standard input is not UTF"):
            read("-")


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(IOFailed, match="closed"):
        read("-")


def test_a_stream_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))
    with pytest.raises(IOFailed, match="standard input: input/output error"):
        read("-")


def test_standard_input_stays_open(stdin: Stdin) -> None:
    stdin(b"text")
    assert read("-") == "text"
    assert read("-") == ""


def test_a_pipe_is_read_as_it_comes_and_never_after_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A byte order mark in single bytes is one, and each line is there before the next is written;
    a terminal, whose end is asked for again, would begin anew.
    """
    reader, writer = os.pipe()
    raw = io.FileIO(reader)
    asked_after_end = []

    class Raw(io.RawIOBase):
        has_ended = False

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int | None:  # type: ignore[override]
            if self.has_ended:
                asked_after_end.append(True)
            count = raw.readinto(buffer)
            self.has_ended = count == 0
            return count

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Raw())))
    was_read = threading.Event()

    def write() -> None:
        for byte in b"\xef\xbb\xbfa":
            os.write(writer, bytes([byte]))
        os.write(writer, b"\n")
        assert was_read.wait(30)
        os.write(writer, b"b\n")
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    with open_text("-") as text:
        assert text.readline() == "a\n"
        was_read.set()
        assert text.read() == "b\n"
        assert text.read() == ""
    thread.join()
    raw.close()
    assert not asked_after_end


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has such a file")
def test_a_file_that_fails_when_it_is_read_is_told() -> None:
    with pytest.raises(IOFailed, match="/proc/self/mem: "), open_text("/proc/self/mem") as text:
        text.read()


def test_a_file_that_may_not_be_read_is_denied() -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        file = Path(place) / "records.json"
        file.touch(mode=0o000)
        told, code = as_nobody(
            "from pkgcat.shell.files import open_text; open_text(sys.argv[1]).__enter__()", file
        )
    assert (told, code) == (f"{file}: permission denied\n", 77)


def test_a_file_that_may_not_be_written_is_denied() -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o555)
        file = Path(place) / "export.json"
        told, code = as_nobody(
            "from pkgcat.shell.files import replace_file; "
            "replace_file(path, Path('catalog.db')).__enter__()",
            file,
        )
    assert (told, code) == (f"{file}: permission denied\n", 77)
