"""What a start may not import: `show --json` is run in loops and prompts."""

import subprocess
import sys
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
        not {f"pkgcat.commands.{name}" for name in ("edit", "list", "grids", "transfer", "refresh", "network")} & found
    )


def test_the_network_is_what_refresh_pays_for(made: Path) -> None:
    assert "httpx" not in imported("refresh", "--help")
