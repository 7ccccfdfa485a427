"""The trades of the open symbol as lines, and what was bought and sold each minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from bntui.model.markets import Instrument
from bntui.model.panels import FLOW_MINUTES, NOT_RECORDED, MinuteFlow, Panels, TapeRow
from bntui.ui.format import clean, decimal_of, duration, fit, human, price, utc, width_of
from bntui.ui.panels import liquidations
from bntui.ui.panels.numbers import unit_of
from bntui.ui.panels.picture import Picture, bar, panel_title, round_scale
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import Line, Part, cut, faded, part_width

SIDES = {"buy": ("▲ buy ", "up"), "sell": ("▼ sell", "down")}
"""What the taker did: word and arrow say it, colour helps."""

FLOW_SHARE = 4
"""One line in so many may go to the minutes."""

FLOW_LEAST = 3
FLOW_MOST = 10
"""Minutes that are shown below the rows at least, where there is room for any, and at most."""

INSET = 1
"""Empty cells left of the rows: they begin where the title's word does."""

BESIDE = 71
"""From so many cells for the rows on, the minutes stand beside them,"""
FLOW_CELLS = 31
"""so wide,"""
GAP = 2
"""and so far from them."""

MILLIS_FROM = 46
"""From this width on, times are shown with milliseconds."""

UNITS = {"k": 3, "m": 6, "b": 9}
"""Short for thousands, millions, billions, in sizes that people type."""

REFILLED = "fetched"
"""Said of a trade that came by REST afterwards, and not when it happened."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the tape looks like, beside the trades themselves."""

    width: int
    height: int
    smallest: Decimal | None
    """Trades of less are not shown; holes always are."""
    anchor: int | None
    """Id of the first row shown, while it is held; None: the newest comes first."""
    single: bool
    trust: Trust
    focused: bool
    now: float
    liquidations: Trust | None = None
    """Of their stream; None for what is no contract, and has none."""

    @property
    def room(self) -> int:
        """Cells for what stands below the title."""
        return max(self.width - INSET, 0)

    @property
    def liquidation_lines(self) -> int:
        """Lines that go to liquidations."""
        return 0 if self.liquidations is None else liquidations.lines_for(self.height)


def smallest_of(text: str) -> Decimal | None:
    """The size that somebody typed: `0.5`, `10k`, `1.5M`; None for nothing, or what is no size."""
    typed = text.strip().lower().replace(",", "")
    power = UNITS.get(typed[-1:], 0)
    value = decimal_of(typed[:-1] if power else typed)
    return None if value is None or value <= 0 else value.scaleb(power)


def passes(row: TapeRow, smallest: Decimal | None) -> bool:
    """Is the row shown? What is missing is, whatever its size."""
    if smallest is None or not row.price:
        return True
    qty = decimal_of(row.qty)
    return qty is None or qty >= smallest


def shown_rows(tape: Sequence[TapeRow], look: Look, room: int) -> tuple[list[TapeRow], int]:
    """The rows that are shown, the newest first, and how many newer ones wait above them.

    What is held may be forgotten meanwhile, since a tape keeps so many rows only: then the oldest are shown.
    """
    passing = (row for row in reversed(tape) if passes(row, look.smallest))
    if look.anchor is None:
        return list(islice(passing, room)), 0
    rows = list(passing)
    held = next((at for at, row in enumerate(rows) if row.id <= look.anchor), len(rows))
    first = max(min(held, len(rows) - room), 0)
    return rows[first : first + room], first


