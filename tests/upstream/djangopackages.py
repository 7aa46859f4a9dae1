"""Django Packages' API, version 4 (https://djangopackages.org/api/v4/): what pkgcat asks of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.upstream.host import Host
from tests.upstream.messages import Request, Response

_NEW_YORK = ZoneInfo("America/New_York")


class DjangoPackages(Host):
    """Packages, grids and categories; the newest are listed first. Addresses end with a slash."""

    name = "djangopackages"
    api_path = "/api/v4"

    def respond(self, request: Request) -> Response:
        """Answer one request; an address without a slash at its end is redirected."""
        world = self.world
        if request.segments[-1] != "":
            return Response.redirect(request.repeat_query(f"{request.path}/"))
        if request.method not in {"GET", "HEAD"}:
            return _show({"detail": f'Method "{request.method}" not allowed.'}, 405)
        match request.segments:
            case ("api", "v4", "packages", ""):
                return self._show_page(request, world.package_ids, world.packages.get)
            case ("api", "v4", "grids", ""):
                return self._show_page(request, sorted(world.grids), world.grids.get)
            case ("api", "v4", "categories", ""):
                return self._show_page(request, sorted(world.categories), world.categories.get)
            case ("api", "v4", "packages", key, ""):
                number = int(key) if key.isdigit() else world.slugs.get(key, 0)
                return self._show_one("Package", world.packages.get(number))
            case ("api", "v4", "grids", key, ""):
                ids = {grid.slug: grid.id for grid in world.grids.values()}
                number = int(key) if key.isdigit() else ids.get(key, 0)
                return self._show_one("Grid", world.grids.get(number))
            case ("api", "v4", "categories", key, "") if key.isdigit():
                return self._show_one("Category", world.categories.get(int(key)))
        return _show({"detail": "Not found."}, 404)

    def _show_one(self, name: str, row: Any) -> Response:
        if row is None:
            return _show({"detail": f"No {name} matches the given query."}, 404)
        return _show(self._format_row(row))

    def _show_page(
        self, request: Request, ids: Sequence[int], get_row: Callable[[int], Any]
    ) -> Response:
        """Answer so many rows from an offset, the newest first."""
        limit, offset = request.read_number("limit", 20), request.read_number("offset", 0)
        end = max(0, len(ids) - offset)
        rows = [get_row(number) for number in reversed(ids[max(0, end - limit) : end])]
        address = self.base_url + request.path.removeprefix(request.mount).removeprefix(
            self.api_path
        )
        body = {
            "count": len(ids),
            "next": _link_page(address, limit, offset + limit)
            if offset + limit < len(ids)
            else None,
            "previous": _link_page(address, limit, offset - limit) if offset > 0 else None,
            "results": [self._format_row(row) for row in rows if row is not None],
        }
        return _show(body)

    def _format_row(self, row: Any) -> dict[str, Any]:
        """Return the fields of a row, with times in the site's zone and addresses in place of
        ids of other rows.
        """
        record = {}
        for name in row.__slots__:
            value = getattr(row, name)
            if isinstance(value, datetime):
                value = value.astimezone(_NEW_YORK).isoformat()
            elif name == "category":
                value = f"{self.base_url}/categories/{value}/"
            elif name in {"grids", "packages"}:
                value = [f"{self.base_url}/{name}/{number}/" for number in value]
            record[name] = value
        return record


def _show(body: object, status: int = 200) -> Response:
    return Response.from_json(body, status, "application/json")


def _link_page(address: str, limit: int, offset: int) -> str:
    """Return the address of a page; the first page has no offset."""
    return f"{address}?limit={limit}&offset={offset}" if offset > 0 else f"{address}?limit={limit}"
