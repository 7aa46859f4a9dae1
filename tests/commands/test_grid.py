"""grid …: list, add, edit, remove, copy, put, take, move, features, cells, locks."""

import json
from typing import Any

import pytest

from tests.commands.program import Program, told


@pytest.fixture
def maps(many: Program) -> Program:
    """38 packages, three of them on the grid `maps`, which has two features."""
    for line in (
        "grid add maps --title Maps",
        "grid put maps sorethumb django-cities django-emoji",
        "grid feature add maps Offline",
        "grid feature add maps Speed",
    ):
        answer = many(*line.split())
        assert answer.code == 0, answer.err
    return many


def grids(program: Program) -> dict[str, dict[str, Any]]:
    answer = program("grid", "list", "--json")
    assert answer.code == 0, answer.err
    return {grid["slug"]: grid for grid in json.loads(answer.out)}


def order(program: Program, grid: str = "maps") -> list[str]:
    answer = program("grid", "show", grid, "--json")
    assert answer.code == 0, answer.err
    return list(json.loads(answer.out)[0]["values"])


def features(program: Program, grid: str = "maps") -> list[tuple[str, int]]:
    answer = program("grid", "feature", "list", grid, "--json")
    assert answer.code == 0, answer.err
    return [(row["title"], row["answered"]) for row in json.loads(answer.out)]


def test_a_grid_is_added_listed_edited_and_removed(empty: Program) -> None:
    assert empty("grid", "add", "first").code == 0
    assert empty("grid", "remove", "first").code == 0
    assert "no grids yet" in empty("grid", "list", terminal=True).out
    assert empty("grid", "add", "full-text", "--description", "Search").out == (
        "added grid full-text\n"
    )
    assert grids(empty)["full-text"] == {
        "slug": "full-text",
        "title": "Full text",
        "description": "Search",
        "packages": 0,
        "features": 0,
        "is_locked": False,
    }
    answer = empty("grid", "edit", "full-text", "--slug", "search", "--title", "Search")
    assert answer.out == "full-text: slug, title changed; 'pkgcat undo' takes it back\n"
    assert empty("grid", "edit", "search", "--title", "Search").out == "search: nothing to change\n"
    assert grids(empty)["search"]["title"] == "Search"
    assert "undo" in empty("grid", "remove", "search").out
    assert grids(empty) == {}
    assert empty("undo").code == 0
    assert list(grids(empty)) == ["search"]


def test_packages_are_put_on_a_grid_and_taken_off(maps: Program) -> None:
    assert order(maps) == ["django-cities", "django-emoji", "sorethumb"]
    assert maps.record("django-emoji")["grids"][-1] == "maps"
    answer = maps("grid", "put", "maps", "-", input="django-emoji\ndjango-oml\n")
    assert answer.out.splitlines() == [
        "on maps already: django-emoji",
        "put django-oml on maps; 'pkgcat undo' takes it back",
    ]
    assert maps("undo").code == 0
    assert order(maps) == ["django-cities", "django-emoji", "sorethumb"]
    assert maps("grid", "take", "maps", "django-emoji", "1326").out == (
        "took django-emoji, django-cities off maps; 'pkgcat undo' takes it back\n"
    )
    assert order(maps) == ["sorethumb"]
    assert maps("undo").code == 0
    assert order(maps) == ["django-cities", "django-emoji", "sorethumb"]


def test_edit_puts_a_package_on_a_grid_and_takes_it_off(maps: Program) -> None:
    assert maps("edit", "django-oml", "--grid", "maps").code == 0
    assert "django-oml" in order(maps)
    assert maps("edit", "django-oml", "--ungrid", "maps").code == 0
    assert "django-oml" not in order(maps)


def test_a_package_is_moved(maps: Program) -> None:
    assert maps("grid", "move", "maps", "sorethumb", "--before", "django-emoji").out == (
        "moved sorethumb before django-emoji; 'pkgcat undo' takes it back\n"
    )
    assert order(maps) == ["django-cities", "sorethumb", "django-emoji"]
    assert "already" in maps("grid", "move", "maps", "sorethumb", "--before", "django-emoji").out
    assert maps("grid", "move", "maps", "django-cities", "--after", "django-emoji").code == 0
    assert order(maps) == ["sorethumb", "django-emoji", "django-cities"]


def test_an_import_moves_no_place(maps: Program) -> None:
    maps("grid", "move", "maps", "sorethumb", "--before", "django-cities")
    record = {**maps.record("django-emoji"), "title": "AAA"}
    assert maps("import", "-", "--overwrite", input=json.dumps(record)).code == 0
    assert order(maps) == ["sorethumb", "django-cities", "django-emoji"]


