"""API v4's own text: 18 keys, hyperlinks, dates with the zone's offset, an indent of four.

The reference is Django REST framework 3.17 as Django Packages runs it.
"""

import json
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from pkgcat.errors import Invalid
from pkgcat.formats.apiv4_records import (
    Record,
    format_json,
    make_next_link,
    make_package_record,
    make_previous_link,
)
from pkgcat.formats.json import escape_json
from pkgcat.model.package import Package
from pkgcat.model.site_addresses import DJANGO_PACKAGES_API
from pkgcat.results.output import Output, Screen
from pkgcat.results.records import Addresses, Records
from pkgcat.results.result import Result

_PACKAGES = f"{DJANGO_PACKAGES_API}/packages/"


def render(result: Result, screen: Screen, out: Output) -> None:
    """Write one record as it is, or several as a page: count, next, previous, results.

    Raises Invalid for a result that is no records, or for chosen fields.
    """
    if not isinstance(result, Records):
        raise Invalid("API v4 knows packages only; choose another --format")
    if result.chosen:
        raise Invalid(
            "--format apiv4 has API v4's own 18 keys; --fields goes with the other formats"
        )
    texts = format_packages(result.packages(), result.addresses(), screen)
    if result.single:
        write_single(texts, screen, out)
    else:
        write_page(texts, screen, out, result.count_all(), result.limit, result.offset)


def format_packages(
    packages: Iterable[Package], addresses: Addresses, screen: Screen
) -> Iterator[str]:
    """Yield each package as JSON text; for a terminal in printable ASCII."""
    zone = ZoneInfo(screen.timezone)
    for package in packages:
        record = _convert_to_record(package, addresses, zone)
        text = format_json(record, indent=4)
        if screen.terminal:
            yield escape_json(text)
        else:
            yield text


def write_single(texts: Iterable[str], screen: Screen, out: Output) -> None:
    """Write each record as it is. The API's own text has no line break at its end."""
    for text in texts:
        out.write(text)
        out.write(_last_line_break(screen))


def write_page(
    texts: Iterable[str],
    screen: Screen,
    out: Output,
    total: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> None:
    """Write records as a page of API v4; `total` is of how many they are a part, if they are one."""
    results = [text.replace("\n", "\n        ") for text in texts]
    count = len(results) if total is None else total
    next_link = make_next_link(_PACKAGES, count, limit, offset)
    previous_link = make_previous_link(_PACKAGES, limit, offset)
    out.write(f'{{\n    "count": {count},\n    "next": {json.dumps(next_link)},\n')
    out.write(f'    "previous": {json.dumps(previous_link)},\n    "results": [')
    if results:
        out.write(",".join(f"\n        {text}" for text in results))
        out.write("\n    ")
    out.write("]\n}")
    out.write(_last_line_break(screen))


def _last_line_break(screen: Screen) -> str:
    if screen.terminal:
        return "\n"
    return ""


def _convert_to_record(package: Package, addresses: Addresses, zone: ZoneInfo) -> Record:
    category = None
    if package.category:
        category = _link("categories", package.category, addresses.categories)
    grids = [_link("grids", grid, addresses.grids) for grid in package.grids]
    return make_package_record(package.values, category, grids, zone)


def _link(resource: str, slug: str, addresses: dict[str, str | None]) -> str:
    return addresses.get(slug) or f"{DJANGO_PACKAGES_API}/{resource}/{slug}/"
