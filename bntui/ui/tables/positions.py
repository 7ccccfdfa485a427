"""Columns of positions: what they are worth at the mark price, and how far they are from liquidation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from bntui.model.account import Position
from bntui.model.markets import Instrument, Market
from bntui.model.views import WatchView
from bntui.ui.format import NONE, clean, decimal_of, duration, human, price
from bntui.ui.panels.depth import DIVIDED, EXACT, ROUNDED, rounded
from bntui.ui.panels.numbers import MORE_DECIMALS, decimals_of, profit_asset, size_of
from bntui.ui.tables.orders import RowOf
from bntui.ui.tables.own import (
    ASSET_CELLS,
    InstrumentOf,
    Variety,
    gain_within,
    owner_columns,
    price_within,
    quantity_within,
    side_cell,
    signed,
    trend,
)
from bntui.ui.tables.watchlist import is_untrusted
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.lines import Part

FRESH_S = 10.0
"""A mark price older than this is not the market's any more: it comes once a second, or every three."""

CLOSED_SHOWN_MS = 60_000
"""A position that was closed is shown so long, as such."""

PNL_DECIMALS = 4
"""Decimals of what is computed with a division: contracts are worth fractions of a coin."""

NEAR_PERCENT = Decimal(5)
"""A liquidation this near is marked."""

MARGIN_CALL = "MARGIN CALL"


@dataclass(frozen=True, slots=True)
class Worth:
    """What a position is worth, and how old that is."""

    mark: str | None
    pnl: Decimal | None
    age_s: float | None
    """None: it follows the market."""


def signed_qty(position: Position) -> Decimal | None:
    """The quantity, below zero for a short one in whatever way it is told."""
    qty = decimal_of(position.qty)
    if qty is None:
        return None
    return -abs(qty) if position.side == "SHORT" else qty


def direction(position: Position) -> str:
    """`LONG`, `SHORT`, or empty where there is none."""
    qty = signed_qty(position)
    if not qty:
        return ""
    return "LONG" if qty > 0 else "SHORT"


def is_closed(position: Position) -> bool:
    """Is nothing of it left?"""
    return decimal_of(position.qty) == 0


def worth_of(
    position: Position, row: WatchView | None, instrument: Instrument | None, now: float, wall_ms: int
) -> Worth:
    """At the market's mark price where that is known and fresh; otherwise as the exchange told it last."""
    mark_at = None if row is None else row.mark_at
    if row is not None and mark_at is not None and now - mark_at <= FRESH_S and not is_untrusted(row):
        pnl = pnl_at(position, decimal_of(row.mark_price), size_of(instrument))
        if pnl is not None:
            return Worth(row.mark_price, pnl, None)
    old_s = max(wall_ms - position.time_ms, 0) / 1000
    return Worth(position.mark_price, decimal_of(position.unrealized_pnl), old_s)


def pnl_at(position: Position, mark: Decimal | None, contract: Decimal | None) -> Decimal | None:
    """Profit or loss at this mark price; of contracts (COIN-M) in the base asset, at what each is worth."""
    qty, entry = signed_qty(position), decimal_of(position.entry_price)
    if qty is None or entry is None or mark is None or entry <= 0 or mark <= 0:
        return None
    if position.owner.market is not Market.COINM:
        return EXACT.multiply(qty, EXACT.subtract(mark, entry))
    if contract is None:
        return None
    worth = EXACT.multiply(qty, contract)
    return DIVIDED.subtract(DIVIDED.divide(worth, entry), DIVIDED.divide(worth, mark))


def asset_of(position: Position, instrument: Instrument | None) -> str:
    """What its profit is counted in."""
    return clean(position.margin_asset) or profit_asset(instrument)


def liquidation_percent(position: Position, mark: str | None) -> Decimal | None:
    """How far the mark price is from where the exchange would close it, in per cent of the mark price."""
    at, now = decimal_of(position.liquidation_price), decimal_of(mark)
    if not at or at <= 0 or not now or now <= 0:
        return None
    return DIVIDED.divide(EXACT.multiply(abs(EXACT.subtract(now, at)), Decimal(100)), now)


def margin_note(position: Position, wall_ms: int) -> Cell | None:
    """What a margin call says in place of the row's last columns."""
    if position.margin_call_ms is None or is_closed(position):
        return None
    ago = duration((wall_ms - position.margin_call_ms) / 1000)
    return f"✖ {MARGIN_CALL} {ago} ago", "chip-blind"


