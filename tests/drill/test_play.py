"""A scenario's steps are taken at their times, on whatever they are meant for; then it is judged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bntui.drill import play
from bntui.drill.engines import ShiftedClock
from bntui.drill.fillledger import OwnTrade
from bntui.drill.judgement import Judgement
from bntui.drill.play import Play
from bntui.drill.record import Record
from bntui.drill.scenario import Scenario, parse
from bntui.drill.witness import Witness
from bntui.errors import ConnectError
from bntui.model.states import ShardState, StreamState
from bntui.wire.messages import Rotate
from tests.drill.records import report
from tests.drill.stage import Stage, stage, trade
from tests.drill.test_witness import all_streams
from tests.model.build import shard
from tests.support.programs import until


class Exchange:
    """Writes down what it is told to do wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.done: list[OwnTrade] = []
        self.when_halted: Callable[[], object] = lambda: None

    async def fault(self, words: Mapping[str, object]) -> None:
        self.faults.append(str(words["fault"]))

    async def report(self) -> Mapping[str, Any]:
        return report()

    async def own_trades(self, account: str, since_ms: int) -> list[OwnTrade]:
        return self.done

    async def halt(self, account: str) -> None:
        self.when_halted()


def scenario(*steps: str, head: str = "") -> Scenario:
    """A second of LIVE with some steps."""
    written = "\n".join(f'[[step]]\nsay = "It goes on."\n{step}' for step in steps)
    return parse(
        "small",
        f'about = "Small."\nseconds = 1\n{head}\n{written}\n'
        '[[expect]]\nverdict = "live"\nfrom = 0\nwithin = 1\n[lost]\ntrades = "nothing"\n',
    )


TRADING = 'tail = ["trade", "fill"]\n[account]\nmethod = "signature"'


class Rehearsal:
    """A play with everything that it needs."""

    def __init__(self, on: Stage, what: Scenario) -> None:
        self.on = on
        self.exchange = Exchange()
        self.record = Record()
        self.witness = Witness(on.meeting, on.clock, what.tail, self.record)
        self.clock = ShiftedClock(on.clock)
        self.said: list[str] = []
        self.play = Play(
            what, self.exchange, self.witness, self.record, on.clock, self.clock, self.said.append
        )

    async def to_the_end(self) -> Judgement:
        looking = asyncio.create_task(self.witness.run())
        playing = asyncio.create_task(self.play.play())
        try:
            await until(lambda: self.on.readers == 1)
            self.on.say(trade(1), trade(2))
            all_streams(self.on, StreamState.LIVE)
            return await playing
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


@asynccontextmanager
async def rehearsal(folder: Path, what: Scenario) -> AsyncIterator[Rehearsal]:
    async with stage(folder) as on:
        made = Rehearsal(on, what)
        await made.play.before()
        yield made


async def test_steps_are_taken_in_the_order_of_their_times_and_said(tmp_path: Path) -> None:
    what = scenario('at = 0.3\nfault = "clear"', 'at = 0.1\nfault = "stall_all"')
    async with rehearsal(tmp_path, what) as made:
        judgement = await made.to_the_end()
    assert made.exchange.faults == ["stall_all", "clear"]
    assert made.said == ["It goes on."] * 2
    assert judgement.passed
    done = [moment.second for moment in judgement.story if moment.text == "It goes on."]
    assert done == pytest.approx([0.1, 0.3], abs=0.1)
    assert "LIVE 3/3 streams" in [moment.text for moment in judgement.story]


async def test_a_cold_scenario_does_its_first_steps_before_the_engine_starts(tmp_path: Path) -> None:
    what = scenario('at = 0\nfault = "no_ack"', 'at = 0.1\nfault = "clear"', head='starts = "cold"')
    async with rehearsal(tmp_path, what) as made:
        assert made.exchange.faults == ["no_ack"]
        await made.to_the_end()
    assert made.exchange.faults == ["no_ack", "clear"]


async def test_a_fill_may_be_printed_a_moment_after_the_exchange_has_told_of_it(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, scenario(head=TRADING)) as made:
        late, never = ("BTCUSDT", 7), ("BTCUSDT", 8)
        loop, printed = asyncio.get_running_loop(), made.record.fills
        made.exchange.done = [late, never]
        made.exchange.when_halted = lambda: loop.call_later(0.1, printed.fill, *late, False)
        judgement = await made.to_the_end()
    (finding,) = [each for each in judgement.findings if each.expected == "every fill is printed"]
    assert finding.seen == "1 of 2 (missing BTCUSDT 8)"


async def test_a_scenario_that_never_becomes_live_fails_at_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "START_WAIT_S", 0.2)
    async with rehearsal(tmp_path, scenario()) as made:
        judgement = await made.play.play()
    (finding,) = judgement.findings
    assert (finding.expected, finding.passed) == ("LIVE at the start", False)
    assert "engine" in finding.seen


async def test_orders_reach_clock_and_viewers(tmp_path: Path) -> None:
    what = scenario('at = 0.1\ndo = "jump_clock"\nseconds = 5', 'at = 0.2\ndo = "open_viewer"')
    async with rehearsal(tmp_path, what) as made:
        await made.to_the_end()
        assert made.clock.wall_ms() - made.on.clock.wall_ms() == pytest.approx(5_000, abs=50)
        assert len(made.record.agrees) > 0


async def test_a_process_is_what_the_engine_says_that_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    async with rehearsal(tmp_path, scenario()) as made:
        for name in ("stop", "go_on", "kill"):
            monkeypatch.setattr(made.play.processes, name, lambda pid, name=name: done.append((name, pid)))
        with pytest.raises(ConnectError, match="no engine"):
            await made.play.stop_engine()
        await made.to_the_end()
        await made.play.stop_engine()
        await made.play.continue_engine()
        await made.play.kill_engine()
    assert done == [("stop", 4711), ("go_on", 4711), ("kill", 4711)]


async def test_a_clock_that_is_not_the_drill_s_cannot_jump(tmp_path: Path) -> None:
    async with rehearsal(tmp_path, scenario()) as made:
        alone = replace(made.play, engine_clock=None)
        with pytest.raises(ValueError, match="not the drill's"):
            await alone.jump_clock(5)


async def test_every_live_connection_is_asked_to_change_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    async with rehearsal(tmp_path, scenario()) as made:
        monkeypatch.setattr(made.witness, "send", sent.append)
        made.witness.mirror.shards = {
            1: shard(1, ShardState.LIVE),
            2: shard(2, ShardState.WAITING),
            3: shard(3, ShardState.LIVE),
        }
        await made.play.rotate(None)
        await made.play.rotate(2)
    assert sent == [Rotate(1), Rotate(3), Rotate(2)]
