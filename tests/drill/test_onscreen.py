"""A drill under the screen plays once, says what it does, and leaves the screen to the user."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from bntui.drill.engines import ProcessControl
from bntui.drill.onscreen import Companion
from bntui.errors import ConnectError
from bntui.model.states import StreamState
from tests.drill.stage import HELLO, stage, trade
from tests.drill.test_play import Exchange, scenario
from tests.drill.test_witness import all_streams
from tests.support.programs import until


async def test_it_says_each_step_and_how_it_went_and_stays(tmp_path: Path) -> None:
    said: list[str] = []
    exchange = Exchange()
    async with stage(tmp_path) as on:
        what = scenario('at = 0.1\nfault = "stall_all"')
        companion = Companion(what, exchange, on.clock, on.reach, HELLO, 2.0, ProcessControl())
        companion.announced_by(said.append)
        await companion.before()
        running = asyncio.create_task(companion.run())
        await until(lambda: on.readers == 1)
        on.say(trade(1), trade(2))
        all_streams(on, StreamState.LIVE)
        await until(lambda: companion.judgement)
        await until(lambda: len(said) == 3)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert exchange.faults == ["stall_all"]
    assert said == [
        "Drill small: Small.",
        "It goes on.",
        "The drill passed. Quit with q to read how it was judged.",
    ]
    assert companion.judgement is not None
    assert companion.judgement.passed


async def test_what_keeps_it_from_going_on_is_said_in_words(tmp_path: Path) -> None:
    class Gone(Exchange):
        async def fault(self, words: Mapping[str, object]) -> None:
            raise ConnectError("The embedded exchange does not answer.")

    async with stage(tmp_path) as on:
        what = scenario('at = 0.1\nfault = "stall_all"')
        companion = Companion(what, Gone(), on.clock, on.reach, HELLO, 2.0, ProcessControl())
        running = asyncio.create_task(companion.run())
        await until(lambda: on.readers == 1)
        all_streams(on, StreamState.LIVE)
        with pytest.raises(ConnectError, match="does not answer"):
            await running
    assert companion.judgement is None
