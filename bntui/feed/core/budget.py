"""Budgets: how often something may be done, counted the careful way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf


class SlidingBudget:
    """At most `limit` events in any window of `window_s`. Memory is bounded by the events in one window."""

    def __init__(self, limit: float, window_s: float) -> None:
        """An unused budget."""
        self.limit = limit
        self.window_s = window_s
        self._at: deque[float] = deque()

    def used(self, now: float) -> int:
        """Events within the window that ends now."""
        while self._at and self._at[0] + self.window_s <= now:
            self._at.popleft()
        return len(self._at)

    def recent(self, now: float, span_s: float) -> int:
        """Events within a shorter time than the window, for people."""
        return sum(1 for at in self._at if at + span_s > now)

    def note(self, now: float) -> None:
        """Count an event that happened whether the budget allowed it or not, such as an automatic pong."""
        self.used(now)
        self._at.append(now)

    def take(self, now: float) -> bool:
        """Count one event if it fits."""
        if self.used(now) + 1 > self.limit:
            return False
        self._at.append(now)
        return True

    def free_at(self, now: float, limit: float | None = None) -> float:
        """When one more event will fit below `limit` (the budget's own): now, later, or never."""
        surplus = ceil(self.used(now) + 1 - (self.limit if limit is None else limit))
        if surplus <= 0:
            return now
        if surplus > len(self._at):
            return inf
        return self._at[surplus - 1] + self.window_s

    def __repr__(self) -> str:
        return f"<SlidingBudget {len(self._at)}/{self.limit:g} in {self.window_s:g}s>"


class TokenBucket:
    """`rate_per_s` on average, `burst` at once."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        """A full bucket."""
        self.rate_per_s = rate_per_s
        self.burst = burst
        self._tokens = burst
        self._at: float | None = None

    def _refill(self, now: float) -> None:
        if self._at is not None and now > self._at:
            self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate_per_s)
        self._at = now if self._at is None else max(self._at, now)

    def holds(self, now: float, tokens: float = 1.0) -> bool:
        """Whether there are so many tokens."""
        self._refill(now)
        return self._tokens >= tokens

    def take(self, now: float, tokens: float = 1.0) -> bool:
        """Take so many tokens if they are there."""
        if not self.holds(now, tokens):
            return False
        self._tokens -= tokens
        return True

    def free_at(self, now: float) -> float:
        """When there will be a token."""
        self._refill(now)
        if self._tokens >= 1:
            return now
        return now + (1 - self._tokens) / self.rate_per_s

    def __repr__(self) -> str:
        return f"<TokenBucket {self._tokens:.1f}/{self.burst:g}, {self.rate_per_s:g}/s>"


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """How many connection attempts one machine may make, in wall-clock milliseconds."""

    limit: int
    window_ms: int

    def recent(self, attempts_ms: Iterable[int], now_ms: int) -> list[int]:
        """The attempts that still count, oldest first. Those of a clock that ran ahead count as of now."""
        return sorted(min(at, now_ms) for at in attempts_ms if at > now_ms - self.window_ms)

    def free_at_ms(self, attempts_ms: Iterable[int], now_ms: int) -> int:
        """When one more attempt is allowed: now, or later."""
        recent = self.recent(attempts_ms, now_ms)
        if len(recent) < self.limit:
            return now_ms
        return recent[len(recent) - self.limit] + self.window_ms


class WeightBudget:
    """Request weight of one IP, by the exchange's clock minutes, with courtesy towards the user's bot.

    bntui takes at most its own share, and makes no optional request once the exchange's header shows
    that the IP as a whole has used the stop share. A 429 or 418 blocks everything until it has passed.
    """

    def __init__(self, limit: float, window_s: float, own_share: float, stop_share: float) -> None:
        """A budget without history."""
        self.limit = int(limit)
        self.own_limit = int(limit * own_share)
        self.stop_at = int(limit * stop_share)
        self._window_ms = int(window_s * 1000)
        self._window = -1
        self.own = 0
        """Weight of our requests in the running window."""
        self.used = 0
        """Weight of the IP in the running window, as the exchange last said."""
        self.blocked_until_ms: int | None = None
        self.block_reason = ""

    def _turn(self, server_ms: int) -> None:
        window = server_ms // self._window_ms
        if window != self._window:
            self._window = window
            self.own = 0
            self.used = 0
        if self.blocked_until_ms is not None and server_ms >= self.blocked_until_ms:
            self.blocked_until_ms = None
            self.block_reason = ""

    def take(self, weight: int, server_ms: int, *, optional: bool) -> bool:
        """Charge a request that is about to be sent, if it may be sent at `server_ms`."""
        self._turn(server_ms)
        if self.blocked_until_ms is not None or self.own + weight > self.own_limit:
            return False
        if self.used + weight > (self.stop_at if optional else self.limit):
            return False
        self.own += weight
        self.used += weight
        return True

    def free_at_ms(self, server_ms: int) -> int:
        """The start of the next window, or the end of the block: when a refused request may be tried."""
        self._turn(server_ms)
        if self.blocked_until_ms is not None:
            return self.blocked_until_ms
        return (self._window + 1) * self._window_ms

    def header(self, used: int, server_ms: int) -> None:
        """Believe the exchange's count where it is higher than ours."""
        self._turn(server_ms)
        self.used = max(self.used, used)

    def block(self, until_ms: int, reason: str) -> None:
        """No request before then: the exchange said so."""
        self.blocked_until_ms = max(until_ms, self.blocked_until_ms or 0)
        self.block_reason = reason

    def refresh(self, server_ms: int) -> None:
        """Let time pass, so that what is shown is of the running window."""
        self._turn(server_ms)

    def __repr__(self) -> str:
        return f"<WeightBudget own {self.own}/{self.own_limit}, ip {self.used}/{self.limit}>"