def flow_lines_for(width: int, height: int) -> int:
    """Lines for the minutes, their title included, below the rows in a panel of this size."""
    if width >= BESIDE:
        return 0
    lines = min(height // FLOW_SHARE, FLOW_MOST + 1)
    return lines if lines > FLOW_LEAST else 0


def rows_for(look: Look) -> int:
    """Rows that a panel of this size shows: less its titles, the minutes and the liquidations."""
    other = flow_lines_for(look.room, look.height) + look.liquidation_lines
    return max(look.height - 2 - other, 1)


def draw(panels: Panels | None, instrument: Instrument | None, look: Look) -> Picture:
    """The whole panel."""
    if panels is None:
        return Picture([_title(look, 0), (), ((" Waiting for trades …", "title"),)])
    room = rows_for(look)
    rows, waiting = shown_rows(panels.tape, look, room)
    beside = look.room >= BESIDE
    width = look.room - FLOW_CELLS - GAP if beside else look.room
    lines = _body(rows, panels.skipped, instrument, look, width)
    lines += [()] * max(room + 1 - len(lines), 0)
    if beside:
        minutes = flow_lines(panels.flows, instrument, FLOW_CELLS, len(lines))
        lines = [
            (*row, (" " * (width + GAP - part_width(row)), ""), *minute)
            for row, minute in zip(lines, minutes, strict=False)
        ]
    elif below := flow_lines_for(look.room, look.height):
        lines += flow_lines(panels.flows, instrument, look.room, below)
    if not look.trust.good:
        lines = [faded(line) for line in lines]
    if look.liquidations is not None:
        # They come over another stream, on USD-M over another connection: they are good or not by themselves.
        lines += liquidations.liquidation_lines(
            panels.liquidations, instrument, look.liquidations, look.room, look.liquidation_lines
        )
    inset: Part = (" " * INSET, "")
    return Picture(
        [_title(look, waiting), *((inset, *line) if line else () for line in lines)][: look.height]
    )


def _title(look: Look, waiting: int) -> Line:
    said: list[Part] = []
    if not look.trust.good and look.trust.since is not None:
        said.append((f" for {duration(look.now - look.trust.since)}", look.trust.style))
    shown: list[Part] = []
    if look.anchor is not None:
        shown.append((f"held: {waiting} newer ↑" if waiting else "held", "degraded"))
    if look.smallest is not None:
        shown.append((f"≥ {human(look.smallest)}", "key"))
    if look.single:
        shown.append(("single", "key"))
    return panel_title("Trades", look.trust, said, shown, look.focused, look.width)


# Rows


@dataclass(frozen=True, slots=True)
class _Columns:
    clock: Callable[[int], str]
    side: int
    price: int
    qty: int


def _body(
    rows: Sequence[TapeRow], skipped: int, instrument: Instrument | None, look: Look, width: int
) -> list[Line]:
    price_decimals = None if instrument is None else instrument.price_decimals
    qty_decimals = None if instrument is None else instrument.quantity_decimals
    wide = width >= MILLIS_FROM
    trades = [row for row in rows if row.price]
    wide_price = max((width_of(price(row.price, price_decimals)) for row in trades), default=8)
    wide_qty = max((width_of(price(row.qty, qty_decimals)) for row in trades), default=6)
    side = 6 if width >= 36 else 1
    taken = (12 if wide else 8) + 1 + side + wide_price + 2
    columns = _Columns(
        _millis if wide else utc,
        side,
        wide_price + 1,
        min(max(wide_qty, 6), max(width - taken - 5, 7)) + 1,
    )
    unit = unit_of(instrument) or "size"
    named = unit if width_of(unit) < columns.qty else "size"
    clock = "time UTC".ljust(12 if wide else 8)
    head = f"{clock} {'':{side}}{'price'.rjust(columns.price)}{named.rjust(columns.qty)}"
    lines: list[Line] = [(((head + " trades") if part_width([(head, "")]) + 7 <= width else head, "title"),)]
    if skipped:
        lines[0] = (*lines[0], (f"  {skipped} passed by", "degraded"))
    if not rows:
        words = "No trade of that size yet." if look.smallest is not None else "No trade yet."
        return [*lines, ((words, "title"),)]
    return lines + [
        _row(row, columns, price_decimals, qty_decimals, width) if row.price else _hole(row, columns, width)
        for row in rows
    ]


def _millis(epoch_ms: int) -> str:
    return f"{utc(epoch_ms)}.{epoch_ms % 1000:03}"


def _row(
    row: TapeRow, columns: _Columns, price_decimals: int | None, qty_decimals: int | None, width: int
) -> Line:
    words, style = SIDES.get(row.side, ("?     ", "stale"))
    qty = price(row.qty, qty_decimals)
    if width_of(qty) >= columns.qty:
        qty = human(decimal_of(row.qty))
    size = qty.rjust(columns.qty) + (f" ×{row.trades}" if row.trades > 1 else "")
    parts: list[Part] = [
        # Time, side and price in one style: over a slow link each costs more than what it colours.
        (
            f"{columns.clock(row.time_ms)} {words[: columns.side]}"
            f"{price(row.price, price_decimals).rjust(columns.price)}",
            style,
        ),
        (size, ""),
    ]
    if row.refilled:
        mark = f" {REFILLED}"
        parts.append((mark if part_width(parts) + len(mark) <= width else " ↻", "quiet"))
    return cut(parts, width)


def _hole(row: TapeRow, columns: _Columns, width: int) -> Line:
    """What is missing between two trades, and whether it was found since."""
    if row.trades == NOT_RECORDED:
        # Nothing was lost: why there is none stands beside it in the book.
        return cut([("┄ trades are not recorded", "title")], width)
    count = "some trades" if row.trades <= 0 else "1 trade" if row.trades == 1 else f"{row.trades} trades"
    cause = f": {clean(row.cause)}" if row.cause else ""
    if row.refilled:
        text, style = f"{count} fetched since{cause}", "quiet"
    else:
        text, style = f"{count} missing{cause}", "blind"
    lead = f"{columns.clock(row.time_ms)} ┄ "
    if width_of(lead + text) > width:
        lead = "┄ "
    if row.refilled and width_of(lead + text) > width:
        text = f"{count} fetched since"
    return cut([(lead, "title"), (text, style)], width)


# Minutes


def flow_lines(
    flows: Mapping[int, MinuteFlow], instrument: Instrument | None, width: int, lines: int
) -> list[Line]:
    """Bought and sold by takers in each of the last minutes, the newest first, under a title."""
    newest = sorted(flows, reverse=True)[: min(lines - 1, FLOW_MINUTES)]
    minutes = [flows[open_ms] for open_ms in newest]
    unit = f"{unit_of(instrument)} " if instrument is not None else ""
    partly = any(not flow.complete for flow in minutes)
    mark = "  ~ in part " if partly else ""
    said = f"{unit}bought ▲ and sold ▼ a minute"
    for shorter in (f"{unit}▲ ▼ a minute", f"{unit}▲ ▼"):
        if width_of(said) + len(mark) > width:
            said = shorter
    head: Line = ((fit(said, max(width - len(mark), 0)), "title"), (mark, "degraded"))
    most = max(
        (value for flow in minutes for value in (_qty(flow.buy_qty), _qty(flow.sell_qty))), default=Decimal(0)
    )
    most = round_scale(most)
    room = max((width - 6 - 2 * 8) // 2, 0)
    drawn = [_minute(flow, most, room) for flow in minutes]
    return [head, *drawn, *[()] * (lines - 1 - len(drawn))]


def _qty(text: str) -> Decimal:
    return decimal_of(text) or Decimal(0)


def _minute(flow: MinuteFlow, most: Decimal, room: int) -> Line:
    parts: list[Part] = [
        (utc(flow.open_ms, "%H:%M"), "title"),
        (" " if flow.complete else "~", "degraded"),
    ]
    for glyph, qty, style in (("▲", flow.buy_qty, "up"), ("▼", flow.sell_qty, "down")):
        value = _qty(qty)
        parts += [(f"{glyph}{human(value):>6} ", style), (bar(value, most, room).ljust(room), style)]
    return tuple(parts)
