"""A host's rules: which path a stream flows on, what is a stream there, and which numbers hold."""

from __future__ import annotations

import pytest

from bntui.model.markets import Market, StreamKind
from bntui.sim.house import COINM_HOUSE, HOUSES, SPOT_HOUSE, USDM_HOUSE, House


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("btcusdt@bookTicker", "/public"),
        ("!bookTicker", "/public"),
        ("btcusdt@depth@100ms", "/public"),
        ("btcusdt@depth5", "/public"),
        ("btcusdt@rpiDepth@500ms", "/public"),
        ("btcusdt@trade", "/public"),
        ("btcusdt@aggTrade", "/market"),
        ("btcusdt@kline_1m", "/market"),
        ("btcusdt_perpetual@continuousKline_1m", "/market"),
        ("btcusdt@markPrice@1s", "/market"),
        ("!markPrice@arr", "/market"),
        ("btcusdt@ticker", "/market"),
        ("!miniTicker@arr", "/market"),
        ("btcusdt@forceOrder", "/market"),
    ],
)
def test_each_stream_of_usdm_flows_on_one_path(name: str, path: str) -> None:
    spec = USDM_HOUSE.spec(name)
    assert spec is not None
    assert [root for root in ("/public", "/market", "/private") if USDM_HOUSE.flows(spec, root)] == [path]


@pytest.mark.parametrize("house", [SPOT_HOUSE, COINM_HOUSE], ids=lambda house: house.market)
def test_the_others_have_one_path_for_everything(house: House) -> None:
    spec = house.spec("btcusd_perp@kline_1m")
    assert spec is not None
    assert house.flows(spec, "")
    assert list(house.roots) == [""]


def test_a_connection_to_usdm_without_a_path_acts_as_a_public_one() -> None:
    assert USDM_HOUSE.roots[""] == "/public"


def test_some_names_with_their_default_speed_are_streams_of_spot() -> None:
    spec = SPOT_HOUSE.spec("btcusdt@depth5@1000ms")
    assert spec is not None
    assert spec.kind is StreamKind.PARTIAL_DEPTH
    assert SPOT_HOUSE.spec("btcusdt@trade@1000ms") is None
    assert USDM_HOUSE.spec("btcusdt@kline_1s") is None


def test_there_is_a_house_for_every_market_with_its_own_numbers() -> None:
    assert set(HOUSES) == set(Market)
    futures = (USDM_HOUSE, COINM_HOUSE)
    assert [house.announces_shutdown for house in (SPOT_HOUSE, *futures)] == [True, False, False]
    assert {house.limits.request_weight for house in futures} == {2_400}
    assert (SPOT_HOUSE.limits.server_ping_interval_s, USDM_HOUSE.limits.server_ping_interval_s) == (20, 180)
