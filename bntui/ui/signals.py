"""Ending on signals, whatever state the terminal is in.

The handlers are set by `signal.signal`: a loop that is stuck writing to a stalled terminal runs no
handler of its own. If the loop does not come to an end in time either, the process ends hard: a
terminal that takes no output cannot be restored anyway.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

DEADLINES_S = {signal.SIGTERM: 3.0, signal.SIGHUP: 1.0}
"""The signals that end the viewer, and how long after each the end is forced. After a HUP there is no
terminal left to restore."""

SIGNAL_EXIT = 128
"""What shells add to a signal's number for an exit code."""

_Handler = Callable[[int, FrameType | None], object] | int | None


class EndingSignals:
    """Calls `end` with an exit code on TERM and HUP, until it is removed."""

    def __init__(self, end: Callable[[int], None], give_up: Callable[[int], None] = os._exit) -> None:
        """`end` must be safe to call from a signal handler; `give_up` ends the process at once."""
        self._end = end
        self._give_up = give_up
        self._before: dict[signal.Signals, _Handler] = {}
        self._timer: threading.Timer | None = None

    def install(self) -> None:
        """Take the signals; only from the main thread."""
        for number in DEADLINES_S:
            self._before[number] = signal.signal(number, self._handle)

    def remove(self) -> None:
        """Give the signals back, and stop the deadline: the end has come in order."""
        for number, handler in self._before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._before.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        code = SIGNAL_EXIT + number
        if self._timer is None:
            deadline_s = DEADLINES_S[signal.Signals(number)]
            self._timer = threading.Timer(deadline_s, self._give_up, (code,))
            self._timer.daemon = True
            self._timer.start()
        self._end(code)
