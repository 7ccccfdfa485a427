"""Several drills at once, each on an exchange and an engine of its own; what breaks one breaks no other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bntui.clock import Clock, SystemClock
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill import runner
from bntui.drill.caretaker import Caretaker
from bntui.drill.engines import Wiring
from bntui.drill.expect import Finding
from bntui.drill.judgement import Judgement
from bntui.drill.runner import drilled, run_drill, run_drills
from bntui.drill.scenario import Scenario, parse
from bntui.engine.engine import Engine
from bntui.errors import ConnectError
from bntui.model.markets import Market
from bntui.sim.server import HostUrls

SETTINGS = Settings()


def scenario(name: str, seconds: float = 1.0, limits: str = "") -> Scenario:
    """LIVE for a moment."""
    return parse(
        name,
        f'about = "LIVE."\nseconds = {seconds}\n{limits}\n'
        '[[expect]]\nverdict = "live"\nwithin = 1\n[lost]\ntrades = "nothing"\n',
    )


def test_a_drill_has_addresses_of_its_own_and_limits_before_all_others() -> None:
    mine = Settings(
        stream_urls={Market.SPOT: "wss://example"}, limits={"own_stream_cap": 9.0, "own_first_data_s": 9.0}
    )
    urls = HostUrls("http://r", "ws://s", "ws://a")
    made = drilled(mine, scenario("a", limits="[limits]\nown_first_data_s = 3"), urls)
    assert made.rest_urls == {Market.SPOT: "http://r"}
    assert made.stream_urls == {Market.SPOT: "ws://s"}
    assert made.limits == {"own_stream_cap": 9.0, "own_first_data_s": 3.0}
    assert not drilled(mine, scenario("a")).overridden


async def test_a_drill_is_played_on_a_whole_program() -> None:
    judgement = await run_drill(scenario("a", 1.5), drill_wiring, SETTINGS, SystemClock(), Caretaker())
    assert judgement.passed, judgement.failed
    assert judgement.story[-1].text == "LIVE 6/6 streams"


def broken(settings: Settings, keys: Mapping[str, str]) -> Wiring:
    """A program whose engine cannot be built."""

    def build(attempts: Path, clock: Clock) -> Engine:
        raise ConnectError("No engine today.")

    return replace(drill_wiring(settings, keys), build_engine=build)


async def test_what_keeps_a_drill_from_being_played_is_its_judgement() -> None:
    judgement = await run_drill(scenario("a"), broken, SETTINGS, SystemClock(), Caretaker())
    (finding,) = judgement.findings
    assert (judgement.name, finding.passed, finding.seen) == ("a", False, "No engine today.")


async def test_a_defect_is_no_judgement() -> None:
    def wire(settings: Settings, keys: Mapping[str, str]) -> Wiring:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run_drill(scenario("a"), wire, SETTINGS, SystemClock(), Caretaker())


class Turns:
    """Stands for `run_drill`: counts how many run at once, and ends when it is told to."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.changed = asyncio.Event()

    async def __call__(self, what: Scenario, *parts: object) -> Judgement:
        self.running.append(what.name)
        self.changed.set()
        end = self.ends.setdefault(what.name, asyncio.Event())
        try:
            await end.wait()
        finally:
            self.running.remove(what.name)
        return Judgement(what.name, "", 1.0, [], [])

    async def until_running(self, *names: str) -> None:
        async with asyncio.timeout(20):
            while sorted(self.running) != sorted(names):
                self.changed.clear()
                await self.changed.wait()


async def test_so_many_run_at_once_the_longest_first_and_are_told_as_they_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = Turns()
    monkeypatch.setattr(runner, "run_drill", turns)
    scenarios = [scenario("short", 1), scenario("long", 9), scenario("middle", 5)]
    judged = run_drills(scenarios, drill_wiring, SETTINGS, SystemClock(), at_once=2)
    first = asyncio.ensure_future(anext(judged))
    await turns.until_running("long", "middle")
    turns.ends["middle"].set()
    assert (await first).name == "middle"
    await turns.until_running("long", "short")
    await judged.aclose()
    assert turns.running == [], "whoever stops listening ends all that still run"


async def test_what_a_busy_machine_may_have_spoilt_is_played_again_alone_and_no_more_than_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed, passed = [Finding("x", False, "y")], [Finding("x", True, "y")]
    plays: dict[str, list[Judgement]] = {
        "wrong": [Judgement("wrong", "", 1.0, failed, [], late_s=0.1)],
        "late": [
            Judgement("late", "", 1.0, failed, [], late_s=4.0),
            Judgement("late", "", 1.0, passed, [], late_s=4.0),
        ],
        "hopeless": [Judgement("hopeless", "", 1.0, failed, [], late_s=4.0)] * 3,
    }

    async def play(what: Scenario, *parts: object) -> Judgement:
        return plays[what.name].pop(0)

    monkeypatch.setattr(runner, "run_drill", play)
    judged = run_drills([scenario(name) for name in plays], drill_wiring, SETTINGS, SystemClock())
    outcomes = {judgement.name: judgement.passed async for judgement in judged}
    assert outcomes == {"wrong": False, "late": True, "hopeless": False}
    assert not any(plays.values())
