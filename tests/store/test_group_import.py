"""Categories and grids of an import: known by address, then by slug; renames are followed, a
person's words stay.
"""

from typing import Any

import pytest

from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.store import Store, categories, grids, group_import, group_matching, groups
from pkgcat.store.group_fields import Fields
from pkgcat.store.group_import import GroupsTaken
from pkgcat.store.log import history
from pkgcat.store.log import undo as taking_back
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import add, check_whole, exported, get, kind_of, operations

SITE = "https://djangopackages.org/api/v4"


def url(number: object, entity: str = "grids") -> str:
    return f"{SITE}/{entity}/{number}/"


def fields(slug: str, number: object = None, title: str | None = None, **more: str) -> Fields:
    """A grid as a site tells it."""
    address = {} if number is None else {"url": url(number)}
    return {"slug": slug, "title": title or slug.capitalize(), "description": "", **address, **more}


def bring(
    store: Store, *given: Fields, entity: groups.Entity = "grids", **how: bool
) -> GroupsTaken:
    """Import groups."""
    with begin_operation(store, "import --from djangopackages", NOW, kind="import") as operation:
        return group_import.take_groups(operation, entity, given, **how)


def grid(store: Store, slug: str, *, command: str = "grid add", **more: Any) -> int:
    """Add a grid as a person does."""
    with begin_operation(store, command, NOW, kind=kind_of(command)) as operation:
        return groups.add(
            operation, "grids", Grid(slug, more.pop("title", slug.capitalize()), **more)
        )


def rename(store: Store, key: int, **values: str) -> None:
    """Edit a grid as a person does."""
    with begin_operation(store, "grid edit", NOW, kind="grid") as operation:
        groups.edit(operation, "grids", key, values)


def remove(store: Store, key: int, command: str = "grid remove") -> None:
    with begin_operation(store, command, NOW, kind=kind_of(command)) as operation:
        groups.remove(operation, "grids", key)


def undo(store: Store) -> None:
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        taking_back.undo(operation, history.last(store).id)


def placeholder(store: Store, number: int) -> int:
    """Import a record that names a grid by address."""
    with begin_operation(store, "import package-1326.json", NOW, kind="import") as operation:
        return group_matching.find_or_add(operation, "grids", url(number))


def by_key(store: Store) -> dict[int, tuple[str, str]]:
    return dict(
        store.rows(
            "SELECT key, slug || ' ' || coalesce(url, '') FROM grids WHERE removed = 0 ORDER BY key"
        )
    )


def named(store: Store) -> dict[str, str | None]:
    """The grids by slug, each with the end of its address."""
    return {
        group.slug: group.url and group.url.removeprefix(f"{SITE}/grids/")
        for group in grids.list_grids(store)
    }


# Placeholders


def test_a_placeholder_takes_the_name_of_its_grid_and_keeps_its_packages(store: Store) -> None:
    placeholder(store, 71)
    placeholder(store, 9)
    add(store, "a", grids=("grid-9", "grid-71"))
    taken = bring(store, fields("countries", 71, "Countries & Cities", description="All of them"))
    assert taken.renamed == ("grid grid-71 is now called countries",)
    assert taken.notes == ()
    assert Grid("countries", "Countries & Cities", "All of them", url(71)) in grids.list_grids(
        store
    )
    assert get(store, "a").grids == ("grid-9", "countries")
    check_whole(store)


def test_an_undo_brings_the_placeholder_back_and_a_redo_the_name(store: Store) -> None:
    placeholder(store, 71)
    add(store, "a", grids=("grid-71",))
    before = exported(store)
    bring(store, fields("countries", 71), fields("maps", 72))
    after = exported(store)
    undo(store)
    assert exported(store) == before
    undo(store)  # the add, which is the last one in force
    assert named(store) == {"grid-71": "71/"}
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        taking_back.undo(operation, history.entry(store, 5).id)
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        taking_back.undo(operation, history.entry(store, 4).id)
    assert exported(store) == after


def test_offered_again_the_same_groups_change_nothing(store: Store) -> None:
    placeholder(store, 71)
    given = fields("countries", 71), fields("maps", 72), fields("own")
    bring(store, *given)
    before = exported(store), operations(store)
    for how in ({}, {"overwrite": True}):
        taken = bring(store, *given, **how)
        assert (taken.renamed, taken.notes) == ((), ())
    assert (exported(store), operations(store)) == before


