"""Fills holes by REST: trades by their ids, candles by their times, within the courtesy budget.

Aggregated trades cost less weight, but cannot restore single ones (reference, section 4.5): each stream is
refilled from its own call.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.rest import RestClient
from bntui.model.events import AggTrade, Candle, Trade
from bntui.model.status import Event, Gap
from bntui.venue.base import RestCall, Venue

Missing = Trade | AggTrade | Candle
"""What a hole can be filled with."""

log = logging.getLogger(__name__)

HOLES_WAITING = 200
"""Holes that wait to be filled; beyond it the oldest stay as they are, and are said to."""

MOST_TRADES = 4_000
"""A hole of more trades is not filled: it would take the weight from what proves that streams flow."""

REFILL_SHARE = 0.5
"""Holes are filled while less than this part of our weight is used, by whomever: they can wait, while a
silent stream that nobody can ask about counts as blind. The rest is what samples need (`SAMPLES_SHARE`)."""

GATHERED_S = 5.0
"""Holes that are left are gathered for so long before the log tells of them."""

NAMED = 3
"""Symbols that such a line names; the rest is counted."""

TRIES = 5
"""A hole that could not be filled in so many requests without progress is left."""


class Refill:
    """Holes that wait, and the work of one request at a time."""

    def __init__(
        self, venue: Venue, rest: RestClient, clock: Clock, emit: Callable[[Sequence[Event]], None]
    ) -> None:
        """No hole is known."""
        self._venue = venue
        self._rest = rest
        self._clock = clock
        self._emit = emit
        self._holes: deque[Gap] = deque()
        self._tries = 0
        self._left: dict[str, list[str]] = {}
        """Symbols of holes that are left as they are, by the cause, until the log has its line of them."""
        self._tell_left_at = 0.0

    def note(self, gap: Gap) -> None:
        """Take in a hole. One that no request can fill is passed by; it stays as it was told."""
        if gap.repaired or gap.to_id < gap.from_id:
            return
        if not gap.interval and gap.to_id - gap.from_id >= MOST_TRADES:
            self._leave(gap, f"{MOST_TRADES:,} trades or more are missing at once")
            return
        if len(self._holes) >= HOLES_WAITING:
            self._leave(self._holes.popleft(), "too many others wait")
        self._holes.append(gap)

    async def step(self) -> bool:
        """Make one request for the oldest hole. False when there is none, or the budget says: not now.

        Raises RestError; the hole then waits for another try.
        """
        self._tell_left()
        if not self._holes:
            return False
        gap = self._holes[0]
        call = self._call(gap)
        if not self._rest.affordable(call, REFILL_SHARE):
            return False
        self._tries += 1
        if self._tries > TRIES:
            self._done(gap)
            self._leave(gap, f"REST failed {TRIES} times")
            return False
        body = await self._rest.fetch(call, optional=True)
        now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
        try:
            found = self._read(gap, body, wall_ms, now)
        except ValueError as exc:
            raise RestError(f"{call.name}: {exc}") from None
        self._fill(gap, found)
        return True

    def _call(self, gap: Gap) -> RestCall:
        calls, limits = self._venue.calls, self._venue.limits
        if gap.interval:
            return calls.candles_from(gap.key.symbol, gap.interval, gap.from_id, int(limits.klines_rows))
        rows = min(gap.to_id - gap.from_id + 1, int(limits.trades_rows))
        trades_from = calls.agg_trades_from if gap.aggregated else calls.trades_from
        return trades_from(gap.key.symbol, gap.from_id, rows)

    def _read(self, gap: Gap, body: bytes, wall_ms: int, now: float) -> list[tuple[int, Missing]]:
        """(id or opening time, event) of what lies in the hole, in order."""
        bodies, symbol = self._venue.bodies, gap.key.symbol
        found: list[tuple[int, Missing]]
        if gap.interval:
            candles = bodies.candles(symbol, gap.interval, body, self._rest.server_ms(), now)
            found = [(candle.open_ms, candle) for candle in candles if candle.closed]
        elif gap.aggregated:
            found = [(trade.agg_id, trade) for trade in bodies.agg_trades(symbol, body, wall_ms, now)]
        else:
            found = [(trade.trade_id, trade) for trade in bodies.trades(symbol, body, wall_ms, now)]
        return sorted(
            (each for each in found if gap.from_id <= each[0] <= gap.to_id), key=lambda each: each[0]
        )

    def _fill(self, gap: Gap, found: Sequence[tuple[int, Missing]]) -> None:
        events: list[Event] = [event for _, event in found]
        if not found:
            # The exchange does not have them (any more): asking again would bring the same.
            self._done(gap)
            return
        last = found[-1][0]
        complete = last >= gap.to_id and (gap.interval or len(found) == gap.to_id - gap.from_id + 1)
        if complete:
            self._done(gap)
            events.append(replace(gap, repaired=True))
        elif found[0][0] == gap.from_id and (gap.interval or len(found) == last - gap.from_id + 1):
            self._holes[0] = replace(gap, from_id=last + 1)
            self._tries = 0
            events.append(replace(gap, to_id=last, repaired=True))
        else:
            # Holes within the answer: what came is told, the rest stays missing.
            self._done(gap)
        self._emit(events)

    def _done(self, gap: Gap) -> None:
        if self._holes and self._holes[0] is gap:
            self._holes.popleft()
        self._tries = 0

    def _leave(self, gap: Gap, why: str) -> None:
        """One that stays as it is. A loss may leave hundreds: the log gets a line for each cause."""
        if not self._left:
            self._tell_left_at = self._clock.monotonic() + GATHERED_S
        self._left.setdefault(why, []).append(gap.key.label)

    def _tell_left(self) -> None:
        if not self._left or self._clock.monotonic() < self._tell_left_at:
            return
        for why, labels in self._left.items():
            some = list(dict.fromkeys(labels))
            more = f" and {len(some) - NAMED} more" if len(some) > NAMED else ""
            holes = "1 hole is" if len(labels) == 1 else f"{len(labels)} holes are"
            log.warning("%s not refilled, %s: %s%s", holes, why, ", ".join(some[:NAMED]), more)
        self._left.clear()

    def __len__(self) -> int:
        return len(self._holes)
