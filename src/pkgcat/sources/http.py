"""HttpFetcher: asks hosts over HTTP; the only room that knows httpx."""

import asyncio
import hashlib
import logging
import random
import ssl
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self

import httpx

from pkgcat import __version__
from pkgcat.sources.base import (
    Answer,
    Failed,
    Limited,
    Malformed,
    Overloaded,
    Passing,
    Place,
    Refused,
    Stamp,
    Stamps,
)
from pkgcat.sources.gate import Gate
from pkgcat.sources.places import may_sign, origin
from pkgcat.sources.verdict import Quota, Reply, judge, over_limit, parse, quota

MAX_BODY = 8 * 2**20
MAX_HOPS = 5
MAX_JOBS = 16
"""With more connections httpcore looks at all of them for each request, and collapses."""

_REDIRECTS = {301, 302, 303, 307, 308}
_RETRIES = 3
_WAITS = 2
_TOKEN = 8
"""What is shorter is no secret, and would be found in many a word."""
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")

for _name in ("httpx", "httpcore"):  # they log each request's address, and headers when debugging
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class _Request:
    place: Place
    method: str
    url: httpx.URL
    headers: dict[str, str]
    where: str
    body: Mapping[str, object] | None = None
    retry: bool = True

    @property
    def bucket(self) -> str:
        return "graphql" if self.method == "POST" else "core"


class HttpFetcher:
    """A Fetcher. Leaving its `async with` block closes its connections.

    `stamps` holds the stored validators; those of new answers travel in Answer and Facts, to be
    stored with the facts. `jobs` (1 to 16) overrides what each place likes; a pause up to
    `patience` seconds is waited for; `timeout` is for one whole request, redirects included.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        stamps: Stamps | None = None,
        jobs: int | None = None,
        patience: float = 60,
        timeout: float = 30,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.requests: Counter[str] = Counter()
        """How many requests went to each host, redirects and retries included."""
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._stamps: Stamps = {} if stamps is None else stamps
        self._jobs, self._patience, self._timeout = jobs, patience, timeout
        self._gates: dict[str, Gate] = {}
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._tls: ssl.SSLContext | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    @property
    def quotas(self) -> dict[str, dict[str, Quota]]:
        """What each host last said of its quotas, by bucket (`core`, `graphql`)."""
        return {host: dict(gate.quotas) for host, gate in self._gates.items() if gate.quotas}

    async def get(
        self,
        place: Place,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        retry: bool = True,
        patience: float = 0,
    ) -> Answer:
        """See base.Fetcher."""
        where = _where(place, path)
        sent = {"Accept": "application/json", **(headers or {})}
        key = _key(_address(place, path, where), sent["Accept"], place.authorization)
        old = self._stamps.get(key) if conditional else None
        sent |= _conditions(old)
        request = _Request(place, "GET", _address(place, path, where), sent, where, retry=retry)
        reply = await self._insist(request)
        if reply.status == 202 and patience:
            await self._sleep(patience)
            reply = await self._insist(request)
        return _answer(where, reply, Stamp(key) if old is None else old)

    async def post(self, place: Place, path: str, body: Mapping[str, object]) -> Answer:
        """See base.Fetcher."""
        where = _where(place, path)
        headers = {"Accept": "application/json"}
        request = _Request(place, "POST", _address(place, path, where), headers, where, body, retry=False)
        return _answer(where, await self._insist(request), None)

    async def _insist(self, request: _Request) -> Reply:
        """Ask until there is an answer or no use in asking again."""
        gate = self._gate(request.place)
        failures = waits = 0
        while True:
            try:
                return await self._once(request, gate)
            except Limited:
                waits += 1
                if waits > _WAITS:
                    raise
            except Passing as exc:
                failures += 1
                if failures > _RETRIES or (isinstance(exc, Overloaded) and not request.retry):
                    raise
                await self._sleep(2 ** (failures - 2) * (0.5 + self._jitter()))
            except Refused as exc:
                if request.place.authorization:
                    gate.refused = exc
                raise

    async def _once(self, request: _Request, gate: Gate) -> Reply:
        async with gate.slots:
            await gate.wait(request.bucket)
            try:
                async with asyncio.timeout(self._timeout):
                    reply = await self._follow(request)
            except TimeoutError as exc:
                raise Passing(f"{request.where}: no whole answer within {self._timeout:g} seconds") from exc
        now = self._clock()
        error = judge(request.where, reply, now)
        if error is None and request.method == "POST":
            error = over_limit(request.where, parse(request.where, reply.body), reply, now)
        if isinstance(error, Limited):
            gate.close(request.bucket, error)
            raise error
        gate.note(request.bucket, quota(reply.headers, now))
        if error is not None:
            raise error
        return reply

    async def _follow(self, request: _Request) -> Reply:
        """Follow redirects of questions without a body; never from https to http."""
        url = request.url
        for _ in range(MAX_HOPS + 1):
            reply = await self._exchange(request, url)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not location or request.method != "GET":
                return reply
            url = _next(request.where, url, location)
        raise Failed(f"{request.where}: more than {MAX_HOPS} redirects")

    async def _exchange(self, request: _Request, url: httpx.URL) -> Reply:
        client = self._client(request.place)
        self.requests[request.place.host] += 1
        headers = {"User-Agent": f"pkgcat/{__version__}", "Accept-Encoding": "gzip", **request.headers}
        if request.place.authorization and may_sign(request.place.api_url, str(url)):
            headers["Authorization"] = request.place.authorization
        try:
            message = client.build_request(request.method, url, headers=headers, json=request.body)
            response = await client.send(message, stream=True)
            try:
                body = _scrubbed(await _body(request.where, response), request.place)
                return Reply(response.status_code, _headers(response), body)
            finally:
                await response.aclose()
        except httpx.TransportError as exc:
            raise Passing(f"{request.where}: {_reason(exc)}") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
            raise Failed(f"{request.where}: {_reason(exc)}") from None

    def _gate(self, place: Place) -> Gate:
        if place.host not in self._gates:
            self._gates[place.host] = Gate(
                place.host,
                jobs=self._parallel(place),
                patience=self._patience,
                clock=self._clock,
                sleep=self._sleep,
            )
        return self._gates[place.host]

    def _client(self, place: Place) -> httpx.AsyncClient:
        """Return the host's own client: its pool holds as many connections as the gate lets through."""
        if place.host not in self._clients:
            self._tls = self._tls or httpx.create_ssl_context()
            jobs = self._parallel(place)
            limits = httpx.Limits(max_connections=jobs, max_keepalive_connections=jobs)
            self._clients[place.host] = httpx.AsyncClient(
                verify=self._tls,
                limits=limits,
                timeout=httpx.Timeout(min(self._timeout, 20), connect=min(self._timeout, 10)),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                mounts={
                    pattern: httpx.AsyncHTTPTransport(verify=self._tls, limits=limits, trust_env=False)
                    for pattern in _LOOPBACK  # a proxy from the environment has no business there
                },
            )
        return self._clients[place.host]

    def _parallel(self, place: Place) -> int:
        return max(1, min(self._jobs or place.jobs, MAX_JOBS))


