"""The table of markets."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market
from bntui.venue.binance.limits import SPOT
from bntui.venue.markets import venue


def test_spot_comes_with_its_own_limits() -> None:
    spot = venue(Market.SPOT, {})
    assert spot.market is Market.SPOT
    assert spot.limits == SPOT


def test_overrides_reach_the_limits_and_the_calls_made_from_them() -> None:
    spot = venue(Market.SPOT, {"own_stream_cap": 5, "klines_rows": 10})
    assert spot.limits.own_stream_cap == 5
    with pytest.raises(ValueError, match="1 to 10 candles"):
        spot.calls.klines("BTCUSDT", "1m", 11)


def test_an_override_of_no_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="no limit is called nonsense"):
        venue(Market.SPOT, {"nonsense": 1})


@pytest.mark.parametrize("market", [Market.USDM, Market.COINM])
def test_a_market_that_is_not_served_is_refused_in_words(market: Market) -> None:
    with pytest.raises(ValueError, match=f"does not serve the {market} market yet; it serves spot"):
        venue(market, {})
