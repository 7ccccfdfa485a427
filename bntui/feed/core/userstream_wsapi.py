"""The user stream by subscription on the WebSocket API: signed anew on every connection, nothing to extend.

```
 opened ─▶ [session.logon ─▶] subscribe ─▶ session.subscriptions names ours ─▶ proven
                                  ▲                   every minute │ not named, or terminated
                                  └───── once a connection ────────┘
```
"""

from __future__ import annotations

from math import inf

from bntui.feed.core.backoff import Uniform
from bntui.feed.core.facts import Ponged
from bntui.feed.core.userfacts import (
    Answered,
    ClockMeasured,
    MeasureClock,
    Request,
    RestFact,
)
from bntui.feed.core.usersocket import Phase, UserSocket
from bntui.feed.core.userstream import UserStream
from bntui.model.access import UserMethod
from bntui.model.states import UserStreamState
from bntui.venue.limits import Limits
from bntui.venue.user import ApiMethod, ApiReply, RefusalKind, Refused

PROOFS_MISSED = 3
"""So many intervals without a proof, and the stream counts as down though nothing has failed."""

CLOCK_TRIES = 3
"""Signatures in a row whose time may be refused before the connection is given up for a while."""

PROOF_TRIES = 3
"""Proofs in a row that may be refused before the connection is given up."""

_SUBSCRIBES = frozenset({ApiMethod.SUBSCRIBE_SIGNED, ApiMethod.SUBSCRIBE})


