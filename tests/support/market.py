"""A small market that stands still: what screens are tested and pictured with."""

from __future__ import annotations

import random
from array import array
from dataclasses import replace
from typing import Any

from bntui.model.delta import Delta
from bntui.model.judged import HealthView, VerdictView
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import Grade, ShardState, StreamState
from bntui.model.views import BudgetView, OutageView, ShardView, StreamView, WatchView

NOW = 50_000.0
"""The engine's monotonic clock at the pictures' moment."""

WALL_MS = 1_767_236_645_000
"""2026-01-01 03:04:05 UTC."""

EPOCH = "test"

QUOTED = (
    # symbol, base, quote, tick, price, change of 24 hours in per cent, quote volume in millions
    ("BTCUSDT", "BTC", "USDT", "0.01", 67_123.45, 1.24, 1_912.4),
    ("ETHUSDT", "ETH", "USDT", "0.01", 3_412.08, -0.86, 1_104.7),
    ("SOLUSDT", "SOL", "USDT", "0.01", 158.71, 4.31, 688.1),
    ("BNBUSDT", "BNB", "USDT", "0.01", 591.3, 0.0, 204.6),
    ("XRPUSDT", "XRP", "USDT", "0.0001", 0.5217, -2.05, 181.9),
    ("DOGEUSDT", "DOGE", "USDT", "0.00001", 0.12244, 7.9, 160.2),
    ("ADAUSDT", "ADA", "USDT", "0.0001", 0.3806, -0.31, 58.3),
    ("AVAXUSDT", "AVAX", "USDT", "0.01", 26.44, 1.02, 44.8),
    ("LINKUSDT", "LINK", "USDT", "0.01", 13.87, -1.47, 41.1),
    ("PEPEUSDT", "PEPE", "USDT", "0.00000001", 0.00001042, 11.35, 129.5),
    ("LTCUSDT", "LTC", "USDT", "0.01", 71.92, 0.4, 31.7),
    ("DOTUSDT", "DOT", "USDT", "0.001", 5.918, -0.72, 22.0),
    ("币安人生USDT", "币安人生", "USDT", "0.0001", 0.1832, 24.6, 12.9),
    ("ETHBTC", "ETH", "BTC", "0.00001", 0.05083, -2.07, 0.001),
    ("TRXUSDT", "TRX", "USDT", "0.0001", 0.1312, 0.15, 19.5),
    ("UNIUSDT", "UNI", "USDT", "0.001", 7.214, 3.3, 15.2),
)


def decimals(step: str) -> int:
    """Decimals of a step without trailing zeros."""
    return len(step.partition(".")[2].rstrip("0"))


def key_of(symbol: str) -> SymbolKey:
    """A Spot symbol."""
    return SymbolKey(Market.SPOT, symbol)


def instrument(symbol: str, base: str, quote: str, tick: str, status: str = "TRADING") -> Instrument:
    """What exchangeInfo says of a symbol."""
    places = decimals(tick)
    printed = f"{float(tick):.8f}"
    return Instrument(key_of(symbol), status, base, quote, printed, "0.00001000", places, 5)


def instruments() -> list[Instrument]:
    """Those of the quoted symbols, and some that nobody watches."""
    more = [
        instrument(f"{base}{quote}", base, quote, "0.0001", status)
        for base, quote, status in (
            ("BTC", "USDC", "TRADING"),
            ("BTC", "EUR", "TRADING"),
            ("WBTC", "BTC", "TRADING"),
            ("ARB", "USDT", "TRADING"),
            ("ATOM", "USDT", "TRADING"),
            ("LUNA", "USDT", "BREAK"),
            ("NEAR", "USDT", "TRADING"),
        )
    ]
    return [instrument(*row[:4]) for row in QUOTED] + more


