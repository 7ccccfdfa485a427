"""What signed calls cost: the figures of the documents."""

from __future__ import annotations

import pytest

from bntui.venue.binance.account_limits import (
    COINM_ACCOUNT_CALLS,
    SPOT_ACCOUNT_CALLS,
    USDM_ACCOUNT_CALLS,
)
from bntui.venue.binance.limits import weight_of


@pytest.mark.parametrize(
    ("name", "with_it", "without"), [("open_orders", 6, 80), ("my_trades", 5, 20), ("account", 20, 20)]
)
def test_spot_asks_more_for_what_is_not_narrowed_down(name: str, with_it: int, without: int) -> None:
    assert weight_of(name, symbols=1, calls=SPOT_ACCOUNT_CALLS) == with_it
    assert weight_of(name, calls=SPOT_ACCOUNT_CALLS) == without


@pytest.mark.parametrize(
    ("name", "usdm", "coinm"), [("balance", 5, 1), ("user_trades", 5, 20), ("income", 30, 20)]
)
def test_the_futures_differ(name: str, usdm: int, coinm: int) -> None:
    assert weight_of(name, calls=USDM_ACCOUNT_CALLS) == usdm
    assert weight_of(name, calls=COINM_ACCOUNT_CALLS) == coinm


def test_a_whole_pair_of_coin_margined_contracts_costs_twice_as_much() -> None:
    assert weight_of("user_trades", symbols=1, calls=COINM_ACCOUNT_CALLS) == 40


def test_paths_are_those_of_the_host() -> None:
    assert all(cost.path.startswith("/fapi/v") for cost in USDM_ACCOUNT_CALLS.values())
    assert all(cost.path.startswith("/dapi/v1/") for cost in COINM_ACCOUNT_CALLS.values())
    assert USDM_ACCOUNT_CALLS["balance"].path == "/fapi/v3/balance"
