"""Grids in the store: places that outlive what comes and goes, features, cells; undo and the past
of each.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.model.grid import Grid
from pkgcat.services import grids as service
from pkgcat.store import Store, edits, grid_features, grids, groups, packages
from pkgcat.store.log import as_of, history, undo
from pkgcat.store.operation import Operation, begin_operation
from tests.conftest import NOW
from tests.store.checks import add, check_whole, edit

HOUR = timedelta(hours=1)
SLUGS = ("ant", "bee", "cat", "dog")


class Shelf:
    """A catalog with the grid `zoo` of four packages; every change is an operation of its own."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.hours = 0
        self.keys = {slug: add(store, slug, title=slug.capitalize()) for slug in SLUGS}
        self.grid = self.do(lambda one: groups.add(one, "grids", Grid("zoo", "Zoo")))
        self.do(lambda one: service.put_packages(one, self.grid, self.keys.values()))

    def do(self, write: Any) -> Any:
        self.hours += 1
        now = NOW + self.hours * HOUR
        with begin_operation(self.store, "grid", now, kind="grid") as operation:
            return write(operation)

    def undo(self, back: int = 0) -> None:
        number = history.listed(self.store)[back].id

        def take_back(operation: Operation) -> None:
            operation.kind = "undo"
            undo.undo(operation, number)

        self.do(take_back)

    def move(self, slug: str, target: str, *, after: bool = False) -> bool:
        return bool(
            self.do(lambda one: service.move_package(one, self.grid, slug, target, after=after))
        )

    def feature(self, title: str) -> int:
        return int(self.do(lambda one: grid_features.add(one, self.grid, title)))

    def say(self, slug: str, title: str, text: str | None) -> bool:
        return bool(self.do(lambda one: service.set_cell(one, self.grid, slug, title, text)))

    @property
    def order(self) -> list[str]:
        return [
            packages.slug(self.store, key) for key in grids.list_packages(self.store, self.grid)
        ]

    @property
    def told(self) -> dict[str, dict[str, str]]:
        content = grid_features.read_content(self.store, self.grid)
        return {feature.title: dict(feature.cells) for feature in content.features}


@pytest.fixture
def zoo(store: Store) -> Shelf:
    return Shelf(store)


def test_a_new_grid_is_in_the_order_of_titles_without_case(zoo: Shelf) -> None:
    assert zoo.order == ["ant", "bee", "cat", "dog"]
    edit(zoo.store, zoo.keys["dog"], title="a dog")
    assert zoo.order == ["dog", "ant", "bee", "cat"]


def test_a_package_is_moved_before_and_behind_another_one(zoo: Shelf) -> None:
    assert zoo.move("dog", "bee")
    assert zoo.order == ["ant", "dog", "bee", "cat"]
    assert zoo.move("ant", "cat", after=True)
    assert zoo.order == ["dog", "bee", "cat", "ant"]
    assert not zoo.move("dog", "bee")
    assert not zoo.move("bee", "bee")


def test_a_package_that_comes_later_is_last_and_undo_of_others_does_not_meet_it(zoo: Shelf) -> None:
    zoo.move("dog", "ant")
    aal = add(zoo.store, "aal", title="Aal")
    zoo.do(lambda one: service.put_packages(one, zoo.grid, [aal]))
    assert zoo.order == ["dog", "ant", "bee", "cat", "aal"]
    zoo.undo(back=2)  # the move
    assert zoo.order == ["aal", "ant", "bee", "cat", "dog"]


@pytest.mark.parametrize("how", ["remove", "take"])
def test_a_package_that_leaves_and_comes_back_stands_in_its_place_again(
    zoo: Shelf, how: str
) -> None:
    zoo.move("dog", "ant")
    zoo.feature("Legs")
    zoo.say("ant", "Legs", "+3")
    before = zoo.order, zoo.told
    if how == "remove":
        zoo.do(lambda one: edits.remove(one, zoo.keys["ant"]))
    else:
        zoo.do(lambda one: service.take_packages(one, zoo.grid, ["ant"]))
    assert zoo.order == ["dog", "bee", "cat"]
    assert zoo.told == {"Legs": {}}
    zoo.undo()
    assert (zoo.order, zoo.told) == before


