"""Edits of packages by a person."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.change import Change
from pkgcat.model.fields import EDITABLE, FIELDS, PINNABLE, check_field
from pkgcat.model.query import Query
from pkgcat.model.suggest import suggest
from pkgcat.model.types import SqlValue, Value, Values
from pkgcat.results.table import Table, text_columns
from pkgcat.services.decisions import check_days, complete_decision
from pkgcat.services.user_values import validate_user_value
from pkgcat.store import Store, edits, grids, groups, packages
from pkgcat.store.duplicates import ADDRESS_FIELDS, check_no_duplicate
from pkgcat.store.log import history
from pkgcat.store.operation import Operation

PIN_FIELDS = ("pinned", "upstream_values")
"""Fields that change along with a fact that a person sets."""

DEPENDENT_FIELDS = ("modified", "upstream_values", "decided")
"""Fields whose changes follow from others, and are left out of tables of changes."""

_FIELDS_OF_ONE = {"slug", "repo_url", "pypi_url"}
"""Fields whose value names one package."""


class PackageEdit(NamedTuple):
    """What a person wants to change of a package.

    `fields` are set to these values; None means unknown. `added` and `removed` are items of
    fields that are lists. `unpinned` are facts that refresh is to write again.
    """

    fields: Mapping[str, Any]
    added: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    removed: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    unpinned: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not any(self)

    def check_items(self) -> None:
        """Raise Invalid where an item is both added and removed."""
        for name, added in self.added.items():
            removed = {item.strip().casefold() for item in self.removed.get(name, ())}
            for item in added:
                if item.strip().casefold() in removed:
                    raise Invalid(f"{name}: {item!r} is both added and taken away")

    def check_fits_many(self) -> None:
        """Raise Invalid where it sets what names one package."""
        for name in _FIELDS_OF_ONE:
            if self.fields.get(name):
                raise Invalid("a slug or address is for one package; edit them one by one")


class EditedPackage(NamedTuple):
    """What an edit changed of a package, which had this slug before."""

    slug: str
    changes: list[Change]


def edit_package(
    operation: Operation,
    key: int,
    edit: PackageEdit,
    *,
    rev: int | None = None,
    unlock: bool = False,
) -> EditedPackage:
    """Edit a package.

    Raises Conflict where `rev` is given and the package has another revision by now, where an
    address makes it a duplicate, or where it would come onto or leave a locked grid, unless
    `unlock` is set; Invalid and NotFound for values that do not fit.
    """
    store = operation.store
    edits.check_revision(store, key, rev)
    slug = packages.slug(store, key)
    values: Values = {}
    for name, given in edit.fields.items():
        values[name] = validate_user_value(store, name, given)
    for name in dict.fromkeys((*edit.added, *edit.removed)):
        items = values[name] if name in values else _read_items(operation, key, name)
        assert isinstance(items, tuple)
        added, removed = edit.added.get(name, ()), edit.removed.get(name, ())
        values[name] = _change_items(map(str, items), added, removed)
    if values.get("replaced_by") == slug:
        raise Invalid(f"replaced_by: {slug} cannot be replaced by itself")
    _check_no_duplicate(operation, key, values)
    check_days(values, operation.now)
    values = complete_decision(store, key, values, operation.now)
    if "grids" in values and not unlock:
        _check_locks(operation, key, values["grids"])
    changes: list[Change] = []
    if edit.unpinned:
        changes += edits.unpin(operation, key, set(edit.unpinned))
    changes += edits.edit(operation, key, values)
    return EditedPackage(slug, changes)


def _check_no_duplicate(operation: Operation, key: int, values: Values) -> None:
    """Raise Conflict where an address that is set makes the package a duplicate of another one."""
    if not any(values.get(name) for name in ADDRESS_FIELDS):
        return
    query = Query(operation.now, key=key)
    ((repo_url, pypi_url),) = packages.rows(operation.store, ADDRESS_FIELDS, query, whole=True)
    stored: Values = {"repo_url": repo_url, "pypi_url": pypi_url}
    check_no_duplicate(operation.store, {**stored, **values}, but=key)


def _check_locks(operation: Operation, key: int, wanted: Value) -> None:
    """Raise Conflict where a package would come onto or leave a locked grid, NotFound for a grid
    that is not there.
    """
    store = operation.store
    before, after = _read_items(operation, key, "grids"), wanted
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    keys_before = {groups.find(store, "grids", str(slug)) for slug in before}
    keys_after = {groups.find(store, "grids", str(slug)) for slug in after}
    for grid in sorted(keys_before ^ keys_after):
        grids.check_unlocked(store, grid)


def check_editable(name: str) -> str:
    """Return the name of a field that a person may set; raise Invalid for another one."""
    check_field(name)
    if name not in EDITABLE:
        raise Invalid(f"{name} cannot be edited{suggest(name, sorted(EDITABLE))}")
    return name


def check_pinnable(name: str) -> str:
    """Return the name of a field that may be pinned; raise Invalid for another one."""
    check_field(name)
    if name not in PINNABLE:
        raise Invalid(f"{name} is no fact: nothing of it is pinned")
    return name


def tabulate_changes(store: Store, edited: Iterable[EditedPackage]) -> Table:
    """Return a table of the fields that changed, with their old and new values."""
    rows = []
    for slug, changes in edited:
        for change in changes:
            if change.field not in DEPENDENT_FIELDS:
                old = _format_value(store, change.field, change.old)
                new = _format_value(store, change.field, change.new)
                rows.append((slug, change.field, old, new))
    return Table(text_columns("slug", "field", "old", "new"), rows, noun=("change", "changes"))


def _format_value(store: Store, name: str, stored: SqlValue) -> str:
    return FIELDS[name].type.to_text(history.resolve_references(store, name, stored))


def _read_items(operation: Operation, key: int, name: str) -> Value:
    query = Query(operation.now, key=key)
    ((stored,),) = packages.rows(operation.store, [name], query, whole=True)
    return FIELDS[name].type.from_sql(stored)


def _change_items(
    items: Iterable[str], added: Iterable[str], removed: Iterable[str]
) -> tuple[str, ...]:
    """Return items with some removed, and some added at the end; they are compared without case."""
    removed_folded = {item.strip().casefold() for item in removed}
    kept = [item for item in items if item.casefold() not in removed_folded]
    kept_folded = {item.casefold() for item in kept}
    for item in (text.strip() for text in added):
        if item and item.casefold() not in kept_folded:
            kept.append(item)
    return tuple(kept)
