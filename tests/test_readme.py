"""The README cannot lie: its commands are run, and where it shows their output, that is what
they print.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pkgcat.model.hosts import HOST_KINDS, HostKind
from pkgcat.store import Store
from tests.conftest import DATA, NOW
from tests.online import config
from tests.pages import README, run_line
from tests.store.checks import take
from tests.upstream import Upstream, sample_world


def test_the_first_steps_print_what_the_readme_says(tmp_path: Path) -> None:
    steps = [(command, printed) for command, printed in README.commands() if printed is not None]
    assert len(steps) >= 5
    for command, printed in steps:
        result = run_line(command, tmp_path)
        assert (result.stdout, result.stderr, result.returncode) == (printed, "", 0), command


@pytest.mark.parametrize("command", README.lines("sh"))
def test_each_recipe_answers(command: str, tmp_path: Path) -> None:
    for tool in ("jq", "sqlite3"):
        if re.search(rf"(^|\| ){tool} ", command) and not shutil.which(tool):
            pytest.skip(f"{tool} is not installed")
    with Store.write(tmp_path / "catalog.db", explicit=True, create=True) as store:
        files = (
            (DATA / "package-1326.json").read_text(),
            *(DATA / "records.ndjson").read_text().splitlines(),
        )
        take(store, *map(json.loads, files), now=NOW)  # some time ago, so that there is a past
    result = run_line(command, tmp_path)
    assert (result.stderr, result.returncode) == ("", 0)
    assert result.stdout or list(tmp_path.glob("*.json"))


def test_the_crontab_runs(tmp_path: Path) -> None:
    run_line("pkgcat import tests/data/package-1326.json", tmp_path)
    with Upstream(sample_world(1)) as upstream:
        upstream.world.publish("django-cities")
        upstream.world.release(upstream.world.project("django-cities"), "0.6.2")
        upstream.world.create("github", "coderholic/django-cities", commits=3)
        environment = config(upstream, tmp_path)
        nightly, digest = README.blocks("crontab")
        for line in nightly.splitlines():
            result = run_line(line.split(None, 5)[5].replace(r"\%", "%"), tmp_path, environment)
            assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), line
    weekly = digest.split(None, 5)[5]
    assert "Added to the catalog\n  django-cities\n" in run_line(weekly, tmp_path).stdout
    assert run_line(weekly, tmp_path).stdout == ""
    assert [file.name for file in tmp_path.glob("pkgcat-*.jsonl")]
    assert '"repo_commit_count": 3' in run_line("pkgcat show django-cities --json", tmp_path).stdout


def test_the_crontab_finds_what_pipx_installed(tmp_path: Path) -> None:
    """Cron's PATH is /usr/bin:/bin (crontab(5)), and its shell is sh."""
    installed = tmp_path / ".local/bin/pkgcat"
    installed.parent.mkdir(parents=True)
    installed.write_text('#!/bin/sh\nprintf "%s\\n" "$*" >> "$HOME/called"\n')
    installed.chmod(0o755)
    lines = README.lines("crontab")
    for line in lines:
        command = ["/bin/sh", "-c", line.split(None, 5)[5].replace(r"\%", "%")]
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0), line
    called = (tmp_path / "called").read_text().splitlines()
    assert [line.split()[0] for line in called] == ["refresh", "export", "changes"]


def test_every_command_of_the_help_is_in_the_readme(tmp_path: Path) -> None:
    listed = run_line("pkgcat --help", tmp_path).stdout.split("Commands:\n")[1]
    for name in re.findall(r"^  (\w+) ", listed, re.MULTILINE):
        assert re.search(rf"`{name}\b|, {name}\b|`{name}`", README.text), name


@pytest.mark.parametrize("kind", HOST_KINDS.values(), ids=lambda kind: kind.name)
def test_every_token_variable_is_in_the_readme(kind: HostKind) -> None:
    """In one row of its table of hosts."""
    names = {*kind.token_variables, *(kind.basic_variables or ())}
    rows = [line for line in README.text.splitlines() if line.startswith("| ")]
    assert [row for row in rows if names <= set(re.findall(r"`(\w+)`", row))]
