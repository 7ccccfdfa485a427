from __future__ import annotations

import pytest

from bntui.model.account import Balance
from bntui.ui.tables.balances import balance_columns, is_empty, total_of
from bntui.ui.tables.own import Variety
from bntui.ui.widgets.columns import lay_out
from tests.model.account_samples import FUTURES, a_balance
from tests.support.market import WALL_MS

EVERYTHING = Variety(True, True, True, True)


def cells(row: Balance) -> dict[str, str]:
    columns = balance_columns(EVERYTHING, lambda: WALL_MS, spot=True)
    return {column.id: column.cell(row, column.width, 0.0)[0] for column in columns}


def test_spot_tells_what_is_free_and_what_orders_hold() -> None:
    shown = cells(a_balance("BTC", time_ms=WALL_MS - 42_000))
    assert (shown["free"], shown["locked"], shown["total"], shown["age"]) == ("1.00", "0.50", "1.50", "42s")
    assert shown["wallet"] == "—"


def test_futures_tell_the_wallet_and_know_nothing_of_locked() -> None:
    row = a_balance("USDT", owner=FUTURES, free=None, locked=None, wallet="1500.00000000")
    shown = cells(row)
    assert (shown["free"], shown["locked"], shown["total"], shown["wallet"]) == ("—", "—", "—", "1500.00")
    assert total_of(row) is None


@pytest.mark.parametrize(
    ("free", "locked", "wallet", "empty"),
    [
        ("0.00", "0", None, True),
        ("0", None, None, True),
        (None, None, "0", True),
        ("0", "0.1", None, False),
        (None, None, None, False),
        ("x", None, None, False),
    ],
)
def test_what_is_not_known_is_not_empty(
    free: str | None, locked: str | None, wallet: str | None, empty: bool
) -> None:
    assert is_empty(a_balance("BTC", free=free, locked=locked, wallet=wallet)) is empty


def test_columns_that_no_account_has_are_left_out() -> None:
    spot = {column.id for column in balance_columns(Variety(), lambda: 0, spot=True)}
    futures = {column.id for column in balance_columns(Variety(futures=True), lambda: 0, spot=False)}
    assert "wallet" not in spot
    assert not {"locked", "total"} & futures


def test_all_fits_80_columns() -> None:
    assert lay_out(balance_columns(Variety(False, True, False, True), lambda: 0, spot=True), 79)[-1].end <= 79
