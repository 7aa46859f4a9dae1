"""What a start may not import: `show --json` is run in loops and prompts."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = {
    "asyncio",
    "httpx",
    "rich",
    "sqlite_utils",
    "pydantic",
    "click",
    "packaging",
    "filelock",
    "zoneinfo",
    "tomllib",
    "starlette",
    "uvicorn",
    "jinja2",
}

_RUN = """
import sys
from pkgcat.cli import main
sys.argv = ["pkgcat", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    print(*sys.modules, file=sys.stderr)
    sys.exit(ended.code)
"""


def imported(*args: str | Path) -> set[str]:
    """Run a command in a new process and return the names of all modules it imported."""
    command = [sys.executable, "-c", _RUN, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


@pytest.fixture
def made(catalog: Path) -> Path:
    imported("add", "--no-fetch", "django-cities", "--db", catalog)
    return catalog


@pytest.mark.parametrize(
    "args",
    [
        ("show", "django-cities", "--json"),
        ("list", "--json", "--limit", "20"),
        ("search", "django"),
        ("edit", "django-cities", "--title", "Cities"),
    ],
    ids=lambda args: args[0],
)
def test_a_command_into_a_pipe_imports_nothing_heavy(made: Path, args: tuple[str, ...]) -> None:
    assert not HEAVY & imported(*args, "--db", made)


def test_the_default_place_costs_platformdirs_and_no_more(made: Path) -> None:
    home = Path.home() / ".local/share/pkgcat"
    home.mkdir(parents=True)
    made.rename(home / "catalog.db")
    found = imported("show", "django-cities", "--json")
    assert "platformdirs" in found
    assert not HEAVY & found


def test_only_the_command_that_is_asked_for_is_made(made: Path) -> None:
    found = imported("show", "django-cities", "--json", "--db", made)
    assert "pkgcat.commands.show" in found
    assert (
        not {
            f"pkgcat.commands.{name}"
            for name in ("edit", "list", "grids", "transfer", "refresh", "network")
        }
        & found
    )


def test_a_record_is_shown_without_what_reads_conditions(made: Path) -> None:
    found = imported("show", "django-cities", "--json", "--db", made)
    assert not {"pkgcat.model.expression", "pkgcat.services.conditions"} & found


@pytest.mark.parametrize(
    "command", [("list", "--json"), ("search", "django"), ("changes",)], ids=" ".join
)
def test_what_is_read_without_a_condition_does_without_what_checks_values(
    made: Path, command: tuple[str, ...]
) -> None:
    found = imported(*command, "--db", made)
    assert not {"pkgcat.services.user_values", "pkgcat.store.groups"} & found


def test_the_network_is_what_refresh_pays_for(made: Path) -> None:
    assert "httpx" not in imported("refresh", "--help")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_imports_nothing_heavy(
    made: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    monkeypatch.setenv("PKGCAT_DB", str(made))
    monkeypatch.setenv("_PKGCAT_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", "pkgcat show d")
    monkeypatch.setenv("COMP_CWORD", "2")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "pkgcat show d")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    found = imported()
    assert "pkgcat.commands.show" in found
    assert not HEAVY & found


def test_signals_are_heeded_before_anything_heavy_is_imported() -> None:
    """Ctrl-C during the imports is no traceback."""
    project = tomllib.loads(
        (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    )
    module, name = project["project"]["scripts"]["pkgcat"].split(":")
    script = f"import {module}, sys; print({module}.{name}.__name__, *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{name} ")
    assert not {*HEAVY, "typer", "sqlite3"} & set(done.stdout.split())


def test_garbage_is_collected_once_the_command_is_made(made: Path) -> None:
    code = """
import gc, sys
from pkgcat.__main__ import main
try:
    main()
finally:
    print(gc.isenabled(), gc.get_freeze_count() > 0, file=sys.stderr)
"""
    command = [sys.executable, "-c", code, "show", "django-cities", "--json", "--db", str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.split() == ["True", "True"]
