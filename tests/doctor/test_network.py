"""The way to a host is looked at step by step, and the first step that fails is the one that is told."""

from __future__ import annotations

import asyncio
import datetime
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bntui.clock import SystemClock
from bntui.doctor.findings import Outcome
from bntui.doctor.network import Patience, Way, latency, place_of, way_to

QUICK = Patience(2.0, SystemClock())
HASTY = Patience(0.2, SystemClock())


def outcomes(way: Way) -> dict[str, Outcome]:
    """What each step came to."""
    return {finding.check: finding.outcome for finding in way.findings}


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Something that takes connections and says nothing; its port."""

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            writer.close()

    async with await asyncio.start_server(attend, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(plain + made.public_bytes(pem))
    return file


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_plain_host_is_reached() -> None:
    async with serving() as port:
        way = await way_to(f"http://localhost:{port}/path", QUICK)
    assert way.open
    assert outcomes(way) == {"dns": Outcome.OK, "tcp": Outcome.OK, "tls": Outcome.SKIPPED}
    assert way.ms is not None


async def test_an_address_has_no_name_to_look_up() -> None:
    async with serving() as port:
        way = await way_to(f"ws://127.0.0.1:{port}", QUICK)
    assert outcomes(way)["dns"] is Outcome.SKIPPED


async def test_a_name_that_nobody_knows_is_told() -> None:
    way = await way_to("https://exchange.invalid", QUICK)
    (found,) = way.findings
    assert (found.check, found.outcome, found.code) == ("dns", Outcome.BAD, 4)
    assert found.said == "the name cannot be resolved"
    assert "getent hosts exchange.invalid" in found.fix
    assert not way.open


async def test_a_resolver_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*args: object, **kwargs: object) -> list[object]:
        loop_ends.wait(20)
        return []

    loop_ends = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    (found,) = (await way_to("https://exchange.test", HASTY)).findings
    loop_ends.set()
    assert found.said == "the resolver does not answer within 0.2 s"
    assert "/etc/resolv.conf" in found.fix


async def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        way = await way_to(f"https://127.0.0.1:{free.getsockname()[1]}", QUICK)
    found = way.findings[-1]
    assert (found.check, found.said, found.code) == ("tcp", "connection refused", 4)
    assert "--stream-url" in found.fix
    assert not way.open


async def test_a_host_that_answers_nothing_is_told_with_its_port(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(*args: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", wait)
    found = (await way_to("https://127.0.0.1:9443", HASTY)).findings[-1]
    assert found.said == "no answer within 0.2 s"
    assert "let TCP out to port 9443" in found.fix


async def test_an_address_that_leads_nowhere_before_one_that_answers_is_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as port:
        rows = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.2", port)),
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)
        way = await way_to(f"http://exchange.test:{port}", QUICK)
        found = await latency(f"http://exchange.test:{port}", QUICK)
    assert outcomes(way)["tcp"] is Outcome.WARN
    assert "IPv6" in way.findings[1].fix
    assert way.open
    assert found.said == "at 127.0.0.1"


async def test_a_certificate_that_nobody_vouches_for_is_told(certificate: Path) -> None:
    async with serving(server_side(certificate)) as port:
        way = await way_to(f"https://localhost:{port}", QUICK)
    found = way.findings[-1]
    assert (found.check, found.outcome, found.code) == ("tls", Outcome.BAD, 4)
    assert found.said.startswith("the certificate is not trusted (self")
    assert "date -u" in found.fix
    assert not way.open


async def test_a_certificate_that_is_trusted_is_good(certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    async with serving(server_side(certificate)) as port:
        way = await way_to(f"wss://localhost:{port}", QUICK, trusting)
    assert outcomes(way)["tls"] is Outcome.OK
    assert way.findings[-1].said.startswith("TLSv1.")


async def test_a_server_that_speaks_no_tls_is_told() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        way = await way_to(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", QUICK)
    assert way.findings[-1].said.startswith("the handshake failed")
    assert not way.open


async def test_a_server_that_never_shakes_hands_is_not_waited_for() -> None:
    async with serving() as port:
        found = (await way_to(f"https://127.0.0.1:{port}", HASTY)).findings[-1]
    assert (found.check, found.said) == ("tls", "no answer within 0.2 s")


async def test_a_host_that_nobody_needs_is_no_more_than_a_warning() -> None:
    unknown = await latency("https://exchange.invalid", QUICK)
    assert (unknown.outcome, unknown.code) == (Outcome.WARN, 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        refused = await latency(f"https://127.0.0.1:{free.getsockname()[1]}", QUICK)
    assert (refused.outcome, refused.said) == (Outcome.WARN, "connection refused")


def test_a_place_is_host_and_port() -> None:
    assert place_of("https://api.exchange.test/x") == "api.exchange.test:443"
