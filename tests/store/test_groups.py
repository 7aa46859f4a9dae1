"""Categories and grids: found, added, edited, and never removed from under a package."""

import json

import pytest

from pkgcat.errors import Conflict, Invalid, NotFound, PkgcatError
from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.store import Store, categories, edits, grids, group_matching, groups, packages
from pkgcat.store.group_addresses import AddressBook
from pkgcat.store.log import undo as taking_back
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import add, edit, exported, get, kind_of, operations


def category(store: Store, slug: str, title: str = "Title", **more: str) -> int:
    with begin_operation(store, "category add", NOW, kind="category") as operation:
        return groups.add(operation, "categories", Category(slug, title, **more))


def change(store: Store, name: str, /, **values: str) -> list[str]:
    with begin_operation(store, "category edit", NOW, kind="category") as operation:
        key = groups.find(store, "categories", name)
        return [change.field for change in groups.edit(operation, "categories", key, values)]


def remove(store: Store, slug: str) -> None:
    with begin_operation(store, "category remove", NOW, kind="category") as operation:
        groups.remove(operation, "categories", groups.find(store, "categories", slug))


def test_a_new_catalog_has_the_four_categories_of_the_site(store: Store) -> None:
    assert [
        (group.slug, group.title, group.title_plural) for group in categories.list_categories(store)
    ] == [
        ("apps", "App", "Apps"),
        ("frameworks", "Framework", "Frameworks"),
        ("other", "Other", "Others"),
        ("projects", "Project", "Projects"),
    ]
    assert grids.list_grids(store) == []


def test_a_category_is_added_with_all_that_is_said_of_it(store: Store) -> None:
    category(store, "themes", "Theme", title_plural="Themes", description="Looks")
    assert Category("themes", "Theme", "Themes", "Looks") in categories.list_categories(store)


def test_packages_are_counted_by_category(store: Store) -> None:
    for slug in ("a", "b", "c"):
        add(store, slug, category="apps")
    add(store, "d", category="other")
    add(store, "e")
    with begin_operation(store, "remove", NOW, kind="remove") as operation:
        edits.remove(operation, packages.find(store, "a"))
    counts = {group.slug: count for group, count in categories.list_with_counts(store)}
    assert counts == {"apps": 2, "other": 1, "frameworks": 0, "projects": 0}


@pytest.mark.parametrize("slug", ["framework", "Framworks"])
def test_an_unknown_category_is_told_with_the_nearest(store: Store, slug: str) -> None:
    with pytest.raises(NotFound, match=r"there is no category.*frameworks"):
        groups.find(store, "categories", slug)


def test_an_unknown_category_that_nothing_comes_near_is_told_with_those_there_are(
    store: Store,
) -> None:
    with pytest.raises(NotFound, match="there are apps, frameworks, other, projects"):
        groups.find(store, "categories", "zzz")
    with pytest.raises(NotFound, match="there is no grid 'zzz'; there is none yet"):
        groups.find(store, "grids", "zzz")


def test_of_many_groups_that_there_are_some_are_told_and_the_others_counted(store: Store) -> None:
    for number in range(5):
        category(store, f"c{number}")
    with pytest.raises(NotFound, match=r"there are apps, .*, c4, frameworks, other and 1 more; "):
        groups.find(store, "categories", "zzz")


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
    for write in (
        lambda: category(store, "themes", title),
        lambda: change(store, "apps", title=title),
    ):
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
    assert "apps" not in [group.slug for group in categories.list_categories(store)]
    with pytest.raises(NotFound):
        add(store, "f", category="apps")


def test_a_removed_categorys_slug_is_free_again(store: Store) -> None:
    remove(store, "apps")
    category(store, "apps", "Another")
    add(store, "a", category="apps")
    assert get(store, "a").category == "apps"
    assert Category("apps", "Another") in categories.list_categories(store)


