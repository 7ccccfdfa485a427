from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from bntui.clock import ManualClock
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.model.panels import Focus
from bntui.ui.app import BntuiApp
from bntui.ui.freeze import HeldClock, still
from bntui.ui.suspicion import HOLD_S
from bntui.wire.messages import Rotate
from bntui.wire.mirror import Mirror
from tests.support import accounts, market, opened
from tests.support.viewing import Desk, desk
from tests.ui.screens.sitting import sitting


async def frozen(at: Desk, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys, "space")
    await at.frame(pilot)
    await pilot.pause()


def is_frozen(at: Desk) -> bool:
    return at.app.viewer.frozen_s is not None


def shown(at: Desk) -> str:
    """Everything on screen, but for its first two lines and its last."""
    strips = at.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips[2:-1])


def dearer(symbol: str = "BTCUSDT") -> object:
    return replace(market.watch_row(symbol), last="99999.99000000")


def test_a_clock_stands_still_until_it_goes_on() -> None:
    clock = ManualClock()
    held = HeldClock(clock)
    began, wall_ms = held.monotonic(), held.wall_ms()
    held.hold()
    clock.advance(12)
    held.hold()
    assert (held.monotonic(), held.wall_ms(), held.held_for_s) == (began, wall_ms, 12)
    held.go_on()
    assert (held.monotonic(), held.wall_ms(), held.held_for_s) == (began + 12, wall_ms + 12_000, None)


def test_what_is_still_holds_nothing_that_comes_afterwards() -> None:
    clock, mirror = ManualClock(), Mirror(3.0)
    mirror.apply(accounts.traded(opened.opened()), clock.monotonic())
    held = still(mirror)
    before = {name: repr(value) for name, value in vars(held).items()}
    changed = opened.opened(accounts.traded(market.troubled()))
    later = replace(changed, seq=mirror.seq + 1, full=False, epoch=mirror.epoch)
    mirror.apply(later, clock.monotonic())
    assert {name: repr(value) for name, value in vars(held).items()} == before
    assert held.rows != mirror.rows


async def test_space_freezes_the_display_and_says_so_and_lets_it_go_on() -> None:
    at = desk(market.calm())
    async with at.running(80, 24) as pilot:
        await frozen(at, pilot)
        before = shown(at)
        at.advance(12)
        at.answer(rows=[dearer()])
        await at.frame(pilot)
        assert at.line("#frozen") == " FROZEN 12s  at 03:04:05 UTC · data goes on · space ends this"
        assert shown(at) == before
        await pilot.press("space")
        await at.frame(pilot)
        assert not at.app.screen.query_one("#frozen").display
        assert "99999.99" in shown(at)


async def test_cursor_order_and_size_change_within_the_moment() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await frozen(at, pilot)
        at.advance(5)
        at.answer(rows=[dearer("BTCUSDT"), dearer("ETHUSDT")])
        await pilot.press("j", "s", "k", "y")
        await at.resize(pilot, 100, 30)
        assert "99999.99" not in shown(at)
        assert "99999.99" not in at.app.clipboard
        assert "2026-01-01 03:04:05 UTC" in at.app.clipboard


async def test_the_verdict_stays_alive() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await frozen(at, pilot)
        before = shown(at)
        at.clock.advance(7)
        await at.frame(pilot)
        assert "ENGINE SILENT  7s" in at.line("#verdict")
        assert "03:04:12 UTC" in at.line("#verdict")
        assert shown(at).splitlines()[5:20] == before.splitlines()[4:19], "one line is the suspect's now"


async def test_nothing_moves_when_the_suspect_s_line_is_not_needed_any_more() -> None:
    at = desk(market.troubled())
    async with at.running(80, 24) as pilot:
        await frozen(at, pilot)
        before = shown(at).splitlines()
        at.answer(verdict=market.calm().verdict)
        at.advance(HOLD_S)
        await at.frame(pilot)
        assert at.line("#suspect") == " suspect: none any more"
        assert shown(at).splitlines()[2:] == before[2:]
        await pilot.press("space")
        await at.frame(pilot)
        assert not at.app.screen.query_one("#suspect").display


async def test_fills_that_come_meanwhile_are_unread_and_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(accounts.traded())
    rung: list[bool] = []
    monkeypatch.setattr(BntuiApp, "bell", lambda _: rung.append(True))
    async with at.running() as pilot:
        await frozen(at, pilot, "5")
        count, newest = len(at.fills.grid.keys), at.mirror.accounts.last_fill
        now_ms = at.clock.wall_ms()
        new = [
            NumberedFill(
                newest + n, accounts.fill(9_000 + n, time_ms=now_ms, received_ms=now_ms, recovered=True)
            )
            for n in (1, 2)
        ]
        at.answer(accounts=AccountsDelta(fills=new, newest_fill=newest + 2))
        await at.frame(pilot)
        assert len(at.fills.grid.keys) == count
        assert at.app.viewer.news.unread == 2
        assert rung
        await pilot.press("space")
        await at.frame(pilot)
        assert len(at.fills.grid.keys) == count + 2
        assert at.app.viewer.news.unread == 0


async def test_other_screens_show_the_same_moment() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await frozen(at, pilot)
        at.advance(9)
        at.answer(outages=[market.outage(77, began_ms=at.clock.wall_ms(), ended_ms=None, blind_s=None)])
        await pilot.press("3")
        await at.frame(pilot)
        assert "FROZEN 9s" in at.line("#frozen")
        assert 77 not in at.incidents.timeline.keys
        await pilot.press("space")
        await at.frame(pilot)
        assert 77 in at.incidents.timeline.keys


async def test_for_a_symbol_that_was_not_open_the_display_goes_on() -> None:
    at = desk(opened.opened())
    async with at.running() as pilot:
        await frozen(at, pilot)
        await pilot.press("enter")
        await at.frame(pilot)
        assert not is_frozen(at)
        assert "The display goes on" in at.line("#status")


async def test_a_symbol_that_was_open_stays_frozen_until_it_is_looked_at_otherwise() -> None:
    async with sitting(opened.opened()) as (at, pilot):
        await pilot.press("space", "1", "4")
        await at.frame(pilot)
        assert is_frozen(at)
        await pilot.press("right_square_bracket")
        assert not is_frozen(at)
        assert isinstance(at.opened[-1], Focus)


async def test_whatever_is_asked_of_the_engine_lets_the_display_go_on() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await frozen(at, pilot, "2")
        await pilot.press("r")
        assert isinstance(at.sent[-1], Rotate)
        assert not is_frozen(at)


async def test_a_space_that_is_typed_freezes_nothing() -> None:
    at = desk(market.calm())
    async with at.running() as pilot:
        await pilot.press("slash", "b", "space", "t")
        assert not is_frozen(at)
