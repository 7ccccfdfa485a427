"""While a real drill runs, whoever asks for the metrics of its engine sees it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import httpx
import pytest

from bntui.clock import SystemClock
from bntui.commandoptions import MetricsOptions
from bntui.compose import drill_wiring
from bntui.config import Settings
from bntui.drill.caretaker import Caretaker
from bntui.drill.engines import Wiring
from bntui.drill.runner import run_drill
from bntui.metrics.server import beside
from tests.support.cut import CUT
from tests.support.programs import LOOK_S, WAIT_S


async def test_a_drill_shows_in_the_metrics_of_its_engine(capsys: pytest.CaptureFixture[str]) -> None:
    clock = SystemClock()

    def serving(wiring: Wiring, socket: Path) -> AbstractAsyncContextManager[None]:
        return beside(socket, wiring.hello, wiring.limits, MetricsOptions("127.0.0.1", 0), clock)

    drill = asyncio.create_task(run_drill(CUT, drill_wiring, Settings(), clock, Caretaker(), serving))
    url, grades = "", [""]
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(WAIT_S):
        while not drill.done():
            await asyncio.sleep(LOOK_S)
            url = url or capsys.readouterr().err.strip()
            try:
                text = (await client.get(url)).text if url else ""
            except httpx.TransportError:  # it has just ended
                continue
            up = "bntui_engine_up 1.0" in text
            now = [grade for grade in ("live", "blind") if f'bntui_verdict{{grade="{grade}"}} 1.0' in text]
            if up and now and now[0] != grades[-1]:
                grades.append(now[0])
        assert (await drill).passed
    assert grades[1:3] == ["live", "blind"]
