"""A whole grid edited at once: what differs from before is stored, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pkgcat.errors import Conflict, Invalid
from pkgcat.model.grid import Feature, GridContent
from pkgcat.model.wording import format_count
from pkgcat.services.grids import edit_grid_fields, put_packages, take_packages
from pkgcat.store import grid_features, grids, packages
from pkgcat.store.operation import Operation


class EditedGrid(NamedTuple):
    """A grid as a person wants it: its fields by name, its packages by any of their names, its
    features. A feature without a key is a new one.
    """

    fields: Mapping[str, Any]
    packages: tuple[str, ...]
    features: tuple[Feature, ...]


class GridChanges(NamedTuple):
    """What an edit changed: fields, and how many packages came or left, features and cells."""

    fields: tuple[str, ...]
    packages: int
    features: int
    cells: int
    is_reordered: bool

    def describe(self) -> str:
        """Return what changed in words; an empty text where nothing did."""
        parts = list(self.fields)
        if self.packages:
            parts.append(format_count(self.packages, "package"))
        if self.features:
            parts.append(format_count(self.features, "feature"))
        if self.cells:
            parts.append(format_count(self.cells, "cell"))
        if self.is_reordered:
            parts.append("order")
        return ", ".join(parts)


def check_same_content(operation: Operation, grid: int, before: GridContent) -> None:
    """Raise Conflict where a grid is not as it was."""
    if grid_features.read_content(operation.store, grid) != before:
        raise Conflict(f"{before.grid.slug} was edited meanwhile; nothing was stored")


def edit_grid(
    operation: Operation, grid: int, before: GridContent, after: EditedGrid
) -> GridChanges:
    """Change of a grid what a person wants to be another than before.

    Raises Invalid, NotFound, and Conflict for a feature that comes twice.
    """
    work = _GridEdit(operation, grid, before, after)
    fields = work.edit_fields()
    moved_packages = work.edit_members()
    features = work.edit_features()
    cells = work.edit_cells()
    return GridChanges(fields, moved_packages, features, cells, work.edit_order())


class _GridEdit:
    """One edit of a grid."""

    def __init__(
        self, operation: Operation, grid: int, before: GridContent, after: EditedGrid
    ) -> None:
        self._operation = operation
        self._store = operation.store
        self._grid = grid
        self._before = before
        self._after = after
        self._former = {feature.key: feature for feature in before.features}
        self._members = self._find_packages(after.packages)
        self._features: list[int] = []
        """The keys of the features, in the order in which they are wanted."""

    def _find_packages(self, names: Sequence[str]) -> list[int]:
        keys = [packages.find(self._store, name) for name in names]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise Invalid(f"packages: {names[place]} is named twice")
        return keys

    def edit_fields(self) -> tuple[str, ...]:
        """Change the grid's own fields; return the names of those that changed."""
        stored = self._before.grid._asdict()
        stored["is_locked"] = bool(stored["is_locked"])
        values = {
            name: value for name, value in self._after.fields.items() if value != stored[name]
        }
        changes = edit_grid_fields(self._operation, self._grid, values)
        return tuple(change.field for change in changes)

    def edit_members(self) -> int:
        """Put packages on the grid and take others off it; return how many."""
        known = [packages.key_of(self._store, slug) for slug in self._before.packages]
        present = set(grids.list_packages(self._store, self._grid))
        gone = [key for key in known if key in present and key not in self._members]
        come = [key for key in self._members if key not in known]
        slugs = [packages.slug(self._store, key) for key in gone if key is not None]
        taken = take_packages(self._operation, self._grid, slugs)
        put = put_packages(self._operation, self._grid, come)
        return len(taken.changed) + len(put.changed)

    def edit_features(self) -> int:
        """Remove, change and add features; return how many."""
        kept = [feature.key for feature in self._after.features if feature.key is not None]
        for key in kept:
            if key not in self._former:
                raise Invalid(
                    f"features: there was no feature with the key {key}; a new one has none"
                )
            if kept.count(key) > 1:
                raise Invalid(f"features: the key {key} stands twice; a new feature has none")
        count = 0
        for former in self._former:
            if former is not None and former not in kept:
                grid_features.remove(self._operation, former)
                count += 1
        renamed = self._rename_features()
        for feature in self._after.features:
            if feature.key is None:
                made = grid_features.add(
                    self._operation, self._grid, feature.title, feature.description
                )
                self._features.append(made)
                count += 1
            else:
                count += self._edit_description(feature.key, feature) or feature.key in renamed
                self._features.append(feature.key)
        return count

    def _rename_features(self) -> set[int]:
        """Give features their titles before others are added, which may have a former one; return
        the keys of those that changed.
        """
        wanted = {}
        for feature in self._after.features:
            if feature.key is not None and feature.title != self._former[feature.key].title:
                wanted[feature.key] = feature.title
        return grid_features.rename(self._operation, self._grid, wanted)

    def _edit_description(self, key: int, feature: Feature) -> bool:
        if feature.description == self._former[key].description:
            return False
        return bool(grid_features.edit(self._operation, key, description=feature.description))

    def edit_cells(self) -> int:
        """Change what cells say; return how many."""
        count = 0
        for key, feature in zip(self._features, self._after.features, strict=True):
            former = self._former.get(feature.key) if feature.key is not None else None
            told: Mapping[str, str] = former.cells if former is not None else {}
            for name in dict.fromkeys((*feature.cells, *told)):
                text = feature.cells.get(name, "")
                if text != told.get(name, "") and self._is_asked(name, text):
                    package = grids.find_member(self._store, self._grid, name)
                    count += grid_features.set_cell(self._operation, key, package, text)
        return count

    def _is_asked(self, name: str, text: str) -> bool:
        """Whether a cell is to change: that of a package that was taken off keeps what it says."""
        return bool(text) or packages.key_of(self._store, name) in self._members

    def edit_order(self) -> bool:
        """Give packages and features the order in which they are wanted; return whether that was
        another one.
        """
        is_other = False
        if self._after.packages != self._before.packages:
            members = grids.list_packages(self._store, self._grid)
            wanted = [key for key in self._members if key in members]
            others = [key for key in members if key not in self._members]
            is_other = grids.set_order(self._operation, self._grid, [*wanted, *others])
        if self._features != [feature.key for feature in self._before.features]:
            stored = grid_features.list_features(self._store, self._grid)
            present = [key for key in self._features if key in stored]
            others = [key for key in stored if key not in self._features]
            order = [*present, *others]
            is_other |= grid_features.set_order(self._operation, self._grid, order)
        return is_other
