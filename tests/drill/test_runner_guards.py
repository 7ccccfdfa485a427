"""Each drill fails when the behaviour that it guards is switched off. Without that, most pass in `make test`
and all of them in `bntui drill --all`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from bntui.clock import SystemClock
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill.caretaker import Caretaker
from bntui.drill.judgement import Judgement, as_row
from bntui.drill.runner import Wire, run_drill
from bntui.drill.scenario import load, names
from tests.drill.guards import GUARDS

PASSING = ("abrupt-close", "delayed-ack", "dropped-trades", "half-open", "hung-engine", "shutdown-warned")
"""Drills that also run as the program is: short ones, of one kind each."""

APART_S = 0.4
"""Between two starts: an engine that starts takes a processor for a while."""

TRIES_ALONE = 2

pytestmark = pytest.mark.timeout(900)

Outcomes = tuple[Mapping[str, Judgement], Mapping[str, Judgement]]


async def play_everything() -> Outcomes:
    """Nearly all at once, since they mostly wait: the longest first, last those that must pass."""
    clock, settings = SystemClock(), Settings()

    async def play(name: str, wire: Wire, turn: int) -> Judgement:
        await asyncio.sleep(turn * APART_S)
        return await run_drill(load(name), wire, settings, clock, Caretaker())

    longest_first = sorted(GUARDS, key=lambda name: -load(name).seconds)
    spoiled = [play(name, GUARDS[name].wire, longest_first.index(name)) for name in GUARDS]
    whole = [play(name, drill_wiring, len(GUARDS) + turn) for turn, name in enumerate(PASSING)]
    judgements = await asyncio.gather(*whole, *spoiled)
    as_it_is = dict(zip(PASSING, judgements[: len(PASSING)], strict=True))
    switched_off = dict(zip(GUARDS, judgements[len(PASSING) :], strict=True))
    # Drills keep real time, which a busy machine has not: what the crowd may have spoilt is played alone.
    for _ in range(TRIES_ALONE):
        for name in [name for name, judgement in as_it_is.items() if not judgement.passed]:
            as_it_is[name] = await play(name, drill_wiring, 0)
        for name in [name for name in GUARDS if not missed(name, switched_off[name])]:
            switched_off[name] = await play(name, GUARDS[name].wire, 0)
    return as_it_is, switched_off


def missed(name: str, judgement: Judgement) -> bool:
    """Whether the drill failed by what its guard is for."""
    return any(GUARDS[name].misses in finding.expected for finding in judgement.failed)


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    return asyncio.run(play_everything())


def test_every_drill_has_its_guard() -> None:
    assert sorted(GUARDS) == names()


@pytest.mark.parametrize("name", PASSING)
def test_a_drill_passes_on_the_program_as_it_is(name: str, outcomes: Outcomes) -> None:
    judgement = outcomes[0][name]
    assert judgement.passed, "\n".join(as_row(judgement))


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_a_drill_fails_without_what_it_guards(name: str, outcomes: Outcomes) -> None:
    judgement = outcomes[1][name]
    assert missed(name, judgement), "\n".join(as_row(judgement))
