"""A child with the terminal to itself: Ctrl-C is its own, other signals end both, no word is
lost.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.children import BOUND, Terminal, end, start, surroundings, wait_until
from tests.commands.program import Program

OTHERS = [signal.SIGTERM, signal.SIGHUP]


class Child:
    """A program written by a test, as an editor or a pager: it says when it has begun, and
    waits to be let go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun, self.gate, self.saved = folder / "begun", folder / "gate", folder / "saved"

    def write(self, *, before: str = "", after: str = "") -> str:
        """Return its path; `before` and `after` are lines of shell around the wait."""
        wait = f"while ! test -e {self.gate}; do sleep 0.02; done"
        file = self.folder / "child"
        file.write_text("\n".join(["#!/bin/sh", before, f"touch {self.begun}", wait, after]))
        file.chmod(0o755)
        return str(file)


@pytest.fixture
def child(tmp_path: Path) -> Child:
    return Child(tmp_path)


@pytest.fixture
def environment(one: Program, tmp_path: Path) -> dict[str, str]:
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    return surroundings(one.catalog, TMPDIR=str(drafts), TERM="xterm", LESS="")


# the editor


def edit(environment: dict[str, str], child: Child) -> "subprocess.Popen[bytes]":
    """Edit in a process group of its own, and wait until the editor has begun."""
    process = start(environment, "edit", "1326", start_new_session=True)
    wait_until(child.begun.exists, process)
    return process


def kept(environment: dict[str, str]) -> str:
    """Return what is said of the draft, which must be there."""
    (draft,) = Path(environment["TMPDIR"]).iterdir()
    return f"your draft is kept in {draft}\n"


def test_ctrl_c_belongs_to_the_editor(
    one: Program, environment: dict[str, str], child: Child
) -> None:
    change = 'sed -i \'s/^title = .*/title = "Cities"/\' "$1"'
    environment["EDITOR"] = child.write(
        before=f"trap 'echo noted > {child.saved}' INT", after=change
    )
    process = edit(environment, child)
    os.killpg(process.pid, signal.SIGINT)
    wait_until(child.saved.exists, process)
    child.gate.touch()
    answer = end(process)
    assert (answer.code, answer.err) == (0, "")
    assert one.record("1326")["title"] == "Cities"


def test_an_editor_that_ctrl_c_ends_keeps_the_draft(
    one: Program, environment: dict[str, str], child: Child
) -> None:
    environment["EDITOR"] = child.write()
    before = one.stored
    process = edit(environment, child)
    os.killpg(process.pid, signal.SIGINT)
    answer = end(process)
    assert answer.code == 130
    assert answer.err == f"pkgcat: interrupted; {kept(environment)}"
    assert one.stored == before


@pytest.mark.parametrize("number", OTHERS)
def test_other_signals_end_the_editor_and_keep_the_draft(
    one: Program, environment: dict[str, str], child: Child, number: int
) -> None:
    environment["HOOK_PATIENCE"] = "20"
    environment["EDITOR"] = child.write(
        before=f"trap 'sleep 0.2; echo rescued > {child.saved}; exit 1' TERM"
    )
    before = one.stored
    process = edit(environment, child)
    process.send_signal(number)
    assert process.wait(BOUND) == 128 + number
    assert child.saved.exists(), "it was waited for"
    assert end(process).err.endswith(f"; {kept(environment)}")
    assert child.saved.read_text() == "rescued\n"
    assert one.stored == before


def test_an_editor_that_heeds_no_signal_holds_nobody_up(
    environment: dict[str, str], child: Child
) -> None:
    environment["EDITOR"] = child.write(before="trap '' TERM")
    process = edit(environment, child)
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(BOUND) == 143
    finally:
        child.gate.touch()
    assert end(process).err.endswith(kept(environment))


