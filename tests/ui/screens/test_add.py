from __future__ import annotations

from dataclasses import replace

from textual.widgets import Input

from bntui.model.markets import Market, SymbolKey
from bntui.preferences import Preferences
from bntui.ui.lists import ListTold
from bntui.ui.screens.add import AddScreen
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.lines import Lines
from bntui.ui.wishes import Told
from bntui.wire.messages import Watch
from tests.support import market
from tests.support.market import key_of
from tests.support.viewing import Desk, desk


def dialogue(at: Desk) -> AddScreen:
    assert isinstance(at.app.screen, AddScreen)
    return at.app.screen


def proposals(at: Desk) -> list[str]:
    return [str(key.symbol) for key in dialogue(at).query_one("#proposals", Grid).keys]


def says(at: Desk) -> str:
    return dialogue(at).query_one("#add-says", Lines).text.strip()


async def test_what_is_typed_is_completed_with_base_quote_and_status() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "lun")
        assert proposals(at) == ["LUNAUSDT"]
        text = dialogue(at).query_one("#proposals", Grid).render_line(1).text
        assert text.split() == ["LUNAUSDT", "LUNA", "for", "USDT", "0.0001", "break"]


async def test_enter_adds_the_marked_proposal_and_stays_for_the_next() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "btc")
        await pilot.press("down", "enter")
        assert at.sent == [Watch([key_of("BTCEUR")])]
        assert says(at) == "Asked for BTCEUR. The next one, or esc."
        await at.fill(pilot, "atomusdt")
        await pilot.press("enter")
        assert at.sent[1:] == [Watch([key_of("ATOMUSDT")])]
        await pilot.press("escape")
        assert at.watchlist.grid.has_focus


async def test_what_is_typed_ahead_is_text_and_no_command() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await at.burst(pilot, "a", *"doge")
        assert at.sent == []
        assert dialogue(at).query_one(Input).value == "doge"
        assert proposals(at) == ["DOGEUSDT"]


async def test_a_symbol_of_a_market_that_was_not_read_yet_is_left_to_the_engine() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "btcusdt.usdm btcusd_perp.coinm")
        await pilot.press("enter")
        asked = Watch([SymbolKey(Market.USDM, "BTCUSDT"), SymbolKey(Market.COINM, "BTCUSD_PERP")])
        assert at.sent == [asked]


async def test_where_only_futures_are_listed_a_bare_symbol_is_one_of_them() -> None:
    full = market.calm()
    assert full.instruments is not None
    futures = [replace(each, key=SymbolKey(Market.USDM, each.key.symbol)) for each in full.instruments]
    at = desk(replace(full, instruments=futures))
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "arbusdt")
        await pilot.press("enter")
        assert at.sent == [Watch([SymbolKey(Market.USDM, "ARBUSDT")])]


async def test_several_at_once() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "nearusdt,arbusdt btceur")
        await pilot.press("enter")
        assert at.sent == [Watch([key_of("NEARUSDT"), key_of("ARBUSDT"), key_of("BTCEUR")])]


async def test_what_is_typed_in_full_wins_over_the_mark() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "btceur")
        await pilot.press("enter")
        assert at.sent == [Watch([key_of("BTCEUR")])]


async def test_a_wrong_symbol_brings_the_nearest_real_one_and_sends_nothing() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "atomudst")
        await pilot.press("enter")
        assert at.sent == []
        assert says(at) == "No symbol is called ATOMUDST. Did you mean ATOMUSDT?"


async def test_what_is_watched_already_is_said_and_not_sent() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "btcusdt")
        await pilot.press("enter")
        assert at.sent == []
        assert says(at) == "BTCUSDT is on the list already."


async def test_without_the_list_of_symbols_the_engine_decides() -> None:
    at = desk(replace(market.calm(), instruments=[]))
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "abcusdt")
        assert says(at).startswith("The list of symbols is not here yet")
        await pilot.press("enter")
        assert at.sent == [Watch([key_of("ABCUSDT")])]


async def test_an_engine_that_does_not_answer_takes_nothing() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "btceur")
        at.clock.advance(5)
        await pilot.press("enter")
        assert at.sent == []
        assert says(at) == "Not sent: the engine does not answer."


async def test_enter_with_nothing_typed_closes() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a", "enter")
        assert at.app.screen is at.watchlist


async def test_letters_are_text_while_typing_and_ctrl_c_still_quits() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a", *"q2?")
        assert dialogue(at).query_one(Input).value == "q2?"
        await pilot.press("ctrl+c")
    assert at.app.return_value == 0


async def test_prices_go_on_behind_the_dialogue() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        at.answer(rows=[market.watch_row("BTCUSDT", last="99999.99")])
        await at.frame(pilot)
        assert "99999.99" in at.watchlist.grid.render_line(1).text


async def test_a_click_on_the_marked_proposal_adds_it() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "btc")
        await pilot.click("#proposals", offset=(3, 2))
        assert at.sent == []
        await pilot.click("#proposals", offset=(3, 2))
        assert at.sent == [Watch([key_of("BTCEUR")])]


async def test_on_a_named_list_symbols_come_onto_that_list() -> None:
    btc, eth = market.key_of("BTCUSDT"), market.key_of("ETHUSDT")
    at = desk(market.calm(), told=Told(Preferences(watchlist="majors"), (ListTold("majors", (btc,)),)))
    async with at.running() as pilot:
        await pilot.press("a")
        await at.fill(pilot, "ethusdt")
        await pilot.press("enter")
        assert "Put ETHUSDT on the list." in at.app.screen.query_one("#add-says", Lines).text
        await pilot.press("escape")
        await at.frame(pilot)
        assert at.watchlist.grid.keys == (btc, eth)
        assert at.sent == []


async def test_what_could_not_be_asked_for_comes_onto_no_list() -> None:
    at = desk(market.calm(), told=Told(Preferences(watchlist="majors"), (ListTold("majors", ()),)))
    async with at.running() as pilot:
        at.clock.advance(60)
        await pilot.press("a")
        await at.fill(pilot, "xmrusdt.usdm")
        await pilot.press("enter")
        assert at.app.viewer.lists.holding(SymbolKey(Market.USDM, "XMRUSDT")) == []
