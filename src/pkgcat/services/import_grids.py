"""What stands on the grids of an import: places, features and cells, stored once its packages are
there.
"""

from typing import Any, NamedTuple

from pkgcat.errors import Conflict, Invalid
from pkgcat.model.grid import check_cell_text, check_feature_description, check_feature_title
from pkgcat.model.json_text import shorten_json
from pkgcat.model.origin import ORIGINS_KEY, PERSON, Origin
from pkgcat.model.parsing import compact_json, parse_text
from pkgcat.model.wording import format_count
from pkgcat.services.export_grids import CELL_PREFIX
from pkgcat.store import grid_features, grids, groups, packages, writers
from pkgcat.store.import_slugs import ImportedPackages
from pkgcat.store.operation import Operation


class IncomingFeature(NamedTuple):
    """A feature as an export has it; `by_person` has the names of what a person wrote."""

    title: str
    description: str
    cells: dict[str, str]
    by_person: frozenset[str]


class IncomingContent(NamedTuple):
    """What an export says of the grid that it calls by a slug."""

    slug: str
    places: tuple[str, ...]
    features: tuple[IncomingFeature, ...]


def read_contents(rows: Any) -> list[IncomingContent]:
    """Read what stands on the grids of an export; raise Invalid where that breaks a rule, Conflict
    where a grid has a feature twice.
    """
    if not isinstance(rows, list):
        return []
    contents = []
    for row in rows:
        if isinstance(row, dict) and ("places" in row or "features" in row):
            contents.append(_read_content(row))
    return contents


def _read_content(row: dict[str, Any]) -> IncomingContent:
    slug = str(row.get("slug"))
    try:
        places = _check_type("places", row.get("places", []), list)
        given = _check_type("features", row.get("features", []), list)
        features = tuple(_read_feature(feature) for feature in given)
        slugs = tuple(parse_text("places", place) for place in places)
    except Invalid as error:
        raise Invalid(f"grid {slug!r}: {error}") from error
    titles: set[str] = set()
    for feature in features:
        folded = feature.title.lower()
        if folded in titles:
            raise Conflict(f"grid {slug!r}: the feature {feature.title!r} is named twice")
        titles.add(folded)
    return IncomingContent(slug, tuple(dict.fromkeys(slugs)), features)


def _read_feature(given: Any) -> IncomingFeature:
    fields = _check_type("feature", given, dict)
    cells = _check_type("cells", fields.get("cells", {}), dict)
    origins = fields.get(ORIGINS_KEY)
    names = origins.get(PERSON.kind) if isinstance(origins, dict) else None
    by_person = frozenset(map(str, names)) if isinstance(names, list) else frozenset()
    return IncomingFeature(
        check_feature_title(fields.get("title")),
        check_feature_description(fields.get("description", "")),
        {slug: check_cell_text(text) for slug, text in cells.items()},
        by_person,
    )


def _check_type(name: str, given: Any, expected: type) -> Any:
    if not isinstance(given, expected):
        noun = "a list" if expected is list else "an object"
        raise Invalid(f"{name}: {shorten_json(given, 60)} is not {noun}")
    return given


def store_content(
    operation: Operation,
    key: int,
    content: IncomingContent,
    seen: ImportedPackages,
    *,
    is_new: bool,
    overwrite: bool,
) -> list[str]:
    """Store what an import says of a grid, and return what is to be told.

    What a person wrote stays unless `overwrite` is set, and so does the order of a grid that is not
    new. A feature that a person has removed here stays removed. Cells of packages that are not on
    the grid are left out.
    """
    work = _ContentImport(operation, key, seen, overwrite=overwrite)
    stored = [work.store_feature(feature) for feature in content.features]
    if is_new or overwrite:
        work.store_order(content.places, [feature for feature in stored if feature is not None])
    return work.sum_up()


class _ContentImport:
    """What stands on one grid, on its way into the catalog."""

    def __init__(
        self, operation: Operation, grid: int, seen: ImportedPackages, *, overwrite: bool
    ) -> None:
        self._operation = operation
        self._store = operation.store
        self._grid = grid
        self._seen = seen
        self._overwrite = overwrite
        self._members = set(grids.list_packages(operation.store, grid))
        self._notes: list[str] = []
        self._kept = 0
        self._left_out = 0

    def store_feature(self, feature: IncomingFeature) -> int | None:
        """Add or change a feature and its cells; return its key, None where it stays removed."""
        key = grid_features.find_by_title(self._store, self._grid, feature.title)
        if key is None:
            if self._was_removed(feature.title):
                slug = groups.slug_of(self._store, "grids", self._grid)
                self._notes.append(
                    f"feature {feature.title} of the grid {slug} was removed here and stays removed"
                )
                return None
            origins: dict[str, Origin] = {}
            for name in ("title", "description"):
                if name in feature.by_person:
                    origins[name] = PERSON
            key = grid_features.add(
                self._operation, self._grid, feature.title, feature.description, origins=origins
            )
        elif self._may_change("grid_features", key, "description"):
            grid_features.edit(
                self._operation,
                key,
                description=feature.description,
                origin=self._find_origin("description", feature),
            )
        for slug, text in feature.cells.items():
            self._store_cell(key, slug, text, self._find_origin(f"{CELL_PREFIX}{slug}", feature))
        return key

    def _was_removed(self, title: str) -> bool:
        """Whether a person has removed the last feature of a title."""
        removed = grid_features.find_removed(self._store, self._grid, title)
        return removed is not None and writers.is_by_person(
            self._store, "grid_features", removed, "removed"
        )

    def _find_origin(self, name: str, feature: IncomingFeature) -> Origin:
        return PERSON if name in feature.by_person else self._operation.origin

    def _may_change(self, table: str, key: int | str, field: str) -> bool:
        return self._overwrite or not writers.is_by_person(self._store, table, key, field)

    def _store_cell(self, feature: int, slug: str, text: str, origin: Origin) -> None:
        package = self._find_package(slug)
        if package not in self._members or package is None:
            self._left_out += 1
            return
        if grid_features.read_cell(self._store, feature, package) == text:
            return
        key = compact_json([feature, package])
        if grid_features.is_cell_stored(self._store, feature, package) and not (
            self._may_change("grid_cells", key, "text")
            and self._may_change("grid_cells", key, "removed")
        ):
            self._kept += 1
            return
        grid_features.set_cell(self._operation, feature, package, text, origin=origin)

    def _find_package(self, slug: str) -> int | None:
        """Return the package that the import, or else the catalog, calls by a slug."""
        found = self._seen.find_by_slug(slug)
        return packages.key_of(self._store, slug) if found is None else found

    def store_order(self, places: tuple[str, ...], features: list[int]) -> None:
        """Give packages their places, and features their order."""
        keys = [self._find_package(slug) for slug in places]
        placed = [key for key in dict.fromkeys(keys) if key is not None and key in self._members]
        grids.set_places(self._operation, self._grid, placed)
        others = grid_features.list_features(self._store, self._grid)
        order = list(dict.fromkeys([*features, *others]))
        grid_features.set_order(self._operation, self._grid, order)

    def sum_up(self) -> list[str]:
        """Return what is to be told."""
        slug = groups.slug_of(self._store, "grids", self._grid)
        if self._kept:
            self._notes.append(
                f"grid {slug}: your words stay in {format_count(self._kept, 'cell')}; "
                "the import has others"
            )
        if self._left_out:
            count = format_count(self._left_out, "cell")
            self._notes.append(
                f"grid {slug}: {count} left out, of packages that are not on it here"
            )
        return self._notes
