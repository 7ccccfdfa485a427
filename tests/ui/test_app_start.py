"""The first screen is drawn as soon as it is there, and all else begins behind it."""

from __future__ import annotations

import asyncio

import pytest
from rich.console import RenderableType
from textual.screen import Screen

from bntui.ui.screens.watchlist import WatchlistScreen
from tests.support import market
from tests.support.viewing import desk


class Service:
    """One that says when it began."""

    name = "service"

    def __init__(self) -> None:
        self.began = asyncio.Event()

    async def run(self) -> None:
        self.began.set()
        await asyncio.Event().wait()


async def test_services_begin_when_the_first_screen_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    at = desk(market.calm(), services=[service])
    drawn: list[tuple[bool, bool]] = []
    display = at.app._display

    def noted(screen: Screen[object], renderable: RenderableType | None) -> None:
        display(screen, renderable)
        if renderable is not None:
            drawn.append((isinstance(screen, WatchlistScreen), service.began.is_set()))

    monkeypatch.setattr(at.app, "_display", noted)
    async with at.running():
        await asyncio.wait_for(service.began.wait(), 20)
    first = next(index for index, (is_watchlist, _) in enumerate(drawn) if is_watchlist)
    assert not any(began for _, began in drawn[: first + 1])


async def test_drawing_is_held_back_where_a_screen_takes_the_place_of_another() -> None:
    service = Service()
    at = desk(market.calm(), services=[service])
    at.app.delay_update()
    assert at.app._batch_count == 0
    async with at.running():
        await asyncio.wait_for(service.began.wait(), 20)
        at.app.delay_update()
        assert at.app._batch_count == 1
