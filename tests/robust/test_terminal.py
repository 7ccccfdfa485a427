"""A terminal that is resized, stops, and goes away: the connections never notice."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from pyte.screens import Char

from bntui.sim.server import Sim
from bntui.venue.binance.limits import SPOT
from tests.robust import processes
from tests.robust.processes import child, memory_kb, reaped_cpu_s, runs, used_cpu_s
from tests.support.programs import WAIT_S, closings, exchange, reaching, until
from tests.support.terminal import Terminal, terminal

PING_S, PONG_S = 0.2, 2.0
"""The exchange pings so often and waits so long for an answer: a small part of the real times."""

STILL_S = 0.3
"""A viewer that is not stalled draws ten times in this."""

FREEZE, FOCUS_LOST, FOCUS_BACK = " ", "\x1b[O", "\x1b[I"
"""A screen that is looked at again is drawn whole."""

FROZEN_LINES = slice(2, -1)
"""Verdict, banner and keys live on."""

DRAWN_MEANWHILE, WHOLE_SCREEN = 5_000, 2_000
"""Characters: of many small changes, and of a whole screen at least."""

pytestmark = processes.NEEDED


def ledger(sim: Sim) -> dict[str, Any]:
    """The exchange's report, without its type."""
    return dict(sim.report())


def pings_sent(sim: Sim) -> int:
    """Pings of the exchange on its open connections."""
    return sum(record["pings_sent"] for record in ledger(sim)["connections"]["open"])


def viewing(sim: Sim) -> tuple[str, ...]:
    """The words of a screen on this exchange, which draws as often as it can."""
    settings = reaching(sim, server_ping_interval_s=PING_S, pong_timeout_s=PONG_S)
    return (*settings.arguments(), "--fps", "30", "BTCUSDT", "ETHUSDT")


def live(screen: Terminal) -> bool:
    """Whether the screen says that all is live."""
    return "LIVE  6/6" in screen.screen


def settled(screen: Terminal) -> bool:
    """Whether all is live, and no line on what was before is left: all below moves when it goes."""
    return " LIVE " in screen.screen and "suspect" not in screen.screen


async def more_than(screen: Terminal, characters: int) -> None:
    """Wait until so many more were written."""
    before = len(screen.written)
    await screen.until(lambda: len(screen.written) > before + characters, WAIT_S)


async def stalled(screen: Terminal) -> None:
    """Stop reading, and wait until the viewer stands still: it then uses no processor at all."""
    screen.stall()
    async with asyncio.timeout(WAIT_S):
        before = -1.0
        while (used := used_cpu_s(screen.process.pid)) != before:
            before = used
            await asyncio.sleep(STILL_S)


async def test_a_terminal_that_stops_reading_costs_no_connection_and_one_that_goes_ends_the_viewer() -> None:
    limits = SPOT.override({"server_ping_interval_s": PING_S, "pong_timeout_s": PONG_S})
    async with exchange(symbols=2, rate=2_000.0, limits=limits) as sim:
        reaped_s = reaped_cpu_s()
        async with terminal(*viewing(sim), width=200, height=60) as screen:
            await screen.until(lambda: live(screen), WAIT_S)
            viewer = screen.process.pid
            engine = child(viewer, "engine")
            await stalled(screen)
            before_kb, pings = memory_kb(engine), pings_sent(sim)
            await until(lambda: pings_sent(sim) >= pings + 1.2 * PONG_S / PING_S)
            assert memory_kb(engine) < before_kb + 2_000
            written = len(screen.written)
            screen.resume()
            await screen.until(lambda: len(screen.written) > written and live(screen), WAIT_S)

            await stalled(screen)
            used_s = used_cpu_s(viewer) + used_cpu_s(engine)
            screen.hang_up()
            await screen.ended(WAIT_S)
            assert reaped_cpu_s() - reaped_s - used_s < 1.5
            assert not runs(engine)
        report = ledger(sim)
        assert report["breaches"]["total"] == 0
        ((_, code),) = closings(sim)
        assert code == 1000


async def test_a_storm_of_sizes_is_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    # Left behind by some shells and programs; the terminal knows better.
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    rng = random.Random(1)
    async with exchange(symbols=2) as sim, terminal(*viewing(sim)) as screen:
        await screen.until(lambda: live(screen), WAIT_S)
        for _ in range(200):
            screen.resize(rng.randint(1, 250), rng.randint(1, 80))
            await asyncio.sleep(0)
        screen.resize(20, 5)
        await screen.until(lambda: "20 × 5 is too small" in screen.screen, WAIT_S)
        screen.resize(100, 30)
        await screen.until(lambda: live(screen), WAIT_S)
        screen.press("q")
        assert await screen.ended(WAIT_S) == 0
        assert screen.restored()


def differing(before: list[list[Char]], after: list[list[Char]]) -> list[tuple[str, str]]:
    """What stood where, and what stands there now: text, or the first cell of another look."""
    lines = []
    for was, now in zip(before, after, strict=True):
        if was != now:
            texts = ["".join(cell.data for cell in line) for line in (was, now)]
            looks = next((str(old), str(new)) for old, new in zip(was, now, strict=True) if old != new)
            lines.append((texts[0], texts[1]) if texts[0] != texts[1] else looks)
    return lines


async def at_rest(screen: Terminal) -> list[list[Char]]:
    """The lines of a frozen screen as soon as what is written changes none of them."""
    shown: list[list[Char]] = []
    while shown != (now := screen.cells[FROZEN_LINES]):
        shown = now
        await more_than(screen, 0)
    return shown


async def test_what_is_on_the_screen_is_what_drawing_it_whole_shows() -> None:
    async with exchange(symbols=8, rate=400.0) as sim, terminal(*viewing(sim)) as screen:
        await screen.until(lambda: live(screen), WAIT_S)
        left = ["", "2", "1j", "1s", "jj"]
        while left:
            screen.press(left[0])
            await more_than(screen, DRAWN_MEANWHILE)
            await screen.until(lambda: settled(screen), WAIT_S)
            screen.press(FREEZE)
            await screen.until(lambda: "FROZEN" in screen.screen, WAIT_S)
            before = await at_rest(screen)
            moved = not settled(screen)
            screen.press(FOCUS_LOST + FOCUS_BACK)
            await more_than(screen, WHOLE_SCREEN)
            after = await at_rest(screen)
            moved = moved or not settled(screen)
            if not moved:
                assert differing(before, after) == []
                del left[0]
            screen.press(FREEZE)
            await screen.until(lambda: "FROZEN" not in screen.screen, WAIT_S)
