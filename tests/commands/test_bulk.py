"""edit --where: many packages at once, seen before they are changed."""

import json
from typing import Any
from unittest.mock import patch

import pytest

from pkgcat.shell import bulk_edit
from tests.commands.program import Program, _Stream, told

ARCHIVED = ("edit", "--where", "repo_watchers", ">=", 50, "--tag", "popular")


@pytest.fixture
def asked(many: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    """pkgcat on 38 packages, whose standard input is a terminal."""
    monkeypatch.setattr(_Stream, "isatty", lambda self: True)
    monkeypatch.setenv("PKGCAT_PAGER", "cat")
    monkeypatch.setenv("NO_COLOR", "1")
    return many


def popular(program: Program) -> list[str]:
    return program.slugs("--where", "repo_watchers", ">=", 50)


def test_without_a_terminal_it_needs_yes(many: Program) -> None:
    before = many.stored
    assert "--dry-run" in told(many(*ARCHIVED), 2)
    assert many.stored == before
    answer = many(*ARCHIVED, "--yes")
    count = len(popular(many))
    assert count > 3
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"{count} packages changed; 'pkgcat undo' takes it back\n"
    assert many.slugs("--tag", "popular") == popular(many)


def test_one_operation_that_is_undone_at_once(many: Program) -> None:
    before = many("export").raw
    many(*ARCHIVED, "--yes")
    assert many("undo").code == 0
    assert many("export").raw == before
    assert "edit --where 'repo_watchers >= 50'" in many("undo", "--list").out


def test_a_dry_run_prints_the_diff_and_changes_nothing(many: Program) -> None:
    before = many.stored
    answer = many(*ARCHIVED, "--untag", "geo", "--dry-run")
    assert many.stored == before
    rows = [line.split("\t") for line in answer.out.splitlines()]
    assert [row[0] for row in rows] == popular(many)
    assert {tuple(row[1:]) for row in rows} == {("tags", "", "popular")}
    told_as_json = json.loads(many(*ARCHIVED, "--dry-run", "--json").out)
    assert told_as_json[0] == {
        "slug": popular(many)[0],
        "field": "tags",
        "old": "",
        "new": "popular",
    }


@pytest.mark.parametrize("answer", ["y", "yes", "Y", "what\n\ny"])
def test_a_person_is_shown_the_diff_and_asked(asked: Program, answer: str) -> None:
    ran = asked(*ARCHIVED, input=f"{answer}\n")
    assert ran.code == 0
    assert ran.err.index("popular") < ran.err.index("change ")
    assert asked.slugs("--tag", "popular") == popular(asked)


@pytest.mark.parametrize("answer", ["n\n", "", "o\nq\n", "o\n"])
def test_a_no_or_the_end_of_input_changes_nothing(asked: Program, answer: str) -> None:
    before = asked.stored
    ran = asked(*ARCHIVED, input=answer)
    assert (ran.code, ran.out) == (0, "0 packages changed\n")
    assert asked.stored == before


def test_one_by_one(asked: Program) -> None:
    ran = asked(*ARCHIVED, input="o\nn\ny\nn\nq\n")
    assert ran.out == "1 package changed; 'pkgcat undo' takes it back\n"
    assert asked.slugs("--tag", "popular") == [popular(asked)[1]]
    assert "  tags: none -> popular\n" in ran.err
    asked("undo")
    asked(*ARCHIVED, input="o\nn\na\n")
    assert asked.slugs("--tag", "popular") == popular(asked)[1:]


def test_an_edit_meanwhile_is_a_conflict_and_nothing_is_stored(asked: Program) -> None:
    first = popular(asked)[0]

    def meanwhile(question: str, allowed: str) -> str:
        with patch.object(_Stream, "isatty", lambda self: False):
            assert asked("edit", first, "--notes", "mine").code == 0
        return "y"

    with patch.object(bulk_edit, "_ask", meanwhile):
        ran = asked(*ARCHIVED)
    assert ran.code == 5
    assert first in ran.err
    assert asked.slugs("--tag", "popular") == []


def test_all_kinds_of_edits(many: Program) -> None:
    name = popular(many)[0]
    where = ("edit", "--where", "slug", "=", name, "--yes")
    assert (
        many(
            *where, "--category", "frameworks", "--notes", "n", "--unset", "documentation_url"
        ).code
        == 0
    )
    assert many(*where, "--patch", "-", input='{"repo_watchers": 5, "tags": []}').code == 0
    record = many.record(name)
    assert (record["category"], record["notes"], record["repo_watchers"]) == ("frameworks", "n", 5)
    assert "repo_watchers" in record["pinned"]
    assert many(*where, "--unpin", "repo_watchers").code == 0
    assert many.record(name)["repo_watchers"] != 5


def test_conditions_add_up_and_no_match_is_told(many: Program) -> None:
    answer = many(
        "edit",
        "--where",
        "repo_watchers",
        ">",
        5,
        "--where",
        "slug",
        "=",
        "nope",
        "--tag",
        "x",
        "--yes",
    )
    assert (answer.code, answer.out) == (
        0,
        "nothing to change: no package matches, or all are so already\n",
    )
    many(*ARCHIVED, "--yes")
    assert many(*ARCHIVED, "--yes").out.startswith("nothing to change")


@pytest.mark.parametrize(
    "args",
    [
        ("--where", "slug", "=", "x"),
        ("--where", "nope", "=", "x", "--tag", "t"),
        ("--where", "repo_watchers", ">", "many", "--tag", "t"),
        ("django-cities", "--where", "slug", "=", "x", "--tag", "t"),
        ("--where", "slug", "=", "x", "--slug", "y"),
        ("--where", "slug", "=", "x", "--repo-url", "o/n"),
        ("--tag", "t"),
    ],
)
def test_wrong_usage(many: Program, args: tuple[Any, ...]) -> None:
    before = many.stored
    told(many("edit", *args, "--yes"), 2)
    assert many.stored == before


def test_edit_says_which_of_two_mistakes_was_made(many: Program) -> None:
    where = ("--where", "slug", "=", "x")
    both = told(many("edit", "django-cities", *where, "--tag", "t"), 2)
    assert both == ("pkgcat: slugs and --where exclude each other: name packages, or find them\n")
    neither = told(many("edit", "--tag", "t"), 2)
    assert neither == ("pkgcat: no package is named; name packages, or find them with --where\n")
