"""--where in every command that takes it."""

import csv
import io
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from pkgcat.cli import COMMANDS
from tests.commands.program import Program, told

EXPRESSIONS = (
    "repo_watchers >= 50",
    "repo_watchers >= 5 and not (category = apps or participants has blag)",
    "pypi_version is unknown or pypi_version < 0.5",
    "title ~ 'django' and last_updated older than 5y",
    "not last_updated younger than 5y",
    "category in (apps, other) and repo_watchers in (0, 1, 2, 3, 949)",
    "id = 0",
)
EVERYWHERE = (
    ("list",),
    ("search", "django"),
    ("edit", "--tag", "x", "--dry-run"),
    ("edit", "--tag", "x", "--yes"),
    ("refresh", "--plan"),
    ("export",),
    ("changes",),
)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_names_the_same_packages_in_every_command(
    many: Program, text: str, tmp_path: Path
) -> None:
    where = ("--where", text)
    found = many.slugs(*where)
    assert (len(found) > 0) == (text != "id = 0")
    edits = json.loads(many("edit", *where, "--tag", "xyz", "--dry-run", "--json").out or "[]")
    assert [change["slug"] for change in edits] == found
    exported = json.loads(many("export", *where).out)["packages"]
    assert [record["slug"] for record in exported] == found
    answer = many("export", tmp_path / "some.csv", *where)
    assert answer.out.startswith(f"exported {len(found)} package")
    rows = csv.DictReader(io.StringIO((tmp_path / "some.csv").read_text(encoding="utf-8")))
    assert [row["slug"] for row in rows] == found
    searched = many.slugs("search", "django", *where)
    assert set(searched) == set(many.slugs("search", "django")) & set(found)
    news = json.loads(many("changes", *where, "--json").out)
    everything = json.loads(many("changes", "--json").out)
    assert news == [event for event in everything if event["slug"] in found]


def test_a_refresh_takes_the_packages_that_conditions_name(many: Program) -> None:
    count = len(many.slugs("--where", "repo_watchers >= 900"))
    limited = many("refresh", "--plan", "--where", "repo_watchers >= 900", "--json")
    assert limited.code == 0, limited.err
    assert count == 1
    assert many("refresh", "--plan", "1326", "--json").out == limited.out


