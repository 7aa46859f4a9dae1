"""What happens to a grid while others write: nothing is lost, places are kept, each is undone; and
every wrong use is one line that stores nothing.
"""

import json
from typing import Any

import pytest

from tests.commands.program import Program, told

ORDER = ["sorethumb", "django-cities", "django-emoji"]


@pytest.fixture
def maps(many: Program) -> Program:
    """A grid of three packages in an order of its own, two features, cells; a copy of it, locked;
    a grid without packages.
    """
    for words in (
        ("grid", "add", "maps"),
        ("grid", "put", "maps", *ORDER),
        ("grid", "move", "maps", "sorethumb", "--before", "django-cities"),
        ("grid", "feature", "add", "maps", "Offline"),
        ("grid", "feature", "add", "maps", "Speed"),
        ("grid", "cell", "maps", "django-cities", "Offline", "yes, since 2"),
        ("grid", "cell", "maps", "django-cities", "Speed", "+2"),
        ("grid", "copy", "maps", "locked"),
        ("grid", "edit", "locked", "--locked"),
        ("grid", "add", "empty"),
    ):
        assert many(*words).code == 0
    return many


def content(program: Program) -> dict[str, Any]:
    """Return the packages of the grid in their order, and what each feature says of them."""
    rows = json.loads(program("grid", "show", "maps", "--fields", "slug,features", "--json").out)
    found: dict[str, Any] = {"order": list(rows[0]["values"])}
    for row in rows[1:]:
        found[row["label"]] = {slug: text for slug, text in row["values"].items() if text}
    found["features"] = [row["label"] for row in rows[1:]]
    return found


def rename(slugs: list[str]) -> list[str]:
    return ["cities" if slug == "django-cities" else slug for slug in slugs]


CELLS = {"Offline": "yes, since 2", "Speed": "+2"}


@pytest.mark.parametrize(
    ("command", "order", "name"),
    [
        (("edit", "django-cities", "--slug", "cities"), rename(ORDER), "cities"),
        (("edit", "django-cities", "--title", "AAA"), ORDER, "django-cities"),
        (("remove", "django-cities"), ["sorethumb", "django-emoji"], None),
        (("grid", "take", "maps", "django-cities"), ["sorethumb", "django-emoji"], None),
        (("edit", "django-cities", "--ungrid", "maps"), ["sorethumb", "django-emoji"], None),
        (("grid", "feature", "move", "maps", "Speed", "--before", "Offline"), ORDER, "django-cities"),
    ],
    ids=["renamed", "retitled", "removed", "taken off", "ungridded", "feature moved"],
)  # fmt: skip
def test_a_package_or_feature_changes_and_comes_back_with_place_and_cells(
    maps: Program, command: tuple[str, ...], order: list[str], name: str | None
) -> None:
    before = content(maps)
    assert before["order"] == ORDER
    assert maps(*command).code == 0
    found = content(maps)
    assert found["order"] == order
    for feature, text in CELLS.items():
        assert found[feature] == ({name: text} if name else {})
    if "feature" in command:
        assert found["features"] == ["Speed", "Offline"]
    assert maps("grid", "put", "maps", "django-oml").code == 0  # another one writes meanwhile
    assert maps("grid", "cell", "maps", "django-emoji", "Speed", "no").code == 0
    assert maps("undo", "--list").code == 0
    number = find_operation(maps, command)
    assert maps("undo", str(number)).code == 0
    found = content(maps)
    assert [slug for slug in found["order"] if slug != "django-oml"] == ORDER
    assert found["Speed"] == {"django-cities": "+2", "django-emoji": "no"}
    assert found["Offline"] == {"django-cities": "yes, since 2"}
    assert found["features"] == ["Offline", "Speed"]


def find_operation(program: Program, command: tuple[str, ...]) -> int:
    """Return the number of the operation that a command made."""
    rows = json.loads(program("undo", "--list", "--json").out)
    beginning = " ".join(command[:2])
    return next(int(row["operation"]) for row in rows if row["command"].startswith(beginning))


