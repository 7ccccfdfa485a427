"""One connection of a user stream: how far it is, its signs of life, and what it has been asked."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto
from math import inf

from bntui.feed.core.backoff import Uniform
from bntui.feed.core.budget import SlidingBudget
from bntui.feed.core.facts import SendPing, SendPong
from bntui.feed.core.heartbeat import Heartbeat
from bntui.venue.limits import Limits
from bntui.venue.user import ApiMethod

LIFE_ENDS = "the exchange would end it soon"
"""Why a connection that stands well is replaced."""

FRAMES_SPAN_S = 1.0
"""Frames are counted over this."""


class Phase(Enum):
    """How far a connection is."""

    OPENING = auto()
    GREETING = auto()
    """Open, but not proven."""
    READY = auto()
    ENDING = auto()
    """Told to close."""


class UserSocket:
    """One connection, from the attempt to its end. Its number is never used again."""

    def __init__(self, number: int, limits: Limits) -> None:
        """It is being opened."""
        self.number = number
        self.phase = Phase.OPENING
        self.opened_at = inf
        self.ready_at = inf
        self.rotate_at = inf
        """When it is to be replaced."""
        self.rotate_reason = LIFE_ENDS
        self.leave_at = inf
        """It was replaced, and is closed then."""
        self.asked: dict[int, tuple[ApiMethod, float]] = {}
        """Requests without an answer, and when they were sent. A few at most: each has a time limit."""
        self.heartbeat = Heartbeat(number, limits)
        self._frames = SlidingBudget(limits.client_frames_per_s, FRAMES_SPAN_S)
        self._limits = limits

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self.phase in (Phase.GREETING, Phase.READY)

    def opened(self, now: float, uniform: Uniform) -> None:
        """It is open, and will be replaced before the exchange ends it."""
        limits = self._limits
        self.phase = Phase.GREETING
        self.opened_at = now
        latest = min(limits.own_rotate_after_s, limits.connection_life_s)
        self.rotate_at = now + latest - uniform(0.0, min(limits.own_rotate_spread_s, latest / 2))
        self.heartbeat.opened(now)

    def ask(self, number: int, method: ApiMethod, now: float) -> None:
        """A request goes out."""
        self.asked[number] = (method, now)
        self._frames.note(now)

    def death(self, now: float) -> str:
        """Why it must be taken for dead; empty while it need not."""
        for method, at in self.asked.values():
            if now >= at + self._limits.own_subscribe_timeout_s:
                return f"no answer to {method} for {self._limits.own_subscribe_timeout_s:g} s"
        return self.heartbeat.death(now)

    def beats(self, now: float) -> Iterator[SendPing | SendPong]:
        """Pings and pongs that are due."""
        for command in self.heartbeat.due(now, self._frames):
            if isinstance(command, SendPing | SendPong):
                yield command

    def deadline(self) -> float:
        """When one of these has something to say at the latest."""
        # Asked as of its last frame, which is never later than any «now».
        seen_at = self.heartbeat.frame_at
        beat_at = self.heartbeat.deadline(self.opened_at if seen_at is None else seen_at, self._frames)
        waits = (at + self._limits.own_subscribe_timeout_s for _, at in self.asked.values())
        return min((beat_at, self.leave_at, *waits))

    def overslept(self, seconds: float, now: float) -> None:
        """Our own process stood still: what came meanwhile waits to be read."""
        self.heartbeat.overslept(seconds, now)
        for number, (method, at) in self.asked.items():
            self.asked[number] = (method, min(now, at + seconds))

    def __repr__(self) -> str:
        return f"<UserSocket {self.number} {self.phase.name}, {len(self.asked)} requests wait>"