def test_a_package_that_is_put_back_has_its_place_and_its_cells_after_others_were_moved(
    zoo: Shelf,
) -> None:
    zoo.move("dog", "ant")
    zoo.feature("Legs")
    zoo.say("ant", "Legs", "+3")
    zoo.do(lambda one: service.take_packages(one, zoo.grid, ["ant"]))
    zoo.move("cat", "bee")
    zoo.do(lambda one: service.put_packages(one, zoo.grid, [zoo.keys["ant"]]))
    assert zoo.order == ["dog", "ant", "cat", "bee"]
    assert zoo.told == {"Legs": {"ant": "+3"}}


def test_a_renamed_package_keeps_its_place_and_cells(zoo: Shelf) -> None:
    zoo.move("dog", "ant")
    zoo.feature("Legs")
    zoo.say("ant", "Legs", "+3")
    edit(zoo.store, zoo.keys["ant"], slug="emmet", title="Emmet")
    assert zoo.order == ["dog", "emmet", "bee", "cat"]
    assert zoo.told == {"Legs": {"emmet": "+3"}}


def test_features_stand_as_they_came_until_one_is_moved(zoo: Shelf) -> None:
    for title in ("Legs", "Eyes", "Wings"):
        zoo.feature(title)
    assert list(zoo.told) == ["Legs", "Eyes", "Wings"]
    assert zoo.do(lambda one: service.move_feature(one, zoo.grid, "wings", "EYES", after=False))
    assert list(zoo.told) == ["Legs", "Wings", "Eyes"]
    zoo.undo()
    assert list(zoo.told) == ["Legs", "Eyes", "Wings"]
    zoo.do(lambda one: service.add_feature(one, zoo.grid, "Ears", "", target="Legs"))
    assert list(zoo.told) == ["Ears", "Legs", "Eyes", "Wings"]


def test_a_removed_feature_comes_back_with_its_cells_in_its_place(zoo: Shelf) -> None:
    for title in ("Legs", "Eyes"):
        zoo.feature(title)
    zoo.do(lambda one: service.move_feature(one, zoo.grid, "Eyes", "Legs", after=False))
    zoo.say("ant", "Eyes", "2")
    before = zoo.told
    zoo.do(lambda one: grid_features.remove(one, grid_features.find(zoo.store, zoo.grid, "Eyes")))
    assert zoo.told == {"Legs": {}}
    zoo.undo()
    assert zoo.told == before
    assert list(zoo.told) == ["Eyes", "Legs"]


@pytest.mark.parametrize("title", ["Legs", "LEGS", " legs "])
def test_a_feature_twice_is_a_conflict(zoo: Shelf, title: str) -> None:
    zoo.feature("Legs")
    eyes = zoo.feature("Eyes")
    with pytest.raises(Conflict, match="'Legs' already"):
        zoo.feature(title)
    with pytest.raises(Conflict, match="'Legs' already"):
        zoo.do(lambda one: grid_features.edit(one, eyes, title=title))
    assert zoo.do(lambda one: grid_features.edit(one, eyes, title="EYES"))


def test_a_feature_cannot_come_back_where_another_one_has_its_title(zoo: Shelf) -> None:
    legs = zoo.feature("Legs")
    zoo.do(lambda one: grid_features.remove(one, legs))
    zoo.feature("Legs")
    with pytest.raises(Conflict, match="Legs: its title cannot come back"):
        zoo.undo(back=1)


@pytest.mark.parametrize("title", ["", "  ", "x" * 101, "\ud800", "a\0b", 5])
def test_a_feature_with_a_wrong_title_is_refused(zoo: Shelf, title: Any) -> None:
    with pytest.raises(Invalid):
        zoo.feature(title)


@pytest.mark.parametrize("text", ["x" * 5000, "\ud800", "a\0b", 5])
def test_a_wrong_text_of_a_feature_or_a_cell_is_refused(zoo: Shelf, text: Any) -> None:
    legs = zoo.feature("Legs")
    with pytest.raises(Invalid):
        zoo.do(lambda one: grid_features.add(one, zoo.grid, "Eyes", text))
    with pytest.raises(Invalid):
        zoo.do(lambda one: grid_features.edit(one, legs, description=text))
    if isinstance(text, str):
        with pytest.raises(Invalid):
            zoo.say("ant", "Legs", text)
    assert zoo.told == {"Legs": {}}