def test_a_package_that_was_removed_and_put_back_by_hand_has_its_place_and_cells(
    maps: Program,
) -> None:
    before = content(maps)
    assert maps("grid", "take", "maps", "django-cities").code == 0
    assert maps("grid", "put", "maps", "django-cities").code == 0
    assert content(maps) == before


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    (("grid", "cell", "maps", "django-oml", "Offline", "x"), 4, "django-oml"),
    (("grid", "cell", "empty", "django-oml", "Offline", "x"), 4, "empty"),
    (("grid", "feature", "add", "maps", "OFFLINE"), 5, "Offline"),
    (("grid", "feature", "edit", "maps", "Speed", "--title", "offline"), 5, "Offline"),
    (("grid", "put", "locked", "django-oml"), 5, "locked"),
    (("grid", "take", "locked", "sorethumb"), 5, "locked"),
    (("grid", "cell", "locked", "sorethumb", "Speed", "x"), 5, "locked"),
    (("edit", "django-oml", "--grid", "locked"), 5, "locked"),
    (("decide", "django-oml", "hold", "--review-by", "2020-01-01"), 2, "past"),
    (("list", "--where", "repo_watchers > abc"), 2, "character 17"),
    (("list", "--where", "repo_archived > 5"), 2, "repo_archived"),
    (("list", "--where", "tags < 5"), 2, "tags"),
    (("list", "--where", "last_updated older than 5"), 2, "last_updated"),
    (("list", "--where", "repo_license in ()"), 2, "in ()"),
    (("grid", "put", "maps", "--where", "repo_license in ()"), 2, "in ()"),
    (("edit", "--where", "repo_watchers > abc", "--tag", "x", "--yes"), 2, "character 17"),
    (("decide", "--where", "repo_license in ()", "hold", "--yes"), 2, "in ()"),
    (("export", "--where", "repo_license in ()"), 2, "in ()"),
    (("refresh", "--plan", "--where", "repo_license in ()"), 2, "in ()"),
    (("changes", "--where", "repo_license in ()"), 2, "in ()"),
    (("search", "x", "--where", "repo_license in ()"), 2, "in ()"),
    (("compare", "--where", "repo_license in ()"), 2, "in ()"),
    (("review", "--where", "repo_license in ()"), 2, "in ()"),
    (("filter", "save", "x", "repo_license in ()"), 2, "in ()"),
]


@pytest.mark.parametrize(("command", "code", "clue"), WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_use_is_one_line_and_stores_nothing(
    maps: Program, command: tuple[str, ...], code: int, clue: str
) -> None:
    before = maps.stored
    assert clue in told(maps(*command), code)
    assert maps.stored == before


def test_a_grid_without_packages_is_shown_with_0(maps: Program) -> None:
    answer = maps("grid", "show", "empty", terminal=True)
    assert answer.code == 0
    assert "no package is on empty yet" in answer.out


def test_a_removed_package_leaves_its_grids_and_undo_puts_it_back_in_its_place(
    maps: Program,
) -> None:
    before = content(maps)
    assert maps("remove", "django-cities").code == 0
    assert "django-cities" not in content(maps)["order"]
    assert maps("undo").code == 0
    assert content(maps) == before


@pytest.mark.parametrize("noun", ["grid", "category"])
def test_what_was_removed_here_stays_removed_when_an_import_brings_it_again(
    maps: Program, noun: str
) -> None:
    named = "grids" if noun == "grid" else "categories"
    assert maps(noun, "add", "gone", "--title", "Gone").code == 0
    group = {"slug": "gone", "title": "Gone"}
    header = json.dumps({"pkgcat": 3, named: [group]})
    assert maps(noun, "remove", "gone").code == 0
    answer = maps("import", "-", input=f"{header}\n")
    assert answer.code == 0
    assert f"{noun} gone was removed here and stays removed" in answer.out + answer.err
    rows = json.loads(maps(noun, "list", "--json").out)
    assert "gone" not in [row["slug"] for row in rows]
