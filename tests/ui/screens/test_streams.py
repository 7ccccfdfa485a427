from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from bntui.model.states import StreamState
from tests.support import market
from tests.support.viewing import Desk, desk

OPEN = ("2", "j", "j", "enter")


def line(at: Desk, number: int) -> list[str]:
    return at.streams.grid.render_line(number + 1).text.split()


async def test_enter_lists_the_streams_of_the_shard_the_worst_first() -> None:
    at = desk(market.troubled())
    async with at.running() as pilot:
        await pilot.press(*OPEN)
        assert len(at.streams.grid.keys) == 3 * len(market.QUOTED)
        assert line(at, 0)[:2] == ["linkusdt@trade", "stale"]
        assert line(at, 1)[:2] == ["dotusdt@trade", "quiet"]
        assert "1 stale · 1 quiet · 46 live" in at.line("#detail")
        assert at.line("#shard-title").startswith(" shard 2 · live")


async def test_ages_are_asked_for_only_while_one_looks() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press(*OPEN)
        for key in ("1", "2", "escape"):
            await pilot.press(key)
        assert [shard for shard, _ in groupby(at.focused)] == [2, None, 2, None]
        assert at.connections.shards.has_focus


async def test_the_engines_ages_are_fresher_than_the_views() -> None:
    at = desk(market.troubled())
    async with at.running() as pilot:
        await pilot.press(*OPEN)
        at.clock.advance(1)
        at.answer(
            stream_ages=[(stream.market, stream.name, market.NOW + 1) for stream in market.calm().streams]
        )
        await at.frame(pilot)
        assert line(at, 0)[3] == "0.0s"


async def test_a_stream_that_goes_bad_rises_to_the_top() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press(*OPEN)
        bad = replace(market.calm().streams[7], state=StreamState.BLIND, reason="refused")
        at.advance(3)
        at.answer(streams=[bad])
        await at.frame(pilot)
        assert line(at, 0)[:2] == [bad.name, "blind"]


async def test_a_shard_without_streams_or_gone_says_so() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("2", "enter")
        assert "No stream is on this shard." in at.line("#empty")
        at.advance(1)
        at.answer(shards_gone=[0])
        await at.frame(pilot)
        assert "shard 0 is gone" in at.line("#shard-title")


async def test_2_goes_back_to_the_connections() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press(*OPEN, "2")
        assert at.connections.shards.has_focus