def position_columns(
    told: Variety, instrument: InstrumentOf, row_of: RowOf, wall_ms: Callable[[], int], *, called: bool
) -> tuple[Column[Position], ...]:
    """One row a position. `called`: the exchange has warned of the margin of one."""

    def worth(row: Position, now: float) -> Worth:
        return worth_of(row, row_of(row.key), instrument(row.key), now, wall_ms())

    def symbol(row: Position, _width: int, _now: float) -> Cell:
        return clean(row.symbol), "strong"

    def side(row: Position, _width: int, _now: float) -> Cell:
        if is_closed(row):
            return "closed", "faint"
        return side_cell(direction(row) or row.side)

    def qty(row: Position, width: int, _now: float) -> Cell:
        return quantity_within(row.qty, decimals_of(instrument(row.key))[1], width), ""

    def entry(row: Position, width: int, _now: float) -> Cell:
        return price_within(rounded_price(row.entry_price, instrument(row.key)), None, width), ""

    def mark(row: Position, width: int, now: float) -> Cell:
        return price_within(rounded_price(worth(row, now).mark, instrument(row.key)), None, width), ""

    def pnl(row: Position, width: int, now: float) -> Cell:
        value = worth(row, now).pnl
        asset = asset_of(row, instrument(row.key)) if told.coins else ""
        return NONE if value is None else gain_within(rounded_pnl(value, row), asset, width), trend(value)

    def old(row: Position, _width: int, now: float) -> Cell:
        age_s = worth(row, now).age_s
        return ("now", "faint") if age_s is None else (duration(age_s), "degraded")

    def liquidation(row: Position, _width: int, now: float) -> Cell:
        away = liquidation_percent(row, worth(row, now).mark)
        if away is None:
            return NONE, ""
        near = away <= NEAR_PERCENT
        return f"{'! ' if near else ''}{away_text(away)}", "blind" if near else ""

    def warned(row: Position, width: int, _now: float) -> Cell:
        note = margin_note(row, wall_ms())
        if note is None:
            return "", ""
        return (note[0] if width >= len(note[0]) else "✖ CALL"), note[1]

    def liquidated(row: Position, width: int, _now: float) -> Cell:
        return price_within(rounded_price(row.liquidation_price, instrument(row.key)), None, width), "faint"

    def margin(row: Position, _width: int, _now: float) -> Cell:
        return clean(row.margin_type), "faint"

    more = ASSET_CELLS if told.coins else 0
    return (
        Column("symbol", "position", told.symbol_least, symbol, widest=max(16, told.symbol)),
        *owner_columns(told, Position),
        Column("side", "side", 7, side),
        *((Column("warned", "", 6, warned, widest=24, keeps_style=True),) if called else ()),
        Column("qty", "qty", 6, qty, align="right", widest=14),
        Column("entry", "entry", 10, entry, rank=4, align="right", widest=14),
        Column("mark", "mark", 10, mark, rank=3, align="right", widest=14),
        Column("pnl", "uPnL", 9 + more, pnl, rank=1, align="right", widest=16 + more),
        Column("age", "as of", 6, old, rank=2, align="right"),
        Column("away", "to liq", 7, liquidation, align="right"),
        Column("liquidation", "liq price", 10, liquidated, rank=5, align="right", widest=14),
        Column("margin", "margin", 8, margin, rank=6),
    )


def away_text(percent: Decimal) -> str:
    """`4.34%`, `246%`, `12.3k%`."""
    if percent >= 10_000:
        return f"{human(percent)}%"
    return f"{rounded(percent, 2 if percent < 100 else 0)}%"


def rounded_pnl(value: Decimal, position: Position) -> Decimal:
    """In the digits that the market counts it in."""
    decimals = PNL_DECIMALS if position.owner.market is Market.COINM else 2
    return ROUNDED.quantize(value, Decimal(1).scaleb(-decimals))


def pnl_text(value: Decimal, position: Position) -> str:
    """The same with its sign."""
    return signed(rounded_pnl(value, position))


def rounded_price(text: str | None, instrument: Instrument | None) -> str:
    """A price that the exchange computes, with two digits more than prices that are traded at."""
    value = decimal_of(text)
    decimals = decimals_of(instrument)[0]
    if value is None or decimals is None:
        return price(text)
    return price(rounded(value, decimals + MORE_DECIMALS), decimals)


def position_detail(position: Position, worth: Worth, instrument: Instrument | None) -> tuple[Part, ...]:
    """What is known of a position beyond its columns, the most important first."""
    parts: list[Part] = [(f"{position.owner.label} {clean(position.symbol)}", "strong")]
    if position.margin_call_ms is not None and not is_closed(position):
        parts.append((f"{MARGIN_CALL}: add margin or make it smaller", "blind"))
    if worth.pnl is not None:
        unit = f" {asset_of(position, instrument)}".rstrip()
        parts.append((f"unrealised {pnl_text(worth.pnl, position)}{unit}", trend(worth.pnl)))
    if worth.age_s is not None:
        parts.append((f"as the exchange told it {duration(worth.age_s)} ago", "degraded"))
    parts.append((f"mark {rounded_price(worth.mark, instrument)}", ""))
    parts.append((f"entry {rounded_price(position.entry_price, instrument)}", ""))
    if position.break_even_price is not None:
        parts.append((f"break even {rounded_price(position.break_even_price, instrument)}", ""))
    liquidation = rounded_price(position.liquidation_price, instrument)
    parts.append(
        ("no liquidation price is known" if liquidation == NONE else f"liquidation {liquidation}", "")
    )
    parts.append((clean(position.margin_type), "title"))
    if position.isolated_margin is not None:
        parts.append((f"isolated margin {price(position.isolated_margin, 2)}", "title"))
    return tuple(part for part in parts if part[0])
