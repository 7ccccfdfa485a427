"""Amounts are exact, and printed as each market prints them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bntui.sim import amounts
from bntui.sim.contracts import contract
from bntui.sim.instruments import Pair
from tests.sim.floors import NOW_MS

PAIR = Pair("BTCUSDT", "BTC", "USDT", 1_000_000, 1_000)


def test_what_is_bought_on_spot_costs_price_times_quantity_to_the_last_digit() -> None:
    assert amounts.price(PAIR, 9_125_012) == Decimal("91250.12")
    assert amounts.quantity(PAIR, 1_374) == Decimal("0.01374")
    assert amounts.worth(PAIR, 9_125_012, 1_374) == Decimal("91250.12") * Decimal("0.01374")


def test_a_contract_of_dollars_is_worth_the_less_of_the_coin_the_dearer_that_is() -> None:
    coin = contract("BTCUSD_PERP", NOW_MS, coin_margined=True)
    ticks = 100_000 * 10**8 // coin.tick_e8
    assert amounts.worth(coin, ticks, 5) == Decimal("0.00500000")


@pytest.mark.parametrize(
    ("amount", "least", "text"),
    [
        ("0", 0, "0"),
        ("-0", 0, "0"),
        ("-0.000000001", 0, "0"),
        ("100", 0, "100"),
        ("0.50", 0, "0.5"),
        ("-0.12345678", 0, "-0.12345678"),
        ("7", 2, "7.00"),
        ("0", 1, "0.0"),
    ],
)
def test_futures_print_no_zeros_at_the_end(amount: str, least: int, text: str) -> None:
    assert amounts.plain(Decimal(amount), least) == text


def test_spot_prints_eight_decimals_and_cuts_off_the_rest() -> None:
    assert amounts.eight(Decimal("1.999999999")) == "1.99999999"
    assert amounts.eight(Decimal(3)) == "3.00000000"
