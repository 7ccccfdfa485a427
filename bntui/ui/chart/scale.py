"""From prices to heights and back: linear or logarithmic, fitted to what is visible, with round labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

HALVES = 2
"""Parts of a cell that a candle's ends can fall on."""

HEADROOM = 0.04
"""Share of the range that stays free above and below, so that a tick does not move everything."""

LEAST_FILL = 0.55
"""A scale is kept while what is visible fills so much of it."""

STEEP = 2.0
"""From this ratio of its ends on, one step between labels does not suit all of a logarithmic scale."""

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))

MOST_LABELS = 64


@dataclass(frozen=True, slots=True)
class Scale:
    """Prices between `low` and `high` on so many lines, the highest on top."""

    low: float
    high: float
    lines: int
    log: bool

    def part(self, price: float, parts: int) -> int:
        """Which part of a line the price falls into, counted from the top, with `parts` to a line.

        Prices outside fall into the first or the last one.
        """
        total = self.lines * parts
        return min(max(int(self._share(price) * total), 0), max(total - 1, 0))

    def half(self, price: float) -> int:
        """Which half line the price falls into, counted from the top."""
        return self.part(price, HALVES)

    def line(self, price: float) -> int:
        """Which line the price falls into, counted from the top."""
        return self.part(price, 1)

    def holds(self, price: float) -> bool:
        """Is the price on the scale?"""
        return self.low <= price <= self.high

    def price_at(self, line: int) -> float:
        """The price in the middle of a line."""
        share = (line + 0.5) / max(self.lines, 1)
        if self.log:
            top, bottom = math.log(self.high), math.log(self.low)
            return math.exp(top - share * (top - bottom))
        return self.high - share * (self.high - self.low)

    def _share(self, price: float) -> float:
        """0 at the top, 1 at the bottom; never NaN."""
        if self.log:
            if price <= 0:
                return 1.0
            top, bottom, at = math.log(self.high), math.log(self.low), math.log(price)
        else:
            top, bottom, at = self.high, self.low, price
        return (top - at) / (top - bottom) if top > bottom else 0.5


def fitted(low: float, high: float, tick: float, lines: int, log: bool, before: Scale | None = None) -> Scale:
    """A scale for these prices; the one before where it still fits, so that the picture stands still.

    Prices that are all the same stand in the middle. Nothing is labelled below zero.
    """
    if before is not None and (before.lines, before.log) == (lines, log) and _still_fits(before, low, high):
        return before
    least = max(tick * 2, abs(high) * 1e-9, 1e-12)
    if high - low < least:
        middle = (high + low) / 2
        if log and middle > 0:
            # By a ratio: what is as far above as below on paper is not so in prices.
            apart = 1 + least / middle
            low, high = middle / apart, middle * apart
        else:
            low, high = middle - least if middle > least or low < 0 else 0.0, middle + least
    if log and low > 0:
        ratio = (high / low) ** HEADROOM
        return Scale(low / ratio, high * ratio, lines, True)
    room = (high - low) * HEADROOM
    return Scale(max(low - room, 0.0) if low >= 0 else low - room, high + room, lines, False)


def _still_fits(scale: Scale, low: float, high: float) -> bool:
    if not (scale.holds(low) and scale.holds(high)):
        return False
    if scale.log:
        return math.log(high / low) >= LEAST_FILL * math.log(scale.high / scale.low)
    return high - low >= LEAST_FILL * (scale.high - scale.low)


def round_step(least: Decimal, tick: Decimal) -> Decimal:
    """The smallest of 1, 2, 2.5, 5, 10 … that is no less, and a whole number of ticks."""
    if tick > 0 and least <= tick:
        return tick
    magnitude = Decimal(1).scaleb(max(min(least.adjusted(), 40), -40)) if least > 0 else Decimal(1)
    for step in _STEPS:
        wide = step * magnitude
        if wide >= least and (tick <= 0 or not wide % tick):
            return wide
    ticks = (least / tick).to_integral_value(ROUND_CEILING) if tick > 0 else Decimal(1)
    return ticks * tick if tick > 0 else least


def labels(scale: Scale, tick: Decimal, lines_apart: int = 4) -> dict[int, Decimal]:
    """Round prices by the line they belong on, at least so many lines apart."""
    if scale.lines < 1:
        return {}
    found: dict[int, Decimal] = {}
    if scale.log and scale.high > scale.low * STEEP:
        for line in range(lines_apart // 2, scale.lines, lines_apart):
            price = Decimal(repr(scale.price_at(line)))
            span = Decimal(repr(abs(scale.price_at(line) - scale.price_at(line + 1))))
            step = round_step(max(span / 2, Decimal(0)), tick)
            rounded = (price / step).to_integral_value(ROUND_HALF_EVEN) * step if step > 0 else price
            found[scale.line(float(rounded))] = rounded
        return found
    low, high = Decimal(repr(scale.low)), Decimal(repr(scale.high))
    step = round_step((high - low) * lines_apart / scale.lines, tick)
    if step <= 0:
        return {}
    price = (low / step).to_integral_value(ROUND_CEILING) * step
    while price <= high and len(found) < MOST_LABELS:
        found[scale.line(float(price))] = price
        price += step
    return found


def price_text(price: Decimal, decimals: int) -> str:
    """A price of the axis in the exchange's decimals."""
    try:
        return f"{price.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN):f}"
    except ArithmeticError:
        return f"{price:f}"
