from __future__ import annotations

import os
import signal
import threading

import pytest

from bntui.ui import signals
from bntui.ui.signals import EndingSignals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_asks_for_the_end_with_the_shells_code(number: signal.Signals) -> None:
    asked: list[int] = []
    ending = EndingSignals(asked.append, give_up=lambda code: None)
    before = signal.getsignal(number)
    ending.install()
    try:
        os.kill(os.getpid(), number)
    finally:
        ending.remove()
    assert asked == [128 + number]
    assert signal.getsignal(number) is before


def test_an_end_that_does_not_come_is_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(signals.DEADLINES_S, signal.SIGHUP, 0.01)
    forced: list[int] = []
    done = threading.Event()

    def give_up(code: int) -> None:
        forced.append(code)
        done.set()

    ending = EndingSignals(lambda code: None, give_up)
    ending.install()
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        assert done.wait(5)
    finally:
        ending.remove()
    assert forced == [128 + signal.SIGHUP]


def test_an_orderly_end_stops_the_deadline() -> None:
    ending = EndingSignals(lambda code: None, give_up=lambda code: pytest.fail("forced"))
    ending.install()
    os.kill(os.getpid(), signal.SIGTERM)
    timer = ending._timer
    ending.remove()
    assert timer is not None
    timer.join(5)
    assert not timer.is_alive()
