from __future__ import annotations

import pytest
from textual.pilot import Pilot

from bntui.model.delta import AccountsDelta
from bntui.ui.widgets.lines import Lines
from tests.support import accounts, market
from tests.support.viewing import Desk, desk, resized

OWN = ["5", "6", "7"]


async def shown(at: Desk, pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await at.frame(pilot)


@pytest.mark.parametrize("key", OWN)
async def test_every_screen_of_accounts_says_above_how_far_it_can_be_trusted(key: str) -> None:
    at = desk(accounts.traded())
    async with at.running(80, 24) as pilot:
        await shown(at, pilot, key)
        assert at.line("#trust") == (" ● main.spot live ● main.usdm live, compared with REST 3m10s ago")


@pytest.mark.parametrize("key", OWN)
async def test_trouble_takes_the_lines_it_needs_and_gives_them_back(key: str) -> None:
    at = desk(accounts.ailing())
    async with at.running(120, 40) as pilot:
        await shown(at, pilot, key)
        await resized(pilot, 120, 40)
        trust = at.app.screen.query_one("#trust")
        assert trust.region.height == 6
        assert "…" not in at.line("#trust")
        told = accounts.told()
        at.mirror.accounts.streams.clear()
        at.answer(
            accounts=AccountsDelta(streams=told.streams, recoveries=told.recoveries, positions=told.positions)
        )
        await at.frame(pilot)
        await resized(pilot, 120, 40)
        assert trust.region.height == 1


@pytest.mark.parametrize("key", OWN)
async def test_the_help_explains_states_and_columns(key: str) -> None:
    at = desk(accounts.traded())
    async with at.running(120, 60) as pilot:
        await shown(at, pilot, key)
        await pilot.press("question_mark")
        lines = at.app.screen.query_one("#help-lines", Lines).text
        assert "its key cannot be read" in lines
        assert "fills may be missing" in lines


@pytest.mark.parametrize("key", OWN)
async def test_an_engine_that_went_before_it_told_anything_is_named_first(key: str) -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        at.mirror.lost("it was stopped")
        await shown(at, pilot, key)
        assert "The engine has gone." in at.line("#empty")


async def test_the_palette_leads_to_all_of_them() -> None:
    at = desk(accounts.traded())
    async with at.running() as pilot:
        titles = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert {"Fills", "Orders", "Account"} <= titles
        await shown(at, pilot, "5")
        titles = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert {"Filter fills", "Export CSV", "Export JSON"} <= titles
        await shown(at, pilot, "7")
        titles = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert "Empty balances" in titles
