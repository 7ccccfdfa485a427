"""Columns of the fills, and of their sums for each symbol."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from bntui.model.account import AccountKey, Fill
from bntui.model.markets import Instrument
from bntui.ui.fills import SumKey, Sums, slippage_bps
from bntui.ui.format import NONE, clean, decimal_of, human, price, utc, width_of
from bntui.ui.panels.depth import plain, rounded
from bntui.ui.panels.numbers import MORE_DECIMALS, decimals_of, profit_asset, size_of, worth_asset
from bntui.ui.tables.own import (
    ASSET_CELLS,
    InstrumentOf,
    Variety,
    amount_within,
    asset_amount,
    gain_within,
    moment,
    owner_columns,
    price_within,
    quantity_within,
    side_cell,
    signed,
    signed_within,
    trend,
)
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.lines import Part

RECOVERED = "recovered"
"""Said of a fill that no stream told, in full and short."""
RECOVERED_SHORT = "rec"

QUOTE_DECIMALS = 2
"""Zeros behind so many decimals of a worth say nothing."""


class SumRow(NamedTuple):
    """The sums of one symbol, as a row."""

    key: SumKey
    sums: Sums

    @property
    def owner(self) -> AccountKey:
        """Whose they are."""
        return self.key.owner


def slippage_text(value: Decimal | None) -> str:
    """`+1.2`: so many hundredths of a per cent worse than the mid; below zero better."""
    if value is None:
        return NONE
    size = abs(value)
    if size >= 10_000:
        return f"{'+' if value > 0 else '-'}{human(size)}"
    text = rounded(value, 1 if size < 100 else 0)
    if not text.strip("-0."):
        return "0.0"
    return f"+{text}" if value > 0 else text


def fill_columns(
    told: Variety, instrument: InstrumentOf, wall_ms: Callable[[], int]
) -> tuple[Column[Fill], ...]:
    """One row a fill."""

    def time(row: Fill, width: int, _now: float) -> Cell:
        return moment(row.time_ms, width, wall_ms()), ""

    def symbol(row: Fill, _width: int, _now: float) -> Cell:
        return clean(row.symbol), "strong"

    def side(row: Fill, _width: int, _now: float) -> Cell:
        return side_cell(row.side)

    def position(row: Fill, _width: int, _now: float) -> Cell:
        return clean(row.position_side), "faint"

    def at(row: Fill, width: int, _now: float) -> Cell:
        return price_within(row.price, decimals_of(instrument(row.key))[0], width), ""

    def qty(row: Fill, width: int, _now: float) -> Cell:
        return quantity_within(row.qty, decimals_of(instrument(row.key))[1], width), ""

    def quote(row: Fill, width: int, _now: float) -> Cell:
        asset = worth_asset(instrument(row.key)) if told.coins else ""
        worth = quantity_within(row.quote_qty, QUOTE_DECIMALS, width - width_of(asset) - 1)
        return f"{worth} {asset}".rstrip(), ""

    def fee(row: Fill, width: int, _now: float) -> Cell:
        return amount_within(row.fee, row.fee_asset, width), "faint"

    def realized(row: Fill, width: int, _now: float) -> Cell:
        value = decimal_of(row.realized_pnl)
        asset = profit_asset(instrument(row.key)) if told.coins else ""
        return NONE if value is None else gain_within(value, asset, width), trend(value)

    def liquidity(row: Fill, _width: int, _now: float) -> Cell:
        return "maker" if row.maker else "taker", "faint"

    def slippage(row: Fill, _width: int, _now: float) -> Cell:
        value = slippage_bps(row)
        return slippage_text(value), ""

    def recovered(row: Fill, width: int, _now: float) -> Cell:
        if not row.recovered:
            return "", ""
        return (RECOVERED if width >= len(RECOVERED) else RECOVERED_SHORT), "degraded"

    more = ASSET_CELLS if told.coins else 0
    pnl = (Column("realized", "realised", 9 + more, realized, rank=2, align="right", widest=14 + more),)
    return (
        Column("time", "time UTC", 11, time, widest=14),
        *owner_columns(told, Fill),
        Column("symbol", "symbol", told.symbol_least, symbol, widest=max(16, told.symbol)),
        Column("side", "side", 6, side),
        *((Column("position", "pos", 5, position, rank=3),) if told.sides else ()),
        Column("price", "price", 10, at, align="right", widest=14),
        Column("qty", "qty", 9, qty, align="right", widest=14),
        Column("quote", "worth", 11 + more, quote, rank=3, align="right", widest=16 + more),
        Column("fee", "fee", 12, fee, rank=1, align="right", widest=20),
        *(pnl if told.futures else ()),
        Column("slippage", "slip bps", 8, slippage, rank=4, align="right"),
        Column("liquidity", "as", 5, liquidity, rank=4),
        Column("recovered", "", 3, recovered, widest=len(RECOVERED)),
    )


def fill_detail(row: Fill, instrument: Instrument | None) -> tuple[Part, ...]:
    """What is known of a fill beyond its columns, the most important first."""
    parts: list[Part] = [(f"fill {row.id} of {clean(row.key.label)}", "strong")]
    if row.recovered:
        parts.append((f"{RECOVERED} at {utc(row.received_ms)} UTC: no stream told it", "degraded"))
    realized = decimal_of(row.realized_pnl)
    if realized is not None:
        unit = f" {profit_asset(instrument)}".rstrip()
        parts.append((f"realised {signed(realized)}{unit}", trend(realized)))
    parts.append(("maker" if row.maker else "taker", ""))
    slippage = slippage_bps(row)
    if slippage is not None and row.mid is not None:
        parts.append((f"{slippage_text(slippage)} bps to the mid {price(row.mid, QUOTE_DECIMALS)}", ""))
    elif not row.recovered:
        parts.append(("no mid: the symbol was not watched, or its prices were not good", "title"))
    decimals, step = decimals_of(instrument)
    parts.append((f"{price(row.qty, step)} at {price(row.price, decimals)}", ""))
    parts.append((f"worth {price(row.quote_qty, QUOTE_DECIMALS)} {worth_asset(instrument)}".rstrip(), ""))
    parts.append((f"fee {asset_amount(row.fee, row.fee_asset)}", ""))
    if row.position_side not in ("", "BOTH"):
        parts.append((clean(row.position_side), ""))
    parts.append((f"order {row.order_id} {clean(row.client_order_id)}".rstrip(), "faint"))
    return tuple(parts)


def fees_text(sums: Sums) -> str:
    """`0.3 BNB, 1.25 USDT`; nothing where no fee was paid."""
    return ", ".join(asset_amount(f"{paid:f}", asset) for asset, paid in sorted(sums.fees.items())) or "none"


def fees_within(sums: Sums, width: int) -> str:
    """The same in at most so many cells: a single one shortened, of several how many there are."""
    whole = fees_text(sums)
    if width_of(whole) <= width:
        return whole
    if len(sums.fees) == 1:
        ((asset, paid),) = sums.fees.items()
        return amount_within(f"{paid:f}", asset, width)
    return f"in {len(sums.fees)} assets"


def average_places(instrument: Instrument | None) -> int:
    """Decimals of an average price: two more than prices have."""
    decimals = decimals_of(instrument)[0]
    return (decimals if decimals is not None else QUOTE_DECIMALS) + MORE_DECIMALS


def sum_columns(told: Variety, instrument: InstrumentOf) -> tuple[Column[SumRow], ...]:
    """One row a symbol."""

    def symbol(row: SumRow, _width: int, _now: float) -> Cell:
        return clean(row.key.symbol), "strong"

    def fills(row: SumRow, _width: int, _now: float) -> Cell:
        return str(row.sums.fills), "stale" if row.sums.unreadable else ""

    def quantity(value: Decimal, row: SumRow, width: int) -> str:
        return quantity_within(f"{value:f}", decimals_of(instrument(row.key.key))[1], width)

    def average(value: Decimal | None, row: SumRow, width: int) -> str:
        if value is None:
            return NONE
        return price_within(rounded(value, average_places(instrument(row.key.key))), None, width)

    def bought(row: SumRow, width: int, _now: float) -> Cell:
        return quantity(row.sums.bought, row, width), "up" if row.sums.bought else "faint"

    def paid(row: SumRow, width: int, _now: float) -> Cell:
        return average(row.sums.average_bought(size_of(instrument(row.key.key))), row, width), ""

    def sold(row: SumRow, width: int, _now: float) -> Cell:
        return quantity(row.sums.sold, row, width), "down" if row.sums.sold else "faint"

    def got(row: SumRow, width: int, _now: float) -> Cell:
        return average(row.sums.average_sold(size_of(instrument(row.key.key))), row, width), ""

    def net(row: SumRow, width: int, _now: float) -> Cell:
        return signed_within(row.sums.net, width), trend(row.sums.net)

    def fees(row: SumRow, width: int, _now: float) -> Cell:
        return fees_within(row.sums, width), "faint"

    def realized(row: SumRow, width: int, _now: float) -> Cell:
        if not row.sums.realizing:
            return NONE, ""
        asset = profit_asset(instrument(row.key.key)) if told.coins else ""
        return gain_within(row.sums.realized, asset, width), trend(row.sums.realized)

    more = ASSET_CELLS if told.coins else 0
    pnl = (Column("realized", "realised", 10 + more, realized, rank=1, align="right", widest=16 + more),)
    return (
        Column("symbol", "sums", told.symbol_least, symbol, widest=max(16, told.symbol)),
        *owner_columns(told, SumRow),
        Column("fills", "fills", 5, fills, align="right"),
        Column("bought", "▲ bought", 10, bought, align="right", widest=16),
        Column("paid", "average", 11, paid, rank=2, align="right", widest=14),
        Column("sold", "▼ sold", 10, sold, align="right", widest=16),
        Column("got", "average", 11, got, rank=2, align="right", widest=14),
        Column("net", "net", 10, net, align="right", widest=16),
        *(pnl if told.futures else ()),
        Column("fees", "fees", 16, fees, rank=1, align="right", widest=40),
    )


def sum_detail(row: SumRow, instrument: InstrumentOf) -> tuple[Part, ...]:
    """The sums of a symbol in words: what its columns have no room for."""
    of = instrument(row.key.key)
    places, sums = average_places(of), row.sums
    parts: list[Part] = [(f"{row.owner.label} {clean(row.key.symbol)}", "strong")]
    if sums.unreadable:
        parts.append((f"without {sums.unreadable} whose numbers cannot be read", "stale"))
    for word, qty, average in (
        ("bought", sums.bought, sums.average_bought(size_of(of))),
        ("sold", sums.sold, sums.average_sold(size_of(of))),
    ):
        if average is not None:
            parts.append((f"{word} {plain(qty)} at {rounded(average, places)}", ""))
    if sums.realizing:
        unit = f" {profit_asset(of)}".rstrip()
        parts.append((f"realised {signed(sums.realized)}{unit}", trend(sums.realized)))
    parts.append((f"fees {fees_text(sums)}", ""))
    return tuple(parts)
