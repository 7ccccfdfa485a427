"""What messages cost: wake-ups by the gulp, decoding by what is shown, and a store that is told once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiofastnet import create_connection
from websockets.asyncio.server import ServerConnection, serve

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.opening import Dial
from bntui.feed.transport import WebsocketsTransport
from bntui.venue.base import Decoded
from bntui.venue.binance.limits import SPOT
from tests.support.feed import VENUE
from tests.support.recorder import Recorder
from tests.support.shard import QUOTES, TRADES, Rig, quote, trade

MESSAGES = 600
PAUSE_S = 0.001


async def test_of_a_gulp_each_trade_is_decoded_and_one_quote_a_stream() -> None:
    decoded: list[bytes | str] = []

    def counting(frame: bytes | str, wall_ms: int, now: float) -> Decoded:
        decoded.append(frame)
        return VENUE.decode(frame, wall_ms, now)

    rig = Rig(venue=replace(VENUE, decode=counting))
    link = await rig.connect(TRADES, QUOTES)
    decoded.clear()
    rig.owner.gulps = 0
    link.receiver.frames([*[quote()] * 900, *[trade(1)] * 100])
    assert len(decoded) == 101
    assert rig.owner.gulps == 1


@pytest.mark.parametrize("dial", [None, create_connection])
async def test_a_busy_connection_wakes_its_reader_by_the_gulp(dial: Dial | None) -> None:
    async def one_by_one(server: ServerConnection) -> None:
        for number in range(MESSAGES):
            await server.send(str(number))
            await asyncio.sleep(PAUSE_S)
        await server.wait_closed()

    clock = SystemClock()
    async with serve(one_by_one, "127.0.0.1", 0) as server:
        recorder = Recorder()
        transport = WebsocketsTransport(SPOT, clock, dial=dial)
        began = clock.monotonic()
        link = await transport.open(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream", recorder)
        assert not isinstance(link, Failure)
        await recorder.until(lambda: len(recorder.got) == MESSAGES)
        # However long it took: so many gulps of that length are in it, and the first reads are not gulps.
        assert len(recorder.gulps) <= (clock.monotonic() - began) / SPOT.own_gulp_s + 5
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
