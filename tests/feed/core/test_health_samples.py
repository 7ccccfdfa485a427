"""What REST says of silent streams: two samples prove, and only what is lacking is asked for."""

from __future__ import annotations

from dataclasses import replace

from bntui.feed.core.evidence import GAPS_KNOWN, GRACE_S, Sample
from bntui.feed.core.judgement import TOO_DEAR
from bntui.model.markets import Market, SymbolKey
from bntui.model.states import StreamState
from bntui.venue.binance.limits import SPOT
from tests.feed.core.healthworld import (
    FLOOR,
    QUOTES,
    TICKER,
    TRADES,
    due,
    health,
    judged,
    quote,
    ticker,
    trade,
)


def test_a_sample_from_before_the_subscription_is_a_base_line_when_nothing_was_traded_since() -> None:
    state = health(TRADES)
    state.probed(ticker(7), 0.2)
    assert due(state, 3.5) == []
    assert due(state, 0.5 * FLOOR) == ["BTCUSDT"], "a base line needs a comparison"
    state.probed(ticker(7), 0.5 * FLOOR)
    assert judged(state, TRADES, 0.5 * FLOOR + 0.5) == (
        StreamState.QUIET,
        "no trade since id 7 (REST agrees)",
    )


def test_a_trade_between_the_first_sample_and_the_subscription_accuses_nobody() -> None:
    state = health(TRADES)
    state.probed(ticker(7), 0.2)
    state.probed(ticker(8), 0.5 * FLOOR)
    assert judged(state, TRADES, 0.5 * FLOOR + 0.5)[0] is StreamState.ACKED
    assert due(state, 0.5 * FLOOR + GRACE_S / 2) == ["BTCUSDT"]
    state.probed(ticker(8), 0.5 * FLOOR + GRACE_S / 2)
    assert judged(state, TRADES, FLOOR)[0] is StreamState.QUIET


def test_best_prices_from_before_the_subscription_are_a_base_line_too() -> None:
    state = health(QUOTES)
    best = ("1.0", "5", "1.1", "6")
    state.prices_probed("BTCUSDT", best, 0.2)
    state.prices_probed("BTCUSDT", best, 0.5 * FLOOR)
    assert judged(state, QUOTES, 0.6 * FLOOR)[0] is StreamState.QUIET
    other = health(QUOTES)
    other.prices_probed("BTCUSDT", best, 0.2)
    other.prices_probed("BTCUSDT", ("0.9", *best[1:]), 0.5 * FLOOR)
    assert judged(other, QUOTES, 0.6 * FLOOR)[0] is StreamState.ACKED, "they changed: a new base line"


def test_only_the_proof_that_is_lacking_is_asked_for() -> None:
    state = health(TRADES, QUOTES)
    for second in range(60):
        state.seen(QUOTES, [quote()], float(second))
    state.seen(TRADES, [trade(7)], 1.0)
    assert state.unproven(59.0) == {Sample.TRADES: ["BTCUSDT"], Sample.PRICES: []}
    state.probed(replace(ticker(7), bid=None, bid_qty=None, ask=None, ask_qty=None), 59.0)
    assert state.unproven(64.0) == {Sample.TRADES: [], Sample.PRICES: ["BTCUSDT"]}
    state.prices_probed("BTCUSDT", ("1.0", "5", "1.1", "6"), 64.0)
    assert due(state, 65.0) == []
    assert [judged(state, name, 80.0)[0] for name in (TRADES, QUOTES)] == [StreamState.QUIET] * 2


def test_nothing_is_asked_for_a_stream_that_rest_knows_nothing_of() -> None:
    state = health("btcusdt@miniTicker")
    assert due(state, 3 * FLOOR) == []
    assert judged(state, "btcusdt@miniTicker", FLOOR + 0.5)[0] is StreamState.STALE


def test_two_rest_samples_that_agree_prove_a_stream_quiet_that_never_flowed() -> None:
    state = health(TRADES, QUOTES, TICKER)
    state.probed(ticker(7), 3.0)
    assert judged(state, TRADES, FLOOR + 0.5)[0] is StreamState.ACKED, "one sample is a base line only"
    state.probed(ticker(7), FLOOR + 1)
    for name in (TRADES, QUOTES, TICKER):
        verdict, reason = judged(state, name, FLOOR + 1.5)
        assert verdict is StreamState.QUIET, name
        assert "agrees" in reason


