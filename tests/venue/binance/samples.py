"""One payload of every Spot stream, with the event that it stands for.

Written by hand from the field tables of web-socket-streams.md; the digits are made up, and chosen so
that a float would lose some of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bntui.model.events import (
    AggTrade,
    AveragePrice,
    BlockTrade,
    Candle,
    DepthDiff,
    MarketEvent,
    MiniTicker,
    PartialDepth,
    Quote,
    ReferencePrice,
    Ticker,
    Trade,
)
from bntui.model.markets import Market, Side, SymbolKey

RECEIVED_MS = 1_767_225_600_123
AT = 1_000.5

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
CJK = SymbolKey(Market.SPOT, "币安人生USDT")


class Sample(NamedTuple):
    """A payload as it comes on a stream."""

    stream: str
    payload: dict[str, Any]
    event: MarketEvent
    raw_stream: str | None
    """The name that the bare payload still tells."""


_TRADE: dict[str, Any] = {
    "e": "trade",
    "E": 1767225600101,
    "s": "BTCUSDT",
    "t": 5455447976,
    "p": "102571.18000001",
    "q": "0.00097000",
    "T": 1767225600100,
    "m": True,
    "M": True,
}
_CANDLE: dict[str, Any] = {
    "t": 1767225600000,
    "T": 1767225659999,
    "s": "BTCUSDT",
    "i": "1m",
    "f": 100,
    "L": 200,
    "o": "87648.21000000",
    "c": "87650.00000000",
    "h": "87651.10000000",
    "l": "87640.00000000",
    "v": "12.34567000",
    "n": 101,
    "x": False,
    "q": "1082100.12345678",
    "V": "6.10000000",
    "Q": "534667.00000001",
    "B": "0",
}
_ROLLING: dict[str, Any] = {
    "E": 1767225600500,
    "s": "BTCUSDT",
    "p": "-170.79000000",
    "P": "-0.182",
    "o": "93989.21000000",
    "h": "94440.90000000",
    "l": "91917.30000000",
    "c": "93818.42000000",
    "w": "93522.99629504",
    "v": "2109.00156000",
    "q": "199349146.64212320",
    "O": 1767139200500,
    "C": 1767225600500,
    "F": 2008166,
    "L": 2088364,
    "n": 80199,
}
_DAY: dict[str, Any] = {
    **_ROLLING,
    "e": "24hrTicker",
    "x": "93989.11000000",
    "Q": "0.00012000",
    "b": "93818.41000000",
    "B": "0.07847000",
    "a": "93818.42000000",
    "A": "0.07565000",
}
_MINI: dict[str, Any] = {
    "e": "24hrMiniTicker",
    "E": 1767225600500,
    "s": "BTCUSDT",
    "c": "93818.42000000",
    "o": "93989.21000000",
    "h": "94440.90000000",
    "l": "91917.30000000",
    "v": "2109.00156000",
    "q": "199349146.64212320",
}
_BIDS = [["93966.18000000", "0.11000000"], ["93966.17000000", "0.00000000"]]
_ASKS = [["93966.19000000", "1.00000001"]]
_BID_LEVELS = (("93966.18000000", "0.11000000"), ("93966.17000000", "0.00000000"))
_ASK_LEVELS = (("93966.19000000", "1.00000001"),)


def _candle_event(interval: str, utc_offset: str, open_ms: int, close_ms: int) -> Candle:
    return Candle(
        key=BTC,
        interval=interval,
        utc_offset=utc_offset,
        open_ms=open_ms,
        close_ms=close_ms,
        open="87648.21000000",
        high="87651.10000000",
        low="87640.00000000",
        close="87650.00000000",
        volume="12.34567000",
        quote_volume="1082100.12345678",
        taker_volume="6.10000000",
        taker_quote_volume="534667.00000001",
        trades=101,
        first_id=100,
        last_id=200,
        closed=False,
        time_ms=1767225601000,
        received_ms=RECEIVED_MS,
        at=AT,
    )


def _ticker_event(window: str, only_day: tuple[str | None, ...]) -> Ticker:
    last_qty, previous_close, bid, bid_qty, ask, ask_qty = only_day
    return Ticker(
        key=BTC,
        window=window,
        last="93818.42000000",
        last_qty=last_qty,
        change="-170.79000000",
        change_percent="-0.182",
        weighted_average="93522.99629504",
        previous_close=previous_close,
        open="93989.21000000",
        high="94440.90000000",
        low="91917.30000000",
        volume="2109.00156000",
        quote_volume="199349146.64212320",
        bid=bid,
        bid_qty=bid_qty,
        ask=ask,
        ask_qty=ask_qty,
        open_ms=1767139200500,
        close_ms=1767225600500,
        first_id=2008166,
        last_id=2088364,
        trades=80199,
        time_ms=1767225600500,
        received_ms=RECEIVED_MS,
        at=AT,
    )


MINI_EVENT = MiniTicker(
    BTC,
    close="93818.42000000",
    open="93989.21000000",
    high="94440.90000000",
    low="91917.30000000",
    volume="2109.00156000",
    quote_volume="199349146.64212320",
    time_ms=1767225600500,
    received_ms=RECEIVED_MS,
    at=AT,
)

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "btcusdt@trade",
        _TRADE,
        Trade(
            BTC,
            trade_id=5455447976,
            price="102571.18000001",
            qty="0.00097000",
            side=Side.SELL,
            time_ms=1767225600100,
            event_ms=1767225600101,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "btcusdt@trade",
    ),
    Sample(
        "币安人生usdt@trade",
        {**_TRADE, "s": "币安人生USDT", "m": False},
        Trade(
            CJK,
            trade_id=5455447976,
            price="102571.18000001",
            qty="0.00097000",
            side=Side.BUY,
            time_ms=1767225600100,
            event_ms=1767225600101,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "币安人生usdt@trade",
    ),
    Sample(
        "btcusdt@blockTrade",
        {**{name: value for name, value in _TRADE.items() if name != "M"}, "e": "blockTrade"},
        BlockTrade(
            BTC,
            trade_id=5455447976,
            price="102571.18000001",
            qty="0.00097000",
            side=Side.SELL,
            time_ms=1767225600100,
            event_ms=1767225600101,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "btcusdt@blockTrade",
    ),
    Sample(
        "btcusdt@aggTrade",
        {
            "e": "aggTrade",
            "E": 1767225600101,
            "s": "BTCUSDT",
            "a": 3735249564,
            "p": "102571.18000001",
            "q": "0.00097000",
            "f": 5455447970,
            "l": 5455447977,
            "T": 1767225600100,
            "m": False,
            "M": True,
        },
        AggTrade(
            BTC,
            agg_id=3735249564,
            first_id=5455447970,
            last_id=5455447977,
            price="102571.18000001",
            qty="0.00097000",
            side=Side.BUY,
            time_ms=1767225600100,
            event_ms=1767225600101,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "btcusdt@aggTrade",
    ),
    Sample(
        "btcusdt@kline_1m",
        {"e": "kline", "E": 1767225601000, "s": "BTCUSDT", "k": _CANDLE},
        _candle_event("1m", "", 1767225600000, 1767225659999),
        "btcusdt@kline_1m",
    ),
    Sample(
        "btcusdt@kline_1d@+08:00",
        {
            "e": "kline",
            "E": 1767225601000,
            "s": "BTCUSDT",
            "k": {**_CANDLE, "i": "1d", "t": 1767196800000, "T": 1767283199999},
        },
        _candle_event("1d", "+08:00", 1767196800000, 1767283199999),
        "btcusdt@kline_1d@+08:00",
    ),
    Sample(
        "btcusdt@kline_1m@+08:00",
        {"e": "kline", "E": 1767225601000, "s": "BTCUSDT", "k": _CANDLE},
        _candle_event("1m", "+08:00", 1767225600000, 1767225659999),
        # Minutes begin at the same instant everywhere.
        "btcusdt@kline_1m",
    ),
    Sample("btcusdt@miniTicker", _MINI, MINI_EVENT, "btcusdt@miniTicker"),
    Sample(
        "btcusdt@ticker",
        _DAY,
        _ticker_event(
            "24h",
            (
                "0.00012000",
                "93989.11000000",
                "93818.41000000",
                "0.07847000",
                "93818.42000000",
                "0.07565000",
            ),
        ),
        "btcusdt@ticker",
    ),
    *(
        Sample(
            f"btcusdt@ticker_{window}",
            {**_ROLLING, "e": f"{window}Ticker"},
            _ticker_event(window, (None,) * 6),
            f"btcusdt@ticker_{window}",
        )
        for window in ("1h", "4h", "1d")
    ),
    Sample(
        "btcusdt@bookTicker",
        {
            "u": 400900217,
            "s": "BTCUSDT",
            "b": "93966.18000000",
            "B": "31.21000000",
            "a": "93966.19000000",
            "A": "40.66000001",
        },
        Quote(
            BTC,
            bid="93966.18000000",
            bid_qty="31.21000000",
            ask="93966.19000000",
            ask_qty="40.66000001",
            update_id=400900217,
            time_ms=None,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "btcusdt@bookTicker",
    ),
    Sample(
        "btcusdt@avgPrice",
        {
            "e": "avgPrice",
            "E": 1767225600500,
            "s": "BTCUSDT",
            "i": "5m",
            "w": "93960.00000001",
            "T": 1767225600400,
        },
        AveragePrice(
            BTC,
            window="5m",
            price="93960.00000001",
            last_trade_ms=1767225600400,
            time_ms=1767225600500,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "btcusdt@avgPrice",
    ),
    *(
        Sample(
            stream,
            {
                "e": "depthUpdate",
                "E": 1767225600500,
                "s": "BTCUSDT",
                "U": 14559378,
                "u": 14559412,
                "b": _BIDS,
                "a": _ASKS,
            },
            DepthDiff(
                BTC,
                first_update_id=14559378,
                last_update_id=14559412,
                previous_update_id=None,
                bids=_BID_LEVELS,
                asks=_ASK_LEVELS,
                time_ms=1767225600500,
                received_ms=RECEIVED_MS,
                at=AT,
            ),
            None,
        )
        for stream in ("btcusdt@depth", "btcusdt@depth@100ms")
    ),
    Sample(
        "btcusdt@depth5@100ms",
        {"lastUpdateId": 160, "bids": _BIDS, "asks": []},
        PartialDepth(
            BTC, update_id=160, bids=_BID_LEVELS, asks=(), time_ms=None, received_ms=RECEIVED_MS, at=AT
        ),
        None,
    ),
    Sample(
        "btcusdt@referencePrice",
        {"e": "referencePrice", "s": "BTCUSDT", "r": "93960.00000001", "t": 1767225600500},
        ReferencePrice(BTC, price="93960.00000001", time_ms=1767225600500, received_ms=RECEIVED_MS, at=AT),
        "btcusdt@referencePrice",
    ),
    Sample(
        "btcusdt@referencePrice",
        {"e": "referencePrice", "s": "BTCUSDT", "r": None, "t": 1767225600500},
        ReferencePrice(BTC, price=None, time_ms=1767225600500, received_ms=RECEIVED_MS, at=AT),
        "btcusdt@referencePrice",
    ),
)


def sample(stream: str) -> Sample:
    """The first sample of a stream."""
    return next(each for each in SAMPLES if each.stream == stream)
