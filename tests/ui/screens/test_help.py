from __future__ import annotations

import pytest

from bntui.ui.keys import APP, MOVE, WATCHLIST
from bntui.ui.screens.help import HelpScreen, help_page
from bntui.ui.widgets.lines import Lines
from tests.support import market
from tests.support.viewing import Desk, desk


def page(at: Desk) -> str:
    assert isinstance(at.app.screen, HelpScreen)
    return at.app.screen.query_one("#help-lines", Lines).text


def test_every_key_of_its_groups_is_explained() -> None:
    text = "\n".join("".join(part for part, _ in line) for line in help_page((WATCHLIST, APP), (), ()))
    for group in (WATCHLIST, APP):
        assert group.title in text
        for key in group.keys:
            assert key.description in text


@pytest.mark.parametrize(
    ("keys", "there", "not_there"),
    [
        ([], "Take the symbol off the list", "Change the shard's connection"),
        (["2"], "Change the shard's connection", "Take the symbol off the list"),
        (["2", "enter"], "Back to the connections", "Take the symbol off the list"),
    ],
)
async def test_the_help_is_that_of_the_screen(keys: list[str], there: str, not_there: str) -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press(*keys, "question_mark")
        assert there in page(at)
        assert not_there not in page(at)
        assert MOVE.keys[0].description in page(at)
        assert "engine 1.0, process 4242" in page(at)
        assert "log /home/you/bntui/viewer.log" in page(at)


@pytest.mark.parametrize("key", ["escape", "q", "question_mark"])
async def test_it_closes(key: str) -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("question_mark", key)
        assert at.watchlist.is_current
        assert at.app.is_running


async def test_it_scrolls_on_a_low_terminal() -> None:
    at = desk(market.calm())
    async with at.running(80, 16) as pilot:
        await pilot.press("question_mark", "end")
        await pilot.pause()
        assert at.app.screen.query_one("#help").scroll_offset.y > 0


async def test_the_verdict_stays_legible_behind_it() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("question_mark")
        at.clock.advance(5)
        await at.frame(pilot)
        assert "ENGINE SILENT" in at.line("#verdict")
