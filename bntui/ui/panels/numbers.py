"""Prices, quantities and what is computed from them, as the panels of a book print them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bntui.ui.format import bps, clean, decimal_of, price
from bntui.ui.panels.depth import EXACT, Best, Rung, plain

if TYPE_CHECKING:
    from bntui.model.markets import Instrument
    from bntui.model.panels import LadderLevel
    from bntui.ui.widgets.lines import Part

MORE_DECIMALS = 2
"""Averages and the microprice are shown with so many decimals more than prices."""


def decimals_of(instrument: Instrument | None) -> tuple[int | None, int | None]:
    """Decimals of prices and of quantities, once they are known."""
    return (None, None) if instrument is None else (instrument.price_decimals, instrument.quantity_decimals)


def unit_of(instrument: Instrument | None) -> str:
    """What quantities are counted in: the base currency, or contracts."""
    if instrument is None:
        return ""
    return "contracts" if instrument.contract_size else clean(instrument.base)


def worth_asset(instrument: Instrument | None) -> str:
    """What the exchange counts a fill's worth in: the quote currency, of contracts (COIN-M) the base."""
    if instrument is None:
        return ""
    return clean(instrument.base if instrument.contract_size else instrument.quote)


def profit_asset(instrument: Instrument | None) -> str:
    """What a futures contract is settled in."""
    return "" if instrument is None else clean(instrument.margin)


def size_of(instrument: Instrument | None) -> Decimal | None:
    """Where quantities are counted in contracts: what one is worth in the quote currency."""
    return decimal_of(instrument.contract_size) if instrument is not None else None


def worth_of(rung: Rung, instrument: Instrument | None) -> Decimal:
    """What the levels up to this one are worth in the quote currency."""
    size = size_of(instrument)
    return rung.cost if size is None else EXACT.multiply(rung.total, size)


def value_of(price_text: str, qty: str, instrument: Instrument | None) -> Decimal | None:
    """What a quantity is worth in the quote currency at a price; None where that is not known."""
    at, count = decimal_of(price_text), decimal_of(qty)
    if at is None or count is None or instrument is None:
        return None
    return EXACT.multiply(count, size_of(instrument) or at)


def level_price(level: LadderLevel, decimals: int | None) -> str:
    """A level's price with all decimals of the tick, so that points stand above one another."""
    text = price(level.price, decimals)
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(decimals, '0')}" if decimals else text


def exact(value: Decimal, decimals: int | None) -> str:
    """A sum of quantities as the exchange would print it, less the zeros behind the step's decimals."""
    return price(f"{value:f}", decimals)


def hundredths(value: Decimal | None) -> str:
    """Basis points, where what is there is never told as nothing."""
    text = bps(value)
    return "<0.001" if value and text == "0.000" else text


def places_of(best: Best) -> int:
    """Decimals that the best prices are printed with, less zeros, for a symbol whose tick is not known."""
    return max(len(plain(rung.price).partition(".")[2]) for rung in (best.bid, best.ask))


def best_levels(best: Best, instrument: Instrument | None) -> Part:
    """The best levels with their quantities."""
    decimals, step = decimals_of(instrument)
    bid, ask = best.bid.level, best.ask.level
    return (
        f"{price(bid.qty, step)} × {price(bid.price, decimals)} / "
        f"{price(ask.price, decimals)} × {price(ask.qty, step)}",
        "",
    )
