"""The order book as lines: asks above, bids below, what lies between them in the middle."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bntui.model.markets import Instrument
from bntui.model.panels import BookView, Focus, LadderLevel
from bntui.ui.format import (
    age,
    bps,
    clean,
    decimal_of,
    duration,
    gauge,
    human,
    price,
    sparkline,
    width_of,
    wrap,
)
from bntui.ui.panels.depth import DIVIDED, Best, Rung, best_of, imbalance, plain, rounded, rungs
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import Line, Part, cut, faded, join, part_width, spread

REASON_LINES = 3
"""Lines at most for why a book is not good."""

ROOMY_LINES = 26
"""A panel of so many lines has room for everything below the bids."""

TWO_ABREAST = 68
"""From this width on, what is said below the levels stands two abreast."""

MORE_DECIMALS = 2
"""Averages and the microprice are shown with so many decimals more than prices."""

BAR_LEAST = 4
BAR_MOST = 30
"""A bar of fewer cells says nothing: it is left out. One of more says no more."""

SHORT = 8
"""Cells for quantities of which some are too long to be shown with all their digits."""

EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class Look:
    """What the ladder looks like, beside the book itself."""

    width: int
    height: int
    cursor: int
    """0: none; 1 is the best ask and counts upwards, -1 the best bid and counts downwards."""
    focus: Focus
    trust: Trust
    focused: bool
    now: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The lines of a panel, as many as it is high."""

    lines: list[Line]
    lit: int | None = None
    """The line that the cursor stands on."""
    levels: dict[int, int] = field(default_factory=dict)
    """Of the ladder: which level stands on which line, counted as the cursor does."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the ladder's columns; 0: left out."""

    rank: int
    price: int
    qty: int
    total: int
    cost: int
    bar: int


def draw(view: BookView | None, instrument: Instrument | None, look: Look) -> Picture:
    """The whole panel."""
    head = [title(view, look), *_reason(look)]
    if view is None:
        waiting = "" if look.trust.reason else "The book is being opened …"
        return Picture(_filled([*head, (), ((f" {waiting}", "title"),)], look.height))
    asks, bids = rungs(view.asks), rungs(view.bids)
    middle = _between(view, instrument, asks, bids, look)
    foot = _foot(view, instrument, asks, bids, look)
    columns = _columns(asks, bids, instrument, look.width)
    room = max(look.height - len(head) - 1 - len(middle) - len(foot), 2)
    above = room // 2
    below = room - above
    most = max((rung.total for rung in (*asks[-1:], *bids[-1:])), default=Decimal(0))
    first_ask, first_bid = _first(look.cursor, above, len(asks)), _first(-look.cursor, below, len(bids))
    lines = [*head, _titles(columns, instrument)]
    places: dict[int, int] = {}
    for at in range(first_ask + above - 1, first_ask - 1, -1):
        if at < len(asks):
            places[len(lines)] = at + 1
        lines.append(_level(asks, at, "ask", columns, instrument, most))
    lines += middle
    for at in range(first_bid, first_bid + below):
        if at < len(bids):
            places[len(lines)] = -at - 1
        lines.append(_level(bids, at, "bid", columns, instrument, most))
    lit = next((line for line, level in places.items() if level == look.cursor), None)
    lines += foot
    if not look.trust.good:
        lines[len(head) :] = [faded(line) for line in lines[len(head) :]]
    return Picture(_filled(lines, look.height), lit, places)


def _filled(lines: Sequence[Line], height: int) -> list[Line]:
    return [*lines[:height], *[()] * max(height - len(lines), 0)]


def _first(cursor: int, rows: int, levels: int) -> int:
    """The first level that is shown of a side: the best one, unless the cursor is farther out."""
    return max(min(cursor, levels) - rows, 0)


# Above the levels


