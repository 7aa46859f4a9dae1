"""Categories and grids of an import: those that its header names, and those of its records."""

from collections.abc import Collection
from typing import Any, NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.grid import Grid
from pkgcat.model.site_addresses import GroupAddress, group_address
from pkgcat.model.types import Values
from pkgcat.services.import_filters import store_filters
from pkgcat.services.import_grids import IncomingContent, read_contents
from pkgcat.services.record_reader import Header, IncomingRecord
from pkgcat.store import Store, group_fields, group_import, group_matching, groups
from pkgcat.store.group_addresses import AddressBook
from pkgcat.store.groups import SINGULAR, Entity
from pkgcat.store.import_slugs import ImportedPackages
from pkgcat.store.log import history
from pkgcat.store.operation import Operation

VERSION = 3
"""The version of pkgcat's own export, in its `pkgcat` key."""

_READABLE_VERSIONS = (1, 2, 3)
"""Version 1, of release 0.1.0, has no origins, and less of categories and grids; version 2 has nothing
of what stands on grids.
"""


class WaitingContent(NamedTuple):
    """What is to be stored on a grid, and how."""

    grid: int
    content: IncomingContent
    is_new: bool
    overwrite: bool


class ImportState:
    """What an import keeps from record to record: what to tell, what is left to do at its end."""

    def __init__(self, store: Store) -> None:
        self.addresses = AddressBook(store)
        self.groups: dict[Entity, dict[str, int]] = {"categories": {}, "grids": {}}
        """The keys of the groups that the header names, by the slugs that it has for them, as they
        are spelt and in lower case.
        """
        self.skipped_groups: dict[Entity, set[str]] = {"categories": set(), "grids": set()}
        """The slugs of the groups of the header that were not stored."""
        self.renamed: list[str] = []
        """A line for each category, grid and package that is called otherwise now."""
        self.notes: list[str] = []
        """A line for each thing that was not stored as the import has it."""
        self.waiting: dict[int, str] = {}
        """The new slugs of packages, by key, where another package has them so far."""
        self.seen = ImportedPackages(store)
        """The packages that records were about."""
        self.postponed: list[tuple[IncomingRecord, bool]] = []
        """Records that are stored at the end, with whether they overwrite."""
        self.whole_site: str | None = None
        """The site that the import has all of."""
        self.ids: set[int] = set()
        """The ids of all records, those that are skipped among them."""
        self.contents: list[WaitingContent] = []
        """What stands on grids of the header, to be stored once the packages are there."""
        self.wanted_grids: Collection[GroupAddress] | None = None
        """The addresses of the grids that the import may add; None for all."""
        self.unwanted_grids: set[GroupAddress] = set()
        """The addresses of the grids of the header that it did not add."""
        self.category_slugs: dict[str, str] = {}
        """The slugs here of the categories that records named, by what they called them."""
        self.group_names: dict[Entity, set[str]] = {"categories": set(), "grids": set()}
        """The last parts of the addresses of the groups that the header names."""

    def note_id(self, record: dict[str, Any]) -> int | None:
        """Return the id of a record if it is a number, noted where the import is a whole site."""
        number = record.get("id")
        if not isinstance(number, int):
            return None
        if self.whole_site is not None:
            self.ids.add(number)
        return number


def store_header(
    operation: Operation,
    header: Header,
    *,
    overwrite: bool = False,
    lenient: bool = False,
    state: ImportState | None = None,
) -> None:
    """Store the categories, grids and filters of an export; a catalog nobody wrote to yet gets just these.

    Elsewhere what a person called them stays unless `overwrite` is set. What breaks a rule is
    refused with Invalid or Conflict; where `lenient` is set it is cut or left out, and reported.
    """
    if header.get("pkgcat") not in _READABLE_VERSIONS:
        version = header.get("pkgcat")
        raise Invalid(
            f"this export has version {version!r}, and {VERSION} is known; upgrade pkgcat"
        )
    state = state or ImportState(operation.store)
    is_fresh = history.beginning(operation.store) is None
    contents = read_contents(header.get("grids"))
    known = {key for key, _ in groups.list_with_keys(operation.store, "grids")}
    entities: tuple[Entity, ...] = ("categories", "grids")
    for entity in entities:
        store_groups(
            operation,
            entity,
            header.get(entity, []),
            overwrite=overwrite,
            lenient=lenient,
            replace=is_fresh,
            state=state,
        )
    store_filters(operation, header.get("filters", []), state.notes, overwrite=overwrite)
    for content in contents:
        key = state.groups["grids"].get(content.slug)
        if key is None or groups.is_removed(operation.store, "grids", key):
            continue
        state.contents.append(WaitingContent(key, content, key not in known, overwrite))


