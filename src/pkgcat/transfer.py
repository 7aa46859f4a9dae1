"""Packages from JSON, JSON Lines, CSV and API v4 texts into the catalog."""

import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, NoReturn, TextIO

from pkgcat.csvcells import from_cell, undefuse
from pkgcat.errors import Invalid, PkgcatError
from pkgcat.models import FIELDS, Category, Grid, Package, Query, Values
from pkgcat.rules import parse
from pkgcat.store import Operation, edits, groups, packages

VERSION = 1
"""The version of pkgcat's own export, in its `pkgcat` key."""

Outcome = Literal["added", "changed", "unchanged"]


class Incoming(NamedTuple):
    """One record on its way in: where it stood in the text, and what it says."""

    place: str
    record: dict[str, Any]


class Taken(NamedTuple):
    """What became of a record: `kept` are the user's words that the file would have overwritten."""

    outcome: Outcome
    slug: str
    kept: tuple[str, ...] = ()


def read(text: TextIO) -> Iterator[Incoming | dict[str, Any]]:
    """Yield the records of a text, and the header of pkgcat's own export where there is one.

    Takes one API v4 record, a list or a page of them, pkgcat's JSON and JSON Lines, and CSV with a
    header line. JSON Lines and CSV are read line by line. Raises Invalid with the place of the mistake.
    """
    try:
        number, first = next(((n, line) for n, line in enumerate(text, 1) if line.strip()), (0, ""))
        if not first:
            raise Invalid("the text is empty: there is nothing to import")
        if first.lstrip()[:1] not in ("{", "["):
            yield from _csv_records(first, text)
        elif isinstance(document := _one_line(first), dict):
            yield from _expanded(document, f"line {number}")
            for number, line in enumerate(text, number + 1):  # noqa: B020  # it goes on counting
                if line.strip():
                    yield from _expanded(parse_json(line, number), f"line {number}")
        else:
            yield from _expanded(parse_json(first + text.read(), number), "record 1")
    except UnicodeDecodeError as error:
        raise Invalid(f"the text is not UTF-8: {error.reason} at byte {error.start}") from error


def take_header(operation: Operation, header: dict[str, Any], *, overwrite: bool = False) -> None:
    """Take in the categories and grids of an export; a catalog nobody wrote to yet gets just these.

    Elsewhere what a person called them stays unless `overwrite` is set.
    """
    if header.get("pkgcat") != VERSION:
        raise Invalid(f"this export has version {header.get('pkgcat')!r}, and {VERSION} is known; upgrade pkgcat")
    store = operation.store
    fresh = store.value("SELECT 1 FROM operations") is None
    kinds: tuple[tuple[groups.Entity, type[Category] | type[Grid]], ...] = (("categories", Category), ("grids", Grid))
    for entity, kind in kinds:
        entries = header.get(entity, [])
        if not isinstance(entries, list):
            raise Invalid(f"{entity}: {json.dumps(entries)[:40]} is not a list")
        given = [_group(kind, entry) for entry in entries]
        if fresh:
            slugs = {group.slug.lower() for group in given}
            for old in groups.listed(store, entity):
                if old.slug.lower() not in slugs:
                    groups.remove(operation, entity, groups.find(store, entity, old.slug))
        for group in given:
            key = groups.key_of(store, entity, group.slug)
            if key is None:
                groups.add(operation, entity, group)
            elif fresh or overwrite:
                groups.edit(operation, entity, key, group._asdict())


def take(operation: Operation, incoming: Incoming, *, overwrite: bool) -> Taken:
    """Store one record: a new package, or newer facts and missing words of a known one.

    What a person wrote stays unless `overwrite` is set; so do facts fetched later than the file's.
    Raises a PkgcatError that begins with the record's place.
    """
    try:
        values = values_of(operation, incoming.record)
        slug = str(values["slug"])
        key = operation.store.value("SELECT key FROM packages WHERE slug = ? AND removed = 0", (slug,))
        if key is None:
            edits.add(operation, values)
            return Taken("added", slug)
        kept: tuple[str, ...] = ()
        if not overwrite:
            old = next(packages.read(operation.store, Query(operation.now, key=key)))
            values, kept = _harmless(old, values)
        values.pop("id", None)
        changes = edits.merge(operation, key, values)
        return Taken("changed" if changes else "unchanged", slug, kept)
    except PkgcatError as error:
        slug = incoming.record.get("slug", "")
        name = f" ({slug})" if isinstance(slug, str) and slug.isprintable() and 0 < len(slug) <= 60 else ""
        raise type(error)(f"{incoming.place}{name}: {error}") from error


def unknown_keys(record: dict[str, Any]) -> set[str]:
    """Return the keys of a record that pkgcat has no field for."""
    return record.keys() - FIELDS.keys()


def _harmless(old: Package, values: Values) -> tuple[Values, tuple[str, ...]]:
    """Leave out what would overwrite a person's words, or facts with older ones."""
    fetched = values.get("last_fetched")
    outdated = old.last_fetched is not None and fetched is not None and fetched < old.last_fetched  # type: ignore[operator]  # both are datetimes
    left: Values = {}
    kept = []
    for name, given in values.items():
        mine = getattr(old, name)
        if FIELDS[name].role != "word":
            if not outdated:
                left[name] = given
        elif mine in (None, "", ()):
            left[name] = given
        elif mine != given and name not in ("id", "created", "modified", "slug"):
            kept.append(name)
    return left, tuple(kept)


