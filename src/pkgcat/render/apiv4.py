"""API v4's own text: 18 keys, hyperlinks, New York's offsets, an indent of four (reference: DRF 3.17)."""

import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pkgcat.models import API_V4, Package
from pkgcat.render import Addresses, Format, Out, Screen, View
from pkgcat.render.json import escape

_SITE = "https://djangopackages.org/api/v4"
_EMPTY = {"repo_url": "", "pypi_url": "", "repo_description": "", "repo_forks": 0, "repo_watchers": 0}
"""What API v4 says where pkgcat says that it does not know."""


def render(view: View, form: Format, screen: Screen, out: Out) -> None:
    """Write one record as it stands, or several as a page: count, next, previous, results."""
    records = _texts(view, ZoneInfo(screen.timezone))
    if screen.terminal:
        records = map(escape, records)
    end = "\n" if screen.terminal else ""  # the API's own text ends with its last brace
    if view.one:
        out.writelines(f"{record}{end}" for record in records)
        return
    texts = [text.replace("\n", "\n        ") for text in records]
    results = ",".join(f"\n        {text}" for text in texts)
    out.write(f'{{\n    "count": {len(texts)},\n    "next": null,\n    "previous": null,\n    "results": [')
    out.write(f"{results}\n    ]\n}}{end}" if texts else f"]\n}}{end}")


def _texts(view: View, zone: ZoneInfo) -> Iterator[str]:
    addresses = view.addresses or Addresses({}, {})
    for package in view.packages or ():
        text = json.dumps(_record(package, addresses, zone), ensure_ascii=False, indent=4)
        yield text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _record(package: Package, addresses: Addresses, zone: ZoneInfo) -> dict[str, object]:
    record: dict[str, object] = {}
    for name in API_V4:
        value = getattr(package, name)
        if isinstance(value, datetime):
            value = value.astimezone(zone).isoformat()
        record[name] = _EMPTY.get(name) if value is None else value
    if package.category:
        record["category"] = addresses.categories.get(package.category) or f"{_SITE}/categories/{package.category}/"
    record["grids"] = [addresses.grids.get(grid) or f"{_SITE}/grids/{grid}/" for grid in package.grids]
    return record
