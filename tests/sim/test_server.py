"""The embedded exchange starts in any loop, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bntui.clock import ManualClock, SystemClock
from bntui.errors import ConnectError, UsageError
from bntui.sim.server import Sim, SimConfig
from tests.sim.rig import WAIT_S, receive, running
from tests.sim.tape import FRAMES, write_tape


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_it_says_where_it_is() -> None:
    async with running() as rig:
        urls = rig.sim.urls
        assert urls.as_json() == {"spot": {"rest": urls.rest, "streams": urls.streams, "ws_api": urls.ws_api}}
        assert urls.rest.startswith("http://127.0.0.1:")
        assert urls.streams.startswith("ws://127.0.0.1:")
        assert repr(rig.sim).startswith(f"<Sim {urls.streams} <Exchange")


def test_before_the_start_it_is_nowhere() -> None:
    sim = Sim(SimConfig(), ManualClock())
    assert "not started" in repr(sim)
    with pytest.raises(RuntimeError, match="has not been started"):
        sim.urls  # noqa: B018 — the property is what is tested


async def test_it_moves_by_itself() -> None:
    config = SimConfig(symbols=3, rate=2_000.0)
    async with (
        asyncio.timeout(WAIT_S),
        Sim(config, SystemClock()) as sim,
        connect(f"{sim.urls.streams}/ws/btcusdt@bookTicker", compression=None, max_queue=None) as ws,
    ):
        for _ in range(50):
            assert json.loads(await receive(ws))["s"] == "BTCUSDT"


async def test_it_stops_within_a_second_whatever_its_clients_do() -> None:
    loop = asyncio.get_running_loop()
    sim = Sim(SimConfig(symbols=3), SystemClock())
    await sim.start()
    async with (
        httpx.AsyncClient(base_url=sim.urls.rest, trust_env=False) as rest,
        connect(sim.urls.streams + "/ws", ping_interval=None) as polite,
        connect(sim.urls.streams + "/ws", ping_interval=None) as deaf,
        connect(sim.urls.streams + "/ws", ping_interval=None),
    ):
        await rest.get("/api/v3/ping")
        deaf.transport.pause_reading()
        sim.fault({"fault": "half_open", "connections": [3]})
        sim.fault({"fault": "rest_slow", "seconds": 60})
        late = asyncio.ensure_future(rest.get("/api/v3/time"))
        while "/api/v3/time" not in sim.exchange.ledger.requests:  # noqa: ASYNC110 — nobody tells
            await asyncio.sleep(0)
        _, silent = await asyncio.open_connection(*sim.urls.streams[5:].split(":"))
        began = loop.time()
        await sim.stop()
        assert loop.time() - began < 10
        with pytest.raises(ConnectionClosed) as end:
            await polite.recv()
        assert end.value.rcvd is not None
        assert end.value.rcvd.code == 1001
        assert (await late).status_code == 200
        silent.close()
        deaf.transport.abort()
    assert sim.exchange.members == {}


async def test_stopping_twice_is_harmless() -> None:
    sim = Sim(SimConfig(symbols=3, self_ticking=False), ManualClock())
    await sim.stop()
    await sim.start()
    await sim.stop()
    await sim.stop()


async def test_an_exchange_that_breaks_says_so_to_who_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Sim(SimConfig(symbols=3), SystemClock())
    monkeypatch.setattr(sim.exchange, "tick", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        async with sim:
            await asyncio.wait_for(sim.broken(), 10)


async def test_fixed_ports_are_free_again_at_once() -> None:
    rest, streams = free_port(), free_port()
    config = SimConfig(symbols=3, rest_port=rest, stream_port=streams)
    for _ in range(3):
        async with Sim(config, SystemClock()) as sim:
            assert sim.urls.rest == f"http://127.0.0.1:{rest}"
            assert sim.urls.streams == f"ws://127.0.0.1:{streams}"
            async with connect(sim.urls.streams + "/ws") as ws, httpx.AsyncClient(trust_env=False) as client:
                await ws.ping()
                assert (await client.get(sim.urls.rest + "/api/v3/ping")).status_code == 200


@pytest.mark.parametrize("which", ["rest_port", "stream_port"])
async def test_a_taken_port_is_named(which: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ports = {"rest_port": 0, "stream_port": 0} | {which: port}
        config = SimConfig(symbols=3, **ports)
        with pytest.raises(ConnectError, match=f"Port {port} is taken"):
            await Sim(config, ManualClock()).start()


async def test_an_address_that_is_not_ours_is_refused_in_words() -> None:
    with pytest.raises(ConnectError, match=r"Cannot listen on nowhere\.invalid, port 0: Name or service"):
        await Sim(SimConfig(host="nowhere.invalid", symbols=3), ManualClock()).start()


async def test_it_listens_on_ipv6_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    async with Sim(SimConfig(host="::1", symbols=3), SystemClock()) as sim:
        assert sim.urls.rest.startswith("http://[::1]:")
        async with connect(sim.urls.streams + "/ws") as ws:
            await ws.ping()


async def test_an_exchange_that_breaks_ends_its_connections_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sim = Sim(SimConfig(symbols=3), SystemClock())
    await sim.start()

    def broken() -> None:
        raise ZeroDivisionError("the market is broken")

    async with asyncio.timeout(WAIT_S), connect(sim.urls.streams + "/ws") as ws:
        monkeypatch.setattr(sim.exchange.source, "advance", broken)
        with pytest.raises(ConnectionClosed):
            await ws.recv()
    with pytest.raises(ZeroDivisionError, match="the market is broken"):
        await sim.stop()


async def test_a_recording_is_played_to_clients_and_rewound_over_http(tmp_path: Path) -> None:
    path = write_tape(tmp_path / "tape.gz")
    trades = [frame for _, frame in FRAMES if "@trade" in frame]
    async with (
        running(replay=(path,), speed=100.0) as rig,
        rig.connect("/stream?streams=btcusdt@trade") as ws,
    ):
        for _ in range(2):
            rig.advance(0.7, steps=70)
            assert [await receive(ws) for _ in trades] == trades
            assert (await rig.rest.post("/_sim/rewind")).status_code == 200
        info = (await rig.rest.get("/api/v3/exchangeInfo")).json()
        assert [row["symbol"] for row in info["symbols"]] == ["BTCUSDT", "ETHUSDT"]
        assert (await rig.rest.get("/api/v3/depth?symbol=BTCUSDT")).json()["lastUpdateId"] == 12


async def test_pings_go_on_after_the_end_of_a_recording(tmp_path: Path) -> None:
    async with (
        running(replay=(write_tape(tmp_path / "tape"),), speed=10.0) as rig,
        rig.connect("/ws/btcusdt@trade") as ws,
    ):
        rig.advance(60, steps=60)
        async with asyncio.timeout(WAIT_S):
            await (await ws.ping())
        assert rig.sim.playback is not None
        assert rig.sim.playback.over
        assert rig.sim.exchange.ledger.open[1].pings_sent >= 2


def test_what_cannot_be_played_is_refused_before_anything_listens(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Sim(SimConfig(replay=(tmp_path / "missing",)), ManualClock())