def values_of(operation: Operation, record: dict[str, Any]) -> Values:
    """Turn a record into checked values, categories and grids named by address into slugs."""
    values: Values = {}
    for name in ("slug", "title"):
        if record.get(name) in (None, ""):
            raise Invalid(f"{name}: it is required")
    for name, given in record.items():
        if name in FIELDS and FIELDS[name].role != "derived":
            values[name] = parse(name, given)
    if not values.get("pypi_url") and (project := record.get("pypi_name")):
        values["pypi_url"] = f"https://pypi.org/project/{parse('pypi_name', project)}/"
    category = values.get("category")
    if isinstance(category, str) and "://" in category:
        values["category"] = _slug_at(operation, "categories", category)
    values_of_grids = values.get("grids")
    if isinstance(values_of_grids, tuple) and values_of_grids:
        values["grids"] = tuple(_grid(operation, str(grid)) for grid in values_of_grids)
    for name in ("created", "modified"):
        if values.get(name) is None:
            values.pop(name, None)
    return values


def _grid(operation: Operation, given: str) -> str:
    if "://" in given:
        return _slug_at(operation, "grids", given)
    if groups.key_of(operation.store, "grids", given) is None:
        groups.add(operation, "grids", Grid(given, given))
    return given


def _slug_at(operation: Operation, entity: groups.Entity, address: str) -> str:
    """Return the slug of the group at an address; a query such as ?format=api names the same one."""
    key = groups.at_address(operation, entity, address.split("?", maxsplit=1)[0])
    return str(operation.store.value(f"SELECT slug FROM {entity} WHERE key = ?", (key,)))


def _group(kind: type[Category] | type[Grid], given: Any) -> Category | Grid:
    """Read a category or grid of an export; its rules are checked where it is stored."""
    one = kind.__name__.lower()
    if not isinstance(given, dict) or not given.get("slug") or not given.get("title"):
        raise Invalid(f"{one}: {json.dumps(given)[:60]} has no slug or no title")
    for name in kind._fields:
        if not isinstance(given.get(name, ""), str | None):
            raise Invalid(f"{one} {given['slug']!r}: {name} is not text")
    return kind(**{name: given[name] for name in kind._fields if given.get(name) is not None})


def _expanded(document: Any, place: str) -> Iterator[Incoming | dict[str, Any]]:
    """Yield what one JSON document holds: a record, a list, a page, or pkgcat's own export."""
    if isinstance(document, dict) and "pkgcat" in document:
        yield {name: value for name, value in document.items() if name != "packages"}
        yield from _records(document.get("packages", []))
    elif isinstance(document, dict) and "results" in document:
        yield from _records(document["results"])
    elif isinstance(document, list):
        yield from _records(document)
    elif isinstance(document, dict):
        yield Incoming(place, document)
    else:
        raise Invalid(f"{place}: a record is a JSON object, not {json.dumps(document)[:40]}")


def _records(document: Any) -> Iterator[Incoming]:
    if not isinstance(document, list):
        raise Invalid(f"a list of JSON objects was expected, not {json.dumps(document)[:40]}")
    for number, record in enumerate(document, 1):
        if not isinstance(record, dict):
            raise Invalid(f"record {number}: a record is a JSON object, not {json.dumps(record)[:40]}")
        yield Incoming(f"record {number}", record)


def _one_line(line: str) -> Any:
    """Parse a line that is JSON by itself; None where it is the beginning of something longer."""
    try:
        return parse_json(line)
    except Invalid:
        return None


def parse_json(text: str, line: int = 1) -> Any:
    """Parse JSON as RFC 8259 has it; raise Invalid with line and column, counted from `line`."""
    try:
        return json.loads(text.rstrip("\r\n"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {line + error.lineno - 1}, column {error.colno}"
        raise Invalid(f"broken JSON at {place}: {error.msg[0].lower()}{error.msg[1:]}") from error
    except RecursionError as error:
        raise Invalid(f"broken JSON at line {line}: it is nested too deep") from error
    except ValueError as error:  # an integer of thousands of digits
        raise Invalid(f"broken JSON at line {line}: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise Invalid(f"broken JSON: {name} is not JSON")


def _csv_records(first: str, rest: TextIO) -> Iterator[Incoming]:
    import csv
    from itertools import chain

    csv.field_size_limit(2**31 - 1)  # notes may be long
    reader = csv.reader(chain([first], rest), strict=True)
    try:
        header = next(reader)
        if "slug" not in header:
            raise Invalid("this is neither JSON nor CSV with a header line that names slug and title")
        for row in reader:
            if row:
                if len(row) != len(header):
                    raise Invalid(f"line {reader.line_num}: {len(row)} cells, and the header has {len(header)}")
                record = zip(header, map(undefuse, row), strict=True)
                yield Incoming(
                    f"line {reader.line_num}",
                    {name: from_cell(FIELDS[name].kind if name in FIELDS else "str", cell) for name, cell in record},
                )
    except csv.Error as error:
        raise Invalid(f"broken CSV at line {reader.line_num}: {error}") from error
