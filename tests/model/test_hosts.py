"""One entry in the table of host kinds makes a new host known everywhere."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pkgcat.model.hosts import (
    HOST_KINDS,
    cut_to_project,
    find_host_kind,
    find_public_host,
    join_with_or,
    list_host_types,
    list_source_kinds,
)
from tests.recipes import copy_source, follow_recipe
from tests.sources.server import reply, served

RUN = """
import sys
from pkgcat.cli import main
sys.argv = ["pkgcat", *sys.argv[1:]]
main()
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def with_sourcehut(tmp_path: Path, catalog: Path) -> Run:
    """Pkgcat from a copy of its tree in which CONTRIBUTING's recipe was carried out."""
    tree = copy_source(tmp_path / "tree")
    follow_recipe("A host", tree)

    def run(*args: str, **more: str) -> subprocess.CompletedProcess[str]:
        variables = {"PYTHONPATH": str(tree / "src"), "PKGCAT_DB": str(catalog), **more}
        command = [sys.executable, "-c", RUN, *args]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, **variables}
        )

    return run


def write_config(folder: Path, text: str) -> str:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_help_and_completion_and_errors_name_a_new_kind(with_sourcehut: Run) -> None:
    for command in ("list", "edit"):
        text = " ".join(with_sourcehut(command, "--help").stdout.split())
        assert "github, gitlab, forgejo, bitbucket or sourcehut" in text
    words = {
        "_PKGCAT_COMPLETE": "complete_zsh",
        "_TYPER_COMPLETE_ARGS": "pkgcat list --host sou",
    }
    assert "sourcehut" in with_sourcehut(**words).stdout
    with_sourcehut("add", "--no-fetch", "maps")
    wrong = with_sourcehut("list", "--host", "sourcehutt")
    assert wrong.returncode == 2
    assert "no kind of host 'sourcehutt'" in wrong.stderr
    assert "did you mean 'sourcehut'" in wrong.stderr


def test_settings_take_a_new_kind_and_its_alias(with_sourcehut: Run, tmp_path: Path) -> None:
    with_sourcehut("add", "--no-fetch", "maps")
    hosts = '[hosts."git.example.org"]\ntype = "{}"\n[sources.sourcehut]\napi_url = "https://x.org"'
    for name in ("sourcehut", "srht"):
        config = write_config(tmp_path, hosts.format(name))
        assert with_sourcehut("list", PKGCAT_CONFIG=config).returncode == 0
    config = write_config(tmp_path, hosts.format("cvs"))
    wrong = with_sourcehut("list", PKGCAT_CONFIG=config)
    assert wrong.returncode == 78
    assert "sourcehut, srht" in wrong.stderr


def test_refresh_asks_a_new_kind_with_its_own_token(with_sourcehut: Run, tmp_path: Path) -> None:
    page = "https://git.sr.ht/~ann/maps/tree/main/README"
    assert with_sourcehut("add", "--no-fetch", page).returncode == 0
    with served(lambda _: reply(200, {"stars": 42})) as server:
        config = write_config(tmp_path, f'[sources.sourcehut]\napi_url = "{server.url}"')
        variables = {"PKGCAT_CONFIG": config, "SRHT_TOKEN": "canary-token"}
        plan = with_sourcehut("refresh", "--all", "--plan", **variables)
        done = with_sourcehut("refresh", "--all", **variables)
    assert "git.sr.ht" in plan.stdout
    assert re.search(r"git\.sr\.ht\t1\b", plan.stdout)
    assert done.returncode == 0, done.stderr
    assert [request.path for request in server.asked] == ["/repos/~ann/maps"]
    assert server.asked[0].headers["authorization"] == "srht canary-token"
    shown = with_sourcehut("list", "--host", "sourcehut", "--format", "csv").stdout
    assert "maps" in shown
    assert re.search(r"\b42\b", shown)


def test_names_and_aliases_and_public_hosts_are_of_one_kind_only() -> None:
    kinds = list_source_kinds()
    assert [kind.name for kind in kinds.values()] == list(kinds)
    hosts = [host for kind in kinds.values() for host in kind.public_hosts]
    names = [name for kind in kinds.values() for name in (kind.name, *kind.aliases)]
    assert len(set(hosts)) == len(hosts)
    assert len(set(names)) == len(names)
    assert list_host_types()["gitea"] == "forgejo"


def test_a_public_host_is_of_its_kind() -> None:
    for kind in HOST_KINDS.values():
        for host in kind.public_hosts:
            assert find_host_kind(host) is find_public_host(host) is kind
    assert find_host_kind("pypi.org") is None
    pypi = find_public_host("pypi.org")
    assert pypi is not None
    assert pypi.name == "pypi"
    assert find_public_host("git.example.org") is None


@pytest.mark.parametrize(
    ("kind", "public", "own"),
    [
        ("github", "https://api.github.com", "https://git.example.org/api/v3"),
        ("gitlab", "https://gitlab.com/api/v4", "https://git.example.org/api/v4"),
        ("forgejo", "https://codeberg.org/api/v1", "https://git.example.org/api/v1"),
        ("bitbucket", "https://api.bitbucket.org/2.0", "https://git.example.org/2.0"),
        ("pypi", "https://pypi.org", "https://git.example.org"),
        ("djangopackages", "https://djangopackages.org/api/v4", "https://git.example.org/api/v4"),
    ],
)
def test_where_the_api_of_a_host_is(kind: str, public: str, own: str) -> None:
    found = list_source_kinds()[kind]
    assert found.find_api_url(found.public_hosts[0]) == public
    assert found.find_api_url("git.example.org") == own


@pytest.mark.parametrize(
    ("segments", "cut"),
    [
        (["a", "b", "c"], ["a", "b", "c"]),
        (["a", "b", "c", "-", "tree"], ["a", "b", "c"]),
        (["a", "issues"], ["a", "issues"]),
        (["a", "b", "issues", "1"], ["a", "b"]),
    ],
)
def test_a_gitlab_project_may_be_deep(segments: Sequence[str], cut: Sequence[str]) -> None:
    assert cut_to_project(segments) == cut


def test_names_are_joined_as_english_has_them() -> None:
    assert join_with_or(["a"]) == "a"
    assert join_with_or(["a", "b", "c"]) == "a, b or c"
