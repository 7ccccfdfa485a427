"""The viewer: modes, services, the frame pump, commands, and an orderly end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from bntui.errors import BntuiError
from bntui.model.desktop import notification
from bntui.model.verdict import ExitCode
from bntui.ui.choices import Choices
from bntui.ui.clipboard import sequence, way_of
from bntui.ui.dressed import DressedApp
from bntui.ui.format import clean
from bntui.ui.keys import APP, LIVE, KeyGroup, bindings
from bntui.ui.modes import CLASSES, FIRST_MODE, NIGHT_MODE, opened, screen_class
from bntui.ui.pace import Pace
from bntui.ui.pump import FramePump
from bntui.ui.signals import EndingSignals
from bntui.ui.themes import DEFAULT_THEME, theme_folder
from bntui.ui.viewer import Viewer
from bntui.ui.wishes import Told, Wishes

if TYPE_CHECKING:
    from bntui.clock import Clock
    from bntui.model.panels import Focus
    from bntui.ui.widgets.lines import Line
    from bntui.wire.messages import Command
    from bntui.wire.mirror import Mirror

SERVICES = "services"
"""The group of the workers that run services."""

SERVICES_END_S = 1.5
"""Services get so long to close what they hold; the prompt must be back within 2 s of quitting."""

STANDSTILL_S = 1.0
"""A frame that comes so much later than it should shows that this process itself stood still."""

YOUNG_OBJECTS = 7_000
"""The collector looks when there are so many new objects. What is drawn once, such as a line with the time,
is left behind in circles: Textual's strips remember their own crops. With more, memory grew for an hour."""

LOAD_S = 0.5
"""Once there is a first screen, another is loaded each time that so long has passed."""

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


