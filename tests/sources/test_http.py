"""HttpFetcher against a server on loopback: redirects, sizes, limits, tokens, validators, retries."""

import asyncio
import gzip
import logging
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pkgcat.sources.base import (
    Answer,
    Blocked,
    Failed,
    Forbidden,
    Limited,
    Malformed,
    Missing,
    Passing,
    Place,
    Refused,
    SourceError,
    Stamp,
)
from pkgcat.sources.http import HttpFetcher
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
    use: Callable[[HttpFetcher, Place, Server], Awaitable[Any]],
    *,
    token: str | None = None,
    **options: Any,
) -> tuple[Any, Server, Clock]:
    async def main() -> tuple[Any, Server, Clock]:
        clock = Clock()
        async with serve(respond) as server:
            signed = f"Bearer {token}" if token else None
            at = Place("github", "git.test", server.url, signed)
            fetcher = HttpFetcher(clock=clock, sleep=clock.sleep, jitter=lambda: 0.5, **options)
            async with fetcher:
                return await use(fetcher, at, server), server, clock

    return asyncio.run(main())


async def once(fetcher: HttpFetcher, at: Place, server: Server) -> Answer:
    return await fetcher.get(at, "thing?page=1")


def error(
    respond: Callable[[Request], Any], kind: type[SourceError], **options: Any
) -> tuple[SourceError, Server, Clock]:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> SourceError:
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
    answer, server, _ = run(lambda _: reply(200, {"a": 1}, Link='<x>; rel="next"'), once, token=CANARY)
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
    assert (answer.json, answer.pending, answer.empty, answer.unchanged) == (None, pending, not pending, False)


def test_unchanged_that_was_not_asked_is_no_answer() -> None:
    error(lambda _: reply(304), Malformed)


def test_patience_asks_once_more_for_what_is_pending() -> None:
    replies = iter([reply(202, {}), reply(200, [1])])
    answer, server, clock = run(lambda _: next(replies), lambda f, at, s: f.get(at, "stats", patience=3))
    assert answer.json == [1]
    assert clock.slept == [3]
    assert len(server.asked) == 2


def test_requests_are_counted_by_host() -> None:
    replies = iter([reply(301, Location="/b"), reply(500), reply(200, {})])

    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> int:
        await once(fetcher, at, server)
        return fetcher.requests["git.test"]

    counted, server, _ = run(lambda _: next(replies), use)
    assert counted == len(server.asked) == 3


@pytest.mark.parametrize(("jobs", "most"), [(None, 4), (2, 2), (100, 16)])
def test_so_many_at_once(jobs: int | None, most: int) -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        await asyncio.gather(*(once(fetcher, at, server) for _ in range(60)))

    _, server, _ = run(lambda _: reply(200, {}), use, jobs=jobs)
    assert server.most == most


# redirects and tokens


def test_a_redirect_on_the_same_host_keeps_the_token() -> None:
    for status in (301, 302, 307, 308):
        answer, server, _ = run(
            lambda r, status=status: (
                reply(status, b"text", Location="/new") if r.path != "/new" else reply(200, {"n": 1})
            ),
            once,
            token=CANARY,
        )
        assert answer.json == {"n": 1}
        assert [r.headers.get("authorization") for r in server.asked] == [f"Bearer {CANARY}"] * 2


def test_a_redirect_to_another_host_leaves_the_token_behind() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> Server:
        async with serve(lambda _: reply(200, {"n": 1})) as other:
            targets.append(f"{other.url}/x")
            assert (await once(fetcher, at, server)).json == {"n": 1}
            return other

    targets: list[str] = []
    other, _, _ = run(lambda _: reply(302, Location=targets[0]), use, token=CANARY)
    (asked,) = other.asked
    assert CANARY not in str(asked)


def test_too_many_redirects() -> None:
    _, server, _ = error(lambda r: reply(301, Location=f"{r.path}x"), Failed)
    assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["ftp://x/y", "file:///etc/passwd", "http://[bad", "//"])
def test_redirects_to_nowhere(location: str) -> None:
    error(lambda _: reply(301, Location=location), Failed)


def test_https_never_becomes_http() -> None:
    import httpx

    from pkgcat.sources.http import _next

    with pytest.raises(Failed, match="https to http"):
        _next("git.test: x", httpx.URL("https://a.org/x"), "http://a.org/x")
    assert "u" not in str(_next("x", httpx.URL("https://a.org/"), "https://u:p@b.org/").userinfo)


