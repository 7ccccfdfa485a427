"""Events and views with everything that a test does not speak of filled in."""

from __future__ import annotations

from bntui.model.events import AggTrade, Candle, MiniTicker, Quote, Ticker, Trade
from bntui.model.intervals import next_open
from bntui.model.judged import HealthView
from bntui.model.markets import Instrument, Market, Side, StreamKey, SymbolKey
from bntui.model.panels import BookStatus
from bntui.model.states import BookState, ShardState, StreamState
from bntui.model.status import MinuteCloses, StreamChanged
from bntui.model.views import BudgetView, OutageView, ShardView, StreamView

T0_MS = 1_767_225_600_000
"""2026-01-01 00:00:00 UTC, the beginning of a minute."""


def spot(symbol: str) -> SymbolKey:
    return SymbolKey(Market.SPOT, symbol)


BTC = spot("BTCUSDT")
ETH = spot("ETHUSDT")
CJK = spot("币安人生USDT")


def quote(
    key: SymbolKey = BTC, bid: str = "100.00", ask: str = "100.01", update_id: int = 1, at: float = 10.0
) -> Quote:
    return Quote(key, bid, "1.5", ask, "2.5", update_id, None, T0_MS, at)


def trade(
    key: SymbolKey = BTC,
    trade_id: int = 1,
    price: str = "100.00",
    time_ms: int = T0_MS,
    at: float = 10.0,
    side: Side = Side.BUY,
    qty: str = "0.5",
    refilled: bool = False,
) -> Trade:
    return Trade(key, trade_id, price, qty, side, time_ms, time_ms + 1, time_ms + 5, at, refilled)


def agg_trade(
    key: SymbolKey = BTC,
    last_id: int = 2,
    price: str = "100.00",
    time_ms: int = T0_MS,
    at: float = 10.0,
    agg_id: int = 900,
    side: Side = Side.SELL,
    qty: str = "0.5",
    refilled: bool = False,
) -> AggTrade:
    """Two trades of one taker order."""
    return AggTrade(
        key,
        agg_id,
        last_id - 1,
        last_id,
        price,
        qty,
        side,
        time_ms,
        time_ms + 1,
        time_ms + 5,
        at,
        refilled=refilled,
    )


def candle(
    interval: str = "1m",
    utc_offset: str = "",
    closed: bool = False,
    key: SymbolKey = BTC,
    open_ms: int = T0_MS,
    close: str = "2.0",
    trades: int = 7,
    refilled: bool = False,
) -> Candle:
    return Candle(
        key,
        interval,
        utc_offset,
        open_ms,
        next_open(interval, open_ms) - 1,
        "1.0",
        "4.0",
        "0.5",
        close,
        "10.0",
        "20.0",
        "5.0",
        "9.0",
        trades,
        100,
        106,
        closed,
        open_ms + 2_000,
        open_ms + 2_050,
        10.0,
        refilled,
    )


def ticker(
    key: SymbolKey = BTC,
    last: str = "100.00",
    last_id: int = 1,
    window: str = "24h",
    change_percent: str = "-1.250",
    time_ms: int = T0_MS,
    at: float = 10.0,
) -> Ticker:
    return Ticker(
        key,
        window,
        last,
        "0.25",
        "-1.27",
        change_percent,
        "100.5",
        "101.2",
        "101.27",
        "102.0",
        "99.0",
        "1234.5",
        "123450.0",
        "100.00",
        "1.0",
        "100.01",
        "2.0",
        time_ms - 86_400_000,
        time_ms,
        0,
        last_id,
        5000,
        time_ms,
        time_ms + 5,
        at,
    )


def mini_ticker(
    key: SymbolKey = BTC, close: str = "100.00", time_ms: int = T0_MS, at: float = 10.0
) -> MiniTicker:
    return MiniTicker(key, close, "101.27", "102.0", "99.0", "1234.5", "123450.0", time_ms, time_ms + 5, at)


def closes(key: SymbolKey, *prices: str, first_ms: int = T0_MS) -> MinuteCloses:
    return MinuteCloses(key, tuple((first_ms + n * 60_000, price) for n, price in enumerate(prices)))


def stream(
    name: str = "btcusdt@trade",
    state: StreamState = StreamState.LIVE,
    reason: str = "",
    since: float = 0.0,
    shard: int | None = 1,
    market: Market = Market.SPOT,
) -> StreamView:
    return StreamView(market, name, shard, state, reason, since, None, None)


def stream_changed(
    name: str = "btcusdt@trade", state: StreamState = StreamState.LIVE, reason: str = "", shard: int = 1
) -> StreamChanged:
    return StreamChanged(StreamKey(Market.SPOT, name), stream(name, state, reason, shard=shard))


def stream_gone(name: str = "btcusdt@trade") -> StreamChanged:
    return StreamChanged(StreamKey(Market.SPOT, name), None)


def shard(
    shard_id: int = 1,
    state: ShardState = ShardState.LIVE,
    reason: str = "",
    wanted: int = 3,
    reconnects: int = 0,
) -> ShardView:
    return ShardView(
        id=shard_id,
        market=Market.SPOT,
        host="stream.example",
        state=state,
        reason=reason,
        live=wanted,
        acked=wanted,
        wanted=wanted,
        cap=400,
        messages_per_s=12.5,
        bytes_per_s=2000.0,
        server_ping_at=9.0,
        pong_at=None,
        frame_at=10.0,
        round_trip_ms=42.0,
        lag_ms=-3.5,
        opened_at=1.0,
        expires_at=86_401.0,
        reconnects=reconnects,
        retry_at=None,
        frames_per_s=0.1,
        frames_limit=5,
    )


def outage(outage_id: int, ended_ms: int | None = None, cause: str = "closed: 1006") -> OutageView:
    blind_s = None if ended_ms is None else (ended_ms - T0_MS) / 1000
    return OutageView(outage_id, 1, Market.SPOT, T0_MS, cause, 1006, 3, ended_ms, blind_s, False)


def budget(attempts: int = 3) -> BudgetView:
    return BudgetView(attempts, 100, 300, 40, 20, 1200, 6000, None, "")


def health(
    clock_offset_ms: float | None = 5.0,
    loop_lag_ms: float = 1.0,
    rest_ok: bool = True,
    rest_reason: str = "",
) -> HealthView:
    return HealthView(clock_offset_ms, loop_lag_ms, rest_ok, rest_reason, 0, 0, 10.0, 1000.0)


def instrument(key: SymbolKey = BTC, status: str = "TRADING") -> Instrument:
    return Instrument(key, status, key.symbol[:-4], key.symbol[-4:], "0.01000000", "0.00001000", 2, 5)


def book_status(
    key: SymbolKey = BTC,
    state: BookState = BookState.SYNCED,
    reason: str = "",
    since: float = 10.0,
    resyncs: int = 0,
) -> BookStatus:
    return BookStatus(key.market, key.symbol, state, reason, since, resyncs, False, 7)
