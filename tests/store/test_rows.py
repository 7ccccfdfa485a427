"""A row shows the newest that any of its streams said, and never a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.derivatives import MarkPrice, OpenInterest
from bntui.model.states import StreamState
from bntui.store.rows import Row, direction, drawable
from tests.model.build import BTC, T0_MS, agg_trade, closes, mini_ticker, quote, stream, ticker, trade


def row() -> Row:
    return Row(BTC)


def test_a_new_row_knows_nothing_and_says_so() -> None:
    view = row().view

    assert (view.bid, view.last, view.tick, len(view.closes)) == (None, None, 0, 0)
    assert (view.state, view.reason) == (StreamState.WANTED, "not subscribed yet")


def test_a_quote_is_kept_as_printed() -> None:
    r = row()
    r.quote(quote(bid="100.10000000", ask="100.20000000", at=12.5))

    view = r.view
    assert (view.bid, view.bid_qty, view.ask, view.ask_qty, view.quote_at) == (
        "100.10000000",
        "1.5",
        "100.20000000",
        "2.5",
        12.5,
    )


def test_a_trade_is_the_last_price() -> None:
    r = row()
    r.trade(trade(trade_id=7, price="100.50", at=12.5))

    view = r.view
    assert (view.last, view.last_qty, view.last_side, view.last_id, view.trade_at) == (
        "100.50",
        "0.5",
        "buy",
        7,
        12.5,
    )


def test_the_tick_is_the_direction_of_the_last_change_of_price() -> None:
    r = row()
    seen = []
    for number, price in enumerate(["10.0", "10.1", "10.1", "10.10", "9.9", "9.9", "11.0"]):
        r.trade(trade(trade_id=number, price=price))
        seen.append(r.view.tick)

    assert seen == [0, 1, 1, 1, -1, -1, 1]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("9.99", "10.00", 1),
        ("10.00", "9.99", -1),
        ("1.0", "1.00", 0),
        ("0.00000001", "0.00000002", 1),
        # Equal as floats.
        ("12345678901234567.01", "12345678901234567.02", 1),
        ("12345678901234567.02", "12345678901234567.01", -1),
        ("junk", "1.0", 0),
        ("1.0", "", 0),
        ("1.0", "NaN", 0),
    ],
)
def test_prices_are_compared_exactly(old: str, new: str, expected: int) -> None:
    assert direction(old, new) == expected


@given(st.decimals(0, 10**12, places=8), st.decimals(0, 10**12, places=8))
def test_prices_are_compared_like_the_numbers_they_print(old: Decimal, new: Decimal) -> None:
    assert direction(f"{old:f}", f"{new:f}") == (new > old) - (new < old)


@pytest.mark.parametrize("price", [None, "", "junk", "nan", "inf", "-inf", "1" + "0" * 400])
def test_what_is_no_number_is_not_drawn(price: str | None) -> None:
    assert drawable(price) is None


def test_a_duplicate_or_an_old_trade_is_not_the_last_price() -> None:
    r = row()
    r.trade(trade(trade_id=10, price="100.0", time_ms=T0_MS + 10, at=20.0))
    r.trade(trade(trade_id=9, price="99.0", time_ms=T0_MS + 9, at=21.0, refilled=True))

    assert (r.view.last, r.view.last_id, r.view.trade_at) == ("100.0", 10, 20.0)


def test_an_old_id_with_a_newer_time_is_a_sequence_that_began_anew() -> None:
    r = row()
    r.trade(trade(trade_id=1_000_000, price="100.0", time_ms=T0_MS))
    r.trade(trade(trade_id=3, price="50.0", time_ms=T0_MS + 1))

    assert (r.view.last, r.view.last_id) == ("50.0", 3)


def test_the_ticker_gives_the_last_price_before_the_first_trade() -> None:
    r = row()
    r.ticker(ticker(last="100.0", last_id=5, change_percent="-1.250"))
    view = r.view
    assert (view.last, view.last_qty, view.last_side, view.last_id, view.trade_at) == (
        "100.0",
        "0.25",
        None,
        5,
        None,
    )
    assert (view.change_percent, view.open, view.high, view.low) == ("-1.250", "101.27", "102.0", "99.0")
    assert (view.volume, view.quote_volume, view.ticker_at) == ("1234.5", "123450.0", 10.0)

    r.trade(trade(trade_id=5, price="100.0", time_ms=T0_MS - 5))
    assert (view.last_side, view.trade_at) == ("buy", 10.0)


def test_the_ticker_gives_the_last_price_only_when_it_is_newer_than_the_trades() -> None:
    r = row()
    r.trade(trade(trade_id=10, price="100.0"))
    r.ticker(ticker(last="90.0", last_id=9))
    assert r.view.last == "100.0"
    r.ticker(ticker(last="90.0", last_id=10))
    assert r.view.last == "100.0"

    r.ticker(ticker(last="110.0", last_id=11, time_ms=T0_MS + 1_000))
    assert (r.view.last, r.view.last_id, r.view.tick) == ("110.0", 11, 1)

    # A trade on its way that is older than what the ticker showed does not turn the price back.
    r.trade(trade(trade_id=10, price="100.5", time_ms=T0_MS + 500))
    assert r.view.last == "110.0"


def test_a_symbol_that_never_traded_has_no_last_price() -> None:
    r = row()
    r.ticker(ticker(last="0.00000000", last_id=-1))

    assert (r.view.last, r.view.closes.tolist()) == (None, [])


def test_tickers_over_other_windows_say_nothing_of_24_hours() -> None:
    r = row()
    r.ticker(ticker(window="1h"))

    assert (r.view.change_percent, r.view.ticker_at, r.view.last) == (None, None, None)


def test_a_mini_ticker_gives_the_last_price_only_where_nothing_better_is_known() -> None:
    r = row()
    r.mini_ticker(mini_ticker(close="100.0"))
    assert (r.view.last, r.view.open, r.view.volume) == ("100.0", "101.27", "1234.5")

    r.trade(trade(trade_id=1, price="101.0"))
    r.mini_ticker(mini_ticker(close="99.0", time_ms=T0_MS + 60_000))
    assert (r.view.last, r.view.closes.tolist()) == ("101.0", [101.0, 101.0])


def test_an_aggregate_counts_as_its_last_trade() -> None:
    r = row()
    r.agg_trade(agg_trade(last_id=20, price="100.0"))
    r.trade(trade(trade_id=19, price="90.0", time_ms=T0_MS - 1))

    assert (r.view.last, r.view.last_id, r.view.last_side) == ("100.0", 20, "sell")


def test_the_mark_price_comes_with_index_and_funding() -> None:
    r = row()
    r.marked(MarkPrice(BTC, "100.10", "100.20", "-0.0001", 9_000, None, None, 5, 6, 7.0))
    view = r.view
    assert (view.mark_price, view.index_price, view.mark_at) == ("100.10", "100.20", 7.0)
    assert (view.funding_rate, view.next_funding_ms) == ("-0.0001", 9_000)
    assert view.last is None, "a mark price is no trade"


def test_open_interest_has_an_age_of_its_own() -> None:
    r = row()
    r.open_contracts(OpenInterest(BTC, "12.5", 5, 6, 7.0))
    assert (r.view.open_interest, r.view.open_interest_at, r.view.mark_at) == ("12.5", 7.0, None)


def test_a_snapshot_holds_all_of_the_row() -> None:
    r = row()
    r.marked(MarkPrice(BTC, "100.10", "100.20", "-0.0001", 9_000, None, None, 5, 6, 7.0))
    r.open_contracts(OpenInterest(BTC, "12.5", 5, 6, 7.0))
    assert r.snapshot() == r.view


def test_closes_follow_trades_tickers_and_what_rest_told() -> None:
    r = row()
    r.trade(trade(trade_id=1, price="103.0", time_ms=T0_MS + 3 * 60_000))
    r.past_closes(closes(BTC, "100.0", "101.0", "junk", "99.0"))
    r.ticker(ticker(last_id=1, time_ms=T0_MS + 4 * 60_000))

    assert r.view.closes.tolist() == [100.0, 101.0, 101.0, 103.0, 103.0]


def test_quiet_liquidations_say_nothing_of_the_row_but_missing_ones_do() -> None:
    r = row()
    trades = stream("btcusdt@trade", StreamState.LIVE)
    r.judge([trades, stream("btcusdt@forceOrder", StreamState.QUIET, "nothing to tell")])
    assert (r.view.state, r.view.reason) == (StreamState.LIVE, "")
    r.judge([trades, stream("btcusdt@forceOrder", StreamState.BLIND, "shard 1: lost")])
    assert r.view.state is StreamState.BLIND


def test_the_worst_stream_speaks_for_the_row() -> None:
    r = row()
    states = [
        stream("btcusdt@trade", StreamState.LIVE),
        stream("btcusdt@ticker", StreamState.STALE, "no data"),
        stream("btcusdt@bookTicker", StreamState.QUIET, "no trade"),
    ]

    assert r.judge(states)
    assert (r.view.state, r.view.reason) == (StreamState.STALE, "no data")
    assert not r.judge(states)
    assert r.judge([])
    assert r.view.state is StreamState.WANTED


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (StreamState.LIVE, StreamState.QUIET),
        (StreamState.QUIET, StreamState.ACKED),
        (StreamState.ACKED, StreamState.WANTED),
        (StreamState.WANTED, StreamState.STALE),
        (StreamState.STALE, StreamState.BLIND),
    ],
)
def test_states_have_an_order_of_badness(better: StreamState, worse: StreamState) -> None:
    r = row()
    r.judge([stream("a@trade", better), stream("a@ticker", worse), stream("a@bookTicker", better)])

    assert r.view.state is worse


def test_a_snapshot_does_not_follow_the_row() -> None:
    r = row()
    r.trade(trade(trade_id=1, price="100.0"))
    before = r.snapshot()
    assert before == r.view

    r.trade(trade(trade_id=2, price="101.0"))
    r.quote(quote())
    assert (before.last, before.bid, before.closes.tolist()) == ("100.0", None, [100.0])
