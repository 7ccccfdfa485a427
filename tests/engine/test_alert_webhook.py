"""A webhook arrives, however often its server fails, and its address is told to nobody."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bntui.clock import ManualClock
from bntui.engine.alert_webhook import (
    BACKOFF_CAP_S,
    DELIVERED,
    KEEP_TRYING_S,
    LONGEST_ASKED_S,
    WAITING_MOST,
    Message,
    Webhook,
)
from bntui.secret import Secret

ADDRESS = Secret("http://hooks.example/services/T0/very-secret-token")
MESSAGE = Message(4, {"text": "bntui: btc-low: BTCUSDT is at 59999", "id": 4})


class Server:
    """Answers with these statuses in turn, the last one for ever; a failure to connect is one, too."""

    def __init__(self, *answers: int | Exception, headers: dict[str, str] | None = None) -> None:
        self.answers = list(answers)
        self.headers = headers or {}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, headers=self.headers)


class Desk:
    """A webhook in whose world no time passes but what it waits."""

    def __init__(self, server: Server, share: float = 1.0, address: Secret = ADDRESS) -> None:
        self.clock = ManualClock()
        self.waited: list[float] = []
        self.sent: list[tuple[int, str]] = []
        self.came = asyncio.Event()
        self.webhook = Webhook(
            address,
            self.note,
            self.clock.monotonic,
            lambda low, high: low + share * (high - low),
            self.sleep,
            httpx.MockTransport(server),
        )

    def note(self, number: int, words: str) -> None:
        self.sent.append((number, words))
        self.came.set()

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.advance(seconds)

    async def post(self) -> str:
        async with asyncio.timeout(20):
            return await self.webhook.post(MESSAGE)


async def test_a_message_is_posted_as_json() -> None:
    server = Server(204)
    assert await Desk(server).post() == DELIVERED
    (request,) = server.requests
    assert (request.method, str(request.url)) == ("POST", ADDRESS.reveal())
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == MESSAGE.body


async def test_a_server_that_answers_500_three_times_gets_it_all_the_same() -> None:
    server = Server(500, 500, 500, 200)
    desk = Desk(server)
    assert await desk.post() == "webhook delivered with try 4"
    assert len(server.requests) == 4
    assert desk.waited == [1.0, 2.0, 4.0]
    assert desk.sent == [(4, "webhook fails, trying again: HTTP 500")]


async def test_a_network_that_is_down_is_no_reason_to_give_up_soon() -> None:
    desk = Desk(Server(httpx.ConnectError("all of https://hooks.example/services failed"), 200))
    assert await desk.post() == "webhook delivered with try 2"
    desk = Desk(Server(httpx.ConnectError("down")))
    words = await desk.post()
    assert words.startswith("webhook given up after ")
    assert words.endswith("tries: ConnectError")
    assert max(desk.waited) == BACKOFF_CAP_S
    assert KEEP_TRYING_S - BACKOFF_CAP_S <= sum(desk.waited) <= KEEP_TRYING_S


async def test_waiting_is_left_to_chance() -> None:
    desk = Desk(Server(500, 500, 200), share=0.25)
    await desk.post()
    assert desk.waited == [0.25, 0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301])
async def test_a_refusal_is_final_and_no_other_address_is_tried(status: int) -> None:
    server = Server(status, headers={"Location": "http://elsewhere.example/"})
    desk = Desk(server)
    assert await desk.post() == f"webhook refused: HTTP {status}"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("20", 21.0), ("999999", LONGEST_ASKED_S + 1), ("soon", 1.0), ("-5", 1.0)],
)
async def test_a_server_that_asks_for_patience_gets_some(asked: str, waits: float) -> None:
    desk = Desk(Server(429, 200, headers={"Retry-After": asked}))
    assert await desk.post() == "webhook delivered with try 2"
    assert desk.waited == [waits]


async def test_the_address_is_in_no_log_and_no_word_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bntui")
    secret = httpx.ConnectError(f"cannot reach {ADDRESS.reveal()}")
    desk = Desk(Server(secret, 500, 404))
    desk.webhook.put(MESSAGE)
    async with running(desk, 2):
        pass
    everything = " ".join([caplog.text, str(desk.sent), repr(desk.webhook)])
    assert "hooks.example" in everything
    assert "very-secret-token" not in everything


@asynccontextmanager
async def running(desk: Desk, count: int) -> AsyncIterator[None]:
    """The webhook at work until so many words were told of it."""
    task = asyncio.ensure_future(desk.webhook.run())
    try:
        async with asyncio.timeout(20):
            while len(desk.sent) < count:
                desk.came.clear()
                await desk.came.wait()
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_messages_arrive_in_order_one_after_the_other() -> None:
    server = Server(500, 200)
    desk = Desk(server)
    for number in (1, 2, 3):
        desk.webhook.put(Message(number, {"id": number}))
    async with running(desk, 4):
        assert [json.loads(request.content)["id"] for request in server.requests] == [1, 1, 2, 3]


async def test_when_too_many_wait_the_oldest_is_dropped_and_that_is_said() -> None:
    desk = Desk(Server(200))
    for number in range(WAITING_MOST + 1):
        desk.webhook.put(Message(number, {}))
    assert desk.sent == [(0, "webhook not sent: too many were waiting")]
    assert desk.webhook.dropped == 1


async def test_once_is_once() -> None:
    server = Server(500, 200)
    desk = Desk(server)
    assert await desk.webhook.post_once(MESSAGE) == "webhook failed: HTTP 500"
    assert await desk.webhook.post_once(MESSAGE) == DELIVERED
    assert desk.waited == []


async def test_over_a_real_socket_the_fourth_try_arrives() -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        heads.append(await reader.readexactly(int(length.split(b":")[1])))
        status = b"500 Oh No" if len(heads) < 4 else b"200 OK"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def no_sleep(_seconds: float) -> None:
        """No time passes in tests."""

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        webhook = Webhook(
            Secret(f"http://127.0.0.1:{port}/hook"),
            lambda number, words: None,
            ManualClock().monotonic,
            lambda low, high: high,
            no_sleep,
        )
        async with asyncio.timeout(20):
            assert await webhook.post(MESSAGE) == "webhook delivered with try 4"
        await webhook.close()
    assert [json.loads(body)["id"] for body in heads] == [4, 4, 4, 4]
