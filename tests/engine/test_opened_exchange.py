"""The open symbol on an exchange that breaks: what was missed comes back, and no budget is exceeded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bntui import own_engine
from bntui.engine.engine import Engine
from bntui.model.markets import Market, StreamKey
from bntui.model.panels import Focus, Panels
from bntui.model.states import BookState, StreamState
from bntui.sim.server import Sim
from bntui.wire.messages import Delta
from bntui.world import world
from tests.support.programs import exchange, reaching, until

FOCUS = Focus(Market.SPOT, "BTCUSDT", "1s")

SCALE = 10
"""So many times faster than a user flips through symbols, with all that is measured against it."""


class Screen:
    """What a viewer has of the open symbol, without a socket between."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seq = 0
        self._shown: Focus | None = None
        self._panels: Panels | None = None

    def look(self, focus: Focus | None) -> Panels | None:
        """Have this open, and take in what is new of it."""
        store = self._engine.store
        focus = self._engine.opened.look(1, focus)
        delta: Delta = store.delta(self._seq, store.epoch, None, 0.0, 0, focus, self._shown)
        self._seq, self._shown = delta.seq, focus
        if delta.panels is not None:
            if self._panels is None or self._panels.key != delta.panels.key:
                self._panels = Panels(delta.panels.key)
            self._panels.apply(delta.panels)
        return self._panels

    @property
    def panels(self) -> Panels:
        """What is shown now."""
        panels = self.look(FOCUS)
        assert panels is not None
        return panels

    def jumps(self) -> int:
        """Places where a candle does not begin where the one before it ends."""
        rows = self.panels.candles.values()
        return sum(later.open_ms != earlier.close_ms + 1 for earlier, later in pairwise(rows))


@asynccontextmanager
async def opened(folder: Path, sim: Sim, **limits: float) -> AsyncIterator[tuple[Engine, Screen]]:
    """An engine that watches nothing and knows the symbols, and a screen that shows nothing."""
    engine = own_engine.build_engine(world(reaching(sim, **limits)), folder / "attempts.json")
    running = asyncio.create_task(engine.run())
    try:
        await engine.feed.lists_read([Market.SPOT])
        yield engine, Screen(engine)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_all_three_panels_live_as_soon_as_a_symbol_is_opened(tmp_path: Path) -> None:
    async with exchange() as sim, opened(tmp_path, sim) as (_, screen):
        await until(lambda: screen.panels.tape and len(screen.panels.candles) > 100)
        await until(lambda: screen.panels.book and screen.panels.book.status.state is BookState.SYNCED)
        assert screen.jumps() == 0
        assert screen.panels.holes == []


async def test_after_a_lost_connection_trades_and_candles_are_refilled_in_their_place(tmp_path: Path) -> None:
    async with exchange() as sim, opened(tmp_path, sim, own_host_probe_s=0.2) as (_, screen):
        await until(lambda: screen.panels.tape and len(screen.panels.candles) > 100)
        newest = next(reversed(screen.panels.candles))
        sim.fault({"fault": "refuse", "for": 3})
        sim.fault({"fault": "abort"})
        await until(lambda: any(not row.price and row.refilled for row in screen.panels.tape))
        hole = next(row for row in screen.panels.tape if not row.price)
        assert "connection lost" in hole.cause
        refilled = [row for row in screen.panels.tape if row.price and row.refilled]
        assert len(refilled) == hole.trades > 0
        assert [row.id for row in screen.panels.tape] == sorted({row.id for row in screen.panels.tape})
        await until(
            lambda: next(reversed(screen.panels.candles)) >= newest + 4_000 and not screen.panels.holes
        )
        assert screen.jumps() == 0
        assert all(view.closed for view in list(screen.panels.candles.values())[:-1])


async def test_a_kline_stream_that_jumps_is_a_hole_until_rest_fills_it(tmp_path: Path) -> None:
    kline = StreamKey(Market.SPOT, "btcusdt@kline_1s")
    async with exchange() as sim, opened(tmp_path, sim, own_host_probe_s=0.2) as (engine, screen):
        await until(lambda: len(screen.panels.candles) > 100)
        await until(lambda: engine.store.streams[kline].state is StreamState.LIVE)
        sim.fault({"fault": "rest_down", "for": 30})
        sim.fault({"fault": "drop", "streams": ["btcusdt@kline_1s"], "count": 5})
        await until(lambda: screen.panels.holes)
        (hole,) = screen.panels.holes
        assert hole.cause == "candles missing on the stream"
        sim.fault({"fault": "clear", "faults": ["rest_down"]})
        await until(lambda: not screen.panels.holes)
        assert screen.jumps() == 0


async def test_while_rest_is_down_it_is_said_and_what_the_streams_bring_is_shown(tmp_path: Path) -> None:
    async with exchange() as sim, opened(tmp_path, sim) as (_, screen):
        sim.fault({"fault": "rest_status", "status": 503, "for": 60})
        await until(lambda: screen.panels.failure)
        assert "HTTP 503" in screen.panels.failure
        assert screen.panels.loading
        await until(lambda: len(screen.panels.candles) >= 2)
        assert screen.panels.tape


async def test_flipping_through_a_hundred_symbols_stays_within_every_budget_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    limits = {
        "own_focus_settle_s": 1.0 / SCALE,
        "own_focus_dwell_s": 0.35 / SCALE,
        "own_focus_linger_s": 15.0 / SCALE,
    }
    async with exchange(symbols=120) as sim, opened(tmp_path, sim, **limits) as (engine, screen):
        symbols = [key.symbol for key in engine.store.instruments][:100]
        for symbol in symbols:
            screen.look(replace(FOCUS, symbol=symbol))
            # The pace of a user, who waits for nothing.
            await asyncio.sleep(0.2 / SCALE)
            assert len(engine.store.pages) <= 6
        last = f"{symbols[-1].lower()}@"
        await until(lambda: any(key.name.startswith(last) for key in engine.store.streams))
        screen.look(None)
        await until(lambda: not engine.store.streams and not engine.store.pages)
        told: Any = sim.report()
        assert told["breaches"] == {"total": 0, "by_kind": {}, "newest": []}
        assert told["attempts"] <= 3
