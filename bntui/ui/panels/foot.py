"""What is said of a book below its levels: imbalance, the last minutes, the cost of eating levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

from bntui.model.markets import Instrument
from bntui.model.panels import BookView, LadderLevel
from bntui.ui.format import clean, decimal_of, gauge, sparkline, width_of
from bntui.ui.panels.depth import DIVIDED, Rung, best_of, coins_for, imbalance, plain, rounded, rungs
from bntui.ui.panels.numbers import (
    MORE_DECIMALS,
    best_levels,
    decimals_of,
    exact,
    hundredths,
    level_price,
    size_of,
    unit_of,
    worth_of,
)
from bntui.ui.panels.picture import BAR_LEAST, BAR_MOST
from bntui.ui.widgets.lines import Line, Part, cut, join, part_width, whole

ROOMY_LINES = 26
"""A panel of so many lines has room for everything below the bids."""

COST_LINES = 18
"""From so many lines on, a narrow panel has three for what eating levels costs: two would cut it."""

COIN_DECIMALS = 8
"""Amounts of a base currency that had to be computed by dividing are shown with so many decimals."""

CURSOR_KEYS = "j k"
"""The usual keys for the cursor in the book."""

TWO_ABREAST = 68
"""From this width on, what is said below the levels stands two abreast."""


def foot(
    view: BookView,
    instrument: Instrument | None,
    sides: tuple[Sequence[Rung], Sequence[Rung]],
    cursor: int,
    width: int,
    height: int,
    keys: str = CURSOR_KEYS,
) -> list[Line]:
    """Imbalance, the two series, and what eating up to the cursor costs, in a panel of this size.

    `sides` are asks and bids; the cursor counts levels as the ladder does, and `keys` move it.
    """
    asks, bids = sides
    roomy = height >= ROOMY_LINES
    balance = _balance(imbalance(bids, asks), max(len(asks), len(bids)), width)
    shares = [value if value >= 0 else math.nan for value in view.imbalances]
    spreads = [value if value >= 0 else math.nan for value in view.spreads_bps]
    lines = 3 if height >= COST_LINES and width < TWO_ABREAST else 2
    if cursor > 0:
        eaten = _eaten(asks, view.best_ask, cursor, instrument, width, lines, keys)
    else:
        eaten = _eaten(bids, view.best_bid, cursor, instrument, width, lines, keys)
    if width >= TWO_ABREAST:
        half = width // 2
        both = (
            *_series(" bids %  ", shares, half, _percent),
            *_series(" spread  ", spreads, width - half, _bps),
        )
        return [balance, both, *eaten] if roomy else [both, *eaten]
    if not roomy:
        return [balance, *eaten]
    best = best_of(view) if view.step else None
    own = [cut(((" ", ""), best_levels(best, instrument)), width)] if best is not None else []
    return [
        *own,
        balance,
        _series(" bids %  ", shares, width, _percent),
        _series(" spread  ", spreads, width, _bps),
        *eaten,
    ]


def _percent(low: float, high: float) -> str:
    return f"{low * 100:.0f} to {high * 100:.0f}%"


def _bps(low: float, high: float) -> str:
    return f"{hundredths(decimal_of(f'{low:.9f}'))} to {hundredths(decimal_of(f'{high:.9f}'))} bps"


def _balance(share: Decimal | None, levels: int, width: int) -> Line:
    if share is None:
        return ((" no quantity on either side", "title"),)
    bids = round(share * 100)
    left, right = f" bids {bids:>3}% ", f" {100 - bids}% asks of {levels}"
    bar = min(max(width - width_of(left) - width_of(right) - 1, BAR_LEAST), BAR_MOST)
    return ((left, "up"), (gauge(float(share), bar), "spark"), (right, "down"))


def _series(name: str, values: Sequence[float], width: int, said: Callable[[float, float], str]) -> Line:
    """The last minutes, with the smallest and the largest value: heights alone say nothing."""
    free = width - width_of(name) - 1
    words, drawn = " not seen good yet", ""
    if any(math.isfinite(value) for value in values):
        for room in range(min(free, len(values)), 0, -1):
            words = _range(values[-room:], said)
            if max(room, BAR_LEAST) + width_of(words) <= free:
                drawn = sparkline(values, room)
                break
    return ((name, "title"), (drawn, "spark"), (words.ljust(width - width_of(name) - len(drawn)), "title"))


def _range(values: Sequence[float], said: Callable[[float, float], str]) -> str:
    """Of exactly the values that are drawn: it explains their heights."""
    finite = [value for value in values if math.isfinite(value)]
    return f" {said(min(finite), max(finite))}" if finite else " not good lately"


def _eaten(
    side: Sequence[Rung],
    best: LadderLevel | None,
    cursor: int,
    instrument: Instrument | None,
    width: int,
    lines: int,
    keys: str,
) -> list[Line]:
    """What taking everything up to the cursor's level costs, or brings.

    `best` is the exchange's own best level, where the side is grouped: a group tells its far bound only.
    """
    at = abs(cursor) - 1
    if not cursor or at >= len(side):
        hint: Line = ((f" {keys} ", "key"), ("cost of eating up to a level", "title"))
        return [hint, *[()] * (lines - 1)]
    rung = side[at]
    first = rungs([best])[0] if best is not None and rungs([best]) else side[0]
    decimals, qty_decimals = decimals_of(instrument)
    verb, gives = ("buy", "costs") if cursor > 0 else ("sell", "brings")
    worth, average = _worth(side[: at + 1], instrument)
    places = decimals if decimals is not None else len(rung.level.price.partition(".")[2])
    worse = DIVIDED.divide(abs(average - first.price) * 10_000, first.price) if first.price else None
    return _flowed(
        [
            (f"{verb} {exact(rung.total, qty_decimals)} {unit_of(instrument)}".rstrip(), "strong"),
            (f"up to {level_price(rung.level, decimals)}", ""),
            (f"{gives} {worth}", "strong"),
            (f"average {rounded(average, places + MORE_DECIMALS)}", ""),
            (f"{hundredths(worse)} bps off the best", "title"),
        ],
        width,
        lines,
    )


def _worth(side: Sequence[Rung], instrument: Instrument | None) -> tuple[str, Decimal]:
    """What these levels are worth together, in words, and their average price."""
    rung, size = side[-1], size_of(instrument)
    coins = None if size is None else coins_for(side, size)
    quote = "" if instrument is None else f" {clean(instrument.quote)}"
    worth = f"{plain(worth_of(rung, instrument))}{quote}"
    if instrument is None or not coins:
        return worth, rung.average
    base = f"{rounded(coins, COIN_DECIMALS)} {clean(instrument.base)}"
    return f"{base} ({worth})", DIVIDED.divide(worth_of(rung, instrument), coins)


def _flowed(parts: Sequence[Part], width: int, lines: int) -> list[Line]:
    """The parts in exactly so many lines, none broken; what the last line has no room for is left out."""
    flowed: list[Line] = []
    line: list[Part] = []
    for part in parts:
        if line and len(flowed) < lines - 1 and part_width(join([*line, part])) + 1 > width:
            flowed.append(((" ", ""), *join(line)))
            line = []
        line.append(part)
    flowed.append(cut(((" ", ""), *whole(line, width - 1, at_least=1)), width))
    return [*flowed, *[()] * (lines - len(flowed))]
