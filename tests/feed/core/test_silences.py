"""Streams that bring nothing on a connection that stands: one incident, from last data to return."""

from __future__ import annotations

from itertools import count

from bntui.feed.core.silences import STREAMS_NAMED, Silences, some_of
from bntui.model.incident import CONNECTION_LOST_TOO
from bntui.model.markets import Market
from bntui.model.states import StreamState
from bntui.model.views import OutageView, StreamView

WHY = "REST shows id 9, this stream stopped at 4"


def silent(name: str, data_at: float | None = 4.0, shard: int = 3) -> StreamView:
    return StreamView(Market.SPOT, name, shard, StreamState.STALE, WHY, 10.0, data_at, 1.0)


def begun(*streams: StreamView) -> tuple[Silences, OutageView]:
    """A silence that was noticed at second 10."""
    silences = Silences(Market.SPOT, count(7).__next__)
    view = silences.follow(streams, False, 10.0, 10_000)
    assert view is not None
    return silences, view


def test_while_everything_flows_nothing_is_told() -> None:
    silences = Silences(Market.SPOT, count(1).__next__)
    assert silences.follow([], False, 1.0, 1_000) is None
    assert silences.did("subscribed to anew", ["btcusdt@trade"]) is None
    assert silences.names == ()


def test_a_silence_says_which_streams_and_what_speaks_against_them() -> None:
    _, view = begun(silent("btcusdt@trade"), silent("btcusdt@ticker"))
    assert (view.id, view.shard, view.began_ms, view.ended_ms) == (7, 3, 10_000, None)
    assert (view.silent, view.planned, view.streams) == (True, False, 2)
    assert view.cause == f"BTCUSDT trades: {WHY}"
    assert view.hit == "BTCUSDT trades, BTCUSDT 24 h statistics"


def test_it_lasts_from_the_last_data_of_the_stream_that_spoke_last() -> None:
    silences, began = begun(
        silent("rareusdt@trade", 1.0), silent("btcusdt@trade", 6.0), silent("x@trade", None)
    )
    ended = silences.follow([], False, 30.0, 30_000)
    assert ended is not None
    assert (ended.id, ended.ended_ms, ended.blind_s) == (began.id, 30_000, 24.0)
    assert repr(silences) == "<Silences 0 streams>"


def test_streams_that_fall_silent_later_join_it_and_nothing_is_said_twice() -> None:
    silences, began = begun(silent("btcusdt@trade"))
    assert silences.follow([silent("btcusdt@trade")], False, 11.0, 11_000) is None
    joined = silences.follow([silent("ethusdt@trade")], False, 12.0, 12_000)
    assert joined is not None
    assert (joined.id, joined.streams, joined.hit) == (began.id, 2, "BTCUSDT trades, ETHUSDT trades")


def test_what_was_done_about_it_is_told_with_how_often() -> None:
    silences, _ = begun(silent("btcusdt@trade"))
    silences.did("subscribed to anew", ["btcusdt@trade"])
    silences.did("subscribed to anew", ["btcusdt@trade", "ethusdt@trade"])
    assert silences.did("moved to a new connection", ["ethusdt@trade"]) is None
    view = silences.did("moved to a new connection", ["btcusdt@trade"])
    assert view is not None
    assert view.later == "subscribed to anew (2 times); moved to a new connection"


def test_where_the_connection_is_lost_meanwhile_that_tells_the_rest() -> None:
    silences, _ = begun(silent("btcusdt@trade"))
    ended = silences.follow([], True, 12.0, 12_000)
    assert ended is not None
    assert ended.later == CONNECTION_LOST_TOO
    assert silences.follow([silent("btcusdt@trade")], False, 20.0, 20_000) is not None, "another one"


def test_a_line_names_only_the_first_streams() -> None:
    names = [f"s{n}usdt@trade" for n in range(STREAMS_NAMED + 4)]
    assert some_of(Market.SPOT, names).count(", ") == STREAMS_NAMED - 1
