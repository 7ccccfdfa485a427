"""What a viewer opens flows while it looks; what cannot be opened is said, and harms nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.clock import ManualClock
from bntui.engine.engine import Engine
from bntui.engine.opened import MOST_LEVELS, wishes_of
from bntui.feed.feed import Wish
from bntui.model.markets import Market, StreamKey, StreamKind, SymbolKey
from bntui.model.panels import Focus, PanelsDelta
from bntui.model.states import StreamState
from bntui.model.status import CandlesLoaded, StreamChanged
from bntui.model.views import StreamView
from bntui.venue.binance.futures_streams import COINM_PATHS, USDM_PATHS
from tests.model.build import T0_MS, agg_trade, candle
from tests.support.engine import key, list_symbols
from tests.support.feed import VENUE

LIMITS = VENUE.limits

FOCUS = Focus(Market.SPOT, "BTCUSDT")


def flowing(engine: Engine) -> set[str]:
    return {stream.name for stream in engine.store.streams}


def pass_time(engine: Engine, clock: ManualClock, seconds: float) -> None:
    clock.advance(seconds)
    engine.tick()


def shown(engine: Engine, focus: Focus = FOCUS) -> PanelsDelta:
    panels = engine.store.delta(0, "epoch", None, 0.0, 0, focus, None).panels
    assert panels is not None
    return panels


async def test_a_symbols_screen_gets_its_streams_and_gives_them_back(
    engine: Engine, clock: ManualClock
) -> None:
    assert engine.opened.look(1, FOCUS) == FOCUS
    assert {"btcusdt@aggTrade", "btcusdt@kline_1m", "btcusdt@bookTicker", "btcusdt@ticker"} <= flowing(engine)
    engine.opened.look(1, None)
    assert flowing(engine)
    pass_time(engine, clock, LIMITS.own_focus_linger_s)
    assert flowing(engine) == set()
    assert len(engine.store.pages) == 0


def test_of_a_futures_contract_mark_price_and_liquidations_are_wanted_too_and_only_there() -> None:
    wanted = {wish.kind for wish in wishes_of(FOCUS)}
    offered = {
        market: {kind for kind in wanted if kind in kinds}
        for market, kinds in ((Market.USDM, USDM_PATHS), (Market.COINM, COINM_PATHS))
    }
    only_futures = {StreamKind.MARK_PRICE, StreamKind.LIQUIDATION}
    assert only_futures <= offered[Market.USDM] & offered[Market.COINM]
    assert not any(VENUE.offers(Wish(kind).spec("BTCUSDT")) for kind in only_futures)


async def test_streams_that_the_watchlist_needs_stay_when_the_screen_is_left(
    engine: Engine, clock: ManualClock
) -> None:
    engine.watch([key("BTCUSDT")])
    rows = flowing(engine)
    engine.opened.look(1, FOCUS)
    engine.opened.look(1, None)
    pass_time(engine, clock, LIMITS.own_focus_linger_s)
    assert flowing(engine) == rows


async def test_single_trades_come_from_their_own_stream(engine: Engine) -> None:
    engine.opened.look(1, replace(FOCUS, single_trades=True))
    assert "btcusdt@trade" in flowing(engine)
    assert "btcusdt@aggTrade" not in flowing(engine)


async def test_trades_and_candles_are_on_the_page(engine: Engine) -> None:
    engine.opened.look(1, FOCUS)
    engine.take([agg_trade(), candle()])
    panels = shown(engine)
    assert panels.tape is not None
    assert panels.candles is not None
    assert (len(panels.tape.rows), len(panels.candles.rows)) == (1, 1)


async def test_past_candles_are_asked_for_when_the_symbol_opens_and_as_far_as_somebody_looks(
    engine: Engine,
) -> None:
    engine.opened.look(1, FOCUS)
    history = engine.feed.market(Market.SPOT).history
    assert len(history) == 1
    assert shown(engine).candles is not None
    history.forget("BTCUSDT", "1m")
    rows = tuple(candle(open_ms=T0_MS + n * 60_000, closed=True, refilled=True) for n in range(3))
    engine.take([CandlesLoaded(key("BTCUSDT"), "1m", rows, None, None, complete=False)])
    assert len(history) == 0
    engine.opened.look(1, replace(FOCUS, candles_from_ms=T0_MS - 1))
    assert len(history) == 1
    engine.take([CandlesLoaded(key("BTCUSDT"), "1m", (), None, T0_MS - 60_000, complete=True)])
    panels = shown(engine)
    assert panels.candles is not None
    assert panels.candles.first


async def test_of_a_symbol_that_is_only_passed_by_no_candles_are_asked_for(engine: Engine) -> None:
    engine.opened.look(1, FOCUS)
    engine.opened.look(1, replace(FOCUS, symbol="ETHUSDT"))
    engine.opened.look(1, replace(FOCUS, symbol="SOLUSDT"))
    history = engine.feed.market(Market.SPOT).history
    assert len(history) == 1
    assert {name.partition("@")[0] for name in flowing(engine)} == {"btcusdt"}


async def test_flipping_through_a_hundred_symbols_leaves_nothing_behind(
    engine: Engine, clock: ManualClock
) -> None:
    opened = set()
    for n in range(100):
        engine.opened.look(1, replace(FOCUS, symbol=f"S{n}USDT"))
        opened |= flowing(engine)
        pass_time(engine, clock, 0.2)
        assert len(engine.store.pages) <= 2
    pass_time(engine, clock, LIMITS.own_focus_dwell_s)
    opened |= flowing(engine)
    assert {name.partition("@")[0] for name in opened} == {"s0usdt", "s99usdt"}
    engine.opened.look(1, None)
    pass_time(engine, clock, LIMITS.own_focus_linger_s)
    assert flowing(engine) == set()
    assert len(engine.store.pages) == 0


async def test_the_running_minute_is_complete_only_while_the_stream_flows(engine: Engine) -> None:
    engine.opened.look(1, FOCUS)

    def told(state: StreamState) -> None:
        name = StreamKey(Market.SPOT, "btcusdt@aggTrade")
        engine.take([StreamChanged(name, StreamView(*name, 1, state, "", 0.0, None, None))])

    def complete() -> list[bool]:
        tape = shown(engine).tape
        assert tape is not None
        return [flow.complete for flow in tape.flows]

    told(StreamState.LIVE)
    engine.take([agg_trade(agg_id=1, time_ms=T0_MS), agg_trade(agg_id=2, time_ms=T0_MS + 60_000)])
    assert complete() == [False, True]
    told(StreamState.BLIND)
    assert complete() == [False, False]
    told(StreamState.QUIET)
    assert complete() == [False, True]


# What cannot be had


async def test_an_unlisted_symbol_is_said_on_its_panels_and_in_a_notice(engine: Engine) -> None:
    list_symbols(engine, "BTCUSDT")
    focus = replace(FOCUS, symbol="BTCUSTD")
    engine.opened.look(1, focus)
    assert flowing(engine) == set()
    panels = shown(engine, focus)
    assert panels.candles is not None
    assert "BTCUSTD is not listed; did you mean BTCUSDT?" in panels.candles.failure
    assert [notice.bad for notice in engine.store.notices] == [True]
    engine.opened.look(1, None)
    assert len(engine.store.pages) == 0


async def test_a_symbol_that_is_delisted_while_it_is_open_loses_its_streams_and_says_why(
    engine: Engine, clock: ManualClock
) -> None:
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    engine.opened.look(1, FOCUS)
    assert flowing(engine)
    list_symbols(engine, "ETHUSDT")
    panels = shown(engine)
    assert panels.full
    assert panels.candles is not None
    assert "not listed" in panels.candles.failure
    pass_time(engine, clock, LIMITS.own_focus_linger_s)
    assert flowing(engine) == set()
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    pass_time(engine, clock, LIMITS.own_focus_dwell_s)
    assert flowing(engine)


async def test_a_symbol_that_is_halted_while_it_is_open_stays_open_and_is_said_once(engine: Engine) -> None:
    list_symbols(engine, "BTCUSDT")
    engine.opened.look(1, FOCUS)
    assert engine.store.notices == []
    list_symbols(engine, "BTCUSDT", status="HALT")
    list_symbols(engine, "BTCUSDT", status="HALT")
    assert [notice.text for notice in engine.store.notices] == [
        "BTCUSDT does not trade now: the exchange says HALT."
    ]
    assert "btcusdt@aggTrade" in flowing(engine)
    list_symbols(engine, "BTCUSDT")
    assert engine.store.notices[-1].text == "BTCUSDT trades again."


@pytest.mark.parametrize("symbol", ["", "A B", "../x", "a@b", "\x1b[2J", "X" * 100_000])
async def test_what_is_no_symbol_is_refused_in_words(engine: Engine, symbol: str) -> None:
    list_symbols(engine, "BTCUSDT")
    focus = engine.opened.look(1, replace(FOCUS, symbol=symbol))
    assert focus is not None
    panels = shown(engine, focus)
    assert panels.candles is not None
    assert panels.candles.failure
    assert panels.candles.failure.isprintable()
    assert len(panels.candles.failure) < 300


async def test_a_market_that_is_not_served_is_said(engine: Engine) -> None:
    focus = Focus(Market.COINM, "BTCUSD_PERP")
    engine.opened.look(1, focus)
    panels = shown(engine, focus)
    assert panels.candles is not None
    assert "coinm" in panels.candles.failure


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ({"levels": 10**9}, {"levels": MOST_LEVELS}),
        ({"levels": -5}, {"levels": 1}),
        ({"step": "nan"}, {"step": ""}),
        ({"step": "-1"}, {"step": ""}),
        ({"step": "0.000"}, {"step": ""}),
        ({"step": "1e9"}, {"step": ""}),
        ({"step": "0.05"}, {"step": "0.05"}),
        ({"interval": "7m"}, {"interval": "1m"}),
        ({"interval": "1M"}, {"interval": "1M"}),
        ({"candles_from_ms": -7}, {"candles_from_ms": 0}),
    ],
)
async def test_absurd_wishes_are_brought_within_bounds(
    engine: Engine, asked: dict[str, Any], given: dict[str, Any]
) -> None:
    focus = engine.opened.look(1, Focus(Market.SPOT, "BTCUSDT", **asked))
    assert focus == Focus(Market.SPOT, "BTCUSDT", **given)


async def test_an_interval_that_there_is_none_of_is_said(engine: Engine) -> None:
    engine.opened.look(1, replace(FOCUS, interval="7m"))
    assert "There are no candles of '7m'; there are 1s, 1m" in engine.store.notices[0].text


async def test_every_interval_of_the_exchange_can_be_looked_at(engine: Engine) -> None:
    for number, interval in enumerate(VENUE.intervals):
        engine.opened.look(number, replace(FOCUS, interval=interval))
    engine.tick()
    page = engine.store.pages.get(SymbolKey(Market.SPOT, "BTCUSDT"))
    assert page is not None
    assert set(page.series) == set(VENUE.intervals)