class BntuiApp(DressedApp, inherit_bindings=False):
    """Screens over a mirror. Returns the exit code."""

    TITLE = "bntui"
    CSS_PATH = "bntui.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(APP, LIVE)
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
        log_path: str = "",
        theme_folders: Sequence[Path] = (),
        wishes: Wishes | None = None,
        reread: Callable[[], Told] | None = None,
        plain: bool = False,
        report_crash: Callable[[BaseException], str] = lambda error: "",
    ) -> None:
        """Read from `mirror`, ask through `send` and both focuses, run `services` beside the screens.

        Without `fps` nothing is drawn by itself: tests call `pump.frame()`. `reread` reads the settings anew;
        a `plain` screen has nothing but ASCII. `report_crash` keeps a defect of ours, and says where.
        """
        wishes = Wishes(Told(), Choices(), DEFAULT_THEME) if wishes is None else wishes
        viewer = Viewer(mirror, clock, send, focus_shard, focus, environment, log_path, wishes=wishes)
        viewer.copies_by = way_of(os.environ)
        super().__init__(viewer, (theme_folder(), *theme_folders), reread, plain)
        self.pump = FramePump(mirror, clock, self._front)
        self._services = tuple(services)
        self._workers_of_services: list[Worker[None]] = []
        self._fps = fps
        self._begun = False
        self._pace: Pace | None = None
        self._framed_at: float | None = None
        self._signals = EndingSignals(self._end_from_signal)
        self._report_crash = report_crash
        for mode in CLASSES:
            self.add_mode(mode, partial(opened, mode, self.viewer))
        self._to_load = iter(CLASSES)
        self._before_night = FIRST_MODE
        self.viewer.notify = self._notify_desktop

    def _notify_desktop(self, way: str, text: str) -> None:
        if self._driver is not None:
            self._driver.write(notification(text, way, os.environ))

    # Start and end

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, made to bear that the terminal is closed."""
        from textual.drivers.linux_driver import LinuxDriver

        from bntui.ui.terminal import ViewerDriver

        driver = super().get_driver_class()
        return ViewerDriver if driver is LinuxDriver else driver

    async def on_mount(self) -> None:
        """Open the first screen; all else waits for it."""
        if not self.is_headless:
            self._signals.install()
        # Not as Textual's default mode: from Python 3.12 on its tasks start at once, and the screen would
        # be asked for before it is on the stack.
        await self.switch_mode(FIRST_MODE)

    def delay_update(self, delay: float = 0.05) -> None:
        """Hold back drawing while a screen takes the place of another; the first one takes nobody's."""
        if self._begun:
            super().delay_update(delay)

    def post_display_hook(self) -> None:
        """Something was drawn. Once that is the first screen, all else begins."""
        if not self._begun and not self._batch_count and self._front() is not None:
            self._begun = True
            self.call_next(self._begin)

    def _begin(self) -> None:
        """There is something to look at: start what it takes to know more."""
        for service in self._services:
            self._workers_of_services.append(
                self.run_worker(service.run, name=service.name, group=SERVICES, exit_on_error=False)
            )
        self.begin_dressed()
        if self._fps:
            self._pace = Pace(self._fps, self._drawn_or_told)
            self.viewer.live.on_answer = self._pace.answered
            self._pace.begin()
        if not self.is_headless:
            # What a start loads stays: the collector need not look through it while frames are drawn.
            gc.freeze()
            gc.set_threshold(YOUNG_OBJECTS)
            self.set_timer(LOAD_S, self._load_next)

    def _load_next(self) -> None:
        """Load one of the other screens, so that who opens it need not wait for that."""
        mode = next(self._to_load, None)
        if mode is not None:
            screen_class(mode)
            self.set_timer(LOAD_S, self._load_next)

    def _drawn_or_told(self) -> None:
        """One frame; what goes wrong in it is a crash like any other."""
        try:
            self._frame()
        except Exception as error:
            self._handle_exception(error)

    def _frame(self) -> None:
        """One frame. The mirror is told of a standstill of our own, lest the engine be blamed for it.

        A terminal that takes nothing stops the loop for as long; so does a stopped process.
        """
        now = self.viewer.live_clock.monotonic()
        if self._framed_at is not None and self._fps:
            late_s = now - self._framed_at - 1 / self._fps
            if late_s > STANDSTILL_S:
                self.viewer.live.stood_still(now)
        self._framed_at = now
        self.pump.frame(away=not self.app_focus)

    async def on_unmount(self) -> None:
        """Wait until the services have closed what they hold: Textual only cancels them."""
        if self._pace is not None:
            self._pace.end()
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

    async def action_quit_leaving(self) -> None:
        """End the viewer, and leave what it shows now in the terminal's scrollback."""
        from bntui.ui.parting import last_screen

        self.exit(0, message=last_screen(self))

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
        details = (self._report_crash(error) if error is not None else "") or self.viewer.log_path
        where = f" Details: {details}" if details else ""
        self.panic(Text(f"bntui crashed: {_in_words(error)}.{where}"))

    def copy_to_clipboard(self, text: str) -> None:
        """Ask the terminal, through tmux too, to take a text, unless it is too long for that."""
        self._clipboard = text
        asked = sequence(text, self.viewer.copies_by)
        if asked and self._driver is not None:
            self._driver.write(asked)

    # Screens

    async def action_show(self, mode: str) -> None:
        """Open a screen, from wherever one is."""
        if mode == "symbol" and self.viewer.open_symbol is None:
            self.viewer.open_symbol = self.viewer.flipped(1)
            if self.viewer.open_symbol is None:
                first, then = map(self.wishes.keymap.name, ("app.watchlist", "watchlist.add"))
                self.viewer.say(
                    f"No symbol to open: the watchlist is empty. Press {first}, then {then} to add some."
                )
                self._draw_anew()
                return
        if mode == self.current_mode:
            while len(self.screen_stack) > 1:
                await self.pop_screen()
        else:
            await self.switch_mode(mode)

    def action_help(self) -> None:
        """Open the help for the screen in front."""
        from bntui.ui.screens.help import HelpScreen

        screen = self._front()
        if screen is None:
            return
        engine = self.viewer.mirror.engine
        foot: Line = ((f"{self.viewer.place}", "title"),)
        if engine is not None:
            foot += ((f"   engine {engine.version}, process {engine.pid}", "title"),)
        if self.viewer.log_path:
            foot += ((f"   log {self.viewer.log_path}", "title"),)
        groups = [self.wishes.keymap.group(group) for group in (*screen.KEYS, *self.everywhere)]
        closes = self.wishes.keymap.name("help.close")
        self.push_screen(
            HelpScreen(f"Help: {screen.TAB or groups[0].title}", groups, screen.help_notes(), foot, closes)
        )

    @property
    def everywhere(self) -> tuple[KeyGroup, ...]:
        """Keys that every screen listens to, for the help."""
        return (LIVE, APP)

    async def action_night(self) -> None:
        """Open the 3 a.m. mode, or go back to where one was. It shows what is so now."""
        if self.current_mode == NIGHT_MODE:
            await self.action_show(self._before_night)
        else:
            self._before_night = self.current_mode
            self.viewer.go_on()
            await self.switch_mode(NIGHT_MODE)

    def action_freeze(self) -> None:
        """Let the display stand still, or go on."""
        if self.viewer.frozen_s is None:
            self.viewer.freeze()
        else:
            self.viewer.go_on()
        self._draw_anew()

    def search_themes(self) -> None:
        """Offer the themes by name."""
        from bntui.ui import palette

        self.push_screen(palette.of_themes())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        from bntui.ui import palette

        yield from palette.screens(self.action_show)
        yield from palette.of_screen(self._front())
        yield SystemCommand("3 a.m. mode", "The verdict in large letters", self.action_night)
        yield SystemCommand("Theme", "Change the colours", self.action_change_theme)
        yield SystemCommand(
            "Swap colours",
            "What rises has the colour of what falls, or its own again",
            self.action_swap_colours,
        )
        yield SystemCommand("Mouse", "For bntui, or for the terminal's selection", self.action_mouse)
        yield SystemCommand("Reload settings", "Read the settings file anew", self.action_reload)
        if LIVE in self.everywhere:
            yield SystemCommand("Freeze", "Let the display stand still, or go on", self.action_freeze)
        yield SystemCommand("Help", "Keys and meanings", self.action_help)
        yield SystemCommand("Screenshot", "Save this screen as an SVG picture", self._save_screenshot)
        yield SystemCommand("Quit", "End the viewer", self.action_quit)
        yield SystemCommand(
            "Quit, leave screen", "The last screen stays in the scrollback", self.action_quit_leaving
        )

    def _save_screenshot(self) -> None:
        try:
            path = self.save_screenshot()
        except OSError as error:
            self.viewer.say(f"No screenshot: {error.strerror}.", bad=True)
        else:
            self.viewer.say(f"Saved {path}")


def _in_words(error: BaseException | None) -> str:
    """What went wrong, in one line that is fit for a terminal."""
    if error is None:
        return "no reason given"
    if isinstance(error, BntuiError):
        return clean(str(error))
    return clean(f"{type(error).__name__} {error}".strip())[:200]
