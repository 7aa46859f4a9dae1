"""undo: a whole operation goes back, and an undo does, too."""

import json

import pytest

from tests.commands.program import Program, told


def operations(program: Program) -> int:
    count: int = json.loads(program("stats", "--json").out)["operations"]
    return count


@pytest.mark.parametrize(
    "command",
    [
        ("add", "--no-fetch", "fresh", "--tag", "x"),
        ("edit", "1326", "sorethumb", "--notes", "n", "--unset", "participants"),
        ("edit", "1326", "--slug", "towns"),
        ("remove", "1326", "sorethumb"),
        ("category", "add", "themes"),
        ("category", "edit", "apps", "--slug", "applications"),
        ("category", "remove", "spare"),
        ("import", "-"),
    ],
    ids=" ".join,
)
def test_undo_gives_the_old_state_back_and_again_the_new_one(many: Program, command: tuple[str, ...]) -> None:
    many("category", "add", "spare")
    before = many("export").raw
    given = '{"slug": "django-cities", "title": "x", "tags": ["y"]}\n{"slug": "z", "title": "z"}'
    assert many(*command, input=given).code == 0
    after = many("export").raw
    assert after != before
    answer = many("undo")
    assert (answer.code, answer.out.count("\n")) == (0, 1)
    assert f"undo {operations(many)}" in answer.out
    assert many("export").raw == before
    assert many("undo", operations(many)).code == 0
    assert many("export").raw == after


def test_undo_goes_back_one_operation_after_the_other(one: Program) -> None:
    exports = [one("export").raw]
    for number in range(3):
        one("edit", "1326", "--notes", f"n{number}")
        exports.append(one("export").raw)
    for before in reversed(exports[:-1]):
        assert one("undo").code == 0
        assert one("export").raw == before


def test_an_older_operation_can_be_undone_by_number(one: Program) -> None:
    one("edit", "1326", "--notes", "n")
    number = operations(one)
    one("edit", "1326", "--tag", "t")
    assert one("undo", number).code == 0
    record = one.record("1326")
    assert (record["notes"], record["tags"]) == (None, ["t"])


def test_a_field_changed_since_is_a_conflict_that_is_told(one: Program) -> None:
    one("edit", "1326", "--notes", "mine")
    number = operations(one)
    one("edit", "1326", "--notes", "newer")
    before = one.stored
    line = told(one("undo", number), 5)
    assert "django-cities" in line
    assert "notes" in line
    assert one.stored == before


def test_a_name_taken_since_is_a_conflict(one: Program) -> None:
    one("remove", "1326")
    number = operations(one)
    one("add", "--no-fetch", "--title", "x", "--slug", "django-cities")
    before = one.stored
    told(one("undo", number), 5)
    assert one.stored == before


def test_nothing_to_undo_is_not_found(empty: Program) -> None:
    empty("add", "--no-fetch", "x")
    assert empty("undo").code == 0
    told(empty("undo"), 4)


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999", "-- -5"])
def test_an_unknown_operation_is_not_found(one: Program, number: str) -> None:
    before = one.stored
    told(one("undo", *number.split()), 4)
    assert one.stored == before


def test_an_operation_is_undone_once(one: Program) -> None:
    one("edit", "1326", "--notes", "n")
    number = operations(one)
    one("undo")
    assert f"undo {number + 1}" in told(one("undo", number), 5)


def test_a_dry_run_says_what_it_would_undo(one: Program) -> None:
    before = one.stored
    answer = one("undo", "--dry-run")
    assert (answer.code, "would" in answer.out) == (0, True)
    assert one.stored == before


def test_what_is_undone_is_named_without_control_characters(one: Program) -> None:
    one("add", "--no-fetch", "--title", "x\x1b]0;pwned\x07\u202ey")
    answer = one("undo")
    assert answer.code == 0
    assert answer.out[:-1].isprintable()
