"""The seam to a websocket library: open, send, close; frames, pings and the end come back as calls.

The library behind it is `websockets` (asyncio). Its message assembler and queue are bypassed: whole text
messages are cut out before it sees them, everything else is taken where its protocol parses it, which also
shows the server's PINGs. While a connection is busy it is read in gulps, which saves most wake-ups.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from python_socks import ProxyConnectionError as SocksUnreached
from python_socks import ProxyError as SocksError
from python_socks import ProxyTimeoutError as SocksTimeout
from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, InvalidProxy, InvalidStatus, ProxyError
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State

from bntui.clock import Clock
from bntui.feed.core.failures import PROTOCOL_ERROR, Failure, retry_after_s
from bntui.feed.framing import LONGEST_HEAD, Pending, frame_bytes, whole_texts
from bntui.feed.gulps import Gulps
from bntui.feed.opening import Opening
from bntui.feed.proxy import ProxyUnusable, proxy_for, shown
from bntui.venue.limits import Limits


class Receiver(Protocol):
    """Who is told what a connection brings. Called on the loop, never awaited."""

    def frames(self, frames: list[bytes]) -> None:
        """Whole text messages, in order; all of one gulp."""

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


CLOSE_REASON_BYTES = 123
"""A control frame holds 125 bytes (RFC 6455, section 5.5), two of them the close code."""

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

    def __init__(self, limits: Limits, clock: Clock, proxy: str = "") -> None:
        """`limits` gives timeouts, the largest message and the gulp; `proxy` is what the settings name."""
        self._limits = limits
        self._clock = clock
        self._proxy = proxy
        self._ssl: ssl.SSLContext | None = None

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """Make one attempt. Nothing that a server or a proxy does raises here."""
        limits = self._limits
        tls = self._tls() if url.startswith("wss:") else None
        proxy = None
        try:
            proxy = proxy_for(url, self._proxy)
            connection = await Opening(url, limits, self._connection, tls, proxy)
        except (*PROXY_ERRORS, OSError, EOFError, InvalidHandshake) as exc:
            return through(failure_of(exc, limits), proxy)
        assert isinstance(connection, _Connection)
        connection.attach(receiver, self._clock, limits)
        return connection

    def _connection(self, protocol: ClientProtocol, close_timeout_s: float) -> _Connection:
        return _Connection(protocol, close_timeout_s, int(self._limits.own_frame_bytes))

    def _tls(self) -> ssl.SSLContext:
        if self._ssl is None:
            self._ssl = ssl.create_default_context()
        return self._ssl


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


def close_reason(text: str) -> str:
    """As much of a reason as a close frame holds."""
    return text.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore")


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
        case ConnectionResetError() | EOFError():
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


_HEAD_ENDS = b"\r\n\r\n"


class _Connection(ClientConnection):
    """A connection that hands frames on as they come. What comes before `attach` is kept for it."""

    def __init__(self, protocol: ClientProtocol, close_timeout_s: float, most_bytes: int) -> None:
        super().__init__(protocol, ping_interval=None, close_timeout=close_timeout_s, max_queue=None)
        self._receiver: Receiver | None = None
        self._gulps: Gulps | None = None
        self._most_bytes = most_bytes
        self._end_after_s = close_timeout_s
        self._gulp: list[bytes] = []
        self._pending = Pending()
        self._head = b""
        """The end of what has come of the handshake's answer."""
        self._left_to_library = False
        """Nothing is cut out any longer: the connection is closing, or the server breaks the protocol."""
        self._fragments = bytearray()
        self._fragments_are_text = True
        self._in_fragments = False
        self._early: list[Callable[[Receiver], None]] = []
        """What came with the handshake's answer, before anybody could be told."""
        self._ended_by_us = False
        self._aborting: asyncio.TimerHandle | None = None

    def attach(self, receiver: Receiver, clock: Clock, limits: Limits) -> None:
        """Hand on what has come so far, and everything from now on as it comes."""
        self._receiver = receiver
        self._gulps = Gulps(self.transport, clock, limits.own_gulp_s)
        self._flush()
        for tell in self._early:
            tell(receiver)
        self._early.clear()

    def _tell(self, tell: Callable[[Receiver], None]) -> None:
        if self._receiver is None:
            self._early.append(tell)
        else:
            tell(self._receiver)

    # From the wire

    def data_received(self, data: bytes) -> None:
        if self.response is None:
            self._answered(data)
        else:
            self._cut(data)
        self._flush()
        if self.protocol.close_expected():
            self._abort_later()
        elif self._gulps is not None:
            self._gulps.read(len(data))

    def _answered(self, data: bytes) -> None:
        """The handshake's answer, and perhaps the first frames behind it: those are not the library's."""
        seen = self._head + data
        ends = seen.find(_HEAD_ENDS)
        if ends < 0:
            self._head = seen[1 - len(_HEAD_ENDS) :]
            super().data_received(data)
            return
        own = ends + len(_HEAD_ENDS) - len(self._head)
        super().data_received(data[:own])
        if len(data) > own:
            if self.response is None or self.protocol.handshake_exc is not None:
                super().data_received(data[own:])
            else:
                self._cut(data[own:])

    def _cut(self, data: bytes) -> None:
        """Take whole texts out; the library gets every other frame, one at a time, so that it never holds the
        beginning of one."""
        if self._left_to_library:
            super().data_received(data)
            return
        data = self._pending.with_next(data)
        at, end = 0, len(data)
        while at < end:
            if not self._in_fragments:
                at = whole_texts(data, at, self._most_bytes, self._gulp)
            size = frame_bytes(data, at)
            if size > self._most_bytes + LONGEST_HEAD or self.protocol.state is not State.OPEN:
                self._left_to_library = True
                super().data_received(data[at:])
                return
            if not size or at + size > end:
                if at < end:
                    self._pending.keep(data[at:], size)
                return
            super().data_received(data[at : at + size])
            at += size

    def _flush(self) -> None:
        if self._gulp and self._receiver is not None:
            frames, self._gulp = self._gulp, []
            self._receiver.frames(frames)

    def process_event(self, event: Event) -> None:
        if self.response is None or not isinstance(event, Frame):
            super().process_event(event)
        elif event.opcode is Opcode.TEXT and event.fin:
            self._gulp.append(_bytes(event))
        elif event.opcode is Opcode.PING:
            asked = _bytes(event)
            self._tell(lambda receiver: receiver.pinged(asked))
        elif event.opcode is Opcode.PONG:
            payload = _bytes(event)
            self._tell(lambda receiver: receiver.ponged(payload))
        elif event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._piece(event)

    def _piece(self, frame: Frame) -> None:
        """A part of a message, or a binary one. The library bounds the sum of the parts."""
        self._in_fragments = not frame.fin
        if frame.opcode is not Opcode.CONT:
            self._fragments.clear()
            self._fragments_are_text = frame.opcode is Opcode.TEXT
        self._fragments += frame.data
        if frame.fin:
            message = bytes(self._fragments)
            self._fragments.clear()
            if self._fragments_are_text:
                self._gulp.append(message)
            else:
                self._tell(lambda receiver: receiver.binary(len(message)))

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._aborting is not None:
            self._aborting.cancel()
        if self._gulps is not None:
            self._gulps.end()
        if self.response is None or self.protocol.handshake_exc is not None:
            return
        loss = self._loss(exc)
        self._tell(lambda receiver: receiver.lost(*loss))

    def _loss(self, exc: Exception | None) -> tuple[int | None, str, bool]:
        """(code, reason, by us) of the end."""
        received, sent = self.protocol.close_rcvd, self.protocol.close_sent
        if received is not None:
            return int(received.code), received.reason, self._ended_by_us
        if self._ended_by_us:
            return (int(sent.code) if sent else None), "", True
        if sent is not None:
            # The library failed the connection, since the server broke the protocol.
            return int(sent.code), f"{PROTOCOL_ERROR}: {sent.reason}", False
        return None, "" if exc is None else type(exc).__name__, False

    # To the wire

    def send_text(self, text: str) -> None:
        self._send(lambda: self.protocol.send_text(text.encode()))

    def send_ping(self, payload: bytes) -> None:
        self._send(lambda: self.protocol.send_ping(payload))

    def send_pong(self, payload: bytes) -> None:
        self._send(lambda: self.protocol.send_pong(payload))

    def end(self, code: int, reason: str) -> None:
        if self.protocol.state is State.OPEN:
            self._ended_by_us = True
            self._send(lambda: self.protocol.send_close(code, close_reason(reason)))
        self._abort_later()

    def _send(self, put: Callable[[], None]) -> None:
        if self.protocol.state is not State.OPEN or self.transport.is_closing():
            return
        put()
        self.send_data()

    def _abort_later(self) -> None:
        """The other side gets a while to finish the closing handshake."""
        if self._gulps is not None:
            self._gulps.end()
        if self._aborting is None:
            self._aborting = self.loop.call_later(self._end_after_s, self.transport.abort)


def _bytes(frame: Frame) -> bytes:
    data = frame.data
    return data if type(data) is bytes else bytes(data)
