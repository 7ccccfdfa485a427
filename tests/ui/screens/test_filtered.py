"""While one types, rows are filtered; a key or a click ends the typing, and only its key the filter."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from bntui.ui.screens.filtered import FilteredScreen
from bntui.ui.widgets.grid import Grid
from tests.support import accounts
from tests.support.viewing import Desk, desk

SCREENS = pytest.mark.parametrize("key", ["1", "5"])
"""The watchlist and the fills."""


async def opened(at: Desk, pilot: Pilot[int], key: str) -> FilteredScreen:
    await pilot.press(key)
    await at.frame(pilot)
    screen = at.app.screen
    assert isinstance(screen, FilteredScreen)
    return screen


def is_searching(at: Desk) -> bool:
    return at.app.screen.has_class("-searching")


@SCREENS
async def test_what_is_kept_is_said_until_its_key_shows_all_again(key: str) -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        screen = await opened(at, pilot, key)
        _, total = screen.found()
        await at.burst(pilot, "slash", *"eth", "enter")
        found, of = screen.found()
        assert 0 < found < total == of
        assert not is_searching(at)
        assert screen.filtered[0].has_focus
        assert f"/eth {found} of {total}" in at.line("#status")
        await pilot.press("escape")
        assert screen.found() == (total, total)
        assert "/eth" not in at.line("#status")


@SCREENS
async def test_a_filter_that_leaves_nothing_is_not_kept_but_typed_on(key: str) -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        screen = await opened(at, pilot, key)
        await at.burst(pilot, "slash", *"qqq", "enter")
        assert screen.found()[0] == 0
        assert is_searching(at)
        await pilot.press("escape")
        assert not is_searching(at)
        assert screen.found()[0] > 0


@SCREENS
async def test_a_click_into_the_rows_ends_the_typing_and_keeps_the_filter(key: str) -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        screen = await opened(at, pilot, key)
        await at.burst(pilot, "slash", *"eth")
        await pilot.click(Grid, offset=(3, 2))
        assert not is_searching(at)
        assert screen.filter == "eth"
