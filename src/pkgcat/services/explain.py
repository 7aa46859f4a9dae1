"""Where a value comes from: read from the log."""

from datetime import datetime
from typing import NamedTuple

from pkgcat.model import addresses
from pkgcat.model.fields import Field
from pkgcat.model.origin import PERSON, PYPI, OperationKind, Origin
from pkgcat.model.package import Package
from pkgcat.model.query import Query
from pkgcat.model.states import STATE_FIELDS
from pkgcat.model.types import DATETIME, Value
from pkgcat.results.explanation import Explanation
from pkgcat.services.terms import describe_terms
from pkgcat.store import Store, packages
from pkgcat.store.log import history
from pkgcat.store.log.history import Step

_DERIVED_FROM = {
    "pypi_name": ("pypi_url",),
    "score": ("repo_watchers",),
    "state": STATE_FIELDS,
    "state_reasons": STATE_FIELDS,
}


class _Writing(NamedTuple):
    """The operation that wrote the value as it is now, and where it had it from."""

    operation: int
    at: str
    command: str
    kind: OperationKind
    origin: Origin


def explain_value(store: Store, key: int, field: Field, now: datetime) -> Explanation:
    """Return where a package has a value from."""
    query = Query(now, key=key)
    package = next(packages.read(store, query))
    logged_fields = _DERIVED_FROM.get(field.name, (field.name,))
    steps = list(history.steps(store, key, logged_fields))[:2]
    creation = history.creation(store, key)
    writing = _find_writing(steps, creation)
    if not steps and field.table:
        origin = history.find_origin(store, field.table, key, field.name)
        writing = writing._replace(origin=origin)
    is_pinned = field.name in package.pinned
    is_fetched = field.name in _DERIVED_FROM or (not is_pinned and _is_from_host(field, writing))
    is_logged = field.writer != "bookkeeping" or bool(steps)
    return Explanation(
        package.slug,
        field,
        package.values[field.name],
        _find_source(field, package, writing.origin, is_set=bool(steps)),
        package.last_fetched if is_fetched else None,
        _read_datetime(writing.at) if is_logged else None,
        writing.operation,
        writing.command,
        _read_previous(store, field, steps),
        _read_datetime(_find_previous_time(steps, creation)),
        is_pinned,
        package.upstream_values.get(field.name) if is_pinned else None,
        describe_terms(store, query, field.name),
    )


def _find_writing(steps: list[Step], creation: history.Creation) -> _Writing:
    if not steps:
        return _Writing(creation.id, creation.at, creation.command, creation.kind, creation.origin)
    last = steps[0]
    return _Writing(last.operation, last.at, last.command, last.kind, last.origin)


def _find_previous_time(steps: list[Step], creation: history.Creation) -> str | None:
    """Return since when the value before was there; None if there was none."""
    if not steps:
        return None
    if len(steps) == 1:
        return creation.at
    return steps[1].at


def _is_from_host(field: Field, writing: _Writing) -> bool:
    if field.writer != "upstream":
        return False
    return writing.origin.kind == "host" or writing.kind == "refresh"


def _read_previous(store: Store, field: Field, steps: list[Step]) -> Value:
    """Return what the value was before its last change; unknown if it never changed."""
    if not steps or field.name in _DERIVED_FROM:
        return None
    stored = history.resolve_references(store, field.name, steps[0].old)
    if stored is None:
        return None
    return field.type.from_sql(stored)


def _read_datetime(stored: str | None) -> datetime | None:
    value = DATETIME.from_sql(stored)
    assert value is None or isinstance(value, datetime)
    return value


def _find_source(field: Field, package: Package, origin: Origin, *, is_set: bool) -> str:
    """Name what the value is from: another field, refresh, an address, a file or a person.

    A value that is unknown and never was set is from nobody.
    """
    if field.name in _DERIVED_FROM:
        return f"follows from {', '.join(_DERIVED_FROM[field.name])}"
    if field.writer == "bookkeeping":
        return "kept by refresh"
    if not is_set and package.values[field.name] in (None, (), {}):
        return "unknown"
    return _name_origin(package, origin)


def _name_origin(package: Package, origin: Origin) -> str:
    if origin == PERSON:
        return "a person"
    if origin.kind == "host":
        return _find_address(package, origin.name)
    if origin.kind == "site":
        return origin.name if "://" in origin.name else f"https://{origin.name}"
    if origin.kind == "file":
        return f"file {origin.name}"
    return "unknown"


def _find_address(package: Package, host: str) -> str:
    """Return the address at which a host has a package."""
    repository = addresses.repository(package.repo_url or "")
    if repository is not None and repository.host == host:
        return str(package.repo_url)
    if host == PYPI.name and package.pypi_url:
        return str(package.pypi_url)
    return f"https://{host}"