def test_a_placeholder_makes_way_for_the_grid_that_has_its_slug(store: Store) -> None:
    first, second = placeholder(store, 71), placeholder(store, 72)
    taken = bring(store, fields("grid-71", 90), fields("grid-72", 91), fields("maps", 72))
    assert named(store) == {"grid-71": "90/", "grid-71-2": "71/", "grid-72": "91/", "maps": "72/"}
    assert groups.slug_of(store, "grids", first) == "grid-71-2"
    assert groups.slug_of(store, "grids", second) == "maps"
    assert set(taken.renamed) == {
        "grid grid-71 is now called grid-71-2",
        "grid grid-72 is now called maps",
    }


def test_a_placeholder_makes_way_once(store: Store) -> None:
    placeholder(store, 71)
    bring(store, fields("grid-71", 90), fields("grid-71", 91))
    assert named(store) == {"grid-71": "90/", "grid-71-2": "71/", "grid-71-3": "91/"}


def test_a_placeholder_that_a_person_named_makes_no_way(store: Store) -> None:
    key = placeholder(store, 71)
    rename(store, key, slug="x")
    rename(store, key, slug="grid-71")
    taken = bring(store, fields("grid-71", 90))
    assert named(store) == {"grid-71": "71/", "grid-71-2": "90/"}
    assert taken.notes == (
        "grid grid-71 of the import is called grid-71-2 here: there is another grid-71",
    )


# Renames


@pytest.mark.parametrize(
    ("slug", "title"),
    [("forms", "Grid 71"), ("grid-71", "Forms")],
    ids=["a slug of its own", "a title of its own"],
)
def test_a_grid_of_which_more_than_its_address_is_known_makes_no_way(
    store: Store, slug: str, title: str
) -> None:
    bring(store, fields(slug, 71, title))
    bring(store, fields(slug, 72))
    assert by_key(store)[1] == f"{slug} {url(71)}"


def test_a_grid_known_by_the_slug_in_its_address_makes_no_way(store: Store) -> None:
    with begin_operation(store, "import", NOW, kind="import") as operation:
        group_matching.find_or_add(operation, "grids", url("geo"))
    bring(store, {**fields("geo"), "url": "https://example.org/api/v4/grids/12/"})
    assert by_key(store)[1] == f"geo {url('geo')}"


def test_a_rename_on_the_site_is_followed_in_every_field(store: Store) -> None:
    bring(store, fields("countries-old", 71, "Old", description="old"))
    taken = bring(store, fields("countries", 71, "New", description=""))
    assert taken.renamed == ("grid countries-old is now called countries",)
    assert grids.list_grids(store) == [Grid("countries", "New", "", url(71))]
    taken = bring(store, fields("countries", 71, "Newest"))
    assert taken.renamed == ("grid countries is now titled 'Newest'",)


def test_a_field_that_an_import_does_not_name_stays(store: Store) -> None:
    bring(store, fields("geo", 71, description="About"))
    assert bring(store, {"slug": "geo", "url": url(71)}).renamed == ()
    assert grids.list_grids(store) == [Grid("geo", "Geo", "About", url(71))]


def test_the_categories_of_a_new_catalog_follow_the_site(store: Store) -> None:
    category = {
        "slug": "applications",
        "title": "Application",
        "title_plural": "Applications",
        "description": "Small",
    }
    add(store, "a", category="apps")
    taken = bring(store, {**category, "url": url(1, "categories")}, entity="categories")
    assert taken.renamed == ("category apps is now called applications",)
    expected = Category(
        "applications", "Application", "Applications", "Small", url(1, "categories")
    )
    assert expected in categories.list_categories(store)
    assert get(store, "a").category == "applications"


