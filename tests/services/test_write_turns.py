"""Gaps between transactions: others can write after each quarter of a second of writing."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from pkgcat.services.write_turns import WriteTurns


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time passes only where somebody waits, and at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        selector: Any = self._selector  # type: ignore[attr-defined]  # asyncio's own
        select = selector.select

        def skip(timeout: float | None = None) -> Any:
            self.now += timeout or 0.0
            return select(0)

        selector.select = skip

    def time(self) -> float:
        return self.now


def run(work: Callable[[Clock], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=Clock) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Clock)
        runner.run(work(loop))


async def measure_gap(turns: WriteTurns, clock: Clock) -> float:
    before = clock.now
    await turns.give_way()
    return clock.now - before


def test_there_is_a_gap_after_so_much_writing_and_not_before() -> None:
    async def work(clock: Clock) -> None:
        turns = WriteTurns()
        gaps = []
        for _ in range(6):
            with turns.writing():
                clock.now += 0.1
            gaps.append(await measure_gap(turns, clock))
        gap = pytest.approx(WriteTurns.GAP)
        assert gaps == [0, 0, gap, 0, 0, gap]

    run(work)


def test_a_gap_that_is_there_already_needs_no_other_one() -> None:
    async def work(clock: Clock) -> None:
        turns = WriteTurns()
        for _ in range(6):
            with turns.writing():
                clock.now += 0.1
            assert await measure_gap(turns, clock) == 0
            clock.now += WriteTurns.GAP  # a host is waited for

    run(work)


def test_a_transaction_that_fails_is_measured_too() -> None:
    async def work(clock: Clock) -> None:
        turns = WriteTurns()
        with pytest.raises(ValueError, match="disk"), turns.writing():
            clock.now += WriteTurns.HOLD
            raise ValueError("disk")
        assert await measure_gap(turns, clock) == pytest.approx(WriteTurns.GAP)

    run(work)


def test_the_event_loop_goes_on_between_two_transactions() -> None:
    """A timeout ends a run there, and answers of hosts are read."""

    async def work(clock: Clock) -> None:
        turns = WriteTurns()
        others: list[int] = []
        asyncio.get_running_loop().call_soon(others.append, 1)
        with turns.writing():
            pass
        await turns.give_way()
        assert others == [1]

    run(work)
