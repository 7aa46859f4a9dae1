"""One run of a command: what it prints goes through the pager, or to stdout, and is clean there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.children import start, surroundings
from tests.commands.program import Program
from tests.hostile import run_on_terminal


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that keeps what it is given in a file called paged."""
    script = tmp_path / "pager"
    script.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("terminal", [False, True])
def test_no_pager_is_started_where_no_person_reads_or_answers(
    one: Program, tmp_path: Path, pager: Path, terminal: bool
) -> None:
    """Into a pipe that asks for colours; and where standard input is a pipe."""
    environment = {"CLICOLOR_FORCE": "1", "PKGCAT_PAGER": str(pager), "LINES": "2"}
    answer = one("show", "1326", env=environment, terminal=terminal)
    assert "\x1b[" in answer.out
    assert "coderholic/django-cities" in answer.out
    assert not (tmp_path / "paged").exists()


def test_an_answer_that_nobody_reads_locks_no_catalog(many: Program) -> None:
    assert many("edit", *many.slugs(), "--notes", "x" * 9000).code == 0
    process = start(surroundings(many.catalog), "list", "--json", stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.read(1) == b"["  # more than a pipe takes is still to come
    assert process.poll() is None
    assert many("edit", "1326", "--notes", "y").code == 0
    process.stdout.close()
    assert process.wait(60) == 0
    process.communicate()


def test_a_pager_gets_no_sequence_that_a_renderer_let_through(tmp_path: Path, pager: Path) -> None:
    text = "a\x1b[2J\x1b]0;PWNED\x07b\u202e\x9b8mc"
    program = f"""
from pkgcat.shell import session, streams
from pkgcat.shell.output_buffer import OutputBuffer
streams.configure()
buffer = OutputBuffer()
buffer.write({text!r} + "\\n" * 200)
session.print_paged(buffer)
"""
    environment = {**os.environ, "TERM": "xterm", "PKGCAT_PAGER": str(pager)}
    _, code = run_on_terminal([sys.executable, "-c", program], environment)
    assert code == 0
    paged = (tmp_path / "paged").read_text("utf-8")
    assert paged == "abc" + "\n" * 200
