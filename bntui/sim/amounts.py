"""Exact amounts of money: what ticks, steps and their products are worth, and how amounts are printed."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from bntui.sim.instruments import Pair

NOTHING = Decimal(0)
_LEAST = Decimal("0.00000001")
"""Accounts are kept in eight decimals."""


def price(pair: Pair, ticks: int) -> Decimal:
    """A price in the quote asset."""
    return Decimal(ticks * pair.tick_e8).scaleb(-8)


def quantity(pair: Pair, steps: int) -> Decimal:
    """A quantity of the base asset, or of contracts."""
    return Decimal(steps * pair.step_e8).scaleb(-8)


def worth(pair: Pair, ticks: int, steps: int) -> Decimal:
    """What so many steps cost at a price: in the quote asset, and of contracts of dollars in the base asset,
    to the eighth decimal."""
    if pair.contract is not None and pair.contract.dollars:
        return rounded(quantity(pair, steps) * pair.contract.dollars / price(pair, ticks))
    return price(pair, ticks) * quantity(pair, steps)


def rounded(amount: Decimal) -> Decimal:
    """The nearest amount that an account can hold."""
    return amount.quantize(_LEAST, ROUND_HALF_EVEN)


def cut(amount: Decimal) -> Decimal:
    """An amount that an account can hold, nearer to nothing."""
    return amount.quantize(_LEAST, ROUND_DOWN)


def eight(amount: Decimal) -> str:
    """With eight decimals, as Spot prints everything."""
    return f"{cut(amount):f}"


def plain(amount: Decimal, least: int = 0) -> str:
    """Without zeros at the end, as the futures print; `least`: decimals that are printed all the same."""
    text = f"{cut(amount):f}".rstrip("0")
    whole, _, places = text.partition(".")
    places = places.ljust(least, "0")
    if not whole.lstrip("-").strip("0") and not places.strip("0"):
        whole = whole.lstrip("-")
    return f"{whole}.{places}" if places else whole
