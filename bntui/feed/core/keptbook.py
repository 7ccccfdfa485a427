"""What every local book is to those who read it, levels and trust; and the book of the best levels alone."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from bntui.feed.core.levels import Levels
from bntui.model.events import PartialDepth, PriceLevel
from bntui.model.markets import SymbolKey
from bntui.model.panels import BookStatus, BookView
from bntui.model.states import BookState

WAITS_FOR_DATA = "waits for its first update"


class Tops(NamedTuple):
    """The best levels of both sides, as the exchange printed them."""

    bids: tuple[PriceLevel, ...]
    asks: tuple[PriceLevel, ...]


class KeptBook:
    """Levels with a trust state. What brings them in, and what makes them doubtful, is the subclasses'."""

    partial = False

    def __init__(self, key: SymbolKey, now: float) -> None:
        """Nothing is known."""
        self.key = key
        self.levels = Levels()
        self.state = BookState.SYNCING
        self.reason = WAITS_FOR_DATA
        """Why it is not synced, in words; empty when it is."""
        self.since = now
        self.resyncs = 0
        self.update_id: int | None = None
        """Of the last update in it."""
        self.at: float | None = None
        """When the last update came."""
        self.time_ms: int | None = None
        """The exchange's time of it."""

    @property
    def is_good(self) -> bool:
        """Whether its levels may be shown as what they are."""
        return self.state is BookState.SYNCED

    def top(self, count: int) -> Tops:
        """The best levels as they stand."""
        return Tops(self.levels.bids.top(count), self.levels.asks.top(count))

    def status(self) -> BookStatus:
        """How far it can be trusted."""
        market, symbol = self.key
        return BookStatus(
            market,
            symbol,
            self.state,
            self.reason,
            self.since,
            self.resyncs,
            self.partial,
            self.update_id,
        )

    def view(self, count: int, step: str = "") -> BookView:
        """So many levels of each side, or groups of a price step; the series are left to who keeps them.

        Raises ValueError for what is no step.
        """
        bids, asks = self.levels.bids, self.levels.asks
        best_bid, best_ask = bids.ladder(1), asks.ladder(1)
        if step:
            width = step_of(step)
            shown = bids.grouped(width, count), asks.grouped(width, count)
        else:
            shown = bids.ladder(count), asks.ladder(count)
        return BookView(
            status=self.status(),
            step=step,
            bids=shown[0],
            asks=shown[1],
            at=self.at,
            time_ms=self.time_ms,
            levels_known=self.levels.known(),
            spreads_bps=[],
            imbalances=[],
            best_bid=best_bid[0] if best_bid else None,
            best_ask=best_ask[0] if best_ask else None,
        )

    def _settle(self, state: BookState, reason: str, now: float) -> None:
        if state is not self.state:
            self.since = now
        self.state, self.reason = state, reason

    def __repr__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return (
            f"<{type(self).__name__} {self.key.label} {self.state}{why} at {self.update_id}, "
            f"{self.levels.known()} levels, {self.resyncs} resyncs>"
        )


class PartialBook(KeptBook):
    """The cheaper book: the best levels, whole with each event, without a snapshot and without a chain."""

    partial = True

    def offer(self, depth: PartialDepth, now: float) -> bool:
        """Take an event in; False for one that is older than what is known."""
        if self.update_id is not None and depth.update_id <= self.update_id and self.is_good:
            return False
        self.levels.load(depth.bids, depth.asks, None)
        self.update_id, self.time_ms, self.at = depth.update_id, depth.time_ms, now
        crossing = self.levels.crossing
        self._settle(BookState.UNTRUSTED if crossing else BookState.SYNCED, crossing, now)
        return True

    def lost(self, reason: str, now: float) -> None:
        """Its stream brings nothing: what is known grows old, and the next event makes it good again."""
        self._settle(BookState.UNTRUSTED, reason, now)

    def flows(self, now: float, *, live: bool) -> None:
        """Its stream is subscribed; `live`: data of it came since, and had it been newer, it were here."""
        if live and self.update_id is not None and not self.levels.crossing:
            self._settle(BookState.SYNCED, "", now)


def step_of(text: str) -> Decimal:
    """A price step. Raises ValueError for what is none."""
    try:
        step = Decimal(text)
    except ArithmeticError:
        step = Decimal(0)
    if not step.is_finite() or step <= 0:
        raise ValueError(f"{text!r} is no price step")
    return step
