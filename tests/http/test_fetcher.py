"""HttpFetcher against a server on loopback: redirects, sizes, limits, tokens, validators,
retries.
"""

import asyncio
import base64
import gzip
import logging
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any

import pytest

from pkgcat.errors import BadConfig
from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import (
    Blocked,
    Forbidden,
    Malformed,
    NoAnswer,
    NotFoundUpstream,
    RateLimited,
    RequestFailed,
    ServerError,
    SourceError,
    TransientError,
    Unauthorized,
)
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.http.responses import Answer, parse_count
from pkgcat.model.source_data import Validators
from tests.sources import echo
from tests.sources.server import Request, Server, reply, serve

CANARY = "canary-5f1c"
NOW = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def run(
    respond: Callable[[Request], Any],
    use: Callable[[HttpFetcher, Endpoint, Server], Awaitable[Any]],
    *,
    token: str | None = None,
    jitter: float = 0.5,
    **options: Any,
) -> tuple[Any, Server, Clock]:
    async def main() -> tuple[Any, Server, Clock]:
        clock = Clock()
        async with serve(respond) as server:
            signed = f"Bearer {token}" if token else None
            at = Endpoint("github", "git.test", server.url, signed)
            fetcher = HttpFetcher(clock=clock, sleep=clock.sleep, jitter=lambda: jitter, **options)
            async with fetcher:
                return await use(fetcher, at, server), server, clock

    return asyncio.run(main())


async def once(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Answer:
    return await fetcher.get(at, "thing?page=1")


def error(
    respond: Callable[[Request], Any], kind: type[SourceError], **options: Any
) -> tuple[SourceError, Server, Clock]:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> SourceError:
        with pytest.raises(kind) as caught:
            await once(fetcher, at, server)
        assert "git.test" in str(caught.value)
        assert CANARY not in repr(caught.value)
        return caught.value

    return run(respond, use, token=CANARY, **options)


def epoch(seconds: float) -> str:
    return str(int((NOW + timedelta(seconds=seconds)).timestamp()))


# asking


def test_an_answer() -> None:
    answer, server, _ = run(
        lambda _: reply(200, {"a": 1}, Link='<x>; rel="next"'), once, token=CANARY
    )
    assert answer.json == {"a": 1}
    assert answer.headers["link"] == '<x>; rel="next"'
    (asked,) = server.asked
    assert asked.path == "/thing?page=1"
    assert asked.headers["authorization"] == f"Bearer {CANARY}"
    assert asked.headers["user-agent"].startswith("pkgcat/")
    assert asked.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(("status", "pending"), [(204, False), (409, False), (202, True)])
def test_answers_without_content(status: int, pending: bool) -> None:
    answer, _, _ = run(lambda _: reply(status), once)
    assert (answer.json, answer.pending, answer.empty, answer.unchanged) == (
        None,
        pending,
        not pending,
        False,
    )


def test_unchanged_that_was_not_asked_is_no_answer() -> None:
    error(lambda _: reply(304), Malformed)


def test_patience_asks_once_more_for_what_is_pending() -> None:
    replies = iter([reply(202, {}), reply(200, [1])])
    answer, server, clock = run(
        lambda _: next(replies), lambda f, at, s: f.get(at, "stats", pending_wait=3)
    )
    assert answer.json == [1]
    assert clock.slept == [3]
    assert len(server.asked) == 2


def test_requests_are_counted_by_host() -> None:
    replies = iter([reply(301, Location="/b"), reply(500), reply(200, {})])

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> int:
        await once(fetcher, at, server)
        return fetcher.requests["git.test"]

    counted, server, _ = run(lambda _: next(replies), use)
    assert counted == len(server.asked) == 3


@pytest.mark.parametrize(("jobs", "most"), [(None, 4), (2, 2), (100, 16)])
def test_so_many_at_once(jobs: int | None, most: int) -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await asyncio.gather(*(once(fetcher, at, server) for _ in range(60)))

    _, server, _ = run(lambda _: reply(200, {}), use, jobs=jobs)
    assert server.most == most


# redirects and tokens


def test_a_redirect_on_the_same_host_keeps_the_token() -> None:
    for status in (301, 302, 307, 308):
        answer, server, _ = run(
            lambda r, status=status: (
                reply(status, b"text", Location="/new")
                if r.path != "/new"
                else reply(200, {"n": 1})
            ),
            once,
            token=CANARY,
        )
        assert answer.json == {"n": 1}
        assert [r.headers.get("authorization") for r in server.asked] == [f"Bearer {CANARY}"] * 2


def test_a_redirect_to_another_host_leaves_the_token_behind() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Server:
        async with serve(lambda _: reply(200, {"n": 1})) as other:
            targets.append(f"{other.url}/x")
            assert (await once(fetcher, at, server)).json == {"n": 1}
            return other

    targets: list[str] = []
    other, _, _ = run(lambda _: reply(302, Location=targets[0]), use, token=CANARY)
    (asked,) = other.asked
    assert CANARY not in str(asked)


def test_too_many_redirects() -> None:
    _, server, _ = error(lambda r: reply(301, Location=f"{r.path}x"), RequestFailed)
    assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["ftp://x/y", "file:///etc/passwd"])
