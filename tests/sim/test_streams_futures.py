"""Connections to the futures' hosts: paths, pings at a random phase, their rates, and no announcements."""

from __future__ import annotations

import json

import pytest

from bntui.model.markets import Market
from bntui.sim.switches import Switches
from tests.sim.clients import Silent, closed, heard, refused, settled
from tests.sim.rig import Rig, ask, reply, running

NAMES = ["btcusdt@trade", "btcusdt@bookTicker", "btcusdt@aggTrade", "btcusdt@markPrice@1s"]
FUTURES = [Market.USDM, Market.COINM]


async def flowing(rig: Rig, path: str) -> set[str]:
    """Which of the names bring data on a path."""
    async with rig.connect(path) as ws:
        assert await ask(ws, "SUBSCRIBE", NAMES) == {"result": None, "id": 1}
        assert await ask(ws, "LIST_SUBSCRIPTIONS") == {"result": NAMES, "id": 1}
        return {message["stream"] for message in await heard(rig, ws, 5)}


@pytest.mark.parametrize(
    ("path", "streams"),
    [
        ("/public/stream", NAMES[:2]),
        ("/market/stream", NAMES[2:]),
        ("/private/stream", []),
        ("/stream", NAMES[:2]),
    ],
)
async def test_a_stream_on_the_wrong_path_is_acked_listed_and_silent_for_ever(
    path: str, streams: list[str]
) -> None:
    async with running(markets=(Market.USDM,)) as rig:
        assert await flowing(rig, path) == set(streams)
        told = rig.sim.report()["streams_on_wrong_path"]
        assert told == {name: 1 for name in NAMES if name not in streams}
        assert rig.breaches() == {}


async def test_names_in_the_path_are_held_to_it_too_and_raw_sockets_are_there() -> None:
    async with (
        running(markets=(Market.USDM,)) as rig,
        rig.connect("/market/ws/btcusdt@trade/btcusdt@aggTrade") as ws,
        rig.connect("/private/ws/somebodyslistenkey"),
    ):
        assert {message["e"] for message in await heard(rig, ws, 3)} == {"aggTrade"}


async def test_coinm_serves_everything_on_one_socket_and_knows_no_paths() -> None:
    async with running(markets=(Market.COINM,)) as rig:
        names = ["btcusd_perp@trade", "btcusd_perp@aggTrade", "btcusd@indexPrice"]
        async with rig.connect() as ws:
            await ask(ws, "SUBSCRIBE", names)
            assert {message["stream"] for message in await heard(rig, ws, 5)} == set(names)
        for path in ("/market/stream", "/public/ws"):
            assert (await refused(rig, path))[0] == 404


async def test_the_first_ping_comes_at_any_moment_of_three_minutes_and_names_its_time() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        firsts = []
        for _ in range(12):
            async with rig.connect("/public/ws", create_connection=Silent) as ws:
                assert isinstance(ws, Silent)
                started = rig.clock.monotonic()
                while not ws.pings:
                    rig.advance(2)
                    await settled(ws)
                firsts.append(rig.clock.monotonic() - started)
                assert 0 <= rig.clock.wall_ms() - int(ws.pings[0]) <= 2_000
        assert max(firsts) <= 182
        assert len({round(first / 20) for first in firsts}) > 4


async def test_a_pong_may_take_ten_minutes() -> None:
    async with (
        running(markets=(Market.USDM,)) as rig,
        rig.connect("/public/ws", create_connection=Silent) as ws,
    ):
        rig.advance(599, steps=20)
        await settled(ws)
        rig.advance(185)
        assert await closed(ws) == (1008, "Pong timeout")


async def test_the_first_ping_can_be_put_off() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        rig.sim.fault({"fault": "first_ping", "seconds": 170})
        async with rig.connect("/public/ws", create_connection=Silent) as ws:
            assert isinstance(ws, Silent)
            rig.advance(169.5)
            await settled(ws)
            assert ws.pings == []
            rig.advance(1)
            await settled(ws)
            assert len(ws.pings) == 1


@pytest.mark.parametrize(("frames", "ends"), [(15, False), (16, True), (40, True)])
async def test_fifteen_frames_at_once_are_taken_and_one_more_is_not(frames: int, ends: bool) -> None:
    async with running(markets=(Market.USDM,)) as rig, rig.connect("/market/stream") as ws:
        for number in range(frames):
            await ws.send(json.dumps({"method": "LIST_SUBSCRIPTIONS", "id": number}))
        for number in range(15):
            assert (await reply(ws))["id"] == number
        if ends:
            assert await closed(ws) == (1008, "Too many requests")


