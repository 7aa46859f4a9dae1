"""A grid as a comparison: its packages in its order, the usual rows, then a row for each feature."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pkgcat.model.classifiers import find_development_status
from pkgcat.model.grid import Feature
from pkgcat.model.grid_marks import count_ticks
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.model.types import TEXT
from pkgcat.results.comparison import Comparison, ComparisonRow
from pkgcat.services.compare import DEFAULT_ROWS, check_row, compare_packages, read_packages
from pkgcat.services.conditions import read_conditions
from pkgcat.services.list_query import parse_sort
from pkgcat.store import Store, grid_features, grids, groups, packages

FEATURES = "features"
"""What `--fields` calls the rows of all features."""

_STABLE = ("Production/Stable", "Mature")
"""Development statuses 5 and 6 of the trove classifiers."""


class GridFilters(NamedTuple):
    """Which packages of a grid are asked for, in which order and rows.

    `stable` leaves out those whose classifiers do not say that they are stable.
    """

    stable: bool = False
    where: Sequence[str] = ()
    supports: Sequence[str] = ()
    sort: str | None = None
    rows: Sequence[str] = ()


def compare_grid(store: Store, slug: str, now: datetime, filters: GridFilters) -> Comparison:
    """Return a grid as a comparison; raise NotFound, and Invalid for what cannot be asked for."""
    key = groups.find(store, "grids", slug)
    compared = read_packages(store, _choose_packages(store, key, now, filters), now)
    if filters.stable:
        compared = [package for package in compared if _is_stable(package)]
    content = grid_features.read_content(store, key)
    rows = [make_feature_row(feature, compared) for feature in content.features]
    if content.packages:
        empty = f"no package on {content.grid.slug} matches"
    else:
        empty = (
            f"no package is on {content.grid.slug} yet; "
            f"'pkgcat grid put {content.grid.slug} SLUG' puts one there"
        )
    comparison = compare_packages(
        compared,
        rows=[name for name in filters.rows or DEFAULT_ROWS if name != FEATURES],
        more_rows=rows if FEATURES in filters.rows or not filters.rows else (),
        title=content.grid.title,
        fold_equal=False,
        empty=empty,
    )
    return _order_rows(comparison, filters.rows)


def make_feature_row(feature: Feature, compared: Sequence[Package]) -> ComparisonRow:
    """Return the row of a feature: what its cells say, open questions where they say nothing."""
    texts = tuple(feature.cells.get(package.slug) for package in compared)
    ticks = tuple(0 if text is None else count_ticks(text) for text in texts)
    return ComparisonRow(
        f"feature:{feature.title}",
        feature.title,
        TEXT,
        texts,
        is_question=True,
        ticks=ticks if any(ticks) else (),
    )


def check_grid_row(name: str) -> str:
    """Return the name of a row, or FEATURES; raise Invalid naming the nearest."""
    if name == FEATURES:
        return name
    return check_row(name)


def _choose_packages(store: Store, key: int, now: datetime, filters: GridFilters) -> list[int]:
    """Return the keys of the packages that are asked for, in the grid's order or sorted."""
    order = grids.list_packages(store, key)
    if not (filters.where or filters.supports) and filters.sort is None:
        return order
    query = Query(
        now,
        grid=groups.slug_of(store, "grids", key),
        where=read_conditions(store, filters.where, now, filters.supports),
        sort=parse_sort(filters.sort) if filters.sort is not None else (),
    )
    found = packages.keys(store, query)
    if filters.sort is not None:
        return found
    chosen = set(found)
    return [package for package in order if package in chosen]


def _is_stable(package: Package) -> bool:
    return find_development_status(package.pypi_classifiers) in _STABLE


def _order_rows(comparison: Comparison, wanted: Sequence[str]) -> Comparison:
    """Put the rows of features where FEATURES stands among the rows that are wanted."""
    if FEATURES not in wanted:
        return comparison
    place = list(wanted).index(FEATURES)
    count = len(wanted) - 1
    rows, features = comparison.rows[:count], comparison.rows[count:]
    comparison.rows = (*rows[:place], *features, *rows[place:])
    return comparison