def test_an_unknown_feature_is_told_with_the_nearest(zoo: Shelf) -> None:
    with pytest.raises(NotFound, match="the grid zoo has no feature 'Legs'; it has none yet"):
        zoo.say("ant", "Legs", "+")
    zoo.feature("Legs")
    with pytest.raises(NotFound, match="did you mean 'Legs'"):
        zoo.say("ant", "Leg", "+")
    with pytest.raises(NotFound, match="it has 'Legs'"):
        zoo.say("ant", "zzz", "+")


def test_a_cell_says_something_something_else_and_nothing(zoo: Shelf) -> None:
    zoo.feature("Legs")
    assert not zoo.say("ant", "Legs", None)
    for text in ("+", "yes, six", "--2"):
        assert zoo.say("ant", "Legs", text)
        assert not zoo.say("ant", "Legs", text)
        assert zoo.told == {"Legs": {"ant": text}}
    assert zoo.say("ant", "Legs", " \n")
    assert zoo.told == {"Legs": {}}
    assert not zoo.say("ant", "Legs", "")
    assert zoo.say("ant", "Legs", "again")
    for expected in ({}, {"ant": "--2"}, {"ant": "yes, six"}, {"ant": "+"}, {}):
        number = history.last(zoo.store).id

        def take_back(operation: Operation, number: int = number) -> None:
            operation.kind = "undo"
            undo.undo(operation, number)

        zoo.do(take_back)
        assert zoo.told == {"Legs": expected}


def test_a_cell_of_a_package_that_is_not_on_the_grid_is_not_found(zoo: Shelf) -> None:
    zoo.feature("Legs")
    add(zoo.store, "eel")
    with pytest.raises(NotFound, match="eel is not on the grid zoo"):
        zoo.say("eel", "Legs", "no")
    with pytest.raises(NotFound, match="eel is not on the grid zoo"):
        zoo.move("eel", "ant")


def test_a_conflict_of_a_cell_names_the_package_and_the_feature(zoo: Shelf) -> None:
    zoo.feature("Legs")
    zoo.say("ant", "Legs", "4")
    zoo.say("ant", "Legs", "6")
    zoo.say("ant", "Legs", "8")
    with pytest.raises(Conflict, match="ant, Legs: text was changed since, from '6' to '8'"):
        zoo.undo(back=1)


def test_the_past_of_a_grid_is_seen(zoo: Shelf, catalog: Path) -> None:
    zoo.feature("Legs")
    zoo.say("ant", "Legs", "4")
    then, order, told = zoo.hours, zoo.order, zoo.told
    zoo.move("dog", "ant")
    zoo.say("ant", "Legs", "6")
    zoo.feature("Eyes")
    zoo.do(lambda one: service.take_packages(one, zoo.grid, ["bee"]))
    with Store.read(catalog, explicit=True) as past:
        as_of.go_back(past, NOW + then * HOUR, NOW + 99 * HOUR)
        zoo.store, real = past, zoo.store
        assert (zoo.order, zoo.told) == (order, told)
        zoo.store = real
    check_whole(zoo.store)


def test_a_copy_has_everything_in_the_same_order(zoo: Shelf) -> None:
    for title in ("Legs", "Eyes"):
        zoo.feature(title)
    zoo.move("dog", "ant")
    zoo.do(lambda one: service.move_feature(one, zoo.grid, "Eyes", "Legs", after=False))
    zoo.say("bee", "Legs", "6")
    made = zoo.do(lambda one: service.copy_grid(one, zoo.grid, "ark", None))
    original = grid_features.read_content(zoo.store, zoo.grid)
    copy = grid_features.read_content(zoo.store, made)
    assert copy.grid == Grid("ark", "Ark")
    assert copy.packages == original.packages
    for one, other in zip(copy.features, original.features, strict=True):
        assert one._replace(key=None) == other._replace(key=None)
    zoo.undo()
    assert groups.key_of(zoo.store, "grids", "ark") is None


@given(
    wanted=st.lists(st.integers(0, 9), unique=True),
    former=st.lists(st.integers(0, 9)),
)
def test_places_have_the_wanted_order_and_lose_nothing(
    wanted: list[int], former: list[int]
) -> None:
    merged = grids.merge_places(wanted, former)
    assert [key for key in merged if key in wanted] == wanted
    assert sorted(merged) == sorted({*wanted, *former})
    assert grids.order_by_places(sorted(wanted), merged) == wanted


