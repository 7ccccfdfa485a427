"""Columns are chosen and put in order in the program; each change shows at once, and is remembered."""

from __future__ import annotations

from bntui.preferences import Preferences
from bntui.ui.choices import Choices
from bntui.ui.lists import ListTold
from bntui.ui.screens.columns import ColumnsScreen
from bntui.ui.wishes import Told
from tests.support import market
from tests.support.viewing import Desk, desk

THREE = Told(Preferences(columns=("symbol", "last", "age")))


def columns(at: Desk) -> list[str]:
    """What the watchlist shows."""
    return [slot.column.id for slot in at.watchlist.grid.slots]


async def test_a_column_is_hidden_and_shown_again_behind_the_others() -> None:
    at = desk(market.calm(), told=THREE)
    async with at.running() as pilot:
        await pilot.press("c", "j", "space")
        await at.frame(pilot)
        assert columns(at) == ["symbol", "age"]
        await pilot.press("G", "space")
        await at.frame(pilot)
        assert columns(at) == ["symbol", "age", "reason"]


async def test_a_column_changes_places_with_its_neighbour() -> None:
    at = desk(market.calm(), told=THREE)
    async with at.running() as pilot:
        await pilot.press("c", "j", "J", "J", "J")
        await at.frame(pilot)
        assert columns(at) == ["symbol", "age", "last"]
        await pilot.press("K", "K", "K")
        await at.frame(pilot)
        assert columns(at) == ["last", "symbol", "age"]


async def test_the_name_of_a_row_cannot_be_hidden() -> None:
    at = desk(market.calm(), told=THREE)
    async with at.running() as pilot:
        await pilot.press("c", "space")
        await at.frame(pilot)
        assert columns(at) == ["symbol", "last", "age"]


async def test_the_usual_columns_come_back() -> None:
    at = desk(market.calm(), told=THREE)
    async with at.running() as pilot:
        await pilot.press("c", "j", "space", "u")
        await at.frame(pilot)
        assert columns(at) == ["symbol", "last", "age"]
        await pilot.press("escape")
        assert not isinstance(at.app.screen, ColumnsScreen)


async def test_the_choice_is_there_in_the_next_run_and_for_its_list_alone() -> None:
    kept: dict[str, str] = {}
    told = Told(THREE.preferences, (ListTold("majors", (market.key_of("BTCUSDT"),)),))
    at = desk(market.calm(), told=told, choices=Choices(keep=kept.__setitem__))
    async with at.running() as pilot:
        await pilot.press("right_square_bracket", "c", "j", "space", "escape")
    again = desk(market.calm(), told=told, choices=Choices(kept))
    async with again.running() as pilot:
        assert columns(again) == ["symbol", "age"]
        await pilot.press("left_square_bracket")
        await again.frame(pilot)
        assert columns(again) == ["symbol", "last", "age"]
