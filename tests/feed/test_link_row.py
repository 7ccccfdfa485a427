"""A connection as the screen shows it: rates, lag, and everything else of its row."""

from __future__ import annotations

from bntui.feed.core.facts import Wanted
from bntui.feed.link import LAG_WINDOW_S, RATE_WINDOW_S, ShardLink
from bntui.model.markets import Market
from bntui.model.states import ShardState
from bntui.model.views import ShardView
from bntui.venue.binance.limits import SPOT
from tests.support.feed import VENUE, always
from tests.support.shard import QUOTES, TRADES, Rig, quote, trade


async def test_lag_needs_a_known_clock_offset() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([trade(rig.clock.wall_ms() - 80)])
    rig.clock.advance(LAG_WINDOW_S)
    assert rig.view(None).lag_ms is None
    assert rig.view(0.0).lag_ms == 80


async def test_lag_is_corrected_by_the_clock_offset_and_may_be_negative() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([trade(rig.clock.wall_ms() - 80)])
    rig.clock.advance(LAG_WINDOW_S)
    assert rig.view(-30.0).lag_ms == 50, "our clock is ahead by 30 ms"
    assert rig.view(-100.0).lag_ms == -20


async def test_lag_follows_trades_and_nothing_else() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    link.receiver.frames([quote()])
    rig.clock.advance(LAG_WINDOW_S)
    assert rig.view().lag_ms is None, "a quote tells no time"
    for lag_ms in (100, 200):
        link.receiver.frames([trade(rig.clock.wall_ms() - lag_ms), quote()])
        rig.clock.advance(LAG_WINDOW_S)
        assert rig.view().lag_ms == lag_ms


async def test_what_trades_wait_for_their_gulp_to_end_is_no_lag() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    for waited_ms in (120, 5, 60):
        link.receiver.frames([trade(rig.clock.wall_ms() - 80 - waited_ms)])
        assert rig.view().lag_ms is None, "how long they waited is not known yet"
    rig.clock.advance(LAG_WINDOW_S)
    link.receiver.frames([trade(rig.clock.wall_ms() - 80 - 110)])
    assert rig.view().lag_ms == 85, "the least of a second"


async def test_rates_are_taken_anew_after_a_second_and_last_until_then() -> None:
    rig = Rig()
    link = await rig.connect()
    rig.clock.advance(RATE_WINDOW_S)
    rig.view()
    frame = trade(1)
    link.receiver.frames([frame] * 6)
    rig.clock.advance(0.5)
    assert (rig.view().messages_per_s, rig.view().bytes_per_s) != (12, 12 * len(frame)), "too early"
    rig.clock.advance(1.0)
    assert (rig.view().messages_per_s, rig.view().bytes_per_s) == (4, 4 * len(frame))
    rig.clock.advance(0.9)
    assert rig.view().messages_per_s == 4
    rig.clock.advance(0.1)
    assert rig.view().messages_per_s == 0


def test_a_shard_says_which_part_of_the_streams_its_path_is_for() -> None:
    def path(url: str) -> str:
        return Rig(url=url).view().path

    assert path("ws://exchange/stream") == ""
    assert path("ws://exchange/market/stream") == "/market"


async def test_a_live_shard_as_a_row() -> None:
    rig = Rig()
    link = await rig.connect(TRADES, QUOTES)
    opened_at = rig.clock.monotonic()
    link.receiver.frames([trade(rig.clock.wall_ms() - 40)])
    rig.clock.advance(LAG_WINDOW_S)
    link.receiver.pinged(b"1700000000000")
    rig.shard.tick(rig.clock.monotonic())
    row = rig.shard.view(rig.clock.monotonic(), Market.SPOT, 2, 0.0, None)
    assert row == ShardView(
        id=7,
        market=Market.SPOT,
        host="exchange",
        state=ShardState.LIVE,
        reason="",
        live=2,
        acked=2,
        wanted=2,
        cap=int(SPOT.own_stream_cap),
        messages_per_s=row.messages_per_s,
        bytes_per_s=row.bytes_per_s,
        server_ping_at=opened_at + LAG_WINDOW_S,
        pong_at=opened_at + LAG_WINDOW_S,
        frame_at=opened_at + LAG_WINDOW_S,
        round_trip_ms=0.0,
        lag_ms=40.0,
        opened_at=opened_at,
        expires_at=opened_at + SPOT.connection_life_s,
        reconnects=0,
        retry_at=None,
        frames_per_s=2,
        frames_limit=int(SPOT.client_frames_per_s),
    )
    assert row.messages_per_s > 0
    assert row.bytes_per_s > 0


async def test_a_lost_shard_shows_why_when_it_tries_again_and_no_lag() -> None:
    rig = Rig()
    link = await rig.connect()
    link.receiver.frames([trade(rig.clock.wall_ms())])
    link.drop(1006)
    row = rig.view()
    assert (row.state, row.reason) == (ShardState.WAITING, "lost without a close frame")
    assert (row.acked, row.wanted) == (0, 1)
    assert (row.opened_at, row.expires_at, row.lag_ms) == (None, None, None)
    assert row.retry_at is not None
    assert row.retry_at > rig.clock.monotonic()


async def test_a_shard_at_the_gate_shows_when_it_may_connect() -> None:
    rig = Rig()
    rig.shard.apply(Wanted((TRADES,)))
    assert rig.shard.view(0.0, Market.SPOT, 0, None, 12.5).retry_at == 12.5


async def test_a_shard_that_is_replaced_says_by_which() -> None:
    rig = Rig()
    await rig.connect()
    rig.shard.successor = ShardLink(
        8, "ws://exchange/stream", "exchange", VENUE, rig.exchange, rig.clock, always(0.5), rig.owner
    )
    assert rig.view().reason == "being replaced by shard 8"
