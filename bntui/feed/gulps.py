"""A busy connection is read in gulps: one wake-up for all that came since the last one.

At ordinary rates wake-ups cost more than everything that is done with a message. All busy connections are
read on one beat, so that many of them cost one wake-up too, and whenever somebody wants to know what there
is.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from math import inf

from bntui.clock import Clock

BUSY_BYTES = 1_000
"""A connection that brings so much in the time of a gulp is busy: some five messages. With fewer there is
hardly a wake-up to be saved, and each is read as it comes."""

SOON_S = 0.05
"""Whoever reads events one by one, or is a bot that asks, has each within so long."""

APART_S = 0.02
"""Who wants to know what there is has no more than this to wait for; all of them together cost no more than
one who asks as often."""

LARGE_BYTES = 3 << 14
"""No smaller read is a full one, whatever the system's buffer holds."""

FULL_SHARE = 3 / 8
"""Of the system's buffer, of which half holds data at most: who finds so much of it in one read has let the
exchange wait, or nearly. He is left alone half as long, and again, until he finds less."""

FULL_BYTES = 3 << 16
"""So much is a full read in any case: none brings much more."""

SHORTEST = 1 / 64
"""A pause that would be a smaller part of a gulp is none."""

ANSWER_S = 1.0
"""Who waits for the answer to a PING is read as it comes, for so long at most: the answer's time is told."""


class Beat:
    """When busy connections are read: so long after the last time, or as soon as somebody wants to know."""

    def __init__(self, gulp_s: float) -> None:
        """`gulp_s`: between two beats, if nobody asks. 0: everything is read as it comes."""
        self.gulp_s = self._usual_s = gulp_s
        self._sooner: set[str] = set()
        """Who wants to have read more often."""
        self._sooner_from = inf
        """On the program's clock: what is read from then on has not waited longer than a gulp of now."""
        self._waiting: dict[Gulps, None] = {}
        self._next: asyncio.TimerHandle | None = None
        self._read_at = 0.0
        """On the loop's clock, as are all times here."""

    @property
    def is_hurried(self) -> bool:
        """Somebody wants to have read more often: nothing waits for more than its reading."""
        return bool(self._sooner)

    def wanted(self) -> None:
        """Somebody wants to know what there is."""
        if self._waiting:
            self._read_by(self._read_at + APART_S)

    def sooner(self, who: str, wanted: bool, now: float) -> None:
        """Whether somebody reads every event, or acts on what is known. `now`: on the program's clock."""
        if wanted:
            self._sooner.add(who)
        else:
            self._sooner.discard(who)
        before, self.gulp_s = self.gulp_s, min(self._usual_s, SOON_S) if self._sooner else self._usual_s
        if self.gulp_s < before:
            # The first reading comes when a gulp of now has passed, and ends a wait that began before.
            self._sooner_from = now + 2 * self.gulp_s
            if self._waiting:
                self._read_by(asyncio.get_running_loop().time() + self.gulp_s)

    def longest_wait_s(self, read_at: float) -> float:
        """How long what was read at this time may have waited for that, on the program's clock."""
        return self.gulp_s if read_at >= self._sooner_from else self._usual_s

    def join(self, gulps: Gulps) -> None:
        """The connection waits for the next reading."""
        self._waiting[gulps] = None
        if self._next is None:
            self._read_by(asyncio.get_running_loop().time() + self.gulp_s)

    def leave(self, gulps: Gulps) -> None:
        """The connection waits no longer."""
        self._waiting.pop(gulps, None)
        if not self._waiting and self._next is not None:
            self._next.cancel()
            self._next = None

    def _read_by(self, at: float) -> None:
        loop = asyncio.get_running_loop()
        if self._next is not None:
            if self._next.when() <= at:
                return
            self._next.cancel()
        if at <= loop.time():
            self._read()
        else:
            self._next = loop.call_at(at, self._read)

    def _read(self) -> None:
        self._next = None
        self._read_at = asyncio.get_running_loop().time()
        waiting, self._waiting = self._waiting, {}
        for gulps in waiting:
            gulps.at_beat()

    def __repr__(self) -> str:
        return f"<Beat of {self.gulp_s:g} s, {len(self._waiting)} waiting>"


