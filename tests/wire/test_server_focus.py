"""What a viewer has open is followed at once, and ends with its conversation."""

from __future__ import annotations

from dataclasses import replace

from bntui.model.markets import Market
from bntui.model.panels import Focus
from bntui.wire.messages import Look, Pull
from tests.model.build import BTC, ETH
from tests.wire.serving import Engine, Viewer, greeted, running, soon

FOCUS = Focus(Market.SPOT, BTC.symbol)


def open_pages(engine: Engine) -> None:
    engine.store.pages.open(BTC)
    engine.store.pages.open(ETH)


async def up_to_date(viewer: Viewer, focus: Focus | None = FOCUS) -> int:
    await viewer.say(Pull(0, "e1", None, focus))
    return (await viewer.hear_delta()).seq


async def test_the_answer_holds_the_panels_of_the_focus_whole_and_then_only_what_is_new() -> None:
    async with running(pull_wait_s=0.01) as (engine, come, _):
        open_pages(engine)
        viewer = await greeted(come)
        await viewer.say(Pull(0, "e1", None, FOCUS))
        first = await viewer.hear_delta()
        assert first.panels is not None
        assert (first.panels.key, first.panels.full) == (BTC, True)
        await viewer.say(Pull(first.seq, "e1", None, FOCUS))
        assert (await viewer.hear_delta()).panels is None


async def test_a_changed_focus_is_answered_at_once_and_whole() -> None:
    async with running() as (engine, come, _):
        open_pages(engine)
        viewer = await greeted(come)
        seq = await up_to_date(viewer)
        await viewer.say(Pull(seq, "e1", None, replace(FOCUS, symbol=ETH.symbol)))
        panels = (await viewer.hear_delta()).panels
        assert panels is not None
        assert (panels.key, panels.full) == (ETH, True)


async def test_a_look_wakes_the_pull_that_waits() -> None:
    async with running() as (engine, come, _):
        open_pages(engine)
        viewer = await greeted(come)
        seq = await up_to_date(viewer)
        await viewer.say(Pull(seq, "e1", None, FOCUS))
        await viewer.hears_nothing()
        await viewer.say(Look(replace(FOCUS, symbol=ETH.symbol)))
        delta = await viewer.hear_delta()
        assert delta.panels is not None
        assert delta.panels.key == ETH


async def test_the_engine_is_told_each_change_once_and_the_end() -> None:
    async with running() as (engine, come, _):
        open_pages(engine)
        viewer = await greeted(come)
        seq = await up_to_date(viewer)
        await viewer.say(Look(FOCUS), Look(None), Pull(seq, "e1", None, None))
        assert (await viewer.hear_delta()).panels is None
        assert engine.looks == [(1, FOCUS), (1, None)]
        await viewer.say(Look(FOCUS))
        await viewer.carrier.close()
        await soon(engine.ended.wait())
        assert engine.looks[2:] == [(1, FOCUS), (1, None)]


async def test_viewers_are_told_apart() -> None:
    async with running() as (engine, come, _):
        open_pages(engine)
        one, two = await greeted(come), await greeted(come)
        await up_to_date(one)
        await up_to_date(two, replace(FOCUS, symbol=ETH.symbol))
        assert [(viewer, focus and focus.symbol) for viewer, focus in engine.looks] == [
            (1, BTC.symbol),
            (2, ETH.symbol),
        ]
