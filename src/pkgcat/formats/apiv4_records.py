"""API v4's records: which keys they have, and how values and texts are written.

The reference is Django REST framework 3.17 as Django Packages runs it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pkgcat.model.fields import API_V4_KEYS
from pkgcat.model.types import Value

Record = dict[str, object]

_UNKNOWN = {
    "repo_url": "",
    "pypi_url": "",
    "repo_description": "",
    "repo_forks": 0,
    "repo_watchers": 0,
}
"""What API v4 has for an unknown value of these fields; for others it has null."""


_GROUP_KEYS = {
    "categories": (
        "title",
        "slug",
        "description",
        "title_plural",
        "show_pypi",
        "created",
        "modified",
    ),
    "grids": (
        "title",
        "slug",
        "description",
        "is_locked",
        "packages",
        "header",
        "created",
        "modified",
    ),
}
"""The keys after the id."""


def make_package_record(
    values: Mapping[str, Value], category: str | None, grids: Sequence[str], zone: ZoneInfo
) -> Record:
    """Return the record of a package; `category` and `grids` are addresses."""
    record: Record = {}
    for name in API_V4_KEYS:
        value: object = values.get(name)
        if isinstance(value, datetime):
            value = format_time(value, zone)
        elif value is None:
            value = _UNKNOWN.get(name)
        record[name] = value
    record["category"] = category
    record["grids"] = grids
    return record


def make_next_link(address: str, count: int, limit: int | None, offset: int) -> str | None:
    """Return the address of the page behind one, or None behind the last."""
    if not limit or offset + limit >= count:
        return None
    return f"{address}?limit={limit}&offset={offset + limit}"


def make_previous_link(address: str, limit: int | None, offset: int) -> str | None:
    """Return the address of the page before one, or None before the first."""
    if limit == 0 or offset == 0:
        return None
    if limit is None:
        return f"{address}?limit={offset}"
    if offset <= limit:
        return f"{address}?limit={limit}"
    return f"{address}?limit={limit}&offset={offset - limit}"


def make_group_record(
    entity: Literal["categories", "grids"],
    id_: int,
    values: Mapping[str, Value],
    packages: Sequence[str] | None,
    zone: ZoneInfo,
) -> Record:
    """Return the record of a category, or of a grid with the addresses of its packages."""
    record: Record = {"id": id_}
    for name in _GROUP_KEYS[entity]:
        value: object = packages if name == "packages" else values[name]
        if isinstance(value, datetime):
            value = format_time(value, zone)
        record[name] = value
    return record


def make_hit_record(
    kind: Literal["package", "grid"], values: Mapping[str, Value], zone: ZoneInfo
) -> Record:
    """Return what a search tells of a package or a grid; what pkgcat does not know of it is 0."""
    title, slug = values["title"], values["slug"]
    path = "packages/p" if kind == "package" else "grids/g"
    participants = values.get("participants") or ()
    return {
        "description": values.get("repo_description") or values.get("description") or "",
        "title": title,
        "title_no_prefix": title,
        "slug_no_prefix": slug,
        "clean_title": title,
        "absolute_url": f"/{path}/{slug}/",
        "created": _format_any_time(values["created"], zone),
        "modified": _format_any_time(values["modified"], zone),
        "weight": 0,
        "item_type": kind,
        "slug": slug,
        "category": values.get("category") or "",
        "repo_watchers": values.get("repo_watchers") or 0,
        "repo_forks": values.get("repo_forks") or 0,
        "pypi_downloads": 0,
        "score": values.get("score") or 0,
        "usage": 0,
        "participants": ",".join(map(str, participants)),  # type: ignore[arg-type]  # a list
        "last_committed": _format_any_time(values.get("last_updated"), zone),
        "last_released": _format_any_time(values.get("pypi_released"), zone),
    }


def _format_any_time(value: Value, zone: ZoneInfo) -> str | None:
    return format_time(value, zone) if isinstance(value, datetime) else None


def format_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment with the offset of its own date; a fraction of zero is left out."""
    return moment.astimezone(zone).isoformat()


def format_json(data: object, indent: int | None) -> str:
    """Return JSON as the site writes it: raw but for two line separators; compact without an
    indent.
    """
    text = _make_encoder(indent).encode(data)
    if text.isascii():
        return text
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def write_page(
    count: int,
    following: str | None,
    previous: str | None,
    records: Iterable[Record],
    indent: int | None,
) -> Iterator[str]:
    """Yield the text of a page of a list, record by record."""
    head: Record = {"count": count, "next": following, "previous": previous, "results": []}
    beginning, end = format_json(head, indent).rsplit("]", 1)
    yield beginning
    line_break = "" if indent is None else "\n" + " " * (2 * indent)
    separator = line_break
    for record in records:
        text = format_json(record, indent)
        if indent is not None:
            text = text.replace("\n", line_break)
        yield f"{separator}{text}"
        separator = f",{line_break}"
    if separator != line_break and indent is not None:
        yield "\n" + " " * indent
    yield f"]{end}"


@cache
def _make_encoder(indent: int | None) -> json.JSONEncoder:
    separators: Any = (",", ":")
    if indent is not None:
        separators = (",", ": ")
    return json.JSONEncoder(ensure_ascii=False, indent=indent, separators=separators)
