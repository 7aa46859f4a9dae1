"""Edits of every package of which conditions hold: planned first, then carried out."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pkgcat.model.query import Query
from pkgcat.services.edit import EditedPackage, PackageEdit, edit_package
from pkgcat.store import Store, packages
from pkgcat.store.operation import Operation, begin_operation


class PlannedEdit(NamedTuple):
    """A package that would change, its revision now, and how it would change."""

    key: int
    rev: int
    edited: EditedPackage


def plan_edits(store: Store, query: Query, edit: PackageEdit, now: datetime) -> list[PlannedEdit]:
    """Try an edit on each package of a query, store nothing, and return what would change."""
    keys = packages.keys(store, query)
    planned = []
    with begin_operation(store, "edit", now, kind="edit", dry_run=True) as trial:
        for key in keys:
            rev = packages.revision(store, key)
            edited = edit_package(trial, key, edit)
            if edited.changes:
                planned.append(PlannedEdit(key, rev, edited))
    return planned


def apply_edits(operation: Operation, planned: Iterable[PlannedEdit], edit: PackageEdit) -> None:
    """Carry out planned edits; raise Conflict where a package was edited since it was planned."""
    for one in planned:
        edit_package(operation, one.key, edit, rev=one.rev)
