"""The seam to a websocket library: open, send, close; frames, pings and the end come back as calls.

The library behind it is `websockets` (asyncio): it makes the handshake and judges what is no plain text. What
is between it and the socket is asyncio's own, or something faster."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from python_socks import ProxyConnectionError as SocksUnreached
from python_socks import ProxyError as SocksError
from python_socks import ProxyTimeoutError as SocksTimeout
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidStatus, ProxyError

from bntui.clock import Clock
from bntui.feed.certificates import trusted_by_streams
from bntui.feed.connection import Connection
from bntui.feed.core.failures import Failure, retry_after_s
from bntui.feed.gulps import Beat
from bntui.feed.opening import ASYNCIO, Opening, Sockets
from bntui.feed.proxy import ProxyUnusable, proxy_for, shown
from bntui.feed.runs import Run
from bntui.venue.limits import Limits


class Receiver(Protocol):
    """Who is told what a connection brings. Called on the loop, never awaited."""

    def frames(self, frames: list[bytes]) -> None:
        """Whole text messages, in order; all of one gulp, or the last of it."""

    def flood(self, run: Run) -> None:
        """Whole text messages of a read so large that more wait: `frames` tells the end of the gulp, within
        its time, if only by nothing."""

    def binary(self, size: int) -> None:
        """A binary message, which no stream of ours should bring."""

    def pinged(self, payload: bytes) -> None:
        """A PING, which wants an answer by `send_pong`."""

    def ponged(self, payload: bytes) -> None:
        """A PONG."""

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        """The connection has ended; the last call."""


class Link(Protocol):
    """An open connection. Nothing here waits; what cannot be sent any more is dropped."""

    def send_text(self, text: str) -> None:
        """Send a text frame."""

    def send_ping(self, payload: bytes) -> None:
        """Send a PING frame."""

    def send_pong(self, payload: bytes) -> None:
        """Answer a PING."""

    def end(self, code: int, reason: str) -> None:
        """Begin the closing handshake; `lost` follows within the close timeout."""


class Transport(Protocol):
    """How connections are made."""

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """An open connection, or why there is none. Cancelling gives the attempt up."""
        ...


REDIRECTION = 3
"""The first digit of an HTTP status that names another address."""

HTTP_REASONS = {
    403: "refused by the exchange's firewall (403): this IP sent too much, or is not let in",
    404: "no such path on the server (404): this address is not the exchange's streams",
    414: "the URL is too long (414)",
    418: "this IP is banned (418)",
    429: "too many connection attempts from this IP (429)",
    451: "not served at this location (451): the exchange blocks it by law; "
    "for Spot data alone, data-stream.binance.vision may work",
}


HUNG_UP = "the server hung up during the handshake"
NO_HANDSHAKE = "the server's answer is no websocket handshake"


class WebsocketsTransport:
    """Connections by the `websockets` library."""

    def __init__(
        self,
        limits: Limits,
        clock: Clock,
        proxy: str = "",
        sockets: Sockets = ASYNCIO,
        beat: Beat | None = None,
    ) -> None:
        """`limits` gives timeouts and the largest message; `proxy` is what the settings name; `beat` is when
        busy connections are read, one of their own where it is not shared."""
        self._limits = limits
        self._clock = clock
        self._proxy = proxy
        self._sockets = sockets
        self._beat = beat or Beat(limits.own_gulp_s)

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """Make one attempt. Nothing that a server or a proxy does raises here."""
        limits = self._limits
        tls = trusted_by_streams() if url.startswith("wss:") else None
        proxy = None
        try:
            proxy = proxy_for(url, self._proxy)
            connection = await Opening(url, limits, self._connection, tls, proxy, self._sockets)
        except (*PROXY_ERRORS, OSError, EOFError, InvalidHandshake, ConnectionClosed) as exc:
            return through(failure_of(exc, limits), proxy)
        except AssertionError:
            # The library takes it for granted that no answer comes before it has asked.
            return through(Failure(NO_HANDSHAKE), proxy)
        assert isinstance(connection, Connection)
        connection.attach(receiver, self._clock, self._beat)
        return connection

    def _connection(self, protocol: ClientProtocol, close_timeout_s: float) -> Connection:
        return Connection(protocol, close_timeout_s, int(self._limits.own_frame_bytes))


def failure_of_status(status: int, retry_after: Sequence[str], limits: Limits) -> Failure:
    """Say in words what an HTTP answer to the handshake means; `retry_after`: the headers of that name."""
    text = HTTP_REASONS.get(status, f"the server answered the handshake with HTTP {status}")
    if status // 100 == REDIRECTION:
        text = f"the server sends us elsewhere ({status}): a login page, or a wrong address"
    return Failure(text, status, retry_after_s(retry_after[0], limits) if len(retry_after) == 1 else None)


PROXY_ERRORS = (ProxyUnusable, InvalidProxy, SocksError, SocksTimeout, SocksUnreached)
"""What goes wrong with proxies alone."""


def through(failure: Failure, proxy: str | None) -> Failure:
    """The failure of an attempt, with the proxy that may be the one to blame. A status is the server's."""
    if proxy is None or failure.status is not None:
        return failure
    return replace(failure, text=f"{failure.text} (through the proxy {shown(proxy)})")


def failure_of(exc: Exception, limits: Limits) -> Failure:
    """Say in words why an attempt failed."""
    match exc:
        case InvalidStatus():
            # Asked for so that a header that comes twice is taken for none, instead of raising.
            said = exc.response.headers.get_all("Retry-After")
            return failure_of_status(exc.response.status_code, said, limits)
        case ProxyUnusable():
            return Failure(str(exc))
        case SocksUnreached():
            return Failure("the proxy cannot be reached")
        case ProxyError() | InvalidProxy() | SocksError():
            return Failure("the proxy does not let us through; look at what it allows, and at its address")
        case ssl.SSLCertVerificationError():
            return Failure(f"TLS: the certificate is not trusted ({exc.verify_message})", tls=True)
        case ssl.SSLError():
            return Failure(f"TLS handshake failed ({exc.reason or 'unknown reason'})", tls=True)
        case socket.gaierror():
            return Failure("the host's name cannot be resolved (DNS)")
        case ConnectionRefusedError():
            return Failure("connection refused")
        case TimeoutError():
            return Failure(f"no answer within {limits.own_open_timeout_s:g} s")
        case ConnectionResetError() | EOFError() | ConnectionClosed():
            return Failure(HUNG_UP)
        case InvalidHandshake() if isinstance(exc.__cause__, ConnectionResetError | EOFError):
            return Failure(HUNG_UP)
        case InvalidHandshake():
            return Failure(NO_HANDSHAKE)
        case OSError() if exc.errno is None:
            # asyncio joins the failures of several addresses into one text.
            return Failure("connection refused" if "refused" in str(exc) else "no address can be reached")
        case OSError():
            return Failure(exc.strerror or "the network failed")
        case _:
            return Failure(type(exc).__name__)
