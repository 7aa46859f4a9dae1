"""category …: list, add, edit, remove."""

import csv
import io
import json
from typing import Any

import pytest

from tests.commands.program import Program, told


def categories(program: Program) -> dict[str, dict[str, Any]]:
    answer = program("category", "list", "--json")
    assert answer.code == 0, answer.err
    return {category["slug"]: category for category in json.loads(answer.out)}


def test_a_new_catalog_knows_the_four_of_django_packages(one: Program) -> None:
    found = categories(one)
    assert {"apps", "frameworks", "projects", "other"} == set(found)
    assert found["apps"].items() >= {"title": "App", "title_plural": "Apps", "packages": 1}.items()
    assert found["other"]["packages"] == 0


def test_the_list_has_the_other_formats_too(one: Program) -> None:
    rows = list(csv.DictReader(io.StringIO(one("category", "list", "--format", "csv").out)))
    assert [row["slug"] for row in rows] == sorted(categories(one))
    assert len(one("category", "list", "--format", "jsonl").out.splitlines()) == 4
    assert "frameworks" in one("category", "list", terminal=True).out
    table = one("category", "list").out.splitlines()
    assert [line.split("\t")[0] for line in table] == sorted(categories(one))


def test_a_category_list_knows_no_api_v4_form(one: Program) -> None:
    told(one("category", "list", "--format", "apiv4"), 2)


def test_a_category_list_has_no_fields_of_packages(one: Program) -> None:
    told(one("category", "list", "--fields", "repo_watchers"), 2)


def test_add_takes_every_option(one: Program) -> None:
    answer = one(
        *("category", "add", "themes", "--title", "Theme", "--title-plural", "Theme packs"),
        *("--description", "How it looks"),
    )
    assert (answer.code, "themes" in answer.out) == (0, True)
    expected = {
        "title": "Theme",
        "title_plural": "Theme packs",
        "description": "How it looks",
        "packages": 0,
    }
    assert categories(one)["themes"].items() >= expected.items()
    assert one("edit", "1326", "--category", "themes").code == 0
    assert categories(one)["themes"]["packages"] == 1


def test_add_makes_titles_of_the_slug(empty: Program) -> None:
    assert empty("category", "add", "dev-tools").code == 0
    found = categories(empty)["dev-tools"]
    assert found["title"] == "Dev tools"


def test_edit_takes_every_option_and_packages_follow(one: Program) -> None:
    answer = one(
        *("category", "edit", "apps", "--title", "Application", "--title-plural", "Applications"),
        *("--description", "d", "--slug", "applications"),
    )
    assert answer.code == 0
    found = categories(one)["applications"]
    assert (
        found.items()
        >= {"title": "Application", "title_plural": "Applications", "packages": 1}.items()
    )
    assert one.record("1326")["category"] == "applications"
    assert one("undo").code == 0
    assert one.record("1326")["category"] == "apps"
    assert "nothing" in one("category", "edit", "apps", "--title", "App").out


def test_remove_and_its_undo(one: Program) -> None:
    before = categories(one)
    assert "undo" in one("category", "remove", "other").out
    assert "other" not in categories(one)
    assert one("undo").code == 0
    assert categories(one) == before


def test_a_category_in_use_is_kept_and_says_by_what(many: Program) -> None:
    before = many.stored
    slug = many.record("sorethumb")["category"]
    line = told(many("category", "remove", slug), 5)
    assert sum(name in line for name in many.slugs("--category", slug)) >= 3
    assert many.stored == before


def test_a_category_that_got_a_package_since_is_not_undone(one: Program) -> None:
    one("category", "add", "themes")
    number = json.loads(one("stats", "--json").out)["operations"]
    one("edit", "1326", "--category", "themes")
    told(one("undo", number), 5)
    assert one.record("1326")["category"] in categories(one)


@pytest.mark.parametrize(
    ("args", "code", "clue"),
    [
        (("add", "apps"), 5, "apps"),
        (("add", "Apps"), 5, "apps"),
        (("add", "a b"), 2, "slug"),
        (("add", "123"), 2, "digits"),
        (("add", "s" * 51), 2, "51"),
        (("add", "x", "--title", "t" * 51), 2, "title"),
        (("add", "x", "--title", "  "), 2, "title"),
        (("edit", "apps"), 2, "--title"),
        (("edit", "aps", "--title", "x"), 4, "'apps'"),
        (("edit", "apps", "--slug", "other"), 5, "other"),
        (("edit", "apps", "--slug", "a b"), 2, "slug"),
        (("edit", "apps", "--title", "t" * 51), 2, "title"),
        (("edit", "apps", "--title", ""), 2, "title"),
        (("remove", "aps"), 4, "'apps'"),
    ],
)
def test_what_breaks_a_rule_is_refused(
    one: Program, args: tuple[str, ...], code: int, clue: str
) -> None:
    before = one.stored
    assert clue in told(one("category", *args), code)
    assert one.stored == before


@pytest.mark.parametrize(
    "args",
    [("add", "themes"), ("edit", "apps", "--title", "x"), ("remove", "other")],
    ids=lambda args: args[0],
)
def test_a_dry_run_says_would_and_stores_nothing(one: Program, args: tuple[str, ...]) -> None:
    before = one.stored
    answer = one("category", *args, "--dry-run")
    assert (answer.code, "would" in answer.out) == (0, True)
    assert one.stored == before


def test_category_alone_is_wrong_usage(one: Program) -> None:
    answer = one("category")
    assert (answer.code, "Traceback" in answer.err) == (2, False)
