"""One payload of every stream of USD-M and COIN-M, with the event that it stands for.

Written by hand from the field tables of the derivatives documents, with the fields of 2026; the digits are
made up, and chosen so that a float would lose some of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bntui.model.derivatives import ContractChange, IndexPrice, Liquidation, MarkPrice
from bntui.model.events import (
    AggTrade,
    Candle,
    DepthDiff,
    MarketEvent,
    MiniTicker,
    PartialDepth,
    Quote,
    RpiDepth,
    Ticker,
    Trade,
)
from bntui.model.markets import Market, Side, SymbolKey
from tests.venue.binance.samples import AT, RECEIVED_MS

USDT = SymbolKey(Market.USDM, "BTCUSDT")
PERP = SymbolKey(Market.COINM, "BTCUSD_PERP")
PAIR = {USDT: "BTCUSDT", PERP: "BTCUSD"}

NEW_FIELDS = ("nq", "ap", "ps", "st")
"""Fields that came in 2026, and are absent from older recordings and in part from COIN-M."""


class Sample(NamedTuple):
    """A payload as it comes on a stream."""

    key: SymbolKey
    stream: str
    payload: dict[str, Any]
    event: MarketEvent
    raw_stream: str | None
    """The name that the bare payload still tells."""


_BIDS = [["93966.10", "0.110"], ["93966.00", "0.000"]]
_ASKS = [["93966.20", "1.00000000000001"]]
_BID_LEVELS = (("93966.10", "0.110"), ("93966.00", "0.000"))
_ASK_LEVELS = (("93966.20", "1.00000000000001"),)
_CANDLE: dict[str, Any] = {
    "t": 1786173300000,
    "T": 1786173359999,
    "i": "1m",
    "f": 7960920076,
    "L": 7960920277,
    "o": "64970.80",
    "c": "64969.40",
    "h": "64970.90",
    "l": "64969.30",
    "v": "9.090",
    "n": 194,
    "x": True,
    "q": "590577.96880000000001",
    "V": "3.460",
    "Q": "224795.09440",
    "B": "0",
}


def _candle(key: SymbolKey, first_id: int, last_id: int) -> Candle:
    return Candle(
        key=key,
        interval="1m",
        utc_offset="",
        open_ms=1786173300000,
        close_ms=1786173359999,
        open="64970.80",
        high="64970.90",
        low="64969.30",
        close="64969.40",
        volume="9.090",
        quote_volume="590577.96880000000001",
        taker_volume="3.460",
        taker_quote_volume="224795.09440",
        trades=194,
        first_id=first_id,
        last_id=last_id,
        closed=True,
        time_ms=1786173360960,
        received_ms=RECEIVED_MS,
        at=AT,
    )


def _samples(key: SymbolKey) -> list[Sample]:
    """The streams that both markets have. COIN-M's rows carry no `nq` and no `ap`."""
    symbol, name, pair = key.symbol, key.symbol.lower(), PAIR[key]
    usdm = key.market is Market.USDM
    st = {"st": 1 if usdm else 2}
    told = {"E": 1786171884624, "s": symbol, **st}
    paired = {**told, "ps": pair}
    times: dict[str, Any] = {"time_ms": 1786171884624, "received_ms": RECEIVED_MS, "at": AT}
    dealt: dict[str, Any] = {
        "price": "64990.90000000000001",
        "qty": "0.002",
        "side": Side.SELL,
        "time_ms": 1786171884471,
        "event_ms": 1786171884624,
        "received_ms": RECEIVED_MS,
        "at": AT,
    }
    deal = {"p": "64990.90000000000001", "q": "0.002", "T": 1786171884471, "m": True}
    levels: dict[str, Any] = {"bids": _BID_LEVELS, "asks": _ASK_LEVELS}
    book = {
        "e": "depthUpdate",
        **paired,
        "T": 1786171884600,
        "U": 390497796,
        "u": 390497878,
        "pu": 390497701,
        "b": _BIDS,
        "a": _ASKS,
    }
    ids: dict[str, Any] = {
        "first_update_id": 390497796,
        "last_update_id": 390497878,
        "previous_update_id": 390497701,
    }
    day = {
        "c": "93818.42000000000001",
        "o": "93989.20",
        "h": "94440.90",
        "l": "91917.30",
        "v": "2109.001",
        "q": "199349146.642",
    }
    order = {
        "s": symbol,
        "S": "SELL",
        "o": "LIMIT",
        "f": "IOC",
        "q": "5.000",
        "p": "0.1336000",
        "ap": "0.13550000000000001",
        "X": "FILLED",
        "l": "2.000",
        "z": "4.000",
        "T": 1786172556607,
        "ps": pair,
        **st,
    }
    mark = {"p": "64991.37858696000001", "i": "65016.05673913", "P": "64980.01344384", "r": "-0.00003936"}
    return [
        Sample(
            key,
            f"{name}@trade",
            {"e": "trade", "E": 1786171884624, "s": symbol, "t": 5266583935, "X": "MARKET", **deal},
            Trade(key, trade_id=5266583935, **dealt),
            f"{name}@trade",
        ),
        Sample(
            key,
            f"{name}@aggTrade",
            {
                "e": "aggTrade",
                **told,
                "a": 3404749954,
                "f": 7960913511,
                "l": 7960913514,
                **deal,
                **({"nq": "0.001"} if usdm else {}),
            },
            AggTrade(
                key,
                agg_id=3404749954,
                first_id=7960913511,
                last_id=7960913514,
                normal_qty="0.001" if usdm else None,
                **dealt,
            ),
            f"{name}@aggTrade",
        ),
        Sample(
            key,
            f"{name}@bookTicker",
            {
                "e": "bookTicker",
                **paired,
                "u": 5123107839020,
                "T": 1786171884600,
                "b": "61800.20",
                "B": "2.507",
                "a": "61800.30",
                "A": "2.51000000000001",
            },
            Quote(
                key,
                bid="61800.20",
                bid_qty="2.507",
                ask="61800.30",
                ask_qty="2.51000000000001",
                update_id=5123107839020,
                **times,
            ),
            f"{name}@bookTicker",
        ),
        *(
            Sample(key, f"{name}@{suffix}", book, DepthDiff(key, **ids, **levels, **times), None)
            for suffix in ("depth", "depth@100ms", "depth@500ms", "depth@0ms")
        ),
        *(
            Sample(
                key,
                f"{name}@{suffix}",
                book,
                PartialDepth(key, update_id=390497878, **levels, **times),
                None,
            )
            for suffix in ("depth5", "depth10@100ms", "depth20@500ms")
        ),
        Sample(
            key,
            f"{name}@kline_1m",
            {"e": "kline", "E": 1786173360960, "s": symbol, "k": {**_CANDLE, "s": symbol}},
            _candle(key, 7960920076, 7960920277),
            f"{name}@kline_1m",
        ),
        Sample(
            SymbolKey(key.market, f"{pair}_PERPETUAL"),
            f"{pair.lower()}_perpetual@continuousKline_1m",
            {"e": "continuous_kline", "E": 1786173360960, "ps": pair, "ct": "PERPETUAL", "k": _CANDLE},
            _candle(SymbolKey(key.market, f"{pair}_PERPETUAL"), -1, -1),
            f"{pair.lower()}_perpetual@continuousKline_1m",
        ),
        *(
            Sample(
                key,
                f"{name}@{suffix}",
                {
                    "e": "markPriceUpdate",
                    **told,
                    **mark,
                    "T": 1786176000000,
                    **({"ap": "64991.30"} if usdm else {}),
                },
                MarkPrice(
                    key,
                    price="64991.37858696000001",
                    index_price="65016.05673913",
                    funding_rate="-0.00003936",
                    next_funding_ms=1786176000000,
                    settle_price="64980.01344384",
                    average_price="64991.30" if usdm else None,
                    **times,
                ),
                None,
            )
            for suffix in ("markPrice", "markPrice@1s")
        ),
        Sample(
            key,
            f"{name}@miniTicker",
            {"e": "24hrMiniTicker", **paired, **day},
            MiniTicker(
                key,
                close="93818.42000000000001",
                open="93989.20",
                high="94440.90",
                low="91917.30",
                volume="2109.001",
                quote_volume="199349146.642",
                **times,
            ),
            f"{name}@miniTicker",
        ),
        Sample(
            key,
            f"{name}@ticker",
            {
                "e": "24hrTicker",
                **paired,
                **day,
                "p": "-170.79",
                "P": "-0.182",
                "w": "93522.99629504",
                "Q": "0.012",
                "O": 1786085484624,
                "C": 1786171884600,
                "F": 2008166,
                "L": 2088364,
                "n": 80199,
            },
            Ticker(
                key,
                window="24h",
                last="93818.42000000000001",
                last_qty="0.012",
                change="-170.79",
                change_percent="-0.182",
                weighted_average="93522.99629504",
                previous_close=None,
                open="93989.20",
                high="94440.90",
                low="91917.30",
                volume="2109.001",
                quote_volume="199349146.642",
                bid=None,
                bid_qty=None,
                ask=None,
                ask_qty=None,
                open_ms=1786085484624,
                close_ms=1786171884600,
                first_id=2008166,
                last_id=2088364,
                trades=80199,
                **times,
            ),
            f"{name}@ticker",
        ),
        Sample(
            key,
            f"{name}@forceOrder",
            {"e": "forceOrder", "E": 1786172557615, "o": order},
            Liquidation(
                key,
                side=Side.SELL,
                price="0.1336000",
                average_price="0.13550000000000001",
                qty="5.000",
                last_qty="2.000",
                filled_qty="4.000",
                status="FILLED",
                time_ms=1786172556607,
                event_ms=1786172557615,
                received_ms=RECEIVED_MS,
                at=AT,
            ),
            f"{name}@forceOrder",
        ),
    ]


