"""Do the amounts add up? A fill that nobody told shows, however small, and a told one never does."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from bntui.feed.core.bookkeeping import (
    MOVES_KEPT,
    QUIET_MS,
    Amount,
    Bookkeeping,
    Payment,
    position_amounts,
    position_changes,
    spot_amounts,
    spot_changes,
    symbol_of,
)
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from tests.feed.core.accountworld import PAIRS, balance, fill, position

OWNER = AccountKey("main", Market.SPOT)
FUTURES = AccountKey("main", Market.USDM)
T = 1_000_000


def amounts(time_ms: int, **texts: str) -> dict[str, Amount]:
    """So much of each asset."""
    return {asset: Amount(Decimal(text), time_ms) for asset, text in texts.items()}


def books(**texts: str) -> Bookkeeping:
    """Spot's, that compares with these amounts."""
    made = Bookkeeping(spot_changes, lambda: PAIRS)
    made.rebase(amounts(T, **texts), T)
    return made


def test_without_amounts_from_before_nothing_can_be_compared() -> None:
    made = Bookkeeping(spot_changes, lambda: PAIRS)
    assert not made.started
    assert made.differences({}, T) is None


def test_told_fills_and_payments_explain_what_changed() -> None:
    made = books(BTC="50", USDT="1000")
    buy = fill(OWNER, "BTCUSDT", 1, T + 10)
    made.count(buy)
    made.count(Payment("USDT", Decimal("-100"), T + 20))
    usdt = 1_000 - Decimal(buy.quote_qty) - Decimal(buy.fee) - 100
    now = amounts(T + 30, BTC=str(50 + Decimal(buy.qty)), USDT=str(usdt))
    assert made.differences(now, T + 30) == {}


def test_a_fill_that_nobody_told_shows_in_both_assets() -> None:
    made = books(BTC="50", USDT="1000")
    now = amounts(T + 30, BTC="48", USDT="1019.99")
    assert made.differences(now, T + 30) == {"BTC": Decimal("-2"), "USDT": Decimal("19.99")}


def test_an_asset_that_is_gone_shows_too() -> None:
    assert books(BTC="50").differences({}, T + 30) == {"BTC": Decimal("-50")}


def test_no_digit_is_lost() -> None:
    made = books(BTC="0." + "1" * 40)
    made.count(Payment("BTC", Decimal("1e-38"), T + 5))
    now = amounts(T + 9, BTC="0." + "1" * 40)
    assert made.differences(now, T + 9) == {"BTC": Decimal("-1e-38")}


def test_a_fill_after_the_answer_s_time_is_not_in_the_answer() -> None:
    made = books(BTC="50", USDT="1000")
    made.count(fill(OWNER, "BTCUSDT", 1, T + 40))
    made.count(fill(OWNER, "BTCUSDT", 2, T - 1))
    assert made.differences(amounts(T + 30, BTC="50", USDT="1000"), T + 30) == {}


@pytest.mark.parametrize("held", [True, False])
def test_the_first_amounts_may_or_may_not_hold_a_fill_of_the_same_millisecond(held: bool) -> None:
    made = books(BTC="50")
    buy = fill(OWNER, "BTCUSDT", 1, T)
    made.count(buy)
    btc = str(50 if held else 50 + Decimal(buy.qty))
    usdt = "0" if held else str(-Decimal(buy.quote_qty) - Decimal(buy.fee))
    assert made.differences(amounts(T + 9_000, BTC=btc, USDT=usdt), T + 9_000) == {}


def test_a_symbol_whose_assets_are_not_known_leaves_nothing_to_say() -> None:
    made = books(BTC="50")
    made.count(fill(OWNER, "NEWUSDT", 1, T + 10))
    assert made.differences(amounts(T + 30, BTC="50"), T + 30) is None


@pytest.mark.parametrize("in_answer", [True, False])
def test_with_a_fill_in_the_same_moment_the_older_amount_serves_on(in_answer: bool) -> None:
    made = books(BTC="50", USDT="1000")
    buy = fill(OWNER, "BTCUSDT", 1, T + 10_000)
    made.count(buy)
    after = amounts(T + 10_000, BTC=str(50 + Decimal(buy.qty)), USDT=str(1_000 - Decimal(buy.quote_qty)))
    before = amounts(T + 10_000, BTC="50", USDT="1000")
    made.rebase(after if in_answer else before, T + 10_000)
    later = T + 10_000 + 2 * QUIET_MS
    usdt = 1_000 - Decimal(buy.quote_qty) - Decimal(buy.fee)
    assert made.differences(amounts(later, BTC=str(50 + Decimal(buy.qty)), USDT=str(usdt)), later) == {}


def test_what_does_not_add_up_goes_on_not_to() -> None:
    made = books(BTC="50", ETH="1")
    now = amounts(T + 9_000, BTC="49", ETH="1")
    made.rebase(now, T + 9_000, but=["BTC"])
    assert made.differences(amounts(T + 20_000, BTC="49", ETH="1"), T + 20_000) == {"BTC": Decimal(-1)}


def test_beyond_the_bound_moves_are_summed_up() -> None:
    made = books(USDT="0")
    for each in range(MOVES_KEPT + 100):
        made.count(Payment("USDT", Decimal(1), T + 1 + each))
    late = T + MOVES_KEPT + 200
    assert made.differences(amounts(late, USDT=str(MOVES_KEPT + 100)), late) == {}
    assert made.differences(amounts(T + 50, USDT="50"), T + 50) is None, "older than what was summed up"


def test_a_later_run_compares_with_what_this_one_did() -> None:
    made = books(BTC="50", USDT="1000")
    made.count(Payment("USDT", Decimal("7"), T + 5))
    kept = json.loads(json.dumps(made.memory()))
    later = Bookkeeping(spot_changes, lambda: PAIRS)
    later.remember(kept)
    assert later.differences(amounts(T + 9, BTC="50", USDT="1007"), T + 9) == {}
    later.forget()
    assert not later.started


def test_positions_are_signed() -> None:
    made = Bookkeeping(position_changes, lambda: {})
    held = position_amounts([position(FUTURES, "BTCUSDT", "-5", T)])
    made.rebase(held, T)
    sell = fill(FUTURES, "BTCUSDT", 1, T + 10, "SELL")
    made.count(sell)
    now = position_amounts([position(FUTURES, "BTCUSDT", str(-5 - Decimal(sell.qty)), T + 10)])
    assert made.differences(now, T + 20) == {}
    assert {symbol_of(key) for key in now} == {"BTCUSDT"}


def test_free_and_locked_count_together() -> None:
    assert spot_amounts([balance(OWNER, "BTC", "1.5", T, "0.25")]) == amounts(T, BTC="1.75")
