"""The order book as lines: asks above, bids below, what lies between them in the middle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bntui.model.markets import Instrument
from bntui.model.panels import BookView, Focus
from bntui.ui.format import age, clean, decimal_of, duration, human, width_of, wrap
from bntui.ui.panels.depth import EXACT, Best, Rung, best_of, plain, rounded, rungs
from bntui.ui.panels.foot import CURSOR_KEYS, TWO_ABREAST, foot
from bntui.ui.panels.numbers import (
    MORE_DECIMALS,
    best_levels,
    decimals_of,
    exact,
    hundredths,
    level_price,
    places_of,
    worth_of,
)
from bntui.ui.panels.own import NO_ORDERS, Level, OwnOrders
from bntui.ui.panels.picture import BAR_LEAST, BAR_MOST, Picture, bar, panel_title, round_scale
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import Line, Part, cut, faded, join

REASON_LINES = 3
"""Lines at most for why a book is not good."""

SHORT = 8
"""Cells for quantities of which some are too long to be shown with all their digits."""


OWN, OWN_DOUBTFUL = "◆", "◇"
"""Before what is left of own orders at a level; hollow while the account cannot be heard."""


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
    own: OwnOrders = NO_ORDERS
    keys: str = CURSOR_KEYS
    """Those that move the cursor, as the user has them."""


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
    if view is None or not (look.trust.good or view.bids or view.asks):
        # Of a book that is not known nobody can say that a side is empty.
        waiting = "" if look.trust.reason else "The book is being opened …"
        return Picture(_filled([*head, (), ((f" {waiting}", "title"),)], look.height))
    asks, bids = rungs(view.asks), rungs(view.bids)
    middle = _between(view, instrument, asks, bids, look)
    below_all = foot(view, instrument, (asks, bids), look.cursor, look.width, look.height, look.keys)
    columns = _columns(asks, bids, instrument, look.width)
    room = max(look.height - len(head) - 1 - len(middle) - len(below_all), 2)
    above = room // 2
    below = room - above
    first_ask, first_bid = _first(look.cursor, above, len(asks)), _first(-look.cursor, below, len(bids))
    farthest = (*asks[: first_ask + above][-1:], *bids[: first_bid + below][-1:])
    most = round_scale(max((rung.total for rung in farthest), default=Decimal(0)))
    own = look.own.on_levels(decimal_of(view.step))
    marked = _Marks(own, look.own.good)
    lines = [*head, _titles(columns, instrument)]
    places: dict[int, int] = {}
    for at in range(first_ask + above - 1, first_ask - 1, -1):
        if at < len(asks):
            places[len(lines)] = at + 1
        lines.append(_level(asks, at, "ask", columns, instrument, most, marked))
    lines += middle
    for at in range(first_bid, first_bid + below):
        if at < len(bids):
            places[len(lines)] = -at - 1
        lines.append(_level(bids, at, "bid", columns, instrument, most, marked))
    lit = next((line for line, level in places.items() if level == look.cursor), None)
    lines += below_all
    if not look.trust.good:
        lines[len(head) :] = [faded(line) for line in lines[len(head) :]]
    return Picture(_filled(lines, look.height), lit, places)


def _filled(lines: Sequence[Line], height: int) -> list[Line]:
    return [*lines[:height], *[()] * max(height - len(lines), 0)]


def _first(cursor: int, rows: int, levels: int) -> int:
    """The first level that is shown of a side: the best one, unless the cursor is farther out."""
    return max(min(cursor, levels) - rows, 0)


# Above the levels


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
    if look.own.resting:
        shown.append((f"{OWN if look.own.good else OWN_DOUBTFUL} {len(look.own.resting)} own", "key"))
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


def _columns(
    asks: Sequence[Rung], bids: Sequence[Rung], instrument: Instrument | None, width: int
) -> Columns:
    """Prices have what they need; quantities what they want, up to a share of what is left."""
    price_decimals, qty_decimals = decimals_of(instrument)
    both = (*asks, *bids)
    wide_price = max((width_of(level_price(rung.level, price_decimals)) for rung in both), default=8)
    wide_qty = max((len(exact(rung.qty, qty_decimals)) for rung in both), default=6)
    wide_total = max((len(exact(rung.total, qty_decimals)) for rung in (*asks[-1:], *bids[-1:])), default=6)
    rank = 4 if width >= wide_price + 27 else 0
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
    whole = exact(value, decimals)
    return (whole if len(whole) < width else human(value)).rjust(width)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is left of own orders, by level."""

    left: Mapping[Level, Decimal]
    good: bool

    def text(self, name: str, price: Decimal, decimals: int | None, room: int) -> str:
        """The mark of a level, in at most so many cells where that can be; empty where nothing is own."""
        left = self.left.get((name, price.normalize(EXACT))) if self.left else None
        if left is None:
            return ""
        sign = OWN if self.good else OWN_DOUBTFUL
        whole = f"{sign} {exact(left, decimals)}"
        return whole if len(whole) <= room else f"{sign}{human(left)}"


def _level(
    side: Sequence[Rung],
    at: int,
    name: str,
    columns: Columns,
    instrument: Instrument | None,
    most: Decimal,
    marks: _Marks,
) -> Line:
    if at >= len(side):
        return ()
    rung = side[at]
    price_decimals, qty_decimals = decimals_of(instrument)
    style = "down" if name == "ask" else "up"
    # As few styles as tell the sides apart: over a slow link each costs more than what it colours.
    rank = f" {at + 1:>2} " if columns.rank else ""
    qty = _fitted(rung.qty, qty_decimals, columns.qty)
    total = _fitted(rung.total, qty_decimals, columns.total)
    if columns.cost:
        total += human(worth_of(rung, instrument)).rjust(columns.cost)
    head: Part = (rank + level_price(rung.level, price_decimals).rjust(columns.price), style)
    own = marks.text(name, rung.price, qty_decimals, columns.bar)
    if len(own) > columns.bar:
        # Rather than nowhere, in place of the totals.
        room = len(total) + (columns.bar + 1 if columns.bar else 0)
        return head, (qty, ""), (marks.text(name, rung.price, qty_decimals, room - 1).rjust(room), "key")
    parts: list[Part] = [head, (qty + total, "")]
    if columns.bar:
        drawn = bar(rung.total, most, columns.bar)
        room = columns.bar - len(own)
        parts.append((" " + (drawn[: max(room - 1, 0)].ljust(room) if own else drawn), style))
    if own:
        parts.append((own, "key"))
    return tuple(parts)


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
    said.append((f"{hundredths(best.bps)} bps", ""))
    prices = _mid(best, instrument)
    if view.step:
        prices = [best_levels(best, instrument), *prices] if look.width >= TWO_ABREAST else prices
    return [
        cut(((" asks ↑  ", "title"), *join(said)), look.width),
        cut(((" bids ↓  ", "title"), *join(prices)), look.width),
    ]


def _ticks(ticks: Decimal) -> str:
    text = plain(ticks) if ticks == ticks.to_integral_value() else rounded(ticks, 1)
    return f"{text} tick" if text == "1" else f"{text} ticks"


def _mid(best: Best, instrument: Instrument | None) -> list[Part]:
    decimals = instrument.price_decimals if instrument is not None else places_of(best)
    return [
        (f"mid {plain(best.mid)}", ""),
        (f"micro {rounded(best.microprice, decimals + MORE_DECIMALS)}", ""),
    ]
