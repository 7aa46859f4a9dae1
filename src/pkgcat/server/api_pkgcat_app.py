"""pkgcat's own API as ASGI applications, one for each address."""

import json

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pkgcat.errors import Conflict, Invalid, NotFound
from pkgcat.server.addresses import is_local
from pkgcat.server.answers import Answer, make_body, send_answer
from pkgcat.server.api_pkgcat import ENDPOINTS, Call, Endpoint
from pkgcat.server.entity_tags import make_entity_tag, matches
from pkgcat.server.errors import HttpError
from pkgcat.server.openapi import PATH, make_document
from pkgcat.server.parameters import read_parameters
from pkgcat.server.reader import CatalogReader
from pkgcat.server.requests import Request, find_request
from pkgcat.server.settings import ServerSettings
from pkgcat.server.small_answers import FixedAnswer, check_method
from pkgcat.store.kept import Snapshot

_JSON = b"application/json"
_CLOCK_PARAMETERS = frozenset({"stale", "where"})
"""Parameters with which an answer may change while the catalog does not."""


def make_routes(settings: ServerSettings, reader: CatalogReader) -> list[Route]:
    """Return the routes of the API and of its description."""
    routes = [
        Route(endpoint.path, _CatalogEndpoint(endpoint, settings, reader)) for endpoint in ENDPOINTS
    ]
    document = Answer(200, json.dumps(make_document()).encode(), _JSON)
    return [*routes, Route(PATH, FixedAnswer(document))]


class _CatalogEndpoint:
    """Answers the requests of one address."""

    def __init__(self, endpoint: Endpoint, settings: ServerSettings, reader: CatalogReader) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = find_request(scope)
        check_method(request)
        name = scope.get("path_params", {}).get("name", "")
        call = Call(
            name,
            read_parameters(request, self._endpoint.parameters),
            is_trusted=self._settings.with_notes or is_local(request),
            now=self._settings.read_clock(),
        )
        answer = await self._reader.read(lambda snapshot: self._read(request, call, snapshot))
        await send_answer(answer, send, with_body=request.method == "GET")

    def _read(self, request: Request, call: Call, snapshot: Snapshot) -> Answer:
        """Return the answer; what it says of scores holds for a day, unless ages are asked for."""
        moment: object = call.now.date()
        if self._endpoint.follows_the_clock or _CLOCK_PARAMETERS & call.values.keys():
            moment = call.now
        tag = make_entity_tag(
            snapshot.version, request.path, request.query, call.is_trusted, moment
        )
        validators = ((b"etag", tag.encode()), (b"cache-control", b"no-cache"))
        if matches(request.header(b"if-none-match"), tag):
            return Answer(304, headers=validators)
        try:
            body = make_body(self._endpoint.read(call, snapshot))
        except NotFound as error:
            raise HttpError(404, str(error)) from error
        except (Invalid, Conflict) as error:
            raise HttpError(400, str(error)) from error
        return Answer(200, body, _JSON, validators)