def store_groups(
    operation: Operation,
    entity: Entity,
    rows: Any,
    *,
    overwrite: bool,
    lenient: bool,
    replace: bool = False,
    state: ImportState,
) -> None:
    """Store categories or grids of an import; `replace` leaves the catalog with these alone."""
    if lenient:
        given = group_fields.repair_groups(entity, rows, state.notes)
    else:
        given = group_fields.read_groups(entity, rows)
    taken = group_import.take_groups(
        operation,
        entity,
        given,
        overwrite=overwrite,
        replace=replace,
        wanted=state.wanted_grids if entity == "grids" else None,
    )
    state.unwanted_grids |= taken.unwanted
    state.groups[entity] |= taken.keys
    state.skipped_groups[entity] |= taken.skipped
    for fields in given:
        if "url" in fields:
            state.group_names[entity].add(group_address(str(fields["url"])).name)
    state.renamed += taken.renamed
    state.notes += taken.notes
    state.addresses.clear()
    state.category_slugs.clear()


def name_groups(operation: Operation, values: Values, state: ImportState) -> None:
    """Put the slugs that groups have here in the place of what a record calls them, making grids
    that are not there.

    A group that a person has removed here is left out, and noted; so is one that was skipped, which
    is noted already, and a grid that was not asked for.
    """
    category = values.get("category")
    if isinstance(category, str):
        slug = _find_category(operation, category, state)
        if slug is None:
            del values["category"]
        else:
            values["category"] = slug
    grids = values.get("grids")
    if isinstance(grids, tuple):
        slugs = [_find_group(operation, "grids", str(grid), state) for grid in grids]
        values["grids"] = tuple(dict.fromkeys(slug for slug in slugs if slug is not None))


def _find_category(operation: Operation, given: str, state: ImportState) -> str | None:
    """Return what `_find_group` does; most records name one of few categories."""
    known = state.category_slugs.get(given)
    if known is not None:
        return known
    slug = _find_group(operation, "categories", given, state)
    if slug is not None:
        state.category_slugs[given] = slug
    return slug


def _find_group(operation: Operation, entity: Entity, given: str, state: ImportState) -> str | None:
    """Return the slug of the group that a record names by address or slug; None where it was
    skipped or not asked for, or a person has removed it here.

    A grid that is not there is made. A category is made for an address only: a slug that no
    category has is returned.
    """
    store = operation.store
    if given in state.skipped_groups[entity]:
        return None
    if "://" in given:
        if entity == "grids" and group_address(given) in state.unwanted_grids:
            return None
        key: int | None = group_matching.find_or_add(operation, entity, given, state.addresses)
    else:
        key = _find_key_of_slug(store, entity, given, state)
    if key is None and entity == "categories":
        return given
    if key is None:
        key = groups.add(operation, "grids", Grid(given, given), imported=True)
    slug = groups.slug_of(store, entity, key)
    if groups.is_removed(store, entity, key):
        state.notes.append(groups.describe_removed(entity, slug))
        return None
    return slug


def _find_key_of_slug(store: Store, entity: Entity, slug: str, state: ImportState) -> int | None:
    """Return the key of the group that a slug means in this import: what its header calls so, else
    what is called so.

    Next comes the category that was called so, as none is made, and last a group that a person has
    removed here.
    """
    named = state.groups[entity]
    key = named.get(slug, named.get(slug.lower()))
    if key is None:
        key = groups.key_of(store, entity, slug)
    if key is None and entity == "categories":
        key = state.addresses.find_former_slug(entity, slug)
    if key is None:
        key = group_matching.find_removed_by_person(store, entity, slug, state.addresses)
    return key


def find_missing_groups(store: Store, site: str, state: ImportState) -> list[tuple[str, str]]:
    """Return what they are, and the slugs, of a site's categories and grids that its header does
    not name.
    """
    missing = []
    for entity, names in state.group_names.items():
        for _, group in groups.list_with_keys(store, entity):
            address = group_address(group.url) if group.url else None
            if address and address.site == site and address.has_id and address.name not in names:
                missing.append((SINGULAR[entity], group.slug))
    return missing
