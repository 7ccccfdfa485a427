"""The terminal, when it goes away: its output is dropped, and the viewer comes to an orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from bntui.ui.signals import SIGNAL_EXIT

_NO_PIXELS = "\x1b[?1016l"
"""Ends the reporting of the mouse in pixels, which a terminal may go on with on its own."""

FALLBACK_SIZE = (80, 24)
"""The size of a terminal that does not know its own."""


class FadingFile:
    """A terminal's file that takes everything, also when nobody is there any more.

    Textual's writer thread ends with the first error, and then the loop blocks for ever in the queue
    that nobody empties.
    """

    def __init__(self, file: IO[str], on_gone: Callable[[], None]) -> None:
        """Write to this file as long as it takes anything; `on_gone` is called once, by the writer."""
        self._file = file
        self._on_gone = on_gone
        self._gone = False

    def write(self, text: str) -> int:
        """Write, or drop."""
        if not self._gone:
            try:
                return self._file.write(text)
            except (OSError, ValueError):
                self._give_up()
        return len(text)

    def flush(self) -> None:
        """Flush, if there is somebody to flush to."""
        if not self._gone:
            try:
                self._file.flush()
            except (OSError, ValueError):
                self._give_up()

    def _give_up(self) -> None:
        self._gone = True
        # Python flushes what the file still holds when it ends; failing then, it would exit with 120.
        with suppress(OSError, ValueError):
            sink = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(sink, self._file.fileno())
            finally:
                os.close(sink)
        self._on_gone()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class ViewerDriver(LinuxDriver):
    """Textual's driver, for terminals that may be closed at any time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Textual's, but for the file."""
        super().__init__(*args, **kwargs)
        self._file: Any = FadingFile(self._file, self._hang_up)

    def start_application_mode(self) -> None:
        """As Textual's, but for the signal that tells of another size.

        Textual looks at the size inside the signal's handler. Such handlers interrupt one another, so of
        sizes that change quickly an old one could be the last that is told. Here the loop looks, later.
        """
        textual: Any = super()
        textual.start_application_mode()
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGWINCH, lambda *_: loop.call_soon_threadsafe(self._tell_size))

    def set_mouse(self, on: bool) -> None:
        """Take the mouse, or leave it to the terminal, which then selects text as usual."""
        if on and not self._mouse:
            self._mouse = True
            self._enable_mouse_support()
        elif self._mouse and not on:
            self.write(_NO_PIXELS)
            self._disable_mouse_support()
            self._mouse = self._mouse_pixels = False

    def _tell_size(self) -> None:
        # A terminal that tells its size itself, among the keys, is not asked as well.
        if not self._in_band_window_resize:
            self._app.post_message(events.Resize.from_dimensions(self._get_terminal_size(), None))

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal itself: COLUMNS and LINES may be old, and stdout may be a file."""
        try:
            width, height = os.get_terminal_size(self.fileno)
        except OSError:
            return super()._get_terminal_size()
        return width or FALLBACK_SIZE[0], height or FALLBACK_SIZE[1]

    def run_input_thread(self) -> None:
        """Read keys; a terminal that cannot be read any more is one that was closed."""
        try:
            super().run_input_thread()
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        """End as a HUP would: not every terminal that is closed sends one. Called from threads."""
        code = SIGNAL_EXIT + signal.SIGHUP
        self._app.call_later(self._app.exit, code, code)
