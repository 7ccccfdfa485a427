"""REST keeps to its share of the weight, obeys what it is told, and explains what went wrong."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.core.budget import WeightBudget
from bntui.feed.credentials import Credentials
from bntui.feed.rest import RestClient
from bntui.model.access import UserMethod
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.signing import hmac_signer
from bntui.venue.binance.spot import spot
from bntui.venue.user import Ask, AskKind

VENUE = spot(SPOT)
Answer = Callable[[httpx.Request], httpx.Response]


class World:
    """A client, its budget and its clock, and the requests that went out."""

    def __init__(self, answer: Answer) -> None:
        self.clock = ManualClock()
        self.weight = WeightBudget(
            SPOT.request_weight,
            SPOT.request_weight_window_s,
            SPOT.own_weight_share,
            SPOT.own_weight_stop_share,
        )
        self.requests: list[httpx.Request] = []

        def record(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return answer(request)

        self.rest = RestClient("http://exchange", VENUE, self.weight, self.clock, httpx.MockTransport(record))


def ok(body: bytes = b"{}", used: int = 1) -> Answer:
    return lambda request: httpx.Response(200, content=body, headers={"X-MBX-USED-WEIGHT-1M": str(used)})


async def test_a_request_goes_out_as_the_venue_has_it_and_its_body_comes_back() -> None:
    world = World(ok(b'{"a":1}'))
    body = await world.rest.fetch(VENUE.calls.klines("BTCUSDT", "1m", 60), optional=True)
    assert body == b'{"a":1}'
    (request,) = world.requests
    assert str(request.url) == "http://exchange/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=60"
    await world.rest.close()


async def test_an_answer_that_was_read_does_not_wait_for_the_collector() -> None:
    answers: list[weakref.ref[httpx.Response]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        response = ok()(request)
        answers.append(weakref.ref(response))
        return response

    world = World(answer)
    gc.disable()
    try:
        await world.rest.fetch(VENUE.calls.time(), optional=False)
        assert [each() for each in answers] == [None]
    finally:
        gc.enable()
    await world.rest.close()


async def test_the_header_counts_for_the_whole_ip() -> None:
    world = World(ok(used=3_000))
    await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert world.weight.used == 3_000
    assert not world.rest.affordable(VENUE.calls.time())
    with pytest.raises(RestError, match="share of the request weight"):
        await world.rest.fetch(VENUE.calls.time(), optional=True)
    assert len(world.requests) == 1, "what the budget refuses is not sent"


@pytest.mark.parametrize(("status", "words"), [(429, "too much request weight"), (418, "banned")])
async def test_after_a_429_or_418_nothing_is_sent_until_retry_after_has_passed(
    status: int, words: str
) -> None:
    body = b'{"code":-1003,"msg":"Too much request weight used"}'
    world = World(lambda request: httpx.Response(status, content=body, headers={"Retry-After": "33"}))
    with pytest.raises(RestError) as failure:
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert (failure.value.status, failure.value.code, failure.value.retry_after_s) == (status, -1003, 33.0)
    with pytest.raises(RestError, match=words):
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    world.clock.advance(33)
    with pytest.raises(RestError):
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert len(world.requests) == 2


@pytest.mark.parametrize(("status", "words"), [(403, "403"), (451, "451"), (500, "500")])
async def test_refusals_are_explained(status: int, words: str) -> None:
    world = World(lambda request: httpx.Response(status, content=b"<html>no</html>"))
    with pytest.raises(RestError) as failure:
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert words in str(failure.value)
    assert world.rest.failure == failure.value.message


async def test_a_network_failure_is_told_without_the_url() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("cannot reach http://exchange/api?signature=secret")

    world = World(refuse)
    with pytest.raises(RestError) as failure:
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert str(failure.value) == "the REST host cannot be reached, asked for time"
    assert failure.value.__context__ is None or failure.value.__suppress_context__


async def test_a_header_that_is_known_to_be_wrong_is_not_believed() -> None:
    world = World(ok(b"{}", used=999))
    await world.rest.fetch(replace(VENUE.calls.time(), header_is_wrong=True), optional=False)
    assert world.weight.used == VENUE.calls.time().weight
    await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert world.weight.used == 999


async def test_a_success_clears_the_failure() -> None:
    answers = [httpx.Response(500), httpx.Response(200, content=b"{}")]
    world = World(lambda request: answers.pop(0))
    with pytest.raises(RestError):
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert world.rest.failure == ""


async def test_only_what_was_asked_for_counts_as_an_answer() -> None:
    statuses = iter([200, 500])
    world = World(lambda request: httpx.Response(next(statuses), content=b"{}"))
    assert world.rest.answered_at is None
    world.clock.advance(7)
    await world.rest.fetch(VENUE.calls.time(), optional=False)
    answered_at = world.clock.monotonic()
    world.clock.advance(7)
    with pytest.raises(RestError):
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert world.rest.answered_at == answered_at


async def test_an_answer_without_end_is_cut_off() -> None:
    too_much = b"x" * (int(SPOT.own_frame_bytes) + 1)
    world = World(ok(too_much))
    with pytest.raises(RestError, match="larger than"):
        await world.rest.fetch(VENUE.calls.time(), optional=False)


async def test_samples_that_cannot_both_be_right_are_of_two_clocks_and_the_newest_counts() -> None:
    ahead_ms = [0, 40, 5_000]

    def answer(request: httpx.Request) -> httpx.Response:
        slow = len(ahead_ms) < 3
        world.clock.advance(0.1 if slow else 0.02)
        body = b'{"serverTime":%d}' % (world.clock.wall_ms() - (50 if slow else 10) + ahead_ms.pop(0))
        return httpx.Response(200, content=body)

    world = World(answer)
    offsets = []
    for _ in range(3):
        await world.rest.sample_clock()
        offsets.append(world.rest.offset_ms)
    assert offsets == pytest.approx([0, 0, 5_000], abs=1)


async def test_the_clock_offset_is_that_of_the_quickest_answer() -> None:
    world: World

    def slow_then_quick(request: httpx.Request) -> httpx.Response:
        round_trip_s = trips.pop(0)
        world.clock.advance(round_trip_s / 2)
        server_ms = world.clock.wall_ms() + 500
        world.clock.advance(round_trip_s / 2 + lateness.pop(0))
        return httpx.Response(200, json={"serverTime": server_ms})

    trips, lateness = [0.4, 0.1], [0.6, 0.0]
    world = World(slow_then_quick)
    assert world.rest.offset_ms is None
    await world.rest.sample_clock()
    await world.rest.sample_clock()
    assert world.rest.offset_ms == pytest.approx(500, abs=2)
    assert world.rest.server_ms() == pytest.approx(world.clock.wall_ms() + 500, abs=2)


async def test_the_time_to_sign_with_survives_a_wall_clock_that_is_set() -> None:
    world: World

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"serverTime": world.clock.wall_ms() + 40})

    world = World(answer)
    before = world.rest.clock_known
    await world.rest.sample_clock()
    assert (before, world.rest.clock_known) == (False, True)
    right_ms = world.rest.server_ms()
    world.clock.jump(-3_600)
    assert world.rest.server_ms() == right_ms
    assert not world.rest.clock_known, "it may have been sleep as well: measure before signing"


async def test_a_time_that_is_none_is_a_failure_in_words() -> None:
    world = World(ok(b'{"serverTime":"soon"}'))
    with pytest.raises(RestError, match="time"):
        await world.rest.sample_clock()


@pytest.mark.parametrize("header", ["9" * 5_000, "-1", "many", "٣" * 20])
async def test_a_weight_header_that_is_no_weight_counts_for_nothing(header: str) -> None:
    value = header.encode()
    world = World(
        lambda request: httpx.Response(200, content=b"{}", headers=[(b"X-MBX-USED-WEIGHT-1M", value)])
    )
    await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert world.weight.used == VENUE.calls.time().weight


async def test_a_retry_after_without_end_blocks_no_longer_than_the_longest_ban() -> None:
    world = World(lambda request: httpx.Response(418, headers={"Retry-After": "9" * 400}))
    with pytest.raises(RestError):
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert world.weight.blocked_until_ms == world.clock.wall_ms() + int(SPOT.ban_longest_s * 1000)


async def test_a_name_that_nobody_knows_is_told_as_dns() -> None:
    world = World(ok())
    rest = RestClient("http://exchange.invalid", VENUE, world.weight, world.clock)
    with pytest.raises(RestError, match="DNS"):
        await rest.fetch(VENUE.calls.time(), optional=False)
    await rest.close()


async def test_tls_against_a_server_without_it_is_told_as_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    world = World(ok())
    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        rest = RestClient(f"https://127.0.0.1:{port}", VENUE, world.weight, world.clock)
        with pytest.raises(RestError, match="TLS"):
            await rest.fetch(VENUE.calls.time(), optional=False)
        await rest.close()


@pytest.mark.parametrize("proxy", ["socks4://127.0.0.1:9", "gopher://127.0.0.1:9"])
async def test_a_proxy_that_cannot_be_used_is_told_and_not_gone_around(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    world = World(ok())
    rest = RestClient("http://exchange.invalid", VENUE, world.weight, world.clock)
    with pytest.raises(RestError, match="a proxy is set that cannot be used"):
        await rest.fetch(VENUE.calls.time(), optional=False)
    await rest.close()


# Requests about an account


async def test_a_signed_request_goes_out_as_it_was_signed_with_the_key_in_a_header() -> None:
    world = World(ok())
    account = Credentials(
        "main", Market.SPOT, Secret("public"), hmac_signer(Secret("private")), UserMethod.SIGNATURE
    )
    assert VENUE.user is not None
    call = VENUE.user.call(Ask(AskKind.FILLS, "币安人生USDT", from_id=7))
    await world.rest.fetch(call, optional=False, credentials=account)
    (request,) = world.requests
    text, _, signature = request.url.query.decode().rpartition("&signature=")
    assert text.startswith(
        "symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT&fromId=7&limit=1000&recvWindow=5000&"
    )
    assert signature == account.sign(text)
    assert request.headers["X-MBX-APIKEY"] == "public"
    await world.rest.close()


async def test_a_refused_key_is_no_failure_of_rest_and_keeps_the_exchanges_words() -> None:
    answer = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}
    world = World(lambda request: httpx.Response(401, json=answer))
    with pytest.raises(RestError) as failed:
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    assert failed.value.said == "Invalid API-key, IP, or permissions for action."
    assert world.rest.failure == ""
    await world.rest.close()


async def test_weight_that_was_spent_elsewhere_counts_and_so_does_patience_that_was_asked_for() -> None:
    world = World(ok())
    world.rest.charge(200)
    assert world.weight.own == 200
    before_s = world.rest.blocked_s
    world.rest.block(30.0, "banned")
    assert (before_s, world.rest.blocked_s) == (0.0, 30.0)
    with pytest.raises(RestError, match="banned"):
        await world.rest.fetch(VENUE.calls.time(), optional=False)
    await world.rest.close()


async def test_a_clock_that_was_told_elsewhere_is_known() -> None:
    world = World(ok())
    sent_at, sent_ms = world.clock.monotonic(), world.clock.wall_ms()
    world.clock.advance(0.2)
    world.rest.learn_clock(sent_ms + 3_100, sent_at, sent_ms)
    assert world.rest.offset_ms == pytest.approx(3_000.0, abs=1.0)
    assert world.rest.wall_ms() == world.clock.wall_ms()
    await world.rest.close()
