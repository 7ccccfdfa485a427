"""The other library behind the transport seam: `picows`, which comes with the extra `bntui[fast]`.

It parses frames in C and calls back for each; over TLS it also does without asyncio's own layer. What it
leaves to its user is done here: fragments and their bound, pings, and how connections end.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from contextlib import suppress

from picows import (
    WSCloseCode,
    WSFrame,
    WSHandshakeError,
    WSListener,
    WSMsgType,
    WSProtocolError,
    WSTransport,
    ws_connect,
)
from picows.picows import WSCloseHandshake, WSCloseInfo

from bntui.clock import Clock
from bntui.feed.core.failures import PROTOCOL_ERROR, Failure
from bntui.feed.gulps import BEHIND_BYTES, Gulps
from bntui.feed.proxy import proxy_for
from bntui.feed.transport import (
    HUNG_UP,
    NO_HANDSHAKE,
    PROXY_ERRORS,
    Link,
    Receiver,
    close_reason,
    failure_of,
    failure_of_status,
    through,
)
from bntui.venue.limits import Limits

log = logging.getLogger("bntui.feed.picows")
"""The library's own words; what matters of them reaches the user another way."""

log.addHandler(logging.NullHandler())
log.propagate = False

READ_BYTES = 2 * BEHIND_BYTES
"""What one read takes at most: as much as asyncio's own, so that what waits is taken in few of them."""

NO_CODE_CAME = 1005
"""What stands for the code of a close frame without one (RFC 6455, section 7.1.5)."""


class PicowsTransport:
    """Connections by the `picows` library."""

    def __init__(self, limits: Limits, clock: Clock, proxy: str = "") -> None:
        """`limits` gives timeouts, the largest message and the gulp; `proxy` is what the settings name."""
        self._limits = limits
        self._clock = clock
        self._proxy = proxy
        self._ssl: ssl.SSLContext | None = None

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """Make one attempt. Nothing that a server or a proxy does raises here."""
        limits = self._limits
        listener = _Listener(receiver, self._clock, limits)
        if url.startswith("wss:") and self._ssl is None:
            self._ssl = ssl.create_default_context()
        proxy = None
        try:
            proxy = proxy_for(url, self._proxy)
            async with asyncio.timeout(limits.own_open_timeout_s):
                _, opened = await ws_connect(
                    lambda: listener,
                    url,
                    ssl_context=self._ssl if url.startswith("wss:") else None,
                    # The whole attempt has this time; here it lets go of what is left of one given up.
                    websocket_handshake_timeout=limits.own_open_timeout_s,
                    logger_name=log,
                    enable_auto_pong=False,
                    max_frame_size=int(limits.own_frame_bytes),
                    read_buffer_init_size=READ_BYTES,
                    extra_headers={"User-Agent": "bntui"},
                    max_redirects=0,
                    proxy=_spelt(proxy),
                )
        except asyncio.CancelledError:
            listener.give_up()
            raise
        except WSHandshakeError as error:
            if error.response is not None:
                said = error.response.headers.getall("Retry-After", [])
                return failure_of_status(int(error.response.status), said, limits)
            return through(Failure(NO_HANDSHAKE if error.raw_header else HUNG_UP), proxy)
        except (*PROXY_ERRORS, OSError, EOFError, ValueError) as error:
            listener.give_up()
            return through(failure_of(error, limits), proxy)
        # It takes a server that hangs up before it answers for one that has answered.
        return listener if opened is listener else Failure(HUNG_UP)


def _spelt(proxy: str | None) -> str | None:
    """The proxy as the library spells it; names are left to a SOCKS proxy under this scheme too."""
    return proxy and proxy.replace("socks5h://", "socks5://", 1)


def _code(said: WSCloseInfo) -> int:
    """The library's own codes are an enumeration, others are plain numbers."""
    code: object = said.code
    number = code.value if isinstance(code, WSCloseCode) else code
    return number or NO_CODE_CAME if isinstance(number, int) else NO_CODE_CAME


async def _ended(transport: WSTransport) -> None:
    """Look at what the library raises at the end, which the close frames tell as well: else it complains."""
    with suppress(Exception):
        await transport.wait_disconnected()


