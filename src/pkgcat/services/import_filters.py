"""Saved filters of an import: those that the header of an export has."""

from typing import Any

from pkgcat.errors import Invalid
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.expression import MAX_LENGTH
from pkgcat.model.parsing import parse_text
from pkgcat.services.filters import check_filter_name
from pkgcat.store import writers
from pkgcat.store.filters import find_removed_filter, get_filter
from pkgcat.store.operation import Operation


def store_filters(operation: Operation, rows: Any, notes: list[str], *, overwrite: bool) -> None:
    """Store the filters of an export; raise Invalid for what is none.

    What a person wrote here stays unless `overwrite` is set, and what a person removed stays
    removed; both are noted. Whether a filter can be asked is seen when it is used.
    """
    if not isinstance(rows, list):
        raise Invalid("filters: this is not a list")
    for row in rows:
        name, expression = _read_filter(row)
        note = _store_filter(operation, name, expression, overwrite=overwrite)
        if note:
            notes.append(note)


def _read_filter(row: Any) -> tuple[str, str]:
    if not isinstance(row, dict):
        raise Invalid("filters: each is an object with a name and an expression")
    name = check_filter_name(parse_text("filters: name", row.get("name")))
    expression = parse_text(f"filter {name}: expression", row.get("expression"))
    if len(expression) > MAX_LENGTH:
        raise Invalid(f"filter {name}: more than {MAX_LENGTH:,} characters")
    return name, strip_credentials_in(expression)


def _store_filter(operation: Operation, name: str, expression: str, *, overwrite: bool) -> str:
    """Store one filter; return what is to be noted of it, mostly nothing."""
    store = operation.store
    found = get_filter(store, name)
    if found is None:
        removed = find_removed_filter(store, name)
        if removed is not None and writers.is_by_person(store, "filters", removed, "removed"):
            return f"filter {name} was removed here and stays removed"
        operation.create("filters", {"name": name, "expression": expression})
    elif found.expression != expression:
        is_own = writers.is_by_person(store, "filters", found.key, "expression")
        if is_own and not overwrite:
            return f"filter {name} stays as you wrote it; --overwrite replaces it"
        operation.change("filters", found.key, {"expression": expression})
    return ""
