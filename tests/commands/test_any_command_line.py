"""Any command line whatever: an answer, or one clear line with its exit code; never a traceback."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgcat.cli import COMMANDS, app
from pkgcat.errors import EXIT_CODES
from tests.commands.program import Program

WORDS = (
    *(
        "",
        "-",
        "--",
        "x",
        "ä",
        "\udc80",
        "\x1b[31m",
        "[bold]x",
        "'",
        '"',
        "%",
        "*",
        " ",
        "\n",
        "=",
        "x" * 200,
    ),
    *(
        "django-cities",
        "1326",
        "Django.Cities",
        "https://github.com/coderholic/django-cities",
        "apps",
        "grid-71",
        "nope",
    ),
    *(
        "0",
        "1",
        "-1",
        "1e9",
        "9" * 24,
        "true",
        "null",
        "all",
        "last",
        "7d",
        "0d",
        "99999y",
        "github",
        "exit-codes",
        "@popular",
    ),
    *("2026-01-01", "2026-02-24T00:00Z", "9999-12-31", "0001-01-01", "/nowhere", "/tmp", "."),
    *(
        "title",
        "-repo_watchers",
        "slug,title",
        "participants",
        "commits_over_52",
        "pinned",
        "score",
        "gone",
        "id",
    ),
    *(
        "repo_watchers > 5",
        "tags ~ geo",
        "title = null",
        "score >= 3",
        "upstream_values ~ x",
        "last_updated < 5y",
        "not (tags has geo or last_updated older than 1y)",
        "category in (apps, other) and pypi_version is unknown",
    ),
    *("table", "json", "jsonl", "csv", "tsv", "markdown", "apiv4", "html", "svg"),
)
INPUTS = (
    "",
    "y\n",
    "django-cities\n",
    "{}",
    "[]",
    '{"title": "x"}',
    '{"slug": 1}',
    "\x00",
    "slug,title\na,b,c\n",
)


def commands() -> list[tuple[tuple[str, ...], Any]]:
    """Every command but refresh, which would ask, with the words it is called by."""
    program: Any = typer.main.get_command(app)
    made = {name: program.get_command(None, name) for name in COMMANDS if name != "refresh"}
    return list(leaves((), made))


def leaves(words: tuple[str, ...], made: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the commands that have none below them."""
    for name, command in made.items():
        below = getattr(command, "commands", None)
        if below is None:
            yield (*words, name), command
        else:
            yield from leaves((*words, name), below)


MADE = commands()

LAST_WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("add",): ("--no-fetch",),
    ("serve",): ("--host", "192.0.2.1", "--allow-host", "x"),
}
"""What keeps a command from asking hosts, and from serving without end: no machine has an address that
RFC 5737 keeps for documentation.
"""


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, words for its arguments, and some of its options with words."""
    words, command = draw(st.sampled_from(MADE))
    line = [*words]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            line += draw(st.lists(st.sampled_from(WORDS), max_size=2))
        elif parameter.name not in ("help", "source") and draw(st.integers(0, 6)) == 0:
            line.append(draw(st.sampled_from([*parameter.opts, *parameter.secondary_opts])))
            line += [] if parameter.is_flag else [draw(st.sampled_from(WORDS))]
    if words == ("import",):
        line = [word for word in line if "://" not in word]
    return [*line, *LAST_WORDS.get(words, ())]


@settings(max_examples=250)
@given(
    line=command_lines(),
    given_input=st.sampled_from(INPUTS),
    terminal=st.booleans(),
    empty=st.booleans(),
)
def test_no_command_line_ends_in_a_traceback(
    made_many: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: list[str],
    given_input: str,
    terminal: bool,
    empty: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PKGCAT_EDITOR", "true")
    catalog = tmp_path / "catalog.db"
    catalog.unlink(missing_ok=True)
    if not empty:
        shutil.copy(made_many, catalog)
    answer = Program(catalog)(*line, input=given_input, terminal=terminal)
    assert answer.code in EXIT_CODES, answer.err
    assert not re.search("Traceback|constraint failed|[Ss]qlite3?Error", answer.err), answer.err
