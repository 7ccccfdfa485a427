"""Drills without a screen: each on an exchange and an engine of its own, several at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from bntui import paths
from bntui.clock import Clock
from bntui.config import Settings
from bntui.demo import demo_accounts
from bntui.drill.caretaker import Caretaker
from bntui.drill.engines import ProcessControl, ShiftedClock, Wiring, ended, local_engine
from bntui.drill.exchange import local_exchange
from bntui.drill.expect import Finding
from bntui.drill.judgement import LATE_S, Judgement
from bntui.drill.play import Play, first_of
from bntui.drill.record import Record
from bntui.drill.scenario import Scenario
from bntui.drill.tailing import Meeting
from bntui.drill.witness import Witness
from bntui.engine.launcher import EngineProcess
from bntui.errors import BntuiError
from bntui.sim.server import HostUrls
from bntui.venue.markets import venue
from bntui.wire.carrier import connect

AT_ONCE = 8
"""Drills that run at once. They mostly wait; more of them would be late on two cores, and judge lateness."""

TRIES_ALONE = 2
"""A drill that the machine may have spoilt is played again so often, with no other beside it."""

Wire = Callable[[Settings, Mapping[str, str]], Wiring]
"""Puts the program together for these addresses and limits, and an account with these keys."""

Beside = Callable[[Wiring, Path], AbstractAsyncContextManager[None]]
"""What runs beside a drill, such as a server of metrics: of the engine at this socket."""


def drilled(settings: Settings, scenario: Scenario, urls: HostUrls | None = None) -> Settings:
    """The settings of a run with the scenario's market, limits and account, on an exchange there."""
    market, account = scenario.market, scenario.account
    return replace(
        settings,
        market=market,
        rest_urls={market: urls.rest} if urls else {},
        stream_urls={market: urls.streams} if urls else {},
        ws_api_urls={market: urls.ws_api} if urls else {},
        accounts=demo_accounts((market,), account.method) if account else (),
        limits={**settings.limits, **scenario.limits},
    )


async def run_drills(
    scenarios: Sequence[Scenario],
    wire: Wire,
    settings: Settings,
    clock: Clock,
    at_once: int = AT_ONCE,
    caretaker: Caretaker | None = None,
    beside: Beside | None = None,
) -> AsyncGenerator[Judgement, None]:
    """Judgements as they come; closing it ends the drills that still run.

    The limits of `settings` hold where a scenario says nothing else. The caretaker clears up when all this is
    killed. What may have failed since the machine was too busy is played again at the end, alone.
    """
    turns = asyncio.Semaphore(at_once)

    async def run_in_turn(scenario: Scenario) -> Judgement:
        async with turns:
            return await run_drill(scenario, wire, settings, clock, caretaker or Caretaker(), beside)

    # The longest begin first, so that none is left over at the end.
    ordered = sorted(scenarios, key=lambda scenario: -scenario.seconds)
    tasks = [asyncio.create_task(run_in_turn(scenario)) for scenario in ordered]
    try:
        spoilt: list[str] = []
        for done in asyncio.as_completed(tasks):
            judgement = await done
            if judgement.passed or judgement.late_s < LATE_S:
                yield judgement
            else:
                spoilt.append(judgement.name)
        for scenario in [each for each in ordered if each.name in spoilt]:
            for _ in range(TRIES_ALONE):
                judgement = await run_in_turn(scenario)
                if judgement.passed or judgement.late_s < LATE_S:
                    break
            yield judgement
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run_drill(
    scenario: Scenario,
    wire: Wire,
    settings: Settings,
    clock: Clock,
    caretaker: Caretaker,
    beside: Beside | None = None,
) -> Judgement:
    """One drill. What keeps it from being played is its judgement."""
    began = clock.monotonic()
    found: Judgement | None = None
    error: BntuiError | None = None
    with paths.private_state_dir() as folder:
        caretaker.folder(folder)
        try:
            found = await _run(scenario, wire, settings, clock, folder, ProcessControl(caretaker), beside)
        except* BntuiError as errors:
            error = first_of(errors)
    if found is not None:
        return found
    finding = Finding("the drill can be played", False, str(error))
    return Judgement(scenario.name, scenario.about, clock.monotonic() - began, [finding], [])


async def _run(
    scenario: Scenario,
    wire: Wire,
    settings: Settings,
    clock: Clock,
    folder: Path,
    processes: ProcessControl,
    beside: Beside | None,
) -> Judgement:
    limits = venue(scenario.market, drilled(settings, scenario).limits).limits
    async with local_exchange(scenario, limits, clock) as exchange:
        keys = scenario.keys_for_engine()
        wiring = wire(drilled(settings, scenario, exchange.urls.by_market[scenario.market]), keys)
        socket = wiring.socket(folder)
        command = wiring.command(folder, scenario.watch)
        process = EngineProcess(command, folder, socket, clock, environment={**os.environ, **keys})
        reach = process.connect if scenario.needs_process else lambda: connect(socket)
        meeting = Meeting(reach, wiring.hello, wiring.limits.own_engine_silence_s)
        record, engine_clock = Record(), ShiftedClock(clock)
        witness = Witness(meeting, clock, scenario.tail, record, scenario.tailed)
        play = Play(scenario, exchange, witness, record, clock, engine_clock, processes=processes)
        await play.before()
        async with beside(wiring, socket) if beside is not None else nullcontext():
            if scenario.needs_process:
                async with ended(process, limits.own_close_timeout_s):
                    return await _watched(play, witness)
            async with local_engine(wiring, folder, scenario.watch, engine_clock):
                return await _watched(play, witness)


async def _watched(play: Play, witness: Witness) -> Judgement:
    async with asyncio.TaskGroup() as tasks:
        looking = tasks.create_task(witness.run())
        judgement = await play.play()
        looking.cancel()
    return judgement
