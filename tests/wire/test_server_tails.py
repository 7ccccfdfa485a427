"""Tails over the seam: from now on, in order, each line once."""

from __future__ import annotations

import pytest

from bntui.model.events import PriceLevel
from bntui.model.states import BookState
from bntui.model.status import BookApplied
from bntui.wire import server as server_module
from bntui.wire.messages import (
    Bye,
    Pull,
    TailLines,
    TailPull,
)
from tests.model.build import BTC, ETH, quote, trade
from tests.wire.serving import greeted, running, soon


async def test_a_tail_starts_at_now_and_loses_nothing_between_questions() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        engine.tails.extend([trade(BTC, 1)])
        await viewer.say(TailPull(0, [BTC], ["trade"]))
        await viewer.hears_nothing()
        engine.tails.extend([trade(BTC, 2), trade(ETH, 3), quote(BTC)])
        first = await viewer.hear_lines()
        engine.tails.extend([trade(BTC, 4)])
        engine.tails.extend([trade(BTC, 5)])
        await viewer.say(TailPull(first.seq, [BTC], ["trade"]))
        second = await viewer.hear_lines()

        assert [ids(first), ids(second)] == [[2], [4, 5]]
        assert (first.lost, second.lost) == (0, 0)
        await viewer.say(TailPull(second.seq, [BTC], ["trade"]))
        await viewer.hears_nothing()


async def test_a_reader_gets_as_many_levels_of_a_book_as_it_asked_for() -> None:
    levels: tuple[PriceLevel, ...] = (("3", "1"), ("2", "1"), ("1", "1"))
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        await viewer.say(TailPull(0, [BTC], ["book"], levels=2))
        await viewer.hears_nothing()
        engine.tails.extend([BookApplied(BTC, 7, BookState.SYNCED, "", levels, (), None, 0, 0.0)])
        (line,) = (await viewer.hear_lines()).lines
        assert '"bids":[["3","1"],["2","1"]]' in line


def ids(answer: TailLines) -> list[int]:
    return [int(line.partition('"id":')[2].partition(",")[0]) for line in answer.lines]


async def test_a_tail_is_answered_empty_when_nothing_comes() -> None:
    async with running(pull_wait_s=0.02) as (_, come, _):
        viewer = await greeted(come)
        await viewer.say(TailPull(0, [], []))
        answer = await viewer.hear_lines()
        assert (answer.lines, answer.lost) == ([], 0)
        assert answer.seq > 0


async def test_a_long_answer_goes_on_with_the_next_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "LINES_PER_ANSWER", 2)
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        await viewer.say(TailPull(0, [], []))
        await viewer.hears_nothing()
        engine.tails.extend([trade(BTC, n) for n in range(1, 6)])
        seen: list[list[int]] = []
        for _ in range(3):
            answer = await viewer.hear_lines()
            seen.append(ids(answer))
            await viewer.say(TailPull(answer.seq, [], []))

        assert seen == [[1, 2], [3, 4], [5]]


async def test_pull_and_tail_wait_side_by_side() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        seq = (await viewer.pull()).seq
        await viewer.say(TailPull(0, [], ["trade"]), Pull(seq, "e1"))
        await viewer.hears_nothing()
        engine.tails.extend([trade(BTC, 7)])
        assert ids(await viewer.hear_lines()) == [7]
        engine.store.apply([trade(BTC, 7)])
        assert (await viewer.hear_delta()).rows


async def test_the_ring_of_a_tail_goes_with_its_viewer() -> None:
    async with running() as (engine, come, _):
        viewer = await greeted(come)
        await viewer.say(TailPull(0, [BTC], ["trade"]))
        await viewer.hears_nothing()
        assert engine.tails.wants() == [(BTC, "trade")]
        await viewer.say(Bye())
        await soon(engine.ended.wait())

        assert engine.tails.wants() == []


async def test_asking_for_something_else_begins_another_tail() -> None:
    async with running(pull_wait_s=0.01) as (engine, come, _):
        viewer = await greeted(come)
        await viewer.say(TailPull(0, [BTC], ["trade"]))
        await viewer.hear_lines()
        await viewer.say(TailPull(0, [ETH], ["quote"]))
        await viewer.hear_lines()

        assert engine.tails.wants() == [(ETH, "quote")]
