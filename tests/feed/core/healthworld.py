"""Streams of one symbol under judgement, and what is told of them."""

from __future__ import annotations

from bntui.feed.core.health import Health
from bntui.model.events import Quote, Ticker, Trade
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.states import StreamState
from bntui.venue.binance.limits import SPOT
from tests.support.feed import VENUE

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
TRADES, QUOTES, TICKER = "btcusdt@trade", "btcusdt@bookTicker", "btcusdt@ticker"
FLOOR = SPOT.own_first_data_s


def trade(trade_id: int) -> Trade:
    return Trade(BTC, trade_id, "1.0", "2.0", Side.BUY, 0, 0, 0, 0.0)


def quote(bid: str = "1.0") -> Quote:
    return Quote(BTC, bid, "5", "1.1", "6", 1, None, 0, 0.0)


def ticker(last_id: int, bid: str = "1.0") -> Ticker:
    return Ticker(
        BTC, "24h", "1.0", "1", "0", "0", "1", "1", "1", "1", "1", "1", "1", bid, "5", "1.1", "6",
        0, 1, 1, last_id, 1, 0, 0, 0.0,
    )  # fmt: skip


def health(*names: str) -> Health:
    state = Health(Market.SPOT, SPOT, VENUE.parse_stream)
    for name in names:
        state.want(name, 1, 0.0)
    state.acked(names, 0.0)
    return state


def judged(state: Health, name: str, now: float) -> tuple[StreamState, str]:
    state.tick(now)
    view = state.view(name)
    return view.state, view.reason


def due(state: Health, now: float) -> list[str]:
    """Symbols that lack any proof."""
    return sorted({symbol for symbols in state.unproven(now).values() for symbol in symbols})