def panel_title(
    name: str, trust: Trust, said: Sequence[Part], shown: Sequence[Part], focused: bool, width: int
) -> Line:
    """The first line of a panel: its name, how far it can be trusted, and how it is looked at.

    Of what is `shown`, the last parts go where there is no room for all.
    """
    left = (
        (f" {name} ", "chip-tab" if focused else "strong"),
        (" ", ""),
        (f"{trust.glyph} {trust.word}", trust.style),
        *said,
    )
    kept = list(shown)
    while kept and part_width([*left, *join(kept)]) + 2 > width:
        kept.pop()
    return spread(left, (*join(kept), (" ", "")), width)


def title(view: BookView | None, look: Look) -> Line:
    """Name, trust, age, and what part of the book is shown."""
    said: list[Part] = []
    trust = look.trust
    if not trust.good and trust.since is not None:
        said.append((f" for {duration(look.now - trust.since)}", trust.style))
    elif view is not None and view.at is not None:
        said.append((f" {age(look.now - view.at)} old", "title"))
    shown: list[Part] = []
    partial = look.focus.partial if view is None else view.status.partial
    if partial:
        shown.append(("partial", "degraded"))
    step = look.focus.step if view is None else view.step
    if step:
        shown.append((f"by {clean(step)}", "key"))
    resyncs = 0 if view is None else view.status.resyncs
    if resyncs:
        shown.append((f"{resyncs} resync{'' if resyncs == 1 else 's'}", "degraded"))
    shown.append((f"{look.focus.levels} levels", "title"))
    return panel_title("Book", trust, said, shown, look.focused, look.width)


def _reason(look: Look) -> list[Line]:
    if not look.trust.reason:
        return []
    wrapped = wrap(look.trust.reason, look.width - 2)[:REASON_LINES]
    return [((f" {line}", look.trust.style),) for line in wrapped]


# Levels


def _decimals(instrument: Instrument | None) -> tuple[int | None, int | None]:
    return (None, None) if instrument is None else (instrument.price_decimals, instrument.quantity_decimals)


def _price(level: LadderLevel, decimals: int | None) -> str:
    """A level's price with all decimals of the tick, so that points stand above one another."""
    text = price(level.price, decimals)
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(decimals, '0')}" if decimals else text


def _exact(value: Decimal, decimals: int | None) -> str:
    """A sum of quantities as the exchange would print it, less the zeros behind the step's decimals."""
    return price(f"{value:f}", decimals)


def _columns(
    asks: Sequence[Rung], bids: Sequence[Rung], instrument: Instrument | None, width: int
) -> Columns:
    """Prices have what they need; quantities what they want, up to a share of what is left."""
    price_decimals, qty_decimals = _decimals(instrument)
    both = (*asks, *bids)
    wide_price = max((width_of(_price(rung.level, price_decimals)) for rung in both), default=8)
    wide_qty = max((len(_exact(rung.qty, qty_decimals)) for rung in both), default=6)
    wide_total = max((len(_exact(rung.total, qty_decimals)) for rung in (*asks[-1:], *bids[-1:])), default=6)
    rank = 3 if width >= wide_price + 26 else 0
    cost = 9 if width >= 60 else 0
    left = width - rank - wide_price - 1 - cost
    share = max((left - 6) // 2, 7)
    qty, total = (
        2 + (max(wide, 6) if wide <= share else min(share, SHORT)) for wide in (wide_qty, wide_total)
    )
    bar = left - qty - total - 1
    return Columns(rank, wide_price + 1, qty, total, cost, min(bar, BAR_MOST) if bar >= BAR_LEAST else 0)


def _titles(columns: Columns, instrument: Instrument | None) -> Line:
    text = " " * columns.rank + "price".rjust(columns.price) + "size".rjust(columns.qty)
    text += "total".rjust(columns.total)
    if columns.cost:
        quote = "value" if instrument is None else clean(instrument.quote)
        text += (quote if width_of(quote) < columns.cost else "value").rjust(columns.cost)
    return ((text, "title"),)


def _fitted(value: Decimal, decimals: int | None, width: int) -> str:
    """With all its digits where they fit; otherwise in three digits and a unit."""
    exact = _exact(value, decimals)
    return (exact if len(exact) < width else human(value)).rjust(width)


def _level(
    side: Sequence[Rung], at: int, name: str, columns: Columns, instrument: Instrument | None, most: Decimal
) -> Line:
    if at >= len(side):
        return ()
    rung = side[at]
    price_decimals, qty_decimals = _decimals(instrument)
    style = "down" if name == "ask" else "up"
    # As few styles as tell the sides apart: over a slow link each costs more than what it colours.
    rank = f"{at + 1:>2} " if columns.rank else ""
    numbers = _fitted(rung.qty, qty_decimals, columns.qty) + _fitted(rung.total, qty_decimals, columns.total)
    if columns.cost:
        numbers += human(rung.cost).rjust(columns.cost)
    parts: list[Part] = [
        (rank + _price(rung.level, price_decimals).rjust(columns.price), style),
        (numbers, ""),
    ]
    if columns.bar:
        parts.append((" " + _bar(rung.total, most, columns.bar), style))
    return tuple(parts)


def _bar(value: Decimal, most: Decimal, width: int) -> str:
    """A bar in eighths of a cell; whatever is there at all shows at least one."""
    if most <= 0:
        return ""
    eighths = max(round(float(value / most) * width * 8), 1 if value else 0)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else ""))[:width]


