"""Which values of an imported record a package that is known takes over."""

from datetime import datetime

from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import PERSON
from pkgcat.model.package import Package
from pkgcat.model.types import Value, Values
from pkgcat.services.decisions import DECISION_FIELDS
from pkgcat.store import writers
from pkgcat.store.operation import Operation

_WITHOUT_CHOICE = ("id", "site", "created", "modified", "slug")
"""User fields whose own values stay without a word about it."""


def drop_equal(old: Package, values: Values) -> Values:
    """Return the values that differ from what the package has.

    A fact that is pinned counts as different, as its source's own value is another one; but not
    where an API v4 record has it as it was exported. API v4 has 0 for what is unknown, and CSV
    cannot tell the two empties of API v4's texts apart.
    """
    is_api_record = "pinned" not in values
    may_be_exported = (
        is_api_record and "last_fetched" in values and values["last_fetched"] == old.last_fetched
    )
    different: Values = {}
    for name, value in values.items():
        stored = old.values[name]
        is_unknown = stored is None and value == 0 and may_be_exported
        is_empty = value is None and stored == "" and not is_api_record
        is_pinned = name == "pinned" or (name in old.pinned and not may_be_exported)
        if is_pinned or not (_is_same(stored, value) or is_unknown or is_empty):
            different[name] = value
    return different


def _is_same(stored: Value, given: Value) -> bool:
    """Whether two values are one. `--json` prints times in whole seconds."""
    if isinstance(stored, datetime) and isinstance(given, datetime) and not given.microsecond:
        return stored.replace(microsecond=0) == given
    return stored == given


def drop_overwriting(
    operation: Operation, key: int, old: Package, values: Values
) -> tuple[Values, tuple[str, ...]]:
    """Return the values that replace neither what a person wrote nor newer facts.

    The second result are the user fields that keep another value of their own.
    """
    fetched = values.get("last_fetched")
    is_outdated = (
        old.last_fetched is not None and fetched is not None and fetched < old.last_fetched
    )
    origins = writers.read_origins(operation.store, key) if values else {}
    accepted: Values = {}
    kept = []
    for name, value in values.items():
        if FIELDS[name].writer != "user":
            if not is_outdated:
                accepted[name] = value
        elif origins.get(name) != PERSON:
            accepted[name] = value
        elif name not in _WITHOUT_CHOICE and old.values[name] != value:
            kept.append(name)
    if any(name in kept for name in DECISION_FIELDS):  # a reason is no reason for another decision
        accepted = {name: value for name, value in accepted.items() if name not in DECISION_FIELDS}
    if "pinned" in values and "pinned" not in accepted:
        accepted = _unpin(accepted, values)
    return accepted, tuple(kept)


def _unpin(accepted: Values, values: Values) -> Values:
    """Return values without the pins of their record: pinned facts are what their sources say."""
    pinned, upstream_values = values["pinned"], values.get("upstream_values") or {}
    assert isinstance(pinned, tuple)
    assert isinstance(upstream_values, dict)
    unpinned = {name: value for name, value in accepted.items() if name not in pinned}
    unpinned.pop("upstream_values", None)
    for name in pinned:
        if name in accepted and name in upstream_values:
            unpinned[str(name)] = upstream_values[name]
    return unpinned
