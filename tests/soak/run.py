"""Starts an exchange, an engine and a viewer, troubles them, and looks at all three all the while."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson

from bntui import paths
from bntui.clock import Clock
from bntui.config import Settings
from bntui.engine.launcher import EngineProcess
from bntui.model.markets import Market
from bntui.model.states import Grade
from bntui.sim.instruments import symbol_names
from bntui.wire.mirror import Mirror
from bntui.wire.viewer import ViewerLink
from bntui.world import world
from tests.soak.judge import Line, line, lines, with_history
from tests.soak.measure import Reading, read
from tests.soak.trouble import Exchange, Trouble
from tests.support.programs import WAIT_S, ended, program

SAMPLE_EVERY_S = 5.0
START_S = 60.0
"""So long may it take until everything is live for the first time."""

RECOVERY_S = 60.0
"""So long after the last fault everything must be live again."""

STEADY_LOOKS = 5
"""Live is what stays live for so many looks, a second apart."""

LEAST_LOAD = 0.6
"""A run with less than this share of the messages asked for proves nothing."""

PULL_EVERY_S = 0.1
"""As often as a screen asks."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a soak is."""

    minutes: float
    seed: int
    symbols: int
    rate: float


@dataclass(slots=True)
class Outcome:
    """What was found."""

    found: list[Line] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    """Messages a second as the engine counts them, look by look."""
    rate: float = 0.0
    """Messages a second that the exchange sent, over the whole run."""
    grades: Counter[Grade] = field(default_factory=Counter)
    """Seconds of each verdict."""
    played: Counter[str] = field(default_factory=Counter)
    recovered_s: float | None = None
    attempts: int = 0
    """Connections that the exchange saw begun."""
    wrong: list[str] = field(default_factory=list)
    """Everything for which the soak has failed, in words."""


@dataclass(slots=True)
class _Stage:
    """Everything that runs."""

    exchange: Exchange
    mirror: Mirror
    clock: Clock
    pids: dict[str, int]
    starts: list[str]
    """Why an engine was started, each time; once is right."""


async def run(plan: Plan, clock: Clock) -> Outcome:
    """One soak. Raises TimeoutError where it cannot even begin."""
    outcome = Outcome()
    async with _stage(plan, clock) as stage:
        await _until_live(stage, START_S)
        trouble = Trouble(
            stage.exchange, random.Random(plan.seed), lambda: stage.mirror.health.malformed_frames
        )
        readings: dict[str, list[Reading]] = {who: [] for who in stage.pids}
        tasks: list[float] = []
        async with asyncio.TaskGroup() as group:
            troubling = group.create_task(trouble.run())
            counting = group.create_task(_count_grades(stage, outcome))
            began = clock.monotonic()
            frames = (await stage.exchange.report())["frames"]
            ends_at = began + 60 * plan.minutes
            while (now := clock.monotonic()) < ends_at:
                for who, pid in stage.pids.items():
                    readings[who].append(read(pid, now, who))
                tasks.append(len(asyncio.all_tasks()))
                outcome.rates.append(stage.mirror.health.messages_per_s)
                await asyncio.sleep(min(SAMPLE_EVERY_S, ends_at - now))
            frames = (await stage.exchange.report())["frames"] - frames
            outcome.rate = frames / (clock.monotonic() - began)
            troubling.cancel()
            counting.cancel()
        outcome.played = trouble.played
        try:
            outcome.recovered_s = await _until_live(stage, RECOVERY_S)
        except TimeoutError:
            verdict = stage.mirror.verdict(clock.monotonic())
            outcome.wrong.append(f"not live {RECOVERY_S:.0f} s after the last fault: {verdict.sentence}")
        trades_per_s = outcome.rate * await _share_of_trades(stage.exchange)
        for who in readings:
            found = lines(who, readings[who])
            outcome.found += with_history(found, trades_per_s, 60 * plan.minutes) if who == "sim" else found
        outcome.found.append(line("viewer", "tasks", tasks))
        await _judge(stage, plan, trouble, outcome)
    return outcome


