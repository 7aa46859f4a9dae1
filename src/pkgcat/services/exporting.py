"""Exports the whole catalog as text."""

import json
from collections.abc import Iterator
from itertools import islice

from pkgcat.formats.json import escape_json, write_array
from pkgcat.model.fields import FIELDS
from pkgcat.model.origin import ORIGINS_KEY, PERSON
from pkgcat.model.query import Query
from pkgcat.results.output import Output
from pkgcat.results.table import Table, field_columns
from pkgcat.services.export_grids import describe_content
from pkgcat.services.import_groups import VERSION
from pkgcat.services.record_origins import format_origins
from pkgcat.store import Store, group_fields, groups, packages, writers
from pkgcat.store.filters import list_filters
from pkgcat.store.groups import Entity

EXPORTED_FIELDS = tuple(name for name, field in FIELDS.items() if field.writer != "derived")
"""What an export holds; the rest follows from it."""

_BATCH_SIZE = 500
"""So many packages are asked at once where their values came from."""


def write_export(
    store: Store, query: Query, out: Output, *, by_line: bool, with_origins: bool = True
) -> None:
    """Write the packages of a query in pkgcat's own form: one JSON object, or an object a line.

    It has the origin of each value, but for a catalog of the past: its log is that of today.
    """
    if by_line:
        _write_lines(store, query, out, with_origins=with_origins)
    else:
        _write_document(store, query, out, with_origins=with_origins)


def make_table(store: Store, query: Query) -> Table:
    """Return the packages of a query with all that a table can hold of an export."""
    rows = packages.rows(store, EXPORTED_FIELDS, query, whole=True)
    return Table(field_columns(EXPORTED_FIELDS), rows)


def _write_lines(store: Store, query: Query, out: Output, *, with_origins: bool) -> None:
    """Write a line about categories and grids, then one for each package."""
    out.write(f"{json.dumps(_make_header(store, query, with_origins=with_origins))}\n")
    for record in _format_packages(store, query, with_origins=with_origins):
        out.write(f"{record}\n")


def _write_document(store: Store, query: Query, out: Output, *, with_origins: bool) -> None:
    """Write the same as one JSON object."""
    header_without_end = json.dumps(_make_header(store, query, with_origins=with_origins))[:-1]
    out.write(f'{header_without_end}, "packages": ')
    write_array(_format_packages(store, query, with_origins=with_origins), out, end="}")


def _format_packages(store: Store, query: Query, *, with_origins: bool) -> Iterator[str]:
    """Yield each package as a JSON object, with the origins of its values as its last key."""
    rows = packages.for_export_with_keys(store, EXPORTED_FIELDS, query)
    if not with_origins:
        yield from (escape_json(record) for _, record in rows)
        return
    while batch := list(islice(rows, _BATCH_SIZE)):
        origins = writers.read_origins_of(store, [key for key, _ in batch])
        for key, record in batch:
            described = json.dumps(format_origins(origins[key]), separators=(",", ":"))
            yield f'{escape_json(record)[:-1]},"{ORIGINS_KEY}":{described}}}'


def _make_header(store: Store, query: Query, *, with_origins: bool) -> dict[str, object]:
    header: dict[str, object] = {"pkgcat": VERSION}
    exported = None
    if query != Query(query.now):
        exported = {str(slug) for (slug,) in packages.rows(store, ["slug"], query)}
    entities: tuple[Entity, ...] = ("categories", "grids")
    for entity in entities:
        described = []
        for key, group in groups.list_with_keys(store, entity):
            fields = group_fields.describe_group(group)
            by_person = writers.find_fields_by_person(store, entity, key, fields)
            if with_origins and by_person:
                fields[ORIGINS_KEY] = {PERSON.kind: by_person}
            if entity == "grids":
                fields |= describe_content(store, key, exported=exported, with_origins=with_origins)
            described.append(fields)
        header[entity] = described
    header["filters"] = [
        {"name": one.name, "expression": one.expression} for one in list_filters(store)
    ]
    return header
