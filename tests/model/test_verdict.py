"""The truth table: each rule, what it makes of the grade, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.judged import HealthView, VerdictView
from bntui.model.markets import Market
from bntui.model.panels import BookStatus
from bntui.model.proof import NO_ACCOUNTS, Proof
from bntui.model.states import BookState, Grade, RecoveryState, ShardState, StreamState, UserStreamState
from bntui.model.verdict import (
    EXIT_CODES,
    RULES,
    ExitCode,
    Facts,
    follow,
    gather,
    judge,
    successors,
)
from bntui.model.views import ShardView, StreamView
from tests.model.account_samples import a_recovery, a_user_stream
from tests.model.build import BTC, ETH, book_status, health, shard, spot, stream

NOW = 1_000.0


def facts(
    streams: Sequence[StreamView] = (),
    shards: Sequence[ShardView] = (),
    of: HealthView | None = None,
    now: float = NOW,
    books: Sequence[BookStatus] = (),
    proof: Proof = NO_ACCOUNTS,
) -> Facts:
    return gather(
        streams,
        shards,
        of or health(),
        now,
        first_data_s=10.0,
        clock_warn_ms=250.0,
        loop_lag_warn_s=1.0,
        books=books,
        proof=proof,
    )


def live(count: int) -> list[StreamView]:
    return [stream(f"sym{n}@trade") for n in range(count)]


def test_live_when_every_wanted_stream_is_live() -> None:
    assert judge(facts(live(214), [shard()])) == (Grade.LIVE, "LIVE 214/214 streams")


def test_quiet_with_a_reason_is_live_and_counted() -> None:
    quiet = stream("rareusdt@trade", StreamState.QUIET, "no trade since id 5 (ticker agrees)")

    assert judge(facts([*live(2), quiet])) == (Grade.LIVE, "LIVE 3/3 streams (1 quiet)")


def test_quiet_without_a_reason_is_not_live() -> None:
    grade, sentence = judge(facts([*live(2), stream("rareusdt@trade", StreamState.QUIET)]))

    assert (grade, sentence) == (Grade.DEGRADED, "DEGRADED: 1 of 3 streams quiet for no known reason")


def test_nothing_watched_is_not_called_live() -> None:
    assert judge(facts()) == (Grade.DEGRADED, "DEGRADED: nothing watched")


@pytest.mark.parametrize("state", [StreamState.WANTED, StreamState.ACKED])
def test_first_data_may_take_its_time_and_no_longer(state: StreamState) -> None:
    fresh = [stream("ethusdt@trade", state, since=NOW - 10.0), *live(1)]
    overdue = [stream("ethusdt@trade", state, since=NOW - 10.1), *live(1)]

    assert judge(facts(fresh)) == (Grade.DEGRADED, "DEGRADED: waiting for first data on 1 of 2 streams")
    assert judge(facts(overdue)) == (Grade.BLIND, "BLIND on 1 of 2 streams for 10s: ETHUSDT trades")


def test_a_silence_that_rest_is_asked_about_degrades_for_as_long_as_it_has_a_reason() -> None:
    waits = [stream("ethusdt@trade", StreamState.ACKED, "REST is asked", since=NOW - 40.0), *live(1)]

    assert judge(facts(waits)) == (Grade.DEGRADED, "DEGRADED: 1 of 2 streams silent, REST is asked why")


@pytest.mark.parametrize("state", [StreamState.STALE, StreamState.BLIND])
def test_any_stream_without_its_data_is_blindness(state: StreamState) -> None:
    bad = stream("ethusdt@bookTicker", state, since=NOW - 252)

    assert judge(facts([bad, *live(213)])) == (
        Grade.BLIND,
        "BLIND on 1 of 214 streams for 4m12s: ETHUSDT quotes",
    )


def test_the_worst_three_are_named_and_the_rest_counted() -> None:
    bad = [
        stream("dusdt@trade", StreamState.ACKED, since=NOW - 500),
        stream("cusdt@trade", StreamState.STALE, since=NOW - 50),
        stream("busdt@trade", StreamState.BLIND, since=NOW - 5),
        stream("ausdt@ticker", StreamState.BLIND, since=NOW - 20),
        stream("eusdt@trade", StreamState.STALE, since=NOW - 40),
    ]

    _, sentence = judge(facts([*bad, *live(5)]))

    assert sentence == (
        "BLIND on 5 of 10 streams for 8m20s: AUSDT 24 h statistics, BUSDT trades, CUSDT trades and 2 more"
    )


def usdm(name: str, state: StreamState = StreamState.LIVE) -> StreamView:
    return replace(stream(name, state, since=NOW - 4), market=Market.USDM)


def both(kinds: Sequence[str], state: StreamState = StreamState.LIVE) -> list[StreamView]:
    return [usdm(f"{symbol}@{kind}", state) for symbol in ("a", "b") for kind in kinds]


def test_where_whole_kinds_are_dark_the_kinds_are_named_and_those_that_flow() -> None:
    dark = both(["kline_1m", "ticker", "markPrice"], StreamState.BLIND)
    lit = both(["trade", "bookTicker", "depth@100ms"])

    assert judge(facts([*dark, *lit, *live(3)]))[1] == (
        "BLIND on 6 of 15 streams for 4s: all 1m candles, 24 h statistics and mark prices of usdm, "
        "while books, quotes and trades flow"
    )


@pytest.mark.parametrize(
    "others",
    [
        # One ticker flows: then it is not about tickers.
        [usdm("c@ticker"), usdm("c@trade")],
        # Nothing of the market flows.
        live(1),
        # Another market is concerned too.
        [usdm("c@trade"), stream("a@ticker", StreamState.BLIND, since=NOW - 4)],
    ],
)
def test_else_the_worst_are_named_by_name(others: list[StreamView]) -> None:
    dark = both(["ticker", "markPrice"], StreamState.BLIND)

    assert "more" in judge(facts([*dark, *others]))[1]


def test_blindness_is_as_old_as_the_darkness_and_not_as_its_last_step() -> None:
    dark = replace(stream("a@trade", StreamState.STALE, since=NOW - 1), dark_since=NOW - 20)

    assert judge(facts([dark, *live(1)]))[1] == "BLIND on 1 of 2 streams for 20s: A trades"


def test_where_everything_is_dark_the_cause_comes_before_any_name() -> None:
    dark = [stream(f"s{n}usdt@trade", StreamState.BLIND, since=NOW - 5) for n in range(4)]
    shards = [shard(1, ShardState.WAITING, "connection refused", reconnects=1)]

    assert judge(facts(dark, shards))[1] == (
        "BLIND on 4 of 4 streams for 5s; reconnecting (connection refused)"
    )


def test_what_is_to_replace_a_connection_that_stands_is_not_down() -> None:
    shards = [shard(1, reason="being replaced by shard 2"), shard(2, ShardState.CONNECTING)]

    assert successors(shards) == {1: 2}
    assert judge(facts(live(3), shards)) == (Grade.LIVE, "LIVE 3/3 streams")
    assert successors([shard(1, ShardState.CLOSED, "being replaced by shard 2")]) == {}
    assert successors([shard(1, reason="being replaced by shard x")]) == {}


@pytest.mark.parametrize(
    ("rest_at", "answered"), [(None, False), (NOW - 6, False), (NOW - 5, True), (NOW, True)]
)
def test_an_answer_of_rest_from_before_a_loss_says_nothing_of_it(
    rest_at: float | None, answered: bool
) -> None:
    dark = [
        replace(stream("busdt@trade", StreamState.BLIND, since=NOW), dark_since=NOW - 5),
        stream("ausdt@trade", StreamState.STALE, since=NOW - 90),
    ]

    assert facts(dark, of=replace(health(), rest_at=rest_at)).rest_answered is answered
    assert not facts(dark, of=replace(health(rest_ok=False), rest_at=rest_at)).rest_answered


@pytest.mark.parametrize("state", [ShardState.GATED, ShardState.CONNECTING, ShardState.WAITING])
def test_a_connection_on_its_way_up_degrades(state: ShardState) -> None:
    shards = [shard(1), shard(2, state, "closed: 1006", reconnects=1)]

    assert judge(facts(live(6), shards)) == (
        Grade.DEGRADED,
        "DEGRADED: reconnecting 1 of 2 connections (closed: 1006)",
    )


def test_a_first_connection_is_not_called_a_reconnect() -> None:
    _, sentence = judge(facts(live(3), [shard(1, ShardState.CONNECTING)]))

    assert sentence == "DEGRADED: connecting"


@pytest.mark.parametrize("state", [ShardState.IDLE, ShardState.WAITING, ShardState.FAILED])
def test_a_connection_that_nothing_is_wanted_on_does_not_matter(state: ShardState) -> None:
    assert judge(facts(live(3), [shard(1), shard(2, state, wanted=0)]))[0] is Grade.LIVE


def test_a_connection_that_cannot_come_back_is_blindness() -> None:
    shards = [shard(1, ShardState.FAILED, "HTTP 451: not from here"), shard(2, ShardState.FAILED)]

    assert judge(facts(live(3), shards)) == (
        Grade.BLIND,
        "BLIND on connection 1: HTTP 451: not from here and on 1 more",
    )


def test_rest_down_degrades() -> None:
    down = health(rest_ok=False, rest_reason="HTTP 503")

    assert judge(facts(live(1), of=down)) == (Grade.DEGRADED, "DEGRADED: REST down (HTTP 503)")


@pytest.mark.parametrize(
    ("offset_ms", "sentence"),
    [
        (None, "LIVE 1/1 streams"),
        (250.0, "LIVE 1/1 streams"),
        (-250.0, "LIVE 1/1 streams"),
        (412.4, "DEGRADED: clock offset +412 ms"),
        (-412.4, "DEGRADED: clock offset -412 ms"),
        (90_000.0, "DEGRADED: clock offset +1m30s"),
        (-7_200_000.0, "DEGRADED: clock offset -2h00m"),
        (1e12, "DEGRADED: clock offset +11574d01h"),
        # An exchange on an earlier day is a replay on its tape's time.
        (-40_000_000_000.0, "LIVE 1/1 streams"),
    ],
)
def test_a_skewed_clock_degrades(offset_ms: float | None, sentence: str) -> None:
    assert judge(facts(live(1), of=health(clock_offset_ms=offset_ms)))[1] == sentence


@pytest.mark.parametrize(
    ("lag_ms", "sentence"), [(1_000.0, "LIVE 1/1 streams"), (1_300.0, "DEGRADED: loop lag 1.3 s")]
)
def test_a_late_loop_degrades(lag_ms: float, sentence: str) -> None:
    assert judge(facts(live(1), of=health(loop_lag_ms=lag_ms)))[1] == sentence


def test_one_sentence_says_first_what_blinds_then_what_else_is_wrong() -> None:
    streams = [stream("ethusdt@trade", StreamState.BLIND, since=NOW - 3), *live(2)]
    shards = [shard(1, ShardState.WAITING, "closed: 1006", reconnects=2)]

    grade, sentence = judge(facts(streams, shards, health(rest_ok=False)))

    assert grade is Grade.BLIND
    assert sentence == (
        "BLIND on 1 of 3 streams for 3s: ETHUSDT trades; reconnecting (closed: 1006); REST down"
    )


@given(
    st.lists(
        st.builds(
            stream,
            st.sampled_from(["a@trade", "b@bookTicker", "c@ticker"]),
            st.sampled_from(StreamState),
            st.sampled_from(["", "because"]),
            st.floats(0, NOW),
        )
    ),
    st.lists(
        st.builds(shard, st.integers(1, 9), st.sampled_from(ShardState), st.just(""), st.integers(0, 3))
    ),
    st.builds(health, st.none() | st.floats(-1e6, 1e6), st.floats(0, 5e3), st.booleans()),
)
def test_live_means_live_whatever_the_facts(
    streams: list[StreamView], shards: list[ShardView], of: HealthView
) -> None:
    grade, sentence = judge(facts(streams, shards, of))

    proven = {StreamState.LIVE, StreamState.QUIET}
    if grade is Grade.LIVE:
        assert streams
        assert all(s.state in proven for s in streams)
        assert of.rest_ok
    if any(s.state in (StreamState.STALE, StreamState.BLIND) for s in streams):
        assert grade is Grade.BLIND
    assert sentence.startswith(grade.value.upper())


def test_the_grade_lasts_since_it_began_though_its_words_change() -> None:
    stale = [stream("ethusdt@trade", StreamState.STALE, since=NOW)]
    first = follow(None, facts(stale, now=NOW + 1))
    second = follow(first, facts(stale, now=NOW + 2))
    third = follow(second, facts(live(1), now=NOW + 3))

    assert first == VerdictView(Grade.BLIND, "BLIND on 1 of 1 streams for 1s: ETHUSDT trades", NOW + 1)
    assert second == VerdictView(Grade.BLIND, "BLIND on 1 of 1 streams for 2s: ETHUSDT trades", NOW + 1)
    assert third == VerdictView(Grade.LIVE, "LIVE 1/1 streams", NOW + 3)


def test_every_rule_has_its_own_name() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    assert [EXIT_CODES[grade] for grade in (Grade.LIVE, Grade.DEGRADED, Grade.BLIND)] == [0, 1, 2]
    assert (ExitCode.USAGE, ExitCode.CONNECT, ExitCode.CRASH) == (3, 4, 70)


# Books


def test_a_book_that_is_being_built_degrades_and_says_why() -> None:
    fresh = book_status(ETH, BookState.SYNCING, "waits for its first snapshot", since=NOW - 10.0)
    again = book_status(ETH, BookState.RESYNC, "3 updates missing", since=NOW - 500.0)

    assert judge(facts(live(1), books=[fresh])) == (
        Grade.DEGRADED,
        "DEGRADED: book of ETHUSDT is being built: waits for its first snapshot",
    )
    assert judge(facts(live(1), books=[again, book_status(BTC)])) == (
        Grade.DEGRADED,
        "DEGRADED: book of ETHUSDT is being rebuilt: 3 updates missing",
    )


@pytest.mark.parametrize("state", [BookState.UNTRUSTED, BookState.SYNCING])
def test_a_book_that_is_untrusted_or_never_good_blinds(state: BookState) -> None:
    book = book_status(ETH, state, "3 updates missing", since=NOW - 10.1)

    assert judge(facts(live(1), books=[book])) == (
        Grade.BLIND,
        "BLIND on book of ETHUSDT for 10s: 3 updates missing",
    )


def test_many_books_are_counted_and_the_oldest_speaks() -> None:
    books = [
        book_status(spot(f"S{n}"), BookState.UNTRUSTED, f"reason {n}", since=NOW - n) for n in range(1, 6)
    ]

    assert judge(facts(live(1), books=books)) == (
        Grade.BLIND,
        "BLIND on books of S5, S4, S3 and 2 more for 5s: reason 5",
    )


def test_a_book_whose_stream_is_missing_is_named_once() -> None:
    gone = stream("ethusdt@depth@100ms", StreamState.BLIND, "shard 1: cut", since=NOW - 4.0)
    book = book_status(ETH, BookState.UNTRUSTED, "shard 1: cut", since=NOW - 4.0)

    assert judge(facts([gone, *live(1)], books=[book])) == (
        Grade.BLIND,
        "BLIND on 1 of 2 streams for 4s: ETHUSDT book",
    )


def test_books_that_are_good_say_nothing() -> None:
    assert judge(facts(live(2), books=[book_status(BTC), book_status(ETH)])) == (
        Grade.LIVE,
        "LIVE 2/2 streams",
    )


# Own accounts


def test_fills_that_may_be_missing_blind_though_all_market_data_flows() -> None:
    lost = a_user_stream(UserStreamState.DOWN, "the connection was lost", since=NOW - 12)
    grade, sentence = judge(facts(live(2), proof=Proof(1, unproven=(lost,))))
    assert grade is Grade.BLIND
    assert sentence == "BLIND on fills of main.spot for 12s: the connection was lost"


def test_an_account_that_begins_or_is_asked_about_degrades() -> None:
    fresh = a_user_stream(UserStreamState.STARTING, since=NOW)
    assert judge(facts(live(1), proof=Proof(1, starting=(fresh,)))) == (
        Grade.DEGRADED,
        "DEGRADED: waiting for the user stream of main.spot",
    )
    running = a_recovery(RecoveryState.RUNNING)
    assert judge(facts(live(1), proof=Proof(1, recovering=(running,))))[0] is Grade.DEGRADED


def test_what_could_not_be_recovered_is_said() -> None:
    part = a_recovery(RecoveryState.INCOMPLETE, missing="trades of BTCUSDT: HTTP 503")
    assert judge(facts(live(1), proof=Proof(1, incomplete=(part,)))) == (
        Grade.DEGRADED,
        "DEGRADED: recovery incomplete of main.spot: trades of BTCUSDT: HTTP 503",
    )


def test_live_says_that_fills_are_proven_where_there_is_an_account() -> None:
    assert judge(facts(live(2), proof=Proof(1))) == (Grade.LIVE, "LIVE 2/2 streams, fills proven")
