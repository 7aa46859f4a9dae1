"""Tags renamed in all packages."""

from pkgcat.errors import Invalid
from pkgcat.model.fields import FIELDS
from pkgcat.model.query import Query
from pkgcat.services.edit import EditedPackage
from pkgcat.store import edits, packages, tags
from pkgcat.store.operation import Operation


def rename_tag(operation: Operation, old: str, new: str) -> list[EditedPackage]:
    """Give all packages that have a tag another one in its place, and return them; one that has both
    keeps one.

    Raises NotFound where no package has the tag, Invalid for a new one that is empty.
    """
    store = operation.store
    name = str(FIELDS["tags"].type.parse_json("tags", [new])[0]).strip()  # type: ignore[index]  # a tuple
    if not name:
        raise Invalid("the new tag is empty")
    edited = []
    for key in tags.find_tagged(store, old):
        package = next(packages.read(store, Query(operation.now, key=key)))
        kept = [tag for tag in package.tags if not _is_same(tag, old) and not _is_same(tag, name)]
        changes = edits.edit(operation, key, {"tags": (*kept, name)})
        edited.append(EditedPackage(package.slug, changes))
    return edited


def _is_same(tag: str, other: str) -> bool:
    """Whether two tags are one, as SQLite's NOCASE compares them: it knows ASCII only."""
    return tag.encode().lower() == other.encode().lower()