async def test_a_thousand_and_twenty_four_streams_are_taken_and_one_more_ends_it_all() -> None:
    async with running(markets=(Market.USDM,)) as rig, rig.connect("/public/stream") as ws:
        names = [f"x{number}usdt@trade" for number in range(1_024)]
        for start in range(0, 1_024, 256):
            assert (await ask(ws, "SUBSCRIBE", names[start : start + 256]))["result"] is None
        too_many = await ask(ws, "SUBSCRIBE", ["btcusdt@trade"], 7)
        assert too_many == {"error": {"code": 4, "msg": "Too many subscriptions"}, "id": 7}
        assert await closed(ws) == (1008, "Invalid request")


@pytest.mark.parametrize("market", FUTURES)
async def test_no_connection_is_told_that_it_will_end(market: Market) -> None:
    switches = Switches(shutdown_lead_s=(5.0, 5.0))
    async with running(markets=(market,), switches=switches) as rig, rig.connect() as ws:
        rig.sim.fault({"fault": "shutdown", "after": 10})
        rig.advance(8, steps=8)
        await settled(ws)
        assert rig.sim.exchange.ledger.open[1].frames_sent == 0
        rig.advance(3)
        assert await closed(ws) == (1001, "")


async def test_times_are_in_milliseconds_whatever_is_asked_for() -> None:
    async with (
        running(markets=(Market.USDM,)) as rig,
        rig.connect("/public/ws/btcusdt@bookTicker?timeUnit=MICROSECOND") as ws,
    ):
        quotes = await heard(rig, ws, 3)
        assert all(len(str(quote["E"])) == 13 for quote in quotes)
        assert quotes


async def test_a_path_that_is_down_leaves_the_others_alone_and_comes_back() -> None:
    async with (
        running(markets=(Market.USDM,)) as rig,
        rig.connect("/market/stream") as market,
        rig.connect("/public/stream?streams=btcusdt@bookTicker") as public,
    ):
        rig.sim.fault({"fault": "path_down", "path": "/market", "for": 20})
        assert await closed(market) == (1006, "")
        assert (await refused(rig, "/market/stream"))[0] == 503
        assert await heard(rig, public, 2)
        rig.advance(20)
        async with rig.connect("/market/stream?streams=btcusdt@aggTrade") as again:
            assert await heard(rig, again, 3)


async def test_a_socket_that_lost_its_path_acts_as_public() -> None:
    async with running(markets=(Market.USDM,)) as rig:
        rig.sim.fault({"fault": "unrouted"})
        names = ["btcusdt@bookTicker", "btcusdt@aggTrade"]
        async with rig.connect("/market/stream") as ws:
            await ask(ws, "SUBSCRIBE", names)
            assert {message["stream"] for message in await heard(rig, ws, 3)} == {names[0]}
        assert rig.sim.report()["streams_on_wrong_path"] == {names[1]: 1}
        rig.sim.fault({"fault": "clear"})
        async with rig.connect("/market/stream") as ws:
            await ask(ws, "SUBSCRIBE", names)
            assert {message["stream"] for message in await heard(rig, ws, 3)} == {names[1]}


async def test_a_stream_that_moved_is_acknowledged_and_silent_until_it_is_asked_for_anew() -> None:
    async with running(markets=(Market.USDM,)) as rig, rig.connect("/market/stream") as ws:
        names = ["btcusdt@markPrice@1s", "btcusdt@aggTrade"]
        rig.sim.fault({"fault": "moved_stream", "streams": names[:1]})
        assert (await ask(ws, "SUBSCRIBE", names))["result"] is None
        assert {message["stream"] for message in await heard(rig, ws, 3)} == {names[1]}
        assert rig.sim.report()["streams_on_wrong_path"] == {names[0]: 1}
        rig.sim.fault({"fault": "clear"})
        assert {message["stream"] for message in await heard(rig, ws, 3)} == {names[1]}
        await ask(ws, "UNSUBSCRIBE", names[:1])
        await ask(ws, "SUBSCRIBE", names[:1])
        assert {message["stream"] for message in await heard(rig, ws, 3)} == {*names}
