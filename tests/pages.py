"""Pages for readers: the commands they show, and a shell to run these as a reader would."""

import os
import re
import shlex
import subprocess
import sys
from contextlib import closing
from copy import copy
from pathlib import Path

from tests.children import BOUND, Terminal, wait_until

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Page:
    """A page of Markdown."""

    def __init__(self, name: str) -> None:
        self.text = (ROOT / name).read_text(encoding="utf-8")

    def sections(self) -> list[tuple[str, "Page"]]:
        """Return the parts of the page that have headings of the second level, with these."""
        sections = []
        for text in re.split(r"^## ", self.text, flags=re.MULTILINE)[1:]:
            section = copy(self)
            section.text = text
            sections.append((text.partition("\n")[0], section))
        return sections

    def blocks(self, language: str) -> list[str]:
        """Return the code blocks of a language."""
        return [text for found, text in _BLOCK.findall(self.text) if found == language]

    def lines(self, language: str) -> list[str]:
        """Return the lines of all code blocks of a language."""
        return [line for block in self.blocks(language) for line in block.splitlines()]

    def commands(self) -> list[tuple[str, str | None]]:
        """Return the commands of the `sh` and `console` blocks in their order, each with what the
        page says it prints; None where it does not say so.
        """
        commands: list[tuple[str, str | None]] = []
        for language, text in _BLOCK.findall(self.text):
            if language == "sh":
                commands += [(line, None) for line in text.splitlines()]
            if language == "console":
                for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                    command, _, printed = part.partition("\n")
                    commands.append((command, printed))
        return commands


README = Page("README.md")


_QUESTION = re.compile(r"(.*\[q\]uit:|why\? \(.*?\)|review by\? \(.*?\)) ?(.*)")
_KEY_QUESTION = "[q]uit:"
_LEFT_OUT = "…"
"""On a page, this line stands for any lines."""


def answer_questions(
    command: str, session: str, folder: Path, more: dict[str, str] | None = None
) -> str:
    """Run a pkgcat command of a page on a terminal, answer its questions as the page shows it, and
    return all that stood on the terminal.
    """
    with closing(Terminal()) as terminal:
        process = terminal.start(_make_environment(folder, more), *shlex.split(command)[1:])
        end = 0
        for line in session.splitlines():
            asked = _QUESTION.fullmatch(line)
            if asked is not None:
                question, answer = asked.groups()
                end = _wait_for_question(terminal, process, question, end)
                is_key = question.endswith(_KEY_QUESTION)
                terminal.press(answer.encode() if is_key else f"{answer}\n".encode())
        assert process.wait(BOUND) == 0
        terminal.shows(b"")
        return terminal.written.decode().replace("\r\n", "\n")


def _wait_for_question(
    terminal: Terminal, process: "subprocess.Popen[bytes]", question: str, begin: int
) -> int:
    """Wait until a question stands on a terminal, at or behind a place, and can be answered; return
    where it ends.
    """
    text = question.encode()
    takes_lines = not question.endswith(_KEY_QUESTION)

    def is_asked() -> bool:
        terminal.shows(b"")
        return text in terminal.written[begin:] and terminal.is_line_by_line == takes_lines

    wait_until(is_asked, process)
    return terminal.written.index(text, begin) + len(text)


def matches_session(shown: str, session: str) -> bool:
    """Whether a terminal shows what a page says, which leaves out some lines, and spaces at the end
    of others.
    """
    pattern = ""
    for line in session.splitlines():
        pattern += "(?:.*\n)*?" if line == _LEFT_OUT else f"{re.escape(line)} *\n"
    return re.fullmatch(pattern, shown) is not None


def run_line(
    command: str, folder: Path, more: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a line of a page in a folder, with the project's records beside it."""
    if not (folder / "tests").exists():
        (folder / "tests").symlink_to(ROOT / "tests")
    line = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(
        line,
        cwd=folder,
        env=_make_environment(folder, more),
        capture_output=True,
        text=True,
        check=False,
    )


def _make_environment(folder: Path, more: dict[str, str] | None) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PKGCAT_DB": str(folder / "catalog.db"),
        "HTTPS_PROXY": "http://127.0.0.1:9",  # nothing of it may leave this machine
        **(more or {}),
    }
