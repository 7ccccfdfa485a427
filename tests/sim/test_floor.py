"""Contracts follow the Spot price, and each of the two hosts shows what it should of them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bntui.sim.market import LINGER_S
from bntui.sim.pricing import middle
from tests.sim.floors import Pit

USDM_STREAMS = (
    "btcusdt@trade",
    "btcusdt@aggTrade",
    "btcusdt@bookTicker",
    "btcusdt@depth",
    "btcusdt@depth@100ms",
    "btcusdt@depth10@500ms",
    "btcusdt@rpiDepth@500ms",
    "btcusdt@kline_1m",
    "btcusdt_perpetual@continuousKline_1s",
    "btcusdt@markPrice@1s",
    "btcusdt@ticker",
    "btcusdt@miniTicker",
    "!bookTicker",
    "!markPrice@arr@1s",
    "!ticker@arr",
    "!miniTicker@arr",
    "!forceOrder@arr",
)
COINM_STREAMS = (
    "btcusd_perp@trade",
    "btcusd_perp@aggTrade",
    "btcusd_perp@bookTicker",
    "btcusd_perp@depth@100ms",
    "btcusd_perp@kline_1m",
    "btcusd_perp@markPrice",
    "btcusd@indexPrice",
    "btcusd_perp@ticker",
    "!ticker@arr",
)


def test_every_kind_of_stream_flows_and_the_client_s_codec_reads_all_of_it() -> None:
    pit = Pit()
    assert all(pit.listen("usdm", *USDM_STREAMS))
    assert all(pit.listen("coinm", *COINM_STREAMS))
    pit.run(30)
    for market, streams in (("usdm", USDM_STREAMS), ("coinm", COINM_STREAMS)):
        decoded = pit.decoded(market)
        assert {one.stream for one in decoded} == set(streams)
        assert [one for one in decoded if one.said] == []


def test_both_families_are_in_the_arrays_of_either_host_and_nowhere_else() -> None:
    pit = Pit()
    arrays = ("!ticker@arr", "!markPrice@arr@1s")
    pit.listen("usdm", *arrays)
    pit.listen("coinm", "!ticker@arr")
    pit.run(10)
    for market, stream in (("usdm", arrays[0]), ("usdm", arrays[1]), ("coinm", arrays[0])):
        assert {row["st"] for frame in pit.payloads(market, stream) for row in frame} == {1, 2}
    assert not any(pit.listen("usdm", "btcusd_perp@trade", "btcusd_perp@depth", "btcusd_perp@ticker"))
    assert all(pit.listen("usdm", "btcusd_perp@kline_1m", "btcusd_perp@markPrice"))
    assert {pair.symbol for pair in pit.usdm.pairs}.isdisjoint(pair.symbol for pair in pit.coinm.pairs)
    assert pit.usdm.desk("BTCUSD_PERP") is None
    assert pit.coinm.desk("BTCUSD_PERP") is not None


def test_what_nobody_sends_stays_silent() -> None:
    pit = Pit()
    names = ["nosuch@trade", "btcusdt@depth@0ms", "!contractInfo", "nosuch_perpetual@continuousKline_1m"]
    assert not any(pit.listen("usdm", *names, "nosuch@markPrice"))
    assert not any(pit.listen("coinm", "nosuch@indexPrice"))


@pytest.mark.parametrize("spot", [True, False])
def test_a_perpetual_follows_its_index_with_a_small_basis(spot: bool) -> None:
    pit = Pit(spot=spot)
    pit.listen("usdm", "btcusdt@bookTicker", "solusdt@bookTicker")
    pit.listen("coinm", "btcusd_perp@bookTicker")
    for _ in range(20):
        pit.run(5)
        for front, symbol in ((pit.usdm, "BTCUSDT"), (pit.usdm, "SOLUSDT"), (pit.coinm, "BTCUSD_PERP")):
            desk = front.desk(symbol)
            assert desk is not None
            assert abs(middle(desk) / pit.floor.index.price(desk.pair) - 1) < 0.002


def test_the_past_of_a_contract_is_that_of_its_index() -> None:
    pit = Pit()
    assert pit.spot is not None
    index = pit.spot.desk("BTCUSDT")
    assert index is not None
    contracts = [pit.usdm.desk("BTCUSDT"), pit.usdm.desk("BTCUSDT_260327"), pit.coinm.desk("BTCUSD_PERP")]
    for minutes in (60, 600, 1_440):
        whole = index.window(minutes).bar()
        for desk in contracts:
            assert desk is not None
            bar = desk.window(minutes).bar()
            for name in ("open", "high", "low", "close"):
                ticks = getattr(bar, name) * desk.pair.tick_e8 / index.pair.tick_e8
                assert ticks == pytest.approx(getattr(whole, name), rel=1e-4), name
            assert bar.trades != whole.trades


def test_the_served_spot_market_is_the_index_where_it_lists_the_pair() -> None:
    pit = Pit()
    assert pit.spot is not None
    pit.listen("usdm", "btcusdt@trade")
    pit.run(5)
    btc, spot = pit.usdm.desk("BTCUSDT"), pit.spot.desk("BTCUSDT")
    assert btc is not None
    assert spot is not None
    assert pit.floor.index.price(btc.pair) == middle(spot)
    assert spot.trades > 0


def test_candles_and_books_of_a_contract_agree_with_its_trades() -> None:
    pit = Pit()
    pit.listen("usdm", "btcusdt@trade", "btcusdt@aggTrade", "btcusdt@kline_1m", "btcusdt@depth@100ms")
    pit.run(70)
    trades = pit.payloads("usdm", "btcusdt@trade")
    assert [later["t"] - earlier["t"] for earlier, later in pairwise(trades)] == [1] * (len(trades) - 1)
    aggregates = pit.payloads("usdm", "btcusdt@aggTrade")
    assert all(later["f"] == earlier["l"] + 1 for earlier, later in pairwise(aggregates))
    assert all(later["a"] == earlier["a"] + 1 for earlier, later in pairwise(aggregates))
    assert len(aggregates) < len(trades)
    kinds = [(agg["T"] // 100, agg["p"], agg["m"]) for agg in aggregates]
    assert all(earlier != later for earlier, later in pairwise(kinds))
    diffs = pit.payloads("usdm", "btcusdt@depth@100ms")
    assert all(later["pu"] == earlier["u"] for earlier, later in pairwise(diffs))
    (closed,) = (candle["k"] for candle in pit.payloads("usdm", "btcusdt@kline_1m") if candle["k"]["x"])
    inside = [trade for trade in trades if closed["t"] <= trade["T"] <= closed["T"]]
    assert (closed["f"], closed["L"], closed["n"]) == (inside[0]["t"], inside[-1]["t"], len(inside))


def test_liquidations_come_now_and_then() -> None:
    pit = Pit()
    pit.listen("usdm", "!forceOrder@arr", "btcusdt@forceOrder")
    pit.run(60)
    everywhere = [payload["o"]["s"] for payload in pit.payloads("usdm", "!forceOrder@arr")]
    own = pit.payloads("usdm", "btcusdt@forceOrder")
    assert 0 < len(own) == everywhere.count("BTCUSDT") < len(everywhere) < 60


def test_one_market_for_both_hosts_moves_once_however_often_it_is_told_to() -> None:
    pit, other = Pit(), Pit()
    for one in (pit, other):
        one.listen("usdm", "btcusdt@trade")
    pit.run(5)
    for _ in range(100):
        other.clock.advance(0.05)
        assert other.spot is not None
        other.spot.advance()
        for _ in range(3):
            other.usdm.advance()
    assert pit.ears["usdm"].texts == other.ears["usdm"].texts


def test_a_stream_that_is_left_falls_silent_and_its_contract_asleep() -> None:
    pit = Pit(rate=40.0)
    pit.listen("usdm", "btcusdt@trade", "ethusdt@depth")
    pit.run(2)
    pit.leave("usdm", "btcusdt@trade")
    heard = len(pit.payloads("usdm", "btcusdt@trade"))
    pit.run(2 * (LINGER_S + 30), step_s=10)
    assert len(pit.payloads("usdm", "btcusdt@trade")) == heard
    assert {desk.pair.symbol for desk in pit.floor.market.awake_desks()} == {"ETHUSDT"}
    assert pit.spot is not None
    assert {desk.pair.symbol for desk in pit.spot.awake_desks()} == {"ETHUSDT"}


def test_nothing_is_left_of_a_stream_that_was_left() -> None:
    pit = Pit()
    symbol_streams = [name for name in USDM_STREAMS if name.startswith("btcusdt")]
    assert all(pit.listen("usdm", *symbol_streams))
    pit.run(1)
    for name in symbol_streams:
        pit.leave("usdm", name)
    desk = pit.usdm.desk("BTCUSDT")
    assert desk is not None
    assert [*desk.book_watchers, *desk.trade_watchers, *desk.agg_watchers] == []
    assert {desk.trade_stream, desk.quote_stream, desk.agg_stream} == {None}
    heard = len(pit.ears["usdm"].texts)
    pit.run(3)
    assert len(pit.ears["usdm"].texts) == heard


def test_the_clock_of_both_hosts_can_be_moved_and_all_goes_on() -> None:
    pit = Pit()
    pit.listen("usdm", "btcusdt@kline_1m", "btcusdt@markPrice@1s", "btcusdt@aggTrade")
    pit.listen("coinm", "btcusd_perp@markPrice")
    pit.run(4)
    pit.coinm.shift(-3_600_000_000)
    pit.run(8)
    aggregates = pit.payloads("usdm", "btcusdt@aggTrade")
    assert all(later["f"] == earlier["l"] + 1 for earlier, later in pairwise(aggregates))
    assert aggregates[-1]["T"] < aggregates[0]["T"]
    for market, stream in (("usdm", "btcusdt@markPrice@1s"), ("coinm", "btcusd_perp@markPrice")):
        times = [mark["E"] for mark in pit.payloads(market, stream)]
        assert len(times) > 3
        assert min(later - earlier for earlier, later in pairwise(times)) < -3_000_000
    assert pit.usdm.now_us() == pit.coinm.now_us()


def test_it_says_what_it_is() -> None:
    pit = Pit()
    assert "12 contracts" in repr(pit.usdm)
    assert pit.usdm.trade_steps("BTCUSDT") > 0