def test_redirects_to_nowhere_are_not_followed_and_not_asked_for_again(location: str) -> None:
    exc, server, _ = error(lambda _: reply(301, Location=location), RequestFailed)
    assert "redirected" in str(exc)
    assert type(exc) is RequestFailed
    assert len(server.asked) == 1


def test_a_redirect_that_names_no_address_is_asked_for_once() -> None:
    exc, server, _ = error(lambda _: reply(302), RequestFailed)
    assert "(302)" in str(exc)
    assert len(server.asked) == 1


def test_a_question_with_a_body_is_sent_to_no_other_address() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Server:
        async with serve(lambda _: reply(200, {"data": {}})) as other:
            targets.append(other.url)
            with pytest.raises(RequestFailed, match="307"):
                await fetcher.post(at, "graphql", {"query": "{ a }"})
            return other

    targets: list[str] = []
    other, server, _ = run(lambda _: reply(307, Location=targets[0]), use, token=CANARY)
    assert other.asked == []
    assert [asked.method for asked in server.asked] == ["POST"]


@pytest.mark.parametrize("location", ["http://[bad", "//", "http://:80/x", "http://x:port/"])
def test_a_redirect_to_a_host_that_cannot_be_is_told(location: str) -> None:
    error(lambda _: reply(301, Location=location), RequestFailed)


def test_https_never_becomes_http() -> None:
    import httpx

    from pkgcat.http.request import follow_location

    with pytest.raises(RequestFailed, match="https to http"):
        follow_location("git.test: x", httpx.URL("https://a.org/x"), "http://a.org/x")
    assert "u" not in str(
        follow_location("x", httpx.URL("https://a.org/"), "https://u:p@b.org/").userinfo
    )
    with pytest.raises(RequestFailed, match="no address"):
        follow_location("x", httpx.URL("https://a.org/"), "https://x:port/")


def test_no_token_over_plain_http() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await fetcher.get(
            Endpoint(
                "github",
                "git.test",
                server.url.replace("127.0.0.1", "localhost"),
                f"Bearer {CANARY}",
            ),
            "x",
        )

    _, server, _ = run(lambda _: reply(200, {}), use)
    assert "authorization" in server.asked[0].headers  # loopback is an exception


def test_pages_on_another_host_are_not_asked() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        with pytest.raises(Malformed, match="another host"):
            await fetcher.get(at, "https://evil.example.org/next")
        with pytest.raises(RequestFailed, match="no address"):
            await fetcher.get(at, "https://evil.example.org:port/next")
        await fetcher.get(at, f"{at.api_url}/next?ctx=1")

    _, server, _ = run(lambda _: reply(200, {}), use, token=CANARY)
    assert [asked.path for asked in server.asked] == ["/next?ctx=1"]


def test_a_refused_token_ends_the_run_for_its_host() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        for _ in range(3):
            with pytest.raises(Unauthorized):
                await once(fetcher, at, server)

    _, server, _ = run(lambda _: reply(401, {"message": "Bad credentials"}), use, token=CANARY)
    assert len(server.asked) == 1
    _, server, _ = run(lambda _: reply(401, {"message": "sign in"}), use)
    assert len(server.asked) == 3


AUTHORIZATIONS = [
    f"Bearer {CANARY}",
    "token canary~~?>>~~??>5f1c",
    f"Basic {base64.b64encode(b'ann@example.org:canary~~?>>~~??>5f1c').decode()}",
]


def chained(exc: BaseException | None) -> str:
    """Return all that an exception and those it comes from hold."""
    texts = []
    while exc is not None:
        texts.append(f"{exc!r} {exc} {vars(exc)!r}")
        exc = exc.__cause__
    return " ".join(texts)


