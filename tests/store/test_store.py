"""The store: complete for what is wanted, bounded, and honest about what changed."""

from __future__ import annotations

import pytest

from bntui.model.delta import Delta
from bntui.model.derivatives import MarkPrice, OpenInterest
from bntui.model.judged import VerdictView, empty_health
from bntui.model.kept import NOTICES_KEPT, OUTAGES_KEPT
from bntui.model.markets import Market, StreamKey, SymbolKey
from bntui.model.states import Grade, ShardState, StreamState
from bntui.model.status import (
    BudgetChanged,
    HealthChanged,
    InstrumentsLoaded,
    LinkChanged,
    OutageChanged,
    ShardChanged,
)
from bntui.store.store import Store
from tests.model.build import (
    BTC,
    CJK,
    ETH,
    T0_MS,
    agg_trade,
    budget,
    candle,
    closes,
    health,
    instrument,
    mini_ticker,
    outage,
    quote,
    shard,
    spot,
    stream,
    stream_changed,
    stream_gone,
    ticker,
    trade,
)

EPOCH = "e1"


def store(*watched: SymbolKey, tombstones: int = 100) -> Store:
    made = Store(EPOCH, T0_MS, tombstones=tombstones)
    made.set_watchlist(watched)
    return made


def ask(s: Store, seq: int = 0, epoch: str = EPOCH, focus: int | None = None) -> Delta:
    return s.delta(seq, epoch, focus, 12.0, T0_MS)


# Rows and watchlist


def test_a_new_viewer_gets_everything() -> None:
    s = store(BTC, ETH)
    s.apply([quote(BTC), stream_changed(), ShardChanged(shard()), BudgetChanged(budget())])

    delta = ask(s)

    assert delta.full
    assert (delta.epoch, delta.now, delta.wall_ms) == (EPOCH, 12.0, T0_MS)
    assert {row.key for row in delta.rows} == {BTC, ETH}
    assert delta.watchlist == [BTC, ETH]
    assert (delta.streams, delta.shards, delta.budget) == ([stream()], [shard()], budget())
    assert (delta.health, delta.instruments, delta.verdict) == (empty_health(), [], None)


def test_a_viewer_gets_only_what_changed_since_its_last_answer() -> None:
    s = store(BTC, ETH)
    seq = ask(s).seq
    s.apply([quote(ETH, bid="1.0"), quote(ETH, bid="2.0")])

    delta = ask(s, seq)

    assert not delta.full
    assert [(row.key, row.bid) for row in delta.rows] == [(ETH, "2.0")]
    assert (delta.watchlist, delta.shards, delta.streams, delta.health, delta.budget) == (
        None,
        [],
        [],
        None,
        None,
    )
    assert ask(s, delta.seq).rows == []


def test_viewers_do_not_take_changes_from_one_another() -> None:
    s = store(BTC)
    slow = ask(s).seq
    fast = ask(s).seq
    s.apply([quote(BTC, bid="1.0")])
    fast = ask(s, fast).seq
    s.apply([quote(BTC, bid="2.0")])

    assert [row.bid for row in ask(s, slow).rows] == ["2.0"]
    assert [row.bid for row in ask(s, fast).rows] == ["2.0"]


@pytest.mark.parametrize(("seq", "epoch"), [(0, EPOCH), (99, EPOCH), (-1, EPOCH), (1, "another")])
def test_a_viewer_that_does_not_follow_on_gets_everything(seq: int, epoch: str) -> None:
    s = store(BTC)
    ask(s)

    assert s.dirty(seq, epoch)
    assert ask(s, seq, epoch).full


def test_symbols_that_are_not_watched_have_no_row() -> None:
    s = store(BTC)
    seq = ask(s).seq
    s.apply(
        [
            quote(ETH),
            trade(ETH),
            ticker(ETH),
            agg_trade(ETH),
            mini_ticker(ETH),
            closes(ETH, "1.0"),
            candle(),
            LinkChanged(1, ShardState.LIVE, "", None, 3, T0_MS, 1.0),
        ]
    )

    assert not s.dirty(seq, EPOCH)
    assert list(s.rows) == [BTC]


def test_every_kind_of_market_data_reaches_its_row() -> None:
    for event in (
        quote(BTC),
        trade(BTC),
        agg_trade(BTC),
        ticker(BTC),
        mini_ticker(BTC),
        closes(BTC, "1.0"),
        MarkPrice(BTC, "1.0", "1.1", "0.0001", 9, None, None, 5, 6, 7.0),
        OpenInterest(BTC, "12.5", 5, 6, 7.0),
    ):
        s = store(BTC)
        seq = ask(s).seq
        before = s.rows[BTC]
        s.apply([event])
        assert ask(s, seq).rows == [s.rows[BTC]] != [before], event


