"""A busy connection is read in gulps: one wake-up for all that came within some milliseconds.

At ordinary rates wake-ups cost more than everything that is done with a message. All connections are read on
the same beat, so that many of them cost one wake-up too. Nothing waits longer than a gulp: pongs neither.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bntui.clock import Clock

BUSY_GULPS = 1.5
"""Reads that follow one another this soon are worth a gulp: at a slower pace it would save no wake-up."""

BEHIND_BYTES = 1 << 17
"""Who finds so much in one read has more waiting in the socket, and reads on at once. What came in such reads
may wait for the next beat too, so that what the newest replaces is looked at once."""


class Gulps:
    """When one connection is read. Ended, it is read whenever something comes."""

    def __init__(
        self, transport: asyncio.Transport, clock: Clock, gulp_s: float, ended: Callable[[], None]
    ) -> None:
        """Read whenever something comes, until it is busy; never in gulps where they are of no length.
        `ended`: told at the beat that ends a gulp of several reads."""
        self._transport = transport
        self._ended = ended
        self._clock = clock
        self._gulp_s = gulp_s
        self._loop = asyncio.get_running_loop()
        self._read_at = -BUSY_GULPS * gulp_s
        self._next: asyncio.TimerHandle | None = None
        self._paused = False

    def goes_on(self, size: int) -> bool:
        """Whether a gulp of which so many bytes were read now has more to come, by the next beat at the
        latest; `ended` is told then, unless a smaller read came before."""
        if size < BEHIND_BYTES or not self._gulp_s:
            return False
        self._read_at = self._clock.monotonic()
        self._await_beat()
        return True

    def read(self) -> None:
        """All that was there was read; perhaps what comes next is left in the socket for a while."""
        if not self._gulp_s:
            return
        now = self._clock.monotonic()
        busy, self._read_at = now - self._read_at < BUSY_GULPS * self._gulp_s, now
        if busy and not self._paused and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()
            self._await_beat()

    def _await_beat(self) -> None:
        if self._next is None:
            self._next = self._loop.call_at(self._beat(), self._end_gulp)

    def _beat(self) -> float:
        """The next time at which all are read: the loop's own, of which every connection thinks alike."""
        return (self._loop.time() // self._gulp_s + 1) * self._gulp_s

    def _end_gulp(self) -> None:
        self._next = None
        if not self._paused:
            self._ended()
            return
        self._paused = False
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def end(self) -> None:
        """Read on at once, and no more in gulps."""
        self._gulp_s = 0.0
        if self._next is not None:
            self._next.cancel()
            self._end_gulp()
