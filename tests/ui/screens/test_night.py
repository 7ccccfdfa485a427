from __future__ import annotations

from dataclasses import replace

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from bntui.model.alerts import AlertView
from bntui.model.judged import VerdictView
from bntui.model.states import Grade
from bntui.preferences import Preferences
from bntui.ui.app import BntuiApp
from bntui.ui.letters import BLOCK
from bntui.ui.modes import NIGHT_MODE
from bntui.ui.screens.acknowledge import AcknowledgeScreen
from bntui.ui.wishes import Told
from tests.support import accounts, market
from tests.support.viewing import Desk, desk

ALERT = AlertView(5, "dark", "blind", "", "blind for 20s", market.WALL_MS - 20_000)

BYTES_A_SECOND = 1_000
"""For a phone on mobile data."""

SECONDS = 30


async def opened(at: Desk, pilot: Pilot[int]) -> None:
    await pilot.press("z")
    await at.frame(pilot)


def night(at: Desk) -> str:
    return at.line("#night")


async def test_z_opens_the_mode_and_goes_back_to_where_one_was() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24) as pilot:
        for key in ("z", "escape"):
            await pilot.press("3")
            await opened(at, pilot)
            assert at.app.current_mode == NIGHT_MODE
            assert BLOCK in night(at)
            assert "BLIND" in at.line("#verdict")
            await pilot.press(key)
            await at.frame(pilot)
            assert at.app.current_mode == "incidents"


async def test_the_tabs_stand_below_and_none_is_open() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        assert at.line("#status").startswith(" 1 Watch 2 Conn 3 Inc")
        await at.resize(pilot, 60, 15)
        assert at.line("#status").split()[:8] == list("12345678")


async def test_the_next_three_keys_are_those_that_help_now() -> None:
    at = desk(market.eventful())
    async with at.running(120, 24) as pilot:
        at.answer(alerts=[ALERT])
        await opened(at, pilot)
        keys = night(at).splitlines()[-1]
        for told in (" a  say that you know", " 3  what was lost", " 2  whose fault it is"):
            assert told in keys


async def test_while_all_is_well_the_keys_lead_on() -> None:
    at = desk(market.calm(), told=Told(Preferences(keys={"app.copy": ("ctrl+y",)})))
    async with at.running(120, 24) as pilot:
        await opened(at, pilot)
        keys = night(at).splitlines()[-1]
        for told in ("ctrl+y  copy this", "1  prices", "Q  quit, keep this"):
            assert told in keys


async def test_an_account_that_is_not_trusted_leads_to_the_fills() -> None:
    at = desk(accounts.ailing())
    async with at.running(120, 24) as pilot:
        await opened(at, pilot)
        assert "5  which fills may be missing" in night(at)


async def test_a_acknowledges_the_newest_alert_and_needs_one() -> None:
    at = desk(market.calm())
    async with at.running(120, 24) as pilot:
        await opened(at, pilot)
        assert "acknowledge" not in at.line("#status")
        await pilot.press("a")
        assert "Nothing to acknowledge" in at.line("#status")
        at.answer(alerts=[ALERT])
        at.advance(13)
        await at.frame(pilot)
        assert "a acknowledge" in at.line("#status")
        await pilot.press("a")
        assert isinstance(at.app.screen, AcknowledgeScreen)


async def test_y_copies_what_is_told_without_the_large_letters() -> None:
    at = desk(market.eventful())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        await pilot.press("y")
        assert at.app.clipboard.startswith("BLIND on 401 of 1131 streams")
        assert "\nLAST HOUR\n" in at.app.clipboard
        assert BLOCK not in at.app.clipboard


async def test_the_mode_shows_what_is_so_now_also_from_a_frozen_display() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await pilot.press("space")
        at.clock.advance(67)
        await opened(at, pilot)
        assert at.app.viewer.frozen_s is None
        assert "as known 1m07s ago" in night(at)


async def test_between_two_seconds_only_another_verdict_is_drawn() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await opened(at, pilot)
        before = night(at)
        at.clock.advance(0.3)
        at.answer(outages=[market.outage(9, began_ms=market.WALL_MS, ended_ms=None, blind_s=None)])
        await at.frame(pilot)
        assert night(at) == before
        at.answer(verdict=VerdictView(Grade.BLIND, "BLIND on 3 of 9 streams: x", at.app.viewer.now()))
        await at.frame(pilot)
        assert "on 3 of 9 streams" in night(at)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60)])
async def test_a_second_takes_at_most_a_kilobyte(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an incident that lasts, fills that come, and a verdict whose words change every second."""
    written: list[str] = []
    at = desk(accounts.traded(market.eventful()))
    async with at.running(width, height) as pilot:
        await opened(at, pilot)
        monkeypatch.setattr(BntuiApp, "is_headless", property(lambda _: False))
        monkeypatch.setattr(HeadlessDriver, "write", lambda _, text: written.append(text))
        at.app.repaint()
        await at.frame(pilot)
        await at.app.screen.wait_for_refresh()
        await pilot.pause()
        written.clear()
        since = at.app.viewer.now() - 252
        for second in range(SECONDS):
            for _ in range(10):
                at.advance(0.1)
                words = f"BLIND on {300 + second} of 1131 streams: ETHUSDT quotes and {299 + second} more"
                at.answer(verdict=VerdictView(Grade.BLIND, words, since))
                at.answer(rows=[replace(market.watch_row("BTCUSDT"), last=f"{second}.5")])
                await at.frame(pilot)
        await at.app.screen.wait_for_refresh()
        await pilot.pause()
    size = len("".join(written).encode())
    assert 0 < size <= SECONDS * BYTES_A_SECOND
