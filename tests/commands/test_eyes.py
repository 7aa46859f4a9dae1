"""What a person sees: which columns have room, what is said once, and what is said of operations."""

import json

import pytest

from tests.commands.program import Program


def lines(program: Program, *args: str, width: int) -> list[str]:
    answer = program(*args, terminal=True, env={"COLUMNS": str(width), "NO_COLOR": "1"})
    assert (answer.code, answer.err) == (0, "")
    return answer.out.splitlines()


@pytest.fixture
def edited(many: Program) -> Program:
    """A catalog of 38 packages, in which one edit named 30 of them."""
    names = many.slugs()[:30]
    assert many("edit", *names, "--tag", "a-tag-of-some-length").code == 0
    return many


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_history_gives_its_width_to_the_facts(edited: Program, width: int) -> None:
    name = edited.slugs("--tag", "a-tag-of-some-length")[0]
    shown = lines(edited, "history", name, "--limit", "1", width=width)
    assert all(len(line) <= width for line in shown)
    assert "tags" in shown[2]
    assert "+a-tag" in shown[2]
    if width >= 60:
        assert "+a-tag-of-some-length" in shown[2]
    assert ("edit of 30 packages" in shown[2]) is (width >= 80)


def test_a_list_of_operations_says_how_many_instead_of_all_their_names(edited: Program) -> None:
    (_, _, newest, *_) = lines(edited, "undo", "--list", width=80)
    assert "edit of 30 packages" in newest
    assert "edit of 30 packages" in edited("undo", "--list").out
    record = json.loads(edited("undo", "--list", "--json").out)[0]
    assert record["command"].count(" ") == 30


def test_a_short_command_is_said_as_it_was_typed(one: Program) -> None:
    one("edit", "1326", "--title", "A")
    assert "edit 1326" in one("undo", "--list").out
    one("add", "--no-fetch", "a-package-of-a-name-that-is-rather-long-and-alone")
    assert "that-is-rather-long-and-alone" in one("undo", "--list").out


def test_an_undo_is_stored_with_what_it_took_back_in_few_words(edited: Program) -> None:
    edited("undo")
    newest = json.loads(edited("undo", "--list", "--json").out)[0]
    assert newest["command"] == "undo 3 (edit of 30 packages)"


def test_an_edit_of_many_says_once_how_to_undo_it(many: Program) -> None:
    names = many.slugs()
    answer = many("edit", *names, "--tag", "x")
    assert answer.out.count("undo") == 1
    assert answer.out.splitlines()[-1] == "38 packages changed; 'pkgcat undo' takes it back"
    assert len(answer.out.splitlines()) == 39
    answer = many("edit", *names[:2], "--tag", "x")
    assert "undo" not in answer.out
    answer = many("edit", names[0], "--tag", "y")
    assert answer.out == f"{names[0]}: tags changed; 'pkgcat undo' takes it back\n"


def test_a_dry_run_of_many_is_one_table(many: Program) -> None:
    answer = many("edit", *many.slugs(), "--tag", "x", "--dry-run", terminal=True)
    assert answer.out.count("field") == 1
    assert answer.out.splitlines()[-1] == "38 changes"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list --limit x", "'x' is not a whole number"),
        ("list --limit -1", "-1 is less than 0"),
        ("refresh --jobs 99 --all", "99 is not from 1 to 16"),
        ("undo many", "'many' is not a whole number"),
    ],
)
def test_a_wrong_number_is_told_in_plain_words(one: Program, line: str, said: str) -> None:
    answer = one(*line.split())
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert "range" not in answer.err


@pytest.mark.parametrize(
    "command",
    ["add", "show", "edit", "refresh", "list", "search", "import", "export", "history", "changes"]
    + ["undo", "stats", "path", "help"],
)
def test_help_names_no_types_of_a_program(one: Program, command: str) -> None:
    text = one(command, "--help").out
    assert "<str>" not in text
    assert "int range" not in text


def test_figures_are_not_counted(one: Program) -> None:
    assert "figures" not in one("stats", terminal=True).out
