"""Django Packages' API, version 4 (apiv4.md)."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from tests.upstream.site import Quota, Site
from tests.upstream.things import Category, DjangoPackage, Grid
from tests.upstream.wire import Request, Response, answer, dump, moved

MOUNT, API = "/djangopackages", "/api/v4"
_NEW_YORK = ZoneInfo("America/New_York")
_HEADERS = {"allow": "GET, HEAD, OPTIONS", "vary": "Accept"}
_NAMES = {"packages": "Package", "grids": "Grid", "categories": "Category", "search": "Search"}


def quotas() -> dict[str, Quota]:
    """Return no limits: the site has configured none."""
    return {}


def respond(site: Site, request: Request) -> Response:
    """Answer one request."""
    parts = request.parts
    if parts[:2] != ("api", "v4"):
        return answer({"detail": "Not found."}, 404, "application/json")
    if parts[-1] != "":
        query = request.target.partition("?")[2]
        return moved(f"{request.path}/" + (f"?{query}" if query else ""))
    response = _method(request, parts[2:-1]) or _find(site, request, parts[2:-1])
    response.headers |= _HEADERS
    return response


def _method(request: Request, parts: Sequence[str]) -> Response | None:
    if request.method in {"GET", "HEAD"}:
        return None
    if request.method != "OPTIONS":
        return answer({"detail": f'Method "{request.method}" not allowed.'}, 405, "application/json")
    name = "Api Root" if not parts else f"{_NAMES.get(parts[0], '')} {'List' if len(parts) == 1 else 'Instance'}"
    words = "API endpoint that allows packages to be viewed or edited."
    kinds = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
    described = {
        "name": name,
        "description": words,
        "renders": ["application/json", "text/html"],
        "parses": kinds,
    }
    return answer(described, 200, "application/json")


def _find(site: Site, request: Request, parts: Sequence[str]) -> Response:
    desk = _Desk(site, request)
    match parts:
        case ():
            return desk.show({name: desk.url(name) for name in ("packages", "search", "grids", "categories")})
        case ("packages",):
            return desk.listed("packages", site.world.package_ids, desk.package)
        case ("grids",):
            return desk.listed("grids", sorted(site.world.grids), desk.grid)
        case ("categories",):
            return desk.listed("categories", sorted(site.world.categories), desk.category)
        case ("packages", key):
            number = int(key) if key.isdigit() else site.world.slugs.get(key)
            package = None if number is None else site.world.packages.get(number)
            return desk.one("Package", package, desk.package)
        case ("grids", key):
            grids = site.world.grids
            grid = grids.get(int(key)) if key.isdigit() else next((g for g in grids.values() if g.slug == key), None)
            return desk.one("Grid", grid, desk.grid)
        case ("categories", key) if key.isdigit():
            return desk.one("Category", site.world.categories.get(int(key)), desk.category)
        case ("search",):
            return desk.search(request.query.get("q", "").lower())
    return desk.one("Page", None, desk.package)


def _time(date: datetime | None) -> str | None:
    return None if date is None else date.astimezone(_NEW_YORK).isoformat()


class _Desk:
    """What one request shows: its addresses carry the request's format."""

    def __init__(self, site: Site, request: Request) -> None:
        self.site, self.request = site, request
        chosen = request.query.get("format")
        self.suffix = f"?format={chosen}" if chosen in {"api", "json"} else ""

    def url(self, *parts: object) -> str:
        """Return the address of a resource."""
        return "/".join([self.site.base, *map(str, parts)]) + "/" + self.suffix

    def show(self, body: object, status: int = 200) -> Response:
        """Answer in the layout that was asked for."""
        wide = "indent=4" in self.request.headers.get("accept", "")
        text = json.dumps(body, ensure_ascii=False, indent=4).encode() if wide else dump(body)
        return Response(status, text.replace("\u2028".encode(), b"\\u2028"), {"content-type": "application/json"})

    def one(self, name: str, found: Any, show: Callable[[Any], dict[str, Any]]) -> Response:
        """Answer one thing, or that there is none."""
        if found is None:
            return self.show({"detail": f"No {name} matches the given query."}, 404)
        return self.show(show(found))

    def listed(self, name: str, keys: Sequence[int], show: Callable[[Any], dict[str, Any]]) -> Response:
        """Answer a page of things, newest first."""
        limit, offset = self.request.number("limit", 20), self.request.number("offset", 0)
        shelf: Any = getattr(self.site.world, name)
        end = len(keys) - offset
        chosen = keys[max(0, end - limit) : max(0, end)]
        rows = [show(thing) for key in reversed(chosen) if (thing := shelf.get(key)) is not None]
        following = self.at(limit, offset + limit) if offset + limit < len(keys) else None
        previous = self.at(limit, offset - limit) if offset > 0 else None
        return self.show({"count": len(keys), "next": following, "previous": previous, "results": rows})

    def at(self, limit: int, offset: int) -> str:
        """Return the address of another page; the first one has no offset."""
        query = dict(parse_qsl(self.request.target.partition("?")[2], keep_blank_values=True))
        query["limit"] = str(limit)
        query.pop("offset", None)
        if offset > 0:
            query["offset"] = str(offset)
        host = self.site.base.removesuffix(MOUNT + API) if self.request.mount else self.site.base.removesuffix(API)
        return f"{host}{self.request.path}?{urlencode(sorted(query.items()))}"

    def package(self, row: DjangoPackage) -> dict[str, Any]:
        """Return the 18 keys, in their order."""
        return {
            "category": self.url("categories", row.category),
            "grids": [self.url("grids", grid) for grid in row.grids],
            "id": row.id,
            "title": row.title,
            "slug": row.slug,
            "last_updated": _time(row.last_updated),
            "last_fetched": _time(row.last_fetched),
            "repo_url": row.repo_url,
            "pypi_version": row.pypi_version,
            "created": _time(row.created),
            "modified": _time(row.modified),
            "repo_forks": row.repo_forks,
            "repo_description": row.repo_description,
            "pypi_url": row.pypi_url,
            "documentation_url": row.documentation_url,
            "repo_watchers": row.repo_watchers,
            "commits_over_52": row.commits_over_52,
            "participants": row.participants,
        }

    def grid(self, row: Grid) -> dict[str, Any]:
        """Return a grid."""
        told = {"id": row.id, "title": row.title, "slug": row.slug, "description": row.description}
        packages = [self.url("packages", number) for number in row.packages]
        created = _time(row.created)
        return {
            **told,
            "is_locked": False,
            "packages": packages,
            "header": False,
            "created": created,
            "modified": created,
        }

    def category(self, row: Category) -> dict[str, Any]:
        """Return a category."""
        told = {"id": row.id, "title": row.title, "slug": row.slug, "description": row.description}
        begun = "2010-08-14T18:43:34.283000-04:00"
        return {
            **told,
            "title_plural": row.title_plural,
            "show_pypi": True,
            "created": begun,
            "modified": begun,
        }

    def search(self, words: str) -> Response:
        """Answer at most 20 packages whose slug has the words in it."""
        world = self.site.world
        found = [number for slug, number in world.slugs.items() if words and words in slug][:20]
        return self.show([self.hit(row) for number in found if (row := world.packages.get(number)) is not None])

    def hit(self, row: DjangoPackage) -> dict[str, Any]:
        """Return a row of the search."""
        bare = row.title.removeprefix("django-")
        clean = {
            "title_no_prefix": bare,
            "slug_no_prefix": row.slug.removeprefix("django-"),
            "clean_title": bare,
        }
        dates = {"created": _time(row.created), "modified": _time(row.modified)}
        category = self.site.world.categories[row.category].title
        counts = {"repo_watchers": row.repo_watchers, "repo_forks": row.repo_forks, "pypi_downloads": 0}
        address = f"/packages/p/{row.slug}/"
        return {
            "description": row.repo_description,
            "title": row.title,
            **clean,
            "absolute_url": address,
            **dates,
            "weight": row.repo_watchers,
            "item_type": "package",
            "slug": row.slug,
            "category": category,
            **counts,
            "score": row.repo_watchers,
            "usage": 0,
            "participants": ",".join(row.participants),
            "last_committed": _time(row.last_updated),
            "last_released": None,
        }