def test_no_token_over_plain_http() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        await fetcher.get(
            Place("github", "git.test", server.url.replace("127.0.0.1", "localhost"), f"Bearer {CANARY}"), "x"
        )

    _, server, _ = run(lambda _: reply(200, {}), use)
    assert "authorization" in server.asked[0].headers  # loopback is an exception


def test_pages_on_another_host_are_not_asked() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        with pytest.raises(Malformed, match="another host"):
            await fetcher.get(at, "https://evil.example.org/next")
        await fetcher.get(at, f"{at.api_url}/next?ctx=1")

    _, server, _ = run(lambda _: reply(200, {}), use, token=CANARY)
    assert [asked.path for asked in server.asked] == ["/next?ctx=1"]


def test_a_refused_token_ends_the_run_for_its_host() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        for _ in range(3):
            with pytest.raises(Refused):
                await once(fetcher, at, server)

    _, server, _ = run(lambda _: reply(401, {"message": "Bad credentials"}), use, token=CANARY)
    assert len(server.asked) == 1
    _, server, _ = run(lambda _: reply(401, {"message": "sign in"}), use)
    assert len(server.asked) == 3


def test_a_host_that_repeats_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said, _, _ = error(lambda r: reply(403, {"message": r.headers["authorization"]}), Forbidden)
    assert isinstance(said, Forbidden)
    assert CANARY not in said.said
    answer, _, _ = run(lambda r: reply(200, {"description": r.headers["authorization"]}), once, token=CANARY)
    assert CANARY not in str(answer.json)
    assert CANARY not in caplog.text
    assert CANARY not in repr(Place("github", "h", "https://h", f"Bearer {CANARY}"))


def test_cookies_are_not_kept() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        await once(fetcher, at, server)
        await once(fetcher, at, server)

    _, server, _ = run(lambda _: reply(200, {}, Set_Cookie="a=b; Path=/"), use)
    assert "cookie" not in server.asked[1].headers


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    answer, _, _ = run(lambda _: reply(200, {"a": 1}), once, token=CANARY)
    assert answer.json == {"a": 1}


# validators


def test_validators_go_back_and_are_renewed() -> None:
    def respond(request: Request) -> bytes:
        if request.headers.get("if-none-match") == '"1"':
            return reply(304, ETag='"2"')
        return reply(200, {"a": 1}, ETag='"1"', Last_Modified="Tue, 19 Dec 2023 21:59:33 GMT")

    stamps: dict[str, Stamp] = {}

    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        first = await fetcher.get(at, "thing", conditional=True)
        assert first.stamp is not None
        assert first.json == {"a": 1}
        assert CANARY not in first.stamp.key
        stamps[first.stamp.key] = first.stamp
        second = await fetcher.get(at, "thing", conditional=True)
        assert second.unchanged
        assert second.stamp == Stamp(first.stamp.key, '"2"', "Tue, 19 Dec 2023 21:59:33 GMT")
        third = await fetcher.get(at, "thing")
        assert not third.unchanged
        other = Place(at.kind, at.host, at.api_url, "Bearer another")
        assert not (await fetcher.get(other, "thing", conditional=True)).unchanged
        accept = {"Accept": "text/x"}
        assert not (await fetcher.get(at, "thing", headers=accept, conditional=True)).unchanged

    _, server, _ = run(respond, use, token=CANARY, stamps=stamps)
    assert server.asked[1].headers["if-modified-since"].startswith("Tue")


# sizes and content


