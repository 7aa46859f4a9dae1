"""Django Packages' API v4 for the catalog: the answers of the reference site, byte for byte.

Its order of decisions is that of Django and Django REST framework: the path, the slash at its end,
the format, the method, then the catalog.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pkgcat.errors import Invalid
from pkgcat.formats.apiv4_records import (
    Record,
    format_json,
    make_group_record,
    make_hit_record,
    make_package_record,
    write_page,
)
from pkgcat.server.answers import Answer
from pkgcat.server.errors import HttpError
from pkgcat.server.links import ROOT, Links, quote_path, quote_query
from pkgcat.server.negotiation import Negotiated, negotiate
from pkgcat.server.paging import read_page
from pkgcat.server.requests import Request
from pkgcat.services.site_search import search_site
from pkgcat.store import api_v4
from pkgcat.store.api_v4 import GroupIds, ServedPackage
from pkgcat.store.groups import Entity
from pkgcat.store.kept import Snapshot

JSON = b"application/json"
METHODS = ("GET", "HEAD", "OPTIONS")
HEADERS = ((b"allow", ", ".join(METHODS).encode()), (b"vary", b"Accept"))

_LIST = r"(?P<resource>packages|search|grids|categories)(?:/(?P<name>[^/.]+))?"
_PATTERN = rf"(?:{_LIST}(?P<slash>/)?)?(?:\.(?P<suffix>[a-z0-9]+)/?)?"

_RESOURCES = ("packages", "search", "grids", "categories")
"""In the order of the root."""

_NOUNS = {"packages": "Package", "grids": "Grid", "categories": "Category"}
_PACKAGES_DESCRIPTION = "API endpoint that allows packages to be viewed or edited."
_SEARCH_DESCRIPTION = "Accepts a 'q' GET parameter.\n\nReturns SearchV3 (PostgreSQL FTS) results."
_MAX_ID_DIGITS = 18
"""Longer numbers are no ids: SQLite's integers have 64 bits."""


class Target(NamedTuple):
    """What an address names: the root, a list, or one item; `suffix` is a format in its path."""

    resource: str | None
    name: str | None
    suffix: str | None


class View(NamedTuple):
    """What an answer is made of, the catalog aside."""

    target: Target
    request: Request
    links: Links
    negotiated: Negotiated
    zone: ZoneInfo
    now: datetime

    def read(self, snapshot: Snapshot, indent: int | None) -> Iterator[str]:
        """Yield the JSON text of the answer in pieces; raise HttpError where there is nothing."""
        resource, name = self.target.resource, self.target.name
        if resource is None:
            addresses = {name: self.links.resource(name) for name in _RESOURCES}
            yield format_json(addresses, indent)
        elif resource == "search":
            yield format_json(_search(self, snapshot), indent)
        elif name is None:
            yield from _read_list(self, snapshot, indent)
        elif resource == "packages":
            yield format_json(_read_package(self, snapshot, name), indent)
        else:
            entity: Entity = "grids" if resource == "grids" else "categories"
            yield format_json(_read_group(self, snapshot, entity, name), indent)


def find_target(path: str) -> Target | None:
    """Return what a path below ROOT names; None where it names nothing."""
    rest = path.removeprefix(ROOT)
    if len(rest) == len(path):
        return None
    match = re.fullmatch(_PATTERN, rest)
    if match is None:
        return None
    resource, name, suffix = match["resource"], match["name"], match["suffix"]
    if resource is not None and (match["slash"] is None) == (suffix is None):
        return None
    if resource == "search" and name is not None:
        return None
    return Target(resource, name, suffix)


def redirect_to_slash(request: Request) -> Answer | None:
    """Return the redirection of an address that lacks the slash at its end."""
    if request.path.endswith("/") or find_target(f"{request.path}/") is None:
        return None
    location = f"{quote_path(request.path)}/"
    if request.query:
        location += f"?{quote_query(request.query)}"
    return Answer(
        301, content_type=b"text/html; charset=utf-8", headers=((b"location", location.encode()),)
    )


def describe(target: Target) -> Record:
    """Return what OPTIONS tells of an address, whether there is something at it or not."""
    name, description = "Api Root", "The default basic root view for DefaultRouter"
    if target.resource == "search":
        name, description = "Search V3 List", _SEARCH_DESCRIPTION
    elif target.resource is not None:
        noun = _NOUNS[target.resource]
        name = f"{noun} List" if target.name is None else f"{noun} Instance"
        description = _PACKAGES_DESCRIPTION if target.resource == "packages" else ""
    return {
        "name": name,
        "description": description,
        "renders": ["application/json", "text/html"],
        "parses": [
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ],
    }


