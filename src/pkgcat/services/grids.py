"""Grids, as a person works on them: which packages are on them, their order, copies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pkgcat.model.change import Change
from pkgcat.model.grid import Grid
from pkgcat.model.types import BOOLEAN, SqlValue
from pkgcat.model.wording import make_title
from pkgcat.results.table import Column, Table, text_columns
from pkgcat.services.edit import PackageEdit, edit_package
from pkgcat.store import Store, grid_features, grids, groups
from pkgcat.store.operation import Operation

GRID_COLUMNS = ("slug", "title", "description", "packages", "features", "is_locked")
FEATURE_COLUMNS = ("title", "description", "answered", "packages")


class MovedPackages(NamedTuple):
    """The slugs of the packages that came onto a grid or left it, and of those that were there, or
    were not there, before.
    """

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def tabulate_grids(store: Store) -> Table:
    """Return a table of the grids, and of how many packages and features each has."""
    rows: list[tuple[SqlValue, ...]] = []
    for grid, members, features in grids.list_with_counts(store):
        is_locked = BOOLEAN.to_sql(bool(grid.is_locked))
        rows.append((grid.slug, grid.title, grid.description, members, features, is_locked))
    columns = (
        *text_columns(*GRID_COLUMNS[:-1], numbers=("packages", "features")),
        Column("is_locked", BOOLEAN, "locked"),
    )
    empty = "no grids yet; 'pkgcat grid add SLUG' makes one"
    return Table(columns, rows, drop_to_fit=True, noun=("grid", "grids"), empty=empty)


def tabulate_features(store: Store, slug: str) -> Table:
    """Return a table of the features of a grid, and of how many packages it tells them; raise
    NotFound.
    """
    content = grid_features.read_content(store, groups.find(store, "grids", slug))
    rows = []
    for feature in content.features:
        answered = len(feature.cells)
        rows.append((feature.title, feature.description, answered, len(content.packages)))
    columns = text_columns(*FEATURE_COLUMNS, numbers=("answered", "packages"))
    empty = f"no features yet; 'pkgcat grid feature add {content.grid.slug} TITLE' adds one"
    return Table(columns, rows, noun=("feature", "features"), empty=empty)


def open_grid(store: Store, slug: str, *, unlock: bool) -> int:
    """Return the key of a grid that is to be changed.

    Raises NotFound, and Conflict where it is locked, unless `unlock` is set.
    """
    key = groups.find(store, "grids", slug)
    if not unlock:
        grids.check_unlocked(store, key)
    return key


def add_grid(operation: Operation, slug: str, title: str | None, description: str) -> int:
    """Add a grid; its title is made of the slug where it has none."""
    return groups.add(operation, "grids", Grid(slug, title or make_title(slug), description))


def edit_grid_fields(
    operation: Operation, grid: int, values: Mapping[str, SqlValue]
) -> list[Change]:
    """Set a grid's own fields; return what changed. Raises Invalid, and Conflict for a slug that
    is taken.
    """
    return groups.edit(operation, "grids", grid, values)


def remove_grid(operation: Operation, grid: int) -> None:
    """Remove a grid; raise Conflict where a package is on it."""
    groups.remove(operation, "grids", grid)


def put_packages(operation: Operation, grid: int, keys: Iterable[int]) -> MovedPackages:
    """Put packages on a grid, behind those that have a place there; the others are in the order of
    their titles.
    """
    return _change_membership(operation, grid, keys, comes=True)


def take_packages(operation: Operation, grid: int, names: Iterable[str]) -> MovedPackages:
    """Take packages off a grid. What its cells say of them comes back when they do.

    Raises NotFound, before anything is taken, for one that is not on it.
    """
    keys = [grids.find_member(operation.store, grid, name) for name in names]
    return _change_membership(operation, grid, keys, comes=False)


def _change_membership(
    operation: Operation, grid: int, keys: Iterable[int], *, comes: bool
) -> MovedPackages:
    store = operation.store
    items = {"grids": (groups.slug_of(store, "grids", grid),)}
    edit = PackageEdit({}, added=items) if comes else PackageEdit({}, removed=items)
    changed, unchanged = [], []
    for key in dict.fromkeys(keys):
        edited = edit_package(operation, key, edit, unlock=True)
        if edited.changes:
            changed.append(edited.slug)
        else:
            unchanged.append(edited.slug)
    return MovedPackages(tuple(changed), tuple(unchanged))


def move_package(operation: Operation, grid: int, name: str, target: str, *, after: bool) -> bool:
    """Move a package right before, or right after, another one on a grid; return whether that was
    another place.

    From then on all packages of the grid have their places, and those that come later are last.
    """
    store = operation.store
    package = grids.find_member(store, grid, name)
    other = grids.find_member(store, grid, target)
    order = grids.list_packages(store, grid)
    return grids.set_order(operation, grid, grids.move_item(order, package, other, after=after))


def add_feature(
    operation: Operation,
    grid: int,
    title: str,
    description: str,
    *,
    target: str | None = None,
    after: bool = False,
) -> int:
    """Add a feature to a grid: behind the others, or right before or right after the `target`."""
    store = operation.store
    other = None if target is None else grid_features.find(store, grid, target)
    key = grid_features.add(operation, grid, title, description)
    if other is not None:
        order = grid_features.list_features(store, grid)
        moved = grids.move_item(order, key, other, after=after)
        grid_features.set_order(operation, grid, moved)
    return key


def move_feature(operation: Operation, grid: int, title: str, target: str, *, after: bool) -> bool:
    """Move a feature right before, or right after, another one of its grid; return whether that
    was another place.
    """
    store = operation.store
    feature = grid_features.find(store, grid, title)
    other = grid_features.find(store, grid, target)
    order = grid_features.list_features(store, grid)
    moved = grids.move_item(order, feature, other, after=after)
    return grid_features.set_order(operation, grid, moved)


def copy_grid(operation: Operation, grid: int, slug: str, title: str | None) -> int:
    """Add a grid with the packages, features and cells of another one, in its order."""
    store = operation.store
    original = grids.read_grid(store, grid)
    made = add_grid(operation, slug, title, original.description)
    members = grids.list_packages(store, grid)
    _change_membership(operation, made, members, comes=True)
    grids.set_order(operation, made, members)
    cells = grid_features.read_cells(store, grid)
    content = grid_features.read_content(store, grid)
    for feature in content.features:
        key = grid_features.add(operation, made, feature.title, feature.description)
        assert feature.key is not None
        _copy_cells(operation, cells, feature.key, key, members)
    return made


def _copy_cells(
    operation: Operation,
    cells: grid_features.Cells,
    original: int,
    copy: int,
    members: Sequence[int],
) -> None:
    for package in members:
        text = cells.get((original, package))
        if text is not None:
            grid_features.set_cell(operation, copy, package, text)


def set_cell(operation: Operation, grid: int, name: str, title: str, text: str | None) -> bool:
    """Let the cell of a package and a feature say something, or nothing; return whether it said
    something else.

    Raises NotFound for a package that is not on the grid, and for a feature that it has not.
    """
    store = operation.store
    package = grids.find_member(store, grid, name)
    feature = grid_features.find(store, grid, title)
    return grid_features.set_cell(operation, feature, package, text)
