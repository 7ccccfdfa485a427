"""One shard: a connection that is opened, subscribed, watched, lost and opened again.

IDLE ─▶ GATED ─▶ CONNECTING ─▶ SUBSCRIBING ◀─▶ LIVE
          ▲          │              │            │
          └─ WAITING ◀──────────────┴────────────┘      FAILED: trying again cannot mend it
                                                        CLOSING ─▶ CLOSED: ended for good
"""

from __future__ import annotations

from collections.abc import Callable

from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.core.budget import SlidingBudget
from bntui.feed.core.facts import (
    AskGate,
    Close,
    Command,
    Connect,
    Delivered,
    Fact,
    Failed,
    Granted,
    LeaveGate,
    Lost,
    Opened,
    Overslept,
    Ponged,
    Renew,
    Replied,
    RotateAsked,
    RotateDue,
    ServerPinged,
    ShutdownAnnounced,
    StateChanged,
    Stop,
    StreamsAcked,
    Unwanted,
    Wanted,
)
from bntui.feed.core.failures import ABNORMAL, Reach, close_wait_s, describe_close, policy
from bntui.feed.core.heartbeat import Heartbeat
from bntui.feed.core.subscriptions import Subscriptions
from bntui.model.states import ShardState
from bntui.venue.base import Venue

IDLE, GATED, CONNECTING = ShardState.IDLE, ShardState.GATED, ShardState.CONNECTING
SUBSCRIBING, LIVE, WAITING = ShardState.SUBSCRIBING, ShardState.LIVE, ShardState.WAITING
FAILED, CLOSING, CLOSED = ShardState.FAILED, ShardState.CLOSING, ShardState.CLOSED

LEGAL_MOVES: dict[ShardState, frozenset[ShardState]] = {
    IDLE: frozenset({GATED, CLOSED}),
    GATED: frozenset({CONNECTING, IDLE, CLOSED}),
    CONNECTING: frozenset({SUBSCRIBING, GATED, WAITING, FAILED, CLOSING}),
    SUBSCRIBING: frozenset({LIVE, WAITING, CLOSING}),
    LIVE: frozenset({SUBSCRIBING, WAITING, CLOSING}),
    WAITING: frozenset({GATED, IDLE, CLOSED}),
    FAILED: frozenset({GATED, IDLE, CLOSED}),
    CLOSING: frozenset({CLOSED}),
    CLOSED: frozenset(),
}
"""Which state may follow which; anything else is a defect."""

FRAMES_SPAN_S = 1.25
"""The exchange counts frames over a second as they arrive; those that leave here further apart than that may
arrive closer together."""

OPEN_STATES = frozenset({SUBSCRIBING, LIVE})

LIFE_ENDS = "its 24 hours end soon"


