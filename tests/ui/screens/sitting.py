"""A desk at which a symbol is open, for tests of its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from bntui.model.delta import Delta
from bntui.model.panels import Focus
from tests.support.opened import opened
from tests.support.viewing import Desk, desk


@asynccontextmanager
async def sitting(
    delta: Delta | None = None, width: int = 120, height: int = 40
) -> AsyncIterator[tuple[Desk, Pilot[int]]]:
    """The first symbol of the watchlist is open."""
    at = desk(delta or opened())
    async with at.running(width, height) as pilot:
        await pilot.press("enter")
        await at.frame(pilot)
        yield at, pilot


def last(at: Desk) -> Focus:
    """What the engine was asked for last."""
    focus = at.opened[-1]
    assert focus is not None
    return focus


def shown(at: Desk) -> list[bool]:
    """Which of book, trades and candles are there."""
    screen = at.symbol
    return [panel.display for panel in (screen.ladder, screen.tape, screen.chart)]
