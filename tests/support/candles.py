"""Candles and panels for tests of the chart: a seeded walk, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.panels import CandleView, Hole, Panels
from bntui.ui.chart.intervals import Slots, length_ms

BEGIN_MS = 1_763_812_800_000
"""2025-11-22 12:00 UTC."""

MINUTE_MS = 60_000

KEY = SymbolKey(Market.SPOT, "BTCUSDT")

INSTRUMENT = Instrument(KEY, "TRADING", "BTC", "USDT", "0.01000000", "0.00001000", 2, 5)


def candle(
    open_ms: int,
    opened: str = "100.00",
    high: str = "110.00",
    low: str = "90.00",
    close: str = "105.00",
    *,
    length: int = MINUTE_MS,
    volume: str = "12.50000",
    quote_volume: str = "1250.00",
    trades: int = 42,
    closed: bool = True,
) -> CandleView:
    """One candle."""
    return CandleView(
        open_ms, open_ms + length - 1, opened, high, low, close, volume, quote_volume, trades, closed
    )


def flat(open_ms: int, price: str, length: int = MINUTE_MS) -> CandleView:
    """A candle in which nothing was traded."""
    return candle(
        open_ms, price, price, price, price, length=length, volume="0.00000", quote_volume="0.00", trades=0
    )


def walk(
    count: int,
    *,
    interval: str = "1m",
    begin_ms: int = BEGIN_MS,
    price: float = 64_000.0,
    tick: str = "0.01",
    swing: float = 0.0006,
    seed: int = 5,
    skip: Iterable[int] = (),
    idle: Iterable[int] = (),
    running: bool = True,
    ends_at: float | None = None,
) -> list[CandleView]:
    """So many candles of a random walk: none at the places of `skip`, no trades at those of `idle`.

    It begins at `price`, or ends at `ends_at`.
    """
    if ends_at is not None and count:
        # Every step is a share of the price: scaling the beginning scales the end.
        to_the_end = walk(
            count,
            begin_ms=begin_ms,
            interval=interval,
            price=ends_at,
            tick=tick,
            swing=swing,
            seed=seed,
            idle=idle,
        )
        price = ends_at * ends_at / float(to_the_end[-1].close)
    dice = random.Random(seed)
    slots = Slots.of(interval, begin_ms - begin_ms % length_ms(interval))
    first = slots.at(begin_ms)
    step = Decimal(tick)
    skipped, empty = set(skip), set(idle)
    found: list[CandleView] = []

    def text(value: float) -> str:
        return f"{max((Decimal(value) / step).to_integral_value(), Decimal(1)) * step:f}"

    last = price
    drift = 0.0
    for place in range(count):
        open_ms = slots.opens(first + place)
        opened = last
        drift = 0.9 * drift + dice.gauss(0, swing * 0.3)
        if place in empty:
            found.append(flat(open_ms, text(opened), slots.opens(first + place + 1) - open_ms))
            continue
        last = max(opened * (1 + drift + dice.gauss(0, swing)), float(step))
        high = max(opened, last) * (1 + abs(dice.gauss(0, swing * 0.6)))
        low = min(opened, last) * (1 - abs(dice.gauss(0, swing * 0.6)))
        volume = 8 * (1 + 4 * abs(last / opened - 1) / swing) * dice.lognormvariate(0, 0.5)
        found.append(
            candle(
                open_ms,
                text(opened),
                text(high),
                text(low),
                text(last),
                length=slots.opens(first + place + 1) - open_ms,
                volume=f"{volume:.5f}",
                quote_volume=f"{volume * (opened + last) / 2:.2f}",
                trades=int(volume * 12) + 1,
            )
        )
    if ends_at is not None and found:
        found[-1] = replace(found[-1], close=text(ends_at))
    if running and found:
        found[-1] = replace(found[-1], closed=False)
    return [view for place, view in enumerate(found) if place not in skipped]


def panels(
    candles: Sequence[CandleView],
    *,
    interval: str = "1m",
    holes: Sequence[Hole] = (),
    first: bool = False,
    loading: bool = False,
    failure: str = "",
) -> Panels:
    """A symbol with these candles open."""
    return Panels(
        KEY,
        interval=interval,
        candles={view.open_ms: view for view in candles},
        holes=list(holes),
        first=first,
        loading=loading,
        failure=failure,
    )