@asynccontextmanager
async def _stage(plan: Plan, clock: Clock) -> AsyncIterator[_Stage]:
    # An exchange that is tied ends with this process, however that ends; the engine with its last viewer.
    words = ("--symbols", str(plan.symbols), "--rate", str(plan.rate), "--seed", str(plan.seed), "--tied")
    async with program("sim", *words, stdin=PIPE) as sim:
        assert sim.stdout is not None
        async with asyncio.timeout(WAIT_S):
            urls = orjson.loads(await sim.stdout.readline())["spot"]
        settings = Settings(rest_urls={Market.SPOT: urls["rest"]}, stream_urls={Market.SPOT: urls["streams"]})
        with paths.private_state_dir() as folder:
            async with (
                httpx.AsyncClient(base_url=urls["rest"], trust_env=False) as http,
                _viewer(settings, plan, folder, clock) as (mirror, starts),
            ):
                async with asyncio.timeout(WAIT_S):
                    while mirror.engine is None:  # noqa: ASYNC110 — a mirror is looked at, and tells nobody
                        await asyncio.sleep(PULL_EVERY_S)
                pids = {"engine": mirror.engine.pid, "sim": sim.pid, "viewer": os.getpid()}
                yield _Stage(Exchange(http), mirror, clock, pids, starts)
        sim.send_signal(signal.SIGTERM)
        await ended(sim)


@asynccontextmanager
async def _viewer(
    settings: Settings, plan: Plan, folder: Path, clock: Clock
) -> AsyncIterator[tuple[Mirror, list[str]]]:
    """A viewer's mirror, and the engine process that it starts: all but the screen."""
    the_world, starts = world(settings, "soak"), list[str]()
    silence_s = the_world.limits.own_engine_silence_s
    command = [sys.executable, "-m", "bntui", "engine", *settings.arguments(), "--leaves", "--label", "soak"]
    command += ["--folder", str(folder), *symbol_names(plan.symbols)]
    engine = EngineProcess(command, folder, paths.socket_path(folder), clock, starts.append)
    mirror = Mirror(silence_s)
    link = ViewerLink(
        engine.connect, mirror, clock, the_world.hello, pull_interval_s=PULL_EVERY_S, silence_s=silence_s
    )
    try:
        async with asyncio.TaskGroup() as group:
            following = group.create_task(link.run())
            yield mirror, starts
            following.cancel()
    finally:
        await engine.ended(the_world.limits.own_close_timeout_s)


async def _until_live(stage: _Stage, within_s: float) -> float:
    """Seconds until everything was live, and stayed so for a few looks. Raises TimeoutError."""
    began, looks = stage.clock.monotonic(), 0
    async with asyncio.timeout(within_s + STEADY_LOOKS):
        while looks < STEADY_LOOKS:
            stage.mirror.take()
            live = stage.mirror.verdict(stage.clock.monotonic()).grade is Grade.LIVE
            looks = looks + 1 if live else 0
            await asyncio.sleep(1)
    return stage.clock.monotonic() - began - STEADY_LOOKS


async def _share_of_trades(exchange: Exchange) -> float:
    """How much of what the exchange sends are trades."""
    sent: Mapping[str, int] = (await exchange.report())["streams"]
    trades = sum(count for name, count in sent.items() if name.endswith("@trade"))
    return trades / max(1, sum(sent.values()))


async def _count_grades(stage: _Stage, outcome: Outcome) -> None:
    while True:
        stage.mirror.take()
        outcome.grades[stage.mirror.verdict(stage.clock.monotonic()).grade] += 1
        await asyncio.sleep(1)


async def _judge(stage: _Stage, plan: Plan, trouble: Trouble, outcome: Outcome) -> None:
    wrong = outcome.wrong
    wrong += [f"{one.who}: {one.what} grew" for one in outcome.found if not one.flat]
    if len(stage.starts) > 1:
        wrong.append(f"the engine was started {len(stage.starts)} times: {stage.starts[-1]}")
    if outcome.rate < LEAST_LOAD * plan.rate:
        wrong.append(f"only {outcome.rate:.0f} of {plan.rate:.0f} messages a second reached the engine")
    trouble.note_malformed()
    wrong += [f"{n} frames could not be read after {name}" for name, n in trouble.unexplained.items()]
    wrong += [f"the exchange did not take {name}: {why}" for name, why in trouble.refusals.items()]
    report = await stage.exchange.report()
    outcome.attempts = report["attempts"]
    breaches = report["breaches"]
    if breaches["total"]:
        newest = breaches["newest"][-1]["text"]
        wrong.append(f"rules of the exchange were broken: {breaches['by_kind']}, at last: {newest}")
