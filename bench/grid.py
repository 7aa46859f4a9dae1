"""A catalog with one grid, whose cells are all filled."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pkgcat.model.query import Query
from pkgcat.services.grids import add_feature, add_grid, put_packages, set_cell
from pkgcat.store import Store, packages
from pkgcat.store.operation import begin_operation

SLUG = "large"
_TEXTS = ("yes", "no", "yes, since 2.0", "+++", "partly: only with an extension of its own", "-")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make_grid(source: Path, target: Path, size: int) -> None:
    """Copy a catalog, and put a grid of so many packages and as many features into it."""
    shutil.copy(source, target)
    with (
        Store.write(target, explicit=True, create=False) as store,
        begin_operation(store, "bench", _NOW, kind="grid") as operation,
    ):
        grid = add_grid(operation, SLUG, None, "")
        keys = packages.keys(store, Query(_NOW, limit=size))
        slugs = [packages.slug(store, key) for key in keys]
        put_packages(operation, grid, keys)
        for number in range(size):
            title = f"Feature number {number}"
            add_feature(operation, grid, title, "")
            for place, slug in enumerate(slugs):
                set_cell(operation, grid, slug, title, _TEXTS[(number + place) % len(_TEXTS)])