class WsApiStream(UserStream):
    """One account's events by subscription."""

    def __init__(self, limits: Limits, uniform: Uniform, method: UserMethod) -> None:
        """`method` is `signature` or `logon`."""
        super().__init__(limits, uniform, method, PROOFS_MISSED * limits.own_user_proof_s)
        self._requests = 0
        self._clock_known = False
        self._clock_asked = False
        self._clock_tries = 0
        self._unsigned: UserSocket | None = None
        """Waits for the clock, to be greeted anew."""
        self._subscription: dict[int, int | None] = {}
        """By connection: the subscription that counts; None where its number was not told."""
        self._regreeted: set[int] = set()
        """Connections on which the subscription was begun a second time."""
        self._prove_at = inf
        self._unproven = 0
        """Proofs in a row that were refused."""

    # Connections

    def _begin(self, now: float) -> None:
        if self._clock_known:
            self._open()
        else:
            # A machine whose clock is off would only learn of it by a refusal.
            self._measure()

    def _measure(self) -> None:
        if not self._clock_asked:
            self._clock_asked = True
            self._do(MeasureClock())

    def _learned(self, fact: RestFact, now: float) -> None:
        if not isinstance(fact, ClockMeasured):
            return
        known = fact.known
        self._clock_asked = False
        self._clock_known = True
        waiting, self._unsigned = self._unsigned, None
        if waiting is not None and waiting.is_open:
            if known:
                self._greet(waiting, now)
            else:
                self._ask(waiting, ApiMethod.TIME, now)
        elif self._next is None and self._retry_at is None and not (self.standing.refused or self._stopped):
            self._open()

    def _greet(self, socket: UserSocket, now: float) -> None:
        socket.phase = Phase.GREETING
        by_logon = self.standing.method is UserMethod.LOGON
        self._ask(socket, ApiMethod.LOGON if by_logon else ApiMethod.SUBSCRIBE_SIGNED, now)

    def _ask(self, socket: UserSocket, method: ApiMethod, now: float) -> None:
        self._requests += 1
        socket.ask(self._requests, method, now)
        self._do(Request(socket.number, self._requests, method))

    def _stream_ended(self, socket: UserSocket, reason: str, now: float) -> None:
        if socket is not self.carrier and socket is not self._next:
            return
        if socket.phase is Phase.GREETING:
            # What ended was begun before; what is asked for now is still to be answered.
            return
        if socket.number in self._regreeted:
            self._drop(socket, reason, now)
            return
        self._regreeted.add(socket.number)
        socket.asked.clear()
        self.standing.note("stream ended", reason, now)
        self.standing.move(UserStreamState.DOWN, reason, "", now)
        self._greet(socket, now)

    def _doubt(self, reason: str, now: float) -> None:
        # A new signature on a new connection is the only question whose answer says it.
        if self.carrier is not None and self._next is None and self._retry_at is None:
            self.carrier.rotate_at = inf
            self.carrier.rotate_reason = f"REST refused the key: {reason}"
            self._begin(now)

    # Answers

    def _answered(self, socket: UserSocket, fact: Answered | Ponged, now: float) -> None:
        if not isinstance(fact, Answered):
            return
        reply = fact.reply
        if reply.request_id is None:
            if reply.refused is not None and reply.refused.kind is RefusalKind.KEY:
                self._refuse(reply.refused, now)
            return
        asked = socket.asked.pop(reply.request_id, None)
        if asked is None:
            return
        method = asked[0]
        if reply.refused is not None:
            self._denied(socket, method, reply.refused, now)
        elif method is ApiMethod.SUBSCRIPTIONS:
            self._listed(socket, reply, now)
        elif method is ApiMethod.LOGON:
            self._ask(socket, ApiMethod.SUBSCRIBE, now)
        elif method is ApiMethod.TIME:
            self._greet(socket, now)
        elif method in _SUBSCRIBES:
            self._subscription[socket.number] = reply.subscription
            self._ask(socket, ApiMethod.SUBSCRIPTIONS, now)

    def _listed(self, socket: UserSocket, reply: ApiReply, now: float) -> None:
        listed = reply.subscriptions or ()
        ours = self._subscription.get(socket.number)
        if not listed or (ours is not None and ours not in listed):
            socket.phase = Phase.READY if socket is self.carrier else socket.phase
            if socket.phase is Phase.READY:
                self._stream_ended(socket, "the exchange no longer lists the subscription", now)
            else:
                self._drop(socket, "the exchange does not list the subscription", now)
            return
        proof = "the exchange lists the subscription"
        self._unproven = 0
        self._clock_tries = 0
        if socket.phase is Phase.READY:
            if socket is self.carrier:
                self.standing.proven(proof, now)
        else:
            self._ready(socket, proof, now)
        if socket is self.carrier:
            self._prove_at = now + self._limits.own_user_proof_s

    def _denied(self, socket: UserSocket, method: ApiMethod, refused: Refused, now: float) -> None:
        if refused.kind is RefusalKind.SUBSCRIBED and method in _SUBSCRIBES:
            self._subscription[socket.number] = None
            self._ask(socket, ApiMethod.SUBSCRIPTIONS, now)
        elif refused.kind is RefusalKind.CLOCK:
            self._clock_refused(socket, refused, now)
        elif method is ApiMethod.SUBSCRIPTIONS and refused.kind is not RefusalKind.KEY:
            self._proof_refused(socket, refused, now)
        elif self._is_final(refused):
            self._refuse(refused, now)
            if socket is not self.carrier:
                self._close(socket, "refused")
        else:
            least_s = max(refused.wait_s, self._limits.own_user_retry_s)
            self._drop(socket, refused.reason, now, least_s, refused.hint)

    def _clock_refused(self, socket: UserSocket, refused: Refused, now: float) -> None:
        self._clock_known = False
        self._clock_tries += 1
        if self._clock_tries < CLOCK_TRIES:
            self._unsigned = socket
            self._measure()
        else:
            self._clock_tries = 0
            self._drop(socket, refused.reason, now, self._limits.own_backoff_cap_s, refused.hint)

    def _proof_refused(self, socket: UserSocket, refused: Refused, now: float) -> None:
        if refused.kind is RefusalKind.NOT_SUBSCRIBED:
            self._stream_ended(socket, refused.reason, now)
            return
        patient = refused.kind is RefusalKind.PATIENCE
        if socket.phase is not Phase.READY or (not patient and self._unproven + 1 >= PROOF_TRIES):
            self._unproven = 0
            self._drop(socket, refused.reason, now, max(refused.wait_s, self._limits.own_user_retry_s))
            return
        self._unproven += not patient
        self._prove_at = now + max(refused.wait_s, self._limits.own_user_retry_s)

    # What is due

    def _own_due(self, now: float) -> None:
        for number in [n for n in self._subscription if n not in self._sockets]:
            del self._subscription[number]
        self._regreeted &= self._sockets.keys()
        carrier = self.carrier
        if now < self._prove_at or self.standing.refused:
            return
        self._prove_at = now + self._limits.own_user_proof_s
        if carrier is not None and carrier.phase is Phase.READY and not carrier.asked:
            self._ask(carrier, ApiMethod.SUBSCRIPTIONS, now)

    def _own_deadline(self) -> float:
        return inf if self.standing.refused or self.carrier is None else self._prove_at

    def _ends(self) -> tuple[float, float]:
        if self.carrier is None:
            return inf, inf
        return self.carrier.opened_at + self._limits.connection_life_s, self.carrier.rotate_at
