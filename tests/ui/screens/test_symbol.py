from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.panels import Focus, TapeDelta
from bntui.ui.screens.symbol import SymbolScreen
from bntui.ui.screens.watchlist import WatchlistScreen
from tests.support import market
from tests.support.opened import hole, opened, panels, status, tape_rows
from tests.support.viewing import desk
from tests.ui.screens.sitting import last, shown, sitting

BTC = market.key_of("BTCUSDT")


# Opening, flipping, leaving


async def test_enter_opens_the_symbol_under_the_cursor_and_asks_for_it() -> None:
    at = desk(opened())
    async with at.running() as pilot:
        await pilot.press("j", "enter")
        await at.frame(pilot)
        assert isinstance(at.app.screen, SymbolScreen)
        assert at.opened == [Focus(BTC.market, "ETHUSDT")]
        assert " ETHUSDT " in at.line("#heading")


async def test_a_second_click_on_a_row_opens_it_too() -> None:
    at = desk(opened())
    async with at.running() as pilot:
        await pilot.click("#watchlist", offset=(3, 3))
        assert at.opened == []
        await pilot.click("#watchlist", offset=(3, 3))
        assert last(at).symbol == "SOLUSDT"


async def test_its_streams_are_released_when_it_is_left() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("escape")
        assert isinstance(at.app.screen, WatchlistScreen)
        assert at.opened[-1] is None


async def test_a_dialogue_over_it_releases_nothing() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("question_mark")
        await at.frame(pilot)
        await pilot.press("escape")
        assert None not in at.opened


async def test_brackets_flip_through_the_watchlist_as_it_was_sorted() -> None:
    at = desk(opened())
    async with at.running() as pilot:
        await pilot.press("s", "g")  # by symbol
        order = at.watchlist.grid.keys
        await pilot.press("enter", "right_square_bracket", "J", "left_square_bracket")
        assert [focus.key for focus in at.opened if focus] == [order[0], order[1], order[2], order[1]]
        assert isinstance(at.app.screen, SymbolScreen)


async def test_going_back_finds_the_cursor_on_the_symbol_that_was_open() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket", "escape")
        await at.frame(pilot)
        assert at.watchlist.grid.cursor_key == market.key_of("SOLUSDT")


async def test_the_fourth_tab_opens_what_was_open_last() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("right_square_bracket", "2", "4")
        await at.frame(pilot)
        assert last(at).symbol == "ETHUSDT"
        assert "4 Sym" in at.line("#status")


async def test_the_fourth_tab_opens_the_first_symbol_where_none_was_open() -> None:
    at = desk(opened())
    async with at.running() as pilot:
        await pilot.press("4")
        assert last(at).key == BTC


async def test_without_a_symbol_there_is_nothing_to_open() -> None:
    at = desk(replace(market.calm(), rows=[], watchlist=[]))
    async with at.running() as pilot:
        await pilot.press("4", "enter")
        await at.frame(pilot)
        assert isinstance(at.app.screen, WatchlistScreen)
        assert "the watchlist is empty" in at.line("#status")


async def test_of_another_symbol_nothing_old_is_shown() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("right_square_bracket")
        await at.frame(pilot)
        assert "67123" not in at.symbol.ladder.text
        assert "opening" in at.symbol.ladder.text
        at.answer(panels=panels("ETHUSDT"), books=[status("ETHUSDT")])
        await at.frame(pilot)
        assert "3412.08" in at.symbol.ladder.text


# How the book is looked at


async def test_d_asks_for_more_levels_and_begins_again_behind_the_most() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("d", "d", "d")
        assert [focus.levels for focus in at.opened if focus] == [20, 50, 5, 10]


async def test_plus_and_minus_group_by_multiples_of_the_tick() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("plus", "plus", "plus", "minus", "minus", "minus", "minus")
        steps = [focus.step for focus in at.opened if focus]
        assert steps == ["", "0.02", "0.05", "0.1", "0.05", "0.02", ""]


async def test_another_symbol_begins_ungrouped_and_keeps_the_depth() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("plus", "d", "right_square_bracket", "plus")
        assert [(focus.step, focus.levels) for focus in at.opened if focus][-2:] == [("", 50), ("0.02", 50)]


async def test_p_asks_for_the_cheaper_book_and_says_what_that_is() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("d", "p")
        assert (last(at).partial, last(at).levels) == (True, 20)
        assert "Cheaper book" in at.line("#status")
        await pilot.press("d", "p")
        assert (last(at).partial, last(at).levels) == (False, 5)


async def test_without_a_known_tick_nothing_is_grouped() -> None:
    async with sitting(replace(opened(), instruments=[])) as (at, pilot):
        await pilot.press("plus")
        assert last(at).step == ""
        assert "not known yet" in at.line("#status")


# Trades


async def test_t_asks_for_single_trades() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("tab", "t")
        assert last(at).single_trades
        await pilot.press("t")
        assert not last(at).single_trades


async def test_keys_right_behind_one_another_go_where_they_were_meant_to() -> None:
    async with sitting() as (at, pilot):
        await at.burst(pilot, "tab", "t")
        await at.burst(pilot, "tab", "i")
        await at.burst(pilot, "tab", "d", "d", "d")
        assert (last(at).single_trades, last(at).interval, last(at).levels) == (True, "3m", 10)


