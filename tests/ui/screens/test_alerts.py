"""The alerts on screen: what lasts is counted on every screen, and acknowledged with a key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from bntui.ui.screens.alerts import AlertsScreen
from bntui.wire.messages import Acknowledge
from tests.support import market
from tests.support.alerts import an_alert
from tests.support.viewing import Desk, desk

HOUR_MS = 3_600_000


def alert_now(number: int, **changes: Any) -> Any:
    before_ms = market.WALL_MS - HOUR_MS
    return an_alert(number, **{"began_ms": before_ms, "told_ms": before_ms, **changes})


def sitting() -> Desk:
    """Two alerts last, and one is over."""
    alerts = [alert_now(1, ended_ms=market.WALL_MS), alert_now(2), alert_now(3, rule="blind", subject="")]
    return desk(replace(market.calm(), alerts=alerts))


async def opened(at: Desk, pilot: Pilot[int]) -> AlertsScreen:
    await pilot.press("8")
    await at.frame(pilot)
    screen = at.app.screen
    assert isinstance(screen, AlertsScreen)
    return screen


async def test_8_opens_the_alerts_with_what_lasts_under_the_cursor() -> None:
    at = sitting()
    async with at.running() as pilot:
        screen = await opened(at, pilot)
        assert screen.timeline.render_line(1).text.strip() == "Now: 2 alerts last, 2 not acknowledged"
        assert screen.timeline.cursor_key == 3
        assert screen.card.text.splitlines()[-1] == "Nobody has acknowledged it: press a when you know."


async def test_every_screen_says_how_many_wait() -> None:
    at = sitting()
    async with at.running() as pilot:
        assert "8 Alr !2" in at.line("#status")
        at.answer(
            alerts=[alert_now(2, acknowledged_ms=market.WALL_MS), alert_now(3, ended_ms=market.WALL_MS)]
        )
        await at.frame(pilot)
        assert "!" not in at.line("#status")


async def test_a_acknowledges_with_a_note() -> None:
    at = sitting()
    async with at.running() as pilot:
        await opened(at, pilot)
        await at.burst(pilot, "a", *"gone fishing".replace(" ", "_"))
        await pilot.press("enter")
        assert at.sent == [Acknowledge(3, "gone_fishing")]
        await at.frame(pilot)
        assert "Acknowledged blind." in at.line("#status")


async def test_A_acknowledges_everything_that_lasts() -> None:
    at = sitting()
    async with at.running() as pilot:
        await opened(at, pilot)
        await pilot.press("A")
        assert at.sent == [Acknowledge(2, ""), Acknowledge(3, "")]


async def test_what_is_over_cannot_be_acknowledged() -> None:
    at = desk(replace(market.calm(), alerts=[alert_now(1, ended_ms=market.WALL_MS)]))
    async with at.running() as pilot:
        screen = await opened(at, pilot)
        await pilot.press("a")
        await at.frame(pilot)
        assert at.app.screen is screen
        assert "Nothing to acknowledge" in at.line("#status")
        await pilot.press("A")
        assert at.sent == []


async def test_the_bottom_line_names_the_keys_that_do_something_now() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await opened(at, pilot)
        for row, named in (
            (None, (False, False, False)),
            (alert_now(1, ended_ms=market.WALL_MS), (False, False, True)),
            (alert_now(1, acknowledged_ms=market.WALL_MS), (True, False, True)),
            (alert_now(1), (True, True, True)),
        ):
            at.answer(alerts=[] if row is None else [row])
            await at.frame(pilot)
            at.advance(1)
            await at.frame(pilot)
            keys = at.line("#status")
            assert tuple(key in keys for key in ("a ack", "A all", "tab panel")) == named


async def test_where_nothing_was_wrong_the_screen_says_how_to_get_alerts() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await opened(at, pilot)
        assert "[[alerts]] in the settings makes them" in at.line("#empty")
        at.answer(alerts=[alert_now(1)])
        await at.frame(pilot)
        assert at.app.focused is at.app.screen.query_one("#timeline")


async def test_an_alert_that_is_told_rings_and_asks_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    at = sitting()
    rung: list[str] = []
    monkeypatch.setattr(at.app, "bell", lambda: rung.append("bell"))
    async with at.running() as pilot:
        at.app.viewer.notify = lambda way, text: rung.append(f"{way} {text}")
        assert rung == []
        at.answer(alerts=[an_alert(4, told_ms=at.clock.wall_ms(), desktop="auto", text="BTCUSDT is low")])
        await at.frame(pilot)
        await at.frame(pilot)
        assert rung == ["bell", "auto btc-low: BTCUSDT is low"]
        assert "btc-low: BTCUSDT is low" in at.line("#status")


async def test_the_terminal_is_asked_through_its_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    at = sitting()
    async with at.running():
        written: list[str] = []
        monkeypatch.setattr(at.app._driver, "write", written.append)
        at.app.viewer.notify("osc9", "x")
        assert written == ["\x1b]9;bntui: x\x07"]


async def test_in_the_dark_nothing_is_sent() -> None:
    at = sitting()
    async with at.running() as pilot:
        await opened(at, pilot)
        at.mirror.silent("it does not answer")
        await pilot.press("A")
        await at.frame(pilot)
        assert at.sent == []
        assert "Not sent" in at.line("#status")
