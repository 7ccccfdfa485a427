"""What the engine of the profile says is told in the words of its verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from bntui.clock import SystemClock
from bntui.config import Settings
from bntui.doctor.findings import Outcome
from bntui.doctor.running import check_engine
from bntui.engine.engine import Engine
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.model.status import BudgetChanged
from bntui.wire.messages import Hello, Refused
from bntui.world import world
from tests.model import build
from tests.support.asked import empty, played, running, serving, silence, welcome
from tests.support.engine import memory_engine
from tests.support.exchange import MemoryExchange

WORLD = world(Settings(limits={"own_engine_silence_s": 0.3, "own_pull_wait_s": 0.1}))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return memory_engine(tmp_path, SystemClock(), MemoryExchange())


async def test_no_engine_is_no_fault_and_it_is_said_how_to_start_one() -> None:
    found, budget = await check_engine(running(WORLD), SystemClock())
    assert (found.outcome, found.code, budget) == (Outcome.SKIPPED, 0, None)
    assert "`bntui engine`" in found.fix


@pytest.mark.parametrize(
    ("grade", "outcome", "code"),
    [(Grade.LIVE, Outcome.OK, 0), (Grade.DEGRADED, Outcome.WARN, 1), (Grade.BLIND, Outcome.BAD, 2)],
)
async def test_the_verdict_is_told_with_its_suspect(
    engine: Engine, grade: Grade, outcome: Outcome, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = VerdictView(grade, f"{grade.upper()} 7/9", 0.0, "it is the VPS")
    monkeypatch.setattr(engine, "judge", lambda: verdict)
    engine.store.set_verdict(verdict)
    engine.take([BudgetChanged(build.budget())])
    async with serving(engine, WORLD.hello):
        found, budget = await check_engine(running(WORLD), SystemClock())
    assert (found.outcome, found.code) == (outcome, code)
    assert found.said == f"runs, and says: {grade.upper()} 7/9"
    assert found.fix == ("" if grade is Grade.LIVE else "it is the VPS")
    assert budget is not None


async def test_an_engine_that_refuses_is_told_with_its_hint() -> None:
    async with played(lambda _: Refused("another version", "Restart it.")):
        found, _ = await check_engine(running(WORLD), SystemClock())
    assert (found.outcome, found.said, found.fix) == (Outcome.BAD, "Another version.", "Restart it.")


async def test_an_engine_that_hangs_is_blindness() -> None:
    async with played(silence):
        found, _ = await check_engine(running(WORLD), SystemClock())
    assert (found.outcome, found.code) == (Outcome.BAD, 2)
    async with played(welcome, silence):
        found, _ = await check_engine(running(WORLD), SystemClock())
    assert (found.outcome, found.code) == (Outcome.BAD, 2)


async def test_something_else_on_its_socket_is_told() -> None:
    async with played(lambda _: Hello("1", "2", "3")):
        found, _ = await check_engine(running(WORLD), SystemClock())
    assert (found.outcome, found.code) == (Outcome.BAD, 2)
    assert "something odd" in found.said


async def test_an_engine_that_only_starts_is_degraded() -> None:
    async with played(welcome, lambda _: empty(1)):
        found, _ = await check_engine(running(WORLD), SystemClock())
    assert found.outcome is Outcome.WARN