@pytest.mark.parametrize("authorization", AUTHORIZATIONS, ids=["bearer", "token", "basic"])
@pytest.mark.parametrize("way", [*echo.WAYS, *echo.RETRIED_WAYS], ids=lambda way: way.__name__)
def test_a_host_that_repeats_the_token(
    way: echo.Way, authorization: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In answers, errors, validators, quotas and logs, and on the way to another server."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    host = echo.Echo()
    host.way = way
    stamps: dict[str, Validators] = {}

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> tuple[str, list[Request]]:
        said: list[str] = []
        async with serve(lambda _: reply(200, {})) as other:
            host.other = other.url
            signed = Endpoint("github", "git.test", f"{at.api_url}/forgejo", authorization)
            for path in ("repos/ann/maps", "repos/ann/nothing", "repos/ann/maps"):
                try:
                    answer = await fetcher.get(signed, path, conditional=True)
                    said.append(repr(answer))
                    if answer.validators:
                        stamps[answer.validators.request] = answer.validators
                except SourceError as exc:
                    said.append(chained(exc))
            try:
                said.append(repr(await fetcher.post(signed, "graphql", {"query": "repository"})))
            except SourceError as exc:
                said.append(chained(exc))
            return f"{said} {fetcher.quotas} {stamps} {fetcher!r} {signed!r}", other.asked

    (told, elsewhere), _, _ = run(host, use, validators=stamps)
    assert authorization in host.authorizations
    for spelling in echo.spellings(authorization):
        assert spelling.lower() not in told.lower(), spelling
        assert spelling.lower() not in caplog.text.lower(), spelling
        assert spelling.lower() not in repr(elsewhere).lower(), spelling


def test_what_a_host_says_is_told_without_the_token() -> None:
    said, _, _ = error(
        lambda r: reply(403, {"message": f"no {r.headers['authorization']}!"}), Forbidden
    )
    assert isinstance(said, Forbidden)
    assert said.host_message == "no Bearer ***!"
    answer, _, _ = run(
        lambda r: reply(200, {"a": f"by {r.headers['authorization']}!"}), once, token=CANARY
    )
    assert answer.json == {"a": "by Bearer ***!"}


def test_a_long_message_is_cut_after_the_token_is_taken_out() -> None:
    """A part of it would not be found any more."""
    for length in range(170, 200):
        said, _, _ = error(
            lambda r, n=length: reply(403, {"message": "x" * n + r.headers["authorization"]}),
            Forbidden,
        )
        assert "canary" not in str(said)


def test_a_long_error_of_the_client_is_cut_after_secrets_are_taken_out() -> None:
    """It quotes the status line that it does not understand."""
    for length in range(120, 180, 3):

        def respond(request: Request, length: int = length) -> bytes:
            said = (
                f"{request.headers['authorization']} https://user:canary-pw-0123456789@example.org/"
            )
            return f"HTTP/1.1 2x0 {'x' * length} {said}\r\n\r\n".encode()

        said, _, _ = error(respond, TransientError)
        assert "canary" not in str(said)


def test_an_answer_that_is_no_redirect_may_repeat_the_token_in_its_location() -> None:
    answer, _, _ = run(
        lambda r: reply(200, {}, Location=f"/{r.headers['authorization'][7:]}"), once, token=CANARY
    )
    assert answer.headers["location"] == "/***"


def test_a_validator_that_holds_the_token_is_not_stored() -> None:
    def respond(request: Request) -> bytes:
        return reply(
            200,
            {},
            ETag=f'"{request.headers["authorization"]}"',
            Last_Modified="Tue, 19 Dec 2023 21:59:33 GMT",
        )

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Validators | None:
        return (await fetcher.get(at, "thing", conditional=True)).validators

    stamp, _, _ = run(respond, use, token=CANARY)
    assert (stamp.etag, stamp.last_modified) == (None, "Tue, 19 Dec 2023 21:59:33 GMT")
    stamp, _, _ = run(lambda r: reply(200, {}, ETag=r.headers["authorization"]), use, token=CANARY)
    assert stamp is None


def test_an_unchanged_that_repeats_the_token_keeps_the_validator_that_was_sent() -> None:
    def respond(request: Request) -> bytes:
        if "if-none-match" in request.headers:
            return reply(304, ETag=request.headers["authorization"])
        return reply(200, {}, ETag='"1"')

    stamps: dict[str, Validators] = {}

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Validators | None:
        first = (await fetcher.get(at, "thing", conditional=True)).validators
        assert first is not None
        stamps[first.request] = first
        return (await fetcher.get(at, "thing", conditional=True)).validators

    stamp, _, _ = run(respond, use, token=CANARY, validators=stamps)
    assert stamp.etag == '"1"'


def test_a_token_that_another_place_of_the_same_server_was_sent_is_redacted_too() -> None:
    """Two hosts of the settings may be one server, which can repeat to one what it was sent
    as the other.
    """
    heard: list[str] = []

    def respond(request: Request) -> bytes:
        heard.append(request.headers["authorization"])
        return reply(200, {"heard": heard})

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Any:
        await once(fetcher, at, server)
        other = Endpoint("gitlab", "other.test", server.url, "Bearer another-canary")
        return (await fetcher.get(other, "thing")).json

    answer, _, _ = run(respond, use, token=CANARY)
    assert answer == {"heard": ["Bearer ***", "Bearer ***"]}


def test_a_redirect_that_repeats_the_token_is_not_followed_even_on_the_same_host() -> None:
    exc, server, _ = error(
        lambda r: reply(302, Location=f"/x?{r.headers['authorization'][7:]}"), RequestFailed
    )
    assert "repeats the token" in str(exc)
    assert len(server.asked) == 1


def test_the_next_page_may_have_a_user_that_is_not_sent() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await fetcher.get(
            at, f"{at.api_url.replace('//', '//someone:canary-pw@')}/next?page_token=2"
        )
        with pytest.raises(NotFoundUpstream) as caught:
            await fetcher.get(at, f"{at.api_url.replace('//', '//someone:canary-pw@')}/missing")
        assert "canary-pw" not in str(caught.value)

    _, server, _ = run(
        lambda r: reply(404) if r.path == "/missing" else reply(200, {}), use, token=CANARY
    )
    assert server.asked[0].path == "/next?page_token=2"
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {CANARY}"}


def test_addresses_in_what_a_host_says_have_no_credentials() -> None:
    said, _, _ = error(
        lambda _: reply(403, {"message": "see https://user:canary-pw@example.org/"}), Forbidden
    )
    assert "see https://example.org/" in str(said)


def test_cookies_are_not_kept() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await once(fetcher, at, server)
        await once(fetcher, at, server)

    _, server, _ = run(lambda _: reply(200, {}, Set_Cookie="a=b; Path=/"), use)
    assert "cookie" not in server.asked[1].headers


PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def proxied(
    monkeypatch: pytest.MonkeyPatch,
    use: Callable[[HttpFetcher, Server], Awaitable[Any]],
    respond: Callable[[Request], Any] = lambda _: reply(200, {"by": "proxy"}),
    user: str = "",
) -> tuple[Any, Server]:
    """Use a fetcher in an environment with a proxy."""

    async def main() -> tuple[Any, Server]:
        async with serve(respond) as proxy:
            monkeypatch.delenv("NO_PROXY", raising=False)
            for name in PROXIES:
                monkeypatch.setenv(name, proxy.url.replace("//", f"//{user}"))
            clock = Clock()
            async with HttpFetcher(clock=clock, sleep=clock.sleep, jitter=lambda: 0.5) as fetcher:
                return await use(fetcher, proxy), proxy

    return asyncio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.200.0.1", "::1", "localhost"])
def test_no_proxy_hears_of_a_token_that_goes_to_this_machine(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(fetcher: HttpFetcher, _proxy: Server) -> list[Request]:
        try:
            async with serve(
                lambda _: reply(200, {"by": "host"}), "127.0.0.1" if host == "localhost" else host
            ) as here:
                url = here.url.replace("127.0.0.1", host)
                answer = await fetcher.get(
                    Endpoint("github", "git.test", url, f"Bearer {CANARY}"), "thing"
                )
                assert answer.json == {"by": "host"}
                return here.asked
        except OSError:
            pytest.skip(f"this machine has no {host}")

    asked, proxy = proxied(monkeypatch, use)
    assert [request.headers["authorization"] for request in asked] == [f"Bearer {CANARY}"]
    assert proxy.asked == []


def test_a_redirect_on_this_machine_to_another_port_brings_no_token_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def use(fetcher: HttpFetcher, _proxy: Server) -> list[Request]:
        async with (
            serve(lambda _: reply(200, {})) as other,
            serve(lambda _: reply(302, Location=other.url)) as here,
        ):
            await fetcher.get(Endpoint("github", "git.test", here.url, f"Bearer {CANARY}"), "thing")
            return other.asked

    asked, proxy = proxied(monkeypatch, use)
    assert len(asked) == 1
    assert "authorization" not in asked[0].headers
    assert proxy.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://git.example.org", "http://127.1", "http://2130706433", "http://[::ffff:127.0.0.1]"],
)
def test_other_hosts_are_asked_through_the_proxy_and_without_the_token(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(fetcher: HttpFetcher, _proxy: Server) -> Any:
        return (
            await fetcher.get(Endpoint("github", "git.test", url, f"Bearer {CANARY}"), "thing")
        ).json

    answer, proxy = proxied(monkeypatch, use)
    assert answer == {"by": "proxy"}
    assert [asked.headers.get("authorization") for asked in proxy.asked] == [None]


def test_a_redirect_from_a_host_behind_a_proxy_to_this_machine_leaves_the_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def use(fetcher: HttpFetcher, _proxy: Server) -> Any:
        async with serve(lambda _: reply(200, {"by": "host"})) as here:
            targets.append(here.url)
            return (
                await fetcher.get(Endpoint("github", "git.test", "http://git.example.org"), "thing")
            ).json

    targets: list[str] = []
    answer, proxy = proxied(monkeypatch, use, lambda _: reply(302, Location=targets[0]))
    assert answer == {"by": "host"}
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("url", ["https://git.example.org", "http://git.example.org"])
@pytest.mark.parametrize("user", ["someone:canary-pw@", "someone:canary%2Dpw@", "canary-pw@"])
def test_a_proxy_that_repeats_its_credentials(
    url: str, user: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def refuse(request: Request) -> bytes:
        sent = request.headers["proxy-authorization"]
        said = f"{sent} {base64.b64decode(sent[6:]).decode()}"
        return reply(407, {"message": said}, reason=said, Proxy_Authenticate=said)

    async def use(fetcher: HttpFetcher, _proxy: Server) -> str:
        with pytest.raises(RequestFailed) as caught:
            await fetcher.get(Endpoint("github", "git.test", url, f"Bearer {CANARY}"), "thing")
        return chained(caught.value)

    told, proxy = proxied(monkeypatch, use, refuse, user)
    assert "***" in told
    sent = proxy.asked[0].headers["proxy-authorization"]
    assert "canary-pw" in base64.b64decode(sent[6:]).decode()
    assert CANARY not in repr(proxy.asked)
    for secret in ("canary-pw", "canary%2Dpw", sent[6:]):
        assert secret not in told
        assert secret not in caplog.text


def test_a_proxy_that_cannot_be_is_told_without_its_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def use(fetcher: HttpFetcher, _proxy: Server) -> str:
        for name in PROXIES:
            monkeypatch.setenv(name, "gopher://someone:canary-pw@proxy.example.org")
        with pytest.raises(BadConfig) as caught:
            await fetcher.get(Endpoint("github", "git.test", "http://git.example.org"), "thing")
        return chained(caught.value)

    told, _ = proxied(monkeypatch, use)
    assert "HTTP_PROXY" in told
    assert "canary-pw" not in told


# validators


def test_validators_go_back_and_are_renewed() -> None:
    def respond(request: Request) -> bytes:
        if request.headers.get("if-none-match") == '"1"':
            return reply(304, ETag='"2"')
        return reply(200, {"a": 1}, ETag='"1"', Last_Modified="Tue, 19 Dec 2023 21:59:33 GMT")

    stamps: dict[str, Validators] = {}

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        first = await fetcher.get(at, "thing", conditional=True)
        assert first.validators is not None
        assert first.json == {"a": 1}
        assert CANARY not in first.validators.request
        stamps[first.validators.request] = first.validators
        second = await fetcher.get(at, "thing", conditional=True)
        assert second.unchanged
        assert second.validators == Validators(
            first.validators.request, '"2"', "Tue, 19 Dec 2023 21:59:33 GMT"
        )
        third = await fetcher.get(at, "thing")
        assert not third.unchanged
        other = Endpoint(at.kind, at.host, at.api_url, "Bearer another")
        assert not (await fetcher.get(other, "thing", conditional=True)).unchanged
        accept = {"Accept": "text/x"}
        assert not (await fetcher.get(at, "thing", headers=accept, conditional=True)).unchanged

    _, server, _ = run(respond, use, token=CANARY, validators=stamps)
    assert server.asked[1].headers["if-modified-since"].startswith("Tue")


def test_a_date_alone_is_a_validator_and_is_renewed() -> None:
    first, second = "Tue, 19 Dec 2023 21:59:33 GMT", "Wed, 20 Dec 2023 21:59:33 GMT"

    def respond(request: Request) -> bytes:
        if "if-modified-since" in request.headers:
            return reply(304, Last_Modified=second)
        return reply(200, {"a": 1}, Last_Modified=first)

    stored: dict[str, Validators] = {}

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        for _ in range(2):
            answer = await fetcher.get(at, "thing", conditional=True)
            assert answer.validators is not None
            stored[answer.validators.request] = answer.validators
        assert answer.unchanged
        assert answer.validators == Validators(answer.validators.request, None, second)

    _, server, _ = run(respond, use, validators=stored)
    assert server.asked[1].headers["if-modified-since"] == first
    assert "if-none-match" not in server.asked[1].headers


def test_an_answer_without_validators_has_none_to_store() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Answer:
        return await fetcher.get(at, "thing", conditional=True)

    answer, _, _ = run(lambda _: reply(200, {"a": 1}), use)
    assert answer.validators_to_store == ()


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
def test_a_validator_that_cannot_be_sent_asks_for_the_whole_answer(name: str) -> None:
    """A header of an answer may have any bytes beyond ASCII (RFC 9110, 5.5)."""
    stored: dict[str, Validators] = {}

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Any:
        for _ in range(2):
            answer = await fetcher.get(at, "thing", conditional=True)
            assert answer.validators is not None
            stored[answer.validators.request] = answer.validators
        return answer.json

    header = f'\r\n{name}: "\xe4"\r\n\r\n'.encode()
    raw = reply(200, {"a": 1}).replace(b"\r\n\r\n", header, 1)
    answer, server, _ = run(lambda _: raw, use, validators=stored)
    assert answer == {"a": 1}
    assert not {"if-none-match", "if-modified-since"} & server.asked[1].headers.keys()


# sizes and content


def test_a_bomb_takes_little_memory() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 10**6) for _ in range(300)) + packer.flush()
    tracemalloc.start()
    try:
        error(lambda _: reply(200, bomb, Content_Encoding="gzip"), Malformed)
        assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    finally:
        tracemalloc.stop()


def test_gzip() -> None:
    packed = gzip.compress(b'{"a": 1}')
    answer, _, _ = run(lambda _: reply(200, packed, Content_Encoding="gzip"), once)
    assert answer.json == {"a": 1}
    error(lambda _: reply(200, packed[:-9], Content_Encoding="gzip"), TransientError)
    error(lambda _: reply(200, b"no gzip", Content_Encoding="gzip"), Malformed)
    error(lambda _: reply(200, packed, Content_Encoding="br"), Malformed)


@pytest.mark.parametrize(("status", "empty"), [(204, True), (202, False)])
def test_an_answer_without_a_body_is_whole_though_its_headers_say_gzip(
    status: int, empty: bool
) -> None:
    answer, server, _ = run(lambda _: reply(status, Content_Encoding="gzip"), once)
    assert (answer.empty, answer.pending) == (empty, not empty)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b'{"a": NaN}',
        b"[Infinity]",
        b"[" * 100_000,
        b'"\\ud800"',
        b'{"\xff": 1}',
        b"1" * 5000,
    ],
)
def test_what_is_no_json(body: bytes) -> None:
    _, server, _ = error(lambda _: reply(200, body), Malformed)
    assert len(server.asked) == 1


