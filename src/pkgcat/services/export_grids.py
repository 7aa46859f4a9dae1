"""What stands on a grid, as an export has it: the places of its packages, its features and cells."""

from collections.abc import Collection
from typing import Any

from pkgcat.model.grid import Feature
from pkgcat.model.origin import ORIGINS_KEY, PERSON
from pkgcat.model.parsing import compact_json
from pkgcat.store import Store, grid_features, grids, packages, writers

CELL_PREFIX = "cells."
"""What precedes the slug of a package where an export says who wrote a cell."""


def describe_content(
    store: Store, key: int, *, exported: Collection[str] | None, with_origins: bool
) -> dict[str, Any]:
    """Return what an export adds to the fields of a grid.

    `exported` are the slugs of the packages that the export has; None means all. `places` names the
    packages that have a place of their own, in their order; where none has, it is left out, and so
    are `features` where there are none.
    """
    content: dict[str, Any] = {}
    places = set(grids.read_places(store, key, "places"))
    placed = []
    for package in grids.list_packages(store, key):
        if package in places:
            placed.append(packages.slug(store, package))
    placed = _choose(placed, exported)
    if placed:
        content["places"] = placed
    features = []
    for feature in grid_features.read_content(store, key).features:
        features.append(_describe_feature(store, feature, exported, with_origins=with_origins))
    if features:
        content["features"] = features
    return content


def _describe_feature(
    store: Store, feature: Feature, exported: Collection[str] | None, *, with_origins: bool
) -> dict[str, Any]:
    cells = {slug: feature.cells[slug] for slug in _choose(list(feature.cells), exported)}
    described: dict[str, Any] = {
        "title": feature.title,
        "description": feature.description,
        "cells": cells,
    }
    if not with_origins:
        return described
    assert feature.key is not None
    by_person = writers.find_fields_by_person(
        store, "grid_features", feature.key, ("title", "description")
    )
    for slug in cells:
        cell = compact_json([feature.key, packages.key_of(store, slug)])
        if writers.is_by_person(store, "grid_cells", cell, "text"):
            by_person.append(f"{CELL_PREFIX}{slug}")
    if by_person:
        described[ORIGINS_KEY] = {PERSON.kind: by_person}
    return described


def _choose(slugs: list[str], exported: Collection[str] | None) -> list[str]:
    if exported is None:
        return slugs
    return [slug for slug in slugs if slug in exported]
