"""How many cells the terminal gives a character: asked of the terminal itself, which alone knows."""

from __future__ import annotations

import os
import re
import select
import termios
import tty
from collections.abc import Callable
from contextlib import suppress

from bntui.clock import Clock

WAIT_S = 0.5
"""A terminal answers within a round trip; one that answers nothing is not waited for any longer."""

WIDE = "漢"
"""Two cells, as in names of coins."""

AMBIGUOUS = "▲"
"""One cell for bntui; terminals that are set up for Chinese or Japanese may give it two."""

MOST_BYTES = 1_000
"""Of an answer; what is more is somebody typing."""

_ANSWER = re.compile(rb"\x1b\[[0-9]{1,4};([0-9]{1,4})R")


def widths(inlet: int, outlet: int, clock: Clock) -> dict[str, int]:
    """Cells of both characters; empty where the terminal does not tell where its cursor is.

    Writes them at the beginning of the line, asks, and wipes the line. What is typed meanwhile is lost.
    """
    if _in_background(inlet):
        return {}
    try:
        before = termios.tcgetattr(inlet)
    except (termios.error, OSError):
        return {}
    found: dict[str, int] = {}
    try:
        tty.setcbreak(inlet)
        for char in (WIDE, AMBIGUOUS):
            os.write(outlet, f"\r{char}\x1b[6n".encode())
            column = _column(lambda wait_s: _read(inlet, wait_s), clock)
            if column is None:
                return {}
            found[char] = column - 1
    except OSError:
        return {}
    finally:
        with suppress(termios.error, OSError):  # it may be gone by now
            termios.tcsetattr(inlet, termios.TCSANOW, before)
            os.write(outlet, b"\r\x1b[2K")
    return found


def _in_background(inlet: int) -> bool:
    """Whether somebody else has the terminal: it stops whoever changes it from the background."""
    try:
        return os.tcgetpgrp(inlet) != os.getpgrp()
    except OSError:  # it is nobody's
        return False


def _column(read: Callable[[float], bytes], clock: Clock) -> int | None:
    """The column that the terminal says the cursor is in."""
    until, said = clock.monotonic() + WAIT_S, b""
    while len(said) < MOST_BYTES and (left_s := until - clock.monotonic()) > 0:
        more = read(left_s)
        if not more:
            return None
        said += more
        if answer := _ANSWER.search(said):
            return int(answer[1])
    return None


def _read(inlet: int, wait_s: float) -> bytes:
    readable, _, _ = select.select([inlet], [], [], wait_s)
    return os.read(inlet, MOST_BYTES) if readable else b""
