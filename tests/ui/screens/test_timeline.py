"""Screens of a timeline: the newest is followed, the card has room, an empty list is no all-clear."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from bntui.ui.screens.timeline import TimelineScreen
from tests.support import market
from tests.support.alerts import an_alert
from tests.support.viewing import Desk, desk, until

BOTH = pytest.mark.parametrize("key", ["3", "8"])
"""The incidents and the alerts."""


def news(key: str, number: int) -> dict[str, Any]:
    """What the engine tells of a new one that lasts."""
    if key == "3":
        return {"outages": [market.outage(number, began_ms=market.WALL_MS, ended_ms=None, blind_s=None)]}
    return {"alerts": [an_alert(number, began_ms=market.WALL_MS, told_ms=market.WALL_MS)]}


def sitting() -> Desk:
    """Some of both."""
    alerts = [an_alert(number, began_ms=market.WALL_MS, told_ms=market.WALL_MS) for number in (1, 2, 3)]
    return desk(replace(market.eventful(), alerts=alerts))


async def opened(at: Desk, pilot: Pilot[int], key: str) -> TimelineScreen[Any]:
    await pilot.press(key)
    await at.frame(pilot)
    screen = at.app.screen
    assert isinstance(screen, TimelineScreen)
    return screen


@BOTH
async def test_what_is_new_is_seen_at_once_unless_somebody_reads_another(key: str) -> None:
    at = sitting()
    async with at.running() as pilot:
        screen = await opened(at, pilot, key)
        before = screen.timeline.cursor_key
        at.answer(**news(key, 20))
        await at.frame(pilot)
        assert screen.timeline.cursor_key == 20
        await pilot.press("j")
        assert screen.timeline.cursor_key == before
        at.answer(**news(key, 21))
        await at.frame(pilot)
        assert screen.timeline.cursor_key == before


@BOTH
async def test_what_comes_into_an_empty_list_has_the_keys_and_its_card(key: str) -> None:
    at = desk(replace(market.calm(), outages=[]))
    async with at.running() as pilot:
        screen = await opened(at, pilot, key)
        assert not screen.timeline.display
        assert "so far" in at.line("#empty")
        at.answer(**news(key, 1))
        await at.frame(pilot)
        await pilot.pause()
        assert screen.timeline.has_focus
        assert screen.selected is not None
        assert screen.card.text


@BOTH
async def test_before_the_engine_told_anything_it_is_not_said_that_nothing_was_wrong(key: str) -> None:
    at = desk()
    async with at.running(80, 24) as pilot:
        await opened(at, pilot, key)
        await pilot.press("j", "y", "tab", "G")
        assert "Connecting to the engine …" in at.line("#empty")


@BOTH
@pytest.mark.parametrize(("width", "height"), [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_list_and_card_have_room_at_every_size(width: int, height: int, key: str) -> None:
    at = sitting()
    async with at.running(width, height) as pilot:
        screen = await opened(at, pilot, key)
        beside = width >= 150
        await until(pilot, lambda: (screen.card.region.x > 0) == beside)
        await until(pilot, lambda: screen.card.region.bottom == height - 1)
        grid, prose = screen.timeline.region, screen.card.region
        assert grid.height >= 5
        assert prose.height >= 5
        assert grid.bottom == (height - 1 if beside else prose.y)