def test_pairs_of_surrogates_and_double_keys_are_json() -> None:
    answer, _, _ = run(lambda _: reply(200, b'{"a": 1, "a": "\\ud83d\\ude00"}'), once)
    assert answer.json == {"a": "😀"}


# what may pass


def test_trouble_is_asked_again_three_times_with_growing_pauses() -> None:
    _, server, clock = error(lambda _: reply(502), TransientError)
    assert len(server.asked) == 4
    assert clock.slept == [0.5, 1, 2]


def test_pauses_differ_by_chance_so_that_not_all_come_back_at_once() -> None:
    for jitter, pauses in ((0.0, [0.25, 0.5, 1]), (0.9, [0.7, 1.4, 2.8])):
        _, _, clock = error(lambda _: reply(502), TransientError, jitter=jitter)
        assert clock.slept == pytest.approx(pauses)


def test_trouble_that_passes() -> None:
    replies = iter([reply(500), reply(503), reply(200, {"a": 1})])
    answer, _, _ = run(lambda _: next(replies), once)
    assert answer.json == {"a": 1}


def test_without_retry_trouble_is_enough() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        with pytest.raises(TransientError):
            await fetcher.get(at, "x", retry=False)

    _, server, _ = run(lambda _: reply(500), use)
    assert len(server.asked) == 1


