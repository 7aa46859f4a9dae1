"""filter …: conditions saved under a name, and used everywhere."""

import json
from pathlib import Path

import pytest

from tests.commands.program import Program, told

POPULAR = "repo_watchers >= 5 and not repo_archived = yes"


@pytest.fixture
def saved(many: Program) -> Program:
    """38 packages and two filters, one of which uses the other."""
    assert many("filter", "save", "popular", POPULAR).code == 0
    assert many("filter", "save", "Old-ones", "@popular and last_updated older than 5y").code == 0
    return many


def names(program: Program) -> list[str]:
    return [row["name"] for row in json.loads(program("filter", "list", "--json").out)]


def test_a_filter_is_saved_listed_shown_changed_and_removed(saved: Program) -> None:
    assert saved("filter", "list").out.splitlines() == [
        "Old-ones\t@popular and last_updated older than 5y",
        f"popular\t{POPULAR}",
    ]
    assert saved("filter", "show", "POPULAR").out == f"{POPULAR}\n"
    shown = json.loads(saved("filter", "show", "popular", "--json").out)
    assert shown == {"name": "popular", "expression": POPULAR}
    assert saved("filter", "save", "popular", POPULAR).out.startswith("filter popular says that")
    assert saved("filter", "save", "popular", "id > 1").out.startswith("changed filter popular")
    assert "undo" in saved("filter", "remove", "old-ones").out
    assert names(saved) == ["popular"]
    assert json.loads(saved("filter", "show", "popular", "--json", "--fields", "name").out) == {
        "name": "popular"
    }


def test_a_filter_stands_for_its_conditions_in_every_command(saved: Program) -> None:
    expected = saved.slugs("--where", f"({POPULAR}) and last_updated older than 5y")
    assert len(expected) > 3
    assert saved.slugs("@old-ones") == expected
    assert saved.slugs("--where", "@Old-Ones") == expected
    assert saved.slugs("@popular", "--where", "last_updated older than 5y") == expected
    assert saved.slugs("--where", "not (not @old-ones)") == expected
    exported = json.loads(saved("export", "--where", "@old-ones").out)["packages"]
    assert [record["slug"] for record in exported] == expected
    edits = saved("edit", "--where", "@old-ones", "--tag", "x", "--dry-run", "--json").out
    assert [change["slug"] for change in json.loads(edits)] == expected
    searched = saved.slugs("search", "django", "--where", "@old-ones")
    assert set(searched) < set(expected)
    assert saved("refresh", "--plan", "--where", "@old-ones").code == 0
    assert saved("changes", "--where", "@old-ones").code == 0


def test_an_undo_brings_a_filter_back(saved: Program) -> None:
    saved("filter", "save", "popular", "id = 0")
    assert saved.slugs("@popular") == []
    assert saved("undo").code == 0
    assert saved("filter", "show", "popular").out == f"{POPULAR}\n"
    saved("filter", "remove", "old-ones")
    saved("undo")
    assert names(saved) == ["Old-ones", "popular"]
    assert saved("undo", "2").code in (0, 5)


def test_the_past_has_its_own_filters(saved: Program) -> None:
    before = saved.slugs("@popular")
    moment = json.loads(saved("undo", "--list", "--json").out)[0]["at"]
    sql_free = moment.replace("Z", ".999999Z")
    saved("filter", "save", "popular", "id = 0")
    now = json.loads(saved("undo", "--list", "--json").out)[0]["at"]
    if now > moment:
        assert saved.slugs("@popular", "--at", sql_free) == before
    assert saved.slugs("@popular") == []


@pytest.mark.parametrize(
    ("line", "code", "clue"),
    [
        (("save", "x", "titel = a"), 2, "'title'"),
        (("save", "x", "@nosuch"), 4, "'nosuch'"),
        (("save", "x", "@populer"), 4, "'popular'"),
        (("save", "x", "category = nosuch"), 4, "nosuch"),
        (("save", "x", "@x"), 2, "filter x uses itself"),
        (
            ("save", "popular", "id = 1 or @old-ones"),
            2,
            "filter Old-ones: filter popular uses itself",
        ),
        (("save", "a b", "id = 1"), 2, "'a b' is no name"),
        (("save", "", "id = 1"), 2, "is no name"),
        (("save", "x" * 51, "id = 1"), 2, "is no name"),
        (("save", "x", ""), 2, "FIELD OP VALUE"),
        (("save", "x", "(" * 3000), 2, "deep"),
        (("remove", "popular"), 5, "Old-ones uses @popular"),
        (("remove", "nosuch"), 4, "'pkgcat filter list'"),
        (("show", "populer"), 4, "'popular'"),
    ],
)
def test_wrong_use_is_one_line_and_stores_nothing(
    saved: Program, line: tuple[str, ...], code: int, clue: str
) -> None:
    before = saved.stored
    assert clue in told(saved("filter", *line), code)
    assert saved.stored == before


def test_a_filter_that_another_one_uses_in_any_case_stays(saved: Program) -> None:
    saved("filter", "save", "outer", "not @OLD-ONES")
    assert "outer uses @Old-ones" in told(saved("filter", "remove", "old-ones"), 5)


