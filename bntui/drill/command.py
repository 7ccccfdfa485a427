"""`bntui drill`: which drills, on a screen or without one, and what is printed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path

from bntui import paths
from bntui.clock import SystemClock
from bntui.commandoptions import DemoOptions, DrillOptions
from bntui.config import Settings
from bntui.demo import EmbeddedExchange
from bntui.drill import judgement as say
from bntui.drill.caretaker import Caretaker
from bntui.drill.engines import ProcessControl
from bntui.drill.exchange import RemoteExchange
from bntui.drill.judgement import Judgement
from bntui.drill.onscreen import Companion
from bntui.drill.runner import Beside, Wire, drilled, run_drills
from bntui.drill.scenario import Scenario, load, names
from bntui.errors import BntuiError
from bntui.model.markets import SymbolKey
from bntui.wire.carrier import connect

FAILED = 1
"""Exit code when a drill did not pass."""

View = Callable[[Settings, Sequence[SymbolKey], Path, Companion, Mapping[str, str]], object]
"""Opens the screen with a companion, in this state folder, until the user quits."""


def run(
    settings: Settings, options: DrillOptions, wire: Wire, view: View, beside: Beside | None = None
) -> int:
    """Do what was asked for; the exit code is 0 when every drill passed. `beside`: what else runs then."""
    if options.list or not (options.names or options.all):
        _print(f"{name:<{say.NAME_COLUMNS}} {load(name).about}" for name in names())
        return 0
    chosen = dict.fromkeys(names() if options.all else options.names)
    scenarios = [load(name) for name in chosen]
    if options.screen and len(scenarios) == 1 and not scenarios[0].needs_clock:
        return _on_screen(settings, scenarios[0], wire, view)
    judgements = asyncio.run(_headless(settings, scenarios, options.json, wire, beside))
    return 0 if all(judgement.passed for judgement in judgements) else FAILED


async def _headless(
    settings: Settings, scenarios: Sequence[Scenario], as_json: bool, wire: Wire, beside: Beside | None
) -> list[Judgement]:
    clock = SystemClock()
    began = clock.monotonic()
    judgements: list[Judgement] = []
    if len(scenarios) == 1 and not as_json:
        _print([scenarios[0].about, ""])
    with Caretaker() as caretaker:
        drills = run_drills(scenarios, wire, settings, clock, caretaker=caretaker, beside=beside)
        async with aclosing(drills) as judged:
            async for judgement in judged:
                judgements.append(judgement)
                _print(_told(judgement, as_json, alone=len(scenarios) == 1))
    if not as_json and len(scenarios) > 1:
        _print([say.total(judgements, clock.monotonic() - began)])
    return judgements


def _told(judgement: Judgement, as_json: bool, *, alone: bool) -> list[str]:
    if as_json:
        return [say.as_json(judgement)]
    return say.as_story(judgement) if alone else say.as_row(judgement)


def _on_screen(settings: Settings, scenario: Scenario, wire: Wire, view: View) -> int:
    settings = drilled(settings, scenario)
    market = DemoOptions(
        scenario.listed(SystemClock().wall_ms()),
        scenario.rate,
        scenario.seed,
        (scenario.market,),
        scenario.switches,
        scenario.account.key if scenario.account is not None else "",
        scenario.account.method if scenario.account is not None else None,
        scenario.account.fills_per_s if scenario.account is not None else 0.0,
    )
    with (
        Caretaker() as caretaker,
        paths.private_state_dir() as folder,
        EmbeddedExchange(settings, market) as exchange,
    ):
        caretaker.folder(folder)
        reached = exchange.reached_from(settings)
        wiring = wire(reached, exchange.keys_for_engine)
        socket = wiring.socket(folder)
        companion = Companion(
            scenario,
            RemoteExchange(reached.rest_urls[scenario.market]),
            SystemClock(),
            lambda: connect(socket),
            wiring.hello,
            wiring.limits.own_engine_silence_s,
            ProcessControl(caretaker),
        )
        asyncio.run(companion.before())
        view(reached, scenario.watch, folder, companion, exchange.keys_for_engine)
    if companion.judgement is None:
        raise BntuiError(
            "The drill was left before its end, so nothing is judged.", "Wait for its last word."
        )
    _print([scenario.about, "", *say.as_story(companion.judgement)])
    return 0 if companion.judgement.passed else FAILED


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
