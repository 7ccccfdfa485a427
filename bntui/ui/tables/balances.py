"""Columns of balances."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from bntui.model.account import Balance
from bntui.ui.format import NONE, clean, decimal_of, duration
from bntui.ui.panels.depth import EXACT
from bntui.ui.tables.own import Variety, owner_columns, quantity_within
from bntui.ui.widgets.columns import Cell, Column

DECIMALS = 2
"""Zeros behind so many decimals of an amount say nothing."""


def total_of(balance: Balance) -> Decimal | None:
    """Free and locked together; None where either is not known."""
    free, locked = decimal_of(balance.free), decimal_of(balance.locked)
    return None if free is None or locked is None else EXACT.add(free, locked)


def is_empty(balance: Balance) -> bool:
    """Is it known that there is nothing? What is not known may be much."""
    told = [text for text in (balance.free, balance.locked, balance.wallet) if text is not None]
    return bool(told) and all(decimal_of(text) == 0 for text in told)


def balance_columns(told: Variety, wall_ms: Callable[[], int], *, spot: bool) -> tuple[Column[Balance], ...]:
    """One row an asset of an account; `spot`: there are accounts that lock what open orders need."""

    def asset(row: Balance, _width: int, _now: float) -> Cell:
        return clean(row.asset), "strong"

    def free(row: Balance, width: int, _now: float) -> Cell:
        return quantity_within(row.free, DECIMALS, width), ""

    def locked(row: Balance, width: int, _now: float) -> Cell:
        return quantity_within(row.locked, DECIMALS, width), "quiet" if decimal_of(row.locked) else "faint"

    def total(row: Balance, width: int, _now: float) -> Cell:
        value = total_of(row)
        return NONE if value is None else quantity_within(f"{value:f}", DECIMALS, width), ""

    def wallet(row: Balance, width: int, _now: float) -> Cell:
        return quantity_within(row.wallet, DECIMALS, width), ""

    def old(row: Balance, _width: int, _now: float) -> Cell:
        return duration((wall_ms() - row.time_ms) / 1000), "faint"

    own = (
        Column("locked", "in orders", 12, locked, align="right", widest=18),
        Column("total", "total", 12, total, rank=2, align="right", widest=18),
    )
    return (
        Column("asset", "balance", 8, asset, widest=14),
        *owner_columns(told, Balance),
        Column("free", "free", 13, free, align="right", widest=18),
        *(own if spot else ()),
        *((Column("wallet", "wallet", 12, wallet, align="right", widest=18),) if told.futures else ()),
        Column("age", "changed", 7, old, rank=1, align="right"),
    )
