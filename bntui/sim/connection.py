"""A websocket connection's life by the exchange's rules, whatever is said on it."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterable
from typing import Any

from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.protocol import OPEN, Event

from bntui.sim.arrival import Arrival
from bntui.sim.control import INVALID_REQUEST, POLICY_VIOLATION, Ending
from bntui.sim.exchange import Exchange
from bntui.sim.faults import Fault
from bntui.sim.heartbeat import Heartbeat
from bntui.sim.hub import text_frame
from bntui.sim.ledger import Breach, ConnectionRecord
from bntui.sim.listenkeys import masked
from bntui.sim.mangling import with_other_id
from bntui.sim.payloads import stamp

_INVALID_TEXT = 1007
_MOST_LATE_REPLIES = 1_000


class Connection(Arrival):
    """One connection.

    It is read in `process_event`, because PING and PONG frames count and must be seen, and written to
    once a tick. What a client leaves unread is bounded: past `send_buffer_bytes` it is cut. Of late
    replies it has a thousand at most; the oldest are lost.
    """

    def __init__(self, exchange: Exchange, *args: Any, **kwargs: Any) -> None:
        """The library's arguments follow the exchange."""
        super().__init__(exchange, *args, **kwargs)
        self._record: ConnectionRecord | None = None
        self._outbox: list[bytes] = []
        self._message = bytearray()
        self._binary = False
        self._heartbeat = Heartbeat(exchange.switches.empty_pongs_count)
        self._replies: deque[tuple[float, str]] = deque(maxlen=_MOST_LATE_REPLIES)
        self._next_ping_at = 0.0
        self._announce_at: float | None = None
        self._ending: tuple[float, Ending] | None = None
        self._muted: set[object] = set()
        self._frozen: set[object] = set()

    @property
    def number(self) -> int:
        """The connection's number in the report; 0 before the handshake is done."""
        return self._record.number if self._record else 0

    @property
    def record(self) -> ConnectionRecord:
        """What the report says of it. Raises RuntimeError before the handshake is done."""
        if self._record is None:
            raise RuntimeError("the handshake is not done")
        return self._record

    @property
    def path(self) -> str:
        """What its handshake asked for, with the query."""
        return self._target.path

    # What kinds of connections differ in

    async def attend(self) -> None:
        """Look after it until it is to end."""
        self.opened()
        await self.finished.wait()

    def begin(self) -> None:
        """The handshake is done, and the connection counts as open."""

    def gone(self) -> None:
        """The TCP connection is gone."""

    def heard(self, text: str) -> None:
        """A whole text message came."""

    def allows_frame(self, opcode: Opcode, now: float) -> bool:
        """Count a frame from the client. False when it is one too many."""
        return True

    def ignores(self, size: int) -> bool:
        """Whether a text message is too long to be read."""
        return False

    def shutdown_text(self, event: str) -> str:
        """`serverShutdown` in the connection's envelope."""
        return event

    def forget(self, names: Iterable[str]) -> None:
        """Lose subscriptions without a word."""

    def overhear(self, names: Iterable[str], hears: bool) -> None:
        """Get data of streams that were not asked for, or no longer."""

    def terminate(self) -> None:
        """End the subscriptions to accounts, and say so where that is usual."""

    # From the handshake to the end

    def opened(self) -> None:
        """The handshake is done."""
        exchange, target = self._exchange, self._target
        now = exchange.clock.monotonic()
        self._record = exchange.ledger.opened(masked(target.path), exchange.clock.wall_ms())
        if exchange.switches.socket_buffer_bytes:
            sock: socket.socket = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, exchange.switches.socket_buffer_bytes)
        exchange.visitors.discard(self)
        exchange.members[self.number] = self
        self._next_ping_at = now + self._first_ping_s()
        life_ends_at = now + exchange.limits.connection_life_s
        self._ending = (life_ends_at, self._life_ending)
        if (lead := self._shutdown_lead) is not None:
            self._announce_at = life_ends_at - exchange.rng.uniform(*lead)
        faults = exchange.faults
        if faults.on(Fault.NO_DATA):
            self.mute(Fault.NO_DATA, True)
        self.begin()
        if faults.on(Fault.SILENCE):
            self.freeze(Fault.SILENCE, True)
        if (words := faults.hit(Fault.ACCEPT_CLOSE)) is not None:
            self.end_within(words.number("after"), Ending(words.whole("code"), words.text("reason")))

    def _first_ping_s(self) -> float:
        """How long after the handshake the first ping comes."""
        exchange = self._exchange
        if (words := exchange.faults.hit(Fault.FIRST_PING)) is not None:
            return words.number("seconds")
        interval_s = exchange.limits.server_ping_interval_s
        return exchange.rng.uniform(0, interval_s) if exchange.house.pings_by_the_clock else interval_s

    def connection_lost(self, exc: Exception | None) -> None:
        """The TCP connection is gone."""
        super().connection_lost(exc)
        record, exchange = self._record, self._exchange
        if record is None:
            return
        exchange.members.pop(record.number, None)
        self.gone()
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
            now = self._exchange.clock.monotonic()
            self._record.client_frames += 1
            if not self.allows_frame(event.opcode, now):
                self.breach(Breach.FRAME_RATE, "more frames in a second than allowed")
                self._exchange.doors.address(self._address).disconnected(now)
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
        size = len(self._message)
        if self._binary:
            self.breach(Breach.BINARY_FRAME, f"a binary frame of {size} bytes")
            self.end(POLICY_VIOLATION, INVALID_REQUEST)
            return
        if self.ignores(size):
            self.breach(Breach.LONG_FRAME, f"a text frame of {size} bytes, ignored")
            return
        try:
            text = self._message.decode()
        except UnicodeDecodeError:
            self.end(_INVALID_TEXT, "")
            return
        if self._exchange.faults.hit(Fault.IGNORE_REQUESTS, self.number) is None:
            self.heard(text)

    def _ponged(self, payload: bytes) -> None:
        record = self.record
        if self._heartbeat.answered(payload):
            record.pongs += 1
            record.last_pong_ms = self._exchange.clock.wall_ms()
        else:
            record.stray_pongs += 1

    def breach(self, kind: Breach, text: str) -> None:
        """The client broke a rule."""
        self._exchange.breach(kind, text, self.number)

    # Writing

    @property
    def _writable(self) -> bool:
        return not self._frozen and self._record is not None and self.protocol.state is OPEN

    def answer(self, reply: str) -> None:
        """Answer a request, as far as no fault is against it."""
        faults, number = self._exchange.faults, self.number
        if faults.hit(Fault.NO_ACK, number) is not None:
            return
        if (words := faults.hit(Fault.WRONG_ID, number)) is not None:
            reply = with_other_id(reply, words.text("as"))
        if (words := faults.hit(Fault.DELAY_ACK, number)) is not None:
            self._replies.append((self._exchange.clock.monotonic() + words.number("seconds"), reply))
        else:
            self.say(reply)

    def push(self, text: bytes, frame: bytes) -> None:
        """Take one message of a stream; it is written at the end of the tick."""
        if self._muted or not self._writable:
            return
        if not self._outbox:
            self._exchange.wants_flush(self)
        if self._exchange.faults.hits_frames:
            mangled = self._exchange.faults.mangled(text, self.number)
            if mangled is not None:
                self._outbox.append(mangled)
                return
        if self.protocol.extensions:
            frame = Frame(Opcode.TEXT, text).serialize(mask=False, extensions=self.protocol.extensions)
        self._outbox.append(frame)

    def flush(self) -> None:
        """Write what was pushed. Never waits; whoever reads too slowly is cut."""
        messages, self._outbox = self._outbox, []
        if self._record is None or not self._writable:
            return
        self._record.frames_sent += len(messages)
        self.transport.write(b"".join(messages))
        waiting = self.transport.get_write_buffer_size()
        self._record.most_unread_bytes = max(self._record.most_unread_bytes, waiting)
        if waiting > self._exchange.switches.send_buffer_bytes:
            self.breach(Breach.SLOW_CONSUMER, f"{waiting} bytes were left unread")
            self.abort()

    def say(self, text: str, *, binary: bool = False) -> None:
        """Send a message now."""
        if self._record is None or not self._writable:
            return
        self.flush()
        self._record.frames_sent += 1
        data = text.encode(errors="replace")
        self.transport.write(Frame(Opcode.BINARY, data).serialize(mask=False) if binary else text_frame(data))

    # By the clock

    def tick(self, now: float) -> None:
        """Ping, and end what has to end."""
        if self._record is None:
            super().tick(now)
        if not self._writable:
            return
        if self._heartbeat.overdue(now, self._exchange.limits.pong_timeout_s):
            self.breach(Breach.PONG_TIMEOUT, "a ping was not answered in time")
            self.finish(Ending(self._exchange.switches.pong_timeout_code, "Pong timeout"))
            return
        if now >= self._next_ping_at and not self._exchange.faults.on(Fault.NO_PINGS, self.number):
            while self._next_ping_at <= now:
                self._next_ping_at += max(self._exchange.limits.server_ping_interval_s, 0.001)
            self.flood(1)
        while self._replies and self._replies[0][0] <= now:
            self.say(self._replies.popleft()[1])
        if self._announce_at is not None and now >= self._announce_at:
            self._announce()
        if self._ending is not None and now >= self._ending[0]:
            self.finish(self._ending[1])

    @property
    def _shutdown_lead(self) -> tuple[float, float] | None:
        """How long before its end a connection is told of it; None: it is not told."""
        house, switches = self._exchange.house, self._exchange.switches
        return switches.shutdown_lead_s if house.announces_shutdown else None

    def _announce(self) -> None:
        self._announce_at = None
        if not self._exchange.house.announces_shutdown:
            return
        moment = stamp(self._exchange.source.now_us(), self._target.micro)
        self.say(self.shutdown_text(f'{{"e":"serverShutdown","E":{moment}}}'))

    @property
    def _life_ending(self) -> Ending:
        return Ending(self._exchange.switches.life_code, "")

    def end_within(self, seconds: float, ending: Ending) -> None:
        """Close after a while, unless it is to be closed earlier."""
        if seconds <= 0:
            self.finish(ending)
            return
        at = self._exchange.clock.monotonic() + seconds
        if self._ending is None or at < self._ending[0]:
            self._ending = (at, ending)

    def finish(self, ending: Ending) -> None:
        """Close, or cut where the code is 0."""
        if ending.code:
            self.end(ending.code, ending.reason)
        else:
            self.abort()

    # What faults do

    def announce_shutdown(self, after_s: float) -> None:
        """Send `serverShutdown`, and close after a while."""
        self._announce()
        self.end_within(after_s, self._life_ending)

    def end_life(self) -> None:
        """Close as if its 24 hours were over."""
        lead = self._shutdown_lead
        if lead is not None:
            self.announce_shutdown(self._exchange.rng.uniform(*lead))
        else:
            self.finish(self._life_ending)

    def end(self, code: int, reason: str) -> None:
        """Close with a code; the library sees to the rest of the closing handshake."""
        if self.protocol.state is not OPEN:
            return
        self.flush()
        if self.protocol.state is OPEN:
            self.protocol.send_close(code, reason)
            self.send_data()
            self.finished.set()

    def freeze(self, why: object, frozen: bool) -> None:
        """Stop reading and writing while the socket stays open, or go on once nothing is left why."""
        before = bool(self._frozen)
        (self._frozen.add if frozen else self._frozen.discard)(why)
        if before is bool(self._frozen) or self.transport.is_closing():
            return
        if frozen:
            self.transport.pause_reading()
        else:
            self._heartbeat.forgive()
            self.transport.resume_reading()

    def mute(self, why: object, muted: bool) -> None:
        """Send no data, or send it again once nothing is left why not."""
        (self._muted.add if muted else self._muted.discard)(why)

    def inject(self, text: str, *, event: bool = False, binary: bool = False) -> None:
        """Send a text as it is, or as an event in the connection's envelope."""
        self.say(self.enveloped("fault@event", text) if event else text, binary=binary)

    def enveloped(self, stream: str, payload: str) -> str:
        """A stream's payload in the connection's envelope."""
        return payload

    def flood(self, pings: int) -> None:
        """Send so many PINGs at once."""
        if self._record is None or not self._writable:
            return
        now = self._exchange.clock.monotonic()
        for number in range(pings):
            payload = str(self._exchange.now_ms + number).encode()
            self._heartbeat.sent(payload, now)
            self.protocol.send_ping(payload)
        self._record.pings_sent += pings
        self._record.last_ping_ms = self._exchange.clock.wall_ms()
        self.send_data()