def test_the_watchlist_keeps_rows_that_stay_and_drops_those_that_go() -> None:
    s = store(BTC, ETH)
    s.apply([quote(BTC, bid="1.0"), quote(ETH, bid="2.0")])
    seq = ask(s).seq
    s.set_watchlist([CJK, BTC, BTC])

    delta = ask(s, seq)

    assert delta.watchlist == [CJK, BTC]
    assert [row.key for row in delta.rows] == [CJK]
    assert list(s.rows) == [CJK, BTC]
    assert s.rows[BTC].bid == "1.0"


def test_setting_the_same_watchlist_is_no_change() -> None:
    s = store(BTC)
    seq = ask(s).seq
    s.set_watchlist([BTC])

    assert not s.dirty(seq, EPOCH)


def test_a_row_that_went_and_came_back_begins_anew() -> None:
    s = store(BTC)
    s.apply([quote(BTC)])
    seq = ask(s).seq
    s.set_watchlist([])
    s.set_watchlist([BTC])

    assert [row.bid for row in ask(s, seq).rows] == [None]


def test_what_was_handed_out_does_not_follow_the_store() -> None:
    s = store(BTC)
    s.apply([trade(BTC, 1, "1.0")])
    delta, rows = ask(s), s.rows
    s.apply([trade(BTC, 2, "2.0")])

    assert [row.last for row in (*delta.rows, rows[BTC])] == ["1.0", "1.0"]


# Streams and shards


def test_a_row_shows_the_worst_of_its_streams() -> None:
    s = store(BTC)
    s.apply(
        [
            stream_changed("btcusdt@trade", StreamState.LIVE),
            stream_changed("btcusdt@ticker", StreamState.STALE, "no data"),
        ]
    )
    assert (s.rows[BTC].state, s.rows[BTC].reason) == (StreamState.STALE, "no data")

    seq = ask(s).seq
    s.apply([stream_changed("btcusdt@ticker", StreamState.LIVE)])
    assert [row.state for row in ask(s, seq).rows] == [StreamState.LIVE]


def test_streams_and_watchlist_may_come_in_either_order() -> None:
    s = store()
    s.apply([stream_changed("btcusdt@trade", StreamState.BLIND, "down")])
    s.set_watchlist([BTC])

    assert (s.rows[BTC].state, s.rows[BTC].reason) == (StreamState.BLIND, "down")


@pytest.mark.parametrize("symbol", ["币安人生USDT", "ÄPFELUSDT", "ΑΣUSDT", "ΑΣ"])
def test_a_stream_finds_its_row_whatever_the_script(symbol: str) -> None:
    key = spot(symbol)
    s = store(key)
    s.apply([stream_changed(f"{symbol.lower()}@trade", StreamState.QUIET, "no trade")])

    assert s.rows[key].state is StreamState.QUIET


def test_a_stream_of_another_market_is_not_the_rows() -> None:
    s = store(SymbolKey(Market.USDM, "BTCUSDT"))
    s.apply([stream_changed("btcusdt@trade", StreamState.BLIND)])

    assert s.rows[SymbolKey(Market.USDM, "BTCUSDT")].state is StreamState.WANTED


def test_streams_that_are_no_longer_wanted_are_told_as_gone() -> None:
    s = store(BTC)
    s.apply([stream_changed("btcusdt@trade"), stream_changed("btcusdt@ticker", StreamState.STALE)])
    seq = ask(s).seq
    s.apply([stream_gone("btcusdt@ticker"), stream_gone("never@wanted")])

    delta = ask(s, seq)

    assert delta.streams_gone == [(Market.SPOT, "btcusdt@ticker")]
    assert [row.state for row in delta.rows] == [StreamState.LIVE]
    assert set(s.streams) == {StreamKey(Market.SPOT, "btcusdt@trade")}

    s.apply([stream_gone("btcusdt@trade")])
    assert s.rows[BTC].state is StreamState.WANTED


def test_a_closed_shard_goes() -> None:
    s = store()
    s.apply([ShardChanged(shard(1)), ShardChanged(shard(2))])
    seq = ask(s).seq
    s.apply([ShardChanged(shard(1, ShardState.CLOSED)), ShardChanged(shard(9, ShardState.CLOSED))])

    delta = ask(s, seq)

    assert (delta.shards, delta.shards_gone) == ([], [1])
    assert set(s.shards) == {2}


