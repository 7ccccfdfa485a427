"""The shell around one shard: carries out what its machine decides, and feeds it what happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from math import inf
from typing import Protocol
from urllib.parse import urlsplit

from bntui.clock import Clock
from bntui.feed.core.backoff import Uniform
from bntui.feed.core.facts import (
    AskGate,
    Close,
    Command,
    Connect,
    Delivered,
    Fact,
    Failed,
    LeaveGate,
    Lost,
    Opened,
    Ponged,
    Replied,
    RotateDue,
    SendPing,
    SendPong,
    SendText,
    ServerPinged,
    ShutdownAnnounced,
    StateChanged,
    StreamRefused,
    StreamsAcked,
)
from bntui.feed.core.failures import Failure
from bntui.feed.core.shard import ShardMachine
from bntui.feed.runs import Run
from bntui.feed.transport import Link, Transport
from bntui.model.events import (
    Ack,
    ControlEvent,
    Malformed,
    MarketEvent,
    Refusal,
    ServerShutdown,
    Trade,
    UnknownEvent,
)
from bntui.model.markets import Market
from bntui.model.text import one_line
from bntui.model.verdict import BEING_REPLACED
from bntui.model.views import ShardView
from bntui.venue.base import COMBINED_SOCKET, Venue

log = logging.getLogger(__name__)

MOST_FRAMES_A_GULP = 2_048
"""A gulp with more frames than this says that the machine falls behind: quotes are conflated then, though
somebody reads each of them. It takes some 10 ms to decode, so that a burst of a busy market, or a moment of
the machine's, is told whole."""

RATE_WINDOW_S = 1.0
"""Message and byte rates are taken anew when at least so much time has passed."""

LAG_WINDOW_S = 1.0
"""The shown lag is the least of so long: all but the newest trades of a gulp have waited for its end."""


class ShardOwner(Protocol):
    """The pool, as a shard sees it."""

    tells_every_quote: bool
    """Somebody reads each quote; else of those that came at once only a stream's newest is decoded."""

    def ask_gate(self, shard: ShardLink) -> None:
        """The shard waits for leave to connect."""

    def leave_gate(self, shard: ShardLink) -> None:
        """The shard no longer waits."""

    def attempt_ended(self, shard: ShardLink, failure: Failure | None) -> None:
        """The attempt failed, or opened (None)."""

    def data(self, stream: str, events: Sequence[MarketEvent], now: float) -> bool:
        """One frame of a stream; False when nobody wants the stream."""
        ...

    def lists(self, symbol: str) -> bool:
        """Whether the market is known to list the symbol."""
        ...

    def gulp_ended(self) -> None:
        """All frames of a gulp were handed over."""

    def odd_frame(self, event: UnknownEvent | Malformed) -> None:
        """A frame that is unknown or malformed."""

    def state_changed(self, shard: ShardLink, change: StateChanged) -> None:
        """The shard moved to another state."""

    def acked(self, shard: ShardLink, names: tuple[str, ...]) -> None:
        """The exchange took subscriptions."""

    def refused(self, shard: ShardLink, name: str, message: str) -> None:
        """The exchange will not serve a stream."""

    def rotate_due(self, shard: ShardLink, reason: str) -> None:
        """The shard wants to be succeeded."""


