"""The embedded exchange alone."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from bntui.clock import SystemClock
from bntui.errors import UsageError
from bntui.words import sentence

if TYPE_CHECKING:
    from bntui.commandoptions import SimOptions
    from bntui.config import Settings


def run_sim(settings: Settings, options: SimOptions) -> int:
    """The embedded exchange alone, until a signal comes, or its starter's pipe closes."""
    from bntui.sim import keyfiles
    from bntui.sim.ending import told_to_end
    from bntui.sim.server import Sim, SimConfig
    from bntui.sim.switches import Switches

    try:
        switches = Switches().override(options.switches)
    except ValueError as error:
        raise UsageError(f"--switch: {sentence(str(error))}", "README.md says what each does.") from None
    config = SimConfig(
        symbols=options.symbols,
        rate=options.rate,
        seed=options.seed,
        rest_port=options.port or 0,
        stream_port=options.port + 1 if options.port else 0,
        markets=options.markets or (settings.market,),
        overrides=settings.limits,
        replay=options.replay,
        speed=options.speed,
        loop=options.loop,
        switches=switches,
    )
    if options.fills is not None:
        config = replace(config, fills_per_s=options.fills)

    async def run() -> None:
        async with Sim(config, SystemClock()) as sim:
            told: dict[str, object] = dict(sim.urls.as_json())
            if options.keys is not None:
                keyfiles.write(options.keys, sim.exchange.users.keyring)
                told["keys"] = str(options.keys)
            print(orjson.dumps(told).decode(), flush=True)  # noqa: T201
            ends = (told_to_end(sys.stdin.fileno() if options.tied else None), sim.broken())
            _, others = await asyncio.wait(
                [asyncio.ensure_future(end) for end in ends], return_when=asyncio.FIRST_COMPLETED
            )
            for other in others:
                other.cancel()

    asyncio.run(run())
    return 0