def test_a_viewer_older_than_the_oldest_tombstone_gets_everything() -> None:
    s = store(tombstones=2)
    s.apply([stream_changed(f"s{n}@trade") for n in range(4)])
    old = ask(s).seq
    s.apply([stream_gone("s0@trade")])
    newer = ask(s, old).seq
    s.apply([stream_gone("s1@trade"), stream_gone("s2@trade")])

    assert ask(s, old).full
    assert not ask(s, newer).full


def test_ages_come_with_the_focus_on_a_shard() -> None:
    key = StreamKey(Market.SPOT, "btcusdt@trade")
    asked: list[int] = []

    def ages(shard_id: int) -> list[tuple[StreamKey, float]]:
        asked.append(shard_id)
        return [(key, 11.5)]

    s = Store(EPOCH, T0_MS, ages)

    assert ask(s).stream_ages == []
    assert ask(s, focus=7).stream_ages == [(Market.SPOT, "btcusdt@trade", 11.5)]
    assert asked == [7]


# What concerns everything


def test_views_are_told_when_they_change_and_not_when_they_are_repeated() -> None:
    s = store()
    verdict = VerdictView(Grade.LIVE, "LIVE 1/1 streams", 1.0)
    seq = ask(s).seq
    s.apply([BudgetChanged(budget(4)), HealthChanged(health())])
    s.apply([InstrumentsLoaded((instrument(BTC),))])
    s.set_verdict(verdict)

    delta = ask(s, seq)
    assert (delta.budget, delta.health, delta.instruments, delta.verdict) == (
        budget(4),
        health(),
        [instrument(BTC)],
        verdict,
    )
    assert (s.budget, s.health, s.instruments, s.verdict) == (
        budget(4),
        health(),
        {BTC: instrument(BTC)},
        verdict,
    )

    s.apply([BudgetChanged(budget(4)), HealthChanged(health())])
    s.apply([InstrumentsLoaded((instrument(BTC),))])
    s.set_verdict(verdict)
    assert not s.dirty(delta.seq, EPOCH)


def test_loaded_instruments_replace_those_of_their_market_only() -> None:
    futures = instrument(SymbolKey(Market.USDM, "BTCUSDT"))
    s = store()
    s.apply([InstrumentsLoaded((futures,)), InstrumentsLoaded((instrument(BTC), instrument(ETH)))])
    s.apply([InstrumentsLoaded((instrument(ETH, status="BREAK"),))])

    assert s.instruments == {futures.key: futures, ETH: instrument(ETH, status="BREAK")}


def test_an_outage_is_one_line_from_its_begin_to_its_end() -> None:
    s = store()
    s.apply([OutageChanged(outage(1)), OutageChanged(outage(2))])
    seq = ask(s).seq
    s.apply([OutageChanged(outage(1, ended_ms=T0_MS + 4_000))])

    assert ask(s, seq).outages == [outage(1, ended_ms=T0_MS + 4_000)]
    assert [line.id for line in s.outages] == [2, 1]


def test_the_history_is_bounded_and_keeps_the_newest() -> None:
    s = store()
    s.apply([OutageChanged(outage(n)) for n in range(1, OUTAGES_KEPT + 3)])
    s.apply([OutageChanged(outage(1, ended_ms=T0_MS))])

    assert [line.id for line in s.outages] == list(range(OUTAGES_KEPT + 2, 2, -1))


def test_notices_are_numbered_bounded_and_told_once() -> None:
    s = store()
    s.notice("first")
    seq = ask(s).seq
    s.notice("no such symbol", bad=True)

    (notice,) = ask(s, seq).notices
    assert (notice.id, notice.text, notice.bad) == (2, "no such symbol", True)

    for _ in range(NOTICES_KEPT):
        s.notice("more")
    assert [n.id for n in s.notices] == list(range(3, NOTICES_KEPT + 3))


# Waking who waits


def test_the_first_change_after_an_answer_is_announced_and_no_other() -> None:
    s = store(BTC)
    calls: list[str] = []
    seq = ask(s).seq
    s.on_change = lambda: calls.append("changed")

    s.apply([quote(ETH)])
    assert calls == []
    s.apply([quote(BTC), trade(BTC)])
    s.notice("hello")
    assert calls == ["changed"]
    assert s.dirty(seq, EPOCH)

    ask(s, seq)
    s.apply([quote(BTC)])
    assert calls == ["changed", "changed"]
