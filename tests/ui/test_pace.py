from __future__ import annotations

import asyncio
from contextvars import ContextVar

from bntui.ui.pace import Pace

NEVER_FPS = 0.001
"""The next frame is due long after the test."""

place = ContextVar("place", default="")


class Drawn:
    """Counts frames, and lets one wait for them."""

    def __init__(self, fps: float) -> None:
        self.frames = 0
        self.places: list[str] = []
        self._came = asyncio.Event()
        self.pace = Pace(fps, self._draw)

    def _draw(self) -> None:
        self.frames += 1
        self.places.append(place.get())
        self._came.set()

    async def frame(self) -> None:
        self._came.clear()
        await asyncio.wait_for(self._came.wait(), 10)


async def turns() -> None:
    """Everything that is due now is done."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_first_frame_comes_at_once_and_others_without_any_answer() -> None:
    at = Drawn(fps=200)
    at.pace.begin()
    for _ in range(3):
        await at.frame()
    at.pace.end()


async def test_an_answer_is_drawn_at_once_but_no_more_often_than_is_wanted() -> None:
    at = Drawn(NEVER_FPS)
    at.pace.begin()
    await at.frame()
    for _ in range(3):
        at.pace.answered()
    await turns()
    assert at.frames == 1, "too soon after the last"
    at.pace._drawn_at -= 1 / NEVER_FPS
    at.pace.answered()
    at.pace.answered()
    await turns()
    assert at.frames == 2, "at once, and once"
    at.pace.end()


async def test_an_answer_that_comes_too_soon_is_drawn_as_soon_as_it_may() -> None:
    at = Drawn(fps=20)
    at.pace.begin()
    await at.frame()
    began = asyncio.get_running_loop().time()
    at.pace.answered()
    await at.frame()
    assert asyncio.get_running_loop().time() - began >= 0.04
    at.pace.end()


async def test_at_rest_nothing_is_drawn() -> None:
    at = Drawn(NEVER_FPS)
    at.pace.answered()
    at.pace.begin()
    at.pace.end()
    at.pace.answered()
    await turns()
    assert at.frames == 0


async def test_frames_are_drawn_where_they_were_begun_whoever_brings_the_answer() -> None:
    at = Drawn(NEVER_FPS)
    token = place.set("screen")
    at.pace.begin()
    await at.frame()
    place.reset(token)
    at.pace._drawn_at -= 1 / NEVER_FPS
    at.pace.answered()
    await turns()
    assert at.places == ["screen", "screen"]
    at.pace.end()
