"""undo: any command is taken back whole, and done again."""

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
def test_undo_gives_the_old_state_back_and_again_the_new_one(
    many: Program, command: tuple[str, ...]
) -> None:
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


def test_skip_conflicts_undoes_the_rest_and_names_what_it_left(one: Program) -> None:
    one("edit", "1326", "--notes", "mine", "--title", "Cities", "--tag", "geo")
    number = operations(one)
    one("edit", "1326", "--notes", "newer")
    line = told(one("undo", number), 5)
    assert "from 'mine' to 'newer'" in line
    assert "--skip-conflicts" in line
    answer = one("undo", number, "--skip-conflicts")
    assert (answer.code, answer.err.count("\n")) == (0, 1)
    assert "left as it is: django-cities: notes" in answer.err
    record = one.record("1326")
    assert (record["notes"], record["title"], record["tags"]) == ("newer", "django-cities", [])


def test_where_all_is_in_conflict_nothing_is_undone(one: Program) -> None:
    one("edit", "1326", "--notes", "mine")
    number = operations(one)
    one("edit", "1326", "--notes", "newer")
    before = one("export").raw
    answer = one("undo", number, "--skip-conflicts")
    assert (answer.code, answer.out) == (0, "nothing could be undone of operation 2: edit 1326\n")
    assert one("export").raw == before
    assert operations(one) == number + 1


def test_many_conflicts_are_counted(many: Program) -> None:
    many("edit", "--where", "slug", "~", "django", "--tag", "mine", "--yes")
    number = operations(many)
    many("edit", "--where", "slug", "~", "django", "--tag", "more", "--yes")
    line = told(many("undo", number), 5)
    assert line.count("tags was changed since") == 3
    assert "more; nothing was undone" in line


def test_a_category_that_is_used_since_stays_under_skip_conflicts(one: Program) -> None:
    one("category", "add", "themes")
    number = operations(one)
    one("edit", "1326", "--category", "themes")
    assert "category themes" in told(one("undo", number), 5)
    assert one("undo", number, "--skip-conflicts").code == 0
    assert one.record("1326")["category"] == "themes"


def test_the_list_of_operations_is_newest_first_and_says_what_is_undone(one: Program) -> None:
    one("edit", "1326", "--notes", "n")
    one("undo")
    listed = json.loads(one("undo", "--list", "--json").out)
    assert [row["operation"] for row in listed] == [3, 2, 1]
    assert [row["undone_by"] for row in listed] == [None, 3, None]
    assert [row["command"] for row in listed][:2] == ["undo 2 (edit 1326)", "edit 1326"]
    assert listed[1]["changes"] == 2
    assert len(one("undo", "--list").out.splitlines()) == 3
    assert len(one("undo", "--list", "--limit", "1").out.splitlines()) == 1
    assert "3 operations" in one("undo", "--list", terminal=True, env={"NO_COLOR": "1"}).out


def test_an_empty_catalog_has_no_operations(empty: Program) -> None:
    empty("add", "--no-fetch", "x", "--dry-run")
    assert told(empty("undo", "--list"), 66)


def test_a_large_import_is_undone_and_done_again(empty: Program) -> None:
    lines = "".join(
        json.dumps({"slug": f"p-{n}", "title": "P", "tags": ["x"]}) + "\n" for n in range(2000)
    )
    empty("import", "-", input=lines)
    after = empty("export").raw
    assert "undid operation 1: import of 2,000 packages;" in empty("undo").out
    assert json.loads(empty("list", "--json").out) == []
    empty("undo", 2)
    assert empty("export").raw == after
