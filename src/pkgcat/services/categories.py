"""Categories merged."""

from pkgcat.errors import Invalid
from pkgcat.services.edit import EditedPackage
from pkgcat.store import edits, groups, packages
from pkgcat.store.operation import Operation


def merge_categories(operation: Operation, source: str, target: str) -> list[EditedPackage]:
    """Move the packages of one category into another, remove the first, and return the packages.

    Packages that were removed are moved too, so that they can be brought back. Raises NotFound, and
    Invalid where both are one.
    """
    store = operation.store
    source_key = groups.find(store, "categories", source)
    target_key = groups.find(store, "categories", target)
    if source_key == target_key:
        raise Invalid(f"category {source} cannot be merged into itself")
    moved = []
    for key in packages.find_in_category(store, source_key, removed=False):
        slug = packages.slug(store, key)
        changes = edits.edit(
            operation, key, {"category": groups.slug_of(store, "categories", target_key)}
        )
        moved.append(EditedPackage(slug, changes))
    for key in packages.find_in_category(store, source_key, removed=True):
        operation.change("packages", key, {"category": target_key})
    groups.remove(operation, "categories", source_key)
    return moved
