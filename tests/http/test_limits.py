"""What a host says of its limits, however absurd: capped at a day, and the answer is used."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from pkgcat.http.endpoint import Endpoint
from pkgcat.http.errors import RateLimited
from pkgcat.http.fetcher import HttpFetcher
from pkgcat.http.rate_limit import RateLimiter
from pkgcat.http.responses import Quota
from tests.http.test_fetcher import NOW, Clock, run
from tests.sources.server import Server, reply

DAY = timedelta(days=1)
GRACE = timedelta(seconds=1)
ABSURD = [
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Mon, 20 Nov 2034 15:04:05 GMT",
    "253402300799",
    "99999",
    "9" * 18,
    "9" * 30,
    "9" * 5000,
]
NONSENSE = ["Mon, 01 Jan 0001 00:00:00 +1400", "Fri, 20 Nov 2026 15:04:05 +999999999", "-5", "١٢"]


async def limited(fetcher: HttpFetcher, at: Endpoint, server: Server) -> RateLimited:
    with pytest.raises(RateLimited) as caught:
        await fetcher.get(at, "thing")
    with pytest.raises(RateLimited):
        await fetcher.get(at, "thing")
    return caught.value


@pytest.mark.parametrize("said", ABSURD, ids=lambda said: said[:30])
def test_a_pause_of_more_than_a_day_is_a_day(said: str) -> None:
    told, server, _ = run(lambda _: reply(429, Retry_After=said), limited, max_wait=0)
    assert told.until == NOW + DAY + GRACE
    assert len(server.asked) == 1


@pytest.mark.parametrize("said", NONSENSE)
def test_a_pause_that_makes_no_sense_is_none(said: str) -> None:
    raw = reply(429).replace(b"\r\n\r\n", b"\r\nretry-after: " + said.encode() + b"\r\n\r\n", 1)
    told, _, _ = run(lambda _: raw, limited, max_wait=0)
    assert told.until in (NOW + timedelta(seconds=60), NOW + timedelta(seconds=61))


@pytest.mark.parametrize("prefix", ["x-ratelimit", "ratelimit"])
@pytest.mark.parametrize("reset", ["253402300799", "9" * 18, "999999999", "4102444800"])
def test_an_answer_with_an_absurd_reset_is_used(prefix: str, reset: str) -> None:
    headers = {f"{prefix}-remaining": "0", f"{prefix}-reset": reset}

    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Any:
        answer = await fetcher.get(at, "thing")
        with pytest.raises(RateLimited) as caught:
            await fetcher.get(at, "thing")
        assert caught.value.until == NOW + DAY + GRACE
        assert fetcher.quotas["git.test"]["core"].reset == NOW + DAY
        return answer.json

    assert run(lambda _: reply(200, {"a": 1}, **headers), use)[0] == {"a": 1}


def test_an_answer_with_a_reset_of_too_many_digits_is_used() -> None:
    async def use(fetcher: HttpFetcher, at: Endpoint, server: Server) -> Any:
        return [(await fetcher.get(at, "thing")).json for _ in range(2)]

    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 5000}
    assert run(lambda _: reply(200, {"a": 1}, **headers), use)[0] == [{"a": 1}] * 2


def test_a_host_that_never_says_until_when_is_left_alone_for_a_day_at_the_most() -> None:
    async def main() -> timedelta:
        clock = Clock()
        limiter = RateLimiter("git.test", jobs=1, max_wait=0, clock=clock, sleep=clock.sleep)
        for _ in range(2000):
            limiter.close("core", RateLimited("x", clock.now, stated_by_host=False))
            clock.now += timedelta(days=2)
        limiter.close("core", RateLimited("x", clock.now, stated_by_host=False))
        with pytest.raises(RateLimited) as caught:
            await limiter.wait("core")
        return caught.value.until - clock.now

    assert asyncio.run(main()) == DAY


def make_limiter(clock: Clock, sleep: Callable[[float], Awaitable[None]]) -> RateLimiter:
    return RateLimiter("git.test", jobs=1, max_wait=60, clock=clock, sleep=sleep)


def test_a_limit_that_is_told_while_another_is_waited_for_is_waited_for_too() -> None:
    clock = Clock()

    async def sleep(seconds: float) -> None:
        if not clock.slept:
            later = clock.now + timedelta(seconds=seconds + 20)
            limiter.close("core", RateLimited("x", later))
        await clock.sleep(seconds)

    limiter = make_limiter(clock, sleep)
    limiter.close("core", RateLimited("x", NOW + timedelta(seconds=10)))
    asyncio.run(limiter.wait("core"))
    assert clock.now == NOW + timedelta(seconds=31) + GRACE


def find_pause(limiter: RateLimiter, clock: Clock) -> float:
    """Return how many seconds a limiter waits now."""
    asyncio.run(limiter.wait("core"))
    return clock.slept[-1]


def test_requests_that_are_refused_at_once_make_no_pause_longer() -> None:
    clock = Clock()
    limiter = RateLimiter("git.test", jobs=4, max_wait=1000, clock=clock, sleep=clock.sleep)
    for pause in (60, 120):
        for _ in range(4):
            limiter.close("core", RateLimited("x", clock.now, stated_by_host=False))
        assert find_pause(limiter, clock) == pause


def test_after_a_good_answer_a_pause_is_as_short_as_the_first() -> None:
    clock = Clock()
    limiter = make_limiter(clock, clock.sleep)
    for _ in range(3):
        limiter.close("core", RateLimited("x", clock.now, stated_by_host=False))
        assert find_pause(limiter, clock) == 60
        limiter.note("core", None)


def test_of_two_limits_the_later_one_counts() -> None:
    clock = Clock()
    limiter = make_limiter(clock, clock.sleep)
    for seconds in (50, 5):
        limiter.close("core", RateLimited("x", NOW + timedelta(seconds=seconds)))
    asyncio.run(limiter.wait("core"))
    assert clock.now == NOW + timedelta(seconds=50) + GRACE


def test_a_quota_that_began_anew_already_opens_nothing_that_is_closed() -> None:
    clock = Clock()
    limiter = make_limiter(clock, clock.sleep)
    limiter.close("core", RateLimited("x", NOW + timedelta(seconds=50)))
    limiter.note("core", Quota(None, 0, NOW - timedelta(hours=1)))
    asyncio.run(limiter.wait("core"))
    assert clock.now == NOW + timedelta(seconds=50) + GRACE
