"""Keys and lines of a terminal, and what is no terminal."""

import io
import os
import sys
import termios
from collections.abc import Iterator
from typing import TextIO

import pytest

from pkgcat.shell.terminal_input import find_terminal_input
from tests.children import Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


@pytest.fixture
def stdin(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    """Standard input, which is the terminal."""
    with open(terminal.inside, encoding="utf-8", closefd=False) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        yield stream


@pytest.mark.usefixtures("stdin")
def test_keys_and_lines_come_in_their_order(terminal: Terminal) -> None:
    found = find_terminal_input()
    assert found is not None
    terminal.press("aé\x1b[A".encode())
    assert [found.read_key(), found.read_key()] == ["a", "é"]
    assert found.read_key() == ""
    terminal.press(b"a line\nb")
    assert found.read_line() == "a line"
    assert found.read_key() == "b"
    assert termios.tcgetattr(terminal.inside) == terminal.settings


@pytest.mark.usefixtures("stdin")
def test_enter_at_once_belongs_to_the_key_but_only_one(terminal: Terminal) -> None:
    found = find_terminal_input()
    assert found is not None
    terminal.press(b"a\n\nsecond\n")
    assert found.read_key() == "a"
    assert found.read_line() == ""
    assert found.read_line() == "second"


@pytest.mark.usefixtures("stdin")
def test_the_end_of_the_input_is_no_line(terminal: Terminal) -> None:
    found = find_terminal_input()
    assert found is not None
    terminal.press(b"\x04")
    assert found.read_line() is None


def test_what_is_no_terminal_has_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with open(reader, encoding="utf-8") as pipe:  # noqa: PTH123
        for stream in (pipe, io.StringIO("a\n"), None):
            monkeypatch.setattr(sys, "stdin", stream)
            assert find_terminal_input() is None
    monkeypatch.setattr(sys, "stdin", pipe)  # closed by now
    assert find_terminal_input() is None
    os.close(writer)
