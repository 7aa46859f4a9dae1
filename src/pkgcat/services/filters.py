"""Saved filters: stored, changed and removed."""

from pkgcat.errors import Conflict, Invalid
from pkgcat.model.credentials import strip_credentials_in
from pkgcat.model.expression import list_filter_names
from pkgcat.model.validate import MAX_SLUG_LENGTH, check_slug
from pkgcat.services.conditions import check_filter
from pkgcat.store.filters import find_filter, get_filter, list_filters
from pkgcat.store.operation import Operation


def save_filter(operation: Operation, name: str, expression: str) -> str:
    """Store an expression under a name, in place of the one that has it; return what was done:
    `added`, `changed` or `kept`.

    Credentials are cut from its addresses. Raises Invalid or NotFound for an expression that cannot
    be asked, and where the filter would use itself.
    """
    check_filter_name(name)
    expression = strip_credentials_in(expression).strip()
    check_filter(operation.store, name, expression, operation.now)
    found = get_filter(operation.store, name)
    if found is None:
        operation.create("filters", {"name": name, "expression": expression})
        return "added"
    changes = operation.change("filters", found.key, {"expression": expression})
    return "changed" if changes else "kept"


def remove_filter(operation: Operation, name: str) -> None:
    """Remove a filter; raise NotFound, or Conflict where another one uses it."""
    found = find_filter(operation.store, name)
    for other in list_filters(operation.store):
        if found.name.lower() in list_filter_names(other.expression, operation.now):
            raise Conflict(f"filter {other.name} uses @{found.name}; change or remove it first")
    operation.change("filters", found.key, {"removed": 1})


def check_filter_name(name: str) -> str:
    """Return the name of a filter; raise Invalid where it is none."""
    try:
        return check_slug(name)
    except Invalid:
        raise Invalid(
            f"{name!r} is no name of a filter: 1 to {MAX_SLUG_LENGTH} letters, digits, - and _ are"
        ) from None
