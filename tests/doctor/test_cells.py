"""The terminal is asked how wide characters are, and a terminal that does not answer is not waited for."""

from __future__ import annotations

import os
import pty
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bntui.clock import SystemClock
from bntui.doctor.cells import AMBIGUOUS, WAIT_S, WIDE, widths

ASKED = b"\x1b[6n"


@contextmanager
def terminal(columns: Callable[[bytes], int | None]) -> Iterator[tuple[int, list[bytes]]]:
    """A terminal that tells its cursor's column behind what was written, or nothing for None."""
    master, slave = pty.openpty()
    written: list[bytes] = []

    def play() -> None:
        pending = b""
        while True:
            try:
                pending += os.read(master, 1000)
            except OSError:
                return
            if ASKED in pending:
                line, _, pending = pending.partition(ASKED)
                written.append(line)
                column = columns(line)
                if column is not None:
                    os.write(master, f"\x1b[7;{column}R".encode())

    player = threading.Thread(target=play)
    player.start()
    try:
        yield slave, written
    finally:
        os.close(slave)
        player.join(20)
        os.close(master)


def test_a_terminal_tells_how_wide_characters_are() -> None:
    with terminal(lambda line: 3 if WIDE.encode() in line else 2) as (slave, written):
        before = termios.tcgetattr(slave)
        assert widths(slave, slave, SystemClock()) == {WIDE: 2, AMBIGUOUS: 1}
        assert termios.tcgetattr(slave) == before, "typing works as it did"
    assert len(written) == 2


def test_a_terminal_that_does_not_answer_is_given_up_in_time() -> None:
    clock = SystemClock()
    with terminal(lambda line: None) as (slave, _):
        began = clock.monotonic()
        assert widths(slave, slave, clock) == {}
        assert clock.monotonic() - began < WAIT_S + 15, "once, and not for each character"


def test_a_terminal_that_somebody_else_has_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp() + 1)
    with terminal(lambda line: 2) as (slave, written):
        assert widths(slave, slave, SystemClock()) == {}
    assert written == []


def test_what_is_no_terminal_is_not_asked() -> None:
    inlet, outlet = os.pipe()
    try:
        assert widths(inlet, outlet, SystemClock()) == {}
    finally:
        os.close(inlet)
        os.close(outlet)