# Between the sides


def _between(
    view: BookView, instrument: Instrument | None, asks: Sequence[Rung], bids: Sequence[Rung], look: Look
) -> list[Line]:
    """Spread, mid, microprice: of the exchange's own best levels, however the ladder is grouped."""
    best = best_of(view)
    if best is None:
        return [
            ((" asks ↑  ", "title"), ("", "") if asks else ("nobody sells", "stale")),
            ((" bids ↓  ", "title"), ("", "") if bids else ("nobody buys", "stale")),
        ]
    ticks = best.ticks(None if instrument is None else instrument.tick_size)
    said: list[Part] = [(f"spread {plain(best.spread)}", "strong")]
    if ticks is not None:
        said.append((f"{_ticks(ticks)}", ""))
    said.append((f"{_hundredths(best.bps)} bps", ""))
    prices = _mid(best, instrument)
    if view.step:
        prices = [*_bests(best, instrument), *prices] if look.width >= TWO_ABREAST else prices
    return [
        cut(((" asks ↑  ", "title"), *join(said)), look.width),
        cut(((" bids ↓  ", "title"), *join(prices)), look.width),
    ]


def _hundredths(value: Decimal | None) -> str:
    """Basis points, where what is there is never told as nothing."""
    text = bps(value)
    return "<0.001" if value and text == "0.000" else text


def _ticks(ticks: Decimal) -> str:
    text = plain(ticks) if ticks == ticks.to_integral_value() else rounded(ticks, 1)
    return f"{text} tick" if text == "1" else f"{text} ticks"


def _mid(best: Best, instrument: Instrument | None) -> list[Part]:
    decimals = instrument.price_decimals if instrument is not None else _places(best)
    return [
        (f"mid {plain(best.mid)}", ""),
        (f"micro {rounded(best.microprice, decimals + MORE_DECIMALS)}", ""),
    ]


def _places(best: Best) -> int:
    return max(len(plain(rung.price).partition(".")[2]) for rung in (best.bid, best.ask))


def _bests(best: Best, instrument: Instrument | None) -> list[Part]:
    """The best levels with their quantities."""
    decimals, step = _decimals(instrument)
    bid, ask = best.bid.level, best.ask.level
    return [
        (
            f"{price(bid.qty, step)} × {price(bid.price, decimals)} / "
            f"{price(ask.price, decimals)} × {price(ask.qty, step)}",
            "",
        )
    ]


# Below the levels


