"""Pages for readers: the commands they show, and a shell to run these as a reader would."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


class Page:
    """A page of Markdown."""

    def __init__(self, name: str) -> None:
        self.text = (ROOT / name).read_text(encoding="utf-8")

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


def run_line(
    command: str, folder: Path, more: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a line of a page in a folder, with the project's records beside it."""
    if not (folder / "tests").exists():
        (folder / "tests").symlink_to(ROOT / "tests")
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PKGCAT_DB": str(folder / "catalog.db"),
        "HTTPS_PROXY": "http://127.0.0.1:9",  # nothing of it may leave this machine
        **(more or {}),
    }
    line = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(
        line, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