@pytest.mark.parametrize("command", EVERYWHERE, ids=" ".join)
@pytest.mark.parametrize(
    ("text", "clue"),
    [
        ("repo_watchers > many", "at character 17"),
        ("id = 1 or titel = x", "'title'"),
        ("tags > geo", "list"),
        ("title in ()", "'in ()'"),
        ("title = 'a", "not closed"),
        ("(" * 2000, "deep"),
        ("title = \x1b[31m", "at character"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(
    many: Program, command: tuple[str, ...], text: str, clue: str
) -> None:
    before = many.stored
    if text == "title = \x1b[31m":
        text += " x"
    line = told(many(*command, "--where", text), 2)
    assert clue in line
    assert "\x1b" not in line
    assert many.stored == before


@pytest.mark.parametrize("command", [("list",), ("search", "django")], ids=" ".join)
def test_searches_and_lists_are_sorted_alike(many: Program, command: tuple[str, ...]) -> None:
    sort = ("--sort", "category,-repo_watchers")
    found = many.slugs(*command, *sort) if command[0] == "search" else many.slugs(*sort)
    by_list = many.slugs(*sort)
    assert found == [slug for slug in by_list if slug in found]
    assert len(found) > 5
    assert "'title'" in told(many(*command, "--sort", "titel"), 2)


def test_three_words_are_one_condition_whatever_the_third_is(many: Program) -> None:
    many("edit", "1326", "--notes", "a = 'b' and (c")
    assert many.slugs("--where", "notes", "=", "a = 'b' and (c") == ["django-cities"]
    assert many.slugs("--where", "notes", "~", "' and (") == ["django-cities"]
    assert many.slugs("--where", "notes", "is", "known") == ["django-cities"]
    assert many.slugs("--where", "slug", "in", "(django-cities, x)") == ["django-cities"]
    assert many.slugs("--where", "participants", "has", "blag", "--where", "notes != null") == [
        "django-cities"
    ]
    words = ("--where", "repo_watchers > 900", "--where", "notes", "~", "and", "--limit", "1")
    assert many.slugs(*words) == ["django-cities"]


def list_commands_with(option: str) -> list[str]:
    """Return the commands that take an option, those of groups with both words."""
    found = []
    for name, entry in COMMANDS.items():
        module = import_module(f"pkgcat.commands.{entry.module}")
        command: Any = typer.main.get_command(module.app(name))
        members = getattr(command, "commands", {"": command})
        for member, one in members.items():
            if option in [text for param in one.params for text in param.opts]:
                found.append(f"{name} {member}".strip())
    return sorted(found)


def test_every_command_with_conditions_takes_what_is_supported() -> None:
    wanted = ["changes", "compare", "decide", "edit", "export", "list", "refresh", "review"]
    wanted += ["search", "grid put", "grid show"]
    assert list_commands_with("--where") == sorted(wanted)
    assert list_commands_with("--supports") == sorted(wanted)


@pytest.fixture
def declaring(many: Program) -> Program:
    """Let one package declare what it supports, on a grid with another."""
    facts = '{"pypi_requires_python": ">=3.10", "pypi_classifiers": ["Framework :: Django :: 6.0"]}'
    assert many("edit", "1326", "--patch", "-", input=facts).code == 0
    assert many("grid", "add", "maps").code == 0
    assert many("grid", "put", "maps", "--where", "slug != null").code == 0
    return many


SUPPORTED = ("--supports", "python=3.14", "--supports", "django=6.0")


@pytest.mark.parametrize(
    "command",
    [
        ("list", "--json"),
        ("search", "cities", "--json"),
        ("edit", "--tag", "modern", "--yes", "--json"),
        ("refresh", "--plan"),
        ("export", "--format", "jsonl"),
        ("changes", "--json"),
        ("compare", "--json"),
        ("decide", "adopt", "--yes", "--json"),
        ("review", "--json"),
        ("grid", "show", "maps", "--json"),
        ("grid", "put", "copy"),
    ],
    ids=" ".join,
)
def test_what_is_supported_chooses_packages_in(
    declaring: Program, command: tuple[str, ...]
) -> None:
    declaring("grid", "add", "copy")
    answer = declaring(*command, *SUPPORTED)
    assert answer.code == 0, answer.err
    said = answer.out + answer.err
    assert "django-cities" in said or "1 package" in said
    assert "django-countries" not in said
    told(declaring(*command, "--supports", "ruby=3"), 2)
    nothing = declaring(*command, "--supports", "python=3.9")
    assert "django-cities" not in nothing.out


def test_what_is_supported_stands_in_history_and_excludes_names(declaring: Program) -> None:
    assert declaring("decide", *SUPPORTED, "adopt", "--yes").code == 0
    assert "--supports 'django=6.0'" in declaring("history", "1326", "--json").out
    told(declaring("decide", "1326", "adopt", *SUPPORTED, "--yes"), 2)
    told(declaring("edit", "1326", "--tag", "x", *SUPPORTED), 2)
    told(declaring("refresh", "1326", *SUPPORTED), 2)
    told(declaring("compare", "1326", *SUPPORTED), 2)
    told(declaring("grid", "put", "maps", "1326", *SUPPORTED), 2)
    assert "declared" in declaring("list", "--help").out


def test_help_explains_conditions(empty: Program) -> None:
    answer = empty("help", "conditions")
    assert (answer.code, answer.err) == (0, "")
    for word in ("has", "older than", "is unknown", "in (a, b)", "not"):
        assert word in answer.out
    assert max(map(len, answer.out.splitlines())) <= 90
    told(empty("help", "conditions", "--json"), 2)
    assert "'conditions'" in told(empty("help", "condition"), 4)