class Gulps:
    """When one connection is read. Ended, it is read whenever something comes."""

    def __init__(
        self, transport: asyncio.Transport, clock: Clock, beat: Beat, ended: Callable[[], None]
    ) -> None:
        """Read whenever something comes, until it is busy. `transport`: what reads from the socket, below any
        TLS, which would go on reading. `ended`: told at the beat that ends a gulp of several reads."""
        self._transport = transport
        self._clock = clock
        self._beat = beat
        self._ended = ended
        self._pause_s = beat.gulp_s
        self._in_gulps = beat.gulp_s > 0
        self._since = clock.monotonic()
        """When the time began in which so many bytes were read."""
        self._bytes = 0
        self._full_bytes: float = LARGE_BYTES
        self._was_full = self._is_rest = False
        """The last read was a full one; it was a smaller one behind such."""
        self._paused = False
        self._goes_on = False
        """A gulp of several reads has not ended."""
        self._awaits_answer_until = 0.0
        self._early: asyncio.TimerHandle | None = None
        """The end of a pause that is shorter than a gulp."""

    def goes_on(self, size: int) -> bool:
        """Whether the gulp to which a read of this size belongs has more to come: `ended` is told at the next
        beat, unless smaller reads ended it before."""
        if self._paused:
            return self._goes_on
        self._full_bytes = self._full(size)
        # What is decrypted may come in pieces: a small one behind a full one tells nothing.
        self._is_rest, self._was_full = self._was_full, size >= self._full_bytes
        self._goes_on = self._in_gulps and not self._beat.is_hurried and (self._was_full or self._is_rest)
        if self._goes_on:
            self._beat.join(self)
        return self._goes_on

    def read(self, size: int) -> None:
        """So many bytes were read; perhaps the next are left in the socket for a while."""
        if self._paused or not self._in_gulps or self._transport.is_closing():
            return
        now, gulp_s = self._clock.monotonic(), self._beat.gulp_s
        if now - self._since > gulp_s:
            self._since, self._bytes = now, 0
        self._bytes += size
        if self._was_full:
            self._pause_s = max(gulp_s * SHORTEST / 2, self._pause_s / 2)
        elif size < self._full_bytes / 2 and not self._is_rest:
            self._pause_s *= 2
        self._pause_s = min(self._pause_s, gulp_s)
        if (
            self._bytes >= BUSY_BYTES
            and self._pause_s >= gulp_s * SHORTEST
            and now >= self._awaits_answer_until
        ):
            self._paused = True
            self._transport.pause_reading()
            self._beat.join(self)
            if self._pause_s < gulp_s:
                self._early = asyncio.get_running_loop().call_later(self._pause_s, self._resume)

    def _full(self, size: int) -> float:
        """What a full read is, as far as it matters beside a read of this size."""
        endpoint = self._transport.get_extra_info("socket") if size >= LARGE_BYTES / 2 else None
        if endpoint is None:
            return LARGE_BYTES
        # It grows with what is read from it, and with it what may come in one gulp.
        held: int = endpoint.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        return min(FULL_BYTES, max(LARGE_BYTES, held * FULL_SHARE))

    def awaits_answer(self) -> None:
        """A PING was sent: the time at which its answer comes is to be told."""
        self._awaits_answer_until = self._clock.monotonic() + ANSWER_S
        self._resume()

    def answered(self) -> None:
        """The answer is there."""
        self._awaits_answer_until = 0.0

    def at_beat(self) -> None:
        """It is time to read. The end of a gulp is told first, though not from here: who wants to know is not
        to stumble over what becomes of it, nor are the connections behind this one."""
        if self._goes_on:
            self._goes_on = False
            asyncio.get_running_loop().call_soon(self._ended)
        self._resume()

    def _resume(self) -> None:
        if self._early is not None:
            self._early.cancel()
            self._early = None
        if self._paused:
            self._paused = False
            # The bytes of a gulp are those of one pause.
            self._since, self._bytes = self._clock.monotonic(), 0
            if not self._transport.is_closing():
                self._transport.resume_reading()

    def end(self) -> None:
        """Read on at once, and no more in gulps. Nothing is told of one that has not ended."""
        self._in_gulps = self._goes_on = False
        self._beat.leave(self)
        self._resume()