@pytest.mark.parametrize("name", ["slug", "title", "description"])
def test_what_a_person_wrote_stays_and_is_told_until_overwritten(store: Store, name: str) -> None:
    bring(store, fields("geo", 71))
    rename(store, 1, **{name: "mine"})
    taken = bring(store, fields("maps", 71, "Maps", description="Theirs"))
    mine = grids.list_grids(store)[0]
    assert mine == Grid("maps", "Maps", "Theirs", url(71))._replace(**{name: "mine"})
    (note,) = taken.notes
    assert f"your {name} stays" in note
    assert "maps" in note or name != "slug"
    assert bring(store, fields("maps", 71, "Maps", description="Theirs")).notes != ()
    bring(store, fields("maps", 71, "Maps", description="Theirs"), overwrite=True)
    assert grids.list_grids(store) == [Grid("maps", "Maps", "Theirs", url(71))]


def test_a_persons_rename_that_was_undone_is_none(store: Store) -> None:
    bring(store, fields("geo", 71))
    rename(store, 1, slug="mine")
    undo(store)
    assert bring(store, fields("maps", 71)).renamed == ("grid geo is now called maps",)


@pytest.mark.parametrize(
    "wanted",
    [
        {71: "y", 72: "x"},
        {71: "y", 72: "z", 73: "x"},
        {71: "y", 72: "z", 73: "w"},
        {71: "X", 72: "y", 73: "z"},
        {71: "w", 72: "x", 74: "y"},
    ],
    ids=["swap", "circle", "chain", "case", "a new one takes over"],
)
def test_grids_that_change_names_with_each_other_are_followed(
    store: Store, wanted: dict[int, str]
) -> None:
    bring(store, *(fields(slug, number) for number, slug in {71: "x", 72: "y", 73: "z"}.items()))
    before = exported(store)
    taken = bring(store, *(fields(slug, number) for number, slug in wanted.items()))
    slugs = {71: "x", 72: "y", 73: "z"} | wanted
    assert named(store) == {slug: f"{number}/" for number, slug in slugs.items()}
    assert taken.notes == ()
    assert not any("renaming" in line for line in taken.renamed)
    undo(store)
    assert exported(store) == before


def test_a_slug_that_a_rename_sets_free_is_that_of_a_new_grid(store: Store) -> None:
    bring(store, fields("forms", 71))
    bring(store, fields("forms"), fields("maps", 71))
    assert named(store) == {"forms": None, "maps": "71/"}


def test_a_site_may_have_slugs_of_digits(store: Store) -> None:
    bring(store, fields("geo", 71), fields("2024", 72))
    bring(store, fields("2025", 71), fields("2024", 72, "Newer"))
    assert [(group.slug, group.title) for group in grids.list_grids(store)] == [
        ("2024", "Newer"),
        ("2025", "2025"),
    ]


# Slugs and addresses that disagree


def test_a_slug_that_another_address_has_here_is_two_grids_and_both_stay(store: Store) -> None:
    bring(store, fields("forms", 71))
    taken = bring(store, fields("forms", 90))
    assert named(store) == {"forms": "71/", "forms-2": "90/"}
    assert taken.notes == (
        "grid forms of the import is called forms-2 here: there is another forms",
    )
    before = exported(store)
    assert bring(store, fields("forms", 90)).notes == (
        "grid forms-2 keeps its slug: the import calls it forms, and another grid has that slug here",
    )
    assert exported(store) == before


def test_an_address_that_has_another_slug_here_wins(store: Store) -> None:
    bring(store, fields("old", 71))
    own = grid(store, "forms")
    taken = bring(store, fields("forms", 71, "Forms of the site"))
    assert named(store) == {"old": "71/", "forms": None}
    assert groups.find(store, "grids", "forms") == own
    assert [group.title for group in grids.list_grids(store)] == ["Forms", "Forms of the site"]
    assert taken.notes == (
        "grid old keeps its slug: the import calls it forms, and another grid has that slug here",
    )


def test_a_persons_own_grid_of_that_slug_is_the_same_grid(store: Store) -> None:
    key = grid(store, "forms", title="My forms")
    taken = bring(store, fields("forms", 12, description="Theirs"))
    assert grids.list_grids(store) == [Grid("forms", "My forms", "", url(12))]
    assert groups.find(store, "grids", "forms") == key
    assert f"grid forms is the one at {url(12)} from now on" in taken.notes
    assert any("your title stays" in note for note in taken.notes)
    undo(store)
    assert grids.list_grids(store) == [Grid("forms", "My forms")]


