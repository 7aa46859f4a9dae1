"""One run of a command: what it prints goes through the pager, or to stdout, and is clean there."""

import os
import sys
from pathlib import Path

from tests.hostile import run_on_terminal


def test_a_pager_gets_no_sequence_that_a_renderer_let_through(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    pager.chmod(0o755)
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