class ShardLink:
    """One connection of the pool: machine, link, and the counters that the screen shows."""

    def __init__(
        self,
        shard: int,
        url: str,
        host: str,
        venue: Venue,
        transport: Transport,
        clock: Clock,
        uniform: Uniform,
        owner: ShardOwner,
    ) -> None:
        """An idle shard for the socket at `url`."""
        self.id = shard
        self.host = host
        self.path = urlsplit(url).path.removesuffix(COMBINED_SOCKET)
        """The part of the exchange's streams that the socket is for, where paths part them."""
        self.machine = ShardMachine(shard, venue, uniform)
        self.successor: ShardLink | None = None
        """The shard that takes over, while both are open."""
        self._url = url
        self._venue = venue
        self._transport = transport
        self._clock = clock
        self._owner = owner
        self._link: Link | None = None
        self._attempt: asyncio.Task[Link | Failure] | None = None
        self._early_loss: tuple[int | None, str, bool] | None = None
        self.conflated = 0
        """Quotes that were passed by though somebody reads each, since newer ones had come already."""
        self._held: list[bytes] = []
        """What a flood has brought, without what is worthless already; decoded at the end of its gulp, or as
        soon as it is as much as a gulp may hold."""
        self._messages = self._bytes = 0
        self._rates_at = clock.monotonic()
        self._rates = (0.0, 0.0)
        self._lag_ms: float | None = None
        self._least_lag_ms = inf
        """Since `_lag_since`."""
        self._lag_since = 0.0

    def apply(self, fact: Fact) -> None:
        """Tell the machine a fact and carry out what it decides."""
        self._carry_out(self.machine.handle(fact, self._clock.monotonic()))

    def tick(self, now: float) -> None:
        """Let the machine see the time."""
        self._carry_out(self.machine.tick(now))

    async def closed(self) -> None:
        """Give the attempt up, if there is one, and wait for its task."""
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.gather(self._attempt, return_exceptions=True)

    def _carry_out(self, commands: Sequence[Command]) -> None:
        for command in commands:
            match command:
                case AskGate():
                    self._owner.ask_gate(self)
                case LeaveGate():
                    self._owner.leave_gate(self)
                case Connect():
                    self._connect()
                case SendText(text):
                    if self._link is not None:
                        self._link.send_text(text)
                case SendPing(payload):
                    if self._link is not None:
                        self._link.send_ping(payload)
                case SendPong(payload):
                    if self._link is not None:
                        self._link.send_pong(payload)
                case Close(code, reason):
                    self._end(code, reason)
                case StateChanged():
                    why = f": {command.reason}" if command.reason else ""
                    log.info("shard %d %s%s", self.id, command.state, why)
                    self._owner.state_changed(self, command)
                case StreamsAcked(names):
                    self._owner.acked(self, names)
                case StreamRefused(name, message):
                    self._owner.refused(self, name, message)
                case RotateDue(reason):
                    self._owner.rotate_due(self, reason)

    def _connect(self) -> None:
        opening = self._transport.open(self._url, self)
        self._attempt = asyncio.get_running_loop().create_task(opening)
        self._attempt.add_done_callback(self._attempted)

    def _attempted(self, attempt: asyncio.Task[Link | Failure]) -> None:
        """Take the outcome of an attempt. Told by the task's end, since one given up may never have begun."""
        self._attempt = None
        if attempt.cancelled():
            self._owner.leave_gate(self)
            self.apply(Failed(Failure("given up")))
            return
        if (error := attempt.exception()) is not None:
            log.error("shard %d: the attempt to connect broke", self.id, exc_info=error)
            outcome: Link | Failure = Failure("an error inside bntui; its log has it")
        else:
            outcome = attempt.result()
        if isinstance(outcome, Failure):
            outcome = outcome.dated(self._clock.wall_ms())
            self._owner.attempt_ended(self, outcome)
            self.apply(Failed(outcome))
            return
        self._owner.attempt_ended(self, None)
        self._link = outcome
        self.apply(Opened())
        if self._early_loss is not None:
            loss, self._early_loss = self._early_loss, None
            self.lost(*loss)

    def _end(self, code: int, reason: str) -> None:
        if self._link is not None:
            self._link.end(code, reason)
        elif self._attempt is not None:
            self._attempt.cancel()

    # What the connection brings (Receiver)

    def frames(self, frames: list[bytes]) -> None:
        """Decode the messages of one gulp and hand them on."""
        self._count(len(frames), sum(map(len, frames)))
        self._take(frames)

    def flood(self, run: Run) -> None:
        """Keep what the end of the gulp will need, or already so much that it is time to decode it."""
        self._count(len(run), run.size)
        if self._owner.tells_every_quote:
            self._take(run.all())
            return
        self._held += run.newest(self._venue.outdates)
        if len(self._held) >= MOST_FRAMES_A_GULP:
            self._take([])

    def _count(self, messages: int, size: int) -> None:
        self.machine.alive(self._clock.monotonic())
        self._messages += messages
        self._bytes += size

    def _take(self, frames: list[bytes]) -> None:
        now, wall_ms = self._clock.monotonic(), self._clock.wall_ms()
        machine, decode, owner = self.machine, self._venue.decode, self._owner
        delivered = machine.delivered
        if self._held:
            frames, self._held = self._held + frames, []
        flowed = False
        event_ms: int | None = None
        if len(frames) > (MOST_FRAMES_A_GULP if owner.tells_every_quote else 1):
            whole = len(frames)
            frames = self._venue.newest(frames)
            if owner.tells_every_quote:
                self.conflated += whole - len(frames)
        for frame in frames:
            stream, events, control, untold = decode(frame, wall_ms, now)
            for said in control:
                self._control(said)
            if untold:
                events = [*events, *(event for event in untold if owner.lists(event.key.symbol))]
            if stream is None or not events or not owner.data(stream, events, now):
                continue
            flowed = True
            if stream not in delivered:
                self.apply(Delivered(stream))
            if isinstance(event := events[-1], Trade):
                event_ms = event.event_ms
        if flowed:
            machine.flowed(now)
        if event_ms is not None:
            self._end_lag_window(now)
            if self._least_lag_ms == inf:
                self._lag_since = now
            self._least_lag_ms = min(self._least_lag_ms, wall_ms - event_ms)
        owner.gulp_ended()

    def _end_lag_window(self, now: float) -> None:
        if self._least_lag_ms < inf and now - self._lag_since >= LAG_WINDOW_S:
            self._lag_ms, self._least_lag_ms = self._least_lag_ms, inf

    def _control(self, said: ControlEvent) -> None:
        match said:
            case Ack():
                self.apply(Replied(said))
            case Refusal():
                if self.machine.subscriptions.awaits(said.request_id):
                    log.warning("shard %d: refused: %d %s", self.id, said.code, one_line(said.message))
                    self.apply(Replied(said))
                else:
                    self._owner.odd_frame(UnknownEvent(f"refusal of what nobody asked: {said.code}"))
            case ServerShutdown():
                if not self.machine.leaving:
                    log.warning("shard %d: the server announced its shutdown", self.id)
                self.apply(ShutdownAnnounced())
            case UnknownEvent() | Malformed():
                self._owner.odd_frame(said)

    def binary(self, size: int) -> None:
        """Count a binary message as malformed."""
        self._messages += 1
        self._bytes += size
        self._owner.odd_frame(Malformed("a binary message", f"{size} bytes"))

    def pinged(self, payload: bytes) -> None:
        """Note a PING."""
        self.machine.alive(self._clock.monotonic())
        self.apply(ServerPinged(payload))

    def ponged(self, payload: bytes) -> None:
        """Note a PONG."""
        self.machine.alive(self._clock.monotonic())
        self.apply(Ponged(payload))

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        """Tell the machine that the connection has ended."""
        if self._attempt is not None:
            # It ended while it was being handed over; the machine must see it open first.
            self._early_loss = (code, reason, by_us)
            return
        self._link = None
        self.apply(Lost(code, reason, by_us))

    # What the screen shows

    def view(
        self, now: float, market: Market, live: int, clock_offset_ms: float | None, retry_at: float | None
    ) -> ShardView:
        """The shard as a row. `live` and `retry_at` are what health and gate say."""
        elapsed_s = now - self._rates_at
        if elapsed_s >= RATE_WINDOW_S:
            self._rates = (self._messages / elapsed_s, self._bytes / elapsed_s)
            self._messages = self._bytes = 0
            self._rates_at = now
        self._end_lag_window(now)
        m, limits = self.machine, self._venue.limits
        beat = m.heartbeat
        reason = f"{BEING_REPLACED}{self.successor.id}" if self.successor is not None else m.reason
        lag_ms = None if self._lag_ms is None or clock_offset_ms is None else self._lag_ms + clock_offset_ms
        return ShardView(
            id=self.id,
            market=market,
            host=self.host,
            state=m.state,
            reason=reason,
            live=live,
            acked=len(m.acked),
            wanted=len(m.wanted),
            cap=int(limits.own_stream_cap),
            messages_per_s=self._rates[0],
            bytes_per_s=self._rates[1],
            server_ping_at=beat.server_ping_at,
            pong_at=beat.pong_at,
            frame_at=beat.frame_at,
            round_trip_ms=None if beat.round_trip_s is None else beat.round_trip_s * 1000,
            lag_ms=lag_ms if m.is_open else None,
            opened_at=m.opened_at if m.is_open else None,
            expires_at=m.expires_at,
            reconnects=m.reconnects,
            retry_at=m.retry_at if m.retry_at is not None else retry_at,
            frames_per_s=m.frames.recent(now, 1.0),
            frames_limit=int(limits.client_frames_per_s),
            path=self.path,
        )