@given(order=st.lists(st.integers(0, 9), unique=True))
def test_what_is_gone_stays_behind_what_was_before_it(order: list[int]) -> None:
    present = order[::2]
    assert grids.merge_places(present, order) == order


def test_a_catalog_with_places_that_are_none_is_read(zoo: Shelf) -> None:
    with zoo.store.transaction():
        zoo.store.rows("""UPDATE grids SET places = '[null, "x", 3, 3, 99, 1]'""")
    assert zoo.order == ["cat", "ant", "bee", "dog"]


@pytest.fixture
def ark(zoo: Shelf) -> int:
    """Another grid, with one of the packages and with a feature of the same title."""
    key = int(zoo.do(lambda one: groups.add(one, "grids", Grid("ark", "Ark"))))
    zoo.do(lambda one: service.put_packages(one, key, [zoo.keys["dog"]]))
    zoo.do(lambda one: service.add_feature(one, key, "Legs", "of the ark"))
    zoo.do(lambda one: service.set_cell(one, key, "dog", "Legs", "ark"))
    return key


def test_grids_are_listed_with_the_packages_and_features_that_are_there(
    zoo: Shelf, ark: int
) -> None:
    legs = zoo.feature("Legs")
    zoo.feature("Eyes")
    zoo.do(lambda one: grid_features.remove(one, legs))
    zoo.do(lambda one: edits.remove(one, zoo.keys["ant"]))
    zoo.do(lambda one: service.take_packages(one, zoo.grid, ["bee"]))
    listed = grids.list_with_counts(zoo.store)
    assert [(one.grid.slug, one.packages, one.features) for one in listed] == [
        ("ark", 1, 1),
        ("zoo", 2, 1),
    ]
    assert grids.list_titles(zoo.store, zoo.grid) == [("cat", "Cat"), ("dog", "Dog")]
    assert grid_features.list_titles(zoo.store, zoo.grid) == [("Eyes", "")]
    assert grid_features.list_titles(zoo.store, ark) == [("Legs", "of the ark")]


def test_the_cells_of_a_grid_are_those_of_what_is_there(zoo: Shelf, ark: int) -> None:
    legs, eyes = zoo.feature("Legs"), zoo.feature("Eyes")
    for slug in SLUGS:
        for title in ("Legs", "Eyes"):
            zoo.say(slug, title, f"{slug} {title}")
    zoo.do(lambda one: grid_features.remove(one, eyes))
    zoo.do(lambda one: service.take_packages(one, zoo.grid, ["ant"]))
    zoo.do(lambda one: edits.remove(one, zoo.keys["bee"]))
    zoo.say("cat", "Legs", None)
    assert grid_features.read_cells(zoo.store, zoo.grid) == {(legs, zoo.keys["dog"]): "dog Legs"}
    assert grid_features.read_cell(zoo.store, legs, zoo.keys["cat"]) is None
    assert grid_features.read_cell(zoo.store, legs, zoo.keys["dog"]) == "dog Legs"


def test_a_feature_is_known_by_its_title_on_its_own_grid(zoo: Shelf, ark: int) -> None:
    find, find_removed = grid_features.find_by_title, grid_features.find_removed
    assert find(zoo.store, zoo.grid, "Legs") is None
    former, kept = zoo.feature("Eyes"), zoo.feature("Ears")
    zoo.do(lambda one: grid_features.remove(one, former))
    last = zoo.feature("Eyes")
    zoo.do(lambda one: grid_features.remove(one, last))
    assert find(zoo.store, zoo.grid, " eyes ") is None
    assert find_removed(zoo.store, zoo.grid, " eyes ") == last
    assert find_removed(zoo.store, ark, "Eyes") is None
    assert find_removed(zoo.store, zoo.grid, "Ears") is None
    assert find(zoo.store, zoo.grid, "EARS") == kept


def test_a_move_to_where_a_thing_stands_already_is_no_operation(zoo: Shelf) -> None:
    zoo.feature("Legs")
    zoo.feature("Eyes")
    before = history.count_operations(zoo.store)
    assert not zoo.move("bee", "ant", after=True)
    assert not zoo.do(lambda one: service.move_feature(one, zoo.grid, "Eyes", "Legs", after=True))
    assert history.count_operations(zoo.store) == before
