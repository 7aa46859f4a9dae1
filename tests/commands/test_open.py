"""open: the right address, in the browser that the user named; nothing else is ever started."""

import json
import stat
from pathlib import Path

import pytest

from tests.commands.program import Program, told

RECORD = {
    "slug": "maps",
    "title": "Maps",
    "repo_url": "git@github.com:o/maps.git",
    "pypi_url": "http://pypi.python.org/pypi/Maps_Pro",
    "documentation_url": "https://maps.example.org/?a=1&b='2'",
}


@pytest.fixture
def maps(catalog: Path) -> Program:
    program = Program(catalog)
    records = [
        RECORD,
        {"slug": "bare", "title": "Bare"},
        {"slug": "hostile", "title": "Hostile", "documentation_url": "javascript:alert(1)"},
        {
            "slug": "quoted",
            "title": "Quoted",
            "documentation_url": "https://e.org/$(touch${IFS}x);x",
        },
    ]
    assert program("import", "-", input=json.dumps(records)).code == 0
    return program


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that writes down each of its arguments."""
    script = tmp_path / "my browser"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" >> "{tmp_path}/opened"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def opened(tmp_path: Path) -> list[str]:
    file = tmp_path / "opened"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ((), "https://github.com/o/maps"),
        (("--repo",), "https://github.com/o/maps"),
        (("--pypi",), "https://pypi.org/project/maps-pro/"),
        (("--docs",), RECORD["documentation_url"]),
    ],
)
def test_the_browser_that_the_user_named_gets_the_address(
    maps: Program, browser: Path, tmp_path: Path, options: tuple[str, ...], address: str
) -> None:
    answer = maps("open", "maps", *options, terminal=True, env={"BROWSER": f"'{browser}'"})
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"opened {address}\n"
    assert opened(tmp_path) == ["1", address]


def test_the_address_stands_where_the_browser_wants_it(
    maps: Program, browser: Path, tmp_path: Path
) -> None:
    command = f"/nonexistent/browser:'{browser}' --new-tab %s"
    assert maps("open", "maps", terminal=True, env={"BROWSER": command}).code == 0
    assert opened(tmp_path) == ["2", "--new-tab", "https://github.com/o/maps"]


def test_no_shell_reads_the_address(maps: Program, browser: Path, tmp_path: Path) -> None:
    answer = maps("open", "quoted", terminal=True, env={"BROWSER": f"'{browser}'"})
    assert answer.code == 4 or opened(tmp_path) == ["1", "https://e.org/$(touch${IFS}x);x"]
    assert not (tmp_path / "x").exists()


def test_into_a_pipe_the_address_is_printed_and_nothing_is_started(
    maps: Program, browser: Path, tmp_path: Path
) -> None:
    answer = maps("open", "maps", "--docs", env={"BROWSER": f"'{browser}'"})
    assert (answer.out, answer.err, answer.code) == (f"{RECORD['documentation_url']}\n", "", 0)
    assert opened(tmp_path) == []


@pytest.mark.parametrize("command", ["", "/nonexistent/browser", "false", "'unbalanced"])
def test_without_a_browser_and_a_display_the_address_is_printed(
    maps: Program, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    answer = maps("open", "maps", terminal=True, env={"BROWSER": command})
    assert (answer.out, answer.err, answer.code) == ("https://github.com/o/maps\n", "", 0)


def test_the_browser_of_the_desktop_is_started_where_there_is_a_display(
    maps: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("webbrowser.open", lambda address: started.append(address) or True)
    assert maps("open", "maps", terminal=True, env={"BROWSER": ""}).out.startswith("https://")
    assert started == []
    answer = maps("open", "maps", terminal=True, env={"BROWSER": "", "DISPLAY": ":0"})
    assert answer.out == "opened https://github.com/o/maps\n"
    assert started == ["https://github.com/o/maps"]


@pytest.mark.parametrize(
    ("args", "code", "clue"),
    [
        (("nope",), 4, "there is no package"),
        (("bare",), 4, "edit bare --repo-url"),
        (("bare", "--pypi"), 4, "--pypi-url"),
        (("bare", "--docs"), 4, "--documentation-url"),
        (("hostile",), 4, "no address that a browser could open"),
        (("hostile", "--docs"), 2, "is not http"),
        (("maps", "--docs", "--pypi"), 2, "exclude each other"),
        ((), 2, "SLUG"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(
    maps: Program, browser: Path, tmp_path: Path, args: tuple[str, ...], code: int, clue: str
) -> None:
    answer = maps("open", *args, terminal=True, env={"BROWSER": f"'{browser}'"})
    assert answer.code == code
    if args:
        assert clue in told(answer, code)
    assert opened(tmp_path) == []