def test_two_rest_samples_that_differ_prove_that_a_stream_brings_nothing() -> None:
    state = health(TRADES, QUOTES)
    state.probed(ticker(7, "1.0"), 3.0)
    state.tick(3.1)
    state.probed(ticker(9, "1.5"), 9.0)
    judged(state, TRADES, 9.5)
    assert judged(state, TRADES, 9.6 + GRACE_S)[0] is StreamState.STALE
    state.probed(ticker(9, "1.6"), 20.0)
    verdict, reason = judged(state, QUOTES, 20.1)
    assert verdict is StreamState.STALE
    assert "best prices" in reason


def test_silent_symbols_ask_for_a_proof_and_flowing_ones_do_not() -> None:
    state = health(TRADES, "ethusdt@trade")
    state.seen(TRADES, [trade(1)], 3.9)
    assert due(state, 4.0) == ["ETHUSDT"]
    state.probed(replace(ticker(1), key=SymbolKey(Market.SPOT, "ETHUSDT")), 4.0)
    assert due(state, 5.0) == []
    assert due(state, 8.5) == ["ETHUSDT"]


def test_two_samples_that_agree_prove_a_stream_quiet_before_its_deadline() -> None:
    state = health(TRADES, QUOTES)
    for name in (TRADES, QUOTES):
        assert judged(state, name, 0.2 * FLOOR)[0] is StreamState.ACKED
    assert due(state, 0.2 * FLOOR) == ["BTCUSDT"]
    state.probed(ticker(7), 0.2 * FLOOR + 0.5)
    assert judged(state, TRADES, 0.4 * FLOOR)[0] is StreamState.ACKED, "a base line proves nothing"
    assert due(state, 0.5 * FLOOR) == ["BTCUSDT"]
    state.probed(ticker(7), 0.5 * FLOOR)
    assert judged(state, TRADES, 0.6 * FLOOR) == (StreamState.QUIET, "no trade since id 7 (REST agrees)")
    assert judged(state, QUOTES, 0.6 * FLOOR)[0] is StreamState.QUIET


def test_while_rest_cannot_be_asked_for_want_of_weight_what_only_it_can_prove_may_wait() -> None:
    flowed, silent = health(QUOTES), health(QUOTES)
    flowed.seen(QUOTES, [quote()], 0.0)
    longest_s = 2 * SPOT.own_probe_interval_s
    for second in range(1, int(longest_s) + 1):
        for state in (flowed, silent):
            state.no_weight_until = second + 1.0
            verdict, reason = judged(state, QUOTES, float(second))
            assert verdict is (StreamState.LIVE if state is flowed and second <= FLOOR else StreamState.ACKED)
            assert second <= FLOOR or reason == TOO_DEAR
    for state in (flowed, silent):
        state.no_weight_until = longest_s + 10
        assert judged(state, QUOTES, longest_s + 1)[0] is StreamState.STALE


def test_a_stream_whose_usual_silences_are_known_waits_for_no_weight() -> None:
    state = health(QUOTES)
    for second in range(GAPS_KNOWN + 1):
        state.seen(QUOTES, [quote()], float(second))
    state.no_weight_until = 1_000.0
    assert judged(state, QUOTES, GAPS_KNOWN + FLOOR + 1)[0] is StreamState.STALE


def test_few_silences_do_not_tell_which_are_too_long() -> None:
    state = health(QUOTES, TRADES)
    for second in range(GAPS_KNOWN):
        state.seen(QUOTES, [quote()], float(second))
    for second in range(GAPS_KNOWN, 30):
        state.seen(TRADES, [trade(second)], float(second))
        state.tick(float(second))
        if FLOOR < second - GAPS_KNOWN + 1 <= 2 * FLOOR:
            assert state.state(QUOTES) is StreamState.ACKED, second
    assert state.state(QUOTES) is StreamState.STALE


def test_nobody_waits_for_rest_where_it_knows_nothing() -> None:
    state = health("btcusdt@miniTicker")
    state.seen("btcusdt@miniTicker", [], 1.0)
    assert judged(state, "btcusdt@miniTicker", 1.5 + FLOOR)[0] is StreamState.STALE
