"""Order and uniqueness: each trade once and in id order, quotes never backwards, holes said.

The ids are the exchange's (reference, section 6.3). Two connections may carry the same stream during a
change of connection, so the same id may come twice, and not only in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from bntui.model.events import AggTrade, Trade
from bntui.model.status import Gap

REPEATS_OF_A_REWIND = 20
"""So many old ids in a row, without a new one between them, are no leftovers of another connection."""

REWIND_AFTER_S = 5.0
"""… when they have come for so long: the exchange began its ids anew, as testnets do every month."""

MOST_WAITING = 10_000
"""Trades held behind a hole; one more and the hole is given up."""

LATE_UPDATES = 64
"""An update of a book may be so many others late; what is later was seen, or is of no use any more."""

UNEXPLAINED = "ids missing on a live stream"

Deal = Trade | AggTrade
"""What is told of trades one by one, with ids that are counted without holes."""

BY_TRADE_ID: Callable[[Deal], int] = attrgetter("trade_id")
BY_AGG_ID: Callable[[Deal], int] = attrgetter("agg_id")
"""Aggregated trades are counted on their own."""


@dataclass(slots=True)
class _Rewind:
    """Tells a sequence that began anew from late duplicates."""

    repeats: int = 0
    since: float = 0.0
    last_id: int = -1

    def note(self, old_id: int, now: float) -> bool:
        """Count an id that is not newer than what was taken; True when the sequence has begun anew."""
        if not self.repeats or old_id < self.last_id:
            self.repeats = 0
            self.since = now
        self.repeats += 1
        self.last_id = old_id
        return self.repeats >= REPEATS_OF_A_REWIND and now - self.since >= REWIND_AFTER_S


class NewestOnly:
    """Lets an update through when its id is newer than all before it."""

    __slots__ = ("_rewind", "last_id")

    def __init__(self) -> None:
        """Nothing was let through."""
        self.last_id = -1
        self._rewind: _Rewind | None = None
        """What has come since the last new id that was older; most streams never have any."""

    def accept(self, update_id: int, now: float) -> bool:
        """Whether the update is news."""
        if update_id <= self.last_id:
            if self._rewind is None:
                self._rewind = _Rewind()
            if not self._rewind.note(update_id, now):
                return False
        self.last_id = update_id
        if self._rewind is not None:
            self._rewind = None
        return True


class EachOnce:
    """Lets each update of a book through once, late ones too: two connections may cross, and the book needs
    what the slower one brings."""

    __slots__ = ("_newest", "_recent")

    def __init__(self) -> None:
        """Nothing was let through."""
        self._recent: dict[int, None] = {}
        """The newest ids, oldest first by arrival."""
        self._newest = NewestOnly()

    def accept(self, update_id: int, now: float) -> bool:
        """Whether the update was not seen before."""
        recent = self._recent
        if update_id <= self._newest.last_id:
            if update_id not in recent and min(recent, default=update_id) < update_id:
                self._remember(update_id)
                return True
            if self._newest.accept(update_id, now):
                # The ids began anew.
                recent.clear()
                self._remember(update_id)
                return True
            return False
        self._newest.accept(update_id, now)
        self._remember(update_id)
        return True

    def _remember(self, update_id: int) -> None:
        self._recent[update_id] = None
        if len(self._recent) > LATE_UPDATES:
            del self._recent[next(iter(self._recent))]


class TradeSequence:
    """The trades of one stream: in id order, each once; trades behind a hole wait for it to close."""

    __slots__ = (
        "_cause",
        "_hole_since",
        "_hole_wait_s",
        "_id_of",
        "_last_ms",
        "_rewind",
        "_waiting",
        "last_id",
    )

    def __init__(self, hole_wait_s: float, id_of: Callable[[Deal], int] = BY_TRADE_ID) -> None:
        """Nothing was seen: the first trade, whatever its id, begins the sequence."""
        self._id_of = id_of
        self.last_id: int | None = None
        self._last_ms = 0
        self._hole_wait_s = hole_wait_s
        self._waiting: dict[int, Deal] = {}
        self._hole_since = 0.0
        self._cause = UNEXPLAINED
        self._rewind: _Rewind | None = None

    def interrupted(self, cause: str) -> None:
        """The connection was lost: what a hole that shows next is due to. The first cause stays."""
        if self._cause is UNEXPLAINED:
            self._cause = cause

    def offer(self, trade: Deal, now: float) -> Sequence[Deal | Gap]:
        """Take a trade in; what may go on, in order."""
        last, own_id = self.last_id, self._id_of(trade)
        if last is None:
            return self._begin(trade)
        if own_id == last + 1:
            self.last_id = own_id
            self._last_ms = trade.time_ms
            if self._rewind is not None:
                self._rewind = None
            if self._waiting:
                return [trade, *self._drain(now)]
            if self._cause is not UNEXPLAINED:
                self._cause = UNEXPLAINED
            return (trade,)
        if own_id <= last:
            # Trade times follow the ids: an old id with a newer time is a new sequence, not a duplicate.
            if self._rewind is None:
                self._rewind = _Rewind()
            if trade.time_ms > self._last_ms or self._rewind.note(own_id, now):
                return [*self._give_up(trade, now), *self._begin_again(trade, last)]
            return ()
        if not self._waiting:
            self._hole_since = now
        self._waiting.setdefault(own_id, trade)
        if len(self._waiting) > MOST_WAITING:
            return self._give_up(trade, now)
        return ()

    def due(self, now: float) -> Sequence[Deal | Gap]:
        """Give up holes that have been open for too long."""
        if self._waiting and now - self._hole_since >= self._hole_wait_s:
            return self._give_up(next(iter(self._waiting.values())), now)
        return ()

    @property
    def waits(self) -> bool:
        """Whether trades wait behind a hole."""
        return bool(self._waiting)

    def _begin(self, trade: Deal) -> Sequence[Deal]:
        self.last_id = self._id_of(trade)
        self._last_ms = trade.time_ms
        self._rewind = None
        self._cause = UNEXPLAINED
        return (trade,)

    def _begin_again(self, trade: Deal, last: int) -> list[Deal | Gap]:
        gap = self._gap(trade, last + 1, self._id_of(trade) - 1, "the exchange began its trade ids anew")
        return [gap, *self._begin(trade)]

    def _drain(self, now: float) -> list[Deal]:
        """The waiting trades that follow without a hole."""
        out: list[Deal] = []
        while self.last_id is not None and (trade := self._waiting.pop(self.last_id + 1, None)):
            self.last_id += 1
            self._last_ms = trade.time_ms
            out.append(trade)
        self._hole_since = now
        return out

    def _give_up(self, stamp: Deal, now: float) -> list[Deal | Gap]:
        """Say the first hole, let through what follows it up to the next one; that one waits anew."""
        if not self._waiting or self.last_id is None:
            return []
        first = min(self._waiting)
        gap = self._gap(stamp, self.last_id + 1, first - 1, self._cause)
        self._cause = UNEXPLAINED
        self.last_id = first - 1
        return [gap, *self._drain(now)]

    @staticmethod
    def _gap(stamp: Deal, from_id: int, to_id: int, cause: str) -> Gap:
        aggregated = isinstance(stamp, AggTrade)
        return Gap(
            stamp.key, from_id, to_id, cause, False, stamp.received_ms, stamp.at, aggregated=aggregated
        )

    def __repr__(self) -> str:
        return f"<TradeSequence at {self.last_id}, {len(self._waiting)} waiting>"
