"""The words of an account: what makes its things one of a kind, and when an order is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.account import AccountKey
from bntui.model.markets import Market, SymbolKey
from tests.model.account_samples import MAIN, a_fill, an_order


def test_an_account_is_another_on_another_market() -> None:
    assert AccountKey("main", Market.SPOT).label == "main.spot"
    assert a_fill(1).identity != a_fill(1, owner=AccountKey("main", Market.USDM)).identity


def test_a_trade_is_one_of_a_kind_within_its_symbol_only() -> None:
    assert a_fill(7).identity == replace(a_fill(7), price="1").identity
    assert a_fill(7).identity != replace(a_fill(7), symbol="ETHUSDT").identity
    assert a_fill(7).key == SymbolKey(MAIN.market, "BTCUSDT")


@pytest.mark.parametrize(
    "status", ["NEW", "PARTIALLY_FILLED", "PENDING_NEW", "A_WORD_OF_TOMORROW", "TRIGGERED"]
)
def test_an_order_is_open_until_a_word_says_that_it_is_over(status: str) -> None:
    assert an_order(1, status=status).open


@pytest.mark.parametrize(
    "status", ["FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH", "FINISHED"]
)
def test_a_final_status_ends_an_order(status: str) -> None:
    assert not an_order(1, status=status).open


def test_a_conditional_order_is_not_the_order_that_it_sets_off() -> None:
    assert an_order(5).identity != replace(an_order(5), conditional=True).identity
