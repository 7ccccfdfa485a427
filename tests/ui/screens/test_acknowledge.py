"""The dialogue of a note: enter sends it, escape sends nothing."""

from __future__ import annotations

from bntui.model.alerts import NOTE_CHARS
from bntui.ui.screens.acknowledge import AcknowledgeScreen
from bntui.wire.messages import Acknowledge
from tests.support import market
from tests.support.alerts import an_alert
from tests.support.viewing import desk


async def test_enter_sends_the_note_and_closes() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await at.app.push_screen(AcknowledgeScreen(at.app.viewer, an_alert(7)))
        await at.fill(pilot, "  known, maintenance ")
        await pilot.press("enter")
        assert at.sent == [Acknowledge(7, "known, maintenance")]
        assert not isinstance(at.app.screen, AcknowledgeScreen)


async def test_a_note_may_be_empty() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await at.app.push_screen(AcknowledgeScreen(at.app.viewer, an_alert(7)))
        await pilot.press("enter")
        assert at.sent == [Acknowledge(7, "")]


async def test_escape_sends_nothing() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await at.app.push_screen(AcknowledgeScreen(at.app.viewer, an_alert(7)))
        await pilot.press("x", "escape")
        assert at.sent == []
        assert not isinstance(at.app.screen, AcknowledgeScreen)


async def test_a_note_is_short() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await at.app.push_screen(AcknowledgeScreen(at.app.viewer, an_alert(7)))
        await at.burst(pilot, *("x" * (NOTE_CHARS + 5)))
        await pilot.press("enter")
        assert at.sent == [Acknowledge(7, "x" * NOTE_CHARS)]
