"""A viewer over a mirror that a test fills: nothing ticks, nothing is sent anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from bntui.clock import ManualClock
from bntui.model.delta import Delta
from bntui.model.panels import Focus
from bntui.preferences import Preferences
from bntui.ui.app import BntuiApp, Service
from bntui.ui.choices import Choices
from bntui.ui.screens.account import AccountScreen
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.screens.connections import ConnectionsScreen
from bntui.ui.screens.fills import FillsScreen
from bntui.ui.screens.incidents import IncidentsScreen
from bntui.ui.screens.orders import OrdersScreen
from bntui.ui.screens.streams import StreamsScreen
from bntui.ui.screens.symbol import SymbolScreen
from bntui.ui.screens.userstream import UserStreamScreen
from bntui.ui.screens.watchlist import WatchlistScreen
from bntui.ui.themes import DEFAULT_THEME
from bntui.ui.widgets.lines import Lines
from bntui.ui.wishes import Told, Wishes
from bntui.wire.messages import Command, Welcome
from bntui.wire.mirror import Mirror
from tests.support import market

SILENCE_S = 3.0

S = TypeVar("S", bound=ViewerScreen)


@dataclass
class Desk:
    """An app with everything around it in a test's hands."""

    clock: ManualClock
    mirror: Mirror
    sent: list[Command]
    focused: list[int | None]
    opened: list[Focus | None]
    app: BntuiApp
    seq: int = 1

    def answer(self, **changes: Any) -> None:
        """The engine answers a Pull: with nothing new, but for the fields given."""
        self.seq += 1
        passed = self.clock.monotonic() - ManualClock().monotonic()
        delta = Delta(market.EPOCH, self.seq, False, market.NOW + passed, self.clock.wall_ms())
        self.mirror.apply(replace(delta, **changes), self.clock.monotonic())

    def advance(self, seconds: float) -> None:
        """Let time pass, in which the engine answers."""
        self.clock.advance(seconds)
        self.answer()

    async def frame(self, pilot: Pilot[int]) -> None:
        """Draw one frame, and wait until it is on screen."""
        self.app.pump.frame()
        await pilot.pause()

    @asynccontextmanager
    async def running(self, width: int = 120, height: int = 40) -> AsyncIterator[Pilot[int]]:
        """The app on a terminal of this size, with its first frame drawn."""
        async with self.app.run_test(size=(width, height)) as pilot:
            await self.frame(pilot)
            yield pilot

    async def burst(self, pilot: Pilot[int], *keys: str) -> None:
        """Keys that arrive all at once, as over a slow link."""
        for key in keys:
            character = key if len(key) == 1 else {"slash": "/"}.get(key)
            self.app.post_message(Key(key, character))
        await pilot.pause()
        await self.frame(pilot)

    async def fill(self, pilot: Pilot[int], text: str) -> None:
        """Fill the text field that has the focus, at once."""
        field = self.app.focused
        assert isinstance(field, Input)
        field.value = text
        await pilot.pause()

    async def resize(self, pilot: Pilot[int], width: int, height: int) -> None:
        """Another size of the terminal, and everything drawn for it."""
        await resized(pilot, width, height)
        await self.frame(pilot)

    @property
    def watchlist(self) -> WatchlistScreen:
        """The watchlist, in front or under a dialogue."""
        return self._screen(WatchlistScreen)

    @property
    def connections(self) -> ConnectionsScreen:
        """The connections, in front or under the streams of a shard."""
        return self._screen(ConnectionsScreen)

    @property
    def incidents(self) -> IncidentsScreen:
        """The incidents."""
        return self._screen(IncidentsScreen)

    @property
    def streams(self) -> StreamsScreen:
        """The streams of a shard."""
        return self._screen(StreamsScreen)

    @property
    def symbol(self) -> SymbolScreen:
        """The open symbol."""
        return self._screen(SymbolScreen)

    @property
    def fills(self) -> FillsScreen:
        """The fills."""
        return self._screen(FillsScreen)

    @property
    def orders(self) -> OrdersScreen:
        """The orders."""
        return self._screen(OrdersScreen)

    @property
    def account(self) -> AccountScreen:
        """Positions and balances."""
        return self._screen(AccountScreen)

    @property
    def user_stream(self) -> UserStreamScreen:
        """One user stream."""
        return self._screen(UserStreamScreen)

    def _screen(self, kind: type[S]) -> S:
        found = [screen for screen in self.app.screen_stack if isinstance(screen, kind)]
        assert found, f"{kind.__name__} is not open"
        return found[-1]

    def line(self, selector: str) -> str:
        """The text of a bar or panel of the screen in front."""
        front = next(s for s in reversed(self.app.screen_stack) if isinstance(s, ViewerScreen))
        return front.query_one(selector, Lines).text


async def resized(pilot: Pilot[Any], width: int, height: int) -> None:
    """Another size of the terminal; Textual lets some time pass before it takes it in."""
    await pilot.resize_terminal(width, height)
    async with asyncio.timeout(20):
        while pilot.app.screen.size != (width, height):
            await pilot.pause()
    await pilot.app.screen.wait_for_refresh()
    await pilot.pause()


def desk(
    delta: Delta | None = None,
    services: Sequence[Service] = (),
    theme: str | None = None,
    theme_folders: Sequence[Path] = (),
    told: Told | None = None,
    choices: Choices | None = None,
    reread: Callable[[], Told] | None = None,
    plain: bool = False,
) -> Desk:
    """An app over a mirror that took this delta in; without one, no engine has answered yet."""
    clock = ManualClock(wall_ms=market.WALL_MS)
    mirror = Mirror(SILENCE_S)
    mirror.begin(clock.monotonic())
    if delta is not None:
        mirror.welcome(Welcome("1.0", delta.epoch, 4_242, market.WALL_MS - 60_000, "binance main"))
        mirror.apply(delta, clock.monotonic())
    sent: list[Command] = []
    focused: list[int | None] = []
    opened: list[Focus | None] = []
    app = BntuiApp(
        mirror,
        clock,
        sent.append,
        focused.append,
        opened.append,
        services=services,
        fps=None,
        environment="binance main",
        log_path="/home/you/bntui/viewer.log",
        theme_folders=theme_folders,
        wishes=Wishes(told or Told(Preferences(theme=theme)), choices or Choices(), DEFAULT_THEME),
        reread=reread,
        plain=plain,
    )
    return Desk(clock, mirror, sent, focused, opened, app)


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait until that is so: Textual lays a screen out some time after it was asked to."""
    async with asyncio.timeout(20):
        while not holds():
            await pilot.pause()
