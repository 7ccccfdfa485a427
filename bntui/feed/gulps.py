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

FULL_BYTES = 3 << 14
"""Who finds so much in one read may have found the system's buffer full, which begins with 64 kB: then the
exchange waits for us. Such a connection is left alone half as long, and again, until it finds less."""

SHORTEST = 1 / 256
"""No pause is a smaller part of a gulp. There is always one: with its end the socket looks for what TLS still
holds, though nothing new came."""


class Gulps:
    """When one connection is read. Ended, it is read whenever something comes."""

    def __init__(
        self, transport: asyncio.Transport, clock: Clock, gulp_s: float, ended: Callable[[], None]
    ) -> None:
        """Read whenever something comes, until it is busy; never in gulps where they are of no length.
        `ended`: told at the beat that ends a gulp of several reads."""
        self._transport = transport
        self._clock = clock
        self._gulp_s = self._pause_s = gulp_s
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._read_at = -BUSY_GULPS * gulp_s
        self._next: asyncio.TimerHandle | None = None
        self._paused = False
        self._until: float | None = None
        """When the gulp of several reads ends; None while there is none."""

    def goes_on(self, size: int) -> bool:
        """Whether the gulp to which a read of this size belongs has more to come, by its end at the latest:
        `ended` is told then, unless a smaller read ended it before."""
        if size < FULL_BYTES or not self._gulp_s:
            self._until = None
        elif self._until is None:
            self._until = self._beat(self._gulp_s)
            self._await_beat()
        return self._until is not None

    def read(self, size: int) -> None:
        """So many bytes were read; perhaps the next are left in the socket for a while."""
        if not self._gulp_s:
            return
        now = self._clock.monotonic()
        busy, self._read_at = now - self._read_at < BUSY_GULPS * self._gulp_s, now
        if size >= FULL_BYTES:
            self._pause_s = max(self._gulp_s * SHORTEST, self._pause_s / 2)
        elif size < FULL_BYTES / 2:
            self._pause_s = min(self._gulp_s, self._pause_s * 2)
        if busy and not self._paused and not self._transport.is_closing():
            self._paused = True
            self._transport.pause_reading()
            self._await_beat()

    def _await_beat(self) -> None:
        beat = self._beat(self._pause_s)
        if self._until is not None:
            beat = min(beat, self._until)
        if self._next is None:
            self._next = self._loop.call_at(beat, self._at_beat, beat)

    def _beat(self, length_s: float) -> float:
        """The next time at which all are read: the loop's own, of which every connection thinks alike."""
        return (self._loop.time() // length_s + 1) * length_s

    def _at_beat(self, beat: float) -> None:
        self._next = None
        if self._until is not None:
            if beat >= self._until:
                self._until = None
                self._ended()
            else:
                self._await_beat()
        if self._paused:
            self._paused = False
            if not self._transport.is_closing():
                self._transport.resume_reading()

    def end(self) -> None:
        """Read on at once, and no more in gulps."""
        self._gulp_s = 0.0
        if self._next is not None:
            self._next.cancel()
            self._at_beat(self._until or 0.0)
