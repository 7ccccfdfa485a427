"""What the screen shows is written down; a second viewer can be stopped and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bntui.drill.history import Stand
from bntui.drill.record import Record
from bntui.drill.witness import StoppableCarrier, Witness
from bntui.model.markets import Market, StreamKey
from bntui.model.states import Grade, StreamState
from bntui.model.status import OutageChanged, StreamChanged
from bntui.model.views import StreamView
from bntui.wire.carrier import memory_pair
from bntui.wire.messages import Bye, Rotate
from tests.drill.records import outage
from tests.drill.stage import BTC, Stage, stage, trade
from tests.support.programs import until


def all_streams(on: Stage, state: StreamState, reason: str = "") -> None:
    """The feed says how BTCUSDT's streams stand."""
    for key in list(on.engine.store.streams):
        view = StreamView(Market.SPOT, key.name, 1, state, reason, on.clock.monotonic(), None, None)
        on.say(StreamChanged(StreamKey(Market.SPOT, key.name), view))
    on.engine.judge()


@asynccontextmanager
async def looking(on: Stage, record: Record) -> AsyncIterator[Witness]:
    """A witness at work."""
    witness = Witness(on.meeting, on.clock, ["trade"], record)
    running = asyncio.create_task(witness.run())
    try:
        await until(lambda: on.readers == 1 and witness.mirror.epoch)
        yield witness
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_verdicts_and_streams_are_written_down_as_they_change(tmp_path: Path) -> None:
    record = Record()
    async with stage(tmp_path) as on, looking(on, record) as witness:
        all_streams(on, StreamState.LIVE)
        await until(lambda: witness.grade is Grade.LIVE)
        all_streams(on, StreamState.STALE, "ticker shows id 9")
        await until(lambda: witness.grade is Grade.BLIND)
        await until(lambda: record.verdicts.all()[-1][1].grade is Grade.BLIND)
    grades = [said.grade for _, said in record.verdicts.all()]
    assert grades.index(Grade.LIVE) < grades.index(Grade.BLIND)
    stood = [stand for _, stand in record.streams["btcusdt@trade"].all()]
    assert stood[-2:] == [Stand("live", ""), Stand("stale", "ticker shows id 9")]


async def test_outages_and_trades_are_written_down(tmp_path: Path) -> None:
    record = Record()
    async with stage(tmp_path) as on, looking(on, record):
        on.say(OutageChanged(outage("lost")), trade(1))
        await until(lambda: record.outages and record.trades)
    assert [line.cause for line in record.outages] == ["lost"]
    assert record.trades["BTCUSDT"].printed == 1


async def test_commands_reach_the_engine(tmp_path: Path) -> None:
    async with stage(tmp_path) as on, looking(on, Record()) as witness:
        witness.send(Rotate(99))
        await until(lambda: on.engine.store.notices)
    assert "Shard 99 cannot be replaced" in on.engine.store.notices[0].text


async def test_a_second_viewer_that_is_stopped_falls_behind_and_catches_up(tmp_path: Path) -> None:
    record = Record()

    async def keep_trading() -> None:
        for trade_id in range(1, 10_000):
            on.say(trade(trade_id))
            await asyncio.sleep(0.01)

    async with stage(tmp_path) as on, looking(on, record) as witness:
        assert len(record.agrees) == 0, "without a second viewer there is nothing to compare"
        witness.run_second()
        trading = asyncio.create_task(keep_trading())
        await until(lambda: record.agrees.all()[-1:] and record.agrees.all()[-1][1])
        witness.stop_second()
        all_streams(on, StreamState.LIVE)
        await until(lambda: not record.agrees.all()[-1][1])
        witness.run_second()
        await until(lambda: record.agrees.all()[-1][1])
        trading.cancel()
    assert BTC in witness.mirror.rows


async def test_a_stopped_carrier_neither_says_nor_reads_anything_until_it_goes_on() -> None:
    ours, its = memory_pair()
    running = asyncio.Event()
    carrier = StoppableCarrier(ours, running)
    await its.send(Bye())
    sending = asyncio.create_task(carrier.send(Bye()))
    reading = asyncio.create_task(carrier.receive())
    await asyncio.sleep(0)
    assert not sending.done()
    assert not reading.done()
    running.set()
    async with asyncio.timeout(20):
        assert (await its.receive(), await reading) == (Bye(), Bye())
        await sending
    await carrier.close()
