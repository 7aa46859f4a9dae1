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
    may_be_exported = is_api_record and _was_fetched_at_once(old, values)
    pinned = {"pinned"}
    if not may_be_exported:
        pinned.update(old.pinned)
    different: Values = {}
    for name, value in values.items():
        stored = old.values[name]
        is_unknown = stored is None and value == 0 and may_be_exported
        is_empty = value is None and stored == "" and not is_api_record
        is_same = is_unknown or is_empty or _is_same(stored, value)
        if name in pinned or not is_same:
            different[name] = value
    return different


def _was_fetched_at_once(old: Package, values: Values) -> bool:
    """Whether a record has facts of the same time as the package."""
    return "last_fetched" in values and values["last_fetched"] == old.last_fetched


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
    if not values:
        return {}, ()
    protected = _find_protected(operation, key, old, values)
    accepted = {name: value for name, value in values.items() if name not in protected}
    kept = []
    for name in values:
        if name in protected and _is_told(name) and old.values[name] != values[name]:
            kept.append(name)
    if not set(DECISION_FIELDS).isdisjoint(kept):  # a reason is no reason for another decision
        for name in DECISION_FIELDS:
            accepted.pop(name, None)
    if "pinned" in values and "pinned" not in accepted:
        accepted = _unpin(accepted, values)
    return accepted, tuple(kept)


def _find_protected(operation: Operation, key: int, old: Package, values: Values) -> set[str]:
    """Return the fields that a person wrote, and where the record is older, its facts."""
    user_fields = {name for name in values if FIELDS[name].writer == "user"}
    origins = writers.read_origins(operation.store, key)
    protected = {name for name in user_fields if origins.get(name) == PERSON}
    if _is_outdated(old, values):
        protected |= values.keys() - user_fields
    return protected


def _is_told(name: str) -> bool:
    """Whether it is worth a word that a field keeps its own value."""
    return FIELDS[name].writer == "user" and name not in _WITHOUT_CHOICE


def _is_outdated(old: Package, values: Values) -> bool:
    """Whether the facts of a record are older than those that the package has."""
    fetched = values.get("last_fetched")
    if old.last_fetched is None or fetched is None:
        return False
    assert isinstance(fetched, datetime)
    return bool(fetched < old.last_fetched)


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
