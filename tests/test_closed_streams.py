"""Standard streams that are closed or full, and no room for temporary files."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pkgcat.errors import IOFailed
from pkgcat.shell.output_buffer import OutputBuffer
from tests.children import surroundings
from tests.conftest import Run

MANY = "".join(f'{{"slug": "p{number}", "title": "{"x" * 90}"}}\n' for number in range(6000))


@pytest.fixture
def filled(run: Run, catalog: Path) -> Path:
    """A catalog with one package."""
    assert run("add", "--no-fetch", "maps").code == 0
    return catalog


def in_shell(catalog: Path, command: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run a line of sh, in which `$PKGCAT` is pkgcat."""
    environment = surroundings(catalog, PKGCAT=f"{sys.executable} -m pkgcat")
    return subprocess.run(
        ["sh", "-c", command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **options,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize(
    "words",
    ["import -", "add --no-fetch -", "edit maps --patch -", "refresh -", "remove -", "show -"],
)
def test_a_closed_stdin_is_one_line(filled: Path, words: str) -> None:
    done = in_shell(filled, f"$PKGCAT {words} <&-")
    assert (done.stdout, done.returncode) == ("", 74)
    assert done.stderr == "pkgcat: standard input is closed; nothing could be read\n"


def test_a_closed_stdin_is_no_terminal(filled: Path) -> None:
    for words in ("edit maps", "edit --where title = maps --tag x"):
        done = in_shell(filled, f"$PKGCAT {words} <&-")
        assert (done.stdout, done.returncode, done.stderr.count("\n")) == ("", 2, 1)


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("edit maps --title Maps", 0),
        ("edit maps --title Maps --dry-run --fields slug --format json", 0),
        ("refresh maps --plan", 0),
        ("show nothing", 4),
        ("nosuchcommand", 2),
        ("list --nosuchoption", 2),
        ("list --where", 2),
    ],
)
def test_the_exit_code_tells_what_was_done_where_stderr_takes_nothing(
    filled: Path, words: str, code: int, stderr: str
) -> None:
    done = in_shell(filled, f"$PKGCAT {words} {stderr}")
    assert done.returncode == code, done
    assert "Usage" not in done.stdout


def test_no_file_becomes_a_stream_that_is_closed(filled: Path) -> None:
    """Otherwise a message would be written into it."""
    before = filled.read_bytes()
    for words in ("show nothing", "list", "nosuchcommand"):
        in_shell(filled, f"$PKGCAT {words} <&- >&- 2>&-")
    assert filled.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_digest_that_could_not_be_printed_is_told_again(filled: Path) -> None:
    assert in_shell(filled, "$PKGCAT changes --since last >/dev/full").returncode == 74
    told = in_shell(filled, "$PKGCAT changes --since last").stdout
    assert told.startswith("Changes since the beginning\n")
    assert in_shell(filled, "$PKGCAT changes --since last").stdout.endswith(": none\n")


# temporary files


def limit_files(most: int) -> Callable[[], None]:
    """Return what lets a child write no file that is larger, as a full disk does."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return limit


@pytest.mark.parametrize("words", ["list --json", "export - --format jsonl"])
def test_an_answer_that_temporary_files_have_no_room_for_is_74(
    run: Run, catalog: Path, words: str
) -> None:
    assert run("import", "-", input=MANY).code == 0
    done = in_shell(catalog, f"$PKGCAT {words}", preexec_fn=limit_files(1 << 18))
    assert (done.stdout, done.returncode) == ("", 74)
    assert done.stderr.startswith("pkgcat: temporary files (")
    assert done.stderr.count("\n") == 1


def test_an_editor_that_no_draft_can_be_made_for_is_74(filled: Path) -> None:
    done = in_shell(
        filled, "EDITOR=true $PKGCAT edit maps", preexec_fn=limit_files(0), stdin=subprocess.DEVNULL
    )
    assert (done.stdout, done.returncode, done.stderr.count("\n")) == ("", 74, 1)
    assert "draft" in done.stderr


def test_a_large_answer_keeps_every_character() -> None:
    """Also half of a surrogate pair, which stands for a byte of a file's name that is no UTF-8."""
    for length in (1, 1 << 20):
        text = "\udcff\r\n\r" + "x" * length + "é\n"
        buffer = OutputBuffer()
        buffer.write(text)
        is_whole = "".join(buffer.pieces()) == text  # to tell where they differ would take minutes
        assert is_whole
        is_whole = buffer.text().read() == text
        assert is_whole


def test_what_a_temporary_file_cannot_take_is_told_once() -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        buffer = OutputBuffer()
        with pytest.raises(IOFailed, match="temporary files"):
            buffer.write("x" * (1 << 21))
        del buffer
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
