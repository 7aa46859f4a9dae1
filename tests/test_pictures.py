"""The pictures in docs/ show what pkgcat prints today."""

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.pages import README, ROOT

pytestmark = pytest.mark.long


def read_texts(picture: Path) -> list[str]:
    """Return the texts of a picture, whatever their style."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture.read_text(encoding="utf-8"))
    return [unescape(text).rstrip() for text in texts]


def test_pictures_are_up_to_date(tmp_path: Path) -> None:
    script = ROOT / "docs" / "pictures.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    folder = tmp_path / "drawn"
    folder.mkdir()
    subprocess.run([sys.executable, script, folder], env=environment, check=True)
    drawn = sorted(folder.iterdir())
    assert [file.name for file in drawn] == sorted(
        file.name for file in (ROOT / "docs").glob("*.svg")
    )
    for file in drawn:
        kept = ROOT / "docs" / file.name
        assert read_texts(kept) == read_texts(file), f"make pictures: {file.name}"
    assert (folder / "radar.svg").read_bytes() == (ROOT / "docs" / "radar.svg").read_bytes()


def test_the_readme_shows_every_picture() -> None:
    for file in (ROOT / "docs").glob("*.svg"):
        assert f"docs/{file.name}" in README.text