async def test_f_hides_trades_below_a_size() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("tab", "f")
        await at.fill(pilot, "0.5")
        assert " of 78" in at.line("#search-found")
        await pilot.press("enter")
        await at.frame(pilot)
        assert "≥ 0.50" in at.symbol.tape.text.splitlines()[0]
        assert at.app.focused is at.symbol.tape
        await pilot.press("f", "escape")
        assert at.symbol.tape.smallest is None
        assert isinstance(at.app.screen, SymbolScreen)


async def test_a_click_into_a_panel_ends_the_typing() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("tab", "f")
        await pilot.click("#ladder", offset=(5, 8))
        assert not at.symbol.has_class("-searching")
        assert at.app.focused is at.symbol.ladder


async def test_missing_trades_are_seen() -> None:
    rows = [*tape_rows(4), hole(tape_rows(5)[-1])]
    async with sitting(opened(tape=TapeDelta(rows, []))) as (at, _):
        assert "12 trades missing: connection lost" in at.symbol.tape.text


# Candles


async def test_another_interval_is_asked_for() -> None:
    async with sitting() as (at, pilot):
        at.symbol.chart.on_older(12_345)
        assert last(at).candles_from_ms == 12_345
        await pilot.press("shift+tab", "i")
        assert (last(at).interval, last(at).candles_from_ms) == ("3m", None)


# Which panels


@pytest.mark.parametrize("size", [(120, 40), (200, 60), (120, 28)])
async def test_all_three_are_seen_at_once_where_there_is_room(size: tuple[int, int]) -> None:
    async with sitting(None, *size) as (at, _):
        screen = at.symbol
        assert shown(at) == [True, True, True]
        assert "spread 0.01" in screen.ladder.text
        assert "67123" in screen.tape.text
        regions = [panel.region for panel in (screen.ladder, screen.tape, screen.chart)]
        assert all(region.width >= 30 and region.height >= 12 for region in regions)
        assert not any(a.overlaps(b) for a in regions for b in regions if a is not b)


async def test_one_at_a_time_where_there_is_none_and_tab_switches() -> None:
    async with sitting(None, 80, 24) as (at, pilot):
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab"):
            seen.append(shown(at))
            assert " Book ● " in at.line("#second")
            assert " Trades ● " in at.line("#second")
            await pilot.press(key)
        assert seen == [
            [True, False, False],
            [False, True, False],
            [False, False, True],
            [True, False, False],
        ]
        assert shown(at) == [False, False, True]


async def test_the_title_of_the_panel_that_has_the_keys_stands_out() -> None:
    async with sitting() as (at, pilot):
        panels_in_order = (at.symbol.ladder, at.symbol.tape, at.symbol.chart)
        for lit in (0, 1, 2):
            standing_out = [
                any(each.style and each.style.reverse for each in panel.render_line(0))
                for panel in panels_in_order
            ]
            assert standing_out == [at == lit for at in range(3)]
            await pilot.press("tab")


async def test_the_filter_brings_the_tape_to_the_front() -> None:
    async with sitting(None, 80, 24) as (at, pilot):
        at.symbol.action_filter()
        await pilot.pause()
        assert shown(at) == [False, True, False]
        assert at.symbol.has_class("-searching")


async def test_a_filter_right_behind_the_panel_is_typed_into() -> None:
    async with sitting(None, 80, 24) as (at, pilot):
        await at.burst(pilot, "tab", "f", "2")
        assert at.symbol.has_class("-searching")
        assert at.symbol.tape.smallest == 2


async def test_a_panel_alone_and_all_of_them_again() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("tab", "backslash")
        await at.frame(pilot)
        assert shown(at) == [False, True, False]
        assert at.symbol.tape.size.width == 120
        await pilot.press("backslash")
        assert shown(at) == [True, True, True]


async def test_where_panels_are_alone_anyway_zooming_says_so() -> None:
    async with sitting(None, 80, 24) as (at, pilot):
        await pilot.press("backslash")
        assert at.line("#status").endswith("One panel at a time fits here: tab switches.")


async def test_sizes_that_change_in_the_middle_of_it_break_nothing() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("k", "k")
        for width, height in ((80, 24), (200, 60), (20, 5), (61, 16), (300, 20), (110, 24), (120, 40)):
            await at.resize(pilot, width, height)
            at.answer(panels=panels())
            await at.frame(pilot)
        assert shown(at) == [True, True, True]
        assert at.symbol.ladder.cursor == 2


async def test_the_palette_offers_what_the_keys_do() -> None:
    async with sitting() as (at, pilot):
        commands = {each.title: each for each in at.app.get_system_commands(at.app.screen)}
        for title in ("Next symbol", "Book depth", "Partial book", "Panel alone", "Filter trades"):
            commands[title].callback()
        await pilot.pause()
        assert (last(at).symbol, last(at).partial) == ("ETHUSDT", True)
        assert at.symbol.has_class("-searching")


async def test_the_help_tells_the_keys_of_every_panel() -> None:
    async with sitting() as (at, pilot):
        await pilot.press("question_mark")
        page = at.app.screen.query_one("#help-lines").render_line
        text = "\n".join(page(y).text for y in range(120))
        for word in ("Group by a larger price step", "a size or more", "the bids' share", "built anew"):
            assert word in text
