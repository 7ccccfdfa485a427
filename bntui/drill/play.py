"""Plays one scenario: carries out its steps at their times on an engine that is looked at, and judges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bntui.clock import Clock
from bntui.drill.accounts import judge_fills
from bntui.drill.engines import ProcessControl, ShiftedClock
from bntui.drill.exchange import ExchangeControl
from bntui.drill.expect import Finding
from bntui.drill.judgement import Judgement, Moment
from bntui.drill.lost import NOTHING, always
from bntui.drill.record import Record
from bntui.drill.scenario import Scenario
from bntui.drill.steps import Fault, Step
from bntui.drill.witness import LOOK_EVERY_S, Witness
from bntui.errors import BntuiError, ConnectError
from bntui.model.states import Grade, ShardState
from bntui.sim.keys import MAIN
from bntui.wire.messages import Rotate

START_WAIT_S = 30.0
"""A scenario that begins with LIVE gets so long to get there."""

ON_ITS_WAY_S = 1.0
"""A fill is printed within this."""

STARVED_TURN_S = 1.0
"""A starved process is stopped and let go once in this time."""


@dataclass(slots=True)
class Play:
    """One run of one scenario. Orders act on it."""

    scenario: Scenario
    exchange: ExchangeControl
    witness: Witness
    record: Record
    clock: Clock
    engine_clock: ShiftedClock | None = None
    """Where the engine's clock can be made to jump."""
    announce: Callable[[str], None] = lambda text: None
    """Told each step, in a sentence for people."""
    processes: ProcessControl = field(default_factory=ProcessControl)
    _done: list[Moment] = field(default_factory=list)
    _began: float = 0.0

    async def before(self) -> None:
        """What is done before the engine starts."""
        self._began = self.record.zero = self.clock.monotonic()
        self.record.began_ms = self.clock.wall_ms()
        for step in self._early():
            await self._act(step)

    async def play(self) -> Judgement:
        """The rest, to its end, and the judgement. The witness must look on meanwhile."""
        try:
            if not self.scenario.cold and not await self._live_within(START_WAIT_S):
                return self._judged([Finding("LIVE at the start", False, self._sentence())])
            self.record.zero = self.clock.monotonic()
            # What was recovered until then happened before the engine was there to see it.
            self.record.fills.recovered = 0
            for step in sorted(self.scenario.steps, key=lambda step: step.at):
                if step in self._early():
                    continue
                await self._until(step.at)
                await self._act(step)
            await self._until(self.scenario.seconds)
        finally:
            await self.processes.release()
        self.witness.look()
        self.record.ended_ms = self.clock.wall_ms()
        scenario, record = self.scenario, self.record
        self.record.exchange = await self.exchange.report()
        if scenario.account is not None:
            await self.exchange.halt(MAIN)
            await self._compare_fills()
        return self._judged(
            [
                *(expectation.judge(record) for expectation in scenario.expected),
                *scenario.lost.judge(record),
                *(judge_fills(record, scenario.lost) if scenario.account is not None else ()),
                *always(record, scenario.expects_breaches, scenario.expects_astray),
            ]
        )

    def _early(self) -> list[Step]:
        return [step for step in self.scenario.steps if self.scenario.cold and step.at == 0]

    async def _act(self, step: Step) -> None:
        self._done.append(Moment(self.record.second(self.clock.monotonic()), step.say))
        self.announce(step.say)
        if isinstance(step.act, Fault):
            await self.exchange.fault(step.act.words)
        else:
            await step.act.act(self)

    async def _until(self, second: float) -> None:
        await asyncio.sleep(max(0.0, self.record.zero + second - self.clock.monotonic()))

    async def _live_within(self, seconds: float) -> bool:
        end = self.clock.monotonic() + seconds
        while self.witness.grade is not Grade.LIVE:
            if self.clock.monotonic() >= end:
                return False
            await asyncio.sleep(LOOK_EVERY_S)
        self.witness.look()
        return True

    async def _compare_fills(self) -> None:
        """What the account did last may still be on its way."""
        end, record = self.clock.monotonic() + ON_ITS_WAY_S, self.record
        while True:
            record.own_trades = done = await self.exchange.own_trades(MAIN, record.began_ms)
            agree = not record.fills.missing(done) and not record.fills.invented(done)
            if agree or self.scenario.lost.fills != NOTHING or self.clock.monotonic() >= end:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    def _sentence(self) -> str:
        return self.witness.mirror.verdict(self.clock.monotonic()).sentence

    def _judged(self, findings: Sequence[Finding]) -> Judgement:
        record = self.record
        grades: list[Moment] = []
        last: Grade | None = None
        for at, said in record.verdicts.all():
            if said.grade is not last:
                last = said.grade
                grades.append(Moment(record.second(at), str(said)))
        story = sorted([*self._done, *grades], key=lambda moment: moment.second)
        took_s = self.clock.monotonic() - self._began
        return Judgement(
            self.scenario.name, self.scenario.about, took_s, findings, story, record.cards(), record.late_s
        )

    # What orders do (Stage)

    async def rotate(self, shard: int | None) -> None:
        """Ask the engine to change a connection; None: each that is live."""
        shards = self.witness.mirror.shards.values()
        for view in shards:
            if view.id == shard or (shard is None and view.state is ShardState.LIVE):
                self.witness.send(Rotate(view.id))

    async def stop_engine(self) -> None:
        """Stop the engine's process where it stands."""
        self.processes.stop(self._pid())

    async def continue_engine(self) -> None:
        """Let it go on."""
        self.processes.go_on(self._pid())

    async def starve_engine(self, seconds: float, share: float) -> None:
        """Let the engine's process run for only this share of the time."""
        self.processes.starve(self._pid(), seconds, share, STARVED_TURN_S)

    async def kill_engine(self) -> None:
        """Kill the engine's process."""
        self.processes.kill(self._pid())

    async def run_viewer(self) -> None:
        """Let a second viewer come, or go on."""
        self.witness.run_second()

    async def stop_viewer(self) -> None:
        """Make the second viewer stop."""
        self.witness.stop_second()

    async def jump_clock(self, seconds: float) -> None:
        """Move the wall time of the machine that the engine runs on."""
        if self.engine_clock is None:
            raise ValueError("the engine's clock is not the drill's")
        self.engine_clock.jump(seconds)

    def _pid(self) -> int:
        engine = self.witness.mirror.engine
        if engine is None:
            raise ConnectError("There is no engine to do anything to.")
        return engine.pid


def first_of(errors: BaseExceptionGroup[BntuiError]) -> BntuiError:
    """One of the errors that a group of tasks ended with: the others mostly follow from it."""
    return next(_leaves(errors))


def _leaves(errors: BaseExceptionGroup[BntuiError]) -> Iterator[BntuiError]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
