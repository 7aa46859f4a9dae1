"""Promises whose guard is one place in the code, and the test that fails without that place."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
_LISTS = Path(__file__).parent


class Guard(NamedTuple):
    """A place in the code that keeps a promise.

    `code` stands in `file` exactly once. With `without` in its place, `test` fails. Paths are
    relative to the root of the tree; `test` is a pytest node.
    """

    promise: str
    file: str
    code: str
    without: str
    test: str

    def take_out(self, tree: Path) -> None:
        """Take the guard out of a copy of the tree.

        Raises:
            ValueError: the code does not stand there exactly once.
        """
        path = tree / self.file
        text = path.read_text(encoding="utf-8")
        times = text.count(self.code)
        if times != 1:
            raise ValueError(f"{self.file} has this code {times} times, not once: {self.code!r}")
        path.write_text(text.replace(self.code, self.without), encoding="utf-8")

    def put_back(self, tree: Path) -> None:
        """Write the file again as it is in this tree."""
        (tree / self.file).write_bytes((ROOT / self.file).read_bytes())


def list_files() -> list[Path]:
    """Return the files with the lists."""
    return sorted(_LISTS.glob("*.toml"))


def read_guards(files: Iterable[Path] | None = None) -> Iterator[Guard]:
    """Read lists, all of them where no files are named."""
    for path in files or list_files():
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["guard"]:
            yield Guard(**entry)
