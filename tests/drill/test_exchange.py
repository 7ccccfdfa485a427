"""The exchange of a drill is told what to do wrong and asked what it saw, here or elsewhere."""

from __future__ import annotations

import httpx
import pytest

from bntui.clock import SystemClock
from bntui.drill.exchange import RemoteExchange, local_exchange
from bntui.drill.scenario import load
from bntui.errors import ConnectError
from bntui.model.markets import Market
from bntui.sim.keys import MAIN
from bntui.venue.binance.limits import SPOT
from bntui.venue.markets import venue

STALL = {"fault": "stall_stream", "streams": ["btcusdt@trade"]}


async def test_an_exchange_in_this_loop_is_the_scenario_s() -> None:
    async with local_exchange(load("stalled-stream"), SPOT, SystemClock()) as exchange:
        await exchange.fault(STALL)
        assert (await exchange.report())["attempts"] == 0


async def test_an_exchange_serves_the_scenario_s_market() -> None:
    scenario = load("market-path-down")
    limits = venue(scenario.market, {}).limits
    async with local_exchange(scenario, limits, SystemClock()) as exchange:
        assert list(exchange.urls.by_market) == [Market.USDM]


async def test_an_exchange_elsewhere_is_told_over_http() -> None:
    async with local_exchange(load("stalled-stream"), SPOT, SystemClock()) as exchange:
        remote = RemoteExchange(exchange.urls.rest)
        await remote.fault(STALL)
        assert dict(await remote.report())["connections"]["total"] == 0
        with pytest.raises(ConnectError, match=r"refused /_sim/fault: .*nosuch"):
            await remote.fault({"fault": "nosuch"})


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_an_account_trades_no_more_once_it_is_halted(elsewhere: bool) -> None:
    async with local_exchange(load("user-rotation"), SPOT, SystemClock()) as exchange:
        await (RemoteExchange(exchange.urls.rest) if elsewhere else exchange).halt(MAIN)
        async with httpx.AsyncClient(base_url=exchange.urls.rest, trust_env=False) as http:
            told = (await http.post("/_sim/account", json={"account": MAIN})).json()
        assert told["fills_per_s"] == 0


async def test_an_exchange_that_has_gone_is_said() -> None:
    async with local_exchange(load("stalled-stream"), SPOT, SystemClock()) as exchange:
        gone = RemoteExchange(exchange.urls.rest)
    with pytest.raises(ConnectError, match="does not answer"):
        await gone.report()
