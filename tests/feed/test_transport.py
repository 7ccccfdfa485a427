"""What comes on a websocket is told whole, and every end is told once, in words."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.utils import accept_key

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.transport import Link, Transport, WebsocketsTransport
from bntui.venue.binance.limits import SPOT
from bntui.venue.limits import Limits
from tests.support.recorder import Recorder
from tests.support.sockets import FAST

QUICK = SPOT.override({"own_open_timeout_s": 1.0, "own_close_timeout_s": 0.3, "own_frame_bytes": 100_000})

Handler = Callable[[ServerConnection], Awaitable[None]]


Refusal = Callable[[ServerConnection, Request], Response | None]


@asynccontextmanager
async def served(handler: Handler, refuse: Refusal | None = None) -> AsyncIterator[str]:
    async with serve(handler, "127.0.0.1", 0, process_request=refuse) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]


@asynccontextmanager
async def plain_server(talk: Talk) -> AsyncIterator[int]:
    """A TCP server that talks to one client as it likes; gives its port."""
    ended = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        ended.set()

    async with await asyncio.start_server(handler, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        async with asyncio.timeout(20):
            await ended.wait()


LIBRARIES: dict[str, Callable[[Limits, SystemClock], Transport]] = {
    "asyncio": WebsocketsTransport,
    "aiofastnet": lambda limits, clock: WebsocketsTransport(limits, clock, sockets=FAST),
}


@pytest.fixture(params=LIBRARIES, autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds over the sockets of either library."""
    monkeypatch.setitem(LIBRARIES, "tried", LIBRARIES[request.param])


async def opened(url: str, recorder: Recorder, limits: Limits = QUICK) -> Link:
    link = await LIBRARIES["tried"](limits, SystemClock()).open(url, recorder)
    assert not isinstance(link, Failure), link
    return link


async def failed(url: str, limits: Limits = QUICK) -> Failure:
    failure = await LIBRARIES["tried"](limits, SystemClock()).open(url, Recorder())
    assert isinstance(failure, Failure)
    return failure


async def test_frames_come_in_order_whole_and_in_gulps_while_busy() -> None:
    async def handler(server: ServerConnection) -> None:
        for n in range(2000):
            await server.send(str(n))
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        link = await opened(url, recorder)
        await recorder.until(lambda: len(recorder.got) == 2000)
        assert recorder.got == [str(n).encode() for n in range(2000)]
        assert len(recorder.gulps) < 200
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)


async def test_fragments_are_joined_and_binary_messages_told_apart() -> None:
    async def handler(server: ServerConnection) -> None:
        await server.send(["one ", "two ", "three"])
        await server.send([b"\x00" * 10, b"\x01" * 10])
        await server.send(b"bin")
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        link = await opened(url, recorder)
        await recorder.until(lambda: len(recorder.binaries) == 2)
        assert recorder.got == [b"one two three"]
        assert recorder.binaries == [20, 3]
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)


async def test_a_server_ping_is_ours_to_answer_and_our_own_comes_back() -> None:
    answers: list[asyncio.Future[float]] = []

    async def handler(server: ServerConnection) -> None:
        answers.append(asyncio.ensure_future(await server.ping(b"1700000000000")))
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        link = await opened(url, recorder)
        link.send_ping(b"ours")
        await recorder.until(lambda: recorder.pings and recorder.pongs)
        assert (recorder.pings, recorder.pongs) == ([b"1700000000000"], [b"ours"])
        assert not answers[0].done()
        link.send_pong(recorder.pings[0])
        async with asyncio.timeout(20):
            await answers[0]
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)


async def test_our_end_is_a_clean_close_with_1000() -> None:
    codes: list[int | None] = []

    async def handler(server: ServerConnection) -> None:
        await server.wait_closed()
        codes.append(server.close_code)

    async with served(handler) as url:
        recorder = Recorder()
        link = await opened(url, recorder)
        link.end(1000, "bntui ends")
        await recorder.until(lambda: recorder.losses)
        assert recorder.losses == [(1000, "bntui ends", True)]
        link.send_text("nobody hears this")
    assert codes == [1000]


@pytest.mark.parametrize("code", [1000, 1008, 3001, 4999])
async def test_a_close_by_the_server_comes_with_code_and_reason(code: int) -> None:
    async def handler(server: ServerConnection) -> None:
        await server.close(code, "Pong timeout")

    async with served(handler) as url:
        recorder = Recorder()
        await opened(url, recorder)
        await recorder.until(lambda: recorder.losses)
        assert recorder.losses == [(code, "Pong timeout", False)]


async def test_a_close_frame_without_a_code_is_told_by_the_code_that_stands_for_none() -> None:
    async def handler(server: ServerConnection) -> None:
        server.transport.write(b"\x88\x00")
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        await opened(url, recorder)
        await recorder.until(lambda: recorder.losses)
        assert recorder.losses == [(1005, "", False)]


