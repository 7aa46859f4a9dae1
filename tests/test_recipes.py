"""The recipes of CONTRIBUTING, carried out in a copy of the tree."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.recipes import copy_source, follow_recipe


class Ran(NamedTuple):
    """What a command printed."""

    out: str
    err: str
    code: int


Run = Callable[..., Ran]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the source tree."""
    return copy_source(tmp_path / "tree")


@pytest.fixture
def run(tree: Path, tmp_path: Path) -> Run:
    """Run pkgcat from the copy."""

    def command(*words: str, input: str | None = None) -> Ran:  # noqa: A002  # as subprocess has it
        environment = {
            **os.environ,
            "PYTHONPATH": str(tree / "src"),
            "PKGCAT_DB": str(tmp_path / "catalog.db"),
            "COLUMNS": "100",
        }
        done = subprocess.run(
            [sys.executable, "-m", "pkgcat", *words],
            input=input,
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    return command


def record(run: Run, slug: str, *options: str) -> dict[str, object]:
    answer = run("show", slug, "--json", *options)
    assert answer.code == 0, answer.err
    found: dict[str, object] = json.loads(answer.out)
    return found


LOGO = "https://example.org/logo.png"


@pytest.mark.long
def test_a_field_that_a_person_writes(tree: Path, run: Run) -> None:
    follow_recipe("A field that a person writes", tree)
    assert (
        run("add", "--no-fetch", "maps", "--logo", "https://u:secret@example.org/a.png").code == 0
    )
    assert record(run, "maps")["logo"] == "https://example.org/a.png"
    assert run("edit", "maps", "--logo", LOGO).code == 0
    assert record(run, "maps")["logo"] == LOGO
    assert LOGO in run("list", "--fields", "slug,logo").out
    assert run("list", "--where", "logo ~ logo.png", "--fields", "slug").out == "maps\n"
    assert run("list", "--where", "logo = null", "--sort", "logo").out == ""
    assert "address of its logo" in run("schema").out
    assert LOGO in run("history", "maps", "logo").out
    exported = run("export").out
    assert json.loads(exported)["packages"][0]["logo"] == LOGO
    assert run("edit", "maps", "--unset", "logo").code == 0
    assert record(run, "maps")["logo"] is None
    assert run("undo").code == 0
    assert record(run, "maps")["logo"] == LOGO
    assert run("remove", "maps").code == 0
    assert run("import", "-", input=exported.replace('"maps"', '"atlas"')).code == 0
    assert record(run, "atlas")["logo"] == LOGO
    assert "--logo" in run("edit", "--help").out


def test_a_field_that_a_source_writes(tree: Path, run: Run) -> None:
    follow_recipe("A field that a source writes", tree)
    fields = {"slug": "maps", "title": "Maps", "repo_topics": ["geo", "gis"]}
    assert run("import", "-", input=json.dumps(fields)).code == 0
    assert record(run, "maps")["repo_topics"] == ["geo", "gis"]
    assert run("list", "--where", "repo_topics ~ GIS", "--fields", "slug").out == "maps\n"
    assert run("edit", "maps", "--patch", "-", input='{"repo_topics": ["maps"]}').code == 0
    found = record(run, "maps")
    assert (found["repo_topics"], found["pinned"]) == (["maps"], ["repo_topics"])
    assert found["upstream_values"] == {"repo_topics": ["geo", "gis"]}
    assert run("edit", "maps", "--unpin", "repo_topics").code == 0
    assert record(run, "maps")["repo_topics"] == ["geo", "gis"]
    assert "topics" in run("schema").out
    assert "maps" in run("history", "maps", "repo_topics").out


def test_a_format(tree: Path, run: Run) -> None:
    follow_recipe("A format", tree)
    assert run("add", "--no-fetch", "maps").code == 0
    assert run("list", "--format", "slugs").out == "maps\n"
    assert "slugs" in run("list", "--help").out
    assert "slugs" in run("list", "--format", "slug").err


def test_a_command(tree: Path, run: Run) -> None:
    follow_recipe("A command", tree)
    assert run("add", "--no-fetch", "maps").code == 0
    assert run("count").out == "1\n"
    assert "count" in run("--help").out
    assert "Count the packages" in run("count", "--help").out


WRITE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pkgcat.store.operation import begin_operation
from pkgcat.store import Store

with Store.write(Path(sys.argv[1]), explicit=True, create=True) as store:
    with begin_operation(store, "reader add", datetime.now(UTC), kind="add") as operation:
        key = operation.create("readers", {"name": "Ada"})
    with begin_operation(store, "reader edit", datetime.now(UTC), kind="edit") as operation:
        operation.change("readers", key, {"name": "Grace"})
"""
READ = """
import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT name, removed FROM readers"))
"""


def test_a_logged_table(tree: Path, run: Run, tmp_path: Path) -> None:
    follow_recipe("A logged table", tree)

    def script(text: str) -> str:
        command = [sys.executable, "-c", text, str(tmp_path / "catalog.db")]
        environment = {**os.environ, "PYTHONPATH": str(tree / "src")}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    script(WRITE)
    assert script(READ) == "('Grace', 0)\n"
    assert run("undo").code == 0
    assert script(READ) == "('Ada', 0)\n"
    assert run("undo").code == 0
    assert script(READ) == "('Ada', 1)\n"
