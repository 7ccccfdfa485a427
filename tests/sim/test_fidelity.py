"""The rules of Binance Spot one by one, with the real numbers, as a client meets them.

Each test names its rule; what a rule means in detail is tested beside the module that keeps it.

 1  the server pings every 20 s               13  /ws and /stream differ in the envelope
 2  who does not pong within 60 s is closed   14  the 301st handshake in 5 minutes is refused
 3  an unasked pong is ignored, but counts    15  a connection lives 24 hours
 4  five frames a second, and no more         16  serverShutdown has two shapes
 5  1,024 streams, and not one more           23  REST calls weigh, by the clock's minute
 6  a stream of nothing is acked and silent   24  a book's changes join, until one is lost
 7  a malformed name ends the connection      25  arrays hold what changed
 8  a frame above 4,096 bytes is ignored      26  a candle closes once
 9  a URL above 8,000 characters is refused   27  faults (test_streams_*faults.py)
10  a binary frame ends the connection        28  a blocked country gets 451
11  errors are nested, or flat as documented
12  ids come back as they were sent

Rules 17 to 22 are not Spot's market streams.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from bntui.sim.switches import Switches
from bntui.venue.binance.limits import SPOT
from tests.sim.clients import Silent, closed, next_data, refused, settled
from tests.sim.rig import Rig, ask, receive, reply, running


async def opened(rig: Rig, count: int) -> None:
    """Connect so many times, one after the other."""
    for _ in range(count):
        async with rig.connect("/ws"):
            pass


async def test_1_the_server_pings_every_20_seconds_with_its_time() -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        times = []
        for number in range(1, 4):
            rig.advance(20)
            await settled(ws)
            times.append(str(rig.clock.wall_ms()).encode())
            assert ws.pings == times, number
            await ws.pong_by_hand(ws.pings[-1])


async def test_2_who_does_not_pong_within_60_seconds_is_closed() -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        rig.advance(20)
        rig.advance(59.9, steps=3)
        await settled(ws)
        rig.advance(0.2)
        assert await closed(ws) == (1008, "Pong timeout")


async def test_2_the_end_after_a_missing_pong_may_be_without_a_close_frame() -> None:
    async with (
        running(switches=Switches(pong_timeout_code=0)) as rig,
        rig.connect(create_connection=Silent) as ws,
    ):
        rig.advance(20)
        rig.advance(60.1)
        assert await closed(ws) == (1006, "")


async def test_3_unasked_pongs_are_ignored_and_a_second_answer_harms_nobody() -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        for _ in range(5):
            rig.advance(20)
            await settled(ws)
            for payload in (ws.pings[-1], ws.pings[-1], b""):
                await ws.pong_by_hand(payload)
            await settled(ws)
        record = rig.sim.exchange.ledger.open[1]
        assert (record.pongs, record.stray_pongs) == (5, 10)
        assert rig.breaches() == {}


async def test_3_and_4_unasked_pongs_count_in_the_rate() -> None:
    async with running() as rig, rig.connect(create_connection=Silent) as ws:
        assert isinstance(ws, Silent)
        for _ in range(6):
            await ws.pong_by_hand(b"any payload")
        assert await closed(ws) == (1008, "Too many requests")


async def test_4_whoever_breaks_the_rate_again_and_again_is_banned() -> None:
    async with running() as rig:
        for _ in range(11):
            async with rig.connect() as ws:
                for _ in range(6):
                    await ws.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
                assert (await closed(ws))[0] == 1008
        assert await refused(rig) == (418, "120")


async def test_5_the_1025th_stream_loses_them_all() -> None:
    async with running() as rig, rig.connect() as ws:
        for start in range(0, 1_024, 128):
            names = [f"s{number}@trade" for number in range(start, start + 128)]
            assert (await ask(ws, "SUBSCRIBE", names))["result"] is None
            rig.advance(0.5)
        assert await ask(ws, "SUBSCRIBE", ["s1024@trade"], 19) == {
            "error": {"code": 4, "msg": "Too many subscriptions"},
            "id": 19,
        }
        assert await closed(ws) == (1008, "Invalid request")


async def test_6_streams_of_nothing_are_acked_listed_and_silent() -> None:
    names = ["nosuch@trade", "BTCUSDT@trade", "btcusdt@depth@250ms", "!ticker@arr", "btcusdt@markPrice"]
    async with running() as rig, rig.connect() as ws:
        assert (await ask(ws, "SUBSCRIBE", names))["result"] is None
        assert (await ask(ws, "LIST_SUBSCRIPTIONS"))["result"] == names
        rig.advance(10, steps=50)
        await settled(ws)
        assert rig.sim.exchange.ledger.open[1].frames_sent == 2


async def test_6_streams_of_nothing_may_be_refused() -> None:
    switches = Switches(unknown_streams_acked=False)
    async with running(switches=switches) as rig, rig.connect() as ws:
        assert (await ask(ws, "SUBSCRIBE", ["btcusdt@trade", "!miniTicker@arr"]))["result"] is None
        assert (await ask(ws, "SUBSCRIBE", ["nosuch@trade"]))["error"]["msg"].endswith("invalid stream")


async def test_7_a_malformed_name_is_refused_and_ends_the_connection_a_second_later() -> None:
    async with running() as rig, rig.connect() as ws:
        assert await ask(ws, "SUBSCRIBE", ["btcusdt@trade", "btcusdt"], 2) == {
            "error": {"code": 2, "msg": "Invalid request: invalid stream"},
            "id": 2,
        }
        rig.advance(0.8)
        await settled(ws)
        rig.advance(0.2)
        assert await closed(ws) == (1008, "Invalid request")


@pytest.mark.parametrize(("size", "answered"), [(4_088, True), (4_096, True), (4_097, False), (4_106, False)])
async def test_8_a_frame_above_4096_bytes_is_ignored(size: int, answered: bool) -> None:
    async with running() as rig, rig.connect() as ws:
        await ws.send('{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}'.ljust(size))
        listed = (await ask(ws, "LIST_SUBSCRIPTIONS", request_id=2)) if not answered else await reply(ws)
        assert listed == ({"result": None, "id": 1} if answered else {"result": [], "id": 2})


async def test_8_long_frames_may_be_read() -> None:
    async with running(switches=Switches(long_frames_ignored=False)) as rig, rig.connect() as ws:
        await ws.send('{"method":"LIST_SUBSCRIPTIONS","id":1}'.ljust(20_000))
        assert await reply(ws) == {"result": [], "id": 1}


@pytest.mark.parametrize(("length", "status"), [(8_000, 101), (8_001, 414)])
async def test_9_a_url_above_8000_characters_is_refused(length: int, status: int) -> None:
    path = "/stream?streams=".ljust(length - len("@trade"), "x") + "@trade"
    async with running() as rig:
        if status == 101:
            async with rig.connect(path) as ws:
                assert len((await ask(ws, "LIST_SUBSCRIPTIONS"))["result"]) == 1
        else:
            assert await refused(rig, path) == (status, None)


async def test_10_a_binary_frame_ends_the_connection() -> None:
    async with running() as rig, rig.connect() as ws:
        await ws.send(b'{"method":"LIST_SUBSCRIPTIONS","id":1}')
        assert await closed(ws) == (1008, "Invalid request")


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        (Switches(), {"error": {"code": 0, "msg": "Unknown property"}, "id": 5}),
        (Switches(nested_errors=False), {"code": 0, "msg": "Unknown property", "id": 5}),
    ],
)
async def test_11_errors_are_nested_or_flat(switches: Switches, expected: object) -> None:
    async with running(switches=switches) as rig, rig.connect() as ws:
        assert await ask(ws, "GET_PROPERTY", ["speed"], 5) == expected


async def test_12_ids_come_back_as_they_were_sent_and_null_for_what_is_no_json() -> None:
    async with running() as rig, rig.connect() as ws:
        for request_id in (0, -7, 2**63 - 1, "deadbeef", "3f2b8a5e-9c1d-4e7f-8a6b-5c4d3e2f1a0b", None):
            assert (await ask(ws, "LIST_SUBSCRIPTIONS", request_id=request_id))["id"] == request_id
            rig.advance(1)
        await ws.send('{"id":7,')
        assert (await reply(ws))["id"] is None


@pytest.mark.parametrize(
    ("path", "combined"), [("/ws/btcusdt@trade", False), ("/stream?streams=btcusdt@trade", True)]
)
async def test_13_the_path_decides_about_the_envelope_until_it_is_set(path: str, combined: bool) -> None:
    async with running() as rig, rig.connect(path) as ws:
        assert (await ask(ws, "GET_PROPERTY", ["combined"]))["result"] is combined
        assert ("stream" in json.loads(await next_data(rig, ws))) is combined
        await ask(ws, "SET_PROPERTY", ["combined", not combined])
        assert ("stream" in json.loads(await next_data(rig, ws))) is not combined


async def test_14_the_301st_handshake_in_5_minutes_is_refused_and_going_on_leads_to_a_ban() -> None:
    async with running() as rig:
        await opened(rig, 300)
        assert await refused(rig) == (429, "300")
        rig.advance(299)
        statuses = [(await refused(rig))[0] for _ in range(10)]
        assert statuses == [429] * 9 + [418]
        assert (await rig.rest.get("/api/v3/ping")).status_code == 418


async def test_14_after_5_minutes_the_attempts_are_forgotten() -> None:
    async with running() as rig:
        await opened(rig, 300)
        rig.advance(300)
        await opened(rig, 1)
        assert rig.breaches() == {}


async def test_15_a_connection_lives_24_hours() -> None:
    limits = SPOT.override({"server_ping_interval_s": 1e9})
    async with running(limits=limits) as rig, rig.connect() as ws:
        rig.advance(86_399)
        await settled(ws)
        rig.advance(1)
        assert (await closed(ws))[0] == 1001


@pytest.mark.parametrize(("path", "combined"), [("/ws", False), ("/stream", True)])
async def test_16_server_shutdown_has_the_shape_of_the_connection(path: str, combined: bool) -> None:
    async with running() as rig, rig.connect(path) as ws:
        rig.sim.fault({"fault": "shutdown"})
        event = {"e": "serverShutdown", "E": rig.clock.wall_ms()}
        expected: dict[str, Any] = {"stream": "!serverShutdown", "data": event} if combined else event
        assert json.loads(await receive(ws)) == expected


async def test_23_calls_weigh_by_the_clocks_minute_and_too_many_lead_to_429_and_418() -> None:
    heavy = "/api/v3/depth?symbol=BNBETH&limit=5000"
    async with running() as rig:
        rig.advance(50)
        for number in (1, 2):
            answer = await rig.rest.get(heavy)
            assert answer.headers["X-MBX-USED-WEIGHT-1M"] == str(250 * number)
        charge(rig, 5_500)
        refusal = await rig.rest.get("/api/v3/ping")
        assert (refusal.status_code, refusal.headers["Retry-After"]) == (429, "10")
        assert refusal.headers["X-MBX-USED-WEIGHT-1M"] == "6001", "refused calls are charged"
        assert refusal.json() == {
            "code": -1003,
            "msg": "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. "
            "Please use WebSocket Streams for live updates to avoid polling the API.",
        }
        rig.advance(10)
        assert (await rig.rest.get("/api/v3/ping")).headers["X-MBX-USED-WEIGHT-1M"] == "1"
        rig.advance(60)
        charge(rig, 6_000)
        statuses = [(await rig.rest.get("/api/v3/ping")).status_code for _ in range(12)]
        assert statuses == [429] * 10 + [418] * 2
        assert await refused(rig) == (418, "120")


def charge(rig: Rig, weight: int) -> None:
    """Let other programs of the address use some weight."""
    address = rig.sim.exchange.doors.address("127.0.0.1")
    assert address.request(weight, rig.clock.monotonic(), rig.clock.wall_ms()) is None


async def collected(rig: Rig, name: str, seconds: float) -> list[Any]:
    """The payloads of a stream over some time."""
    async with rig.connect(f"/ws/{name}") as ws:
        rig.advance(seconds, steps=round(seconds * 20))
        await ws.send('{"method":"LIST_SUBSCRIPTIONS","id":"end"}')
        payloads = []
        while "result" not in (message := json.loads(await receive(ws))):
            payloads.append(message)
        return payloads


@pytest.mark.parametrize("name", ["btcusdt@depth", "btcusdt@depth@100ms"])
async def test_24_the_changes_of_a_book_join(name: str) -> None:
    async with running() as rig:
        diffs = await collected(rig, name, 12)
        assert len(diffs) > 5
        assert all(later["U"] == earlier["u"] + 1 for earlier, later in pairwise(diffs))
        snapshot = (await rig.rest.get("/api/v3/depth?symbol=BTCUSDT&limit=5")).json()
        assert snapshot["lastUpdateId"] >= diffs[-1]["u"]


async def test_24_one_lost_change_is_a_hole_between_two_that_join_nothing() -> None:
    name = "btcusdt@depth@100ms"
    async with running() as rig, rig.connect(f"/ws/{name}") as ws:
        rig.advance(3, steps=60)
        rig.sim.fault({"fault": "drop_diff", "streams": [name]})
        rig.advance(3, steps=60)
        await ws.send('{"method":"LIST_SUBSCRIPTIONS","id":"end"}')
        diffs = []
        while "result" not in (message := json.loads(await receive(ws))):
            diffs.append(message)
        holes = [later["U"] - earlier["u"] - 1 for earlier, later in pairwise(diffs)]
        assert [hole > 0 for hole in holes].count(True) == 1


async def test_25_arrays_hold_what_changed_and_only_that() -> None:
    async with running() as rig:
        arrays = await collected(rig, "!miniTicker@arr", 20)
        sizes = {len(array) for array in arrays}
        assert max(sizes) < 12, "the symbol that hardly trades is missing"
        assert all(len({row["s"] for row in array}) == len(array) for array in arrays)
        assert all(array for array in arrays), "nothing changed, nothing sent"


@pytest.mark.parametrize("symbol", ["btcusdt", "bnbeth"])
async def test_26_a_candle_closes_once_and_the_next_begins_where_it_ended(symbol: str) -> None:
    async with running() as rig:
        candles = [payload["k"] for payload in await collected(rig, f"{symbol}@kline_1s", 10)]
        ends = [candle for candle in candles if candle["x"]]
        assert len({candle["t"] for candle in ends}) == len(ends) >= 9
        assert all(later["t"] == earlier["T"] + 1 for earlier, later in pairwise(ends))
        assert [candle["t"] for candle in candles] == sorted(candle["t"] for candle in candles)
        empty = [candle for candle in ends if candle["n"] == 0]
        assert all((candle["f"], candle["L"], candle["v"]) == (-1, -1, "0.00000000") for candle in empty)
        assert empty or symbol == "btcusdt"


async def test_28_a_blocked_country_gets_451_with_its_text_everywhere() -> None:
    async with running() as rig:
        rig.sim.fault({"fault": "rest_status", "status": 451})
        rig.sim.fault({"fault": "handshake_status", "status": 451})
        with pytest.raises(InvalidStatus) as handshake:
            async with rig.connect():
                pass
        rest = await rig.rest.get("/api/v3/ping")
        assert (handshake.value.response.status_code, rest.status_code) == (451, 451)
        assert json.loads(handshake.value.response.body or b"") == rest.json()
        assert rest.json() == {
            "code": 0,
            "msg": "Service unavailable from a restricted location according to 'b. Eligibility' in "
            "https://www.binance.com/en/terms. Please contact customer service if you believe you received "
            "this message in error.",
        }


async def test_what_real_clients_are_known_to_do_is_taken() -> None:
    async with running() as rig, rig.connect("/ws/0") as ws, rig.connect("/stream?streams=") as other:
        for request_id in (0, "3f2b8a5e-9c1d-4e7f-8a6b-5c4d3e2f1a0b", "9f8e7d6c"):
            assert await ask(ws, "SUBSCRIBE", ["btcusdt@ticker"], request_id) == {
                "result": None,
                "id": request_id,
            }
        assert (await ask(ws, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@ticker"]
        assert (await ask(other, "LIST_SUBSCRIPTIONS"))["result"] == []
        for _ in range(4):
            rig.advance(20)
            await settled(ws)
            await ws.pong(b"")
            await settled(other)
        shown = {number: record.pongs for number, record in rig.sim.exchange.ledger.open.items()}
        assert shown == {1: 4, 2: 4}
        assert rig.breaches() == {}
