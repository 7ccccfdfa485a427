"""When frames are drawn: with the engine's answers, and without any all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context

EARLIEST, LATEST = 0.9, 1.5
"""Of the time between two frames: so soon the next may come when there is an answer, and so late it comes
when there is none. A frame of its own beside each answer would wake the processor twice as often, and show
later what came."""


class Pace:
    """Draws as soon as an answer has come, though no more frames a second than are wanted."""

    def __init__(self, fps: float, draw: Callable[[], None]) -> None:
        """`draw` draws a frame; it must not raise."""
        self._every_s = 1 / fps
        self._draw = draw
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context: Context | None = None
        """Frames are drawn in that of `begin`, whoever brings the answer."""
        self._drawn_at = 0.0
        self._next: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Pace of {1 / self._every_s:g} frames/s{'' if self._next else ', at rest'}>"

    def begin(self) -> None:
        """Draw from now on, on the loop that runs here."""
        self._loop, self._context = asyncio.get_running_loop(), copy_context()
        self._drawn_at = self._loop.time() - self._every_s
        self._draw_by(self._loop.time())

    def answered(self) -> None:
        """There may be something new."""
        if self._next is not None:
            self._draw_by(self._drawn_at + EARLIEST * self._every_s)

    def end(self) -> None:
        """Draw no more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _draw_by(self, at: float) -> None:
        if self._next is not None:
            self._next.cancel()
        if self._loop is not None:
            self._next = self._loop.call_at(at, self._frame, context=self._context)

    def _frame(self) -> None:
        if self._loop is not None:
            self._drawn_at = self._loop.time()
            self._draw_by(self._drawn_at + LATEST * self._every_s)
            self._draw()