async def _body(where: str, response: httpx.Response) -> bytes:
    """Read a body as it comes; neither what is sent nor what it unpacks to may pass MAX_BODY."""
    unpack = _unpacker(where, response.headers.get("content-encoding", ""))
    raw, body = 0, bytearray()
    async for chunk in response.aiter_raw():
        raw += len(chunk)
        try:
            body += unpack.decompress(chunk, MAX_BODY + 1 - len(body)) if unpack else chunk
        except zlib.error as exc:
            raise Malformed(f"{where}: the answer is not the gzip it says it is") from exc
        if max(raw, len(body)) > MAX_BODY:
            raise Malformed(f"{where}: the answer is larger than {MAX_BODY >> 20} MiB")
    if unpack and raw and not unpack.eof:
        raise Passing(f"{where}: the answer was cut short")
    return bytes(body)


def _unpacker(where: str, encoding: str) -> Any:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip"):
        raise Malformed(f"{where}: the answer is encoded as {encoding[:20]!r}, which was not asked for")
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _answer(where: str, reply: Reply, stamp: Stamp | None) -> Answer:
    etag, modified = reply.headers.get("etag"), reply.headers.get("last-modified")
    if reply.status == 304 and stamp and (stamp.etag or stamp.modified):
        again = Stamp(stamp.key, etag or stamp.etag, modified or stamp.modified)
        return Answer(headers=reply.headers, where=where, unchanged=True, stamp=again)
    if reply.status == 304:
        raise Malformed(f"{where}: the answer says 'unchanged', which was not asked")
    if reply.status != 200:
        pending = reply.status == 202
        return Answer(headers=reply.headers, where=where, pending=pending, empty=not pending)
    renewed = Stamp(stamp.key, etag, modified) if stamp and (etag or modified) else None
    return Answer(parse(where, reply.body), reply.headers, where, stamp=renewed)


def _address(place: Place, path: str, where: str) -> httpx.URL:
    try:
        url = httpx.URL(path if "://" in path else f"{place.api_url}/{path}")
        if origin(str(url)) == origin(place.api_url):
            return url
    except (httpx.InvalidURL, ValueError) as exc:
        raise Failed(f"{where}: this is no address") from exc
    raise Malformed(f"{where}: the next page is on another host")


def _next(where: str, url: httpx.URL, location: str) -> httpx.URL:
    try:
        found = url.join(location)
    except (httpx.InvalidURL, ValueError) as exc:
        raise Failed(f"{where}: redirected to what is no address") from exc
    if found.scheme not in ("http", "https") or not found.host or (url.scheme, found.scheme) == ("https", "http"):
        raise Failed(f"{where}: redirected from {url.scheme} to {found.scheme[:10]}, which is not followed")
    return found.copy_with(username=None, password=None)


def _conditions(stamp: Stamp | None) -> dict[str, str]:
    found = {"If-None-Match": stamp.etag, "If-Modified-Since": stamp.modified} if stamp else {}
    return {name: value for name, value in found.items() if value}


def _key(url: httpx.URL, accept: str, authorization: str | None) -> str:
    """Name a question without telling the token: who asks differently may be answered differently."""
    parts = "\n".join(("GET", str(url), accept, authorization or ""))
    return hashlib.sha256(parts.encode()).hexdigest()


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _where(place: Place, path: str) -> str:
    return f"{place.host}: {path.removeprefix(place.api_url).partition('?')[0].strip('/')}"


def _reason(exc: Exception) -> str:
    return (str(exc) or type(exc).__name__)[:200]


def _scrubbed(body: bytes, place: Place) -> bytes:
    """Take the token out of what a host repeats: a body ends up in messages and in the catalog."""
    secret = (place.authorization or "").partition(" ")[2]
    return body.replace(secret.encode(), b"***") if len(secret) >= _TOKEN else body
