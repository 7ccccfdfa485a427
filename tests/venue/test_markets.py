"""The table of markets."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.endpoints import Environment
from bntui.venue.binance.futures_limits import COINM, USDM
from bntui.venue.binance.futures_payloads import family_of_symbol
from bntui.venue.binance.limits import SPOT, US
from bntui.venue.limits import Limits
from bntui.venue.markets import venue


@pytest.mark.parametrize(
    ("market", "limits"), [(Market.SPOT, SPOT), (Market.USDM, USDM), (Market.COINM, COINM)]
)
def test_every_market_comes_with_its_own_limits(market: Market, limits: Limits) -> None:
    assert venue(market, {}).market is market
    assert venue(market, {}).limits == limits


@pytest.mark.parametrize("environment", [Environment.TESTNET, Environment.DEMO])
@pytest.mark.parametrize("market", Market)
def test_test_environments_have_the_limits_of_the_main_one(market: Market, environment: Environment) -> None:
    assert venue(market, {}, environment).limits == venue(market, {}).limits


def test_binance_us_has_rules_of_its_own() -> None:
    assert venue(Market.SPOT, {}, Environment.US).limits == US
    assert venue(Market.SPOT, {"own_stream_cap": 5}, Environment.US).limits.server_ping_interval_s == 180


@pytest.mark.parametrize("market", Market)
def test_overrides_reach_the_limits_and_the_calls_made_from_them(market: Market) -> None:
    changed = venue(market, {"own_stream_cap": 5, "klines_rows": 10})
    assert changed.limits.own_stream_cap == 5
    with pytest.raises(ValueError, match="1 to 10 candles"):
        changed.calls.klines("BTCUSDT", "1m", 11)


@pytest.mark.parametrize("market", Market)
def test_an_override_of_no_limit_is_refused(market: Market) -> None:
    with pytest.raises(ValueError, match="no limit is called nonsense"):
        venue(market, {"nonsense": 1})


@pytest.mark.parametrize("market", Market)
def test_what_a_row_needs_can_be_named_and_has_a_path(market: Market) -> None:
    served = venue(market, {})
    for kind in served.watch_kinds:
        spec = StreamSpec(kind, "BTCUSDT")
        assert served.parse_stream(served.format_stream(spec)) == spec
        assert served.stream_path(spec).endswith("/stream")


@pytest.mark.parametrize("market", Market)
def test_every_kind_of_stream_has_a_path_or_is_refused(market: Market) -> None:
    served = venue(market, {})
    for kind in StreamKind:
        # Each kind needs other fields beside its symbol; one of these names it where the market has it.
        for spec in _specs(kind):
            try:
                name = served.format_stream(spec)
            except ValueError:
                continue
            assert served.stream_path(served.parse_stream(name)).endswith("/stream")


def _specs(kind: StreamKind) -> list[StreamSpec]:
    return [
        StreamSpec(kind),
        StreamSpec(kind, speed="1s"),
        StreamSpec(kind, interval="1h"),
        StreamSpec(kind, "BTCUSDT"),
        StreamSpec(kind, "BTCUSDT_PERPETUAL", interval="1m"),
        StreamSpec(kind, "BTCUSDT", interval="1h"),
        StreamSpec(kind, "BTCUSDT", levels=5),
        StreamSpec(kind, "BTCUSDT", speed="500ms"),
    ]


@pytest.mark.parametrize("market", Market)
def test_a_first_run_watches_symbols_that_are_of_the_market(market: Market) -> None:
    starter = venue(market, {}).starter
    assert len(starter) == len(set(starter)) > 10
    in_coins = [family_of_symbol(symbol) is Market.COINM for symbol in starter]
    assert set(in_coins) == {market is Market.COINM}


def test_the_futures_markets_share_their_request_weight_and_spot_does_not() -> None:
    pools = {market: venue(market, {}).weight_pool for market in Market}
    assert pools[Market.USDM] == pools[Market.COINM] != pools[Market.SPOT]


@pytest.mark.parametrize("market", Market)
def test_one_call_for_statistics_may_name_as_many_symbols_as_it_says(market: Market) -> None:
    served = venue(market, {})
    one = served.calls.tickers(["A"])
    full = served.calls.tickers(["A"] * served.tickers_a_call)
    assert one.weight == full.weight < served.calls.tickers(()).weight


@pytest.mark.parametrize("market", Market)
def test_every_interval_of_a_market_is_one_of_its_candles(market: Market) -> None:
    served = venue(market, {})
    for interval in served.intervals:
        served.parse_stream(f"btcusdt@kline_{interval}")
        served.calls.klines("BTCUSDT", interval, 1)
