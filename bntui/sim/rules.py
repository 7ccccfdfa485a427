"""The exchange's limits, as the exchange sees them: what a client may still do, and what it gets when not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil

from bntui.venue.limits import Limits

_RATE_SPAN_S = 5
"""The frame rate is also held over so many seconds, so that bursts do not add up."""
_ROUNDING_S = 1e-6
"""Five frames evenly over a second are five, however their times are rounded."""


class FrameRate:
    """Frames that a client sent on one connection: text, PING and PONG alike (web-socket-streams.md)."""

    def __init__(self, limits: Limits) -> None:
        """No frame yet."""
        self._per_s = limits.client_frames_per_s
        self._burst = max(limits.client_frames_burst, limits.client_frames_per_s)
        self._times: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Count a frame. False when it is one too many."""
        times = self._times
        times.append(now)
        while now - times[0] >= _RATE_SPAN_S - _ROUNDING_S:
            times.popleft()
        newest = sum(1 for time in times if now - time < 1 - _ROUNDING_S)
        return newest <= self._burst and len(times) <= max(self._burst, self._per_s * _RATE_SPAN_S)


@dataclass(frozen=True, slots=True)
class Denial:
    """A refused handshake or request."""

    status: int
    """429, or 418 for a banned address."""
    retry_after_s: int
    banned_until_ms: int = 0


class _Patience:
    """How often somebody may be refused within some time before he is banned."""

    def __init__(self, refusals: int, span_s: float) -> None:
        self._span_s = span_s
        self._times: deque[float] = deque(maxlen=refusals + 1)

    def lost(self, now: float) -> bool:
        """Count a refusal. True when it is one too many; from then on they are counted anew."""
        times = self._times
        times.append(now)
        while times and now - times[0] >= self._span_s:
            times.popleft()
        if len(times) < (times.maxlen or 0):
            return False
        times.clear()
        return True


class AddressRules:
    """What one IP address has used: connection attempts, request weight, and patience.

    Whoever goes on after refusals is banned for longer and longer; a ban covers REST and handshakes
    (rest-api.md, IP Limits). Whoever is disconnected for too many frames again and again is banned too
    (web-socket-streams.md, WebSocket Limits).
    """

    def __init__(self, limits: Limits, patience: int) -> None:
        """`patience`: refusals in one window before a ban; the exchange names no number."""
        self._limits = limits
        self._attempts: deque[float] = deque(maxlen=int(limits.connection_attempts) + 1)
        self._window = -1
        self.used_weight = 0
        self._calls = _Patience(patience, limits.request_weight_window_s)
        self._connections = _Patience(patience, limits.connection_attempts_window_s)
        self._banned_until = 0.0
        self._ban_s = 0.0

    def roll(self, wall_ms: int) -> None:
        """Begin a new weight window when the clock's next minute has begun."""
        window = int(wall_ms / 1000 // self._limits.request_weight_window_s)
        if window != self._window:
            self._window = window
            self.used_weight = 0

    def ban(self, now: float, seconds: float | None = None) -> None:
        """Ban the address; None: for twice as long as the last time."""
        if seconds is None:
            longest = self._limits.ban_longest_s
            seconds = self._ban_s = min(longest, max(self._limits.ban_first_s, 2 * self._ban_s))
        self._banned_until = now + seconds

    def lift(self) -> None:
        """End a ban."""
        self._banned_until = 0.0

    def _denied(
        self, patience: _Patience, now: float, wall_ms: int, status: int, retry_after_s: float
    ) -> Denial:
        if patience.lost(now):
            self.ban(now)
            return self._ban_denial(now, wall_ms)
        return Denial(status, max(1, ceil(retry_after_s)))

    def _ban_denial(self, now: float, wall_ms: int) -> Denial:
        rest = self._banned_until - now
        return Denial(418, max(1, ceil(rest)), wall_ms + round(rest * 1000))

    def banned(self, now: float, wall_ms: int) -> Denial | None:
        """Whether the address is banned; asking too often while it is makes the ban longer."""
        if now >= self._banned_until:
            return None
        if self._calls.lost(now):
            self.ban(now)
        return self._ban_denial(now, wall_ms)

    def banned_until_ms(self, now: float, wall_ms: int) -> int | None:
        """When the ban ends, in epoch milliseconds; None without one."""
        return self._ban_denial(now, wall_ms).banned_until_ms if now < self._banned_until else None

    def disconnected(self, now: float) -> None:
        """A connection was closed for too many frames."""
        if self._connections.lost(now):
            self.ban(now)

    def attempt(self, now: float, wall_ms: int, status: int = 429) -> Denial | None:
        """Count a connection attempt. A denial when it is one too many in the window."""
        if (ban := self.banned(now, wall_ms)) is not None:
            return ban
        times, span = self._attempts, self._limits.connection_attempts_window_s
        times.append(now)
        while times and now - times[0] >= span:
            times.popleft()
        if len(times) <= self._limits.connection_attempts:
            return None
        retry_after_s = times[1] + span - now if len(times) > 1 else span
        return self._denied(self._connections, now, wall_ms, status, retry_after_s)

    def request(self, weight: int, now: float, wall_ms: int) -> Denial | None:
        """Charge a request, also one that is refused. A denial when the window's weight is used up."""
        self.roll(wall_ms)
        self.used_weight += weight
        if (ban := self.banned(now, wall_ms)) is not None:
            return ban
        if self.used_weight <= self._limits.request_weight:
            return None
        span = self._limits.request_weight_window_s
        return self._denied(self._calls, now, wall_ms, 429, span - wall_ms / 1000 % span)

    @property
    def attempts(self) -> int:
        """Attempts in the running window, as of the last one."""
        return len(self._attempts)


class Doorkeeper:
    """The rules of every address. The one that was seen longest ago is forgotten when there are too many."""

    _MOST_ADDRESSES = 1_000

    def __init__(self, limits: Limits, patience: int) -> None:
        """Nobody came yet."""
        self._limits = limits
        self._patience = patience
        self._addresses: dict[str, AddressRules] = {}
        self._all_banned: tuple[float, float] | None = None

    def address(self, address: str) -> AddressRules:
        """What an address has used."""
        rules = self._addresses.pop(address, None)
        if rules is None:
            rules = AddressRules(self._limits, self._patience)
            if self._all_banned is not None:
                rules.ban(*self._all_banned)
        self._addresses[address] = rules
        if len(self._addresses) > self._MOST_ADDRESSES:
            del self._addresses[next(iter(self._addresses))]
        return rules

    def ban_all(self, now: float, seconds: float) -> None:
        """Ban every address, also those that come only now."""
        self._all_banned = (now, seconds)
        for rules in self._addresses.values():
            rules.ban(now, seconds)

    def lift_all(self) -> None:
        """End every ban."""
        self._all_banned = None
        for rules in self._addresses.values():
            rules.lift()

    def report(self, now: float, wall_ms: int) -> dict[str, dict[str, int | None]]:
        """Attempts and weight in their running windows, and the end of a ban, by address."""
        for rules in self._addresses.values():
            rules.roll(wall_ms)
        return {
            address: {
                "attempts_in_window": rules.attempts,
                "used_weight": rules.used_weight,
                "banned_until": rules.banned_until_ms(now, wall_ms),
            }
            for address, rules in self._addresses.items()
        }
