"""Positions that the exchange closed, as lines below the trades, the newest first."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.model.markets import Instrument
from bntui.model.panels import LiquidationRow
from bntui.ui.format import clean, human, price, utc, width_of
from bntui.ui.panels.numbers import decimals_of, unit_of, value_of
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import Line, Part, cut, faded, part_width, spread

CLOSED = {"long": ("▼ long ", "down"), "short": ("▲ short", "up")}
"""What was closed, and where the order that closed it pushed: word and arrow say it, colour helps."""

LEAST = 3
"""Lines without which they are not shown at all: the title, and room for two."""

MOST = 9

SHARE = 5
"""One line in so many goes to them."""


def lines_for(height: int) -> int:
    """Lines for them, their title included, below other rows in a panel of this height."""
    lines = min(height // SHARE, MOST)
    return lines if lines >= LEAST else 0


def liquidation_lines(
    rows: Sequence[LiquidationRow], instrument: Instrument | None, trust: Trust, width: int, lines: int
) -> list[Line]:
    """Exactly so many lines: the title with the state of the stream, then the newest liquidations."""
    if lines <= 0:
        return []
    state: Part = (f"{trust.glyph} {trust.word} ", trust.style)
    drawn: list[Line] = [spread((("liquidations", "title"),), (state,), width)]
    shown = list(reversed(rows))[: lines - 1]
    if not shown:
        drawn.append(cut((("none since it was opened", "title"),), width))
    elif trust.good:
        drawn += _rows(shown, instrument, width)
    else:
        drawn += [faded(line) for line in _rows(shown, instrument, width)]
    drawn = drawn[:lines]
    return drawn + [()] * (lines - len(drawn))


def _rows(rows: Sequence[LiquidationRow], instrument: Instrument | None, width: int) -> list[Line]:
    decimals, step = decimals_of(instrument)
    prices = [price(row.price, decimals) for row in rows]
    sizes = [price(row.qty, step) for row in rows]
    wide_price, wide_size = max(map(width_of, prices)), max(map(width_of, sizes))
    unit, quote = unit_of(instrument), "" if instrument is None else clean(instrument.quote)
    drawn: list[Line] = []
    for row, at, size in zip(rows, prices, sizes, strict=True):
        word, style = CLOSED.get(row.closed, ("?      ", "stale"))
        worth = value_of(row.price, row.qty, instrument)
        said = "" if worth is None else f"  {human(worth)} {quote}"
        forms: tuple[tuple[Part, ...], ...] = tuple(
            ((f"{utc(row.time_ms)} {word[: cells or None]} {at.rjust(wide_price)}", style), (tail, ""))
            for cells, tail in (
                (0, f" {size.rjust(wide_size)} {unit}{said}"),
                (0, f" {size.rjust(wide_size)}{said}"),
                (0, f" {size.rjust(wide_size)}"),
                (1, f" {size.rjust(wide_size)}"),
            )
        )
        fitting = next((form for form in forms if part_width(form) <= width), forms[-1])
        drawn.append(cut(fitting, width))
    return drawn
