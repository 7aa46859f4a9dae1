"""The numbers under which API v4 has categories and grids: given once, and kept for ever."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from pkgcat.model.category import Category
from pkgcat.model.grid import Grid
from pkgcat.store import Store, api_v4, group_import, groups, schema
from pkgcat.store.group_fields import Fields
from pkgcat.store.log import history
from pkgcat.store.log import undo as taking_back
from pkgcat.store.operation import begin_operation
from tests.conftest import DATA, NOW

SITE = "https://djangopackages.org/api/v4/grids"


def numbers(store: Store, entity: groups.Entity = "grids") -> dict[str, int]:
    """The numbers of the groups, by slug."""
    ids = api_v4.read_group_ids(store, entity).ids
    return {groups.slug_of(store, entity, key): number for key, number in ids.items()}


def bring(store: Store, *given: Fields, entity: groups.Entity = "grids") -> None:
    with begin_operation(store, "import --from djangopackages", NOW, kind="import") as operation:
        group_import.take_groups(operation, entity, given)


def fields(slug: str, number: int | None = None, site: str = SITE) -> Fields:
    address = {} if number is None else {"url": f"{site}/{number}/"}
    return {"slug": slug, "title": slug, "description": "", **address}


def make(store: Store, slug: str) -> int:
    """Add a grid as a person does."""
    with begin_operation(store, f"grid add {slug}", NOW, kind="grid") as operation:
        return groups.add(operation, "grids", Grid(slug, slug))


def remove(store: Store, key: int) -> None:
    with begin_operation(store, "grid remove", NOW, kind="grid") as operation:
        groups.remove(operation, "grids", key)


def undo(store: Store) -> None:
    with begin_operation(store, "undo", NOW, kind="undo") as operation:
        taking_back.undo(operation, history.last(store).id)


def test_what_is_made_here_counts_from_1_000_001_and_what_a_site_has_keeps_its_number(
    store: Store,
) -> None:
    make(store, "mine")
    bring(store, fields("geo", 71), fields("unnumbered"))
    make(store, "next")
    assert numbers(store) == {
        "mine": 1_000_001,
        "geo": 71,
        "unnumbered": 1_000_003,
        "next": 1_000_004,
    }
    assert sorted(numbers(store, "categories").values()) == [1, 2, 3, 4]


def test_the_number_of_a_grid_that_was_made_here_is_kept_for_ever(store: Store) -> None:
    first, mine = make(store, "first"), make(store, "mine")
    bring(store, fields("geo", 71), fields("mine", 12), fields("other", 1_000_002))
    assert numbers(store)["mine"] == 1_000_002
    assert numbers(store)["other"] != 1_000_002
    remove(store, first)
    make(store, "first")
    assert numbers(store)["first"] > 1_000_002
    remove(store, mine)
    make(store, "later")
    undo(store)
    undo(store)
    assert numbers(store)["mine"] == 1_000_002
    undo(store)
    assert numbers(store)["mine"] == 1_000_002


def test_a_grid_of_an_import_without_numbers_takes_that_of_its_site_and_undo_gives_it_back(
    store: Store,
) -> None:
    bring(store, fields("geo"))
    bring(store, fields("geo", 71))
    assert numbers(store) == {"geo": 71}
    make(store, "more")
    undo(store)
    undo(store)
    assert numbers(store) == {"geo": 1_000_001}


def test_a_category_of_a_new_catalog_keeps_the_number_of_django_packages(store: Store) -> None:
    before = numbers(store, "categories")
    site = SITE.replace("grids", "categories")
    bring(store, {**fields("apps", 1, site), "title": "Application"}, entity="categories")
    with begin_operation(store, "category add", NOW, kind="category") as operation:
        groups.add(operation, "categories", Category("more", "More"))
    assert numbers(store, "categories") == {**before, "more": 1_000_005}


def test_a_number_that_a_grid_of_another_site_has_or_had_is_not_given_twice(store: Store) -> None:
    bring(store, fields("geo", 71), fields("maps", 71, "https://example.org/api/v4/grids"))
    assert numbers(store) == {"geo": 71, "maps": 1_000_002}
    remove(store, 1)
    bring(store, fields("third", 71, "https://third.example/api/v4/grids"))
    undo(store)
    undo(store)
    assert numbers(store) == {"geo": 71, "maps": 1_000_002}


def test_a_grid_that_comes_again_after_an_undo_has_its_number_again(store: Store) -> None:
    bring(store, fields("geo", 71))
    undo(store)
    bring(store, fields("geo", 71))
    assert numbers(store) == {"geo": 71}


@pytest.mark.parametrize("number", [0, 10**15, 10**30])
def test_a_number_that_no_site_has_is_none(store: Store, number: int) -> None:
    bring(store, fields("geo", number))
    assert numbers(store) == {"geo": 1_000_001}


@pytest.mark.parametrize(
    ("url", "number"),
    [
        (f"{SITE}/71/", 71),
        (f"{SITE}/71", 71),
        (f"{SITE}/71.json?format=api#x/9/", 71),
        (f"{SITE}/71.JSON", 71),
        (f"{SITE}/0071/", 71),
        (f"{SITE}/geo/", 1_000_001),
        (f"{SITE}/0/", 1_000_001),
        (f"{SITE}/{10**15}/", 1_000_001),
        (f"{SITE}/-3/", 1_000_001),
        ("71", 71),
        ("", 1_000_001),
        (None, 1_000_001),
    ],
)
def test_a_migration_numbers_what_is_there(url: str | None, number: int) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.load_migrations().apply(Database(connection), stop_before="m007_group_numbers")
    connection.execute("INSERT INTO grids (slug, title, url) VALUES ('geo', 'Geo', ?)", (url,))
    schema.load_migrations().apply(Database(connection))
    assert connection.execute("SELECT id FROM grids").fetchall() == [(number,)]
    assert connection.execute("SELECT min(id), max(id) FROM categories").fetchone() == (1, 4)


def test_of_old_grids_with_one_number_one_in_use_has_it() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.load_migrations().apply(Database(connection), stop_before="m007_group_numbers")
    connection.executemany(
        "INSERT INTO grids (slug, title, url, removed) VALUES (?, 'Grid', ?, ?)",
        [
            ("removed", "https://example.org/grids/71/", 1),
            ("used", f"{SITE}/71/", 0),
            ("second", f"{SITE}/71", 0),
            ("removed-used", f"{SITE}/71.json", 1),
            ("again", f"{SITE}/71/", 1),
        ],
    )
    schema.load_migrations().apply(Database(connection))
    assert dict(connection.execute("SELECT slug, id FROM grids")) == {
        "removed": 1_000_001,
        "used": 71,
        "second": 1_000_003,
        "removed-used": 1_000_004,
        "again": 71,
    }


def test_the_grids_of_a_released_catalog_keep_the_numbers_of_their_site(catalog: Path) -> None:
    shutil.copy(DATA / "catalogs" / "0.1.0.db", catalog)
    with Store.read(catalog, explicit=True) as store:
        found = numbers(store)
    assert {slug: found[slug] for slug in ("forms", "grid-249", "media-handling")} == {
        "forms": 2,
        "grid-249": 249,
        "media-handling": 6,
    }
    assert found["my-grid"] > 1_000_000
