"""What only futures have: streams that come by the clock, and streams that are silent for hours."""

from __future__ import annotations

from bntui.feed.core.health import Health
from bntui.feed.core.judgement import NOTHING_CAME, RARE, RARE_ALONE
from bntui.model.markets import Market
from bntui.model.states import StreamState
from bntui.venue.binance.usdm import usdm
from tests.feed.core.healthworld import QUOTES, TRADES, judged, quote, trade

LIQUIDATIONS, MARKS = "btcusdt@forceOrder", "btcusdt@markPrice"


def futures_health(*names: str) -> Health:
    venue = usdm()
    state = Health(Market.USDM, venue.limits, venue.parse_stream, venue.part)
    for name in names:
        state.want(name, 1, 0.0)
    state.acked(names, 0.0)
    return state


def test_what_comes_by_the_clock_does_not_part_a_symbol_s_streams() -> None:
    state = futures_health(TRADES, QUOTES, MARKS)
    for second in range(41):
        if second in (0, 6, 12):
            state.seen(TRADES, [trade(1)], float(second))
            state.seen(QUOTES, [quote()], float(second))
        state.seen(MARKS, [], float(second))
        state.tick(float(second))
    assert judged(state, TRADES, 41.0)[0] is StreamState.QUIET


def test_liquidations_are_as_quiet_as_the_other_streams_of_their_connection_prove_it_to_be() -> None:
    state = futures_health(LIQUIDATIONS, MARKS)
    assert judged(state, LIQUIDATIONS, 1.0)[0] is StreamState.ACKED
    state.seen(MARKS, [], 2.0)
    assert judged(state, LIQUIDATIONS, 2.5) == (StreamState.QUIET, RARE)
    for second in range(3, 1_000, 3):
        state.seen(MARKS, [], float(second))
        assert judged(state, LIQUIDATIONS, second + 0.5)[0] is StreamState.QUIET


def test_where_nothing_flows_on_their_connection_liquidations_are_missing_too() -> None:
    state = futures_health(LIQUIDATIONS, MARKS)
    for second in range(40):
        if second < 10:
            state.seen(MARKS, [], float(second))
        state.tick(float(second))
    assert state.state(MARKS) is StreamState.STALE
    verdict, reason = judged(state, LIQUIDATIONS, 40.0)
    assert verdict is StreamState.STALE
    assert NOTHING_CAME in reason


def test_liquidations_alone_on_a_connection_have_nothing_but_that_it_stands() -> None:
    assert judged(futures_health(LIQUIDATIONS), LIQUIDATIONS, 500.0) == (StreamState.QUIET, RARE_ALONE)


def test_no_connection_is_blind_for_liquidations_too() -> None:
    state = futures_health(LIQUIDATIONS, MARKS)
    state.seen(LIQUIDATIONS, [], 1.0)
    assert judged(state, LIQUIDATIONS, 1.5)[0] is StreamState.LIVE
    state.down([LIQUIDATIONS, MARKS], "shard 1: lost", 2.0)
    assert judged(state, LIQUIDATIONS, 2.5) == (StreamState.BLIND, "shard 1: lost")