class _Listener(WSListener):
    """One connection: what the library calls for each frame, and what the feed sends by."""

    def __init__(self, receiver: Receiver, clock: Clock, limits: Limits) -> None:
        self._receiver = receiver
        self._clock = clock
        self._limits = limits
        self._most_bytes = int(limits.own_frame_bytes)
        self._transport: WSTransport | None = None
        self._gulps: Gulps | None = None
        self._gulp: list[bytes] = []
        self._gulp_bytes = 0
        self._fragments = bytearray()
        self._fragments_are: WSMsgType | None = None
        """Of which kind the message is whose parts are coming; None between messages."""
        self._broken = False
        """The server has broken the protocol, and the connection ends for it."""
        self._given_up = False
        self._ended_by_us: int | None = None
        """The code with which we ended it as planned."""
        self._aborting: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    # From the wire

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        if self._given_up:
            self._abort()
            return
        self._ending = asyncio.get_running_loop().create_task(_ended(transport))
        self._gulps = Gulps(transport.underlying_transport, self._clock, self._limits.own_gulp_s)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.TEXT and frame.fin and self._fragments_are is None:
            self._gulp.append(frame.get_payload_as_bytes())
            self._gulp_bytes += frame.payload_size
        else:
            self._other(kind, frame)
        if frame.last_in_buffer:
            self._read()

    def _read(self) -> None:
        """All of one read were taken."""
        size, self._gulp_bytes = self._gulp_bytes, 0
        self._flush()
        if self._gulps is not None and self._aborting is None:
            self._gulps.read(size)

    def _flush(self) -> None:
        if self._gulp:
            frames, self._gulp = self._gulp, []
            self._receiver.frames(frames)

    def _other(self, kind: WSMsgType, frame: WSFrame) -> None:
        if kind == WSMsgType.PING:
            self._receiver.pinged(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PONG:
            self._receiver.ponged(frame.get_payload_as_bytes())
        elif kind == WSMsgType.CLOSE:
            self._closed(frame)
        elif not self._broken:
            self._piece(kind, frame)

    def _piece(self, kind: WSMsgType, frame: WSFrame) -> None:
        """A part of a message, or a binary one. Raises WSProtocolError, which ends the connection."""
        if (kind == WSMsgType.CONTINUATION) is (self._fragments_are is None):
            self._broken = True
            raise WSProtocolError(WSCloseCode.PROTOCOL_ERROR, "parts of messages out of order")
        if len(self._fragments) + frame.payload_size > self._most_bytes:
            self._broken = True
            raise WSProtocolError(WSCloseCode.MESSAGE_TOO_BIG, f"over size limit of {self._most_bytes} bytes")
        if self._fragments_are is None:
            self._fragments_are = kind
        self._fragments += frame.get_payload_as_bytes()
        if frame.fin:
            message, whole = bytes(self._fragments), self._fragments_are
            self._fragments.clear()
            self._fragments_are = None
            if whole == WSMsgType.TEXT:
                self._gulp.append(message)
            else:
                self._receiver.binary(len(message))

    def _closed(self, frame: WSFrame) -> None:
        """The server ends, or answers our end: it gets a while to hang up."""
        transport = self._transport
        if transport is not None and not transport.is_close_frame_sent:
            transport.send(WSMsgType.CLOSE, frame.get_payload_as_bytes())
        self._abort_later()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._aborting is not None:
            self._aborting.cancel()
        if self._gulps is not None:
            self._gulps.end()
        if not self._given_up:
            self._flush()
            self._receiver.lost(*self._loss(transport))

    def _loss(self, transport: WSTransport) -> tuple[int | None, str, bool]:
        """(code, reason, by us) of the end."""
        closing: WSCloseHandshake | None = transport.close_handshake
        if closing is None:
            return self._ended_by_us, "", self._ended_by_us is not None
        by_us = self._ended_by_us is not None
        if closing.sent is not None and not closing.recv_then_sent and not by_us:
            # The library failed the connection, since the server broke the protocol.
            return _code(closing.sent), f"{PROTOCOL_ERROR}: {closing.sent.reason}", False
        if closing.recv is not None:
            return _code(closing.recv), closing.recv.reason or "", by_us
        return self._ended_by_us, "", by_us

    # To the wire

    def send_text(self, text: str) -> None:
        self._send(WSMsgType.TEXT, text.encode())

    def send_ping(self, payload: bytes) -> None:
        self._send(WSMsgType.PING, payload)

    def send_pong(self, payload: bytes) -> None:
        self._send(WSMsgType.PONG, payload)

    def end(self, code: int, reason: str) -> None:
        transport = self._transport
        if transport is not None and self._is_open(transport):
            self._ended_by_us = code
            transport.send_close(WSCloseCode(code), close_reason(reason).encode())
        self._abort_later()

    def _send(self, kind: WSMsgType, payload: bytes) -> None:
        if self._transport is not None and self._is_open(self._transport):
            self._transport.send(kind, payload)

    def _is_open(self, transport: WSTransport) -> bool:
        return not (
            self._aborting is not None
            or transport.is_close_frame_sent
            or transport.is_disconnected
            or transport.underlying_transport.is_closing()
        )

    def _abort_later(self) -> None:
        """The other side gets a while to finish the closing handshake."""
        if self._gulps is not None:
            self._gulps.end()
        if self._aborting is None:
            loop = asyncio.get_running_loop()
            self._aborting = loop.call_later(self._limits.own_close_timeout_s, self._abort)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    def give_up(self) -> None:
        """Nobody waits for the connection any longer: hang up, now or as soon as it is made."""
        self._given_up = True
        self._abort()
