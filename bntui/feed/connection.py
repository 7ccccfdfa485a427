"""One open websocket: what comes is handed on as it comes, in gulps while it is busy.

The library's message assembler and queue are bypassed: whole text messages are cut out before it sees them,
everything else is taken where its protocol parses it, which also shows the server's PINGs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import Event, State

from bntui.clock import Clock
from bntui.feed.core.failures import PROTOCOL_ERROR
from bntui.feed.framing import LONGEST_HEAD, Pending, frame_bytes, whole_texts
from bntui.feed.gulps import Beat, Gulps
from bntui.feed.runs import run_of

if TYPE_CHECKING:
    from bntui.feed.transport import Receiver

CLOSE_REASON_BYTES = 123
"""A control frame holds 125 bytes (RFC 6455, section 5.5), two of them the close code."""

MANY_BYTES = 1 << 12
"""A read of so much, some twenty messages, is parted where frames seem to begin: in C, and nothing is cut out
that is worthless already."""

_HEAD_ENDS = b"\r\n\r\n"


class Connection(ClientConnection):
    """A connection that hands frames on as they come. What comes before `attach` is kept for it."""

    def __init__(self, protocol: ClientProtocol, close_timeout_s: float, most_bytes: int) -> None:
        """`most_bytes`: the longest message that is taken."""
        super().__init__(protocol, ping_interval=None, close_timeout=close_timeout_s, max_queue=None)
        self._socket: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._gulps: Gulps | None = None
        self._most_bytes = most_bytes
        self._end_after_s = close_timeout_s
        self._gulp: list[bytes] = []
        self._flooded = False
        """Messages of this gulp were handed on already."""
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

    def below(self, endpoint: asyncio.Transport) -> None:
        """What reads from the socket, where that is another than what decrypts."""
        self._socket = endpoint

    def attach(self, receiver: Receiver, clock: Clock, beat: Beat) -> None:
        """Hand on what has come so far, and everything from now on as it comes."""
        self._receiver = receiver
        self._gulps = Gulps(self._socket or self.transport, clock, beat, self._flush)
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
        """Bytes came."""
        gulps, goes_on = self._gulps, False
        if self.response is None:
            self._answered(data)
        else:
            goes_on = gulps is not None and gulps.goes_on(len(data))
            self._cut(data, many=len(data) >= MANY_BYTES)
        ends = self.protocol.close_expected()
        if ends or not goes_on:
            self._flush()
        if ends:
            self._abort_later()
        elif gulps is not None:
            gulps.read(len(data))

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

    def _cut(self, data: bytes, *, many: bool = False) -> None:
        """Take whole texts out; the library gets every other frame, one at a time, so that it never holds the
        beginning of one. Of many at once most are handed on in a run."""
        if self._left_to_library:
            super().data_received(data)
            return
        data = self._pending.with_next(data)
        at, end = self._hand_on_run(data) if many else 0, len(data)
        while at < end:
            if not self._in_fragments and self.protocol.state is State.OPEN:
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

    def _hand_on_run(self, data: bytes) -> int:
        """Hand the run on that the data begins with; where it ends."""
        if self._receiver is None or self._in_fragments or self.protocol.state is not State.OPEN:
            return 0
        run = run_of(data, self._most_bytes, self._gulp)
        if run.end:
            self._gulp = []
            self._flooded = True
            self._receiver.flood(run)
        return run.end

    def _flush(self) -> None:
        if (self._gulp or self._flooded) and self._receiver is not None:
            frames, self._gulp = self._gulp, []
            self._flooded = False
            self._receiver.frames(frames)

    def process_event(self, event: Event) -> None:
        """The library parsed a frame, or the answer to the handshake."""
        if self.response is None or not isinstance(event, Frame):
            super().process_event(event)
        elif event.opcode is Opcode.TEXT and event.fin:
            self._gulp.append(_bytes(event))
        elif event.opcode is Opcode.PING:
            asked = _bytes(event)
            self._tell(lambda receiver: receiver.pinged(asked))
        elif event.opcode is Opcode.PONG:
            payload = _bytes(event)
            if self._gulps is not None:
                self._gulps.answered()
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
        """The socket is closed."""
        super().connection_lost(exc)
        if self._aborting is not None:
            self._aborting.cancel()
        if self._gulps is not None:
            self._gulps.end()
        self._flush()
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
        """Send a text frame."""
        self._send(lambda: self.protocol.send_text(text.encode()))

    def send_ping(self, payload: bytes) -> None:
        """Send a PING frame."""
        self._send(lambda: self.protocol.send_ping(payload))
        if self._gulps is not None:
            self._gulps.awaits_answer()

    def send_pong(self, payload: bytes) -> None:
        """Answer a PING."""
        self._send(lambda: self.protocol.send_pong(payload))

    def end(self, code: int, reason: str) -> None:
        """Begin the closing handshake."""
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
        self._flush()
        if self._aborting is None:
            self._aborting = self.loop.call_later(self._end_after_s, self.transport.abort)


def _bytes(frame: Frame) -> bytes:
    data = frame.data
    return data if type(data) is bytes else bytes(data)


def close_reason(text: str) -> str:
    """As much of a reason as a close frame holds."""
    return text.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore")
