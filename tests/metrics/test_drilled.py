"""While a real drill runs, whoever asks for the metrics of its engine sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
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
from bntui.drill.scenario import parse
from bntui.metrics.server import serve
from tests.support.programs import LOOK_S, WAIT_S

CUT = parse(
    "cut",
    """
about = "The connection is cut, and for a while there is no new one."
seconds = 8

[[step]]
at = 2
say = "Nobody takes new connections."
fault = "refuse"

[[step]]
at = 2
say = "The connection is cut."
fault = "abort"

[[step]]
at = 5
say = "Connections are taken again."
fault = "clear"

[[expect]]
verdict = "blind"
from = 2
within = 5

[lost]
trades = "told"
""",
)


async def test_a_drill_shows_in_the_metrics_of_its_engine(capsys: pytest.CaptureFixture[str]) -> None:
    wired: asyncio.Future[tuple[Wiring, Path]] = asyncio.get_running_loop().create_future()

    def wire(settings: Settings, keys: Mapping[str, str]) -> Wiring:
        wiring = drill_wiring(settings, keys)

        def socket(folder: Path) -> Path:
            place = wiring.socket(folder)
            if not wired.done():
                wired.set_result((wiring, place))
            return place

        return replace(wiring, socket=socket)

    async def seen() -> list[str]:
        """The grades that are served, in their order, until the drill is over."""
        wiring, place = await wired
        options, clock = MetricsOptions("127.0.0.1", 0), SystemClock()
        serving = asyncio.create_task(serve(place, wiring.hello, wiring.limits, options, clock))
        url, grades = "", [""]
        async with httpx.AsyncClient(trust_env=False) as client:
            while not drill.done():
                url = url or capsys.readouterr().out.strip()
                text = (await client.get(url)).text if url else ""
                up = "bntui_engine_up 1.0" in text
                now = [
                    grade for grade in ("live", "blind") if f'bntui_verdict{{grade="{grade}"}} 1.0' in text
                ]
                if up and now and now[0] != grades[-1]:
                    grades.append(now[0])
                await asyncio.sleep(LOOK_S)
        serving.cancel()
        await asyncio.wait([serving])
        return grades[1:]

    drill = asyncio.create_task(run_drill(CUT, wire, Settings(), SystemClock(), Caretaker()))
    async with asyncio.timeout(WAIT_S):
        grades = await seen()
        assert (await drill).passed
    assert grades[:2] == ["live", "blind"]
