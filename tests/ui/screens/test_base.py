from __future__ import annotations

import pytest

from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.ui.lists import ListTold
from bntui.ui.wishes import Told
from tests.support import market
from tests.support.viewing import desk


async def test_every_screen_has_the_verdict_the_place_and_the_time() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        for keys in ([], ["2"], ["enter"]):
            await pilot.press(*keys)
            assert at.line("#verdict").startswith(" ● LIVE  1131/1131 streams (1 quiet) · for 3h02m ")
            assert at.line("#verdict").endswith(" binance main  03:04:05 UTC ")


async def test_the_clock_goes_on_without_news() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.advance(2)
        await at.frame(pilot)
        assert "03:04:07 UTC" in at.line("#verdict")


async def test_another_verdict_is_shown_with_the_next_frame() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        at.clock.advance(0.1)
        at.answer(verdict=VerdictView(Grade.DEGRADED, "DEGRADED: REST down", market.NOW))
        await at.frame(pilot)
        assert at.line("#verdict").startswith(" ◐ DEGRADED  for 0s: REST down ")


@pytest.mark.parametrize(("width", "height"), [(59, 24), (80, 14), (20, 5)])
async def test_a_terminal_that_is_too_small_says_so_with_the_verdict(width: int, height: int) -> None:
    at = desk(market.calm())
    async with at.running(width, height) as pilot:
        words = " ".join(at.line("#too-small").split())
        assert "● LIVE" in words
        assert at.watchlist.has_class("-too-small")
        assert not at.watchlist.grid.region.area
        await pilot.press("2")
        assert at.connections.has_class("-too-small")
        await at.resize(pilot, 80, 24)
        assert not at.connections.has_class("-too-small")
        assert at.connections.shards.region.area
        await pilot.press("1")
        assert at.watchlist.grid.region.area


@pytest.mark.parametrize("key", ["a", "question_mark"])
async def test_dialogues_make_way_for_the_message(key: str) -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press(key)
        dialogue = at.app.screen
        await at.resize(pilot, 50, 12)
        assert not any(child.region.area for child in dialogue.children)
        assert "too small" in at.line("#too-small")
        await at.resize(pilot, 80, 24)
        assert any(child.region.area for child in dialogue.children)


async def test_60_by_15_is_enough() -> None:
    at = desk(market.troubled())
    async with at.running(60, 15) as pilot:
        assert not at.watchlist.has_class("-too-small")
        await pilot.press("2")
        assert at.connections.history.region.height >= 2


async def test_keys_of_the_screen_stand_at_the_bottom_also_at_80_columns() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        assert at.line("#status") == (
            " 1 Watch  2 Conn 3 Inc 4 Sym 5 Fill 6 Ord 7 Acc 8 Alr  / search  ? help  q quit "
        )
        await pilot.press("2")
        assert at.line("#status").startswith(" 1 Watch 2 Conn  3 Inc 4 Sym 5 Fill")
        assert "r rotate  ? help" in at.line("#status")


async def test_help_and_quit_are_always_named() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await pilot.press("s", "slash", "e", "t", "h", "enter")
        await at.frame(pilot)
        assert "/eth 2 of 16" in at.line("#status")
        assert at.line("#status").endswith("  ? help  q quit ")


async def test_a_message_stands_in_their_place_for_a_while() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        at.app.viewer.say("Something happened")
        at.advance(1)
        await at.frame(pilot)
        assert at.line("#status").startswith(
            " 1 Watchlist  2 Conn 3 Inc 4 Sym 5 Fill 6 Ord 7 Acc 8 Alr  Something"
        )
        at.advance(20)
        await at.frame(pilot)
        assert "Something happened" not in at.line("#status")


async def test_a_list_s_name_gives_way_to_a_message_that_would_be_cut_off() -> None:
    one = ListTold("a list of some symbols", (market.watch_row("BTCUSDT").key,))
    at = desk(market.calm(), told=Told(lists=(one,)))
    async with at.running(80, 24) as pilot:
        await pilot.press("]")
        await at.frame(pilot)
        assert "list a list of some symbols" in at.line("#status")
        at.app.viewer.say("This message is just as long as the place beside the open tab is.")
        at.advance(1)
        await at.frame(pilot)
        assert "beside the open tab is." in at.line("#status")
        assert "list a list" not in at.line("#status")