def test_a_large_body_is_refused_early() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[")
        while True:
            writer.write(b"1," * 50_000)
            await writer.drain()

    error(lambda _: endless, Malformed)


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
    error(lambda _: reply(200, packed[:-9], Content_Encoding="gzip"), Passing)
    error(lambda _: reply(200, b"no gzip", Content_Encoding="gzip"), Malformed)
    error(lambda _: reply(200, packed, Content_Encoding="br"), Malformed)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{", b'{"a": NaN}', b"[Infinity]", b"[" * 100_000, b'"\\ud800"', b'{"\xff": 1}', b"1" * 5000],
)
def test_what_is_no_json(body: bytes) -> None:
    _, server, _ = error(lambda _: reply(200, body), Malformed)
    assert len(server.asked) == 1


def test_pairs_of_surrogates_and_double_keys_are_json() -> None:
    answer, _, _ = run(lambda _: reply(200, b'{"a": 1, "a": "\\ud83d\\ude00"}'), once)
    assert answer.json == {"a": "😀"}


# what may pass


def test_trouble_is_asked_again_three_times_with_growing_pauses() -> None:
    _, server, clock = error(lambda _: reply(502), Passing)
    assert len(server.asked) == 4
    assert clock.slept == [0.5, 1, 2]


def test_trouble_that_passes() -> None:
    replies = iter([reply(500), reply(503), reply(200, {"a": 1})])
    answer, _, _ = run(lambda _: next(replies), once)
    assert answer.json == {"a": 1}


def test_without_retry_trouble_is_enough() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        with pytest.raises(Passing):
            await fetcher.get(at, "x", retry=False)

    _, server, _ = run(lambda _: reply(500), use)
    assert len(server.asked) == 1


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
        _, server, _ = error(lambda _, respond=respond: respond, Passing)
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
        error(lambda _, respond=respond: respond, Passing, timeout=0.15)


def test_nobody_listens() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        with pytest.raises(Passing, match=r"git\.test"):
            await fetcher.get(Place("github", "git.test", "http://127.0.0.1:9"), "x")

    run(lambda _: reply(200), use)


# limits


def test_nothing_remains_and_the_reset_is_near() -> None:
    left = iter(["0", "59"])

    def respond(_: Request) -> bytes:
        return reply(200, {}, x_ratelimit_remaining=next(left), x_ratelimit_reset=epoch(20), x_ratelimit_limit="60")

    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        await once(fetcher, at, server)
        await once(fetcher, at, server)
        assert fetcher.quotas["git.test"]["core"].remaining == 59
        assert fetcher.quotas["git.test"]["core"].limit == 60

    _, server, clock = run(respond, use)
    assert clock.slept == [21]
    assert len(server.asked) == 2


def test_nothing_remains_and_the_reset_is_far() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        await once(fetcher, at, server)
        with pytest.raises(Limited) as caught:
            await once(fetcher, at, server)
        assert caught.value.until == NOW + timedelta(seconds=2401)
        assert "15:44:06" in str(caught.value)
        await fetcher.get(Place("pypi", "pypi.test", server.url), "other")

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
    exc, server, clock = error(lambda _: reply(403, {"message": "You have exceeded a secondary rate limit"}), Limited)
    assert isinstance(exc, Limited)
    assert clock.slept == [60]
    assert exc.until == NOW + timedelta(seconds=60 + 120)
    assert len(server.asked) == 2


def test_a_far_limit_stops_those_that_are_on_their_way_too() -> None:
    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> list[Any]:
        return list(await asyncio.gather(*(once(fetcher, at, server) for _ in range(40)), return_exceptions=True))

    def respond(_: Request) -> bytes:
        return reply(403, {"message": "no"}, x_ratelimit_remaining="0", x_ratelimit_reset=epoch(3000))

    outcomes, server, _ = run(respond, use)
    assert all(isinstance(outcome, Limited) for outcome in outcomes)
    assert len(server.asked) <= 4


def test_graphql_has_its_own_limit_and_tells_it_with_200() -> None:
    told = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}

    def respond(request: Request) -> bytes:
        if request.method == "POST":
            return reply(200, told, x_ratelimit_remaining="0", x_ratelimit_reset=epoch(3000))
        return reply(200, {"a": 1}, x_ratelimit_remaining="9", x_ratelimit_reset=epoch(3000))

    async def use(fetcher: HttpFetcher, at: Place, server: Server) -> None:
        for _ in range(2):
            with pytest.raises(Limited):
                await fetcher.post(at, "graphql", {"query": "…"})
        assert (await once(fetcher, at, server)).json == {"a": 1}

    _, server, _ = run(respond, use, token=CANARY)
    assert [asked.method for asked in server.asked] == ["POST", "GET"]


# the meanings of errors


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (451, {"message": "Repository access blocked", "block": {"reason": "dmca"}}, Blocked, "dmca"),
        (403, {"message": "Repository access blocked", "block": {"reason": "tos"}}, Blocked, "tos"),
        (403, {"message": "too large to list contributors"}, Forbidden, "too large"),
        (403, None, Forbidden, "not allowed"),
        (404, {"message": "Not Found"}, Missing, "not found, or private"),
        (410, None, Missing, "410"),
        (422, {"message": "odd"}, Failed, "odd"),
        (400, {"error": {"message": "Bad"}}, Failed, "Bad"),
        (300, None, Failed, "300"),
    ],
)
def test_errors_say_what_happened(status: int, body: Any, kind: type[SourceError], text: str) -> None:
    exc, _, _ = error(lambda _: reply(status, body), kind)
    assert text in str(exc)
    assert type(exc) is kind
