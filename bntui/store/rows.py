"""One row of the watchlist: what its streams said last, and the worst of their states."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from bntui.model.derivatives import MarkPrice, OpenInterest
from bntui.model.events import AggTrade, MiniTicker, Quote, Ticker, Trade
from bntui.model.markets import SymbolKey
from bntui.model.states import BADNESS, StreamState
from bntui.model.status import MinuteCloses
from bntui.model.views import StreamView, WatchView
from bntui.store.rings import CloseRing

FULL_WINDOW = "24h"
"""The window of `@ticker`; tickers over shorter ones say nothing of a row's 24 hours."""

NOT_SUBSCRIBED = "not subscribed yet"

RARE = "@forceOrder"
"""How the names of streams end that may be quiet for a day while everything else of a symbol flows."""


def drawable(price: str | None) -> float | None:
    """A price for drawing; None for what is no number, so that NaN and infinity never get further."""
    try:
        value = float(price or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def direction(old: str, new: str) -> int:
    """1 when a printed price is above the other, -1 when below, 0 when equal or when one is no price."""
    if old == new:
        return 0
    before, after = drawable(old), drawable(new)
    if before is None or after is None:
        return 0
    # Rounding to floats never swaps two prices, it can only make them equal: then the digits decide.
    if before == after:
        exact_before, exact_after = Decimal(old), Decimal(new)
        return (exact_after > exact_before) - (exact_after < exact_before)
    return 1 if after > before else -1


class Row:
    """A `WatchView`, changed in place, and what is needed to judge what comes next."""

    __slots__ = ("_last_ms", "_ring", "revision", "view")

    def __init__(self, key: SymbolKey) -> None:
        """Nothing was said of the symbol."""
        self.view = WatchView(key.market, key.symbol, reason=NOT_SUBSCRIBED)
        self.revision = -1
        """Of the last change, for the table that the row lives in."""
        self._ring = CloseRing()
        self.view.closes = self._ring.closes
        self._last_ms = 0
        """The exchange's time of `view.last`."""

    def quote(self, event: Quote) -> None:
        """Best bid and ask."""
        view = self.view
        view.bid = event.bid
        view.bid_qty = event.bid_qty
        view.ask = event.ask
        view.ask_qty = event.ask_qty
        view.quote_at = event.at

    def trade(self, event: Trade) -> None:
        """A trade. One out of order, as from a refill, counts for its minute but is not the last price."""
        if self._is_news(event.trade_id, event.time_ms):
            self.view.trade_at = event.at
            self._last(event.price, event.qty, event.side, event.trade_id, event.time_ms)
        self._close(event.time_ms, event.price, refilled=event.refilled)

    def agg_trade(self, event: AggTrade) -> None:
        """The trades of one taker order, taken as the last of them."""
        if self._is_news(event.last_id, event.time_ms):
            self.view.trade_at = event.at
            self._last(event.price, event.qty, event.side, event.last_id, event.time_ms)
        self._close(event.time_ms, event.price, refilled=event.refilled)

    def ticker(self, event: Ticker) -> None:
        """24 hour statistics; their last price counts only when it is newer than that of the trades."""
        if event.window != FULL_WINDOW:
            return
        view = self.view
        view.change_percent = event.change_percent
        view.open = event.open
        view.high = event.high
        view.low = event.low
        view.volume = event.volume
        view.quote_volume = event.quote_volume
        view.ticker_at = event.at
        # A symbol that never traded prints the id -1 and the price 0.
        if event.last_id > (view.last_id if view.last_id is not None else -1):
            self._last(event.last, event.last_qty, None, event.last_id, event.time_ms)
            self._close(event.time_ms, event.last)
        else:
            self._ring.passed(event.time_ms)

    def mini_ticker(self, event: MiniTicker) -> None:
        """24 hour statistics without ids: their price counts only where nothing better is known."""
        view = self.view
        view.open = event.open
        view.high = event.high
        view.low = event.low
        view.volume = event.volume
        view.quote_volume = event.quote_volume
        view.ticker_at = event.at
        if view.last_id is None:
            self._last(event.close, None, None, None, event.time_ms)
            self._close(event.time_ms, event.close)
        else:
            self._ring.passed(event.time_ms)

    def past_closes(self, event: MinuteCloses) -> None:
        """Closing prices of minutes that this program did not see."""
        told = ((opened_ms, drawable(close)) for opened_ms, close in event.closes)
        self._ring.fill((opened_ms, close) for opened_ms, close in told if close is not None)

    def marked(self, event: MarkPrice) -> None:
        """The mark price of a contract, with its index and its funding."""
        view = self.view
        view.mark_price = event.price
        view.index_price = event.index_price
        view.funding_rate = event.funding_rate
        view.next_funding_ms = event.next_funding_ms
        view.mark_at = event.at

    def open_contracts(self, event: OpenInterest) -> None:
        """What REST said of the open contracts."""
        self.view.open_interest = event.qty
        self.view.open_interest_at = event.at

    def judge(self, streams: Iterable[StreamView]) -> bool:
        """Take the worst of the states of the row's streams. False when that changes nothing."""
        speaking = (s for s in streams if s.state is not StreamState.QUIET or not s.name.endswith(RARE))
        worst = max(speaking, key=lambda stream: BADNESS[stream.state], default=None)
        state = worst.state if worst else StreamState.WANTED
        reason = worst.reason if worst else NOT_SUBSCRIBED
        if state is self.view.state and reason == self.view.reason:
            return False
        self.view.state = state
        self.view.reason = reason
        return True

    def snapshot(self) -> WatchView:
        """The row as it stands, in a value of its own."""
        v = self.view
        return WatchView(
            v.market,
            v.symbol,
            v.bid,
            v.bid_qty,
            v.ask,
            v.ask_qty,
            v.quote_at,
            v.last,
            v.last_qty,
            v.last_side,
            v.last_id,
            v.trade_at,
            v.tick,
            v.change_percent,
            v.open,
            v.high,
            v.low,
            v.volume,
            v.quote_volume,
            v.ticker_at,
            v.state,
            v.reason,
            v.closes[:],
            v.mark_price,
            v.index_price,
            v.funding_rate,
            v.next_funding_ms,
            v.mark_at,
            v.open_interest,
            v.open_interest_at,
        )

    def _is_news(self, trade_id: int, time_ms: int) -> bool:
        """Whether a trade is at least as new as the last price.

        Ids rise with time. An old id with a newer time is a sequence that began anew, as on a testnet
        that was wiped.
        """
        last_id = self.view.last_id
        return last_id is None or trade_id >= last_id or time_ms > self._last_ms

    def _last(self, price: str, qty: str | None, side: str | None, last_id: int | None, time_ms: int) -> None:
        view = self.view
        old = view.last
        if old is not None and price != old:
            moved = direction(old, price)
            if moved:
                view.tick = moved
        view.last = price
        view.last_qty = qty
        view.last_side = side
        view.last_id = last_id
        self._last_ms = time_ms

    def _close(self, time_ms: int, price: str, *, refilled: bool = False) -> None:
        close = drawable(price)
        if close is not None:
            self._ring.trade(time_ms, close, refilled=refilled)
