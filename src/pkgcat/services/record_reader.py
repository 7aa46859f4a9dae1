"""Records of packages, and the categories and grids beside them, in JSON, JSON Lines, CSV and API
v4 texts.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from itertools import chain
from typing import Any, Literal, NamedTuple, TextIO

from pkgcat.errors import Invalid
from pkgcat.model.fields import FIELDS
from pkgcat.model.json_text import BrokenJson, broken_json, shorten_json
from pkgcat.model.parsing import read_local_time
from pkgcat.model.site_addresses import DJANGO_PACKAGES_API
from pkgcat.model.types import DATETIME
from pkgcat.services import csv_records, file_kinds
from pkgcat.services.json_stream import LONGER, JsonStream
from pkgcat.services.text_source import TextSource

_LONG_DOCUMENT = 1 << 18
"""An object with more characters than this is read key by key, a list in it record by record."""

_HEADER_KEYS = frozenset({"categories", "grids"})

_GROUP_KEYS: dict["GroupEntity", frozenset[str]] = {
    "categories": frozenset({"title_plural", "show_pypi"}),
    "grids": frozenset({"packages", "is_locked", "header"}),
}
_PACKAGE_KEYS = frozenset({"category", "grids", "repo_url", "pypi_url"})

_TIMES = tuple(name for name, field in FIELDS.items() if field.type is DATETIME)

_PINNED_VALUES = ("upstream_values", "behind_pins")
"""A field that holds values of other fields, under both its names."""

GroupEntity = Literal["categories", "grids"]


class IncomingRecord(NamedTuple):
    """A record on its way in: where it stands in the text, and what it says."""

    position: str
    record: dict[str, Any]


class IncomingGroups(NamedTuple):
    """Categories or grids that a text lists, as API v4 has them, each with its address."""

    entity: GroupEntity
    rows: list[dict[str, Any]]


Header = dict[str, Any]
"""What stands before the packages in pkgcat's own export: its version, categories, grids."""

Entry = IncomingRecord | IncomingGroups | Header


def read_records(text: TextIO, zone: tzinfo = UTC) -> Iterator[Entry]:
    """Yield the records of a text, the categories and grids that it lists, and the header of
    pkgcat's own export where there is one.

    Takes API v4 records, lists and pages of them, pkgcat's JSON and JSON Lines, and CSV with a
    header line. The text is read once, record by record. Times without an offset are those of
    `zone`. Raises Invalid with the position of the mistake, or with what the text looks like where
    it is something else.
    """
    source = TextSource(text)
    stream = JsonStream(source)
    first = stream.peek()
    if not first:
        raise Invalid("the text is empty: there is nothing to import")
    found = _read_json(stream) if first in "{[" else _read_csv(stream, source)
    try:
        entry = next(found, None)
    except BrokenJson:
        looks_like = file_kinds.describe_text(source.read_head())
        if looks_like is None:
            raise
        raise file_kinds.refuse_file(looks_like) from None
    if entry is None:
        return
    _check_first(entry)
    for each in _collect_groups(chain([entry], found)):
        yield _read_local_times(each, zone)


def _check_first(entry: IncomingRecord | Header) -> None:
    """Raise Invalid where the first entry of a text tells that the text is another file."""
    if not isinstance(entry, IncomingRecord) or _find_entity(entry.record):
        return
    if {"slug", "title"} <= entry.record.keys() and not file_kinds.is_search_hit(entry.record):
        return
    looks_like = file_kinds.describe_object(entry.record)
    if looks_like is not None:
        raise file_kinds.refuse_file(looks_like)


def _read_json(stream: JsonStream) -> Iterator[IncomingRecord | Header]:
    """Yield what the JSON documents of a text hold, which follow on each other in any layout."""
    is_first = True
    while first := stream.peek():
        line = stream.line()
        place = "" if is_first else f"line {line}, "
        is_first = False
        if first == "[":
            yield from _read_list(stream, place)
            if stream.peek() not in ("", "["):
                raise broken_json(stream.line(), "something follows on a list")
        elif first == "{":
            yield from _read_object(stream, line, place)
        else:
            raise Invalid(_describe_no_record(f"line {line}", stream.read_value()))


def _read_object(stream: JsonStream, line: int, place: str) -> Iterator[IncomingRecord | Header]:
    """Yield what an object holds: a record, a page, or pkgcat's own export."""
    document = stream.read_short_value(_LONG_DOCUMENT)
    if document is LONGER:
        yield from _read_long_object(stream, line, place)
    else:
        yield from _split_document(document, line, place)


def _read_long_object(
    stream: JsonStream, line: int, place: str
) -> Iterator[IncomingRecord | Header]:
    """Do the same key by key. The list of packages is read record by record where all that is to
    come before them has come.
    """
    fields: dict[str, Any] = {}
    is_done = False
    for key in stream.read_keys():
        kind = _find_kind(fields)
        is_page = key == "results" and kind is None
        is_export = key == "packages" and kind == "pkgcat" and fields.keys() >= _HEADER_KEYS
        if is_export:
            yield fields
        if is_page or is_export:
            yield from _read_list(stream, place)
            is_done = True
        else:
            fields[key] = stream.read_value()
    if not is_done:
        yield from _split_document(fields, line, place)


