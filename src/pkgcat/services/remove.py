"""Packages taken out of the catalog."""

from collections.abc import Iterable

from pkgcat.store import edits, packages
from pkgcat.store.operation import Operation


def remove_packages(operation: Operation, names: Iterable[str]) -> list[str]:
    """Remove packages by any of their names, each once, and return their slugs.

    Raises NotFound, before anything is removed.
    """
    keys = [packages.find(operation.store, name) for name in names]
    slugs = []
    for key in dict.fromkeys(keys):
        slugs.append(packages.slug(operation.store, key))
        edits.remove(operation, key)
    return slugs
