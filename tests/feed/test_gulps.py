"""A connection is read at once while little comes, and on a common beat while it is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bntui.clock import ManualClock
from bntui.feed.gulps import ANSWER_S, BUSY_BYTES, FULL_BYTES, LARGE_BYTES, SHORTEST, SOON_S, Beat, Gulps

GULP_S = 0.02
NEVER_S = 3_600.0


class Endpoint(asyncio.Transport):
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


class Buffer:
    """A socket whose buffer has a size."""

    def __init__(self, size: int) -> None:
        self._size = size

    def getsockopt(self, level: int, option: int) -> int:
        return self._size


class Rig:
    """A connection whose reads are made up."""

    def __init__(self, beat: Beat | None = None) -> None:
        self.beat = beat or Beat(GULP_S)
        self.endpoint, self.clock = Endpoint(), ManualClock()
        self.gulps = Gulps(self.endpoint, self.clock, self.beat, self.endpoint.ended.set)

    def read(self, size: int = BUSY_BYTES) -> bool:
        """Whether the gulp goes on."""
        goes_on = self.gulps.goes_on(size)
        self.gulps.read(size)
        return goes_on

    @property
    def paused(self) -> bool:
        """Whether nothing is read now."""
        return self.endpoint.paused

    def is_read(self) -> bool:
        """The opposite."""
        return not self.endpoint.paused

    async def resumed(self) -> None:
        async with asyncio.timeout(20):
            await self.endpoint.resumed.wait()
        self.endpoint.resumed.clear()


async def test_one_that_brings_little_is_read_at_once() -> None:
    rig = Rig()
    for _ in range(50):
        rig.read(BUSY_BYTES // 3)
        assert not rig.paused
        rig.clock.advance(GULP_S / 2)


async def test_a_busy_one_is_left_alone_until_the_next_beat() -> None:
    rig = Rig()
    for _ in range(4):
        assert not rig.paused
        rig.read(BUSY_BYTES // 4)
    assert rig.paused
    await rig.resumed()
    assert not rig.paused


async def test_one_that_was_busy_and_is_no_longer_is_read_at_once_again() -> None:
    rig = Rig()
    rig.read()
    await rig.resumed()
    rig.read(BUSY_BYTES // 4)
    assert not rig.paused


async def test_all_are_read_on_one_beat() -> None:
    beat = Beat(GULP_S)
    rigs = [Rig(beat), Rig(beat)]
    for rig in rigs:
        rig.read()
    await rigs[0].resumed()
    assert [rig.paused for rig in rigs] == [False, False]


async def test_who_wants_to_know_has_all_of_them_read_at_once() -> None:
    beat = Beat(NEVER_S)
    rigs = [Rig(beat), Rig(beat)]
    for rig in rigs:
        rig.read()
    beat.wanted()
    assert [rig.paused for rig in rigs] == [False, False]


async def test_however_many_want_to_know_they_are_not_read_all_the_time() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.read()
    rig.beat.wanted()
    rig.read()
    rig.beat.wanted()
    assert rig.paused, "they were read just now"
    await rig.resumed()


async def test_to_want_to_know_costs_nothing_where_nothing_waits() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.beat.wanted()
    rig.read()
    assert rig.paused


async def test_who_reads_every_event_has_each_soon() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.beat.sooner("tails", True, 0.0)
    rig.beat.sooner("bots", True, 0.0)
    rig.read()
    await rig.resumed()
    rig.beat.sooner("tails", False, 0.0)
    assert rig.beat.gulp_s == SOON_S
    rig.beat.sooner("bots", False, 0.0)
    assert rig.beat.gulp_s == NEVER_S


async def test_for_who_reads_every_event_nothing_waits_behind_its_reading() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.beat.sooner("bots", True, 0.0)
    assert not rig.gulps.goes_on(FULL_BYTES)
    rig.beat.sooner("bots", False, 0.0)
    assert rig.gulps.goes_on(FULL_BYTES)


async def test_what_waits_already_is_read_sooner_too() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.read()
    rig.beat.sooner("tails", True, 0.0)
    await rig.resumed()


def test_what_was_read_before_somebody_asked_may_have_waited_longer() -> None:
    beat = Beat(1.0)
    assert beat.longest_wait_s(50.0) == 1.0
    beat.sooner("bots", True, 100.0)
    assert beat.longest_wait_s(100.0 + SOON_S) == 1.0, "the first reading ends a wait that began before"
    assert beat.longest_wait_s(100.0 + 2 * SOON_S) == SOON_S
    beat.sooner("bots", False, 200.0)
    assert beat.longest_wait_s(200.0) == 1.0


async def test_a_gulp_of_full_reads_ends_with_its_beat() -> None:
    rig = Rig()
    assert rig.gulps.goes_on(FULL_BYTES)
    assert rig.gulps.goes_on(FULL_BYTES)
    async with asyncio.timeout(20):
        await rig.endpoint.ended.wait()
    assert not rig.endpoint.resumed.is_set()


async def test_a_gulp_of_full_reads_ends_when_somebody_wants_to_know() -> None:
    rig = Rig(Beat(NEVER_S))
    assert rig.read(FULL_BYTES)
    rig.beat.wanted()
    assert not rig.endpoint.ended.is_set(), "who wants to know has nothing to do with it"
    async with asyncio.timeout(20):
        await rig.endpoint.ended.wait()


async def test_the_rest_of_a_full_read_does_not_end_its_gulp_and_a_smaller_read_behind_does() -> None:
    rig = Rig(Beat(NEVER_S))
    assert rig.gulps.goes_on(FULL_BYTES)
    assert rig.gulps.goes_on(300)
    assert not rig.gulps.goes_on(300)


async def test_what_comes_though_it_is_left_alone_is_part_of_its_gulp() -> None:
    rig = Rig(Beat(NEVER_S))
    assert rig.read(FULL_BYTES)
    assert rig.paused
    assert rig.read(300)
    assert rig.read(300)


async def test_no_gulp_goes_on_behind_the_end() -> None:
    rig = Rig(Beat(NEVER_S))
    assert rig.gulps.goes_on(FULL_BYTES)
    rig.gulps.end()
    assert not rig.gulps.goes_on(FULL_BYTES)


async def test_one_whose_gulp_ends_badly_keeps_no_other_from_being_read() -> None:
    beat, told = Beat(NEVER_S), list[BaseException]()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: told.append(context["exception"]))

    def stumble() -> None:
        raise RuntimeError

    first, second = Rig(beat), Rig(beat)
    first.gulps = Gulps(first.endpoint, first.clock, beat, stumble)
    assert first.read(FULL_BYTES)
    second.read()
    beat.wanted()
    assert [first.paused, second.paused] == [False, False]
    await asyncio.sleep(0)
    assert [type(error) for error in told] == [RuntimeError]


async def test_one_that_ends_is_read_at_once_and_from_then_on() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.read()
    assert rig.paused
    rig.gulps.end()
    assert rig.is_read()
    rig.read()
    assert rig.is_read()


async def test_without_a_gulp_everything_is_read_as_it_comes() -> None:
    rig = Rig(Beat(0.0))
    assert not rig.read(FULL_BYTES)
    rig.read()
    assert not rig.paused


async def test_the_answer_to_a_ping_is_read_as_it_comes() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.read()
    assert rig.paused
    rig.gulps.awaits_answer()
    assert rig.is_read()
    rig.read()
    assert rig.is_read(), "it may be in what comes next"
    rig.gulps.answered()
    rig.read()
    assert rig.paused


async def test_an_answer_that_does_not_come_is_not_awaited_for_ever() -> None:
    rig = Rig(Beat(NEVER_S))
    rig.gulps.awaits_answer()
    rig.clock.advance(ANSWER_S)
    rig.read()
    assert rig.paused


@pytest.mark.parametrize(("buffer", "full"), [(0, LARGE_BYTES), (400_000, 150_000), (100 << 20, FULL_BYTES)])
async def test_what_is_full_depends_on_the_systems_buffer(
    monkeypatch: pytest.MonkeyPatch, buffer: int, full: int
) -> None:
    rig = Rig(Beat(NEVER_S))
    monkeypatch.setattr(rig.endpoint, "get_extra_info", lambda name: Buffer(buffer))
    assert not rig.gulps.goes_on(full - 1)
    assert rig.gulps.goes_on(full)


async def test_who_finds_the_buffer_full_is_read_ever_sooner_and_later_again_when_he_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    pauses: list[float] = []

    def noting(after_s: float, call: Callable[..., object], *args: object) -> asyncio.TimerHandle:
        pauses.append(after_s / NEVER_S)
        return loop.call_at(loop.time(), call, *args)

    monkeypatch.setattr(loop, "call_later", noting)
    rig = Rig(Beat(NEVER_S))

    async def pause(size: int) -> float:
        """For which part of a gulp it is left alone behind such a read."""
        before = len(pauses)
        rig.read(size)
        if not rig.paused:
            return 0.0
        if len(pauses) == before:
            rig.beat.wanted()
            return 1.0
        await rig.resumed()
        return pauses[-1]

    assert [await pause(FULL_BYTES) for _ in range(5)] == [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32]
    assert await pause(FULL_BYTES) == SHORTEST
    assert await pause(FULL_BYTES) == 0.0, "there is always more"
    assert await pause(300) == 0.0, "the rest of it"
    assert [await pause(BUSY_BYTES) for _ in range(6)] == [SHORTEST, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2]
    assert await pause(BUSY_BYTES) == 1.0
