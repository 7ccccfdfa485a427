"""Evidence before statistics: a silent stream is quiet, stale or blind for a reason that is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.feed.core.evidence import (
    GRACE_S,
    NOTICED_WITHIN_S,
    RHYTHM_GROWS,
    RHYTHM_LEAST_S,
    RHYTHM_MEMORY_S,
    Sample,
)
from bntui.feed.core.health import Health
from bntui.feed.core.judgement import NOTHING_CAME, NOTHING_YET, TOO_EARLY
from bntui.model.markets import Market
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
from tests.support.feed import VENUE


def test_a_stream_is_wanted_then_acked_then_live() -> None:
    state = Health(Market.SPOT, SPOT, VENUE.parse_stream)
    state.want(TRADES, 1, 0.0)
    assert judged(state, TRADES, 1.0)[0] is StreamState.WANTED
    state.acked([TRADES], 2.0)
    assert judged(state, TRADES, 3.0)[0] is StreamState.ACKED
    state.seen(TRADES, [trade(1)], 4.0)
    assert judged(state, TRADES, 4.5)[0] is StreamState.LIVE


def test_an_ack_proves_nothing() -> None:
    state = health(TRADES, "ethusdt@trade")
    verdict, reason = judged(state, TRADES, 3 * FLOOR)
    assert (verdict, reason) == (
        StreamState.STALE,
        "nothing at all came on its connection: wrong path, or blocked",
    )
    state.seen("ethusdt@trade", [], 3 * FLOOR)
    assert judged(state, TRADES, 3 * FLOOR) == (StreamState.STALE, NOTHING_CAME)


def test_where_paths_part_the_streams_the_path_is_named_on_which_nothing_came() -> None:
    state = Health(Market.SPOT, SPOT, VENUE.parse_stream, lambda spec: "/market")
    for name in (TRADES, "ethusdt@trade"):
        state.want(name, 1, 0.0)
    state.acked([TRADES, "ethusdt@trade"], 0.0)
    nothing = "nothing at all came on its connection, /market: wrong path, or blocked"
    assert judged(state, TRADES, 3 * FLOOR) == (StreamState.STALE, nothing)
    state.seen("ethusdt@trade", [], 3 * FLOOR)
    assert judged(state, TRADES, 3 * FLOOR) == (StreamState.STALE, f"{NOTHING_CAME} on /market: wrong path?")


def test_a_ticker_that_shows_a_newer_trade_makes_the_trade_stream_stale() -> None:
    state = health(TRADES, TICKER)
    state.seen(TRADES, [trade(10)], 1.0)
    for second in range(2, 12):
        state.seen(TICKER, [ticker(10 + second)], float(second))
        verdict, reason = judged(state, TRADES, float(second))
    assert verdict is StreamState.STALE
    assert "shows id" in reason
    assert "stopped at 10" in reason


def test_a_ticker_that_agrees_makes_the_trade_stream_quiet_for_as_long_as_it_is_fresh() -> None:
    state = health(TRADES, TICKER)
    state.seen(TRADES, [trade(10)], 1.0)
    for second in range(2, 600):
        state.seen(TICKER, [ticker(10)], float(second))
        verdict, reason = judged(state, TRADES, float(second))
        assert verdict is (StreamState.LIVE if second <= 1 + FLOOR else StreamState.QUIET)
    assert reason == "no trade since id 10 (ticker agrees)"
    assert judged(state, TRADES, 600 + 3 * SPOT.own_probe_interval_s)[0] is StreamState.STALE


def test_a_trade_after_a_long_silence_gives_the_ticker_its_time_to_follow() -> None:
    state = health(TRADES, TICKER)
    state.seen(TICKER, [ticker(5)], 1.0)
    state.seen(TRADES, [trade(5)], 1.0)
    state.seen(TRADES, [trade(6)], 60.0)
    assert judged(state, TICKER, 60.5)[0] is StreamState.QUIET
    assert judged(state, TICKER, 60.6 + GRACE_S)[0] is StreamState.STALE


def test_a_lagging_but_moving_stream_is_not_called_stale() -> None:
    state = health(TRADES, TICKER)
    for second in range(1, 60):
        state.seen(TICKER, [ticker(100 + second)], float(second))
        state.seen(TRADES, [trade(98 + second)], float(second))
        assert judged(state, TRADES, second + 0.1)[0] is StreamState.LIVE


def test_a_ticker_behind_the_trades_is_stale() -> None:
    state = health(TRADES, TICKER)
    state.seen(TICKER, [ticker(5)], 1.0)
    for second in range(2, 15):
        state.seen(TRADES, [trade(5 + second)], float(second))
        verdict, _ = judged(state, TICKER, float(second))
    assert verdict is StreamState.STALE


def test_after_one_message_it_is_too_early_to_call_a_silence_unusual_but_not_for_long() -> None:
    state = health(QUOTES)
    state.seen(QUOTES, [quote()], 1.0)
    assert judged(state, QUOTES, 1.5 + FLOOR) == (StreamState.ACKED, TOO_EARLY)
    assert due(state, 1.5 + FLOOR) == ["BTCUSDT"]
    assert judged(state, QUOTES, 1.5 + 2 * FLOOR)[0] is StreamState.STALE


def test_the_trades_of_a_day_tell_which_silences_are_usual_before_the_stream_has_shown_it() -> None:
    state = health(TRADES)
    of_day = replace(ticker(7), open_ms=0, close_ms=86_400_000, trades=4_320)
    state.probed(of_day, 0.5)
    for at in (1.0, 1.2):
        state.seen(TRADES, [trade(7)], at)
    verdict, reason = judged(state, TRADES, 1.2 + 50.0)
    assert (verdict, reason) == (StreamState.QUIET, "silences of 20 s are usual here")
    assert judged(state, TRADES, 1.2 + 61.0)[0] is StreamState.STALE


def test_a_day_without_trades_excuses_no_silence_for_longer_than_it_takes_to_ask() -> None:
    state = health(TRADES)
    state.probed(replace(ticker(7), open_ms=0, close_ms=86_400_000, trades=0), 0.5)
    state.seen(TRADES, [trade(7)], 1.0)
    state.tick(2.0 + GRACE_S)
    assert judged(state, TRADES, 1.0 + 3 * SPOT.own_probe_interval_s)[0] is StreamState.QUIET
    assert judged(state, TRADES, 1.5 + 3 * SPOT.own_probe_interval_s)[0] is StreamState.STALE


def test_a_quiet_book_is_confirmed_by_equal_best_prices() -> None:
    state = health(QUOTES, TICKER)
    state.seen(QUOTES, [quote("1.0")], 1.0)
    for second in range(2, 40):
        state.seen(TICKER, [ticker(5, "1.0")], float(second))
    assert judged(state, QUOTES, 40.0)[0] is StreamState.QUIET


def test_without_evidence_the_learned_gap_decides() -> None:
    state = health("btcusdt@miniTicker")
    for at in (0.0, 30.0, 60.0, 90.0):
        state.seen("btcusdt@miniTicker", [], at)
    assert judged(state, "btcusdt@miniTicker", 120.0)[0] is StreamState.QUIET
    assert judged(state, "btcusdt@miniTicker", 90.0 + 3 * 30 + 1)[0] is StreamState.STALE


def test_a_rhythm_is_known_once_enough_silences_were_seen() -> None:
    state = health(QUOTES)
    for at in (0.0, 1.0, 3.0, 4.0, 5.0):
        state.seen(QUOTES, [quote()], at)
        assert state.rhythm(QUOTES) is None
    state.seen(QUOTES, [quote()], 6.0)
    assert state.rhythm(QUOTES) == pytest.approx(1.0, rel=0.02)
    assert state.rhythm("nosuch@trade") is None


def test_a_stall_hardly_changes_a_rhythm_and_is_forgotten_soon() -> None:
    state = health(QUOTES)
    beats = [n / 20 for n in range(100)]
    for at in (*beats, 10.0):
        state.seen(QUOTES, [quote()], at)
    stalled = state.rhythm(QUOTES)
    assert stalled == RHYTHM_LEAST_S * RHYTHM_GROWS
    for n in range(round(3 * RHYTHM_MEMORY_S * 20)):
        state.seen(QUOTES, [quote()], 10.0 + n / 20)
    assert state.rhythm(QUOTES) == RHYTHM_LEAST_S


def test_a_burst_does_not_shrink_the_learned_gap() -> None:
    state = health("btcusdt@miniTicker")
    state.seen("btcusdt@miniTicker", [], 0.0)
    state.seen("btcusdt@miniTicker", [], 30.0)
    for n in range(1000):
        state.seen("btcusdt@miniTicker", [], 30.0 + n / 1000)
    gap = state.view("btcusdt@miniTicker").normal_gap_s
    assert gap is not None
    assert gap > 28


def test_streams_of_a_symbol_that_fall_silent_together_get_more_time() -> None:
    together, alone = health(TRADES, QUOTES), health(TRADES, QUOTES)
    for at in (0.0, 6.0, 12.0):
        for state in (together, alone):
            state.seen(TRADES, [trade(1)], at)
            state.seen(QUOTES, [quote()], at)
    for second in range(13, 40):
        alone.seen(QUOTES, [quote()], float(second))
        alone.tick(float(second))
    assert judged(together, TRADES, 40.0)[0] is StreamState.QUIET
    assert judged(alone, TRADES, 40.0)[0] is StreamState.STALE
    assert judged(together, TRADES, 12.0 + 61)[0] is StreamState.STALE


def test_a_sibling_that_wakes_first_leaves_rest_a_moment_to_say_why_the_other_sleeps() -> None:
    state = health(TRADES, QUOTES)
    for at in (0.0, 6.0, 12.0):
        state.seen(TRADES, [trade(1)], at)
        state.seen(QUOTES, [quote()], at)
    assert judged(state, TRADES, 50.0)[0] is StreamState.QUIET
    state.seen(QUOTES, [quote()], 50.0)
    assert judged(state, TRADES, 50.5)[0] is StreamState.QUIET
    assert "BTCUSDT" in state.unproven(50.5)[Sample.TRADES]
    assert judged(state, TRADES, 50.6 + GRACE_S)[0] is StreamState.STALE


def test_an_outage_is_not_learned_as_a_usual_silence() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 1.0)
    state.seen(TRADES, [trade(2)], 2.0)
    state.down([TRADES], "shard 1: lost", 1.0)
    state.acked([TRADES], 100.0)
    state.seen(TRADES, [trade(3)], 101.0)
    assert state.view(TRADES).normal_gap_s == 1.0


def test_no_connection_is_blind_with_its_reason() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 1.0)
    state.down([TRADES], "shard 1: connection refused", 1.0)
    assert judged(state, TRADES, 1.1) == (StreamState.BLIND, "shard 1: connection refused")


def test_after_a_reconnect_a_stream_must_prove_itself_anew() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 1.0)
    state.down([TRADES], "x", 1.0)
    state.acked([TRADES], 2.0)
    assert judged(state, TRADES, 2.1)[0] is StreamState.ACKED


def test_what_was_usual_before_a_reconnect_is_no_excuse_for_a_stream_that_brings_nothing_after_it() -> None:
    state = health(TRADES, TICKER)
    for second in range(5):
        state.seen(TRADES, [trade(second)], 9.0 * second)
        state.seen(TICKER, [ticker(second)], 9.0 * second)
    state.acked([TRADES, TICKER], 40.0)
    state.probed(ticker(9), 42.0)
    state.probed(ticker(12), 46.0)
    for half_second in range(4 * int(FLOOR)):
        now = 40.0 + half_second / 2
        assert judged(state, TRADES, now)[0] in (StreamState.ACKED, StreamState.STALE), now
    assert judged(state, TRADES, 40.0 + 2 * FLOOR + 0.1)[0] is StreamState.STALE


def test_a_stale_stream_that_is_subscribed_anew_stays_stale_until_it_brings_something() -> None:
    state = health(TRADES, "ethusdt@trade")
    assert judged(state, TRADES, 2 * FLOOR + 1)[0] is StreamState.STALE
    state.acked([TRADES], 30.0)
    assert judged(state, TRADES, 30.5) == (StreamState.STALE, NOTHING_YET)
    state.seen(TRADES, [trade(1)], 31.0)
    assert judged(state, TRADES, 31.0)[0] is StreamState.LIVE


def test_a_refused_stream_is_blind_with_the_exchanges_words() -> None:
    state = health(TRADES)
    state.refused(TRADES, "Invalid request: invalid stream")
    assert judged(state, TRADES, 1.0)[0] is StreamState.BLIND


def test_only_changes_are_reported() -> None:
    state = health(TRADES)
    assert state.tick(1.0) == [TRADES]
    assert state.tick(1.5) == []


def test_a_stream_that_nobody_wants_is_not_counted() -> None:
    state = health(TRADES)
    state.unwant(TRADES)
    assert not state.seen(TRADES, [trade(1)], 1.0)
    assert repr(state) == "<Health spot {}>"


def test_a_stream_that_moved_to_another_shard_is_told_once_though_its_state_stayed() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 1.0)
    assert state.tick(1.0) == [TRADES]
    state.moved([TRADES], 7)
    assert state.tick(1.5) == [TRADES]
    assert state.view(TRADES).shard == 7
    assert state.tick(1.6) == []


def test_data_proves_a_subscription_that_nobody_acknowledged() -> None:
    state = Health(Market.SPOT, SPOT, VENUE.parse_stream)
    state.want(TRADES, 1, 0.0)
    state.seen(TRADES, [trade(1)], 1.0)
    assert judged(state, TRADES, 1.5)[0] is StreamState.LIVE
    state.down([TRADES], "shard 1: lost", 1.0)
    state.seen(TRADES, [trade(2)], 2.0)
    assert judged(state, TRADES, 2.5) == (StreamState.LIVE, ""), (
        "nothing comes from a connection that is gone"
    )


def test_darkness_begins_with_the_last_data_and_no_step_of_repair_makes_it_younger() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 10.0)
    state.tick(10.0)
    assert state.view(TRADES).dark_since is None
    state.down([TRADES], "shard 1: lost", 11.0)
    state.tick(12.0)
    assert state.view(TRADES).dark_since == 11.0
    state.acked([TRADES], 20.0)
    state.tick(20.5)
    assert (state.view(TRADES).since, state.view(TRADES).dark_since) == (20.5, 11.0)
    state.seen(TRADES, [trade(2)], 22.0)
    state.tick(22.5)
    assert state.view(TRADES).dark_since is None


def test_of_a_stream_that_rarely_brings_anything_the_last_data_says_nothing() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 10.0)
    state.tick(10.0)
    noticed_at = 10.0 + NOTICED_WITHIN_S + FLOOR
    state.tick(noticed_at)
    assert state.state(TRADES) is StreamState.STALE
    assert state.view(TRADES).dark_since == noticed_at


def test_what_was_judged_before_a_loss_says_nothing_of_what_came_after_it() -> None:
    state = health(TRADES)
    state.seen(TRADES, [trade(1)], 1.0)
    assert state.flowing([TRADES]) == 0, "not judged yet"
    state.tick(1.0)
    assert state.flowing([TRADES]) == 1
    state.down([TRADES], "shard 1: lost", 1.0)
    assert state.flowing([TRADES]) == 0
    state.acked([TRADES], 1.2)
    assert state.flowing([TRADES]) == 0
    state.tick(1.5)
    assert state.flowing([TRADES]) == 0, "subscribed again, and nothing came yet"
    state.seen(TRADES, [trade(2)], 1.7)
    state.tick(2.0)
    assert state.flowing([TRADES]) == 1
