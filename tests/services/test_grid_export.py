"""What stands on grids goes out with an export and comes back the same; what a person wrote stays."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from pkgcat.errors import Conflict, Invalid
from pkgcat.model.grid import Grid
from pkgcat.model.origin import Origin
from pkgcat.model.query import Condition, Query
from pkgcat.services import grids as service
from pkgcat.services.exporting import write_export
from pkgcat.services.import_report import ImportReport
from pkgcat.services.importing import import_entries
from pkgcat.services.record_reader import read_records
from pkgcat.store import Store, edits, grid_features, grids, groups, packages
from pkgcat.store.operation import begin_operation
from tests.conftest import NOW
from tests.store.checks import add, check_whole, edit


def do(store: Store, write: Any) -> Any:
    with begin_operation(store, "grid", NOW, kind="grid") as operation:
        return write(operation)


def export(store: Store, *, by_line: bool = True, **query: Any) -> str:
    out = io.StringIO()
    write_export(store, Query(NOW, **query), out, by_line=by_line)
    return out.getvalue()


def take(store: Store, text: str, *, overwrite: bool = False) -> ImportReport:
    with begin_operation(
        store, "import x", NOW, kind="import", origin=Origin("file", "x")
    ) as operation:
        return import_entries(
            operation, read_records(io.StringIO(text)), overwrite=overwrite, lenient=False
        )


def grid_of(store: Store, slug: str = "zoo") -> int:
    return groups.find(store, "grids", slug)


def content(store: Store, slug: str = "zoo") -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    found = grid_features.read_content(store, grid_of(store, slug))
    return found.packages, {feature.title: dict(feature.cells) for feature in found.features}


@pytest.fixture
def zoo(store: Store) -> Store:
    """A locked grid of four packages with places, and one without; features that were moved."""
    keys = {slug: add(store, slug, title=slug.title()) for slug in ("ant", "bee", "cat", "dog")}
    grid = do(store, lambda one: groups.add(one, "grids", Grid("zoo", "Zoo", "Beasts")))
    do(store, lambda one: groups.add(one, "grids", Grid("ark", "Ark")))
    do(store, lambda one: service.put_packages(one, grid, keys.values()))
    for title in ("Legs", "Eyes", "Wings"):
        do(store, lambda one, title=title: service.add_feature(one, grid, title, f"{title}?"))
    do(store, lambda one: service.move_package(one, grid, "dog", "bee", after=False))
    do(store, lambda one: service.move_feature(one, grid, "Wings", "Legs", after=False))
    for slug, title, text in (
        ("ant", "Legs", "6\n+"),
        ("cat", "Legs", "-- 4"),
        ("bee", "Wings", "ü"),
    ):
        do(
            store,
            lambda one, cell=(slug, title, text): service.set_cell(one, grid, *cell),
        )
    aal = add(store, "aal", title="Aal")
    do(store, lambda one: service.put_packages(one, grid, [aal]))
    do(store, lambda one: edits.remove(one, keys["cat"]))
    do(store, lambda one: groups.edit(one, "grids", grid, {"is_locked": True}))
    return store


@pytest.fixture
def other(tmp_path: Path) -> Any:
    with Store.write(tmp_path / "other.db", explicit=True, create=True) as opened:
        yield opened


@pytest.mark.parametrize("by_line", [True, False])
def test_an_export_of_an_import_is_the_same_text(zoo: Store, other: Store, by_line: bool) -> None:
    text = export(zoo, by_line=by_line)
    assert take(other, text).notes == []
    assert (
        content(other)
        == content(zoo)
        == (
            ("ant", "dog", "bee", "aal"),
            {"Wings": {"bee": "ü"}, "Legs": {"ant": "6\n+"}, "Eyes": {}},
        )
    )
    assert export(other, by_line=by_line) == text
    assert grids.read_grid(other, grid_of(other)).is_locked is True
    check_whole(other)


def test_a_second_import_changes_nothing(zoo: Store, other: Store) -> None:
    text = export(zoo)
    take(other, text)
    before = other.value("SELECT count(*) FROM changes")
    assert take(other, text).notes == []
    assert other.value("SELECT count(*) FROM changes") == before


def test_exports_of_older_versions_are_read(zoo: Store, other: Store) -> None:
    lines = export(zoo).splitlines()
    header = json.loads(lines[0])
    assert header["pkgcat"] == 3
    for grid in header["grids"]:
        grid.pop("places", None)
        grid.pop("features", None)
    for version in (1, 2):
        take(other, "\n".join([json.dumps({**header, "pkgcat": version}), *lines[1:]]))
        assert content(other) == (("aal", "ant", "bee", "dog"), {})
    with pytest.raises(Invalid, match="version 4"):
        take(other, json.dumps({**header, "pkgcat": 4}))


def test_what_a_person_wrote_stays_until_overwritten(zoo: Store, other: Store) -> None:
    text = export(zoo).replace('"origins"', '"ignored"')
    take(other, text)
    grid = grid_of(other)
    do(other, lambda one: service.set_cell(one, grid, "ant", "Legs", "mine"))
    do(other, lambda one: service.set_cell(one, grid, "dog", "Legs", "mine"))
    do(other, lambda one: service.set_cell(one, grid, "bee", "Wings", None))
    do(other, lambda one: service.move_package(one, grid, "aal", "ant", after=False))
    mine = content(other)
    report = take(other, text)
    assert content(other) == mine
    assert "your words stay in 2 cells" in " ".join(report.notes)
    take(other, text, overwrite=True)
    packages_, told = content(other)
    assert packages_ == ("ant", "dog", "bee", "aal")
    assert told == {"Wings": {"bee": "ü"}, "Legs": {"ant": "6\n+", "dog": "mine"}, "Eyes": {}}


def test_what_an_import_wrote_the_next_one_renews(zoo: Store, other: Store) -> None:
    take(other, export(zoo).replace('"origins"', '"ignored"'))
    grid = grid_of(zoo)
    do(zoo, lambda one: service.set_cell(one, grid, "ant", "Legs", "six"))
    do(zoo, lambda one: service.add_feature(one, grid, "Ears", ""))
    legs = grid_features.find(zoo, grid, "Legs")
    do(zoo, lambda one: grid_features.edit(one, legs, description="how many"))
    take(other, export(zoo))
    assert content(other)[1]["Legs"] == {"ant": "six"}
    assert list(content(other)[1]) == ["Wings", "Legs", "Eyes", "Ears"]
    key = grid_features.find(other, grid_of(other), "Legs")
    sql = "SELECT description FROM grid_features WHERE key = ?"
    assert other.value(sql, (key,)) == "how many"


def test_a_removed_feature_and_a_removed_grid_stay_removed_and_that_is_told(
    zoo: Store, other: Store
) -> None:
    text = export(zoo)
    take(other, text)
    legs = grid_features.find(other, grid_of(other), "Legs")
    do(other, lambda one: grid_features.remove(one, legs))
    do(other, lambda one: groups.remove(one, "grids", grid_of(other, "ark")))
    notes = " ".join(take(other, text).notes)
    assert "feature Legs of the grid zoo was removed here and stays removed" in notes
    assert "grid ark was removed here and stays removed" in notes
    assert list(content(other)[1]) == ["Wings", "Eyes"]


def test_cells_follow_a_package_that_is_called_otherwise_here(zoo: Store, other: Store) -> None:
    lines = [json.loads(line) for line in export(zoo).splitlines()]
    for line in lines[1:]:
        line["site"] = "djangopackages.org"
    text = "\n".join(map(json.dumps, lines))
    take(other, text.replace('{"ant": "6\\n+"}', "{}"))
    assert content(other)[1]["Legs"] == {}
    edit(other, packages.find(other, "ant"), slug="emmet")
    take(other, text)
    assert content(other)[1]["Legs"] == {"emmet": "6\n+"}


def test_a_part_of_a_catalog_has_the_cells_of_its_packages(zoo: Store, other: Store) -> None:
    text = export(zoo, where=(Condition("slug", "=", "ant"),))
    assert take(other, text).notes == []
    assert content(other) == (("ant",), {"Wings": {}, "Legs": {"ant": "6\n+"}, "Eyes": {}})


def test_cells_of_packages_that_are_not_on_the_grid_are_counted_and_left_out(
    zoo: Store, other: Store
) -> None:
    take(other, export(zoo))
    do(other, lambda one: edits.remove(one, packages.find(other, "ant")))
    header = export(zoo).splitlines()[0]
    notes = " ".join(take(other, header).notes)
    assert "grid zoo: 1 cell left out, of packages that are not on it here" in notes


@pytest.mark.parametrize(
    ("grid", "error", "clue"),
    [
        ({"places": "x"}, Invalid, "places"),
        ({"places": [1]}, Invalid, "places"),
        ({"features": {}}, Invalid, "features"),
        ({"features": [1]}, Invalid, "feature"),
        ({"features": [{}]}, Invalid, "title"),
        ({"features": [{"title": " "}]}, Invalid, "title"),
        ({"features": [{"title": "x" * 101}]}, Invalid, "101"),
        ({"features": [{"title": "x", "description": 5}]}, Invalid, "description"),
        ({"features": [{"title": "x", "cells": []}]}, Invalid, "cells"),
        ({"features": [{"title": "x", "cells": {"a": 5}}]}, Invalid, "text"),
        ({"features": [{"title": "x", "cells": {"a": "y" * 1001}}]}, Invalid, "1,001"),
        ({"features": [{"title": "x"}, {"title": "X"}]}, Conflict, "twice"),
    ],
)
def test_what_breaks_a_rule_is_refused_whole(
    store: Store, grid: dict[str, Any], error: type[Exception], clue: str
) -> None:
    header = {"pkgcat": 3, "categories": [], "grids": [{"slug": "g", "title": "G", **grid}]}
    with pytest.raises(error, match=clue):
        take(store, json.dumps(header))
    assert grids.list_grids(store) == []