def watch_row(symbol: str, /, **changes: Any) -> WatchView:
    """A live row of a quoted symbol; fields can be replaced by name."""
    index = next(i for i, row in enumerate(QUOTED) if row[0] == symbol)
    _, _, _, tick, price, change, volume = QUOTED[index]
    places, step = decimals(tick), float(tick)
    rng = random.Random(index)
    walk = [0.0]
    for _ in range(59):
        walk.append(walk[-1] + rng.gauss(0, 1))
    row = WatchView(
        Market.SPOT,
        symbol,
        bid=f"{price - step * (index % 3 + 1):.{places}f}".ljust(places + 2, "0"),
        bid_qty=f"{rng.uniform(0.1, 9):.5f}000",
        ask=f"{price + step * (index % 2):.{places}f}",
        ask_qty=f"{rng.uniform(0.1, 9):.5f}000",
        quote_at=NOW - 0.1 * (index % 4),
        last=f"{price:.{max(places, 2)}f}",
        last_qty="0.01200000",
        last_side="buy" if index % 2 else "sell",
        last_id=1_000 + index,
        trade_at=NOW - 0.3 * (index % 5),
        tick=(1, -1, 1, 0)[index % 4],
        change_percent=f"{change:.3f}",
        high=f"{price * 1.03:.{places}f}",
        low=f"{price * 0.96:.{places}f}",
        volume=f"{volume * 1e6 / price:.5f}",
        quote_volume=f"{volume * 1e6:.8f}",
        ticker_at=NOW - 0.5,
        state=StreamState.LIVE,
        closes=array(
            "d", (price * (1 + step_ / 1_000 + change / 20_000 * i) for i, step_ in enumerate(walk))
        ),
    )
    return replace(row, **changes)


def shard(number: int, **changes: Any) -> ShardView:
    """A live shard; fields can be replaced by name."""
    return replace(
        ShardView(
            id=number,
            market=Market.SPOT,
            host="stream.binance.com:9443",
            state=ShardState.LIVE,
            reason="",
            live=400,
            acked=400,
            wanted=400,
            cap=400,
            messages_per_s=812.4 - 100 * number,
            bytes_per_s=148_300.0 - 20_000 * number,
            server_ping_at=NOW - 3.0 * number - 4,
            pong_at=NOW - 11.0,
            frame_at=NOW - 0.02,
            round_trip_ms=84.2 + number,
            lag_ms=41.0 - 22 * number,
            opened_at=NOW - 11_000.0 + 60 * number,
            expires_at=NOW - 11_000.0 + 60 * number + 86_400,
            reconnects=0,
            retry_at=None,
            frames_per_s=0.4,
            frames_limit=5,
        ),
        **changes,
    )


def outage(number: int, **changes: Any) -> OutageView:
    """A loss of shard 0 that was over after a few seconds; fields can be replaced by name."""
    began = WALL_MS - 3_600_000 * (20 - number)
    return replace(
        OutageView(
            id=number,
            shard=0,
            market=Market.SPOT,
            began_ms=began,
            cause="lost without a close frame (ConnectionResetError)",
            close_code=None,
            streams=400,
            ended_ms=began + 4_200,
            blind_s=4.2,
            planned=False,
            closed_by="network",
            hit="BTCUSDT quotes, ETHUSDT trades, SOLUSDT 24 h statistics, 币安人生USDT trades",
        ),
        **changes,
    )


def streams(shard_id: int, symbols: list[str]) -> list[StreamView]:
    """The streams of these symbols, live, on one shard."""
    return [
        StreamView(
            market=Market.SPOT,
            name=f"{symbol.lower()}@{kind}",
            shard=shard_id,
            state=StreamState.LIVE,
            reason="",
            since=NOW - 1_200,
            data_at=NOW - 0.2 * place,
            normal_gap_s=gap,
        )
        for symbol in symbols
        for place, (kind, gap) in enumerate((("bookTicker", 0.4), ("trade", 3.1), ("ticker", 1.0)))
    ]


def calm() -> Delta:
    """Everything flows."""
    symbols = [row[0] for row in QUOTED]
    return Delta(
        epoch=EPOCH,
        seq=1,
        full=True,
        now=NOW,
        wall_ms=WALL_MS,
        rows=[watch_row(symbol) for symbol in symbols],
        watchlist=[key_of(symbol) for symbol in symbols],
        shards=[shard(0), shard(1), shard(2, live=331, acked=331, wanted=331)],
        streams=streams(2, symbols),
        outages=[
            outage(
                1,
                planned=True,
                cause="its 24 hours end soon",
                blind_s=0.0,
                shard=1,
                closed_by="",
                hit="",
            ),
            outage(2, missing=3, refilled=3),
        ],
        instruments=instruments(),
        budget=BudgetView(7, 100, 300, 412, 61, 1_200, 6_000, None, ""),
        health=HealthView(12.0, 3.4, True, "", 0, 0, 2_140.0, 391_000.0),
        verdict=VerdictView(Grade.LIVE, "LIVE 1131/1131 streams (1 quiet)", NOW - 10_940),
    )


