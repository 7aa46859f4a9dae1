"""What grids compare packages by, and what they say of each: features and cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from pkgcat.errors import Conflict, NotFound
from pkgcat.model.change import Change
from pkgcat.model.grid import (
    Feature,
    GridContent,
    check_cell_text,
    check_feature_description,
    check_feature_title,
)
from pkgcat.model.origin import NO_ORIGINS, Origin, Origins
from pkgcat.model.parsing import compact_json
from pkgcat.model.suggest import suggest
from pkgcat.store import Store, grids, groups
from pkgcat.store.operation import Operation
from pkgcat.store.slugs import plan_renames

Cells = dict[tuple[int, int], str]
"""Texts by the keys of feature and package."""


def list_features(store: Store, grid: int) -> list[int]:
    """Return the keys of a grid's features: those that have a place, then the others as they
    came.
    """
    sql = "SELECT key FROM grid_features WHERE grid = ? AND removed = 0 ORDER BY key"
    present = [row[0] for row in store.rows(sql, (grid,))]
    return grids.order_by_places(present, grids.read_places(store, grid, "feature_places"))


def list_titles(store: Store, grid: int) -> list[tuple[str, str]]:
    """Return the titles and descriptions of a grid's features, as they came."""
    sql = "SELECT title, description FROM grid_features WHERE grid = ? AND removed = 0 ORDER BY key"
    return store.rows(sql, (grid,)).fetchall()


def read_cells(store: Store, grid: int) -> Cells:
    """Return what a grid says of its packages, those that were taken off it left out."""
    sql = """SELECT c.feature, c.package, c.text
        FROM grid_features f JOIN grid_cells c ON c.feature = f.key
            JOIN memberships m ON m.name = f.grid AND m.package = c.package
            JOIN packages p ON p.key = c.package
        WHERE f.grid = ? AND f.removed = 0 AND c.removed = 0 AND p.removed = 0"""
    return {(feature, package): text for feature, package, text in store.rows(sql, (grid,))}


def read_content(store: Store, grid: int) -> GridContent:
    """Return a grid with its packages, features and cells, in its order."""
    members = grids.list_packages(store, grid)
    slugs = _read_slugs(store, grid)
    cells = read_cells(store, grid)
    features = []
    for key in list_features(store, grid):
        sql = "SELECT title, description FROM grid_features WHERE key = ?"
        title, description = store.rows(sql, (key,)).fetchone()
        told = {slugs[member]: cells[key, member] for member in members if (key, member) in cells}
        features.append(Feature(title, description, told, key))
    packages = tuple(slugs[member] for member in members)
    return GridContent(grids.read_grid(store, grid), packages, tuple(features))


def _read_slugs(store: Store, grid: int) -> dict[int, str]:
    sql = """SELECT p.key, p.slug FROM memberships m JOIN packages p ON p.key = m.package
        WHERE m.name = ?"""
    return dict(store.rows(sql, (grid,)).fetchall())


def find(store: Store, grid: int, title: str) -> int:
    """Return the key of a feature by its title, in any case; raise NotFound naming the nearest."""
    key = find_by_title(store, grid, title)
    if key is None:
        titles = [each for each, _ in list_titles(store, grid)]
        hint = suggest(title, titles) or _list_titles(titles)
        slug = groups.slug_of(store, "grids", grid)
        raise NotFound(f"the grid {slug} has no feature {title!r}{hint}")
    return key


def _list_titles(titles: Sequence[str]) -> str:
    if not titles:
        return "; it has none yet"
    return f"; it has {', '.join(repr(title) for title in titles[:8])}"


def find_by_title(store: Store, grid: int, title: str) -> int | None:
    """Return the key of a feature by its title, in any case; None where there is none."""
    sql = "SELECT key FROM grid_features WHERE grid = ? AND title = ? AND removed = 0"
    key: int | None = store.value(sql, (grid, title.strip()))
    return key


def find_removed(store: Store, grid: int, title: str) -> int | None:
    """Return the key of the last removed feature of a title, in any case."""
    sql = """SELECT max(key) FROM grid_features WHERE grid = ? AND title = ? AND removed = 1"""
    key: int | None = store.value(sql, (grid, title.strip()))
    return key


