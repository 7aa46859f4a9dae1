"""Categories, as a person works on them."""

from collections.abc import Mapping

from pkgcat.errors import Invalid
from pkgcat.model.category import Category
from pkgcat.model.change import Change
from pkgcat.model.types import SqlValue
from pkgcat.model.wording import make_title
from pkgcat.results.table import Table, text_columns
from pkgcat.services.edit import EditedPackage
from pkgcat.store import Store, categories, edits, groups, packages
from pkgcat.store.operation import Operation

CATEGORY_COLUMNS = ("slug", "title", "title_plural", "description", "url", "packages")


def tabulate_categories(store: Store) -> Table:
    """Return a table of the categories, and of how many packages each has."""
    rows = []
    for one, count in categories.list_with_counts(store):
        rows.append((one.slug, one.title, one.title_plural, one.description, one.url, count))
    columns = text_columns(*CATEGORY_COLUMNS, numbers=("packages",))
    noun = ("category", "categories")
    return Table(columns, rows, drop_to_fit=True, noun=noun, empty="no categories")


def add_category(
    operation: Operation,
    slug: str,
    *,
    title: str | None = None,
    title_plural: str | None = None,
    description: str | None = None,
) -> int:
    """Add a category; titles that are not given are made of the slug.

    Raises Invalid, and Conflict for a slug that is taken.
    """
    name = title or make_title(slug)
    category = Category(slug, name, title_plural or f"{name}s", description or "")
    return groups.add(operation, "categories", category)


def edit_category(operation: Operation, slug: str, values: Mapping[str, SqlValue]) -> list[Change]:
    """Set fields of a category; return what changed.

    Raises NotFound, Invalid, and Conflict for a slug that is taken.
    """
    return groups.edit(operation, "categories", _find(operation, slug), values)


def remove_category(operation: Operation, slug: str) -> None:
    """Remove a category; raise NotFound, or Conflict where a package is in it."""
    groups.remove(operation, "categories", _find(operation, slug))


def merge_categories(operation: Operation, source: str, target: str) -> list[EditedPackage]:
    """Move the packages of one category into another, remove the first, and return the packages.

    Packages that were removed are moved too, so that they can be brought back. Raises NotFound, and
    Invalid where both are one.
    """
    store = operation.store
    source_key = _find(operation, source)
    target_key = _find(operation, target)
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


def _find(operation: Operation, slug: str) -> int:
    return groups.find(operation.store, "categories", slug)
