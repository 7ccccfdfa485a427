"""An exchange that cannot be reached, or does not let us in: said in words, left alone, and found again."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from math import inf
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bntui.clock import SystemClock
from bntui.model.states import Grade, ShardState, StreamState
from bntui.venue.binance.limits import SPOT
from tests.robust.hostile import FASTER, HostileExchange, Watch, faster, opened, watching

BTC = "BTCUSDT"
OTHER = "BTCDOMUSDT"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[object]]


@asynccontextmanager
async def talking(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[int]]]:
    """A TCP server that talks as it likes: its host and port, and the visits that it had."""
    visits: list[int] = []
    writers: list[asyncio.StreamWriter] = []

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(1)
        writers.append(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    async with await asyncio.start_server(attend, "127.0.0.1", 0, ssl=tls) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", visits
        for writer in writers:
            writer.transport.abort()


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)


async def speaks_something_else(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"SSH-2.0-OpenSSH_9.9 \x1b[2J\r\n\r\n")
    await writer.drain()


async def greets_without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    while True:
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n" + b"X-Header: y\r\n" * 5_000)
        await writer.drain()


async def answers_before_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


def waits(watch: Watch) -> list[float]:
    """How long each connection still waits; inf for one that asks no more."""
    now = watch.clock.monotonic()
    shards = watch.engine.store.shards.values()
    failed = [inf for shard in shards if shard.state is ShardState.FAILED]
    return failed + [shard.retry_at - now for shard in shards if shard.retry_at is not None]


def reasons(watch: Watch) -> str:
    """What the connections say."""
    return " ".join(shard.reason for shard in watch.engine.store.shards.values())


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        (hangs_up, "the server hung up during the handshake"),
        (says_nothing, "no answer within 0.5 s"),
        (speaks_something_else, "the server's answer is no websocket handshake"),
        (greets_without_end, "the server's answer is no websocket handshake"),
    ],
)
async def test_a_host_that_is_no_exchange_is_told_and_probed_gently(
    talk: Talk, words: str, tmp_path: Path
) -> None:
    exchange = HostileExchange([BTC, "ETHUSDT", "BNBUSDT"])
    async with opened(exchange), talking(talk) as (place, visits):
        exchange.streams_url = f"ws://{place}"
        # Reading a greeting without end takes its time; only silence shall be cut short.
        limits = faster(own_stream_cap=1, own_open_timeout_s=0.5 if talk is says_nothing else 10.0)
        async with watching(exchange, tmp_path, limits) as watch:
            await watch.until(lambda: words in reasons(watch))
            at = len(visits)
            began = asyncio.get_running_loop().time()
            await watch.until(lambda: len(visits) >= at + 2)
            # One probe at a time for the host, whatever the number of connections that wait for it.
            assert asyncio.get_running_loop().time() - began >= 0.25
            assert watch.engine.judge().grade is Grade.BLIND
            await watch.until(lambda: words in watch.sentence)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ws://127.0.0.1:{}", "connection refused"),
        ("ws://exchange.invalid:{}", "the host's name cannot be resolved (DNS)"),
    ],
)
async def test_a_host_that_is_not_there_is_told(url: str, words: str, tmp_path: Path) -> None:
    exchange = HostileExchange([BTC])
    async with opened(exchange):
        exchange.streams_url = url.format(free_port())
        async with watching(exchange, tmp_path) as watch:
            await watch.until(lambda: words in watch.sentence)


async def test_tls_that_fails_is_told(tmp_path: Path) -> None:
    exchange = HostileExchange([BTC])
    async with opened(exchange), talking(answers_before_tls) as (place, _):
        exchange.streams_url = f"wss://{place}"
        async with watching(exchange, tmp_path) as watch:
            await watch.until(lambda: "TLS" in watch.sentence)


def certificate_of_nobody(folder: Path) -> ssl.SSLContext:
    """What a server shows that is not whom it says it is: a certificate that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "exchange")])
    now = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    shown = folder / "server.pem"
    shown.write_bytes(
        certificate.public_bytes(pem) + key.private_bytes(pem, private, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_told_and_nothing_is_asked(tmp_path: Path) -> None:
    exchange = HostileExchange([BTC])
    tls = certificate_of_nobody(tmp_path)
    async with opened(exchange), talking(speaks_something_else, tls) as (place, heard):
        exchange.streams_url, exchange.rest_url = f"wss://{place}", f"https://{place}"
        async with watching(exchange, tmp_path) as watch:
            await watch.until(lambda: "TLS: the certificate is not trusted" in watch.sentence)
            await watch.until(lambda: "TLS: the REST host's certificate is not trusted" in watch.sentence)
    assert heard == []


@pytest.mark.parametrize(
    ("status", "headers", "words", "waits_s"),
    [
        (403, {}, "(403)", 60 / FASTER),
        (418, {}, "banned", SPOT.ban_first_s),
        (418, {"Retry-After": "600"}, "banned", 600.0),
        (429, {"Retry-After": "600"}, "(429)", 600.0),
        (429, {"Retry-After": "soon"}, "(429)", 60 / FASTER),
        (451, {}, "data-stream.binance.vision", inf),
        (404, {}, "(404)", inf),
    ],
)
async def test_an_exchange_that_says_no_is_asked_again_when_it_may_be(
    status: int, headers: dict[str, str], words: str, waits_s: float, tmp_path: Path
) -> None:
    exchange = HostileExchange([BTC, "ETHUSDT"], refuses=lambda number: (status, headers))
    async with opened(exchange), watching(exchange, tmp_path, faster(own_stream_cap=1)) as watch:
        await watch.until(lambda: words in watch.sentence and len(waits(watch)) == 2)
        assert exchange.handshakes <= 2, "two connections asked before the first answer came"
        if waits_s is inf:
            assert {shard.state for shard in watch.engine.store.shards.values()} == {ShardState.FAILED}
        else:
            assert all(waits_s - 2.0 <= wait_s <= waits_s for wait_s in waits(watch))
        assert watch.engine.judge().grade is Grade.BLIND


@pytest.mark.parametrize(("status", "headers"), [(503, {}), (429, {"Retry-After": "1"}), (500, {})])
async def test_a_door_that_opens_again_is_found(status: int, headers: dict[str, str], tmp_path: Path) -> None:
    exchange = HostileExchange([BTC], refuses=lambda number: (status, headers) if number == 1 else None)
    async with opened(exchange), watching(exchange, tmp_path) as watch:
        await watch.until(lambda: watch.states() == {BTC: StreamState.LIVE})
        assert exchange.handshakes == 2


# REST


def says(
    status: int, body: bytes = b"", **headers: str
) -> Callable[[str], tuple[int, dict[str, str], bytes]]:
    """Every request gets this answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda path: (status, named, body)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(403), "firewall"),
        (says(418, retry_after="600"), "banned"),
        (
            says(429, b'{"code":-1003,"msg":"Too much request weight used"}', retry_after="600"),
            "fewer requests",
        ),
        (says(451, b'{"code":0,"msg":"restricted location \x1b[2J"}'), "location"),
        (says(500, b"<html>"), "trouble of its own"),
        (says(302, location="http://elsewhere.invalid"), "not the exchange's API"),
        (says(200, b"<html>login</html>"), "no answer, asked for time"),
        (says(200, b"[" * 64 + b"]" * 64), "no answer, asked for time"),
        (says(200, b'{"serverTime":"\xff"}'), "no answer, asked for time"),
    ],
)
async def test_rest_that_fails_degrades_and_leaves_the_streams_alone(
    answer: Callable[[str], tuple[int, dict[str, str], bytes]], words: str, tmp_path: Path
) -> None:
    exchange = HostileExchange([BTC], rest_answer=answer)
    async with opened(exchange), watching(exchange, tmp_path) as watch:
        await watch.until(lambda: words in watch.sentence and watch.states()[BTC] is StreamState.LIVE)
        assert watch.engine.judge().grade is Grade.DEGRADED
        assert watch.sentence.isprintable()
        assert exchange.requests.total() <= 4


async def test_rest_that_cannot_be_reached_is_told_and_found_again(tmp_path: Path) -> None:
    exchange = HostileExchange([BTC])
    async with opened(exchange):
        rest_url, exchange.rest_url = exchange.rest_url, f"http://127.0.0.1:{free_port()}"
        async with watching(exchange, tmp_path) as watch:
            await watch.until(lambda: "the REST host cannot be reached" in watch.sentence)
            assert watch.states()[BTC] is not StreamState.BLIND
        exchange.rest_url = rest_url
        async with watching(exchange, tmp_path) as watch:
            await watch.until(lambda: watch.engine.judge().grade is Grade.LIVE)


@pytest.mark.parametrize("years", [0.001, -0.001, 40])
async def test_a_clock_that_is_far_off_is_told_and_loses_nothing(years: float, tmp_path: Path) -> None:
    exchange = HostileExchange([BTC], clock_ahead_ms=int(years * 365 * 86_400_000))
    async with opened(exchange), watching(exchange, tmp_path) as watch:
        await watch.until(lambda: watch.states()[BTC] is StreamState.LIVE and "clock" in watch.sentence)
        assert watch.engine.judge().grade is Grade.DEGRADED
        (shard,) = watch.engine.store.shards.values()
        assert shard.lag_ms is None or abs(shard.lag_ms) < 60_000, "the lag is what the clocks do not explain"