@pytest.mark.parametrize(
    "parts",
    [
        [b"\x00\x04rest"],  # the rest of a message that never began
        [b"\x01\x05begin", b"\x81\x05other"],  # another one in the middle of it
        [b"\x83\x01x"],  # a kind of frame that there is not
        [b"\x81\x81aaaax"],  # masked, as only clients are
    ],
)
async def test_who_breaks_the_protocol_is_told_so_and_left(parts: list[bytes]) -> None:
    async def handler(server: ServerConnection) -> None:
        for part in parts:
            server.transport.write(part)
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        await opened(url, recorder)
        await recorder.until(lambda: recorder.losses)
        ((code, reason, by_us),) = recorder.losses
        assert (code, by_us) == (1002, False)
        assert reason.startswith("protocol error")
        assert recorder.got == []


async def test_parts_that_never_end_are_bounded_too() -> None:
    async def handler(server: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await server.send("x" * 1_000 for _ in range(1_000))
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        await opened(url, recorder)
        await recorder.until(lambda: recorder.losses)
        ((code, _, by_us),) = recorder.losses
        assert (code, by_us) == (1009, False)


async def test_control_frames_come_through_between_the_parts_of_a_message() -> None:
    async def handler(server: ServerConnection) -> None:
        server.transport.write(b"\x01\x04one " + b"\x89\x02hi" + b"\x80\x03two" + b"\x81\x05three")
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        link = await opened(url, recorder)
        await recorder.until(lambda: len(recorder.got) == 2)
        assert (recorder.got, recorder.pings) == ([b"one two", b"three"], [b"hi"])
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)


async def test_what_comes_with_the_answer_to_the_handshake_is_not_lost() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in asked.splitlines() if line.startswith("Sec-WebSocket-Key"))
        answer = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
        ).encode() + b"\x81\x03one\x89\x02hi\x81\x03two\x81\x05th"
        for at in range(0, len(answer), 7):
            writer.write(answer[at : at + 7])
            await writer.drain()
        writer.write(b"ree")
        await reader.read(-1)

    async with plain_server(talk) as port:
        recorder = Recorder()
        link = await opened(f"ws://127.0.0.1:{port}/stream", recorder)
        await recorder.until(lambda: len(recorder.got) == 3)
        assert (recorder.got, recorder.pings) == ([b"one", b"two", b"three"], [b"hi"])
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)


async def test_an_abort_has_no_code() -> None:
    async def handler(server: ServerConnection) -> None:
        server.transport.abort()

    async with served(handler) as url:
        recorder = Recorder()
        await opened(url, recorder)
        await recorder.until(lambda: recorder.losses)
        ((code, _, by_us),) = recorder.losses
        assert (code, by_us) == (None, False)


async def test_a_message_beyond_the_limit_ends_the_connection() -> None:
    async def handler(server: ServerConnection) -> None:
        await server.send("x" * 200_000)
        await server.wait_closed()

    async with served(handler) as url:
        recorder = Recorder()
        await opened(url, recorder)
        await recorder.until(lambda: recorder.losses)
        ((code, reason, by_us),) = recorder.losses
        assert (code, by_us) == (1009, False)
        assert "protocol error" in reason


async def test_a_server_that_never_finishes_closing_is_cut_off() -> None:
    async with silent_after_handshake() as url:
        recorder = Recorder()
        link = await opened(url, recorder)
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
        assert recorder.losses == [(1000, "", True)]


@asynccontextmanager
async def silent_after_handshake() -> AsyncIterator[str]:
    """A server that reads no more once the websocket is open."""

    async def handler(server: ServerConnection) -> None:
        server.transport.pause_reading()
        await server.wait_closed()

    async with serve(handler, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        for connection in list(server.connections):
            connection.transport.abort()


@pytest.mark.parametrize("status", [403, 418, 429, 451, 503])
async def test_an_http_answer_is_a_failure_with_its_status(status: int) -> None:
    def refuse(server: ServerConnection, request: Request) -> Response:
        response = server.respond(HTTPStatus(status), "no")
        response.headers["Retry-After"] = "17"
        return response

    async def handler(server: ServerConnection) -> None:
        return

    async with served(handler, refuse) as url:
        failure = await failed(url)
        assert (failure.status, failure.retry_after_s) == (status, 17.0)
        assert str(status) in failure.text


async def test_nobody_listening_is_connection_refused() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await failed(f"ws://127.0.0.1:{port}/stream")).text == "connection refused"


async def test_a_server_that_accepts_and_says_nothing_times_out() -> None:
    async with plain_server(lambda reader, writer: reader.read(-1)) as port:
        failure = await failed(f"ws://127.0.0.1:{port}/stream", QUICK.override({"own_open_timeout_s": 0.2}))
    assert "no answer within 0.2 s" in failure.text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "the server hung up during the handshake"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "the server's answer is no websocket handshake"),
    ],
)
async def test_a_server_that_is_no_websocket_is_told_in_words(answer: bytes, told: str) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with plain_server(other) as port:
        failure = await failed(f"ws://127.0.0.1:{port}/stream")
    assert failure.text == told


async def test_tls_against_a_plain_server_is_told_as_tls() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with plain_server(plain) as port:
        failure = await failed(f"wss://127.0.0.1:{port}/stream")
    assert failure.tls
