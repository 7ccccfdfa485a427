"""Every served market has its own ports, and all of them are let go of together."""

from __future__ import annotations

import socket

import pytest

from bntui.clock import ManualClock, SystemClock
from bntui.errors import ConnectError
from bntui.model.markets import Market
from bntui.sim.server import Sim, SimConfig
from tests.sim.clients import heard
from tests.sim.rig import running

STREAMS = {
    Market.SPOT: "/stream?streams=btcusdt@trade",
    Market.USDM: "/public/stream?streams=btcusdt@trade",
    Market.COINM: "/stream?streams=btcusd_perp@trade",
}


async def test_all_markets_are_served_side_by_side_and_each_says_where() -> None:
    async with running(markets=tuple(Market), symbols=12, rate=600.0) as rig:
        told = rig.sim.urls.as_json()
        assert list(told) == ["spot", "usdm", "coinm"]
        assert len({url for urls in told.values() for url in urls.values()}) == 9
        for market, path in STREAMS.items():
            async with rig.connect_to(market, path) as ws:
                trades = await heard(rig, ws, 4)
                assert {trade["data"]["e"] for trade in trades} == {"trade"}
        reports = [(await rig.get(market, "/_sim/report")).json() for market in Market]
        assert [report["connections"]["total"] for report in reports] == [1, 1, 1]
        assert [report["breaches"]["total"] for report in reports] == [0, 0, 0]


def free_ports(number: int) -> int:
    """The first of so many free ports in a row, below those that connections get."""
    for first in range(20_000, 32_000, 17):
        probes: list[socket.socket] = []
        try:
            for port in range(first, first + number):
                probes.append(socket.socket())
                probes[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return first
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no free ports")


async def test_with_a_fixed_port_the_markets_take_the_next_ones() -> None:
    port = free_ports(6)
    config = SimConfig(
        symbols=6,
        markets=(Market.USDM, Market.COINM),
        rest_port=port,
        stream_port=port + 1,
        self_ticking=False,
    )
    async with Sim(config, ManualClock()) as sim:
        told = sim.urls.as_json().values()
        ports = [[int(url.rpartition(":")[2]) for url in urls.values()] for urls in told]
        assert ports == [[port, port + 1, port + 4], [port + 2, port + 3, port + 5]]


async def test_where_one_port_is_taken_none_is_kept() -> None:
    port = free_ports(4)
    config = SimConfig(symbols=6, markets=(Market.USDM, Market.COINM), rest_port=port, stream_port=port + 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 3))
        taken.listen()
        with pytest.raises(ConnectError, match=f"Port {port + 3} is taken"):
            await Sim(config, SystemClock()).start()
    async with Sim(config, SystemClock()) as sim:
        assert sim.urls.rest.endswith(str(port))