def test_features_are_added_edited_moved_and_removed(maps: Program) -> None:
    assert features(maps) == [("Offline", 0), ("Speed", 0)]
    assert maps("grid", "feature", "add", "maps", "Price", "--before", "speed").code == 0
    assert [title for title, _ in features(maps)] == ["Offline", "Price", "Speed"]
    assert maps("grid", "feature", "move", "maps", "speed", "--before", "Offline").code == 0
    assert [title for title, _ in features(maps)] == ["Speed", "Offline", "Price"]
    answer = maps(
        "grid", "feature", "edit", "maps", "Price", "--title", "Cost", "--description", "€"
    )
    assert answer.out == "Price: title, description changed; 'pkgcat undo' takes it back\n"
    assert maps("grid", "feature", "remove", "maps", "Offline").code == 0
    assert [title for title, _ in features(maps)] == ["Speed", "Cost"]
    for _ in range(4):
        assert maps("undo").code == 0
    assert features(maps) == [("Offline", 0), ("Speed", 0)]


@pytest.mark.parametrize(
    "text", ["yes", "-", "--", "---", "-1", "--2", "-x", "--bogus", "[bold]x", "$(id)", "a\nb", "✓"]
)
def test_a_cell_takes_a_text_as_it_stands(maps: Program, text: str) -> None:
    answer = maps("grid", "cell", "maps", "django-emoji", "Offline", text)
    assert answer.code == 0, answer.err
    assert features(maps)[0] == ("Offline", 1)
    again = maps("grid", "cell", "maps", "django-emoji", "Offline", text)
    assert again.out == "django-emoji, Offline: nothing to change\n"


def test_options_of_a_cell_stand_before_and_behind_its_text(maps: Program) -> None:
    cell = ("grid", "cell")
    assert "would" in maps(*cell, "maps", "--dry-run", "django-emoji", "Offline", "--2").out
    assert "would" in maps(*cell, "maps", "django-emoji", "Offline", "--2", "--dry-run").out
    assert features(maps)[0] == ("Offline", 0)
    assert maps(*cell, "maps", "django-emoji", "Offline", "--", "--unset").code == 0
    assert features(maps)[0] == ("Offline", 1)
    assert maps(*cell, "maps", "django-emoji", "Offline", "--unset").code == 0
    assert features(maps)[0] == ("Offline", 0)
    assert (
        maps(*cell, "maps", "django-emoji", "Offline", "--from-file", "-", input="-2\n").code == 0
    )
    assert "nothing" in maps(*cell, "maps", "django-emoji", "Offline", "--", "-2").out


def rows(program: Program, *args: str) -> dict[str, dict[str, Any]]:
    answer = program("grid", "show", "maps", "--json", *args)
    assert answer.code == 0, answer.err
    return {row["name"]: row["values"] for row in json.loads(answer.out)}


def test_a_grid_is_shown_with_its_facts_and_what_it_says(maps: Program) -> None:
    maps("grid", "cell", "maps", "django-emoji", "Speed", "+2")
    maps("grid", "move", "maps", "sorethumb", "--before", "django-cities")
    found = rows(maps)
    assert list(found)[-2:] == ["feature:Offline", "feature:Speed"]
    assert list(found["feature:Speed"].items()) == [
        ("sorethumb", None),
        ("django-cities", None),
        ("django-emoji", "+2"),
    ]
    assert found["repo_watchers"]["django-cities"] == maps.record("1326")["repo_watchers"]
    shown = {"repo_description", "category", "state", "pypi_version", "repo_forks", "repo_url"}
    assert shown < found.keys()


def test_rows_are_chosen_and_features_stand_where_they_are_named(maps: Program) -> None:
    fields = ("--fields", "repo_forks,features,development_status")
    names = ["repo_forks", "feature:Offline", "feature:Speed", "development_status"]
    assert list(rows(maps, *fields)) == names
    assert list(rows(maps, "--fields", "repo_forks")) == ["repo_forks"]


def test_packages_of_a_grid_are_sorted_and_filtered(maps: Program) -> None:
    stars = rows(maps, "--sort", "-repo_watchers")["repo_watchers"]
    assert list(stars.values()) == sorted(stars.values(), reverse=True)
    maps("grid", "move", "maps", "sorethumb", "--before", "django-cities")
    found = rows(maps, "--where", "slug != django-cities")["repo_forks"]
    assert list(found) == ["sorethumb", "django-emoji"]
    assert maps("grid", "show", "maps", "--where", "slug = nope").code == 0
    assert rows(maps, "--where", "slug = nope")["repo_forks"] == {}


