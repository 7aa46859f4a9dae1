"""Pages of a list, by `limit` and `offset` as Django REST framework reads them."""

from typing import NamedTuple

from pkgcat.server.links import quote_path, replace_parameters
from pkgcat.server.requests import Request

DEFAULT_LIMIT = 20
_MOST = 2**63 - 1
"""SQLite's largest integer; the site answers 500 for larger ones."""


class Page(NamedTuple):
    """Which part of a list is asked for."""

    limit: int
    offset: int

    def find_links(self, request: Request, base: str, count: int) -> tuple[str | None, str | None]:
        """Return the addresses of the next and the previous page of a list of `count` items."""
        following, previous = None, None
        if self.offset + self.limit < count:
            following = self._link(request, base, self.offset + self.limit)
        if self.offset > 0:
            previous = self._link(request, base, self.offset - self.limit)
        return following, previous

    def _link(self, request: Request, base: str, offset: int) -> str:
        """Return the address of the page at an offset; that of the first page has none."""
        values: dict[str, str | None] = {"limit": str(self.limit), "offset": None}
        if offset > 0:
            values["offset"] = str(offset)
        query = replace_parameters(request.query, values)
        return f"{base}{quote_path(request.path)}?{query}"


def read_page(request: Request) -> Page:
    """Return the page that a request asks for; what is no number is as if it were missing."""
    limit = _parse_integer(request.parameter("limit"))
    offset = _parse_integer(request.parameter("offset"))
    if limit is None or limit <= 0:
        limit = DEFAULT_LIMIT
    if offset is None or offset < 0:
        offset = 0
    return Page(min(limit, _MOST), min(offset, _MOST))


def _parse_integer(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        return None
