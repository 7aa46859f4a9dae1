"""JSON for programs, and API v4's: printable ASCII, and times in the zone that is configured."""

import json
from pathlib import Path

import pytest

from pkgcat.formats.json import escape_json
from tests.commands.program import Program


@pytest.fixture
def program(catalog: Path) -> Program:
    program = Program(catalog)
    record = {"slug": "maps", "title": "a\x7fb é", "created": "2026-02-15T23:30:00Z"}
    assert program("import", "-", input=json.dumps(record)).code == 0
    return program


def test_a_character_beyond_u_ffff_is_a_pair_of_escapes() -> None:
    assert escape_json('"\U0001f600"') == '"\\ud83d\\ude00"'


def test_api_v4_is_printable_ascii_on_a_terminal_alone(program: Program) -> None:
    assert "a\\u007fb \\u00e9" in program("show", "maps", "--format", "apiv4", terminal=True).out
    assert "a\x7fb é" in program("show", "maps", "--format", "apiv4").out


def test_delete_is_escaped_too() -> None:
    assert escape_json('"a\x7fb"') == '"a\\u007fb"'


@pytest.mark.parametrize("words", ["show maps --json", "list --json", "list --format jsonl"])
def test_json_is_printable_ascii(program: Program, words: str) -> None:
    answer = program(*words.split())
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in answer.raw)
    assert "a\\u007fb \\u00e9" in answer.out


@pytest.mark.parametrize(
    ("zone", "created"),
    [
        ("Europe/Copenhagen", "2026-02-16T00:30:00+01:00"),
        ("Asia/Tokyo", "2026-02-16T08:30:00+09:00"),
        (None, "2026-02-15T18:30:00-05:00"),
    ],
)
@pytest.mark.parametrize("command", [("show", "maps"), ("list",), ("export",)])
def test_api_v4_has_times_in_the_configured_zone(
    program: Program,
    tmp_path: Path,
    command: tuple[str, ...],
    zone: str | None,
    created: str,
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'timezone = "{zone}"' if zone else "")
    answer = program(*command, "--format", "apiv4", env={"PKGCAT_CONFIG": str(config)})
    assert f'"created": "{created}"' in answer.out
