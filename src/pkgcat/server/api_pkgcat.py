"""pkgcat's own API: whole records, lists by the command line's conditions, what changed."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pkgcat.errors import Invalid
from pkgcat.model.expression import list_filter_names
from pkgcat.model.fields import FIELDS, check_field
from pkgcat.model.json_schema import make_record_schema
from pkgcat.model.parsing import parse_moment
from pkgcat.model.query import ConditionTree, Query, list_comparisons
from pkgcat.results.digest import Digest
from pkgcat.results.table import Table
from pkgcat.server.errors import HttpError
from pkgcat.server.parameters import BOOLEAN, COUNT, TEXT, TEXTS, Parameter
from pkgcat.services import digest as digests
from pkgcat.services.conditions import find_slugs, read_conditions
from pkgcat.services.edit import DEPENDENT_FIELDS
from pkgcat.services.list_query import ListFilters, make_list_query
from pkgcat.services.package_history import read_history
from pkgcat.services.user_values import validate_group
from pkgcat.store import packages
from pkgcat.store.kept import Snapshot

ROOT = "/api/pkgcat"
DEFAULT_LIMIT = 100
DEFAULT_SINCE = "7d"

PRIVATE_FIELDS = frozenset(
    {"notes", "last_error", "last_error_at", "error_count", "decision_reason", "decision_url"}
)
"""What only readers on this machine get, unless the operator says otherwise."""

JsonSchema = dict[str, Any]


class Call(NamedTuple):
    """A request: the name in its path, its parameters, and whether private fields are served."""

    name: str
    values: dict[str, Any]
    is_trusted: bool
    now: datetime


class Endpoint(NamedTuple):
    """One address: `read` yields the text of its answer; `parameters` are those of its query.

    `follows_the_clock`: the answer changes with the time alone.
    """

    path: str
    summary: str
    read: Callable[[Call, Snapshot], Iterator[str]]
    schema: JsonSchema
    parameters: tuple[Parameter, ...] = ()
    follows_the_clock: bool = False


def _read_index(_call: Call, _snapshot: Snapshot) -> Iterator[str]:
    yield json.dumps({endpoint.path: endpoint.summary for endpoint in ENDPOINTS})


def _read_packages(call: Call, snapshot: Snapshot) -> Iterator[str]:
    values = dict(call.values)
    fields = _choose_fields(call, values.pop("fields", ""))
    filters = ListFilters(**{"limit": DEFAULT_LIMIT, "tags": values.pop("tag", ()), **values})
    _check_filters(call)
    query = make_list_query(snapshot.store, filters, call.now)
    if query.failing:
        _check_access(call, "last_error")
    for key in query.sort:
        _check_access(call, key.field)
    _check_conditions(call, query.where)
    lines = packages.as_json(snapshot.store, fields, query)
    yield from _write_array(snapshot, lines)


def _read_package(call: Call, snapshot: Snapshot) -> Iterator[str]:
    key = packages.find(snapshot.store, call.name)
    fields = _choose_fields(call, call.values.get("fields", ""))
    yield from packages.as_json(snapshot.store, fields, Query(call.now, key=key))


def _read_history(call: Call, snapshot: Snapshot) -> Iterator[str]:
    fields = [name for name in FIELDS if call.is_trusted or _is_public_history(name)]
    chosen = call.values.get("field")
    if chosen is None:
        fields = [name for name in fields if name not in DEPENDENT_FIELDS]
    else:
        name = check_field(chosen).name
        if name not in fields:
            raise _refuse(name)
        fields = [name]
    limit = call.values.get("limit", DEFAULT_LIMIT)
    table = read_history(snapshot.store, call.name, fields, limit)
    yield from _write_table(snapshot, table)


def _read_changes(call: Call, snapshot: Snapshot) -> Iterator[str]:
    since = parse_moment("since", call.values.get("since", DEFAULT_SINCE), call.now)
    if since > call.now:
        raise Invalid("since is in the future")
    start = digests.find_start(snapshot.store, since)
    category = validate_group(snapshot.store, "categories", call.values.get("category"))
    fields = tuple(check_field(name).name for name in call.values.get("field", ()))
    for name in fields:
        if not call.is_trusted and not _is_public_history(name):
            raise _refuse(name)
    if fields:
        events = digests.read_field_changes(snapshot.store, start, fields, category)
    else:
        events = digests.read_events(snapshot.store, start, category, call.now)
    digest = Digest(events, "")
    _check_filters(call)
    where = read_conditions(
        snapshot.store, call.values.get("where", ()), call.now, call.values.get("supports", ())
    )
    _check_conditions(call, where)
    if where:
        digest = digest.choose_packages(find_slugs(snapshot.store, where, call.now))
    yield from _write_table(snapshot, digest.table())


def _read_schema(_call: Call, _snapshot: Snapshot) -> Iterator[str]:
    yield json.dumps(make_record_schema())


def _choose_fields(call: Call, given: str) -> tuple[str, ...]:
    """Return the fields that are asked for, else all that this reader gets."""
    names = tuple(check_field(name.strip()).name for name in given.split(",") if name.strip())
    for name in names:
        _check_access(call, name)
    if names:
        return names
    return tuple(name for name in FIELDS if call.is_trusted or name not in PRIVATE_FIELDS)


def _check_filters(call: Call) -> None:
    """Refuse saved filters, whose names and words a person wrote, to other machines."""
    for text in call.values.get("where", ()):
        if not call.is_trusted and list_filter_names(text, call.now):
            raise _refuse("what filters say")


def _check_conditions(call: Call, where: Iterable[ConditionTree]) -> None:
    for tree in where:
        for comparison in list_comparisons(tree):
            _check_access(call, comparison.field)


def _check_access(call: Call, name: str) -> None:
    if name in PRIVATE_FIELDS and not call.is_trusted:
        raise _refuse(name)


def _is_public_history(name: str) -> bool:
    return FIELDS[name].writer != "user" and name not in PRIVATE_FIELDS


def _refuse(name: str) -> HttpError:
    return HttpError(403, f"{name} is served to this machine alone; --with-notes serves it to all.")


def _write_table(snapshot: Snapshot, table: Table) -> Iterator[str]:
    yield from _write_array(snapshot, table.json_lines())


def _write_array(snapshot: Snapshot, lines: Iterable[str]) -> Iterator[str]:
    separator = "["
    for line in lines:
        snapshot.check_time()
        yield f"{separator}{line}"
        separator = ","
    yield "[]" if separator == "[" else "]"


def _make_public_record_schema() -> JsonSchema:
    """Return the schema of a record of which a reader may get chosen fields alone."""
    schema = make_record_schema()
    return {"type": "object", "properties": schema["properties"], "additionalProperties": False}


def _make_rows_schema(*names: str) -> JsonSchema:
    row = {"type": "object", "properties": {name: {} for name in names}, "required": list(names)}
    return {"type": "array", "items": {**row, "additionalProperties": False}}


_RECORD = _make_public_record_schema()
_FIELDS = Parameter("fields", TEXT, "Only these fields, in this order: slug,repo_watchers.")
_CATEGORY = Parameter("category", TEXT, "In this category: its slug.")
_CONDITIONS = (
    Parameter(
        "where",
        TEXTS,
        "Conditions, such as `repo_watchers > 100 and not tags has geo` (`pkgcat help conditions`);"
        " repeated, all must hold.",
    ),
    Parameter(
        "supports",
        TEXTS,
        "Declared to support `python=3.14` or `django=6.0`; repeated, all of them.",
    ),
)
"""Which packages, in every answer about several."""
_LIMIT = Parameter("limit", COUNT, f"At most so many; {DEFAULT_LIMIT} if nothing is said.")

ENDPOINTS = (
    Endpoint(ROOT, "These addresses.", _read_index, {"type": "object"}),
    Endpoint(
        f"{ROOT}/packages",
        "Packages, as `pkgcat list --json`; conditions add up.",
        _read_packages,
        {"type": "array", "items": _RECORD},
        (
            _CATEGORY,
            Parameter("grid", TEXT, "On this grid: its slug."),
            Parameter("tag", TEXTS, "With this tag; repeated, with all of them."),
            Parameter("host", TEXT, "On this kind of host."),
            Parameter("archived", BOOLEAN, "Archived ones only, or none of them."),
            Parameter("state", TEXT, "In one of these states: vulnerable,archived."),
            Parameter("decision", TEXT, "With one of these decisions: adopt,hold; none without."),
            Parameter("due", BOOLEAN, "Whose decision is to be reviewed by now."),
            Parameter("stale", TEXT, "Not refreshed for 24h, 7d, 2w..."),
            Parameter("failing", BOOLEAN, "Whose last refresh failed."),
            Parameter("pinned", BOOLEAN, "With facts that a person has set."),
            Parameter("participant", TEXT, "With this contributor."),
            *_CONDITIONS,
            Parameter(
                "sort",
                TEXT,
                "Order by fields: `category,-repo_watchers`; - puts the largest first.",
            ),
            _LIMIT,
            Parameter("offset", COUNT, "Skip so many."),
            _FIELDS,
        ),
    ),
    Endpoint(
        f"{ROOT}/packages/{{name}}",
        "A package by slug, id or PyPI name, as `pkgcat show --json`.",
        _read_package,
        _RECORD,
        (_FIELDS,),
    ),
    Endpoint(
        f"{ROOT}/packages/{{name}}/history",
        "What became of a package, the newest change first.",
        _read_history,
        _make_rows_schema("at", "operation", "kind", "field", "old", "new"),
        (Parameter("field", TEXT, "Only this field."), _LIMIT),
    ),
    Endpoint(
        f"{ROOT}/changes",
        "What is new in the whole catalog, as `pkgcat changes --json`.",
        _read_changes,
        _make_rows_schema("event", "slug", "field", "old", "new", "at", "operation", "warning"),
        (
            Parameter("since", TEXT, f"7d or 2026-02-15; {DEFAULT_SINCE} if nothing is said."),
            Parameter("field", TEXTS, "Any change of this field; may be repeated."),
            _CATEGORY,
            *_CONDITIONS,
        ),
        follows_the_clock=True,
    ),
    Endpoint(f"{ROOT}/schema", "The JSON Schema of a record.", _read_schema, {"type": "object"}),
)
