"""Edits as functions over a store: what changes, what is refused, what another edit prevents."""

from datetime import timedelta

import pytest

from pkgcat.errors import Conflict, Invalid
from pkgcat.model.query import Condition, Query
from pkgcat.services.bulk_edit import apply_edits, plan_edits
from pkgcat.services.edit import PackageEdit, edit_package, tabulate_changes
from pkgcat.store import Store, packages
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import add, edit

LATER = NOW + timedelta(hours=1)


def test_an_edit_tells_the_slug_before_and_what_changed(store: Store) -> None:
    key = add(store, "maps", title="Maps")
    with begin_operation(store, "edit", LATER, kind="edit") as operation:
        edited = edit_package(operation, key, PackageEdit({"slug": "tiles", "title": "Tiles"}))
    assert edited.slug == "maps"
    assert packages.slug(store, key) == "tiles"
    rows = list(tabulate_changes(store, [edited]).text_rows())
    assert rows == [("maps", "slug", "maps", "tiles"), ("maps", "title", "Maps", "Tiles")]


def test_nothing_is_planned_where_nothing_would_change(store: Store) -> None:
    add(store, "maps", title="Maps", tags=("geo",))
    add(store, "tiles", title="Tiles")
    change = PackageEdit({}, added={"tags": ("geo",)})
    planned = plan_edits(store, Query(LATER), change, LATER)
    assert [one.edited.slug for one in planned] == ["tiles"]
    tiles = Query(LATER, key=planned[0].key)
    assert next(packages.read(store, tiles)).tags == (), "a plan stores nothing"
    with begin_operation(store, "edit", LATER, kind="edit") as operation:
        apply_edits(operation, planned, change)
    assert next(packages.read(store, tiles)).tags == ("geo",)


def test_a_package_that_was_edited_since_it_was_planned_is_a_conflict(store: Store) -> None:
    key = add(store, "maps", title="Maps")
    query = Query(LATER, where=(Condition("slug", "=", "maps"),))
    change = PackageEdit({"notes": "new"})
    planned = plan_edits(store, query, change, LATER)
    edit(store, key, notes="meanwhile")
    with (
        pytest.raises(Conflict, match="maps was edited meanwhile"),
        begin_operation(store, "edit", LATER, kind="edit") as operation,
    ):
        apply_edits(operation, planned, change)


@pytest.mark.parametrize("name", ["slug", "repo_url", "pypi_url"])
def test_what_one_package_can_have_is_not_set_for_many(name: str) -> None:
    with pytest.raises(Invalid, match="is for one package"):
        PackageEdit({name: "x"}).check_fits_many()
    PackageEdit({name: None, "title": "Same"}).check_fits_many()