def troubled() -> Delta:
    """One shard is down, so some rows are blind; one stream has gone silent, one is quiet with reason."""
    delta = calm()
    reason = "no trade since id 1011 (ticker agrees)"
    lost = "shard 1 is down"
    states: dict[str, tuple[StreamState, str, float | None]] = {
        "ETHUSDT": (StreamState.BLIND, lost, 252.0),
        "XRPUSDT": (StreamState.BLIND, lost, 253.4),
        "LINKUSDT": (StreamState.STALE, "trade: ticker shows newer ids", 38.0),
        "DOTUSDT": (StreamState.QUIET, reason, 4.2),
        "UNIUSDT": (StreamState.ACKED, "no first data yet", None),
    }
    rows = []
    for row in delta.rows:
        if row.symbol in states:
            state, why, old = states[row.symbol]
            at = None if old is None else NOW - old
            row = replace(row, state=state, reason=why, quote_at=at, trade_at=at, ticker_at=at)
        rows.append(row)
    listed = [
        replace(stream, state=StreamState.STALE, reason="ticker shows newer trade ids", data_at=NOW - 38)
        if stream.name == "linkusdt@trade"
        else replace(stream, state=StreamState.QUIET, reason=reason, data_at=NOW - 97)
        if stream.name == "dotusdt@trade"
        else stream
        for stream in delta.streams
    ]
    return replace(
        delta,
        rows=rows,
        streams=listed,
        shards=[
            shard(0),
            shard(
                1,
                state=ShardState.WAITING,
                reason="closed by the server: 1008 Too many requests",
                live=0,
                acked=0,
                messages_per_s=0.0,
                bytes_per_s=0.0,
                server_ping_at=None,
                round_trip_ms=None,
                lag_ms=None,
                opened_at=None,
                expires_at=None,
                retry_at=NOW + 17,
                reconnects=3,
            ),
            shard(2, live=329, acked=331, wanted=331, lag_ms=-6.0),
        ],
        outages=[
            *delta.outages,
            outage(
                3,
                shard=1,
                began_ms=WALL_MS - 252_000,
                cause="closed by the server: 1008 Too many requests",
                close_code=1008,
                ended_ms=None,
                blind_s=None,
                closed_by="server",
            ),
        ],
        budget=BudgetView(84, 100, 300, 3_120, 220, 1_200, 6_000, WALL_MS + 41_000, "429: request weight"),
        health=HealthView(-312.0, 41.0, False, "blocked after 429", 2, 1, 1_420.0, 250_000.0),
        verdict=VerdictView(
            Grade.BLIND,
            "BLIND on 401 of 1131 streams for 4m12s: ETHUSDT quotes, ETHUSDT trades and 399 more",
            NOW - 252,
            "single connections: 1 of 3 are down, the others to the same host are up",
        ),
    )


def eventful() -> Delta:
    """The troubled market with some days behind it, in which everything happened once."""
    day_ms, delta = 86_400_000, troubled()
    yesterday, before = WALL_MS - day_ms, WALL_MS - 2 * day_ms
    return replace(
        delta,
        outages=[
            outage(
                1,
                began_ms=before - 7_200_000,
                ended_ms=before - 7_100_000,
                blind_s=100.0,
                cause="this IP is banned for a while (418)",
                closed_by="server",
            ),
            outage(
                2,
                shard=2,
                began_ms=before,
                ended_ms=before + 61_000,
                blind_s=121.0,
                streams=331,
                cause="no frame for 60 s",
                close_code=1000,
                closed_by="bntui",
                missing=1_204,
                refilled=1_204,
            ),
            outage(
                3,
                began_ms=yesterday - 9_000_000,
                ended_ms=yesterday - 8_995_800,
                cause="closed by the server: 1001",
                close_code=1001,
                closed_by="server",
                missing=412,
                refilled=300,
            ),
            *(
                outage(
                    4 + number,
                    shard=number,
                    began_ms=yesterday - 3_600_000 + 900_000 * number,
                    ended_ms=yesterday - 3_600_000 + 900_000 * number,
                    blind_s=0.0,
                    planned=True,
                    cause="its 24 hours end soon",
                    closed_by="",
                    hit="",
                )
                for number in range(3)
            ),
            outage(7, shard=2, began_ms=WALL_MS - 7_200_000, ended_ms=WALL_MS - 6_200_000, blind_s=1_000.0),
            replace(delta.outages[-1], id=8),
        ],
    )
