"""Several markets part symbols and activity among them, and each is listed under its own names."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market
from bntui.sim.listings import by_market, counts, keys, parts
from tests.sim.floors import NOW_MS

ALL = tuple(Market)


@pytest.mark.parametrize("markets", [ALL, (Market.USDM,), (Market.COINM, Market.SPOT)])
@pytest.mark.parametrize("symbols", [3, 20, 600])
def test_as_many_as_asked_for_are_listed_in_all(markets: tuple[Market, ...], symbols: int) -> None:
    found = counts(markets, symbols)
    assert list(found) == list(markets)
    assert sum(found.values()) == symbols
    assert min(found.values()) >= 1
    assert sum(parts(markets).values()) == pytest.approx(1.0)


def test_every_market_has_one_at_least() -> None:
    assert counts(ALL, 1) == {Market.SPOT: 1, Market.USDM: 1, Market.COINM: 1}


def test_spot_has_most_of_them() -> None:
    assert counts(ALL, 600) == {Market.SPOT: 300, Market.USDM: 210, Market.COINM: 90}


def test_the_markets_are_mixed_from_the_top() -> None:
    labels = [key.label for key in keys(ALL, 60, NOW_MS)]
    assert len(set(labels)) == 60
    assert {"BTCUSDT", "BTCUSDT.usdm", "BTCUSD_PERP.coinm"} <= set(labels[:14])
    assert [key.symbol for key in keys((Market.SPOT,), 3, NOW_MS)] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]


def test_names_may_carry_their_market() -> None:
    found = by_market(ALL, ["ETHUSDT", "BTCUSDT.usdm", "BTCUSD_PERP.coinm", "SOLUSDT.usdm"], NOW_MS)
    assert found == {
        Market.SPOT: ("ETHUSDT",),
        Market.USDM: ("BTCUSDT", "SOLUSDT"),
        Market.COINM: ("BTCUSD_PERP",),
    }
    assert by_market((Market.USDM,), 2, NOW_MS) == {Market.USDM: ("BTCUSDT", "ETHUSDT")}