def test_a_grid_without_an_address_is_known_by_its_slug_and_the_address_here_stays(
    store: Store,
) -> None:
    bring(store, fields("forms", 12))
    assert bring(store, fields("forms", title="Newer")).keys == {"forms": 1}
    assert grids.list_grids(store) == [Grid("forms", "Newer", "", url(12))]


def test_slugs_that_differ_in_case_are_two_grids_and_one_without_an_address_is_skipped(
    store: Store,
) -> None:
    """On a site they are two; here no two slugs may differ in case alone."""
    own = grid(store, "forms", title="My forms")
    before = exported(store), operations(store)
    for how in ({}, {"overwrite": True}):
        taken = bring(store, fields("Forms", title="Others"), **how)
        differs = "its slug differs only in case from that of forms, another grid"
        note = f"grid Forms of the import was skipped: {differs}"
        assert taken == GroupsTaken({}, notes=(note,), skipped=frozenset({"Forms"}))
    assert (exported(store), operations(store)) == before
    taken = bring(store, fields("Forms", 12, "Others"))
    assert taken.notes == (
        "grid Forms of the import is called Forms-2 here: there is another forms",
    )
    assert grids.list_grids(store) == [
        Grid("forms", "My forms"),
        Grid("Forms-2", "Others", "", url(12)),
    ]
    assert groups.find(store, "grids", "forms") == own


@pytest.mark.parametrize("replace", [False, True])
def test_of_two_slugs_that_differ_in_case_in_one_import_the_second_is_skipped(
    store: Store, *, replace: bool
) -> None:
    taken = bring(store, fields("geo", title="First"), fields("Geo"), replace=replace)
    assert grids.list_grids(store) == [Grid("geo", "First")]
    assert (taken.keys, taken.skipped) == ({"geo": 1}, {"Geo"})
    (note,) = taken.notes
    assert "grid Geo of the import was skipped" in note


def test_two_slugs_of_a_site_that_differ_in_case_are_two_grids_each_with_its_packages(
    store: Store,
) -> None:
    for _ in range(2):
        taken = bring(store, fields("Geo", 5), fields("geo", 7, "Second"))
        assert grids.list_grids(store) == [
            Grid("Geo", "Geo", "", url(5)),
            Grid("geo-2", "Second", "", url(7)),
        ]
        assert taken.keys["Geo"] != taken.keys["geo"]


@pytest.mark.parametrize(
    "spelling", ["http://127.0.0.1:8102/api/v4/grids/71.json", "http://djangopackages.org/grids/71"]
)
def test_another_spelling_of_an_address_is_the_same_grid_and_the_text_stays(
    store: Store, spelling: str
) -> None:
    bring(store, {**fields("geo"), "url": spelling})
    assert bring(store, fields("maps", 71)).renamed == ("grid geo is now called maps",)
    assert grids.list_grids(store) == [Grid("maps", "Maps", "", spelling)]
    bring(store, fields("maps", 71), overwrite=True)
    assert grids.list_grids(store) == [Grid("maps", "Maps", "", url(71))]


def test_an_address_by_slug_gives_way_to_the_one_by_id_and_not_the_other_way_round(
    store: Store,
) -> None:
    bring(store, fields("geo", "geo"))
    bring(store, fields("geo", 71))
    bring(store, fields("geo", "geo"))
    bring(store, fields("geo", "geo"), overwrite=True)
    assert named(store) == {"geo": "71/"}


@pytest.mark.parametrize("name", ["71", "geo"])
def test_grids_of_two_sites_with_one_slug_are_two(store: Store, name: str) -> None:
    other = f"https://example.org/api/v4/grids/{name}/"
    bring(store, fields("geo", 71))
    bring(store, {**fields("geo"), "url": other})
    assert {group.slug: group.url for group in grids.list_grids(store)} == {
        "geo": url(71),
        "geo-2": other,
    }


def test_grids_of_two_sites_with_one_slug_in_one_import_are_two(store: Store) -> None:
    other = "https://example.org/api/v4/grids/71/"
    bring(store, fields("geo", 71), {**fields("geo"), "url": other})
    assert by_key(store) == {1: f"geo {url(71)}", 2: f"geo-2 {other}"}


