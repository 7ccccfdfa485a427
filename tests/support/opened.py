"""An open symbol of the still market: its book, its trades and its minutes, as the engine would tell them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Context, Decimal, Inexact
from typing import Any

from bntui.model.delta import Delta
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.panels import (
    BookSamples,
    BookStatus,
    BookView,
    CandlesDelta,
    CandleView,
    LadderLevel,
    LiquidationRow,
    MinuteFlow,
    PanelsDelta,
    TapeDelta,
    TapeRow,
)
from bntui.model.states import BookState, StreamState
from bntui.model.views import StreamView, WatchView
from tests.support import market
from tests.support.candles import walk

MINUTE_MS = 60_000

EXACT = Context(prec=60, traps=[Inexact])


def level(price: str, qty: str) -> LadderLevel:
    """One level of the exchange's own."""
    return LadderLevel(price, qty, f"{EXACT.multiply(Decimal(price), Decimal(qty)):f}")


def levels(first: str, step: str, quantities: Sequence[str]) -> list[LadderLevel]:
    """Levels from the first price on, each a step further."""
    return [level(f"{Decimal(first) + n * Decimal(step):f}", qty) for n, qty in enumerate(quantities)]


def quantities(seed: int, count: int, places: int = 5, scale: float = 1.0) -> list[str]:
    """Some small and a few large orders."""
    rng = random.Random(seed)
    return [
        f"{scale * rng.choice((0.02, 0.3, 1.5)) * rng.uniform(0.5, 2):.{places}f}000" for _ in range(count)
    ]


def status(symbol: str = "BTCUSDT", **changes: Any) -> BookStatus:
    """A synced book; fields can be replaced by name."""
    key = market.key_of(symbol)
    return replace(
        BookStatus(key.market, key.symbol, BookState.SYNCED, "", market.NOW - 60, 0, False, 48_219_334_112),
        **changes,
    )


def book(symbol: str = "BTCUSDT", **changes: Any) -> BookView:
    """A synced book around the symbol's price, 20 levels deep; fields can be replaced by name."""
    rng = random.Random(7)
    index = next(i for i, row in enumerate(market.QUOTED) if row[0] == symbol)
    tick, last = market.QUOTED[index][3], market.QUOTED[index][4]
    middle = Decimal(str(last)).quantize(Decimal(tick))
    shares = [0.5]
    for _ in range(119):
        shares.append(min(max(shares[-1] + rng.gauss(0, 0.05), 0.1), 0.9))
    return replace(
        BookView(
            status=status(symbol),
            step="",
            bids=levels(f"{middle - Decimal(tick):f}", f"-{tick}", quantities(1, 20)),
            asks=levels(f"{middle:f}", tick, quantities(2, 20)),
            at=market.NOW - 0.1,
            time_ms=market.WALL_MS - 120,
            levels_known=2_000,
            spreads_bps=[-1.0] * 20 + [0.0015 * rng.choice((1, 1, 1, 2, 4)) for _ in range(100)],
            imbalances=[-1.0] * 20 + shares[20:],
        ),
        **changes,
    )


def tape_rows(count: int = 80, symbol: str = "BTCUSDT") -> list[TapeRow]:
    """Trades of the last minute with a hole that was filled, and one that was not."""
    rng = random.Random(3)
    index = next(i for i, row in enumerate(market.QUOTED) if row[0] == symbol)
    tick, price = Decimal(market.QUOTED[index][3]), Decimal(str(market.QUOTED[index][4]))
    rows: list[TapeRow] = []
    time_ms = market.WALL_MS - 300 * count
    for n in range(count):
        time_ms += rng.randrange(10, 590)
        price += tick * rng.randrange(-2, 3)
        rows.append(
            TapeRow(
                id=n + 1,
                time_ms=min(time_ms, market.WALL_MS),
                price=f"{price:f}",
                qty=f"{rng.choice((0.001, 0.02, 0.4)) * rng.uniform(0.5, 3):.5f}000",
                side=rng.choice(("buy", "sell")),
                trades=rng.choice((1, 1, 1, 2, 5)),
            )
        )
    if count > 14:
        rows[-6] = hole(rows[-6])
        rows[-14] = hole(rows[-14], refilled=True)
        rows[-13] = replace(rows[-13], refilled=True)
    return rows


def hole(row: TapeRow, trades: int = 12, **changes: Any) -> TapeRow:
    """In place of this row: so many trades are missing."""
    missing = replace(row, price="", qty="", side="", trades=trades, cause="connection lost")
    return replace(missing, **changes)