def test_a_grid_in_use_is_not_removed(store: Store) -> None:
    with begin_operation(store, "grid add", NOW, kind="grid") as operation:
        key = groups.add(operation, "grids", Grid("geo", "Geo"))
    add(store, "a", grids=("geo",))
    with (
        pytest.raises(Conflict, match="in use by a"),
        begin_operation(store, "grid remove", NOW, kind="grid") as operation,
    ):
        groups.remove(operation, "grids", key)
    edit(store, packages.find(store, "a"), grids=())
    with begin_operation(store, "grid remove", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", key)
    assert grids.list_grids(store) == []


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
    with begin_operation(store, "import", NOW, kind="import") as operation:
        first = group_matching.find_or_add(operation, "grids", address)
        assert group_matching.find_or_add(operation, "grids", address) == first
    (grid,) = grids.list_grids(store)
    assert grid.url == address
    assert 1 <= len(grid.slug) <= 50


def test_grids_of_two_sites_with_one_number_are_two(store: Store) -> None:
    with begin_operation(store, "import", NOW, kind="import") as operation:
        keys = {
            group_matching.find_or_add(operation, "grids", f"https://{site}.org/grids/71/")
            for site in "abc"
        }
    assert len(keys) == 3
    assert len({grid.slug for grid in grids.list_grids(store)}) == 3
    assert json.loads(exported(store).splitlines()[0])["grids"]


# Known by address

SITE = "https://djangopackages.org/api/v4/grids"


def at(store: Store, address: str) -> int:
    with begin_operation(store, "import", NOW, kind="import") as operation:
        return group_matching.find_or_add(operation, "grids", address)


def grid(store: Store, slug: str, command: str = "grid add", **more: str) -> int:
    with begin_operation(store, command, NOW, kind=kind_of(command)) as operation:
        return groups.add(operation, "grids", Grid(slug, slug.capitalize(), **more))


@pytest.mark.parametrize(
    "spelling",
    [
        "http://djangopackages.org/api/v4/grids/71",
        "https://djangopackages.org/api/v4/grids/71.json?format=api",
        "https://www.djangopackages.com/api/v4/grids/71/",
        "http://127.0.0.1:8102/djangopackages/api/v4/grids/71/",
        "http://localhost/api/v4/grids/71/?format=json",
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_every_spelling_of_an_address_is_one_grid_and_the_first_one_stays(
    store: Store, spelling: str, is_first: bool
) -> None:
    first, second = (spelling, f"{SITE}/71/") if is_first else (f"{SITE}/71/", spelling)
    assert at(store, first) == at(store, second)
    assert grids.list_grids(store) == [Grid("grid-71", "Grid 71", url=first.split("?")[0])]


def test_an_address_that_names_a_slug_means_the_grid_of_that_slug(store: Store) -> None:
    """`--format apiv4` writes such an address for a grid that has none: read again, it makes
    no second one.
    """
    key = grid(store, "Geo")
    before = operations(store)
    assert at(store, f"{SITE}/geo/") == at(store, f"{SITE}/Geo/?format=api") == key
    assert (grids.list_grids(store), operations(store)) == ([Grid("Geo", "Geo")], before)


def test_an_address_that_names_a_slug_finds_a_grid_that_was_renamed_since(store: Store) -> None:
    key = grid(store, "geo")
    with begin_operation(store, "category edit", NOW, kind="category") as operation:
        groups.edit(operation, "grids", key, {"slug": "maps"})
    assert at(store, f"{SITE}/geo/") == key
    assert at(store, "https://example.org/api/v4/grids/geo/") != key


def test_of_several_grids_that_had_a_slug_the_last_one_is_meant(store: Store) -> None:
    keys = [grid(store, "geo")]
    for slug in ("maps", "atlas"):
        with begin_operation(store, "grid edit", NOW, kind="grid") as operation:
            groups.edit(operation, "grids", keys[-1], {"slug": slug})
        keys.append(grid(store, "geo"))
    with begin_operation(store, "grid remove", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", keys[2])
        groups.edit(operation, "grids", keys[2], {"slug": "gone"})
    assert at(store, f"{SITE}/geo/") == keys[1]
    with begin_operation(store, "grid remove", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", keys[1])
    assert at(store, f"{SITE}/geo/") == keys[0]


def test_an_address_of_another_site_that_names_a_slug_is_kept(store: Store) -> None:
    key = grid(store, "geo")
    assert at(store, "https://example.org/grids/geo/") == key
    assert at(store, "http://example.org/grids/geo") == key
    assert grids.list_grids(store) == [Grid("geo", "Geo", url="https://example.org/grids/geo/")]
    assert at(store, "https://example.com/grids/geo/") != key


def test_a_category_named_by_its_slug_in_an_address_is_the_one_there_is(store: Store) -> None:
    with begin_operation(store, "import", NOW, kind="import") as operation:
        address = "https://djangopackages.org/api/v4/categories/apps/"
        assert group_matching.find_or_add(operation, "categories", address) == groups.find(
            store, "categories", "apps"
        )
    assert operations(store) == 0


def test_a_placeholder_finds_a_slug_where_its_own_is_taken(store: Store) -> None:
    grid(store, "grid-71")
    at(store, f"{SITE}/71/")
    assert [group.slug for group in grids.list_grids(store)] == ["grid-71", "grid-71-2"]


@pytest.mark.parametrize(
    "address", [f"{SITE}/71/", "http://127.0.0.1/api/v4/grids/71/", f"{SITE}/geo/"]
)
def test_a_grid_that_a_person_removed_is_not_made_again(store: Store, address: str) -> None:
    key = grid(store, "geo", "import", url=f"{SITE}/71/")
    with begin_operation(store, "grid remove geo", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", key)
    before = operations(store)
    assert at(store, address) == key
    assert groups.is_removed(store, "grids", key)
    assert (grids.list_grids(store), operations(store)) == ([], before)


def test_a_grid_that_an_undo_took_away_is_made_again(store: Store) -> None:
    key = at(store, f"{SITE}/71/")
    with begin_operation(store, "undo 1", NOW, kind="undo") as operation:
        taking_back.undo(operation, 1)
    again = at(store, f"{SITE}/71/")
    assert again != key
    assert not groups.is_removed(store, "grids", again)


def test_a_grid_without_an_address_that_an_undo_took_away_is_made_again(store: Store) -> None:
    key = grid(store, "geo", "import")
    with begin_operation(store, "undo 1", NOW, kind="undo") as operation:
        taking_back.undo(operation, 1)
    again = at(store, f"{SITE}/geo/")
    assert again != key
    assert not groups.is_removed(store, "grids", again)


def test_an_address_with_a_slug_takes_the_place_of_none_with_an_id(store: Store) -> None:
    address = "https://example.org/api/v4/grids/71/"
    key = grid(store, "geo", "import", url=address)
    assert at(store, "https://example.org/api/v4/grids/geo/") == key
    assert [group.url for group in grids.list_grids(store)] == [address]


def test_a_slug_that_a_category_had_means_no_grid(store: Store) -> None:
    change(store, "apps", slug="programs")
    key = grid(store, "zoo")
    assert key == groups.find(store, "categories", "programs")
    assert at(store, f"{SITE}/apps/") != key


@pytest.mark.parametrize(
    ("slug", "url", "address"),
    [
        ("71", None, f"{SITE}/71/"),
        ("geo", "https://example.org/grids/geo/", f"{SITE}/geo/"),
        ("geo", f"{SITE}/71/", f"{SITE}/72/"),
    ],
    ids=["a slug like the id", "of another site", "another id"],
)
def test_a_removed_grid_that_another_address_does_not_mean_is_no_obstacle(
    store: Store, slug: str, url: str | None, address: str
) -> None:
    with begin_operation(store, "import", NOW, kind="import") as operation:
        key = groups.add(operation, "grids", Grid(slug, slug, url=url), imported=True)
    with begin_operation(store, "grid remove", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", key)
    assert at(store, address) != key


def test_one_book_serves_a_whole_import(store: Store) -> None:
    spellings = [
        f"http://127.0.0.1:{port}/api/v4/grids/{number}/" for port in (1, 2) for number in (71, 72)
    ]
    spellings += [
        f"http://example.org/grids/{slug}{end}" for end in ("", "/") for slug in ("geo", "maps")
    ]
    grid(store, "geo")
    with begin_operation(store, "import", NOW, kind="import") as operation:
        book = AddressBook(store)
        keys = [
            group_matching.find_or_add(operation, "grids", address, book) for address in spellings
        ]
        assert keys[:2] == keys[2:4]
        assert keys[4:6] == keys[6:]
        assert (
            group_matching.find_or_add(operation, "grids", spellings[0].replace(":1", ":3"), book)
            == keys[0]
        )
    assert len(grids.list_grids(store)) == len(set(keys)) == 4


def test_of_two_old_grids_of_one_address_a_third_spelling_means_the_first(store: Store) -> None:
    """0.1.0 made two grids of two spellings."""
    with begin_operation(store, "import", NOW, kind="import") as operation:
        for number, address in enumerate((f"{SITE}/71", f"{SITE}/71/")):
            groups.add(operation, "grids", Grid(f"grid-{number}", "Grid 71", url=address))
    assert at(store, f"{SITE}/71.json") == 1
    assert at(store, f"{SITE}/71/") == 2


def test_a_slug_of_digits_comes_from_an_import_and_not_from_a_person(store: Store) -> None:
    with pytest.raises(Invalid, match="digits"):
        grid(store, "2024")
    with begin_operation(store, "import", NOW, kind="import") as operation:
        groups.add(operation, "grids", Grid("2024", "2024"), imported=True)
        for slug in ("9" * 51, "\u0661"):
            with pytest.raises(Invalid):
                groups.add(operation, "grids", Grid(slug, "x"), imported=True)
    assert grids.list_grids(store) == [Grid("2024", "2024")]