class ShardMachine:
    """Decides what one connection does. Bounded by the streams that it is told to want."""

    def __init__(self, shard: int, venue: Venue, uniform: Uniform) -> None:
        """An idle shard. `uniform` is where chance enters: backoff and the moment of rotation."""
        limits = venue.limits
        self.shard = shard
        self.state = IDLE
        self.reason = ""
        self.subscriptions = held = Subscriptions(venue)
        self.wanted, self.acked = held.wanted, held.acked
        self.delivered, self.refused = held.delivered, held.refused
        self.opened_at: float | None = None
        self.expires_at: float | None = None
        self.heartbeat = Heartbeat(shard, limits)
        self.retry_at: float | None = None
        self.reconnects = 0
        """Connections opened after the first one."""
        self.frames = SlidingBudget(limits.client_frames_per_s, FRAMES_SPAN_S)
        """Frames that we sent on this connection."""
        self._limits = limits
        self._uniform = uniform
        self._backoff = Backoff(limits.own_backoff_base_s, limits.own_backoff_cap_s, uniform)
        self._first_data_at: float | None = None
        self._rotate_at: float | None = None
        self._rotate_reason = LIFE_ENDS
        self._rotate_said = False
        self.leaving = False
        """The server has said that it will close the connection."""
        self._close_reason = ""
        """Why we are closing the open connection; empty while we are not."""
        self._now = 0.0
        self._handlers: dict[type[Fact], Callable[..., list[Command]]] = {
            Wanted: self._on_wanted,
            Unwanted: self._on_unwanted,
            Granted: self._on_granted,
            Failed: self._on_failed,
            Opened: self._on_opened,
            Replied: self._on_replied,
            ServerPinged: self._on_server_pinged,
            Overslept: self._on_overslept,
            Ponged: self._on_ponged,
            Delivered: self._on_delivered,
            ShutdownAnnounced: self._on_shutdown,
            RotateAsked: self._on_rotate_asked,
            Renew: self._on_renew,
            Lost: self._on_lost,
            Stop: self._on_stop,
        }

    def handle(self, fact: Fact, now: float) -> list[Command]:
        """Take a fact in; what is to be done about it."""
        if self.state is CLOSED:
            return []
        self._now = now
        commands = self._handlers[type(fact)](fact, now)
        return commands + self._due(now)

    def tick(self, now: float) -> list[Command]:
        """Let time pass; what has become due."""
        self._now = now
        return [] if self.state is CLOSED else self._due(now)

    def inherit(self, old: ShardMachine) -> None:
        """Take over from another one, with what it has learned of the server's patience."""
        self._backoff = old._backoff
        self.subscriptions.inherit(old.subscriptions)

    def alive(self, now: float) -> None:
        """A frame of any kind came: the cheap fact, given once a gulp."""
        self.heartbeat.alive(now)

    def flowed(self, now: float) -> None:
        """Data of some stream came."""
        if self._first_data_at is None:
            self._first_data_at = now

    def deadline(self) -> float | None:
        """When to tick again at the latest; None: only facts can change anything."""
        if self.state is WAITING:
            return self.retry_at
        if self.state not in OPEN_STATES or self._close_reason:
            return None
        due = [
            self.heartbeat.deadline(self._now, self.frames),
            self.subscriptions.deadline(self._now, self.frames),
        ]
        if self._rotate_at is not None and not self._rotate_said:
            due.append(self._rotate_at)
        return min(due)

    @property
    def is_open(self) -> bool:
        """Whether a websocket is open and not about to be closed by us."""
        return self.state in OPEN_STATES

    @property
    def ready(self) -> bool:
        """Whether every stream that the exchange serves brought data on this connection."""
        return self.state is LIVE and self.subscriptions.proven

    # Facts

    def _on_wanted(self, fact: Wanted, now: float) -> list[Command]:
        kept = self.subscriptions.want(fact.names)
        if self.state is IDLE and self.wanted:
            return [*self._move(GATED, ""), AskGate()]
        # Wanted again before it was unsubscribed: the subscription holds, and whoever asks anew must hear so.
        told: list[Command] = [StreamsAcked(kept)] if kept and self.is_open else []
        if self.state is LIVE and self.subscriptions.unsent:
            return [*told, *self._move(SUBSCRIBING, "")]
        return told

    def _on_unwanted(self, fact: Unwanted, now: float) -> list[Command]:
        self.subscriptions.unwant(fact.names)
        if self.wanted or self.state not in (GATED, WAITING, FAILED):
            return self._settle()
        leave: list[Command] = [LeaveGate()] if self.state is GATED else []
        return [*leave, *self._move(IDLE, "")]

    def _on_granted(self, fact: Granted, now: float) -> list[Command]:
        if self.state is not GATED:
            return []
        # Until it is open, what was wrong last is what is wrong.
        return [*self._move(CONNECTING, self.reason), Connect()]

    def _on_failed(self, fact: Failed, now: float) -> list[Command]:
        if self.state is CLOSING:
            return self._move(CLOSED, self._close_reason)
        if self.state is not CONNECTING:
            return []
        text = fact.failure.text
        refused_by = "network" if fact.failure.status is None else "server"
        decided = policy(fact.failure, self._limits)
        if decided.fatal:
            return self._move(FAILED, text, None, refused_by)
        if not self.wanted:
            self.retry_at = now
            return self._move(WAITING, text)
        if decided.reach is Reach.SHARD:
            self.retry_at = now + self._backoff.next_delay_s(decided.least_wait_s)
            return self._move(WAITING, text, None, refused_by)
        return [*self._move(GATED, text, None, refused_by), AskGate()]

    def _on_opened(self, fact: Opened, now: float) -> list[Command]:
        if self.state is CLOSING:
            return [Close(1000, self._close_reason)]
        if self.state is not CONNECTING:
            return []
        limits = self._limits
        self.reconnects += self.opened_at is not None
        self.opened_at = now
        self.heartbeat.opened(now)
        self.expires_at = now + limits.connection_life_s
        latest = min(limits.own_rotate_after_s, limits.connection_life_s)
        self._rotate_at = now + latest - self._uniform(0.0, min(limits.own_rotate_spread_s, latest / 2))
        self._rotate_reason = LIFE_ENDS
        self._rotate_said = self.leaving = False
        self.frames = SlidingBudget(limits.client_frames_per_s, FRAMES_SPAN_S)
        self.retry_at = self._first_data_at = None
        self.subscriptions.opened()
        return self._move(SUBSCRIBING, "")

    def _on_replied(self, fact: Replied, now: float) -> list[Command]:
        if not self.subscriptions.awaits(fact.reply.request_id):
            return []
        told = self.subscriptions.replied(fact.reply)
        return [*told, *self._settle()] if self.is_open else []

    def _on_server_pinged(self, fact: ServerPinged, now: float) -> list[Command]:
        self.heartbeat.server_pinged(fact.payload, now)
        return []

    def _on_overslept(self, fact: Overslept, now: float) -> list[Command]:
        self.heartbeat.overslept(fact.seconds, now)
        self.subscriptions.overslept(fact.seconds, now)
        return []

    def _on_ponged(self, fact: Ponged, now: float) -> list[Command]:
        self.heartbeat.ponged(fact.payload, now)
        return []

    def _on_delivered(self, fact: Delivered, now: float) -> list[Command]:
        self.subscriptions.brought(fact.name)
        return []

    def _on_shutdown(self, fact: ShutdownAnnounced, now: float) -> list[Command]:
        if self.leaving or not self.is_open:
            return []
        self.leaving = True
        # A server may say so on every new connection: then it is followed more and more slowly.
        if self.opened_at is not None and now - self.opened_at >= self._limits.own_backoff_reset_s:
            self._backoff.reset()
        first = not self._backoff.failures
        delay_s = self._backoff.next_delay_s()
        self._rotate_at = now if first else now + delay_s
        self._rotate_reason = "the server announced its shutdown"
        return []

    def _on_rotate_asked(self, fact: RotateAsked, now: float) -> list[Command]:
        if self.state is FAILED:
            return [*self._move(GATED, "tried again on request"), AskGate()]
        if self.state is WAITING:
            self.retry_at = now
            return []
        return self._rotate(fact.reason)

    def _on_renew(self, fact: Renew, now: float) -> list[Command]:
        self.subscriptions.renew(fact.names)
        return []

    def _on_lost(self, fact: Lost, now: float) -> list[Command]:
        if self.state is CLOSING:
            return self._move(CLOSED, self._close_reason)
        if self.state not in OPEN_STATES:
            return []
        if self._first_data_at is not None and now - self._first_data_at >= self._limits.own_backoff_reset_s:
            self._backoff.reset()
        least_s = close_wait_s(fact.code, fact.reason, self._limits)
        if least_s:
            self.subscriptions.slow_down()
        self.retry_at = now + self._backoff.next_delay_s(least_s)
        self.subscriptions.lost()
        self.expires_at = None
        text = self._close_reason or describe_close(fact.code, fact.reason, fact.by_us)
        closed_by = "server"
        if fact.by_us or self._close_reason:
            closed_by = "bntui"
        elif fact.code is None or fact.code == ABNORMAL:
            closed_by = "network"
        self._close_reason = ""
        return self._move(WAITING, text, fact.code, closed_by)

    def _on_stop(self, fact: Stop, now: float) -> list[Command]:
        self._close_reason = fact.reason
        if self.state is CONNECTING or self.state in OPEN_STATES:
            return [*self._move(CLOSING, fact.reason), Close(1000, fact.reason)]
        if self.state is CLOSING:
            return []
        leave: list[Command] = [LeaveGate()] if self.state is GATED else []
        return [*leave, *self._move(CLOSED, fact.reason)]

    # What time and budgets allow

    def _due(self, now: float) -> list[Command]:
        if self.state is WAITING and self.retry_at is not None and now >= self.retry_at:
            self.retry_at = None
            if not self.wanted:
                return self._move(IDLE, "")
            return [*self._move(GATED, self.reason), AskGate()]
        if self.state not in OPEN_STATES or self._close_reason:
            return []
        return self._watch(now) or [
            *self.heartbeat.due(now, self.frames),
            *self.subscriptions.due(now, self.frames),
            *self._rotation(now),
        ]

    def _watch(self, now: float) -> list[Command]:
        """Look for signs of a dead connection; closing it is then all there is to do."""
        if death := self.heartbeat.death(now):
            return self._recycle(death)
        if not self.subscriptions.take_back_overdue(now):
            return []
        if self.subscriptions.unheard:
            timeout_s = self._limits.own_subscribe_timeout_s
            return self._recycle(f"no answer to SUBSCRIBE for {timeout_s:g} s, twice")
        return self._settle()

    def _rotation(self, now: float) -> list[Command]:
        if self._rotate_at is None or now < self._rotate_at:
            return []
        return self._rotate(self._rotate_reason)

    def _rotate(self, reason: str) -> list[Command]:
        if self._rotate_said or not self.is_open:
            return []
        self._rotate_said = True
        return [RotateDue(reason)]

    def _recycle(self, reason: str) -> list[Command]:
        """Close a connection that is open in name only. The shell answers with Lost."""
        self._close_reason = reason
        self.subscriptions.forget_requests()
        return [Close(1000, reason)]

    def _settle(self) -> list[Command]:
        """Move between SUBSCRIBING and LIVE as the acknowledgements stand."""
        if not self.is_open:
            return []
        complete = self.subscriptions.complete
        if complete and self.state is SUBSCRIBING:
            self.subscriptions.went_well()
            return self._move(LIVE, "")
        if not complete and self.state is LIVE:
            return self._move(SUBSCRIBING, "")
        return []

    def _move(
        self, state: ShardState, reason: str, code: int | None = None, closed_by: str = ""
    ) -> list[Command]:
        if state is not self.state and state not in LEGAL_MOVES[self.state]:
            raise AssertionError(f"{self!r} cannot become {state}")
        self.state = state
        self.reason = reason
        return [StateChanged(state, reason, code, closed_by)]

    def __repr__(self) -> str:
        return (
            f"<Shard {self.shard} {self.state.upper()} {len(self.acked)}/{len(self.wanted)} streams, "
            f"{self._backoff.failures} failures>"
        )
