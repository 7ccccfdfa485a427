"""The websocket side: one connection's life by the exchange's rules."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import OPEN, Event

from bntui.sim.control import INVALID_REQUEST, POLICY_VIOLATION, Ending, Outcome, Session
from bntui.sim.exchange import Exchange
from bntui.sim.handshake import Target, refusal
from bntui.sim.hub import COMBINED, MICROSECONDS
from bntui.sim.ledger import Breach, ConnectionRecord
from bntui.sim.payloads import stamp
from bntui.sim.rules import FrameRate

GOING_AWAY = 1001
"""Close code at the end of a connection's life; the exchange documents none."""
_INVALID_TEXT = 1007
_SAFE_LINE = 4_000
"""Longer request lines are kept from the library, whose parser takes 8,192 bytes."""


class Client(ServerConnection):
    """One connection.

    It is read in `process_event`, because PING and PONG frames count and must be seen, and written to
    once a tick. What a client leaves unread is bounded: past `send_buffer_bytes` it is cut.
    """

    def __init__(self, exchange: Exchange, *args: Any, **kwargs: Any) -> None:
        """The library's arguments follow the exchange."""
        super().__init__(*args, **kwargs)
        self.shape = 0
        self.finished = asyncio.Event()
        """Set once the connection is to be ended, or gone."""
        self._exchange = exchange
        self._record: ConnectionRecord | None = None
        self._request_head: bytearray | None = bytearray()
        self._long_path: str | None = None
        self._target = Target("/ws")
        self._session = Session(exchange.limits, False, exchange.switches.nested_errors)
        self._rate = FrameRate(exchange.limits)
        self._outbox: list[bytes] = []
        self._message = bytearray()
        self._binary = False
        self._pings: deque[tuple[bytes, float]] = deque()
        self._replies: deque[tuple[float, str]] = deque()
        self._next_ping_at = 0.0
        self._announce_at: float | None = None
        self._ending: tuple[float, Ending] | None = None
        self._muted = False
        self._frozen = False
        self._cut = False

    @property
    def number(self) -> int:
        """The connection's number in the report; 0 before the handshake is done."""
        return self._record.number if self._record else 0

    # Handshake

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A TCP connection; with the fault `refuse` it is cut at once."""
        super().connection_made(transport)
        self._exchange.visitors.add(self)
        if self._exchange.faults.refuse:
            self._exchange.ledger.attempts += 1
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client. A long request line is taken out before the library sees it."""
        if self._request_head is None:
            super().data_received(data)
            return
        self._request_head += data
        line, found, rest = self._request_head.partition(b"\r\n")
        if len(line) > self._exchange.limits.url_chars + len("GET  HTTP/1.1"):
            self._exchange.ledger.attempts += 1
            self._exchange.breach(Breach.LONG_URL, f"a request line of {len(line)} characters or more")
            self.transport.write(
                b"HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            self.transport.close()
            return
        if not found:
            return
        head, self._request_head = bytes(self._request_head), None
        if len(line) > _SAFE_LINE:
            method, _, tail = line.decode("latin-1").partition(" ")
            self._long_path, _, version = tail.rpartition(" ")
            head = f"{method} / {version}\r\n".encode("latin-1") + rest
        super().data_received(head)

    def admit(self, request: Request) -> Response | None:
        """Decide about a handshake; None lets it pass."""
        exchange = self._exchange
        exchange.ledger.attempts += 1
        rules = exchange.doors.address(str(self.remote_address[0]))
        denial = rules.attempt(exchange.clock.monotonic(), exchange.clock.wall_ms())
        if denial is not None:
            kind = Breach.TOO_MANY_ATTEMPTS if denial.status == 429 else Breach.BANNED
            exchange.breach(kind, f"a connection attempt, answered with {denial.status}")
            return refusal(denial.status, denial.retry_after_s)
        if (fault := exchange.faults.handshake) is not None:
            return refusal(fault.status, fault.retry_after_s)
        try:
            self._target = Target(self._long_path or request.path)
        except ValueError as error:
            exchange.breach(Breach.WRONG_PATH, str(error))
            return refusal(404)
        return None

    def opened(self) -> None:
        """The handshake is done."""
        exchange, target = self._exchange, self._target
        now = exchange.clock.monotonic()
        self._record = exchange.ledger.opened(target.path, exchange.clock.wall_ms())
        exchange.visitors.discard(self)
        exchange.members[self.number] = self
        self._session.combined = target.combined
        self._muted = exchange.faults.no_data
        self._next_ping_at = now + exchange.limits.server_ping_interval_s
        life_ends_at = now + exchange.limits.connection_life_s
        self._ending = (life_ends_at, Ending(GOING_AWAY, ""))
        if (lead := exchange.switches.shutdown_lead_s) is not None:
            self._announce_at = life_ends_at - exchange.rng.uniform(*lead)
        outcome = self._session.add(target.names, None)
        outcome.reply = outcome.reply if outcome.ending else ""
        self._carry_out(outcome)

    def connection_lost(self, exc: Exception | None) -> None:
        """The TCP connection is gone."""
        super().connection_lost(exc)
        self.finished.set()
        record, exchange = self._record, self._exchange
        exchange.visitors.discard(self)
        if record is None:
            return
        exchange.members.pop(record.number, None)
        exchange.leave(list(self._session.streams), self)
        protocol = self.protocol
        record.closed_ms = exchange.clock.wall_ms()
        if protocol.close_rcvd is not None and protocol.close_rcvd_then_sent is not False:
            record.closed_by = "client"
            record.close_code, record.close_reason = protocol.close_rcvd.code, protocol.close_rcvd.reason
        elif protocol.close_sent is not None:
            record.closed_by = "server"
            record.close_code, record.close_reason = protocol.close_sent.code, protocol.close_sent.reason
        else:
            record.closed_by = "server" if self._cut else "nobody"
        exchange.ledger.closed(record)

    # Reading

    def process_event(self, event: Event) -> None:
        """A frame from the client, or its handshake request."""
        if self._record is None or not isinstance(event, Frame):
            super().process_event(event)
            return
        if self.protocol.state is not OPEN or event.opcode is Opcode.CLOSE:
            return
        if event.opcode is not Opcode.CONT:
            self._record.client_frames += 1
            if not self._rate.allows(self._exchange.clock.monotonic()):
                self._breach(Breach.FRAME_RATE, "more frames in a second than allowed")
                self.end(POLICY_VIOLATION, "Too many requests")
                return
        if event.opcode is Opcode.PING:
            self._record.client_pings += 1
        elif event.opcode is Opcode.PONG:
            self._ponged(bytes(event.data))
        elif event.opcode in DATA_OPCODES:
            self._collect(event)

    def _collect(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._binary = frame.opcode is Opcode.BINARY
            self._message.clear()
        self._message += frame.data
        if not frame.fin:
            return
        if self._binary:
            self._breach(Breach.BINARY_FRAME, f"a binary frame of {len(self._message)} bytes")
            self.end(POLICY_VIOLATION, INVALID_REQUEST)
            return
        if len(self._message) > self._exchange.limits.subscribe_frame_bytes:
            self._breach(Breach.LONG_FRAME, f"a text frame of {len(self._message)} bytes, ignored")
            return
        try:
            text = self._message.decode()
        except UnicodeDecodeError:
            self.end(_INVALID_TEXT, "")
            return
        self._carry_out(self._session.handle(text))

    def _ponged(self, payload: bytes) -> None:
        assert self._record is not None
        payloads = [sent for sent, _ in self._pings]
        if not payload and payloads and self._exchange.switches.empty_pongs_count:
            payload = payloads[-1]
        if payload not in payloads:
            self._record.stray_pongs += 1
            return
        for _ in range(payloads.index(payload) + 1):
            self._pings.popleft()
        self._record.pongs += 1
        self._record.last_pong_ms = self._exchange.clock.wall_ms()

    def _carry_out(self, outcome: Outcome) -> None:
        assert self._record is not None
        exchange = self._exchange
        if outcome.breach is not None:
            self._breach(*outcome.breach)
        if outcome.reply and not exchange.faults.no_ack:
            if exchange.faults.ack_delay_s:
                at = exchange.clock.monotonic() + exchange.faults.ack_delay_s
                self._replies.append((at, outcome.reply))
            else:
                self._reply(outcome.reply)
        self._update_shape()
        exchange.leave(outcome.left, self)
        exchange.join(outcome.joined, self)
        self._record.streams = len(self._session.streams)
        if (ending := outcome.ending) is not None:
            if ending.after_s:
                self._end_within(ending.after_s, ending)
            else:
                self.end(ending.code, ending.reason)

    def _update_shape(self) -> None:
        self.shape = (COMBINED if self._session.combined else 0) | (MICROSECONDS if self._target.micro else 0)

    def _breach(self, kind: Breach, text: str) -> None:
        self._exchange.breach(kind, text, self.number)

    # Writing

    def push(self, text: bytes, frame: bytes) -> None:
        """Take one message of a stream; it is written at the end of the tick."""
        if self._muted or self.protocol.state is not OPEN:
            return
        if not self._outbox:
            self._exchange.wants_flush(self)
        self._outbox.append(text if self.protocol.extensions else frame)

    def flush(self) -> None:
        """Write what was pushed. Never waits; whoever reads too slowly is cut."""
        messages, self._outbox = self._outbox, []
        if self._frozen or self._record is None or self.protocol.state is not OPEN:
            return
        self._record.frames_sent += len(messages)
        if self.protocol.extensions:
            for text in messages:
                self.protocol.send_text(text)
            self.send_data()
        else:
            self.transport.write(b"".join(messages))
        waiting = self.transport.get_write_buffer_size()
        if waiting > self._exchange.switches.send_buffer_bytes:
            self._breach(Breach.SLOW_CONSUMER, f"{waiting} bytes were left unread")
            self.abort()

    def _reply(self, text: str) -> None:
        """Send a control message now."""
        if self._frozen or self._record is None or self.protocol.state is not OPEN:
            return
        self._record.frames_sent += 1
        self.protocol.send_text(text.encode(errors="replace"))
        self.send_data()

    # By the clock

    def tick(self, now: float) -> None:
        """Ping, and end what has to end."""
        if self._frozen or self.protocol.state is not OPEN:
            return
        if self._pings and now - self._pings[0][1] >= self._exchange.limits.pong_timeout_s:
            self._breach(Breach.PONG_TIMEOUT, "a ping was not answered in time")
            self.end(POLICY_VIOLATION, "Pong timeout")
            return
        if now >= self._next_ping_at:
            self._ping(now)
        while self._replies and self._replies[0][0] <= now:
            self._reply(self._replies.popleft()[1])
        if self._announce_at is not None and now >= self._announce_at:
            self._announce()
        if self._ending is not None and now >= self._ending[0]:
            self.end(self._ending[1].code, self._ending[1].reason)

    def _ping(self, now: float) -> None:
        assert self._record is not None
        while self._next_ping_at <= now:
            self._next_ping_at += max(self._exchange.limits.server_ping_interval_s, 0.001)
        payload = str(self._exchange.now_ms).encode()
        self._pings.append((payload, now))
        self._record.pings_sent += 1
        self._record.last_ping_ms = self._exchange.clock.wall_ms()
        self.protocol.send_ping(payload)
        self.send_data()

    def _announce(self) -> None:
        self._announce_at = None
        moment = stamp(self._exchange.source.now_us(), self._target.micro)
        event = f'{{"e":"serverShutdown","E":{moment}}}'
        if self._session.combined:
            event = f'{{"stream":"!serverShutdown","data":{event}}}'
        self._reply(event)

    def _end_within(self, seconds: float, ending: Ending) -> None:
        at = self._exchange.clock.monotonic() + seconds
        if self._ending is None or at < self._ending[0]:
            self._ending = (at, ending)

    # What faults do

    def announce_shutdown(self, after_s: float) -> None:
        """Send `serverShutdown`, and close after a while."""
        self._announce()
        self._end_within(after_s, Ending(GOING_AWAY, ""))

    def end(self, code: int, reason: str) -> None:
        """Close with a code; the library sees to the rest of the closing handshake."""
        if self.protocol.state is not OPEN:
            return
        self.flush()
        if self.protocol.state is OPEN:
            self.protocol.send_close(code, reason)
            self.send_data()
            self.finished.set()

    def abort(self) -> None:
        """Cut the TCP connection, without a close frame."""
        self._cut = True
        self.transport.abort()
        self.finished.set()

    def freeze(self, frozen: bool) -> None:
        """Stop reading and writing while the socket stays open, or go on."""
        if frozen is self._frozen or self.transport.is_closing():
            return
        self._frozen = frozen
        if frozen:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()


async def attend(connection: ServerConnection) -> None:
    """Look after one connection until it is to end."""
    if not isinstance(connection, Client):
        raise TypeError("the server makes clients")
    connection.opened()
    await connection.finished.wait()


def admit(connection: ServerConnection, request: Request) -> Response | None:
    """Decide about one handshake."""
    if not isinstance(connection, Client):
        raise TypeError("the server makes clients")
    return connection.admit(request)


def client_class(exchange: Exchange) -> type[ServerConnection]:
    """The class of connections of one exchange, in the form that the library wants."""

    class ExchangeClient(Client):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(exchange, *args, **kwargs)

    return ExchangeClient
