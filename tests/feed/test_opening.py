"""One attempt reaches the address that was given, directly where it is of this machine, and nobody else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError
from websockets.http11 import Request, Response

from bntui.clock import SystemClock
from bntui.feed.core.failures import Failure
from bntui.feed.opening import ASYNCIO, Sockets, _Early
from bntui.feed.transport import WebsocketsTransport
from bntui.venue.binance.limits import SPOT
from tests.support.certificate import make_certificate
from tests.support.recorder import Recorder
from tests.support.sockets import FAST

P = TypeVar("P", bound=asyncio.Protocol)

EITHER = pytest.mark.parametrize("sockets", [ASYNCIO, FAST], ids=["asyncio", "aiofastnet"])

QUICK = SPOT.override({"own_open_timeout_s": 2.0, "own_close_timeout_s": 0.3})


@asynccontextmanager
async def counting(location: str = "") -> AsyncIterator[tuple[str, list[str]]]:
    """A server that counts handshakes, and answers them with a redirect where it has a location."""
    asked: list[str] = []

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        asked.append(request.path)
        if not location:
            return None
        response = connection.respond(HTTPStatus.FOUND, "elsewhere\n")
        response.headers["Location"] = location
        return response

    async def attend(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(attend, "127.0.0.1", 0, process_request=answer, close_timeout=0.1) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def test_a_redirect_is_told_and_not_followed() -> None:
    async with counting() as (elsewhere, never), counting(f"{elsewhere}/stream") as (url, asked):
        failure = await WebsocketsTransport(QUICK, SystemClock()).open(f"{url}/stream", Recorder())
    assert isinstance(failure, Failure)
    assert failure.text == "the server sends us elsewhere (302): a login page, or a wrong address"
    assert (asked, never) == (["/stream"], [])


@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"])
async def test_an_address_of_this_machine_is_reached_without_the_proxy(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with counting() as (url, asked):
        recorder = Recorder()
        link = await WebsocketsTransport(QUICK, SystemClock()).open(f"{url}/stream", recorder)
        assert not isinstance(link, Failure), link
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
    assert asked == ["/stream"]


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@EITHER
async def test_an_attempt_that_is_given_up_hangs_up(sockets: Sockets, scheme: str) -> None:
    came, hung_up = asyncio.Event(), asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        with suppress(OSError):
            await reader.read(-1)
        hung_up.set()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server, asyncio.timeout(20):
        url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        transport = WebsocketsTransport(QUICK, SystemClock(), sockets=sockets)
        attempt = asyncio.create_task(transport.open(url, Recorder()))
        await came.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
        await hung_up.wait()


class Dialled:
    """Connects to nobody, and writes down whom it was to connect to."""

    def __init__(self) -> None:
        self.hosts: list[tuple[str, int]] = []
        self.sockets = Sockets(self._dial, ASYNCIO.start_tls)

    async def _dial(
        self, loop: asyncio.AbstractEventLoop, protocol_factory: Callable[[], P], host: str, port: int
    ) -> tuple[asyncio.Transport, P]:
        self.hosts.append((host, port))
        raise ConnectionRefusedError


async def test_what_connects_in_asyncios_place_is_left_out_by_a_proxy() -> None:
    dialled = Dialled()
    here = WebsocketsTransport(QUICK, SystemClock(), "none", dialled.sockets)
    for url in ("ws://localhost:81/stream", "wss://localhost:82/stream"):
        failure = await here.open(url, Recorder())
        assert isinstance(failure, Failure)
        assert failure.text == "connection refused"
    assert dialled.hosts == [("localhost", 81), ("localhost", 82)]
    proxied = WebsocketsTransport(QUICK, SystemClock(), "http://127.0.0.1:1", dialled.sockets)
    assert isinstance(await proxied.open("ws://stream.exchange.test/stream", Recorder()), Failure)
    assert len(dialled.hosts) == 2


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (AssertionError(), "the server's answer is no websocket handshake"),
        (ConnectionClosedError(None, None), "the server hung up during the handshake"),
    ],
)
async def test_a_server_that_speaks_or_leaves_before_it_was_asked_is_a_failure(
    error: Exception, text: str
) -> None:
    async def dial(
        loop: asyncio.AbstractEventLoop, protocol_factory: Callable[[], P], host: str, port: int
    ) -> tuple[asyncio.Transport, P]:
        raise error

    transport = WebsocketsTransport(QUICK, SystemClock(), sockets=Sockets(dial, ASYNCIO.start_tls))
    failure = await transport.open("wss://localhost:1/", Recorder())
    assert isinstance(failure, Failure)
    assert failure.text == text


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a server needs to be `localhost`, which is trusted here."""
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@EITHER
async def test_over_tls_everything_comes_though_reading_pauses(
    sockets: Sockets, trusted: ssl.SSLContext
) -> None:
    sent = [f"{number:400}".encode() for number in range(5_000)]

    async def flood(server: ServerConnection) -> None:
        for text in sent:
            await server.send(text.decode())
        await server.wait_closed()

    async with serve(flood, "127.0.0.1", 0, ssl=trusted, close_timeout=0.1) as server:
        recorder = Recorder()
        transport = WebsocketsTransport(QUICK, SystemClock(), sockets=sockets)
        link = await transport.open(f"wss://localhost:{server.sockets[0].getsockname()[1]}/", recorder)
        assert not isinstance(link, Failure), link
        await recorder.until(lambda: len(recorder.got) >= len(sent))
        assert recorder.got == sent
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
        assert recorder.losses == [(1000, "", True)]


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _answer_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


UNTRUSTED = "TLS: the certificate is not trusted"


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("localhost", UNTRUSTED),
        ("127.0.0.1", UNTRUSTED),
        ("plain", "TLS handshake failed"),
        ("gone", "the server hung up during the handshake"),
    ],
)
@EITHER
async def test_tls_that_fails_is_told_and_nothing_breaks(
    sockets: Sockets, host: str, words: str, trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: broken.append(f"{context}"))
    if host == "localhost":
        monkeypatch.delenv("SSL_CERT_FILE")
    talk = _hang_up if host == "gone" else _answer_plainly
    plain = host in ("plain", "gone")
    async with await asyncio.start_server(talk, "127.0.0.1", 0, ssl=None if plain else trusted) as server:
        port = server.sockets[0].getsockname()[1]
        transport = WebsocketsTransport(QUICK, SystemClock(), sockets=sockets)
        failure = await transport.open(f"wss://{'localhost' if plain else host}:{port}/", Recorder())
        assert isinstance(failure, Failure)
        assert failure.text.startswith(words)
        assert failure.tls is words.startswith("TLS")
        # What is left of the attempt ends in the rounds that follow.
        for _ in range(5):
            await asyncio.sleep(0)
    # aiofastnet tells the loop of a handshake that was hung up on; nobody else has anything to say.
    assert not [text for text in broken if "SSL handshake failed" not in text]


def test_what_comes_with_the_end_of_the_tls_handshake_is_kept() -> None:
    early = _Early()
    came: list[object] = []

    class Decrypting(asyncio.Transport):
        def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
            came.append("set")

    class Late(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            came.append("made")

        def data_received(self, data: bytes) -> None:
            came.append(data)

        def connection_lost(self, exc: Exception | None) -> None:
            came.append(exc)

    lost = ConnectionResetError()
    early.data_received(b"first")
    early.data_received(b"second")
    early.connection_lost(lost)
    early.hand_over(Decrypting(), Late())
    assert came == ["set", "made", b"first", b"second", lost]