def test_stable_are_those_whose_classifiers_say_so(maps: Program) -> None:
    for slug, status in (("sorethumb", "5 - Production/Stable"), ("django-emoji", "4 - Beta")):
        patch = {"pypi_classifiers": [f"Development Status :: {status}"]}
        assert maps("edit", slug, "--patch", "-", input=json.dumps(patch)).code == 0
    assert list(rows(maps, "--stable")["repo_forks"]) == ["sorethumb"]
    assert rows(maps)["development_status"]["django-emoji"] == "Beta"


def test_a_grid_is_shown_as_it_was(maps: Program) -> None:
    maps("grid", "take", "maps", "sorethumb")
    assert maps("grid", "show", "maps", "--at", "1y").code == 4
    assert "sorethumb" not in rows(maps)["repo_forks"]


def test_conditions_put_packages_on_a_grid(maps: Program) -> None:
    answer = maps("grid", "put", "maps", "--where", "slug = django-oml or slug = django-rated")
    assert answer.out == "put django-oml, django-rated on maps; 'pkgcat undo' takes it back\n"
    assert "nothing to change" in maps("grid", "put", "maps", "--where", "slug = nope").out


def test_a_copy_has_features_and_cells(maps: Program) -> None:
    maps("grid", "cell", "maps", "django-emoji", "Offline", "no")
    maps("grid", "move", "maps", "sorethumb", "--before", "django-cities")
    assert maps("grid", "copy", "maps", "maps-2", "--title", "Again").code == 0
    assert order(maps, "maps-2") == order(maps)
    assert features(maps, "maps-2") == [("Offline", 1), ("Speed", 0)]


LOCKED = (
    "grid edit maps --title M",
    "grid put maps django-oml",
    "grid take maps django-emoji",
    "grid move maps sorethumb --before django-emoji",
    "grid feature add maps Price",
    "grid feature edit maps Speed --title Pace",
    "grid feature remove maps Speed",
    "grid feature move maps Speed --before Offline",
    "grid cell maps django-emoji Speed yes",
    "grid cell maps django-emoji Speed --unset",
)


@pytest.mark.parametrize("line", LOCKED)
def test_a_locked_grid_refuses_every_command_without_unlock(maps: Program, line: str) -> None:
    assert maps("grid", "cell", "maps", "django-emoji", "Speed", "no").code == 0
    assert maps("grid", "edit", "maps", "--locked").code == 0
    before = maps.stored
    assert "the grid maps is locked" in told(maps(*line.split()), 5)
    assert maps.stored == before
    answer = maps(*line.split(), "--unlock")
    assert answer.code == 0, answer.err
    assert maps.stored != before
    assert grids(maps)["maps"]["is_locked"] is True
    assert maps("undo").code == 0, "undo passes"


@pytest.mark.parametrize(
    "line",
    [
        "edit django-oml --grid maps",
        "edit django-emoji --ungrid MAPS",
        "edit --where slug=django-emoji --ungrid maps --yes",
        "add --no-fetch --title X --grid maps",
    ],
)
def test_other_commands_change_no_locked_grid(maps: Program, line: str) -> None:
    maps("grid", "edit", "maps", "--locked")
    before = maps.stored
    assert "the grid maps is locked" in told(maps(*line.split()), 5)
    assert maps.stored == before


def test_other_fields_of_a_package_on_a_locked_grid_are_edited(maps: Program) -> None:
    maps("grid", "edit", "maps", "--locked")
    assert maps("edit", "django-emoji", "--title", "N").code == 0
    assert maps("remove", "django-emoji").code == 0
    assert maps("undo").code == 0
    assert "django-emoji" in order(maps)


def test_a_lock_is_taken_away_without_unlock(maps: Program) -> None:
    maps("grid", "edit", "maps", "--locked")
    assert maps("grid", "edit", "maps", "--not-locked").code == 0
    assert maps("grid", "take", "maps", "django-emoji").code == 0


def test_a_locked_grid_is_copied_and_the_copy_is_not_locked(maps: Program) -> None:
    maps("grid", "edit", "maps", "--locked")
    assert maps("grid", "copy", "maps", "maps-2").code == 0
    assert grids(maps)["maps-2"]["is_locked"] is False


def test_a_package_that_is_named_twice_is_put_once(maps: Program) -> None:
    answer = maps("grid", "put", "maps", "django-oml", "django-oml")
    assert answer.out == "put django-oml on maps; 'pkgcat undo' takes it back\n"


def test_an_import_changes_a_locked_grid(maps: Program) -> None:
    maps("grid", "edit", "maps", "--locked")
    record = {"slug": "new", "title": "New", "grids": ["maps"]}
    assert maps("import", "-", input=json.dumps(record)).code == 0
    assert "new" in order(maps)