def test_what_failed_on_the_way_is_asked_again_even_where_a_5xx_is_not() -> None:
    async def close(_writer: asyncio.StreamWriter) -> None:
        pass

    replies = iter([close, reply(200, {"a": 1})])
    answer, _, _ = run(lambda _: next(replies), lambda f, at, s: f.get(at, "x", retry=False))
    assert answer.json == {"a": 1}


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422, 451])
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    _, server, _ = error(lambda _: reply(status, {"message": "no"}), SourceError)
    assert len(server.asked) == 1


def test_cut_and_closed_and_silent_connections() -> None:
    async def cut(writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a"')

    async def close(writer: asyncio.StreamWriter) -> None:
        pass

    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"what?\r\n\r\n")

    for respond in (cut, close, nonsense):
        _, server, _ = error(lambda _, respond=respond: respond, TransientError)
        assert len(server.asked) == 4


def test_dripping_and_silence_end_in_time() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def silence(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    for respond in (drip, silence):
        error(lambda _, respond=respond: respond, TransientError, timeout=0.15)


def test_an_answer_that_is_refused_leaves_its_connection_to_the_next_request() -> None:
    replies = iter([reply(200, b"x" * 100_000, Content_Encoding="br"), reply(200, {"a": 1})])

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Any:
        with pytest.raises(Malformed):
            await once(fetcher, at, server)
        return (await once(fetcher, at, server)).json

    assert run(lambda _: next(replies), use, jobs=1, timeout=5)[0] == {"a": 1}


def test_a_host_that_has_answered_is_not_one_that_cannot_be_reached() -> None:
    async def close(_writer: asyncio.StreamWriter) -> None:
        pass

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> list[SourceError]:
        caught = []
        for path in ("a", "b", "c"):
            try:
                await fetcher.get(at, path)
            except SourceError as exc:
                caught.append(exc)
        return caught

    def respond(request: Request) -> Any:
        return reply(200, {}) if request.path == "/b" else close

    (before, after), _, _ = run(respond, use)
    assert (type(before), type(after)) == (NoAnswer, TransientError)


PROXIES_THAT_NEED_A_LIBRARY = ["socks5://127.0.0.1:9", "socks5h://127.0.0.1:9"]


@pytest.mark.skipif(find_spec("socksio") is not None, reason="the library is there")
@pytest.mark.parametrize("address", PROXIES_THAT_NEED_A_LIBRARY)
def test_a_socks_proxy_without_its_library_is_told(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(fetcher: HttpFetcher, _proxy: Server) -> None:
        for name in PROXIES:
            monkeypatch.setenv(name, address)
        with pytest.raises(BadConfig, match=r"PROXY: a SOCKS proxy needs .* socksio"):
            await fetcher.get(Endpoint("github", "git.test", "https://git.example.org"), "thing")

    proxied(monkeypatch, use)


def test_nobody_listens() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        with pytest.raises(TransientError, match=r"git\.test"):
            await fetcher.get(Endpoint("github", "git.test", "http://127.0.0.1:9"), "x")

    run(lambda _: reply(200), use)


# limits


def test_nothing_remains_and_the_reset_is_near() -> None:
    left = iter(["0", "59"])

    def respond(_: Request) -> bytes:
        return reply(
            200,
            {},
            x_ratelimit_remaining=next(left),
            x_ratelimit_reset=epoch(20),
            x_ratelimit_limit="60",
        )

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await once(fetcher, at, server)
        await once(fetcher, at, server)
        assert fetcher.quotas["git.test"]["core"].remaining == 59
        assert fetcher.quotas["git.test"]["core"].limit == 60

    _, server, clock = run(respond, use)
    assert clock.slept == [21]
    assert len(server.asked) == 2


def test_nothing_is_waited_for_while_something_remains() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await once(fetcher, at, server)
        await once(fetcher, at, server)

    headers = {"x-ratelimit-remaining": "1", "x-ratelimit-reset": epoch(30)}
    _, _, clock = run(lambda _: reply(200, {}, **headers), use)
    assert clock.slept == []


def test_nothing_remains_and_the_reset_is_far() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        await once(fetcher, at, server)
        with pytest.raises(RateLimited) as caught:
            await once(fetcher, at, server)
        assert caught.value.until == NOW + timedelta(seconds=2401)
        assert "15:44:06" in str(caught.value)
        await fetcher.get(Endpoint("pypi", "pypi.test", server.url), "other")

    def respond(_: Request) -> bytes:
        return reply(200, {}, ratelimit_remaining="0", ratelimit_reset=epoch(2400))

    _, server, clock = run(respond, use)
    assert clock.slept == []
    assert [asked.path for asked in server.asked] == ["/thing?page=1", "/other"]


@pytest.mark.parametrize("status", [403, 429, 503])
def test_retry_after_that_is_short_is_waited_for(status: int) -> None:
    replies = iter([reply(status, {"message": "slow down"}, Retry_After="7"), reply(200, {"a": 1})])
    answer, server, clock = run(lambda _: next(replies), once)
    assert answer.json == {"a": 1}
    assert clock.slept == [8]
    assert len(server.asked) == 2


def test_retry_after_as_a_date() -> None:
    replies = iter([reply(429, Retry_After="Fri, 20 Nov 2026 15:04:15 GMT"), reply(200, {})])
    _, _, clock = run(lambda _: next(replies), once)
    assert clock.slept == [11]


def test_a_limit_without_a_time_is_a_minute_then_more() -> None:
    exc, server, clock = error(
        lambda _: reply(403, {"message": "You have exceeded a secondary rate limit"}), RateLimited
    )
    assert isinstance(exc, RateLimited)
    assert clock.slept == [60]
    assert exc.until == NOW + timedelta(seconds=60 + 120)
    assert len(server.asked) == 2


def test_a_far_limit_stops_those_that_are_on_their_way_too() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> list[Any]:
        return list(
            await asyncio.gather(
                *(once(fetcher, at, server) for _ in range(40)), return_exceptions=True
            )
        )

    def respond(_: Request) -> bytes:
        return reply(
            403, {"message": "no"}, x_ratelimit_remaining="0", x_ratelimit_reset=epoch(3000)
        )

    outcomes, server, _ = run(respond, use)
    assert all(isinstance(outcome, RateLimited) for outcome in outcomes)
    assert len(server.asked) <= 4


def test_a_time_that_is_past_or_a_quota_that_is_left_is_no_end_of_a_limit() -> None:
    left = {"x-ratelimit-remaining": "5", "x-ratelimit-reset": epoch(3600)}
    for headers in ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, left):
        said, _, _ = error(
            lambda _, headers=headers: reply(429, **headers), RateLimited, max_wait=0
        )
        assert isinstance(said, RateLimited)
        assert said.until == NOW + timedelta(seconds=60)


def test_a_limit_is_waited_for_twice_and_is_never_told_with_a_time_that_is_past() -> None:
    said, server, clock = error(
        lambda _: reply(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
        RateLimited,
        max_wait=1000,
    )
    assert isinstance(said, RateLimited)
    assert clock.slept == [60, 120]
    assert said.until > clock.now
    assert len(server.asked) == 3


@pytest.mark.parametrize("errors", [["odd"], [None], [{"type": "NOT_FOUND"}], "odd", {"a": 1}])
def test_other_errors_of_graphql_are_no_limit(errors: Any) -> None:
    body = {"data": {"a": 1}, "errors": errors}
    answer, _, _ = run(lambda _: reply(200, body), lambda f, at, s: f.post(at, "graphql", {}))
    assert answer.json == body


def test_a_limit_of_graphql_ends_when_the_host_says() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> datetime:
        with pytest.raises(RateLimited) as caught:
            await fetcher.post(at, "graphql", {})
        return caught.value.until

    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": epoch(3600)}
    body = {"errors": [{"type": "RATE_LIMITED"}]}
    until, _, _ = run(lambda _: reply(200, body, Retry_After="120", **headers), use, max_wait=0)
    assert until == NOW + timedelta(seconds=121)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("x" * 100, "x" * 40),
        ("see https://u:pw@x.org", "see https://x.org"),
        ("", "no reason given"),
        (None, "no reason given"),
    ],
)
def test_the_reason_of_a_block_is_short_and_without_credentials(
    reason: str | None, told: str
) -> None:
    body = {"message": "blocked", "block": {"reason": reason}}
    said, _, _ = error(lambda _: reply(403, body), Blocked)
    assert isinstance(said, Blocked)
    assert said.reason == told


