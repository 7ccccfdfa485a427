"""What a frame costs: only rows with news are painted, and only what changed of them is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from bntui.model.views import WatchView
from bntui.preferences import Preferences
from bntui.ui.app import BntuiApp
from bntui.ui.pump import BEAT_S
from bntui.ui.widgets.grid import Grid
from bntui.ui.widgets.painter import Painter
from bntui.ui.wishes import Told
from tests.support import market
from tests.support.viewing import Desk, desk

FRAMES = 10
CHANGING = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT")
"""Each frame these get another bid, ask and last price."""

BYTES_A_ROW = 50
"""Three prices in their columns, with the movements of the cursor; colours change once a frame."""

BYTES_BESIDE = 120
"""Of a frame, for the lines above and below the rows."""


class Counts:
    """What was done, as it was done."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.painted = self.rendered = 0
        self.written: list[str] = []
        self._count(patch, Painter, "row", "painted")
        self._count(patch, Grid, "render_line", "rendered")
        patch.setattr(HeadlessDriver, "write", lambda _, text: self.written.append(text))

    def _count(self, patch: pytest.MonkeyPatch, owner: Any, name: str, counter: str) -> None:
        done: Callable[..., Any] = getattr(owner, name)

        def counted(*args: Any, **options: Any) -> Any:
            setattr(self, counter, getattr(self, counter) + 1)
            return done(*args, **options)

        patch.setattr(owner, name, counted)

    def begin(self) -> None:
        """Count from here on."""
        self.painted = self.rendered = 0
        self.written.clear()

    @property
    def bytes(self) -> int:
        """Written to the terminal."""
        return len("".join(self.written).encode())


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    return Counts(monkeypatch)


async def drawn(at: Desk, pilot: Pilot[int], patch: pytest.MonkeyPatch, counts: Counts) -> None:
    """From here on what is drawn is written, and counted; everything is there."""
    patch.setattr(BntuiApp, "is_headless", property(lambda _: False))
    at.app.repaint()
    await shown(at, pilot)
    counts.begin()


async def shown(at: Desk, pilot: Pilot[int]) -> None:
    await at.frame(pilot)
    await at.app.screen.wait_for_refresh()
    await pilot.pause()


def changed(symbol: str, number: int) -> Any:
    row = market.watch_row(symbol)

    def moved(price: str | None) -> str:
        assert price is not None
        kept = price.rstrip("0")
        return f"{kept[:-1]}{(int(kept[-1]) + number) % 9 + 1}"

    return replace(row, bid=moved(row.bid), ask=moved(row.ask), last=moved(row.last))


async def script(at: Desk, pilot: Pilot[int]) -> None:
    for number in range(FRAMES):
        at.clock.advance(BEAT_S / FRAMES / 10)
        at.answer(rows=[changed(symbol, number) for symbol in CHANGING])
        await shown(at, pilot)


async def test_a_frame_paints_rows_with_news_and_writes_what_changed_of_them(
    counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(market.calm())
    async with at.running(160, 40) as pilot:
        await drawn(at, pilot, monkeypatch, counts)
        await script(at, pilot)
        assert counts.painted <= FRAMES * len(CHANGING)
        assert counts.rendered == 0, "cells are drawn, not lines"
        assert 0 < counts.bytes <= FRAMES * (len(CHANGING) * BYTES_A_ROW + BYTES_BESIDE)


async def test_whole_lines_are_many_times_as_much(counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(market.calm())
    at.app.whole_lines = True
    async with at.running(160, 40) as pilot:
        await drawn(at, pilot, monkeypatch, counts)
        await script(at, pilot)
        assert counts.bytes > 6 * FRAMES * len(CHANGING) * BYTES_A_ROW


async def test_a_frame_without_news_costs_nothing(counts: Counts, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(market.calm())
    async with at.running(160, 40) as pilot:
        await drawn(at, pilot, monkeypatch, counts)
        for _ in range(FRAMES):
            at.clock.advance(BEAT_S / FRAMES / 10)
            await shown(at, pilot)
        assert (counts.painted, counts.rendered, counts.bytes) == (0, 0, 0)


SLOW_SECONDS, SLOW_ROWS, SLOW_BYTES_A_SECOND = 30, 50, 800


async def test_on_a_thin_line_fifty_rows_of_which_most_change_stay_below_their_bytes(
    counts: Counts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 50 rows 60 % change in five cells each second."""
    row = market.watch_row("BTCUSDT")
    rows = [replace(row, symbol=f"S{number:02}USDT") for number in range(SLOW_ROWS)]
    at = desk(
        replace(market.calm(), rows=rows, watchlist=[row.key for row in rows], instruments=[]),
        told=Told(Preferences(slow=True)),
    )
    async with at.running(160, SLOW_ROWS + 4) as pilot:
        await drawn(at, pilot, monkeypatch, counts)
        for second in range(SLOW_SECONDS):
            at.clock.advance(BEAT_S)
            news = [dearer(row, n, second) for n, row in enumerate(rows) if (n * 7 + second) % 10 < 6]
            at.answer(rows=news)
            await shown(at, pilot)
        assert at.line("#verdict")
        assert 0 < counts.bytes <= SLOW_SECONDS * SLOW_BYTES_A_SECOND


def dearer(row: WatchView, number: int, second: int) -> WatchView:
    """Another last price, bid, ask, change and age."""
    prices = [
        f"{67_000 + (number * 13 + second * 7 + k * 3) % 90}.{(second * 37 + k) % 100:02}" for k in (1, 2, 3)
    ]
    last, bid, ask = (f"{price}000000" for price in prices)
    return replace(row, last=last, bid=bid, ask=ask, change_percent=f"{second}.{number:02}", open=None)
