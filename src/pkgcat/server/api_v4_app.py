"""API v4 as an ASGI application."""

from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.types import Receive, Scope, Send

from pkgcat.formats.apiv4_records import format_json
from pkgcat.server.addresses import find_base
from pkgcat.server.answers import Answer, Header, make_body, send_answer
from pkgcat.server.api_v4 import (
    HEADERS,
    JSON,
    View,
    describe,
    find_target,
    make_view,
    redirect_to_slash,
)
from pkgcat.server.entity_tags import make_entity_tag, matches
from pkgcat.server.errors import HttpError
from pkgcat.server.kept_answers import KeptAnswers
from pkgcat.server.reader import CatalogReader
from pkgcat.server.requests import Request, find_request
from pkgcat.server.settings import ServerSettings
from pkgcat.store.kept import Snapshot

_PAGE_INDENT = 4


class ApiV4:
    """Answers every request below `/api/v4`."""

    def __init__(self, settings: ServerSettings, reader: CatalogReader) -> None:
        self._settings = settings
        self._reader = reader
        self._zone = ZoneInfo(settings.timezone)
        self._kept = KeptAnswers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = find_request(scope)
        answer = await self._answer(request)
        await send_answer(answer, send, with_body=request.method != "HEAD")

    async def _answer(self, request: Request) -> Answer:
        target = find_target(request.path)
        if target is None:
            return redirect_to_slash(request) or _refuse(HttpError(404, "Not found."))
        base = find_base(request, self._settings)
        try:
            now = self._settings.read_clock()
            view = make_view(request, target, base, self._zone, now)
        except HttpError as error:
            return _refuse(error)
        if request.method == "OPTIONS":
            return _finish(view, 200, format_json(describe(target), _indent(view)))
        try:
            if request.method not in ("GET", "HEAD"):
                raise HttpError(405, f'Method "{request.method}" not allowed.')
            return self._recall(view) or await self._read(view)
        except HttpError as error:
            text = format_json({"detail": error.detail}, _indent(view))
            return _finish(view, error.status, text, *error.headers)

    def _recall(self, view: View) -> Answer | None:
        """Return an answer that needs no look into the catalog, as nothing has changed there."""
        version = self._reader.find_version()
        if version is None:
            return None
        tag = self._make_tag(view, version)
        return _not_modified(view, tag) or self._kept.find(tag)

    async def _read(self, view: View) -> Answer:
        """Return an answer that is made of the catalog; raise HttpError where there is none."""
        tag, answer = await self._reader.read(lambda snapshot: self._make_answer(view, snapshot))
        if view.negotiated.format == "json" and answer.status == HTTPStatus.OK:
            self._kept.keep(tag, answer)
        return answer

    def _make_answer(self, view: View, snapshot: Snapshot) -> tuple[str, Answer]:
        """Return an answer with its tag."""
        tag = self._make_tag(view, snapshot.version)
        not_modified = _not_modified(view, tag)
        if not_modified is not None:
            return tag, not_modified
        pieces = view.read(snapshot, _indent(view))
        if view.negotiated.format == "json":
            answer = Answer(200, make_body(pieces), JSON, HEADERS)
        else:
            answer = _finish(view, 200, "".join(pieces))
        return tag, answer.with_headers(*_validators(tag))

    def _make_tag(self, view: View, version: str) -> str:
        """Return the entity tag of all that an answer depends on."""
        return make_entity_tag(
            version,
            self._settings.timezone,
            view.links.base,
            view.negotiated,
            view.request.path,
            view.request.query,
            view.now.date() if view.target.resource == "search" else "",
        )


def _not_modified(view: View, tag: str) -> Answer | None:
    """Return 304 for a request that has the answer of this tag already."""
    if not matches(view.request.header(b"if-none-match"), tag):
        return None
    return Answer(304, headers=(*HEADERS, *_validators(tag)))


def _validators(tag: str) -> tuple[Header, Header]:
    return (b"etag", tag.encode()), (b"cache-control", b"no-cache")


def _indent(view: View) -> int | None:
    if view.negotiated.format == "api":
        return _PAGE_INDENT
    return view.negotiated.indent


def _refuse(error: HttpError) -> Answer:
    """Return an error before a format was agreed upon."""
    text = format_json({"detail": error.detail}, None)
    return Answer(error.status, text.encode(), JSON, HEADERS)


def _finish(view: View, status: int, text: str, *more: Header) -> Answer:
    """Return an answer in the negotiated format."""
    headers = (*HEADERS, *more)
    if view.negotiated.format == "json":
        return Answer(status, text.encode(), JSON, headers)
    from pkgcat.server.api_page import render_api_page  # Jinja costs a quarter of the start

    page = render_api_page(
        view.request,
        str(describe(view.target)["name"]),
        f"{status} {HTTPStatus(status).phrase}",
        (*headers, (b"content-type", JSON)),
        text,
    )
    return page._replace(status=status, headers=headers)
