"""What is told while the viewer runs is heard once; what was told before is not news; silence is heard."""

from __future__ import annotations

from typing import Any

from bntui.model.alerts import AlertView
from bntui.ui.alertbell import DARK_S, AlertBell, Heard
from tests.support.alerts import BEGAN_MS, an_alert


def listen(bell: AlertBell, *alerts: AlertView, now: float = 0.0, dark: bool = False) -> Heard:
    return bell.take({alert.id: alert for alert in alerts}, dark, BEGAN_MS, now)


def told_later(number: int, **changes: Any) -> AlertView:
    return an_alert(number, told_ms=BEGAN_MS + 1, **changes)


def test_what_was_told_before_the_viewer_began_is_no_news() -> None:
    assert listen(AlertBell(), an_alert(1, told_ms=BEGAN_MS - 1)) == Heard()


def test_an_alert_rings_once_and_again_when_it_is_told_again() -> None:
    bell = AlertBell()
    assert listen(bell, told_later(1)) == Heard(
        bell=True, message="btc-low: BTCUSDT is at 59999.90, at or below 60000"
    )
    assert listen(bell, told_later(1)) == Heard()
    assert listen(bell, told_later(1, note="x")) == Heard()
    assert listen(bell, told_later(1, told=2)).bell


def test_one_that_is_only_listed_is_not_heard() -> None:
    assert listen(AlertBell(), an_alert(1, told=0, told_ms=None)) == Heard()


def test_a_rule_may_be_quiet_or_ask_the_desktop() -> None:
    heard = listen(AlertBell(), told_later(1, bell=False, desktop="osc9", text="low\x1b[2J"))
    assert not heard.bell
    ((way, text),) = heard.notes
    assert (way, text.isprintable()) == ("osc9", True)


def test_of_several_the_newest_is_named_and_the_bell_rings_once() -> None:
    heard = listen(AlertBell(), told_later(1, text="first"), told_later(2, text="second"))
    assert (heard.bell, heard.message) == (True, "btc-low: second")


def test_an_engine_that_says_nothing_is_heard_once_for_each_silence() -> None:
    bell = AlertBell()
    assert not listen(bell, dark=True).bell
    assert not listen(bell, dark=True, now=DARK_S - 0.1).bell
    assert listen(bell, dark=True, now=DARK_S).bell
    assert not listen(bell, dark=True, now=DARK_S + 100).bell
    assert not listen(bell, now=DARK_S + 101).bell
    assert not listen(bell, dark=True, now=DARK_S + 102).bell
    assert listen(bell, dark=True, now=2 * DARK_S + 102).bell