def _read_package(view: View, snapshot: Snapshot, name: str) -> Record:
    store = snapshot.store
    if name.isdigit():
        id_ = _parse_id(name)
        package = None if id_ is None else api_v4.find_package(store, id_=id_)
    else:
        package = api_v4.find_package(store, slug=name)
    if package is None:
        raise _not_found("packages")
    return _make_package(view, snapshot, package)


def _read_group(view: View, snapshot: Snapshot, entity: Entity, name: str) -> Record:
    ids = _group_ids(snapshot, entity)
    key: int | None
    if entity == "categories":
        try:
            key = ids.keys.get(int(name))
        except ValueError:
            raise HttpError(404, "Not found.") from None
    elif name.isdigit():
        id_ = _parse_id(name)
        key = None if id_ is None else ids.keys.get(id_)
    else:
        key = api_v4.find_group(snapshot.store, entity, name)
    if key is None:
        raise _not_found(entity)
    return _make_group(view, snapshot, entity, key)


def _parse_id(digits: str) -> int | None:
    """Return the number of a text of digits of any script; None where it cannot be an id."""
    try:
        number = int(digits[-_MAX_ID_DIGITS:])
        rest = int(digits[:-_MAX_ID_DIGITS] or "0")
    except ValueError:  # superscripts are digits and no number, as is a text of 5,000 digits
        return None
    return number if rest == 0 else None


def _not_found(resource: str) -> HttpError:
    return HttpError(404, f"No {_NOUNS[resource]} matches the given query.")


def _read_list(view: View, snapshot: Snapshot, indent: int | None) -> Iterator[str]:
    page = read_page(view.request)
    resource = view.target.resource
    records: Iterator[Record]
    if resource == "packages":
        count = snapshot.compute_once("packages", api_v4.count_packages)
        packages = api_v4.list_packages(snapshot.store, page.limit, page.offset)
        records = (_make_package(view, snapshot, package) for package in packages)
    else:
        entity: Entity = "grids" if resource == "grids" else "categories"
        keys = list(_group_ids(snapshot, entity).keys.values())
        count = len(keys)
        listed = keys[page.offset : page.offset + page.limit]
        records = (_make_group(view, snapshot, entity, key) for key in listed)
    following, previous = page.find_links(view.request, view.links.base, count)
    yield from write_page(count, following, previous, records, indent)


def _make_package(view: View, snapshot: Snapshot, package: ServedPackage) -> Record:
    snapshot.check_time()
    category = None
    if package.category is not None:
        id_ = _group_ids(snapshot, "categories").ids.get(package.category)
        category = None if id_ is None else view.links.item("categories", id_)
    grids = []
    if package.grids:
        ids = _group_ids(snapshot, "grids").ids
        grids = [view.links.item("grids", ids[key]) for key in package.grids if key in ids]
    return make_package_record(package.values, category, grids, view.zone)


def _make_group(view: View, snapshot: Snapshot, entity: Entity, key: int) -> Record:
    snapshot.check_time()
    id_ = _group_ids(snapshot, entity).ids[key]
    packages = None
    if entity == "grids":
        found = api_v4.list_grid_packages(snapshot.store, key)
        packages = [view.links.item("packages", package_id) for package_id in found]
    values = api_v4.read_group(snapshot.store, entity, key)
    return make_group_record(entity, id_, values, packages, view.zone)


def _group_ids(snapshot: Snapshot, entity: Entity) -> GroupIds:
    return snapshot.compute_once(entity, lambda store: api_v4.read_group_ids(store, entity))


def _search(view: View, snapshot: Snapshot) -> list[Record]:
    text = view.request.parameter("q") or ""
    if "\0" in text:
        raise HttpError(400, "NUL is no character of a text to search for.")
    store = snapshot.store
    records = []
    try:
        hits = search_site(store, text, view.now)
    except Invalid as error:
        raise HttpError(400, str(error)) from error
    for hit in hits:
        if hit.kind == "package":
            values = api_v4.read_hit(store, hit.key, view.now)
        else:
            values = api_v4.read_group(store, "grids", hit.key)
        records.append(make_hit_record(hit.kind, values, view.zone))
    return records


def make_view(request: Request, target: Target, base: str, zone: ZoneInfo, now: datetime) -> View:
    """Return what an answer is made of; raise NotNegotiable."""
    wanted = request.parameter("format")
    negotiated = negotiate(target.suffix or wanted, request.header(b"accept"))
    return View(target, request, Links(base, target.suffix, wanted), negotiated, zone, now)
