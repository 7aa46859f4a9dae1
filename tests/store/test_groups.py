"""Categories and grids: found, added, edited, and never removed from under a package."""

import json

import pytest

from pkgcat.errors import Conflict, Invalid, NotFound, PkgcatError
from pkgcat.models import Category, Grid
from pkgcat.store import Store, edits, groups, packages
from tests.conftest import NOW
from tests.store.checks import add, edit, exported, get, operations


def category(store: Store, slug: str, title: str = "Title", **more: str) -> int:
    with store.operation("category add", NOW) as operation:
        return groups.add(operation, "categories", Category(slug, title, **more))


def change(store: Store, name: str, /, **values: str) -> list[str]:
    with store.operation("category edit", NOW) as operation:
        key = groups.find(store, "categories", name)
        return [change.field for change in groups.edit(operation, "categories", key, values)]


def remove(store: Store, slug: str) -> None:
    with store.operation("category remove", NOW) as operation:
        groups.remove(operation, "categories", groups.find(store, "categories", slug))


def test_a_new_catalog_has_the_four_categories_of_the_site(store: Store) -> None:
    assert [(group.slug, group.title, group.title_plural) for group in groups.categories(store)] == [
        ("apps", "App", "Apps"),
        ("frameworks", "Framework", "Frameworks"),
        ("other", "Other", "Others"),
        ("projects", "Project", "Projects"),
    ]
    assert groups.grids(store) == []


def test_a_category_is_added_with_all_that_is_said_of_it(store: Store) -> None:
    category(store, "themes", "Theme", title_plural="Themes", description="Looks")
    assert Category("themes", "Theme", "Themes", "Looks") in groups.categories(store)


def test_packages_are_counted_by_category(store: Store) -> None:
    for slug in ("a", "b", "c"):
        add(store, slug, category="apps")
    add(store, "d", category="other")
    add(store, "e")
    with store.operation("remove", NOW) as operation:
        edits.remove(operation, packages.find(store, "a"))
    counts = {group.slug: count for group, count in groups.counted(store)}
    assert counts == {"apps": 2, "other": 1, "frameworks": 0, "projects": 0}


@pytest.mark.parametrize("slug", ["framework", "Framworks"])
def test_an_unknown_category_is_told_with_the_nearest(store: Store, slug: str) -> None:
    with pytest.raises(NotFound, match=r"there is no category.*frameworks"):
        groups.find(store, "categories", slug)


def test_an_unknown_category_that_nothing_comes_near_is_told_with_those_there_are(store: Store) -> None:
    with pytest.raises(NotFound, match="there are apps, frameworks, other, projects"):
        groups.find(store, "categories", "zzz")
    with pytest.raises(NotFound, match="there is no grid 'zzz'; there is none yet"):
        groups.find(store, "grids", "zzz")


def test_a_category_is_found_in_any_case(store: Store) -> None:
    assert groups.find(store, "categories", "APPS") == groups.find(store, "categories", "apps")


@pytest.mark.parametrize("slug", ["two words", "", "x" * 51, "12"])
def test_a_category_with_a_wrong_slug_is_refused(store: Store, slug: str) -> None:
    before = exported(store)
    with pytest.raises(Invalid):
        category(store, slug)
    with pytest.raises(Invalid):
        change(store, "apps", slug=slug)
    assert exported(store) == before


@pytest.mark.parametrize("title", ["", "x" * 51])
def test_a_category_with_a_wrong_title_is_refused(store: Store, title: str) -> None:
    before = exported(store)
    for write in (lambda: category(store, "themes", title), lambda: change(store, "apps", title=title)):
        with pytest.raises(PkgcatError) as refused:
            write()
        assert refused.value.exit_code == 2
    assert exported(store) == before


def test_a_slug_that_is_taken_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict, match="'apps'"):
        category(store, "Apps")
    with pytest.raises(Conflict, match="'apps'"):
        change(store, "other", slug="apps")
    assert change(store, "apps", slug="Apps") == ["slug"]


def test_a_category_that_is_renamed_keeps_its_packages(store: Store) -> None:
    add(store, "a", category="apps")
    assert change(store, "apps", slug="pieces", title="Piece") == ["slug", "title"]
    assert get(store, "a").category == "pieces"


def test_an_edit_that_changes_nothing_leaves_no_trace(store: Store) -> None:
    assert change(store, "apps", title="App") == []
    assert operations(store) == 0


def test_a_category_in_use_is_not_removed_and_its_users_are_named(store: Store) -> None:
    for slug in ("a", "b", "c", "d", "e"):
        add(store, slug, category="apps")
    with pytest.raises(Conflict, match="a, b, c and 2 more"):
        remove(store, "apps")
    for slug in ("b", "c", "d", "e"):
        edit(store, packages.find(store, slug), category="other")
    with pytest.raises(Conflict, match="in use by a;"):
        remove(store, "apps")
    edit(store, packages.find(store, "a"), category=None)
    remove(store, "apps")
    assert "apps" not in [group.slug for group in groups.categories(store)]
    with pytest.raises(NotFound):
        add(store, "f", category="apps")


def test_a_removed_categorys_slug_is_free_again(store: Store) -> None:
    remove(store, "apps")
    category(store, "apps", "Another")
    add(store, "a", category="apps")
    assert get(store, "a").category == "apps"
    assert Category("apps", "Another") in groups.categories(store)


def test_a_grid_in_use_is_not_removed(store: Store) -> None:
    with store.operation("grid add", NOW) as operation:
        key = groups.add(operation, "grids", Grid("geo", "Geo"))
    add(store, "a", grids=("geo",))
    with pytest.raises(Conflict, match="in use by a"), store.operation("grid remove", NOW) as operation:
        groups.remove(operation, "grids", key)
    edit(store, packages.find(store, "a"), grids=())
    with store.operation("grid remove", NOW) as operation:
        groups.remove(operation, "grids", key)
    assert groups.grids(store) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://djangopackages.org/api/v4/grids/71/",
        "https://example.org/api/v4/grids/71/",
        "https://example.org/grids/geo/",
        f"https://example.org/grids/{'x' * 80}/",
    ],
)
def test_a_grid_known_by_its_address_only_is_made_once(store: Store, address: str) -> None:
    with store.operation("import", NOW) as operation:
        first = groups.at_address(operation, "grids", address)
        assert groups.at_address(operation, "grids", address) == first
    (grid,) = groups.grids(store)
    assert grid.url == address
    assert 1 <= len(grid.slug) <= 50


def test_grids_of_two_sites_with_one_number_are_two(store: Store) -> None:
    with store.operation("import", NOW) as operation:
        keys = {groups.at_address(operation, "grids", f"https://{site}.org/grids/71/") for site in "abc"}
    assert len(keys) == 3
    assert len({grid.slug for grid in groups.grids(store)}) == 3
    assert json.loads(exported(store).splitlines()[0])["grids"]
