"""The viewer: modes, services, the frame pump, commands, and an orderly end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker, WorkerState

from bntui.clock import Clock
from bntui.errors import BntuiError
from bntui.model.panels import Focus
from bntui.model.verdict import ExitCode
from bntui.ui.format import clean
from bntui.ui.keys import APP, bindings
from bntui.ui.pump import FramePump
from bntui.ui.screens.account import AccountScreen
from bntui.ui.screens.base import ViewerScreen
from bntui.ui.screens.connections import ConnectionsScreen
from bntui.ui.screens.fills import FillsScreen
from bntui.ui.screens.help import HelpScreen
from bntui.ui.screens.incidents import IncidentsScreen
from bntui.ui.screens.orders import OrdersScreen
from bntui.ui.screens.symbol import SymbolScreen
from bntui.ui.screens.watchlist import LIST_ORDER, WatchlistScreen
from bntui.ui.signals import EndingSignals
from bntui.ui.themes import DEFAULT_THEME, FALLBACK_THEME, load_themes, role_defaults, theme_folder
from bntui.ui.viewer import Viewer
from bntui.ui.widgets.lines import Line
from bntui.wire.messages import Command
from bntui.wire.mirror import Mirror

SERVICES = "services"
"""The group of the workers that run services."""

SERVICES_END_S = 1.5
"""Services get so long to close what they hold; the prompt must be back within 2 s of quitting."""

STANDSTILL_S = 1.0
"""A frame that comes so much later than it should shows that this process itself stood still."""

WIDTH_CLASSES = [(0, "-normal"), (150, "-wide")]
"""Screens of at least so many columns get the class, for the stylesheet."""

log = logging.getLogger(__name__)


class Service(Protocol):
    """Work that lives as long as the viewer, such as following the engine."""

    @property
    def name(self) -> str:
        """For the user, when it dies."""
        ...

    async def run(self) -> None:
        """Work until cancelled; what it holds is closed before it returns."""
        ...


class BntuiApp(App[int], inherit_bindings=False):
    """Screens over a mirror. Returns the exit code."""

    TITLE = "bntui"
    CSS_PATH = "bntui.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(APP)
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = WIDTH_CLASSES
    CLOSE_TIMEOUT = 1.0

    def __init__(
        self,
        mirror: Mirror,
        clock: Clock,
        send: Callable[[Command], None],
        focus_shard: Callable[[int | None], None],
        focus: Callable[[Focus | None], None],
        services: Sequence[Service] = (),
        fps: float | None = 10,
        environment: str = "",
        theme: str | None = None,
        log_path: str = "",
        theme_folders: Sequence[Path] = (),
    ) -> None:
        """Read from `mirror`, ask through `send` and both focuses, run `services` beside the screens.

        Without `fps` nothing is drawn by itself: tests call `pump.frame()`.
        """
        super().__init__(ansi_color=True if _no_colour() else None)
        self.animation_level = "none"
        self.viewer = Viewer(mirror, clock, send, focus_shard, focus, environment, log_path)
        self.pump = FramePump(mirror, clock, self._front)
        self._services = tuple(services)
        self._workers_of_services: list[Worker[None]] = []
        self._fps = fps
        self._framed_at: float | None = None
        self._signals = EndingSignals(self._end_from_signal)
        self._use_themes([theme_folder(), *theme_folders], theme)
        self.add_mode("watchlist", partial(WatchlistScreen, self.viewer))
        self.add_mode("connections", partial(ConnectionsScreen, self.viewer))
        self.add_mode("incidents", partial(IncidentsScreen, self.viewer))
        self.add_mode("symbol", partial(SymbolScreen, self.viewer))
        self.add_mode("fills", partial(FillsScreen, self.viewer))
        self.add_mode("orders", partial(OrdersScreen, self.viewer))
        self.add_mode("account", partial(AccountScreen, self.viewer))

    # Themes

    def _use_themes(self, folders: Sequence[Path], wanted: str | None) -> None:
        themes, broken = load_themes(folders)
        for theme in themes:
            self.register_theme(theme)
        problems = [str(one) for one in broken]
        if wanted is not None and wanted not in self.available_themes:
            problems.append(f"no theme is called {wanted}")
        for name in (wanted, DEFAULT_THEME, FALLBACK_THEME):
            if name is not None and name in self.available_themes:
                self.theme = name
                break
        if problems:
            self.viewer.say("; ".join(problems) + f"; using {self.theme}", bad=True)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """bntui's colour roles, for themes that do not define them."""
        return role_defaults(self.current_theme)

    def _theme_changed(self, _theme: Theme) -> None:
        self._draw_anew()

    def _draw_anew(self) -> None:
        screen = self._front()
        if screen is not None:
            screen.show_everything()

    # Start and end

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, made to bear that the terminal is closed."""
        from textual.drivers.linux_driver import LinuxDriver

        from bntui.ui.terminal import ViewerDriver

        driver = super().get_driver_class()
        return ViewerDriver if driver is LinuxDriver else driver

    async def on_mount(self) -> None:
        """Start the services and the pump."""
        if not self.is_headless:
            self._signals.install()
        for service in self._services:
            self._workers_of_services.append(
                self.run_worker(service.run, name=service.name, group=SERVICES, exit_on_error=False)
            )
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        await self.switch_mode("watchlist")
        if self._fps:
            self.set_interval(1 / self._fps, self._frame)
        if not self.is_headless:
            gc.collect()
            gc.freeze()

    def _frame(self) -> None:
        """One frame. The mirror is told of a standstill of our own, lest the engine be blamed for it.

        A terminal that takes nothing stops the loop for as long; so does a stopped process.
        """
        now = self.viewer.clock.monotonic()
        if self._framed_at is not None and self._fps:
            late_s = now - self._framed_at - 1 / self._fps
            if late_s > STANDSTILL_S:
                self.viewer.mirror.stood_still(now)
        self._framed_at = now
        self.pump.frame()

    async def on_unmount(self) -> None:
        """Wait until the services have closed what they hold: Textual only cancels them."""
        workers = self._workers_of_services
        for worker in workers:
            if not worker.is_cancelled and not worker.is_finished:
                worker.cancel()
        waits = [asyncio.ensure_future(worker.wait()) for worker in workers]
        if waits:
            await asyncio.wait(waits, timeout=SERVICES_END_S)
        late = [worker.name for worker, wait in zip(workers, waits, strict=True) if not wait.done()]
        if late:
            log.warning("not closed within %s s: %s", SERVICES_END_S, ", ".join(late))
        for wait in waits:
            if not wait.cancel() and not wait.cancelled():
                wait.exception()  # looked at, so that nobody complains of it
        self._signals.remove()

    def _end_from_signal(self, code: int) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.exit, code, code)

    async def action_quit(self) -> None:
        """End the viewer."""
        self.exit(0)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A service that ended by itself is shown, whatever it ended with."""
        worker = event.worker
        if worker.group != SERVICES or not worker.is_finished or worker.is_cancelled:
            return
        why = _in_words(worker.error) if event.state is not WorkerState.SUCCESS else "it returned"
        where = f" Details: {self.viewer.log_path}" if self.viewer.log_path else ""
        log.error("service %s ended: %s", worker.name, why, exc_info=worker.error)
        self.viewer.board.problem(worker.name, f"{worker.name} ended: {why}. Quit and start again.{where}")

    def _fatal_error(self) -> None:
        """A defect of ours: the traceback goes to the log, without the values of variables."""
        error = self._exception
        self._return_code = self._return_value = ExitCode.CRASH
        log.critical("the viewer crashed", exc_info=error)
        where = f" Details: {self.viewer.log_path}" if self.viewer.log_path else ""
        self.panic(Text(f"bntui crashed: {_in_words(error)}.{where}"))

    # Screens

    def _front(self) -> ViewerScreen | None:
        """The screen to draw on: the one in front, or the one under a dialogue; the verdict stays true."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, ViewerScreen):
                return screen if screen.is_mounted else None
        return None

    async def action_show(self, mode: str) -> None:
        """Open a screen, from wherever one is."""
        if mode == "symbol" and self.viewer.open_symbol is None:
            self.viewer.open_symbol = self.viewer.flipped(1)
            if self.viewer.open_symbol is None:
                self.viewer.say("No symbol to open: the watchlist is empty. Press 1, then a to add some.")
                self._draw_anew()
                return
        if mode == self.current_mode:
            while len(self.screen_stack) > 1:
                await self.pop_screen()
        else:
            await self.switch_mode(mode)

    def action_help(self) -> None:
        """Open the help for the screen in front."""
        screen = self._front()
        if screen is None:
            return
        engine = self.viewer.mirror.engine
        foot: Line = ((f"{self.viewer.place}", "title"),)
        if engine is not None:
            foot += ((f"   engine {engine.version}, process {engine.pid}", "title"),)
        if self.viewer.log_path:
            foot += ((f"   log {self.viewer.log_path}", "title"),)
        self.push_screen(HelpScreen(f"Help: {screen.TAB}", (*screen.KEYS, APP), screen.help_notes(), foot))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        yield SystemCommand("Watchlist", "Prices, spreads and ages of the symbols", self._to("watchlist"))
        yield SystemCommand(
            "Connections", "Shards, reconnect history and the IP's budget", self._to("connections")
        )
        yield SystemCommand("Symbol", "Book, trades and candles of the open symbol", self._to("symbol"))
        yield SystemCommand("Incidents", "What was lost, when, and why", self._to("incidents"))
        yield SystemCommand("Fills", "Fills of own accounts, and their sums", self._to("fills"))
        yield SystemCommand("Orders", "Own orders, open and over", self._to("orders"))
        yield SystemCommand("Account", "Positions and balances", self._to("account"))
        front = self._front()
        if isinstance(front, FillsScreen):
            yield SystemCommand("Filter fills", "Only fills with some words", front.action_search)
            for kind in ("csv", "json"):
                yield SystemCommand(
                    f"Export {kind.upper()}",
                    "The fills that are listed, to a file",
                    partial(front.action_export, kind),
                )
        if isinstance(front, AccountScreen):
            yield SystemCommand("Empty balances", "Show them too, or hide them", front.action_empty)
        if isinstance(front, IncidentsScreen):
            yield SystemCommand("Copy incident", "The one under the cursor, as Markdown", front.action_copy)
            yield SystemCommand("Copy day", "All incidents of its day, as Markdown", front.action_copy_day)
        if isinstance(front, WatchlistScreen):
            yield SystemCommand("Add symbols", "Put symbols on the watchlist", front.action_add)
            yield SystemCommand("Search", "Show only symbols that contain a text", front.action_search)
            yield SystemCommand(
                "Sort by list order", "As the symbols were added", partial(front.sort_by, LIST_ORDER)
            )
            for column in front.sortable():
                yield SystemCommand(
                    f"Sort by {column.title.strip()}", "Sort the watchlist", partial(front.sort_by, column.id)
                )
        if isinstance(front, SymbolScreen):
            yield SystemCommand("Next symbol", "The next one of the watchlist", front.action_next_symbol)
            yield SystemCommand("Previous symbol", "The one before", front.action_previous_symbol)
            yield SystemCommand("Book depth", "5, 10, 20 or 50 levels of each side", front.action_levels)
            yield SystemCommand("Partial book", "The cheaper book, or the whole one", front.action_partial)
            yield SystemCommand("Filter trades", "Only trades of a size or more", front.action_filter)
            yield SystemCommand("Zoom panel", "This panel alone, or all of them", front.action_zoom)
        if isinstance(front, ConnectionsScreen):
            for shard in sorted(self.viewer.mirror.shards):
                yield SystemCommand(
                    f"Rotate shard {shard}",
                    "A new connection takes over before the old one closes",
                    partial(front.rotate, shard),
                )
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand("Help", "Keys and meanings", self.action_help)
        yield SystemCommand("Screenshot", "Save this screen as an SVG picture", self._save_screenshot)
        yield SystemCommand("Quit", "End the viewer", self.action_quit)

    def _to(self, mode: str) -> Callable[[], Awaitable[None]]:
        return partial(self.action_show, mode)

    def _save_screenshot(self) -> None:
        try:
            path = self.save_screenshot()
        except OSError as error:
            self.viewer.say(f"No screenshot: {error.strerror}.", bad=True)
        else:
            self.viewer.say(f"Saved {path}")


def _no_colour() -> bool:
    """Does the user want no colour at all (no-color.org)? Then not greys either: the terminal's own two."""
    return "NO_COLOR" in os.environ


def _in_words(error: BaseException | None) -> str:
    """What went wrong, in one line that is fit for a terminal."""
    if error is None:
        return "no reason given"
    if isinstance(error, BntuiError):
        return clean(str(error))
    return clean(f"{type(error).__name__} {error}".strip())[:200]