def test_a_list_takes_nothing_but_filters_as_words(saved: Program) -> None:
    for word in ("popular", "django-cities", "@", "@a b", "tags has geo"):
        assert "@NAME" in told(saved("list", word), 2)
    told(saved("list", "@nosuch"), 4)


def test_a_filter_that_says_nothing_any_more_is_named(saved: Program) -> None:
    saved("category", "add", "themes", "--title", "Theme")
    saved("filter", "save", "themed", "category = themes")
    saved("filter", "save", "outer", "not @themed")
    saved("category", "remove", "themes")
    line = told(saved("list", "@outer"), 4)
    assert line.startswith("pkgcat: filter outer: filter themed: ")
    assert "themes" in line


def test_filters_that_multiply_are_refused(saved: Program) -> None:
    saved("filter", "save", "f0", "id = 1")
    codes = []
    for number in range(12):
        answer = saved("filter", "save", f"f{number + 1}", f"@f{number} or @f{number}")
        codes.append(answer.code)
    assert codes[0] == 0
    assert codes[-1] != 0
    assert "500 values" in told(saved("list", "--where", " or ".join(["@f6"] * 9)), 2)


def test_an_export_carries_filters_along(saved: Program, tmp_path: Path) -> None:
    for form in ("json", "jsonl"):
        file = tmp_path / f"all.{form}"
        assert saved("export", file).code == 0
        other = Program(tmp_path / f"{form}.db")
        assert other("import", file).code == 0
        assert other("filter", "list").out == saved("filter", "list").out
        assert other.slugs("@old-ones") == saved.slugs("@old-ones")
        assert other("export", "--format", form).raw == file.read_bytes()


def header_of(*filters: object) -> str:
    return json.dumps({"pkgcat": 3, "categories": [], "grids": [], "filters": filters})


def test_an_import_leaves_the_filters_that_you_wrote(saved: Program) -> None:
    theirs = {"name": "Popular", "expression": "id > 7"}
    other = {"name": "theirs", "expression": "repo_url = https://me:secret@x.org/a"}
    answer = saved("import", "-", input=header_of(theirs, other))
    assert answer.code == 0, answer.err
    assert "filter Popular stays as you wrote it" in answer.out + answer.err
    assert saved("filter", "show", "popular").out == f"{POPULAR}\n"
    assert "secret" not in saved("filter", "show", "theirs").out
    other["expression"] = "id > 8"
    saved("import", "-", input=header_of(other))
    assert saved("filter", "show", "theirs").out == "id > 8\n"
    saved("import", "-", "--overwrite", input=header_of(theirs))
    assert saved("filter", "show", "popular").out == "id > 7\n"
    saved("filter", "remove", "old-ones")
    answer = saved("import", "-", input=header_of({"name": "old-ones", "expression": "id = 1"}))
    assert "old-ones was removed here and stays removed" in answer.out + answer.err
    assert names(saved) == ["popular", "theirs"]


@pytest.mark.parametrize(
    "row",
    [
        1,
        {},
        {"name": "a"},
        {"name": "a b", "expression": "id = 1"},
        {"name": "x" * 51, "expression": "id = 1"},
        {"name": "a", "expression": 1},
        {"name": "a", "expression": "x" * 20_001},
        {"name": "a\x1b[31m", "expression": "id = 1"},
    ],
)
def test_what_is_no_filter_is_not_imported(saved: Program, row: object) -> None:
    before = saved.stored
    answer = saved("import", "-", input=header_of(row))
    assert answer.code == 2, answer
    assert "\x1b" not in answer.err
    assert saved.stored == before


def test_a_filter_of_an_import_that_cannot_be_asked_is_told_when_it_is_used(
    saved: Program,
) -> None:
    loop = {"name": "loop", "expression": "@loop"}
    saved("import", "-", input=header_of(loop, {"name": "old", "expression": "titel = \x1b[31m"}))
    assert "filter loop uses itself" in told(saved("list", "@loop"), 2)
    assert "filter old" in told(saved("list", "@old"), 2)
    assert "\x1b" not in saved("filter", "list").out


def test_a_dry_run_saves_nothing(saved: Program) -> None:
    before = saved.stored
    assert "would be added" in saved("filter", "save", "x", "id = 1", "--dry-run").out
    assert "would remove" in saved("filter", "remove", "old-ones", "--dry-run").out
    assert saved.stored == before


def test_credentials_are_cut_from_a_filter(saved: Program) -> None:
    answer = saved("filter", "save", "mine", "repo_url = https://me:secret@x.org/a")
    assert "secret" not in answer.out + answer.err
    assert "secret" not in saved("filter", "list").out + saved("undo", "--list").out
    assert b"secret" not in saved.stored


def test_the_first_write_of_a_catalog_may_be_a_filter(empty: Program) -> None:
    assert empty("filter", "list").out == ""
    assert empty("filter", "save", "a", "id = 1").code == 0
    assert names(empty) == ["a"]
