from __future__ import annotations

import pytest

from bntui.ui.format import width_of
from bntui.ui.keys import APP, MOVE, TRADES, WATCHLIST
from bntui.ui.screens.help import HelpScreen, broken, help_page
from bntui.ui.widgets.lines import Lines, part_width
from tests.support import accounts, market
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


def test_what_keys_do_stands_in_one_column() -> None:
    page = help_page((TRADES, WATCHLIST), (), ())
    starts = {part_width(line[:-1]) for line in page if len(line) > 1}
    assert len(starts) == 1, "also where a key has a long name"


def test_a_long_line_goes_on_below_itself() -> None:
    line = (("  ", ""), ("y", "key"), ("  ", ""), ("Copy what the cursor is on, or the verdict", "title"))
    assert broken(line, 60) == [line]
    assert [[text for text, _ in piece] for piece in broken(line, 32)] == [
        ["  ", "y", "  ", "Copy what the cursor is on,"],
        ["     ", "or the verdict"],
    ]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 15)])
async def test_nothing_of_it_is_cut_off(size: tuple[int, int]) -> None:
    at = desk(accounts.traded())
    async with at.running(*size) as pilot:
        await pilot.press("5", "question_mark")
        await pilot.pause()
        lines = at.app.screen.query_one("#help-lines", Lines)
        assert max(map(width_of, lines.text.splitlines())) <= lines.size.width
        assert lines.size.height == len(lines.text.splitlines())
        words = " ".join(lines.text.split())
        assert "buy, sell, maker, taker, recovered" in words
        assert "log /home/you/bntui/viewer.log" in words


async def test_the_help_is_that_of_the_screen() -> None:
    remove, rotate, back = "Take the symbol off the list", "Change the connection without loss", "Back to the"
    at = desk(market.calm())
    async with at.running() as pilot:
        for opening, there, missing in (
            ([], remove, rotate),
            (["2"], rotate, remove),
            (["enter"], back, rotate),
        ):
            await pilot.press(*opening, "question_mark")
            assert there in page(at)
            assert missing not in page(at)
            assert MOVE.keys[0].description in page(at)
            assert "engine 1.0, process 4242" in page(at)
            assert "log /home/you/bntui/viewer.log" in page(at)
            await pilot.press("escape")


async def test_its_title_says_of_what_it_is_also_where_no_tab_is_open() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        for keys, title in (("2", "Connections"), ("z", "3 a.m. mode")):
            await pilot.press(keys, "question_mark")
            assert at.app.screen.query_one("#help").border_title == f"Help: {title}"
            await pilot.press("escape")


async def test_it_closes() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        for key in ("escape", "q", "question_mark"):
            await pilot.press("question_mark")
            assert page(at)
            await pilot.press(key)
            assert at.app.screen is at.watchlist


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
