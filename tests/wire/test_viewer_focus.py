"""A viewer's focus reaches the engine at once, with one question outstanding at a time."""

from __future__ import annotations

from bntui.model.markets import Market
from bntui.model.panels import Focus
from bntui.wire.messages import Look
from tests.wire.viewing import Engine, linked, met, soon

ONE = Focus(Market.SPOT, "BTCUSDT")
TWO = Focus(Market.SPOT, "ETHUSDT")


async def test_a_new_focus_goes_out_while_a_question_waits_and_every_question_carries_it() -> None:
    async with linked() as (link, _, engines, _):
        engine = await met(engines)
        assert (await engine.hear_pull()).focus is None
        link.focus = ONE
        assert await engine.hear() == Look(ONE)
        await engine.answer()
        assert (await engine.hear_pull()).focus == ONE


async def test_what_a_question_told_is_not_told_again() -> None:
    async with linked() as (link, _, engines, _):
        link.focus = ONE
        engine = Engine(await soon(engines.reached.get()), "e1")
        await engine.welcome()
        heard = await engine.hear()
        if heard == Look(ONE):
            heard = await engine.hear()
        assert getattr(heard, "focus", None) == ONE
        await engine.answer(full=True)
        assert (await engine.hear_pull()).focus == ONE


async def test_of_many_changes_the_newest_counts() -> None:
    async with linked() as (link, _, engines, _):
        engine = await met(engines)
        await engine.hear_pull()
        link.focus = ONE
        link.focus = TWO
        assert await engine.hear() == Look(TWO)
        link.focus = None
        assert await engine.hear() == Look(None)
        assert link.focus is None


async def test_a_new_engine_is_told_anew() -> None:
    async with linked() as (link, _, engines, _):
        first = await met(engines)
        await first.hear_pull()
        link.focus = ONE
        assert await first.hear() == Look(ONE)
        await first.carrier.close()
        second = Engine(await soon(engines.reached.get()), "e2")
        await second.welcome()
        heard = [await second.hear(), None]
        if heard[0] == Look(ONE):
            heard[1] = await second.hear()
        assert ONE in [getattr(message, "focus", None) for message in heard]
