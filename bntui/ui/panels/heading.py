"""The lines above the panels: the symbol, its prices, what they are worth, and which panel is shown."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.model.markets import Instrument, SymbolKey
from bntui.model.views import WatchView
from bntui.ui.format import age, clean, decimal_of, human, percent, price
from bntui.ui.panels.numbers import unit_of
from bntui.ui.panels.trust import Trust
from bntui.ui.tables.watchlist import TICKS, USUAL_DECIMALS, change_of, newest_at, quote_volume_of
from bntui.ui.widgets.lines import Line, Part, cut, faded, part_width, spread, whole


def symbol_line(
    key: SymbolKey, row: WatchView | None, instrument: Instrument | None, trust: Trust, now: float, width: int
) -> Line:
    """Symbol, last price, change, bid and ask; at the right what they are worth.

    That is never cut off, and no price ever: one that lost its end looks like another.
    """
    decimals = USUAL_DECIMALS if instrument is None else instrument.price_decimals
    at = None if row is None else newest_at(row)
    right: list[Part] = [(f"{trust.glyph} {trust.word}", trust.style)]
    if at is not None:
        right.append((f" · {age(now - at)} old ", "title" if trust.good else trust.style))
    name: Part = (f" {clean(key.label)} ", "strong")
    if row is None:
        return spread((name, ("  no prices yet", "title")), right, width)
    glyph, style = TICKS.get(row.tick, (" ", ""))
    change = change_of(row)
    last: Part = (f" {glyph} {price(row.last, decimals)}", style or "strong")
    moved: Part = (f"  {percent(change)}", "" if not change else "up" if change > 0 else "down")
    bid, ask = price(row.bid, decimals), price(row.ask, decimals)
    room = width - part_width((name, *right)) - 1
    forms = (
        (last, moved, (f"   bid {bid}  ask {ask}", "")),
        (last, moved, (f"   {bid} / {ask}", "")),
        (last, moved),
        (last,),
    )
    prices = next((form for form in forms if part_width(form) <= room), ())
    return spread((name, *(prices if trust.good else faded(prices))), right, width)


def day_parts(row: WatchView | None, instrument: Instrument | None) -> list[Part]:
    """The last 24 hours: range and volume."""
    if row is None:
        return []
    decimals = USUAL_DECIMALS if instrument is None else instrument.price_decimals
    quote = "" if instrument is None else f" {clean(instrument.quote)}"
    return [
        (f"24h {price(row.low, decimals)} to {price(row.high, decimals)}", "title"),
        (f"{human(decimal_of(row.volume))} {unit_of(instrument)}".rstrip(), "title"),
        (f"{human(quote_volume_of(row, instrument))}{quote}", "title"),
    ]


def panel_tabs(panels: Sequence[tuple[str, Trust]], active: int, switches: str = "") -> Line:
    """The panels of which one is shown at a time; each tells how it is, seen or not.

    The key that `switches` to another is named, unless the room is needed.
    """
    tabs: list[Part] = []
    for at, (name, trust) in enumerate(panels):
        tabs += [
            (f" {name} ", "chip-tab" if at == active else "title"),
            (f"{trust.glyph} ", trust.style),
            (" ", ""),
        ]
    return (*tabs, (switches, "key"), (" switches", "title")) if switches else tuple(tabs)


def second_line(tabs: Line, trust: Trust, day: Sequence[Part], width: int) -> Line:
    """Tabs, where panels share a place; what is wrong with the symbol, and otherwise its last 24 hours."""
    room = width - part_width(tabs) - 2 if tabs else width - 1
    said: Line = ((clean(trust.reason), trust.style),) if trust.reason else whole(day, room)
    if not tabs:
        return cut(((" ", ""), *said), width)
    return spread(tabs, (*cut(said, room), (" ", "")) if room > 12 and said else (), width)