_BOOK = next(each for each in _samples(USDT) if each.stream == "btcusdt@depth")

SAMPLES: tuple[Sample, ...] = (
    *_samples(USDT),
    Sample(
        USDT,
        "btcusdt@rpiDepth@500ms",
        _BOOK.payload,
        RpiDepth(
            USDT,
            first_update_id=390497796,
            last_update_id=390497878,
            previous_update_id=390497701,
            bids=_BID_LEVELS,
            asks=_ASK_LEVELS,
            time_ms=1786171884624,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        None,
    ),
    *_samples(PERP),
    Sample(
        SymbolKey(Market.COINM, "BTCUSD"),
        "btcusd@indexPrice",
        {"e": "indexPriceUpdate", "E": 1786171884624, "s": "BTCUSD", "p": "65016.05673913000001"},
        IndexPrice(
            SymbolKey(Market.COINM, "BTCUSD"),
            price="65016.05673913000001",
            time_ms=1786171884624,
            received_ms=RECEIVED_MS,
            at=AT,
        ),
        "btcusd@indexPrice",
    ),
)

CONTRACT_PAYLOAD: dict[str, Any] = {
    "e": "contractInfo",
    "E": 1786171884624,
    "s": "BTCUSDT_260925",
    "ps": "BTCUSDT",
    "ct": "CURRENT_QUARTER",
    "dt": 1790323200000,
    "ot": 1782460800000,
    "cs": "TRADING",
    "bks": [{"bs": 1, "bnf": 0, "bnc": 5000, "mmr": 0.01, "cf": 0, "mi": 21, "ma": 50}],
    "st": 1,
}
CONTRACT_EVENT = ContractChange(
    SymbolKey(Market.USDM, "BTCUSDT_260925"),
    contract="CURRENT_QUARTER",
    status="TRADING",
    expires_ms=1790323200000,
    time_ms=1786171884624,
    received_ms=RECEIVED_MS,
    at=AT,
)


def sample(market: Market, suffix: str) -> Sample:
    """The first sample of a market's stream whose name ends so."""
    return next(each for each in SAMPLES if each.key.market is market and each.stream.endswith(f"@{suffix}"))
