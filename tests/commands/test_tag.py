"""tag list, tag rename, category merge: labels and kinds of many packages at once."""

import json

import pytest

from tests.commands.program import Program, told


@pytest.fixture
def tagged(many: Program) -> Program:
    """Packages with the tags geo, GIS, gis and one of letters that SQLite does not fold."""
    many("edit", "1326", "--tag", "geo", "--tag", "GIS")
    many("edit", "sorethumb", "--tag", "gis", "--tag", "Ærø")
    return many


def tags(program: Program, slug: str) -> list[str]:
    found: list[str] = program.record(slug)["tags"]
    return found


def test_tags_are_listed_with_their_packages_whatever_their_case(tagged: Program) -> None:
    listed = json.loads(tagged("tag", "list", "--json").out)
    assert listed == [
        {"tag": "geo", "packages": 1},
        {"tag": "GIS", "packages": 2},
        {"tag": "Ærø", "packages": 1},
    ]
    assert tagged("tag", "list", "--fields", "tag").out == "geo\nGIS\nÆrø\n"


def test_a_tag_is_renamed_everywhere_and_merged_where_the_new_one_is(tagged: Program) -> None:
    before = tagged("export").raw
    assert tagged("tag", "rename", "Gis", "geo", "--dry-run").out.count("\ttags\t") == 2
    assert tagged("export").raw == before
    answer = tagged("tag", "rename", "Gis", "geo")
    assert answer.out == "tag Gis is now geo in 2 packages; 'pkgcat undo' takes it back\n"
    assert tags(tagged, "django-cities") == ["geo"]
    assert tags(tagged, "sorethumb") == ["geo", "Ærø"]
    tagged("undo")
    assert tagged("export").raw == before


def test_the_spelling_of_a_tag_can_be_changed(tagged: Program) -> None:
    tagged("tag", "rename", "gis", "Gis")
    assert tags(tagged, "django-cities") == ["Gis", "geo"]
    before = tagged.stored
    assert tagged("tag", "rename", "gis", "Gis").out == "nothing to change\n"
    assert tagged.stored == before


@pytest.mark.parametrize(
    ("args", "code", "reason"),
    [
        (("gsi", "geo"), 4, "no package has the tag 'gsi'"),
        (("geo", " "), 2, "the new tag is empty"),
        (("geo", ""), 2, "the new tag is empty"),
    ],
)
def test_a_wrong_rename_stores_nothing(
    tagged: Program, args: tuple[str, str], code: int, reason: str
) -> None:
    before = tagged.stored
    assert reason in told(tagged("tag", "rename", *args), code)
    assert tagged.stored == before


def test_where_no_package_has_a_tag_there_are_none(one: Program) -> None:
    assert one("tag", "list", "--json").out == "[]\n"


def test_a_category_is_merged_into_another_and_undo_restores_both(many: Program) -> None:
    many("category", "add", "themes")
    many("edit", "1326", "sorethumb", "--category", "themes")
    many("remove", "sorethumb")
    before = many("export").raw
    told_before = many("category", "merge", "themes", "apps", "--dry-run").out
    assert told_before == "would move 1 package from themes to apps and remove themes\n"
    assert many("export").raw == before
    answer = many("category", "merge", "themes", "apps")
    assert answer.out == "moved 1 package from themes to apps; 'pkgcat undo' takes it back\n"
    assert many.record("django-cities")["category"] == "apps"
    assert "themes" not in many("category", "list").out
    many("undo")
    assert many("export").raw == before
    many("undo")
    assert many.record("sorethumb")["category"] == "themes"


def test_a_removed_package_comes_back_in_the_category_that_took_its_own_in(many: Program) -> None:
    many("category", "add", "themes")
    many("edit", "sorethumb", "--category", "themes")
    many("remove", "sorethumb")
    removal = json.loads(many("undo", "--list", "--json").out)[0]["operation"]
    many("category", "merge", "themes", "apps")
    assert many("undo", removal).code == 0
    assert many.record("sorethumb")["category"] == "apps"


@pytest.mark.parametrize(
    ("args", "code", "reason"),
    [
        (("apps", "APPS"), 2, "cannot be merged into itself"),
        (("nothing", "apps"), 4, "there is no category"),
        (("apps", "nothing"), 4, "there is no category"),
    ],
)
def test_a_wrong_merge_stores_nothing(
    many: Program, args: tuple[str, str], code: int, reason: str
) -> None:
    before = many.stored
    assert reason in told(many("category", "merge", *args), code)
    assert many.stored == before
