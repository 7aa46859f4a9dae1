"""The README cannot lie: its commands are run, and where it shows their output, that is what they print."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pkgcat.store import Store
from tests.conftest import DATA, NOW
from tests.online import config
from tests.store.checks import take
from tests.upstream import Upstream, sample_world

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def transcript() -> list[tuple[str, str]]:
    """The commands of the console blocks, each with what the README says it prints."""
    pairs = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            pairs.append((command, printed))
    return pairs


def shell(command: str, folder: Path, more: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as its reader would, in a folder with the records beside it."""
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
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_first_steps_print_what_the_readme_says(tmp_path: Path) -> None:
    assert len(transcript()) >= 5
    for command, printed in transcript():
        result = shell(command, tmp_path)
        assert (result.stdout, result.stderr, result.returncode) == (printed, "", 0), command


@pytest.mark.parametrize("command", [line for block in blocks("sh") for line in block.splitlines()])
def test_each_recipe_answers(command: str, tmp_path: Path) -> None:
    for tool in ("jq", "sqlite3"):
        if re.search(rf"(^|\| ){tool} ", command) and not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    with Store.write(tmp_path / "catalog.db", named=True, create=True) as store:
        files = (DATA / "package-1326.json").read_text(), *(DATA / "records.ndjson").read_text().splitlines()
        take(store, *map(json.loads, files), now=NOW)  # some time ago, so that there is a past
    result = shell(command, tmp_path)
    assert (result.stderr, result.returncode) == ("", 0)
    assert result.stdout or list(tmp_path.glob("*.json"))


def test_the_crontab_runs(tmp_path: Path) -> None:
    shell("pkgcat import tests/data/package-1326.json", tmp_path)
    with Upstream(sample_world(1)) as upstream:
        upstream.world.publish("django-cities")
        upstream.world.release(upstream.world.project("django-cities"), "0.6.2")
        upstream.world.create("github", "coderholic/django-cities", commits=3)
        environment = config(upstream, tmp_path)
        nightly, digest = blocks("crontab")
        for line in nightly.splitlines():
            result = shell(line.split(None, 5)[5].replace(r"\%", "%"), tmp_path, environment)
            assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), line
    weekly = digest.split(None, 5)[5]
    assert "Added to the catalog\n  django-cities\n" in shell(weekly, tmp_path).stdout
    assert shell(weekly, tmp_path).stdout == ""
    assert [file.name for file in tmp_path.glob("pkgcat-*.jsonl")]
    assert '"repo_commit_count": 3' in shell("pkgcat show django-cities --json", tmp_path).stdout


def test_every_command_of_the_help_is_in_the_readme(tmp_path: Path) -> None:
    listed = shell("pkgcat --help", tmp_path).stdout.split("Commands:\n")[1]
    for name in re.findall(r"^  (\w+) ", listed, re.MULTILINE):
        assert re.search(rf"`{name}\b|, {name}\b|`{name}`", README), name
