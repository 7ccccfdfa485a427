"""Every connection goes through the proxy that is named, or not at all; those on this machine never do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from bntui.clock import Clock, SystemClock
from bntui.errors import RestError
from bntui.feed.core.budget import WeightBudget
from bntui.feed.core.failures import Failure
from bntui.feed.proxy import ProxyUnusable, host_and_port, is_here, is_proxied, proxy_for, shown
from bntui.feed.rest import RestClient
from bntui.feed.transport import Transport, WebsocketsTransport
from bntui.venue.binance.limits import SPOT
from bntui.venue.limits import Limits
from tests.support.feed import VENUE
from tests.support.programs import exchange
from tests.support.proxies import Asked, http_proxy, socks_proxy
from tests.support.recorder import Recorder
from tests.support.sockets import FAST

QUICK = SPOT.override({"own_open_timeout_s": 5.0, "own_close_timeout_s": 0.3})

FAR = "https://api.exchange.test"

Proxied = Callable[[str], AbstractAsyncContextManager[Asked]]
MakeTransport = Callable[[Limits, Clock, str], Transport]


def over_fast_sockets(limits: Limits, clock: Clock, proxy: str = "") -> Transport:
    """The usual transport, with what connects in asyncio's place."""
    return WebsocketsTransport(limits, clock, proxy, FAST)


TRANSPORTS = pytest.mark.parametrize("make", [WebsocketsTransport, over_fast_sockets])


def rest_client(url: str, proxy: str = "") -> RestClient:
    """A client with weight enough."""
    return RestClient(url, VENUE, WeightBudget(6_000, 60, 1, 1), SystemClock(), proxy=proxy)


@pytest.mark.parametrize("secure", ["https://api.exchange.test", "wss://stream.exchange.test:9443"])
def test_rest_and_streams_go_the_same_way(secure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for(secure) is None
    monkeypatch.setenv("ALL_PROXY", "socks5://10.0.0.1")
    assert proxy_for(secure) == "socks5h://10.0.0.1:1080"
    monkeypatch.setenv("HTTPS_PROXY", "10.0.0.2:3128")
    assert proxy_for(secure) == "http://10.0.0.2:3128"
    plain = secure.replace("s://", "://", 1)
    assert proxy_for(plain) == "socks5h://10.0.0.1:1080", "HTTPS_PROXY is for what is encrypted"


@pytest.mark.parametrize("named", ["api.exchange.test", ".exchange.test", "*", "other.test, exchange.test"])
def test_no_proxy_names_hosts_that_are_reached_directly(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.2:3128")
    monkeypatch.setenv("NO_PROXY", named)
    assert proxy_for(FAR) is None
    assert proxy_for("https://exchange.elsewhere") is None if named == "*" else True


def test_the_settings_beat_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://10.0.0.2:3128")
    assert proxy_for(FAR, "none") is None
    monkeypatch.setenv("NO_PROXY", "*")
    assert proxy_for(FAR, "socks5://10.0.0.3:9050") == "socks5h://10.0.0.3:9050"


@pytest.mark.parametrize("here", ["http://127.0.0.1:1", "ws://localhost:2", "ws://[::1]:3"])
def test_no_proxy_is_asked_for_what_is_on_this_machine(here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://10.0.0.2:3128")
    assert proxy_for(here) is None
    assert proxy_for(here, "http://10.0.0.2:3128") is None


@pytest.mark.parametrize(
    "bad", ["gopher://10.0.0.2:70", "socks4://10.0.0.2", "http://", "http://x:port", "://"]
)
def test_a_proxy_that_cannot_be_used_is_refused_without_repeating_it(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", bad)
    with pytest.raises(ProxyUnusable, match="a proxy is set that cannot be used") as told:
        proxy_for(FAR)
    assert "10.0.0.2" not in str(told.value)
    assert is_proxied(FAR), "it is named, and so nothing goes around it"


def test_a_password_goes_to_the_proxy_and_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:word@proxy.test:3128")
    proxy = proxy_for(FAR)
    assert proxy == "http://user:word@proxy.test:3128"
    assert shown(proxy) == "http://proxy.test:3128"
    assert shown("socks5h://[fe80::1]:1080") == "socks5h://[fe80::1]:1080"


def test_where_an_address_is_reached() -> None:
    assert host_and_port("wss://stream.exchange.test:9443/x") == ("stream.exchange.test", 9443)
    assert host_and_port(FAR) == ("api.exchange.test", 443)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("ws://127.0.0.1:9443", True),
        ("http://localhost:8000/x", True),
        ("http://sim.localhost", True),
        ("ws://[::1]:1", True),
        ("wss://stream.binance.com:9443", False),
        ("ws://192.168.1.5", False),
        ("ws://localhost.evil.example", False),
        ("nonsense", False),
    ],
)
def test_only_loopback_addresses_are_of_this_machine(url: str, here: bool) -> None:
    assert is_here(url) is here


@TRANSPORTS
@pytest.mark.parametrize(("made", "scheme"), [(http_proxy, "http"), (socks_proxy, "socks5")])
async def test_streams_go_through_the_proxy_that_is_named(
    made: Proxied, scheme: str, make: MakeTransport
) -> None:
    async with exchange() as sim, made(sim.urls.streams) as asked:
        transport = make(QUICK, SystemClock(), f"{scheme}://127.0.0.1:{asked.port}")
        recorder = Recorder()
        link = await transport.open("ws://stream.exchange.test:9443/stream", recorder)
        assert not isinstance(link, Failure), link
        link.end(1000, "")
        await recorder.until(lambda: recorder.losses)
    assert asked.names == ["stream.exchange.test:9443"], "the name itself: it was not resolved here"


@pytest.mark.parametrize(("made", "scheme"), [(http_proxy, "http"), (socks_proxy, "socks5")])
async def test_rest_goes_through_the_proxy_that_is_named(made: Proxied, scheme: str) -> None:
    async with exchange() as sim, made(sim.urls.rest) as asked:
        rest = rest_client("http://api.exchange.test:8080", f"{scheme}://127.0.0.1:{asked.port}")
        await rest.sample_clock()
        await rest.close()
    assert asked.names == ["api.exchange.test:8080"]


@TRANSPORTS
@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("http://127.0.0.1:9", "connection refused (through the proxy http://127.0.0.1:9)"),
        ("socks5://127.0.0.1:9", "the proxy cannot be reached (through the proxy socks5h://127.0.0.1:9)"),
        ("gopher://127.0.0.1:9", "a proxy is set that cannot be used"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_told(
    proxy: str, words: str, make: MakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    failure = await make(QUICK, SystemClock(), "").open("ws://exchange.invalid/stream", Recorder())
    assert isinstance(failure, Failure)
    assert failure.text.startswith(words)


@TRANSPORTS
async def test_a_proxy_that_says_no_is_told(make: MakeTransport) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        transport = make(QUICK, SystemClock(), proxy)
        failure = await transport.open("ws://exchange.invalid/stream", Recorder())
    assert isinstance(failure, Failure)
    assert "the proxy does not let us through" in failure.text


async def test_rest_tells_which_proxy_failed() -> None:
    rest = rest_client("http://exchange.invalid", "http://127.0.0.1:9")
    with pytest.raises(RestError, match=r"cannot be reached \(through the proxy http://127.0.0.1:9\)"):
        await rest.sample_clock()
    await rest.close()