def test_a_draft_is_kept_while_the_catalog_is_locked(
    one: Program, environment: dict[str, str], child: Child
) -> None:
    change = 'sed -i \'s/^title = .*/title = "Cities"/\' "$1"'
    environment["EDITOR"] = child.write(after=f"{change}; touch {child.saved}")
    before = one.stored
    process = edit(environment, child)
    lock = sqlite3.connect(one.catalog, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    child.gate.touch()
    wait_until(child.saved.exists, process)
    process.send_signal(signal.SIGTERM)
    answer = end(process)
    lock.close()
    assert answer.code == 143
    assert answer.err.endswith(f"; {kept(environment)}")
    assert one.stored == before


def test_what_a_child_does_not_read_is_discarded(environment: dict[str, str], child: Child) -> None:
    """A pipe holds 64 KiB on Linux; the last bytes wait in a buffer, which would be written
    at the end.
    """
    text = f"""
import subprocess
from pkgcat import signals
from pkgcat.shell.foreground import foreground
signals.install()
command = [{child.write(before="trap '' TERM")!r}]
with signals.ending(), foreground(command, stdin=subprocess.PIPE) as process:
    process.stdin.write(bytes(65536 + 4000))
    process.stdin.flush()
"""
    process = subprocess.Popen([sys.executable, "-c", text], env=environment)
    try:
        wait_until(child.begun.exists, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(BOUND) == 143
    finally:
        child.gate.touch()


def test_a_child_that_is_being_started_when_a_signal_comes_is_ended_too(
    environment: dict[str, str], child: Child
) -> None:
    environment["HOOK_PATIENCE"] = "20"
    text = f"""
import os, signal, subprocess, time
from pkgcat import signals
from pkgcat.shell.foreground import foreground

class Slow(subprocess.Popen):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        while not os.path.exists({str(child.begun)!r}):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.5)

subprocess.Popen = Slow
signals.install()
with signals.ending(), foreground([{child.write(before=f"trap 'echo ended > {child.saved}; exit 1' TERM")!r}]):
    pass
"""
    process = subprocess.Popen([sys.executable, "-c", text], env=environment)
    try:
        assert process.wait(BOUND) == 143
        assert child.saved.exists()
    finally:
        child.gate.touch()


# the pager


def test_ctrl_c_belongs_to_the_pager(
    environment: dict[str, str], child: Child, terminal: Terminal
) -> None:
    environment["PKGCAT_PAGER"] = child.write(
        before=f"trap 'echo noted > {child.saved}' INT", after="cat > /dev/null"
    )
    process = terminal.start(environment, "show", "1326")
    wait_until(child.begun.exists, process)
    terminal.press(b"\x03")
    wait_until(child.saved.exists, process)
    child.gate.touch()
    assert process.wait(BOUND) == 0
    assert not terminal.shows(b"interrupted")


def test_a_pager_that_ctrl_c_ends_ends_the_command(
    environment: dict[str, str], child: Child, terminal: Terminal
) -> None:
    environment["PKGCAT_PAGER"] = child.write()
    process = terminal.start(environment, "show", "1326")
    wait_until(child.begun.exists, process)
    terminal.press(b"\x03")
    assert process.wait(BOUND) == 130
    assert terminal.shows(b"^C\r\npkgcat: interrupted\r\n")


@pytest.mark.parametrize("number", OTHERS)
@pytest.mark.parametrize("count", [1, 4000], ids=["all is read", "the pipe is full"])
def test_other_signals_end_the_pager(
    one: Program,
    environment: dict[str, str],
    child: Child,
    terminal: Terminal,
    count: int,
    number: int,
) -> None:
    lines = "".join(
        f'{{"slug": "p{item}", "title": "a title of some length"}}\n' for item in range(count)
    )
    assert one("import", "-", input=lines).code == 0
    environment["HOOK_PATIENCE"] = "20"
    environment["PKGCAT_PAGER"] = child.write(
        before=f"trap 'echo rescued > {child.saved}; exit 0' TERM"
    )
    process = terminal.start(environment, *(("list",) if count > 1 else ("show", "1326")))
    wait_until(child.begun.exists, process)
    process.send_signal(number)
    assert process.wait(BOUND) == 128 + number
    assert child.saved.read_text() == "rescued\n"
    terminal.shows(b"")
    assert terminal.written.count(b"\n") == 1, terminal.written


def test_a_pager_that_heeds_no_signal_holds_nobody_up(
    one: Program, environment: dict[str, str], child: Child, terminal: Terminal
) -> None:
    """It reads nothing, either: the pipe is full."""
    lines = "".join(
        f'{{"slug": "p{item}", "title": "a title of some length"}}\n' for item in range(4000)
    )
    assert one("import", "-", input=lines).code == 0
    environment["PKGCAT_PAGER"] = child.write(before="trap '' TERM")
    process = terminal.start(environment, "list")
    wait_until(child.begun.exists, process)
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(BOUND) == 143
    finally:
        child.gate.touch()


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
@pytest.mark.parametrize("number", OTHERS)
def test_less_leaves_the_terminal_as_it_was(
    environment: dict[str, str], terminal: Terminal, number: int
) -> None:
    environment["PKGCAT_PAGER"] = "less"
    process = terminal.start(environment, "show", "1326")
    wait_until(lambda: terminal.shows(b"django-cities"), process)
    terminal.press(b"\x03")

    def goes_to_its_end() -> bool:
        terminal.press(b"G")  # ^C discards what was typed and not read yet
        return terminal.shows(b"(END)")

    wait_until(goes_to_its_end, process)
    process.send_signal(number)
    assert process.wait(BOUND) == 128 + number
    assert termios.tcgetattr(terminal.inside) == terminal.settings
    terminal.shows(b"")
    assert terminal.written.count(b"\x1b[?1049h") == terminal.written.count(b"\x1b[?1049l")