def flows(count: int = 12) -> list[MinuteFlow]:
    """The last minutes; the first was not seen whole, and the running one is not over."""
    rng = random.Random(5)
    running = market.WALL_MS // MINUTE_MS * MINUTE_MS
    return [
        MinuteFlow(
            running - MINUTE_MS * n,
            f"{rng.uniform(0.5, 30):.5f}000",
            f"{rng.uniform(0.5, 30):.5f}000",
            0 < n < count - 1,
        )
        for n in range(count - 1, -1, -1)
    ]


def candle_rows(count: int = 240, symbol: str = "BTCUSDT") -> list[CandleView]:
    """The last minutes, the running one among them."""
    index = next(i for i, row in enumerate(market.QUOTED) if row[0] == symbol)
    begin = market.WALL_MS // MINUTE_MS * MINUTE_MS - (count - 1) * MINUTE_MS
    return walk(count, begin_ms=begin, ends_at=market.QUOTED[index][4], tick=market.QUOTED[index][3])


def panels(symbol: str = "BTCUSDT", **changes: Any) -> PanelsDelta:
    """All that the engine tells of an open symbol; fields can be replaced by name."""
    key = market.key_of(symbol)
    told = replace(
        PanelsDelta(
            key.market,
            key.symbol,
            True,
            book=book(symbol),
            tape=TapeDelta(tape_rows(symbol=symbol), flows()),
            candles=CandlesDelta("1m", candle_rows(symbol=symbol), [], first=False, loading=False),
        ),
        **changes,
    )
    if told.book is None or told.samples is not None:
        return told
    return replace(told, samples=BookSamples(told.book.spreads_bps, told.book.imbalances))


def opened(delta: Delta | None = None, symbol: str = "BTCUSDT", **changes: Any) -> Delta:
    """The calm market, or another, with the symbol open; fields of its panels can be replaced by name."""
    base, told = delta or market.calm(), panels(symbol, **changes)
    statuses = [] if told.book is None else [told.book.status]
    kline = StreamView(
        told.market, f"{symbol.lower()}@kline_1m", 0, StreamState.LIVE, "", market.NOW - 60, market.NOW, 2.0
    )
    return replace(base, panels=told, books=statuses, streams=[*base.streams, kline])


def contract(market_of: Market = Market.USDM, **changes: Any) -> Delta:
    """The calm market with a futures contract open in the place of BTCUSDT: perpetual on USD-M, counted in
    contracts and with an end on COIN-M. Fields of its panels can be replaced by name."""
    coins = market_of is Market.COINM
    old, key = market.key_of("BTCUSDT"), SymbolKey(market_of, "BTCUSDT")
    base = opened(**changes)
    assert base.panels is not None
    assert base.instruments is not None

    def row(each: WatchView) -> WatchView:
        if each.key != old:
            return each
        marked = replace(
            each,
            market=market_of,
            mark_price="67130.16500000",
            index_price="67120.09500000",
            mark_at=market.NOW - 1,
            open_interest="81234.567",
            open_interest_at=market.NOW - 12,
        )
        due_ms = market.WALL_MS + 11_106_000
        return marked if coins else replace(marked, funding_rate="0.00010000", next_funding_ms=due_ms)

    def instrument(each: Instrument) -> Instrument:
        if each.key != old:
            return each
        told = replace(each, key=key, contract="PERPETUAL", pair="BTCUSDT", margin="USDT")
        day_ms = 24 * 60 * MINUTE_MS
        return replace(told, contract_size="100", expires_ms=market.WALL_MS + 33 * day_ms) if coins else told

    def stream(each: StreamView) -> StreamView:
        return replace(each, market=market_of) if each.name.startswith("btcusdt@") else each

    own = [
        StreamView(market_of, f"btcusdt@{name}", 0, StreamState.LIVE, "", market.NOW - 60, market.NOW, 3.0)
        for name in ("markPrice", "forceOrder")
    ]
    closed = [
        LiquidationRow(market.WALL_MS - 90_000, "long", "67123.40", "0.50000"),
        LiquidationRow(market.WALL_MS - 9_000, "short", "67131.00", "12.25000"),
    ]
    panels_told = replace(base.panels, market=market_of, liquidations=closed)
    if panels_told.book is not None:
        panels_told = replace(
            panels_told,
            book=replace(panels_told.book, status=replace(panels_told.book.status, market=market_of)),
        )
    return replace(
        base,
        rows=[row(each) for each in base.rows],
        watchlist=[key if each == old else each for each in base.watchlist or []],
        instruments=[instrument(each) for each in base.instruments],
        streams=[*(stream(each) for each in base.streams), *own],
        books=[replace(each, market=market_of) if each.key == old else each for each in base.books],
        panels=panels_told,
    )