def test_of_two_old_placeholders_of_one_grid_the_one_so_spelt_is_named(store: Store) -> None:
    """0.1.0 made two grids of two spellings."""
    with begin_operation(store, "import", NOW, kind="import") as operation:
        for slug, address in (
            ("grid-71", url(71).replace("https", "http")),
            ("grid-71-2", url(71)),
        ):
            groups.add(operation, "grids", Grid(slug, "Grid 71", url=address))
    bring(store, fields("countries", 71))
    assert by_key(store) == {
        1: f"grid-71 {url(71).replace('https', 'http')}",
        2: f"countries {url(71)}",
    }


# Removed here


@pytest.mark.parametrize(
    "given", [fields("geo", 71), fields("maps", 71), fields("geo")], ids=["all", "address", "slug"]
)
def test_what_a_person_removed_stays_removed_and_is_told(store: Store, given: Fields) -> None:
    bring(store, fields("geo", 71))
    remove(store, 1)
    before = operations(store)
    for how in ({}, {"overwrite": True}):
        assert bring(store, given, **how).notes == ("grid geo was removed here and stays removed",)
    assert (grids.list_grids(store), operations(store)) == ([], before)


def test_a_removed_grid_keeps_the_address_it_has(store: Store) -> None:
    bring(store, fields("geo", 71))
    remove(store, 1)
    before = operations(store)
    bring(store, fields("geo", "geo"))
    assert grids.list_grids(store) == []
    assert store.value("SELECT url FROM grids WHERE key = 1") == url(71)
    assert operations(store) == before


def test_a_removed_grid_without_an_address_is_known_by_the_address_of_its_slug_from_then_on(
    store: Store,
) -> None:
    remove(store, grid(store, "forms"))
    assert bring(store, fields("forms", 12)).keys == {"forms": 1}
    with begin_operation(store, "import", NOW, kind="import") as operation:
        assert group_matching.find_or_add(operation, "grids", url(12)) == 1
    assert grids.list_grids(store) == []


@pytest.mark.parametrize("command", ["import other.json", "undo"])
def test_what_no_person_removed_comes_again(store: Store, command: str) -> None:
    bring(store, fields("geo", 71))
    if command == "undo":
        undo(store)
    else:
        remove(store, 1, command)
    assert bring(store, fields("geo", 71)).notes == ()
    assert named(store) == {"geo": "71/"}


def test_of_several_that_were_removed_the_last_one_counts(store: Store) -> None:
    bring(store, fields("geo", 71))
    undo(store)
    bring(store, fields("geo", 71))
    remove(store, 2)
    assert bring(store, fields("geo", 71)).notes != ()
    assert grids.list_grids(store) == []
    with begin_operation(store, "import", NOW, kind="import") as operation:
        assert group_matching.find_or_add(operation, "grids", url(71)) == 2


def test_another_grid_of_a_removed_ones_slug_is_new(store: Store) -> None:
    bring(store, fields("geo", 71))
    remove(store, 1)
    bring(store, fields("geo", 90))
    assert named(store) == {"geo": "90/"}


# Just these


def test_replacing_leaves_these_groups_alone_as_they_are(store: Store) -> None:
    bring(store, fields("a", 1), fields("b", 2, description="B"), fields("c", 3))
    taken = bring(
        store, {"slug": "b2", "title": "B2", "url": url(2)}, fields("c"), fields("d"), replace=True
    )
    assert named(store) == {"b2": "2/", "c": None, "d": None}
    assert grids.list_grids(store)[0] == Grid("b2", "B2", "", url(2))
    assert taken.keys == {"b2": 2, "c": 3, "d": 4}


def test_thousands_of_groups_take_a_moment(store: Store) -> None:
    """No pair of groups is ever compared: with 3,000 that would be nine million times."""
    given = [fields(f"grid{number}", number) for number in range(3000)]
    statements: list[str] = []
    bring(store, *given)
    store.connection.set_trace_callback(statements.append)
    bring(store, *(fields(f"grid{(number + 1) % 3000}", number) for number in range(3000)))
    store.connection.set_trace_callback(None)
    assert len(statements) < 3000 * 25