def _split_document(
    document: dict[str, Any], line: int, place: str
) -> Iterator[IncomingRecord | Header]:
    kind = _find_kind(document)
    if kind == "pkgcat":
        yield {name: value for name, value in document.items() if name != "packages"}
        yield from _number_records(document.get("packages", []), place)
    elif kind == "results":
        yield from _number_records(document["results"], place)
    else:
        yield IncomingRecord(f"line {line}", document)


def _find_kind(document: dict[str, Any]) -> str | None:
    """Return the key that tells an export of pkgcat, or a page of API v4, from a record; the
    first one counts.
    """
    for key in document:
        if key in ("pkgcat", "results"):
            return key
    return None


def _read_list(stream: JsonStream, place: str) -> Iterator[IncomingRecord]:
    if stream.peek() != "[":
        raise Invalid(_describe_no_list(stream.read_value()))
    for number, _ in enumerate(stream.read_items(), 1):
        yield _make_record(f"{place}record {number}", stream.read_value())


def _number_records(documents: Any, place: str) -> Iterator[IncomingRecord]:
    if not isinstance(documents, list):
        raise Invalid(_describe_no_list(documents))
    for number, document in enumerate(documents, 1):
        yield _make_record(f"{place}record {number}", document)


def _make_record(position: str, document: Any) -> IncomingRecord:
    if not isinstance(document, dict):
        raise Invalid(_describe_no_record(position, document))
    return IncomingRecord(position, document)


def _describe_no_record(position: str, document: Any) -> str:
    return f"{position}: a record is a JSON object, not {shorten_json(document)}"


def _describe_no_list(document: Any) -> str:
    return f"a list of JSON objects was expected, not {shorten_json(document)}"


def _read_csv(stream: JsonStream, source: TextSource) -> Iterator[IncomingRecord]:
    """Yield the rows of CSV; raise Invalid for a text without a header that names `slug`."""
    number = stream.line()
    lines = source.read_lines()
    header = stream.take_buffer()
    if not header.endswith(("\n", "\r")):
        header += next(lines, "")
    delimiter = csv_records.read_delimiter_line(header)
    if delimiter is not None:
        header = next(lines, "")
        number += 1
    if delimiter is None or "slug" not in csv_records.read_header_line(header, delimiter):
        delimiter = csv_records.find_delimiter(header)
    if delimiter is None:
        looks_like = file_kinds.describe_text(source.read_head()) or file_kinds.OTHER_TEXT
        raise file_kinds.refuse_file(looks_like)
    for line, record in csv_records.read_rows(header, lines, delimiter, number):
        yield IncomingRecord(f"line {line}", record)


def _collect_groups(entries: Iterable[IncomingRecord | Header]) -> Iterator[Entry]:
    """Put the categories and grids of a text together, those before the first package and those
    after it: to store them costs as much for one as for many.
    """
    groups: dict[GroupEntity, list[dict[str, Any]]] = {"categories": [], "grids": []}
    has_packages = False
    for entry in entries:
        entity = _find_entity(entry)
        if entity is not None and isinstance(entry, IncomingRecord):
            groups[entity].append(_add_address(entity, entry.record))
            continue
        if isinstance(entry, IncomingRecord) and not has_packages:
            has_packages = True
            yield from _take_groups(groups)
        yield entry
    yield from _take_groups(groups)


def _take_groups(groups: dict[GroupEntity, list[dict[str, Any]]]) -> Iterator[IncomingGroups]:
    for entity, rows in groups.items():
        if rows:
            yield IncomingGroups(entity, rows)
            groups[entity] = []


def _find_entity(entry: IncomingRecord | Header) -> GroupEntity | None:
    """Return what a record is if it is no package: API v4's grids and categories have other keys."""
    if not isinstance(entry, IncomingRecord):
        return None
    keys = entry.record.keys()
    for entity, own_keys in _GROUP_KEYS.items():
        if not own_keys.isdisjoint(keys) and _PACKAGE_KEYS.isdisjoint(keys):
            return entity
    return None


def _add_address(entity: GroupEntity, row: dict[str, Any]) -> dict[str, Any]:
    """Return a category or grid with its address, which API v4 leaves out.

    A grid's packages tell its site; else it is taken for one of the public site.
    """
    number = row.get("id")
    if row.get("url") or isinstance(number, bool) or not isinstance(number, int) or number < 0:
        return row
    site = DJANGO_PACKAGES_API
    listed = row.get("packages")
    if isinstance(listed, list) and listed and isinstance(listed[0], str):
        site = listed[0].rpartition("/packages/")[0] or site
    return {**row, "url": f"{site}/{entity}/{number}/"}


def _read_local_times(entry: Entry, zone: tzinfo) -> Entry:
    """Return an entry whose times are those of `zone` where they have no offset."""
    if isinstance(entry, IncomingRecord):
        localize_times(entry.record, zone)
    elif isinstance(entry, IncomingGroups):
        for row in entry.rows:
            localize_times(row, zone)
    return entry


def localize_times(record: dict[str, Any], zone: tzinfo) -> None:
    """Put moments in the place of the times of a record that have no offset: they are those of
    `zone`.
    """
    _localize_values(record, zone)
    for name in _PINNED_VALUES:
        pinned = record.get(name)
        if isinstance(pinned, dict):
            _localize_values(pinned, zone)


def _localize_values(values: dict[str, Any], zone: tzinfo) -> None:
    for name in _TIMES:
        given = values.get(name)
        if isinstance(given, str):
            values[name] = read_local_time(given, zone)
