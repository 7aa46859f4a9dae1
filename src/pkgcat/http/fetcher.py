"""HttpFetcher: sends requests to hosts."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

import httpx

from pkgcat import __version__
from pkgcat.http.body import read_body
from pkgcat.http.connections import Connections
from pkgcat.http.endpoint import Endpoint, may_sign
from pkgcat.http.errors import (
    Malformed,
    NoAnswer,
    RateLimited,
    RequestFailed,
    ServerError,
    SourceError,
    TransientError,
    Unauthorized,
    shorten_reason,
)
from pkgcat.http.rate_limit import RateLimiter
from pkgcat.http.redaction import Redactor
from pkgcat.http.request import (
    Request,
    describe_request,
    follow_location,
    make_conditions,
    make_request_key,
    make_url,
)
from pkgcat.http.responses import (
    Answer,
    Quota,
    Reply,
    classify_response,
    find_graphql_limit,
    parse_json_body,
    read_quota,
)
from pkgcat.model.source_data import Validators

MAX_HOPS = 5
MAX_JOBS = 16
"""With more connections httpcore looks at all of them for each request, and collapses."""

_REDIRECTS = {301, 302, 303, 307, 308}
_SCHEMES = ("http", "https")
_RETRIES = 3
_WAITS = 2
_VALIDATORS = ("etag", "last-modified")  # in lower case

for _name in (
    "connection",
    "http11",
    "http2",
    "proxy",
    "socks",
):  # they log the headers of requests and answers
    logging.getLogger(f"httpcore.{_name}").disabled = True
logging.getLogger(
    "httpx"
).disabled = True  # it logs the address of each request, and the host's reason phrase


class ValidatorStore(Protocol):
    """The stored validators; a dict will do."""

    def get(self, key: str, /) -> Validators | None:
        """Return the validators last stored under that key."""
        ...


class HttpFetcher:
    """A Fetcher. Leaving its `async with` block closes its connections.

    `validators` holds the stored ones; those of new answers travel in Answer and Facts, to be
    stored with the facts. `jobs` (1 to 16) overrides what each endpoint likes; a pause up to
    `max_wait` seconds is waited for; `timeout` is for one whole request, redirects included.

    What a host answers, and the text of every error, comes out without the tokens that this fetcher
    has sent to any host, and without the credentials of the environment's proxies. Tokens of all
    hosts, since two of them may be one server; only those sent, since nobody can repeat another.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        validators: ValidatorStore | None = None,
        jobs: int | None = None,
        max_wait: float = 60,
        timeout: float = 30,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.requests: Counter[str] = Counter()
        """How many requests went to each host, redirects and retries included."""
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._validators: ValidatorStore = {} if validators is None else validators
        self._jobs, self._max_wait, self._timeout = jobs, max_wait, timeout
        self._limiters: dict[str, RateLimiter] = {}
        self._answered: set[str] = set()
        self._redactor = Redactor()
        self._connections = Connections(self._redactor, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._connections.close()

    @property
    def quotas(self) -> dict[str, dict[str, Quota]]:
        """What each host last said of its quotas, by bucket (`core`, `graphql`)."""
        return {
            host: dict(limiter.quotas) for host, limiter in self._limiters.items() if limiter.quotas
        }

    async def get(
        self,
        endpoint: Endpoint,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        conditional: bool = False,
        retry: bool = True,
        pending_wait: float = 0,
    ) -> Answer:
        """See Fetcher."""
        where = describe_request(endpoint, path)
        sent = {"Accept": "application/json", **(headers or {})}
        url = make_url(endpoint, path, where)
        key = make_request_key(url, sent["Accept"], endpoint.authorization)
        old = self._validators.get(key) if conditional else None
        sent |= make_conditions(old)
        request = Request(endpoint, "GET", url, sent, where, retry=retry)
        reply = await self._send_with_retries(request)
        if reply.status == 202 and pending_wait:
            await self._sleep(pending_wait)
            reply = await self._send_with_retries(request)
        return _answer(where, reply, Validators(key) if old is None else old)

    async def post(self, endpoint: Endpoint, path: str, body: Mapping[str, object]) -> Answer:
        """See Fetcher."""
        where = describe_request(endpoint, path)
        url = make_url(endpoint, path, where)
        sent = {"Accept": "application/json"}
        request = Request(endpoint, "POST", url, sent, where, body, retry=False)
        return _answer(where, await self._send_with_retries(request), None)

    async def _send_with_retries(self, request: Request) -> Reply:
        """Send a request until it is answered or sending it again is of no use."""
        limiter = self._limiter(request.endpoint)
        failures = waits = 0
        while True:
            try:
                return await self._attempt(request, limiter)
            except RateLimited:
                waits += 1
                if waits > _WAITS:
                    raise
            except TransientError as exc:
                failures += 1
                if failures > _RETRIES or (isinstance(exc, ServerError) and not request.retry):
                    raise
                await self._sleep(2 ** (failures - 2) * (0.5 + self._jitter()))
            except Unauthorized as exc:
                if request.endpoint.authorization:
                    limiter.unauthorized = exc
                raise

    async def _attempt(self, request: Request, limiter: RateLimiter) -> Reply:
        """Send a request once, when the limiter lets it through; raise SourceError."""
        async with limiter.slots:
            await limiter.wait(request.bucket)
            try:
                async with asyncio.timeout(self._timeout):
                    reply = await self._follow(request)
            except TimeoutError as exc:
                reason = f"no whole answer within {self._timeout:g} seconds"
                raise self._make_transient_error(request, reason) from exc
        now = self._clock()
        error = _find_error(request, reply, now)
        if isinstance(error, RateLimited):
            limiter.close(request.bucket, error)
            raise error
        limiter.note(request.bucket, read_quota(reply.headers, now))
        if error is not None:
            raise error
        return reply

    async def _follow(self, request: Request) -> Reply:
        """Follow redirects of questions without a body; never from https to http."""
        url = request.url
        for _ in range(MAX_HOPS + 1):
            reply = await self._exchange(request, url)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not location or request.method != "GET":
                return reply
            url = follow_location(request.where, url, location)
        raise RequestFailed(f"{request.where}: more than {MAX_HOPS} redirects")

    async def _exchange(self, request: Request, url: httpx.URL) -> Reply:
        self.requests[request.endpoint.host] += 1
        headers = {
            "User-Agent": f"pkgcat/{__version__}",
            "Accept-Encoding": "gzip",
            **request.headers,
        }
        if request.endpoint.authorization and may_sign(request.endpoint.api_url, str(url)):
            headers["Authorization"] = request.endpoint.authorization
            self._redactor.add_authorization(request.endpoint.authorization)
        try:
            response = await self._connections.send(
                request.endpoint,
                url,
                request.method,
                headers,
                body=request.body,
                jobs=self._parallel(request.endpoint),
            )
            self._answered.add(request.endpoint.host)
            try:
                return await self._reply(request, response)
            finally:
                await response.aclose()
        except httpx.TransportError as exc:
            raise self._make_transient_error(request, self._reason(exc)) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as exc:
            raise RequestFailed(f"{request.where}: {self._reason(exc)}") from None

    def _make_transient_error(self, request: Request, reason: str) -> TransientError:
        """Return the error of a request that got no answer, or a part of one."""
        host = request.endpoint.host
        if host in self._answered:
            return TransientError(f"{request.where}: {reason}")
        return NoAnswer(host, reason)

    async def _reply(self, request: Request, response: httpx.Response) -> Reply:
        """Read a response; raise RequestFailed for a redirect whose address repeats a token, which
        may go nowhere else.
        """
        location = response.headers.get("location", "")
        if response.status_code in _REDIRECTS and self._redactor.finds_secret(location):
            raise RequestFailed(
                f"{request.where}: redirected to an address that repeats the token, which is not "
                "followed"
            )
        headers = self._redact_headers(response.headers)
        encoding = headers.get("content-encoding", "")
        limits = request.endpoint.answers
        body = await read_body(request.where, encoding, response, limits)
        return Reply(response.status_code, headers, body, self._redactor)

    def _redact_headers(self, headers: httpx.Headers) -> dict[str, str]:
        """Return headers, their names in lower case, without secrets; a validator that holds
        one is left out.
        """
        found: dict[str, str] = {}
        for name, value in headers.items():
            redacted = self._redactor.redact(value)
            if self._redactor.finds_secret(name) or (name in _VALIDATORS and redacted != value):
                continue
            found[name] = redacted
        return found

    def _reason(self, exc: Exception) -> str:
        """Return the text of an error of httpx, which may quote an answer or the environment."""
        return shorten_reason(self._redactor.redact(str(exc) or type(exc).__name__))

    def _limiter(self, endpoint: Endpoint) -> RateLimiter:
        if endpoint.host not in self._limiters:
            self._limiters[endpoint.host] = RateLimiter(
                endpoint.host,
                jobs=self._parallel(endpoint),
                max_wait=self._max_wait,
                clock=self._clock,
                sleep=self._sleep,
            )
        return self._limiters[endpoint.host]

    def _parallel(self, endpoint: Endpoint) -> int:
        return max(1, min(self._jobs or endpoint.jobs, MAX_JOBS))


def _find_error(request: Request, reply: Reply, now: datetime) -> SourceError | None:
    error = classify_response(request.where, reply, now)
    if error is not None or request.method != "POST":
        return error
    answer = parse_json_body(request.where, reply)
    return find_graphql_limit(request.where, answer, reply, now)


def _answer(where: str, reply: Reply, validators: Validators | None) -> Answer:
    """Return a reply as an answer; `validators` name the request, and are those that were sent."""
    if reply.status == 304:
        return _unchanged_answer(where, reply, validators)
    if reply.status == 202:
        return Answer(headers=reply.headers, where=where, pending=True)
    if reply.status != 200:
        return Answer(headers=reply.headers, where=where, empty=True)
    etag, modified = reply.headers.get("etag"), reply.headers.get("last-modified")
    renewed = None
    if validators is not None and (etag or modified):
        renewed = Validators(validators.request, etag, modified)
    return Answer(parse_json_body(where, reply), reply.headers, where, validators=renewed)


def _unchanged_answer(where: str, reply: Reply, validators: Validators | None) -> Answer:
    """Return the answer that a 304 is; raise Malformed where no validators were sent."""
    if validators is None or not (validators.etag or validators.last_modified):
        raise Malformed(f"{where}: the answer says 'unchanged', which was not asked")
    renewed = Validators(
        validators.request,
        reply.headers.get("etag") or validators.etag,
        reply.headers.get("last-modified") or validators.last_modified,
    )
    return Answer(headers=reply.headers, where=where, unchanged=True, validators=renewed)