def _foot(
    view: BookView, instrument: Instrument | None, asks: Sequence[Rung], bids: Sequence[Rung], look: Look
) -> list[Line]:
    """Imbalance, the two series, and what eating up to the cursor costs."""
    width = look.width
    balance = _balance(imbalance(bids, asks), max(len(asks), len(bids)), width)
    shares = [value if value >= 0 else math.nan for value in view.imbalances]
    spreads = [value if value >= 0 else math.nan for value in view.spreads_bps]
    eaten = _eaten(asks, bids, instrument, look)
    if width >= TWO_ABREAST:
        half = width // 2
        both = (
            *_series(" bids %  ", shares, half, _percent),
            *_series(" spread  ", spreads, width - half, _bps),
        )
        return [balance, both, *eaten] if look.height >= ROOMY_LINES else [both, *eaten]
    if look.height < ROOMY_LINES:
        return [balance, *eaten]
    best = best_of(view) if view.step else None
    own = [cut(((" ", ""), *_bests(best, instrument)), width)] if best is not None else []
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
    return f"{bps(decimal_of(f'{low:.6f}'))} to {bps(decimal_of(f'{high:.6f}'))} bps"


def _balance(share: Decimal | None, levels: int, width: int) -> Line:
    if share is None:
        return ((" no quantity on either side", "title"),)
    bids = round(share * 100)
    left, right = f" bids {bids:>3}% ", f" {100 - bids}% asks of {levels}"
    bar = min(max(width - width_of(left) - width_of(right) - 1, BAR_LEAST), BAR_MOST)
    return ((left, "up"), (gauge(float(share), bar), "spark"), (right, "down"))


def _series(name: str, values: Sequence[float], width: int, said: Callable[[float, float], str]) -> Line:
    """The last minutes, with the smallest and the largest value: heights alone say nothing."""
    finite = [value for value in values if math.isfinite(value)]
    words = f" {said(min(finite), max(finite))}" if finite else " not seen good yet"
    room = max(width - width_of(name) - width_of(words) - 1, 0)
    drawn = sparkline(values, min(room, len(values))) if room >= BAR_LEAST and finite else ""
    return ((name, "title"), (drawn, "spark"), (words.ljust(width - width_of(name) - len(drawn)), "title"))


def _eaten(
    asks: Sequence[Rung], bids: Sequence[Rung], instrument: Instrument | None, look: Look
) -> list[Line]:
    """What taking everything up to the cursor's level costs, or brings."""
    lines = 3 if look.width < TWO_ABREAST and look.height >= ROOMY_LINES else 2
    side = asks if look.cursor > 0 else bids
    at = abs(look.cursor) - 1
    if not look.cursor or at >= len(side):
        hint: Line = ((" j k ", "key"), ("cost of eating up to a level", "title"))
        return [hint, *[()] * (lines - 1)]
    rung, best = side[at], side[0]
    decimals, qty_decimals = _decimals(instrument)
    base = "" if instrument is None else f" {clean(instrument.base)}"
    quote = "" if instrument is None else f" {clean(instrument.quote)}"
    verb, gives = ("buy", "costs") if look.cursor > 0 else ("sell", "brings")
    places = decimals if decimals is not None else len(rung.level.price.partition(".")[2])
    worse = DIVIDED.divide(abs(rung.average - best.price) * 10_000, best.price) if best.price else None
    return _flowed(
        [
            (f"{verb} {_exact(rung.total, qty_decimals)}{base}", "strong"),
            (f"up to {price(rung.level.price, decimals)}", ""),
            (f"{gives} {plain(rung.cost)}{quote}", "strong"),
            (f"average {rounded(rung.average, places + MORE_DECIMALS)}", ""),
            (f"{_hundredths(worse)} bps off the best", "title"),
        ],
        look.width,
        lines,
    )


def _flowed(parts: Sequence[Part], width: int, lines: int) -> list[Line]:
    """The parts in exactly so many lines, none broken; the last line is cut."""
    flowed: list[Line] = []
    line: list[Part] = []
    for part in parts:
        if line and len(flowed) < lines - 1 and part_width(join([*line, part])) + 1 > width:
            flowed.append(((" ", ""), *join(line)))
            line = []
        line.append(part)
    flowed.append(cut(((" ", ""), *join(line)), width))
    return [*flowed, *[()] * (lines - len(flowed))]
