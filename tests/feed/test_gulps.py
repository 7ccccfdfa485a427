"""A connection is read at once while little comes, and on a common beat while it is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bntui.clock import ManualClock
from bntui.feed.gulps import FULL_BYTES, SHORTEST, Gulps

GULP_S = 0.02


class Reading(asyncio.Transport):
    """A transport that can be paused, and says when."""

    def __init__(self) -> None:
        super().__init__()
        self.paused = False
        self.resumed = asyncio.Event()
        self.ended = asyncio.Event()
        self.closing = False

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False
        self.resumed.set()

    def is_closing(self) -> bool:
        return self.closing


def gulps(gulp_s: float = GULP_S) -> tuple[Gulps, Reading, ManualClock]:
    transport, clock = Reading(), ManualClock()
    return Gulps(transport, clock, gulp_s, transport.ended.set), transport, clock


async def test_one_that_is_not_busy_is_read_at_once() -> None:
    reading, transport, clock = gulps()
    for _ in range(5):
        reading.read(100)
        assert not transport.paused
        clock.advance(3 * GULP_S)


async def test_a_busy_one_is_left_alone_until_the_next_beat() -> None:
    reading, transport, clock = gulps()
    reading.read(100)
    clock.advance(GULP_S)
    reading.read(100)
    assert transport.paused
    async with asyncio.timeout(20):
        await transport.resumed.wait()
    assert not transport.paused


async def test_all_are_read_on_one_beat() -> None:
    both = [gulps(), gulps()]
    for reading, _, _ in both:
        reading.read(100)
        reading.read(100)
    async with asyncio.timeout(20):
        await both[0][1].resumed.wait()
    # What is due at the same time runs in the same round of the loop.
    await asyncio.sleep(0)
    assert [transport.paused for _, transport, _ in both] == [False, False]


async def test_a_gulp_of_full_reads_ends_with_its_beat() -> None:
    reading, transport, _ = gulps()
    assert reading.goes_on(FULL_BYTES)
    assert reading.goes_on(FULL_BYTES)
    async with asyncio.timeout(20):
        await transport.ended.wait()
    assert not transport.resumed.is_set()


async def test_a_smaller_read_ends_the_gulp_before() -> None:
    reading, transport, _ = gulps()
    assert reading.goes_on(FULL_BYTES)
    reading.read(FULL_BYTES)
    assert not reading.goes_on(FULL_BYTES - 1)
    reading.read(FULL_BYTES - 1)
    assert transport.paused
    async with asyncio.timeout(20):
        await transport.resumed.wait()
    assert not transport.ended.is_set()


async def test_a_gulp_that_goes_on_ends_with_the_connection() -> None:
    reading, transport, _ = gulps()
    assert reading.goes_on(FULL_BYTES)
    reading.end()
    assert transport.ended.is_set()
    assert not reading.goes_on(FULL_BYTES)


async def test_one_that_ends_is_read_at_once_and_from_then_on() -> None:
    reading, transport, _ = gulps()
    reading.read(100)
    reading.read(100)
    assert transport.paused
    reading.end()
    reading.read(100)
    assert not transport.paused


async def test_without_a_gulp_everything_is_read_as_it_comes() -> None:
    reading, transport, _ = gulps(0.0)
    assert not reading.goes_on(FULL_BYTES)
    reading.read(100)
    reading.read(100)
    assert not transport.paused


async def test_who_finds_the_buffer_full_is_read_ever_sooner_and_later_again_when_he_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    call_at, beats = loop.call_at, list[float]()

    def noting(when: float, call: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        beats.append(when - loop.time())
        return call_at(when, call, *args)

    monkeypatch.setattr(loop, "call_at", noting)
    reading, transport, _ = gulps(GULP_S * 8)
    reading.read(100)

    async def pause(size: int) -> float:
        """For which part of a gulp it is left alone behind such a read."""
        transport.resumed.clear()
        reading.read(size)
        assert transport.paused
        await transport.resumed.wait()
        return beats.pop() / (GULP_S * 8)

    async with asyncio.timeout(30):
        for n in range(1, 12):
            assert await pause(FULL_BYTES) <= max(SHORTEST, 1 / 2**n)
        for _ in range(3):
            assert await pause(FULL_BYTES - 1) <= SHORTEST, "he keeps up just so"
        for n in range(1, 6):
            assert await pause(100) <= SHORTEST * 2**n
