"""The engine: wishes become streams, what is wrong becomes a sentence, what matters is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.clock import ManualClock
from bntui.engine.engine import SMALL_EXCHANGE, STARTER_WAIT_S, WATCHLIST, Engine
from bntui.errors import UsageError
from bntui.journal import open_journal
from bntui.model.events import Trade
from bntui.model.markets import Market, Side, StreamKey
from bntui.model.states import Grade, StreamState
from bntui.model.status import OutageChanged, StreamChanged
from bntui.model.views import OutageView, StreamView
from bntui.wire.messages import Rotate, Unwatch, Watch
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import MemoryExchange
from tests.support.feed import VENUE


def watched(engine: Engine) -> list[str]:
    return [each.symbol for each in engine.store.watchlist]


async def test_watched_symbols_get_their_streams_and_lose_them_again(engine: Engine) -> None:
    engine.handle(Watch([key("BTCUSDT"), key("ETHUSDT"), key("BTCUSDT")]))
    assert watched(engine) == ["BTCUSDT", "ETHUSDT"]
    assert len(engine.store.streams) == 6
    engine.handle(Unwatch([key("BTCUSDT"), key("NOSUCH")]))
    assert watched(engine) == ["ETHUSDT"]
    assert {stream.name.partition("@")[0] for stream in engine.store.streams} == {"ethusdt"}


async def test_an_unlisted_symbol_is_refused_with_the_nearest_real_one(engine: Engine) -> None:
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    with pytest.raises(UsageError, match=r"BTCUSTD is not listed; did you mean BTCUSDT\?"):
        engine.handle(Watch([key("BTCUSTD")]))
    assert watched(engine) == []


async def test_an_unlisted_symbol_among_others_keeps_none_of_them_away(engine: Engine) -> None:
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    with pytest.raises(UsageError, match=r"BTCUSTD is not listed; .* OLDUSD is not listed"):
        engine.handle(Watch([key("BTCUSTD"), key("BTCUSDT"), key("OLDUSD"), key("ETHUSDT")]))
    assert watched(engine) == ["BTCUSDT", "ETHUSDT"]


async def test_a_symbol_that_turns_out_unlisted_is_let_go_with_a_notice(engine: Engine) -> None:
    engine.begin([key("BTCUSDT"), key("ETHUSD")])
    list_symbols(engine, "BTCUSDT", "ETHUSDT")
    assert watched(engine) == ["BTCUSDT"]
    (notice,) = engine.store.notices
    assert notice.bad
    assert "ETHUSD is not listed; did you mean ETHUSDT?" in notice.text


async def test_a_symbol_that_does_not_trade_is_watched_and_said(engine: Engine) -> None:
    list_symbols(engine, "OLDUSDT", status="BREAK")
    engine.handle(Watch([key("OLDUSDT")]))
    assert watched(engine) == ["OLDUSDT"]
    assert "the exchange says BREAK" in engine.store.notices[0].text


async def test_a_first_run_watches_the_starter_list_as_far_as_it_is_listed(engine: Engine) -> None:
    engine.begin([])
    assert watched(engine) == []
    list_symbols(engine, "ETHUSDT", "BTCUSDT", *(f"X{n}USDT" for n in range(SMALL_EXCHANGE)))
    assert watched(engine) == ["BTCUSDT", "ETHUSDT"]


async def test_a_small_exchange_is_watched_whole(engine: Engine) -> None:
    engine.begin([])
    list_symbols(engine, "TRXUSDT", "ODDUSDT")
    assert watched(engine) == ["TRXUSDT", "ODDUSDT"]


async def test_without_an_answer_from_rest_the_starter_list_is_taken_unseen(
    engine: Engine, clock: ManualClock
) -> None:
    engine.begin([])
    clock.advance(STARTER_WAIT_S - 0.1)
    engine.tick()
    assert watched(engine) == []
    clock.advance(0.1)
    engine.tick()
    assert watched(engine) == list(VENUE.starter)


async def test_the_watchlist_is_remembered_and_an_empty_one_stays_empty(
    tmp_path: Path, clock: ManualClock
) -> None:
    def run(*commands: Watch | Unwatch) -> list[str]:
        journal = open_journal(tmp_path / "journal.db", clock.wall_ms())
        engine = memory_engine(tmp_path, clock, MemoryExchange(), journal)
        engine.begin([])
        for command in commands:
            engine.handle(command)
        journal.close()
        return watched(engine)

    assert run(Watch([key("BTCUSDT"), key("SOLUSDT")])) == ["BTCUSDT", "SOLUSDT"]
    assert run(Unwatch([key("BTCUSDT")])) == ["SOLUSDT"]
    assert run(Unwatch([key("SOLUSDT")])) == []
    assert run() == []


async def test_a_remembered_symbol_keeps_its_market_and_waits_for_a_run_that_has_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    journal = open_journal(tmp_path / "journal.db", clock.wall_ms())
    journal.put(WATCHLIST, "BTCUSDT.usdm BTCUSDT.spot")
    engine = memory_engine(tmp_path, clock, MemoryExchange(), journal)
    engine.begin([])
    assert engine.store.watchlist == (key("BTCUSDT"),)
    assert "BTCUSDT.usdm is left out" in engine.store.notices[-1].text
    engine.handle(Watch([key("ETHUSDT")]))
    assert journal.get(WATCHLIST) == "BTCUSDT.spot ETHUSDT.spot BTCUSDT.usdm"
    journal.close()


async def test_the_history_of_earlier_runs_is_shown_and_ids_go_on(tmp_path: Path, clock: ManualClock) -> None:
    journal = open_journal(tmp_path / "journal.db", clock.wall_ms())
    engine = memory_engine(tmp_path, clock, MemoryExchange(), journal)
    began_ms = clock.wall_ms()
    engine.take([OutageChanged(OutageView(5, 1, Market.SPOT, began_ms, "lost", 1006, 3, None, None, False))])
    journal.close()
    clock.advance(100)
    journal = open_journal(tmp_path / "journal.db", clock.wall_ms())
    later = memory_engine(tmp_path, clock, MemoryExchange(), journal)
    (line,) = later.store.outages
    assert line.ended_ms == clock.wall_ms()
    assert line.cause == "lost (bntui ended before it was over)"
    assert journal.next_outage_id == 6
    journal.close()


async def test_an_impossible_rotation_is_said(engine: Engine) -> None:
    with pytest.raises(UsageError, match="Shard 9 cannot be replaced"):
        engine.handle(Rotate(9))


async def test_the_verdict_follows_the_streams(engine: Engine, clock: ManualClock) -> None:
    def told(state: StreamState, reason: str = "") -> None:
        name = StreamKey(Market.SPOT, "btcusdt@trade")
        since = clock.monotonic()
        view = StreamView(Market.SPOT, name.name, 1, state, reason, since, None, None)
        engine.take([StreamChanged(name, view)])
        engine.tick()

    assert engine.judge().grade is Grade.DEGRADED
    told(StreamState.LIVE)
    assert engine.store.verdict is not None
    assert engine.store.verdict.sentence == "LIVE 1/1 streams"
    told(StreamState.STALE, "ticker shows more")
    clock.advance(75)
    engine.tick()
    assert engine.store.verdict.sentence == "BLIND on 1 of 1 streams for 1m15s: BTCUSDT trades"


async def test_a_tail_brings_streams_that_no_row_needs_and_takes_them_along(engine: Engine) -> None:
    ring = engine.tails.open([key("BTCUSDT")], ["candle:5m", "trade"], lambda: None)
    assert {stream.name for stream in engine.store.streams} == {"btcusdt@kline_5m", "btcusdt@trade"}
    engine.take([Trade(key("BTCUSDT"), 1, "1.0", "2", Side.BUY, 1, 1, 1, 0.0)])
    assert len(ring.take(10).lines) == 1
    ring.close()
    assert engine.store.streams == {}
