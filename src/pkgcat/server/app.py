"""The whole server as an ASGI application."""

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from pkgcat.server import api_pkgcat_app, small_answers
from pkgcat.server.api_v4_app import ApiV4
from pkgcat.server.errors import HttpError
from pkgcat.server.guard import Guard
from pkgcat.server.reader import CatalogReader
from pkgcat.server.settings import ServerSettings


def make_app(settings: ServerSettings, reader: CatalogReader) -> ASGIApp:
    """Return the application that answers all requests."""
    routes = [*small_answers.make_routes(), *api_pkgcat_app.make_routes(settings, reader)]
    others = Router(routes, redirect_slashes=False, default=_not_found)
    return Guard(_Site(ApiV4(settings, reader), others), settings)


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise HttpError(404, "Not found.")


class _Site:
    """Hands API v4 its requests, which does without a router: its addresses, and what it
    answers to others, are the reference site's.
    """

    def __init__(self, api_v4: ASGIApp, others: ASGIApp) -> None:
        self._api_v4 = api_v4
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"].startswith("/api/v4"):
            await self._api_v4(scope, receive, send)
        else:
            await self._others(scope, receive, send)