@pytest.mark.parametrize(
    ("given", "count"),
    [("12", 12), ("١٢", None), ("9" * 19, None), ("-1", None), (2**63 - 1, 2**63 - 1)]
    + [(2**63, None), (-1, None), (True, None), (1.0, None), (None, None)],
)
def test_a_count_is_a_whole_number_that_can_be_stored(given: object, count: int | None) -> None:
    assert parse_count(given) == count


def test_graphql_has_its_own_limit_and_tells_it_with_200() -> None:
    told = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}

    def respond(request: Request) -> bytes:
        if request.method == "POST":
            return reply(200, told, x_ratelimit_remaining="0", x_ratelimit_reset=epoch(3000))
        return reply(200, {"a": 1}, x_ratelimit_remaining="9", x_ratelimit_reset=epoch(3000))

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> None:
        for _ in range(2):
            with pytest.raises(RateLimited):
                await fetcher.post(at, "graphql", {"query": "…"})
        assert (await once(fetcher, at, server)).json == {"a": 1}

    _, server, _ = run(respond, use, token=CANARY)
    assert [asked.method for asked in server.asked] == ["POST", "GET"]


# the meanings of errors


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (
            451,
            {"message": "Repository access blocked", "block": {"reason": "dmca"}},
            Blocked,
            "dmca",
        ),
        (403, {"message": "Repository access blocked", "block": {"reason": "tos"}}, Blocked, "tos"),
        (403, {"message": "too large to list contributors"}, Forbidden, "too large"),
        (403, None, Forbidden, "not allowed"),
        (403, ["no"], Forbidden, "not allowed"),
        (503, {"message": "rate limit of the database"}, ServerError, "503"),
        (404, {"message": "Not Found"}, NotFoundUpstream, "not found, or private"),
        (410, None, NotFoundUpstream, "410"),
        (422, {"message": "odd"}, RequestFailed, "odd"),
        (400, {"error": {"message": "Bad"}}, RequestFailed, "Bad"),
        (300, None, RequestFailed, "300"),
        (408, None, ServerError, "408"),
    ],
)
def test_errors_say_what_happened(
    status: int, body: Any, kind: type[SourceError], text: str
) -> None:
    exc, _, _ = error(lambda _: reply(status, body), kind)
    assert text in str(exc)
    assert type(exc) is kind