def test_a_grid_without_packages_is_an_answer(empty: Program) -> None:
    empty("grid", "add", "maps")
    assert (empty("grid", "show", "maps").code, empty("grid", "show", "maps", "--json").code) == (
        0,
        0,
    )
    assert json.loads(empty("grid", "feature", "list", "maps", "--json").out) == []


@pytest.mark.parametrize(
    ("line", "code", "clue"),
    [
        ("grid add maps", 5, "maps"),
        ("grid add Maps", 5, "maps"),
        ("grid add a.b", 2, "slug"),
        ("grid add 12", 2, "digits"),
        ("grid edit maps", 2, "--title"),
        ("grid edit map --title x", 4, "'maps'"),
        ("grid remove maps", 5, "in use"),
        ("grid remove map", 4, "'maps'"),
        ("grid copy maps maps", 5, "maps"),
        ("grid copy map x", 4, "'maps'"),
        ("grid put maps", 2, "--where"),
        ("grid put maps django-emoji --where slug=x", 2, "not both"),
        ("grid put maps --where slug>", 2, "character"),
        ("grid show maps --fields stars", 2, "repo_watchers"),
        ("grid show maps --where nosuch=1", 2, "nosuch"),
        ("grid show maps --sort nosuch", 2, "nosuch"),
        ("grid put map django-emoji", 4, "'maps'"),
        ("grid put maps django-emojis", 4, "'django-emoji'"),
        ("grid take maps django-oml", 4, "not on the grid maps"),
        ("grid move maps django-emoji", 2, "--before"),
        ("grid move maps django-emoji --before sorethumb --after sorethumb", 2, "--before"),
        ("grid move maps django-emoji --before django-oml", 4, "not on the grid maps"),
        ("grid show map", 4, "'maps'"),
        ("grid feature add maps Speed", 5, "'Speed' already"),
        ("grid feature add maps speed", 5, "'Speed' already"),
        (f"grid feature add maps {'x' * 101}", 2, "101"),
        (f"grid feature add maps x --description {'x' * 1001}", 2, "1,001"),
        ("grid feature add maps x --before Sped", 4, "'Speed'"),
        ("grid feature edit maps Speed", 2, "--title"),
        ("grid feature edit maps Speed --title Offline", 5, "'Offline' already"),
        ("grid feature edit maps Sped --title x", 4, "'Speed'"),
        ("grid feature remove maps Sped", 4, "'Speed'"),
        ("grid feature move maps Speed", 2, "--before"),
        ("grid feature move maps Speed --before Sped", 4, "'Speed'"),
        ("grid cell maps django-oml Speed yes", 4, "not on the grid maps"),
        ("grid cell maps django-emoji Sped yes", 4, "'Speed'"),
        ("grid cell maps django-emojis Speed yes", 4, "'django-emoji'"),
        (f"grid cell maps django-emoji Speed {'x' * 1001}", 2, "1,001"),
        ("grid cell maps django-emoji Speed yes --unset", 2, "exclude"),
        ("grid cell maps django-emoji Speed yes --from-file -", 2, "exclude"),
        ("grid cell maps django-emoji Speed --unset --from-file -", 2, "exclude"),
        ("grid cell maps django-emoji Speed --from-file /nowhere/at/all", 2, "/nowhere"),
    ],
)
def test_what_breaks_a_rule_is_refused(maps: Program, line: str, code: int, clue: str) -> None:
    before = maps.stored
    assert clue in told(maps(*line.split()), code)
    assert maps.stored == before


@pytest.mark.parametrize(
    "line",
    [
        "grid add other",
        "grid edit maps --title x",
        "grid copy maps other",
        "grid put maps django-oml",
        "grid take maps django-emoji",
        "grid move maps sorethumb --before django-emoji",
        "grid feature add maps Price",
        "grid feature edit maps Speed --title x",
        "grid feature remove maps Speed",
        "grid feature move maps Speed --before Offline",
        "grid cell maps django-emoji Speed yes",
    ],
)
def test_a_dry_run_says_would_and_stores_nothing(maps: Program, line: str) -> None:
    before = maps.stored
    answer = maps(*line.split(), "--dry-run")
    assert (answer.code, "would" in answer.out) == (0, True)
    assert maps.stored == before


def test_every_grid_command_explains_itself_with_an_example(empty: Program) -> None:
    names = "list show add edit remove copy put take move cell"
    features = "list add edit remove move"
    lines = [("grid", name) for name in names.split()]
    lines += [("grid", "feature", name) for name in features.split()]
    for line in lines:
        answer = empty(*line, "--help")
        assert f"pkgcat {' '.join(line)}" in answer.out
        assert "Example" in answer.out
