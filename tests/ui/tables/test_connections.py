from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from bntui.clock import ManualClock
from bntui.feed.link import ShardLink, ShardOwner
from bntui.model.markets import Market
from bntui.model.states import ShardState, StreamState
from bntui.model.views import OutageView, ShardView, StreamView
from bntui.ui.tables.connections import (
    Handover,
    handover,
    is_mixed,
    outage_columns,
    shard_columns,
    shard_detail,
    shard_note,
    stream_badness,
    stream_columns,
)
from bntui.venue.markets import venue
from tests.support.exchange import MemoryExchange
from tests.support.market import NOW, WALL_MS, outage, shard, streams

NOBODY = Handover({}, {})


def shown(row: ShardView) -> dict[str, str]:
    return {column.id: column.cell(row, column.width, NOW)[0] for column in shard_columns(lambda: NOBODY)}


def test_connections_of_several_markets_or_parts_of_one_say_which() -> None:
    spot, usdm = shard(1), replace(shard(2), market=Market.USDM, host="fstream.test", path="/market")
    assert not is_mixed([spot, shard(3)])
    assert is_mixed([spot, usdm])
    assert is_mixed([usdm, replace(usdm, path="/public")])
    columns = {column.id: column for column in shard_columns(lambda: NOBODY, mixed=True)}
    assert columns["market"].cell(usdm, 12, NOW)[0] == "usdm/market"
    assert columns["market"].cell(spot, 12, NOW)[0] == "spot"
    assert shown(usdm)["host"] == "fstream.test/market"
    assert "market" not in shown(spot)
    assert any("fstream.test/market" in text for text, _ in shard_detail(usdm, NOBODY, NOW))


def outage_cells(row: OutageView) -> dict[str, tuple[str, str]]:
    columns = outage_columns(lambda: WALL_MS)
    return {column.id: column.cell(row, column.width, NOW) for column in columns}


def test_a_live_shard_shows_what_the_operator_asks_for() -> None:
    row = shard(
        2,
        live=329,
        acked=331,
        wanted=331,
        messages_per_s=812.4,
        bytes_per_s=148_300.0,
        server_ping_at=NOW - 14,
        round_trip_ms=84.2,
        lag_ms=-6.0,
        opened_at=NOW - 11_100,
        expires_at=NOW + 75_300,
        reconnects=2,
    )
    assert shown(row) == {
        "shard": "2",
        "state": "live",
        "streams": "329/331/331",
        "cap": "400",
        "messages": "812",
        "bytes": "148",
        "ping": "14s",
        "round_trip": "84",
        "lag": "-6",
        "up": "3h05m",
        "left": "20h55m",
        "reconnects": "2",
        "host": "stream.binance.com:9443",
        "reason": "",
    }


def test_every_column_of_a_shard_fits_its_width() -> None:
    row = shard(
        9,
        state=ShardState.SUBSCRIBING,
        live=400,
        messages_per_s=123_456.0,
        bytes_per_s=98_765_432.0,
        server_ping_at=NOW - 3_599,
        round_trip_ms=12_345.0,
        lag_ms=-9_999.0,
        opened_at=NOW - 86_000,
        expires_at=NOW + 86_000,
        reconnects=999,
        host="",
    )
    for column in shard_columns(lambda: NOBODY):
        assert len(column.cell(row, column.width, NOW)[0]) <= column.width + (column.id == "ping"), column.id


@pytest.mark.parametrize(
    ("state", "retry_at", "reason", "note"),
    [
        (ShardState.WAITING, NOW + 17.9, "refused", "next attempt in 17s: refused"),
        (ShardState.GATED, NOW - 1, "host is down", "trying now: host is down"),
        (ShardState.CONNECTING, None, "", "no reason given"),
        (ShardState.FAILED, NOW + 5, "HTTP 451: geo block", "given up: HTTP 451: geo block"),
    ],
)
def test_a_shard_that_is_down_says_why_and_when_it_tries_again(
    state: ShardState, retry_at: float | None, reason: str, note: str
) -> None:
    cell = shard_note(shard(1, state=state, retry_at=retry_at, reason=reason), NOBODY, NOW)
    assert cell is not None
    assert cell[0] == note


@pytest.mark.parametrize("state", [ShardState.LIVE, ShardState.SUBSCRIBING, ShardState.IDLE])
def test_a_shard_that_is_up_shows_its_rates(state: ShardState) -> None:
    assert shard_note(shard(1, state=state), NOBODY, NOW) is None


def overlap(new_state: ShardState) -> list[ShardView]:
    """Connection 3 is about to take over from connection 1."""
    return [
        shard(0),
        shard(1, reason="being replaced by shard 3"),
        shard(3, state=new_state, live=40, acked=90, wanted=331),
    ]


