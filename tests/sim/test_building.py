"""Each served market gets its source, its rules and its numbers; the futures share a floor and a pool."""

from __future__ import annotations

import pytest

from bntui.clock import ManualClock
from bntui.model.markets import Market
from bntui.sim.building import SimConfig, built
from bntui.sim.floor import Front
from bntui.venue.binance.limits import SPOT

ALL = tuple(Market)


def test_markets_come_in_the_order_in_which_they_were_named() -> None:
    markets, playback = built(SimConfig(20, markets=(Market.COINM, Market.SPOT, Market.USDM)), ManualClock())
    assert list(markets) == [Market.COINM, Market.SPOT, Market.USDM]
    assert [one.exchange.house.market for one in markets.values()] == list(markets)
    assert sum(len(one.exchange.source.pairs) for one in markets.values()) == 20
    assert playback is None


def test_the_futures_share_what_addresses_have_used_and_spot_does_not() -> None:
    markets, _ = built(SimConfig(20, markets=ALL), ManualClock())
    spot, usdm, coinm = (markets[market].exchange for market in ALL)
    assert usdm.doors is coinm.doors
    assert usdm.doors is not spot.doors


def test_each_market_is_held_to_its_own_numbers_and_to_those_that_replace_them() -> None:
    config = SimConfig(6, markets=ALL, overrides={"pong_timeout_s": 7.0})
    markets, _ = built(config, ManualClock())
    limits = {market: one.exchange.limits for market, one in markets.items()}
    assert {one.pong_timeout_s for one in limits.values()} == {7.0}
    assert [limits[market].request_weight for market in ALL] == [6_000, 2_400, 2_400]
    same = SPOT.override({"request_weight": 5.0})
    assert SimConfig(limits=same).limits_of(Market.USDM).request_weight == 5.0


@pytest.mark.parametrize("market", [Market.USDM, Market.COINM])
def test_a_family_that_is_not_served_is_in_the_arrays_all_the_same(market: Market) -> None:
    markets, _ = built(SimConfig(5, markets=(market,)), ManualClock())
    front = markets[market].exchange.source
    assert isinstance(front, Front)
    assert len(front.pairs) == 5
    families = {pair.contract.family for pair in front._market.pairs if pair.contract}
    assert families == {1, 2}


def test_symbols_can_be_named() -> None:
    config = SimConfig(("ETHUSDT", "SOLUSDT.usdm", "BTCUSD_PERP.coinm"), markets=ALL)
    markets, _ = built(config, ManualClock())
    listed = [pair.symbol for one in markets.values() for pair in one.exchange.source.pairs]
    assert listed == ["ETHUSDT", "SOLUSDT", "BTCUSD_PERP"]


def test_a_market_is_the_same_beside_others_as_alone() -> None:
    clock = ManualClock()
    names = ("BTCUSDT", "ETHUSDT")
    alone, _ = built(SimConfig(names, rate=100.0), clock)
    beside, _ = built(SimConfig(names, rate=200.0, markets=ALL[:2]), clock)
    desks = [one[Market.SPOT].exchange.source.desk("BTCUSDT") for one in (alone, beside)]
    assert desks[0] is not None
    assert desks[1] is not None
    assert desks[0].book.bids.top(5) == desks[1].book.bids.top(5)


def test_accounts_trade_on_every_market_as_often_as_they_are_told() -> None:
    clock = ManualClock()
    config = SimConfig(symbols=12, markets=tuple(Market), fills_per_s=5.0)
    found, _ = built(config, clock)
    heard: dict[tuple[Market, str], list[object]] = {}
    for market, one in found.items():
        for name, account in one.exchange.users.accounts.items():
            account.subscribe(heard.setdefault((market, name), []).append)
    for _ in range(60):
        clock.advance(0.05)
        for one in found.values():
            one.exchange.tick()
    assert len(heard) == 2 * len(Market)
    assert all(len(events) > 10 for events in heard.values())
