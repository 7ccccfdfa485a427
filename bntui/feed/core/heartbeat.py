"""Signs of life on one connection: pings of both sides, their answers, and silence that is too long."""

from __future__ import annotations

from bntui.feed.core.budget import SlidingBudget
from bntui.feed.core.facts import Command, SendPing, SendPong
from bntui.venue.limits import Limits

FIRST_PING_S = 1.0
"""The first ping goes out early: the round trip is then known soon after opening."""

SPARE_FRAMES = 1
"""Pings and pongs leave so much of the exchange's limit unused: what we space evenly may arrive bunched."""


class Heartbeat:
    """What comes and goes beside the data. Holds the newest ping that waits for its answer, and no more."""

    def __init__(self, shard: int, limits: Limits) -> None:
        """No connection yet. `shard` marks our pings."""
        self.frame_at: float | None = None
        """The last frame of any kind."""
        self.server_ping_at: float | None = None
        self.pong_at: float | None = None
        self.round_trip_s: float | None = None
        self._shard = shard
        self._limits = limits
        self._next_ping_at = 0.0
        self._ping_sent_at: float | None = None
        self._ping_payload = b""
        self._unanswered: bytes | None = None
        """Payload of the newest server PING that has no answer yet."""
        self._pong_free_at = 0.0

    def opened(self, now: float) -> None:
        """A new connection: nothing is known of it but that it is open."""
        self.frame_at = now
        self.server_ping_at = self.pong_at = self.round_trip_s = None
        self._next_ping_at = now + FIRST_PING_S
        self._ping_sent_at = self._unanswered = None
        self._pong_free_at = now

    def alive(self, now: float) -> None:
        """A frame of any kind came."""
        self.frame_at = now

    def server_pinged(self, payload: bytes, now: float) -> None:
        """The server asks for a sign of life. An older question needs no answer then (RFC 6455, 5.5.3)."""
        self.server_ping_at = now
        self._unanswered = payload

    def ponged(self, payload: bytes, now: float) -> None:
        """A PONG came; only the answer to our own ping says anything."""
        if self._ping_sent_at is not None and payload == self._ping_payload:
            self.round_trip_s = now - self._ping_sent_at
            self.pong_at = now
            self._ping_sent_at = None

    def overslept(self, seconds: float, now: float) -> None:
        """Our own process stood still: what came meanwhile waits to be read, so the silence was ours."""
        if self.frame_at is not None:
            self.frame_at = min(now, self.frame_at + seconds)
        if self._ping_sent_at is not None:
            self._ping_sent_at = min(now, self._ping_sent_at + seconds)

    def death(self, now: float) -> str:
        """Why the connection must be taken for dead; empty while it need not."""
        limits = self._limits
        if self.frame_at is not None and now - self.frame_at >= limits.own_frame_silence_s:
            return f"no frame for {limits.own_frame_silence_s:g} s"
        if self._ping_sent_at is not None and now - self._ping_sent_at >= limits.own_pong_timeout_s:
            return f"no answer to our ping for {limits.own_pong_timeout_s:g} s"
        return ""

    def due(self, now: float, frames: SlidingBudget) -> list[Command]:
        """The frames to send now; each is counted in the connection's budget."""
        commands: list[Command] = []
        if self._unanswered is not None and now >= self._pong_at(now, frames):
            commands.append(SendPong(self._unanswered))
            frames.note(now)
            self._unanswered = None
            # Where the exchange is less patient than it is known to be, so are we.
            self._pong_free_at = now + min(self._limits.own_pong_spacing_s, self._limits.pong_timeout_s / 4)
        if now >= self._next_ping_at and now >= self._free_at(now, frames):
            self._next_ping_at = now + self._limits.own_ping_interval_s
            if self._ping_sent_at is None:
                self._ping_sent_at = now
                self._ping_payload = f"{self._shard}.{now:.3f}".encode()
                commands.append(SendPing(self._ping_payload))
                frames.note(now)
        return commands

    def deadline(self, now: float, frames: SlidingBudget) -> float:
        """When something will be due at the latest."""
        limits = self._limits
        due = [max(self._next_ping_at, self._free_at(now, frames))]
        if self.frame_at is not None:
            due.append(self.frame_at + limits.own_frame_silence_s)
        if self._ping_sent_at is not None:
            due.append(self._ping_sent_at + limits.own_pong_timeout_s)
        if self._unanswered is not None:
            due.append(self._pong_at(now, frames))
        return min(due)

    def _pong_at(self, now: float, frames: SlidingBudget) -> float:
        return max(self._pong_free_at, self._free_at(now, frames))

    def _free_at(self, now: float, frames: SlidingBudget) -> float:
        return frames.free_at(now, max(1.0, frames.limit - SPARE_FRAMES))

    def __repr__(self) -> str:
        waiting = "no ping waits" if self._unanswered is None else "a ping waits for its pong"
        return f"<Heartbeat round trip {self.round_trip_s}, {waiting}>"