@pytest.mark.parametrize("state", [ShardState.CONNECTING, ShardState.SUBSCRIBING, ShardState.LIVE])
def test_during_a_planned_change_both_connections_name_the_other(state: ShardState) -> None:
    rows = overlap(state)
    handed = handover(rows)
    assert [handed.words(row) for row in rows] == ["", "replaced by 3", "replaces 1"]
    assert shard_note(rows[1], handed, NOW) is None, "the old one still carries the streams"
    assert shard_note(rows[2], handed, NOW) == (
        "replaces 1, which still carries the streams: 40 of 331 flow here",
        "waiting",
    )
    assert ("replaced by 3", "faint") in shard_detail(rows[1], handed, NOW)


def test_once_the_old_connection_closes_the_new_one_stands_for_itself() -> None:
    _, old, new = overlap(ShardState.LIVE)
    handed = handover([replace(old, state=ShardState.CLOSING), new])
    assert handed.words(new) == ""
    assert shard_note(new, handed, NOW) is None
    assert handed.words(old) == "being replaced by shard 3"


def test_the_pool_words_a_change_as_it_is_read_here() -> None:
    old, new = (
        ShardLink(
            number,
            "ws://exchange/stream",
            "exchange",
            venue(Market.SPOT, {}),
            MemoryExchange(),
            ManualClock(),
            lambda low, _high: low,
            cast(ShardOwner, None),
        )
        for number in (1, 3)
    )
    old.successor = new
    rows = [link.view(NOW, Market.SPOT, 0, None, None) for link in (old, new)]
    assert handover(rows).successors == {1: 3}


def test_the_detail_says_what_the_columns_cannot() -> None:
    row = shard(1, frame_at=NOW - 0.2, pong_at=None, reason="rotating", wanted=331, frames_per_s=1.0)
    assert " · ".join(text for text, _ in shard_detail(row, NOBODY, NOW)) == (
        "shard 1 · live · rotating · 331 of 400 streams taken · last frame 0.2s ago · "
        "sends 1.0 of 5 frames/s · stream.binance.com:9443"
    )


def test_a_loss_shows_when_why_and_how_long_blind() -> None:
    closed = "closed by the server: 1001"
    row = outage(1, began_ms=WALL_MS - 60_000, ended_ms=WALL_MS - 55_800, close_code=1001, cause=closed)
    cells = outage_cells(row)
    assert cells["began"][0] == "01-01 03:03:05"
    assert cells["ended"][0] == "03:03:09"
    assert cells["kind"] == ("loss", "degraded")
    assert cells["blind"][0] == "4.2s"
    assert cells["code"][0] == "1001"
    assert cells["cause"][0] == closed
    assert cells["streams"][0] == "400"


def test_one_that_lasts_is_marked_and_counts_on() -> None:
    cells = outage_cells(outage(1, began_ms=WALL_MS - 252_000, ended_ms=None, blind_s=None))
    assert cells["kind"] == ("ongoing", "blind")
    assert cells["blind"] == ("4m12s", "blind")
    assert cells["ended"][0] == "—"


def test_a_planned_change_lost_nothing() -> None:
    cells = outage_cells(outage(1, planned=True, blind_s=0.0, close_code=None))
    assert cells["kind"] == ("planned", "quiet")
    assert cells["blind"] == ("none", "faint")
    assert cells["code"][0] == "—"


def test_streams_are_sorted_by_badness_then_by_silence_and_live_ones_by_name() -> None:
    quote, trade, ticker = streams(0, ["BTCUSDT"])
    stale = replace(ticker, state=StreamState.STALE)
    staler = replace(trade, state=StreamState.STALE, data_at=NOW - 50)
    never = replace(quote, state=StreamState.STALE, data_at=None)
    rows = [trade, stale, quote, staler, never]
    ordered = sorted(rows, key=lambda row: stream_badness(row, row.data_at))
    assert ordered == [never, staler, stale, quote, trade]


def test_a_stream_shows_its_age_and_what_is_normal() -> None:
    row = replace(streams(0, ["BTCUSDT"])[1], data_at=NOW - 90, normal_gap_s=3.1, since=NOW - 252)

    def data_at(stream: StreamView) -> float | None:
        return NOW - 97 if stream is row else None

    columns = stream_columns(data_at)
    assert {column.id: column.cell(row, column.width, NOW)[0] for column in columns} == {
        "stream": "btcusdt@trade",
        "state": "live",
        "since": "4m12s",
        "age": "1m37s",
        "gap": "3.1s",
        "reason": "",
    }