def add(
    operation: Operation,
    grid: int,
    title: str,
    description: str = "",
    *,
    origins: Origins = NO_ORIGINS,
) -> int:
    """Add a feature behind the others; raise Conflict where the grid has it already."""
    values: dict[str, Any] = {
        "grid": grid,
        "title": check_feature_title(title),
        "description": check_feature_description(description),
    }
    _check_title_free(operation.store, grid, values["title"])
    return operation.create("grid_features", values, origins=origins)


def edit(
    operation: Operation,
    key: int,
    *,
    title: str | None = None,
    description: str | None = None,
    origin: Origin | None = None,
) -> list[Change]:
    """Set the title or the description of a feature; return what changed."""
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = check_feature_title(title)
        grid = operation.store.value("SELECT grid FROM grid_features WHERE key = ?", (key,))
        _check_title_free(operation.store, grid, values["title"], but=key)
    if description is not None:
        values["description"] = check_feature_description(description)
    return operation.change("grid_features", key, values, origin=origin)


def rename(operation: Operation, grid: int, wanted: Mapping[int, str]) -> set[int]:
    """Give features of a grid other titles, by key, which they may take from each other; return the
    keys of those that changed.

    Raises Conflict where two features would have one title.
    """
    store = operation.store
    sql = "SELECT key, title FROM grid_features WHERE grid = ? AND removed = 0 ORDER BY key"
    current = dict(store.rows(sql, (grid,)).fetchall())
    titles = {key: check_feature_title(title) for key, title in wanted.items()}
    plan = plan_renames(current, titles)
    for key in plan.refused:
        raise _has_feature(store, grid, titles[key])
    changed: set[int] = set()
    for key, title in plan.steps:
        if operation.change("grid_features", key, {"title": title}):
            changed.add(key)
    return changed


def _check_title_free(store: Store, grid: int, title: str, but: int | None = None) -> None:
    sql = """SELECT title FROM grid_features
        WHERE grid = ? AND title = ? AND removed = 0 AND key IS NOT ?"""
    other = store.value(sql, (grid, title, but))
    if other is not None:
        raise _has_feature(store, grid, other)


def _has_feature(store: Store, grid: int, title: str) -> Conflict:
    slug = groups.slug_of(store, "grids", grid)
    return Conflict(f"the grid {slug} has a feature {title!r} already; nothing was stored")


def remove(operation: Operation, key: int) -> None:
    """Take a feature off its grid; what its cells say comes back with it."""
    operation.change("grid_features", key, {"removed": 1})


def set_order(operation: Operation, grid: int, wanted: Sequence[int]) -> bool:
    """Give the features of a grid this order; return whether it was another one."""
    store = operation.store
    if list_features(store, grid) == list(wanted):
        return False
    places = grids.merge_places(wanted, grids.read_places(store, grid, "feature_places"))
    return bool(operation.change("grids", grid, {"feature_places": compact_json(places)}))


def read_cell(store: Store, feature: int, package: int) -> str | None:
    """Return what a cell says; None where that is an open question."""
    sql = "SELECT text FROM grid_cells WHERE feature = ? AND package = ? AND removed = 0"
    text: str | None = store.value(sql, (feature, package))
    return text


def is_cell_stored(store: Store, feature: int, package: int) -> bool:
    """Whether a cell says something, or did."""
    sql = "SELECT 1 FROM grid_cells WHERE feature = ? AND package = ?"
    return store.value(sql, (feature, package)) is not None


def set_cell(
    operation: Operation,
    feature: int,
    package: int,
    text: str | None,
    *,
    origin: Origin | None = None,
) -> bool:
    """Let a cell say something, or nothing (None or an empty text); return whether it said
    something else.
    """
    text = check_cell_text(text) if text and text.strip() else None
    key = compact_json([feature, package])
    if not is_cell_stored(operation.store, feature, package):
        if text is not None:
            values: dict[str, Any] = {"feature": feature, "package": package, "text": text}
            operation.create("grid_cells", values, origin=origin)
        return text is not None
    changed: dict[str, Any] = {"removed": 1} if text is None else {"removed": 0, "text": text}
    return bool(operation.change("grid_cells", key, changed, origin=origin))
