"""Carries out the recipes of CONTRIBUTING in a copy of the tree."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(
    r"^(?:In `(?P<file>[^`\n]+)`, before `(?P<anchor>[^`\n]+)`|New file `(?P<new>[^`\n]+)`):\n\n"
    r"```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def copy_source(folder: Path) -> Path:
    """Copy the source tree into a folder, and return that."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignored)
    return folder


def follow_recipe(title: str, tree: Path) -> None:
    """Add the blocks of a recipe to the files of a tree."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text.split(f"### {title}\n", 1)[1].split("\n### ", 1)[0]
    blocks = list(_BLOCK.finditer(recipe))
    assert blocks, title
    for block in blocks:
        if block["new"]:
            (tree / block["new"]).write_text(block["text"], encoding="utf-8")
            continue
        file = tree / block["file"]
        before, anchor, after = file.read_text(encoding="utf-8").partition(f"\n{block['anchor']}")
        assert anchor, block["anchor"]
        file.write_text(f"{before}\n{block['text'].rstrip()}{anchor}{after}", encoding="utf-8")
