from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.markets import StreamKey
from bntui.model.states import BookState, StreamState
from bntui.model.views import StreamView
from bntui.ui.panels.trust import (
    OPENING,
    SILENT,
    Trust,
    book_trust,
    candles_trust,
    liquidations_trust,
    mark_trust,
    symbol_trust,
    trades_trust,
    under,
)
from tests.support import market
from tests.support.opened import book, level, status

BTC = market.key_of("BTCUSDT")


def streams(**states: StreamState) -> dict[StreamKey, StreamView]:
    return {
        StreamKey(BTC.market, f"btcusdt@{name}"): StreamView(
            BTC.market, f"btcusdt@{name}", 0, state, f"why {name}", 7.0, None, None
        )
        for name, state in states.items()
    }


@pytest.mark.parametrize("state", [state for state in BookState if state is not BookState.SYNCED])
def test_only_a_synced_book_is_good(state: BookState) -> None:
    view = replace(book(), status=status(state=state, reason="so it is", since=3.0))
    assert book_trust(view, None, False) == Trust(
        str(state), book_trust(view, None, False).style, False, "so it is", 3.0
    )
    assert book_trust(book(), None, False).good


def test_a_crossed_book_is_never_good() -> None:
    trust = book_trust(book(bids=[level("2", "1")], asks=[level("1", "1")]), None, False)
    assert (trust.word, trust.good, trust.reason) == ("crossed", False, "crossed: bid 2, ask 1")
    assert book_trust(book(bids=[level("1", "1")], asks=[level("1", "1")]), None, False).word == "locked"


def test_the_state_of_a_book_is_told_before_its_levels_come() -> None:
    assert book_trust(None, None, False) is OPENING
    trust = book_trust(None, status(state=BookState.SYNCING, reason="waits for a snapshot"), False)
    assert (trust.word, trust.reason) == ("syncing", "waits for a snapshot")
    assert not book_trust(None, status(), False).good


def test_the_tape_is_as_good_as_its_stream_of_trades() -> None:
    assert trades_trust(streams(trade=StreamState.LIVE, depth=StreamState.BLIND), BTC, False).good
    bad = trades_trust(streams(aggTrade=StreamState.STALE), BTC, False)
    assert (bad.word, bad.good, bad.reason, bad.since) == ("stale", False, "why aggTrade", 7.0)
    assert trades_trust({}, BTC, False) is OPENING


def test_candles_are_as_good_as_the_stream_of_their_interval() -> None:
    known = streams(kline_1m=StreamState.LIVE, kline_5m=StreamState.BLIND)
    assert candles_trust(known, BTC, "1m", False).good
    assert not candles_trust(known, BTC, "5m", False).good


def test_liquidations_and_mark_prices_are_as_good_as_their_streams() -> None:
    known = streams(forceOrder=StreamState.QUIET, markPrice=StreamState.BLIND, trade=StreamState.LIVE)
    assert liquidations_trust(known, BTC, False).good
    assert not mark_trust(known, BTC, False).good
    assert liquidations_trust(known, BTC, True) is SILENT


def test_nothing_is_good_while_the_engine_is_silent() -> None:
    assert book_trust(book(), None, True) is SILENT
    assert trades_trust(streams(trade=StreamState.LIVE), BTC, True) is SILENT
    assert not symbol_trust(market.watch_row("BTCUSDT"), None, True, True).good


def test_a_symbol_that_does_not_trade_takes_its_panels_along() -> None:
    halted = market.instrument("BTCUSDT", "BTC", "USDT", "0.01", "BREAK")
    whole = symbol_trust(market.watch_row("BTCUSDT"), halted, True, False)
    assert (whole.word, whole.good) == ("not trading", False)
    assert "BREAK" in whole.reason
    assert not under(whole, book_trust(book(), None, False)).good
    assert symbol_trust(market.watch_row("BTCUSDT"), None, False, False).word == "not listed"


def test_under_a_symbol_that_trades_each_panel_speaks_for_itself() -> None:
    stale = symbol_trust(market.watch_row("BTCUSDT", state=StreamState.STALE), None, True, False)
    assert not stale.good
    assert under(stale, book_trust(book(), None, False)).good
