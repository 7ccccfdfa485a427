"""The stream of one account's events on one market: what both ways of having it share.

```
            begin ──▶ next ──proven──▶ carrier ──replaced──▶ retiring ──overlap──▶ closed
 STARTING ─────────────────────────────▶ LIVE ──lost, ended, dark──▶ DOWN ──backoff──▶ begin
                                          └──the key is refused──▶ REFUSED ──on request──▶ begin
```

The carrier is the connection that counts. A planned change opens the next one first, which takes over once
it is proven; both are read for a while, and what comes twice the ledger drops. Nothing is replayed by the
exchange, so that every new connection asks for a comparison with REST.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import inf

from bntui.feed.core import facts, userfacts
from bntui.feed.core.backoff import Backoff, Uniform
from bntui.feed.core.failures import close_wait_s, describe_close, policy
from bntui.feed.core.usersocket import LIFE_ENDS, Phase, UserSocket
from bntui.feed.core.userstanding import UserStanding
from bntui.model.access import UserMethod
from bntui.model.account import AccountKey, UserStreamView
from bntui.model.states import UserStreamState
from bntui.venue.limits import Limits
from bntui.venue.user import RefusalKind, Refused

SERVER_SHUTDOWN = "serverShutdown"

ODD_REFUSALS = 3
"""What the exchange refuses so often in a row, for reasons that nobody knows here, is not asked again."""


class UserStream(ABC):
    """The interface of both drivers, and what they share: connections, their changes, and refusals."""

    def __init__(self, limits: Limits, uniform: Uniform, method: UserMethod, proof_life_s: float) -> None:
        """Nothing happens before the first `tick`. A proof counts for `proof_life_s`."""
        self.standing = UserStanding(method)
        self.carrier: UserSocket | None = None
        self._limits = limits
        self._uniform = uniform
        self._proof_life_s = proof_life_s
        self._next: UserSocket | None = None
        self._sockets: dict[int, UserSocket] = {}
        """All that are not closed: carrier, next, and those that are on their way out."""
        self._numbers = 0
        self._backoff = Backoff(limits.own_backoff_base_s, limits.own_backoff_cap_s, uniform)
        self._retry_at: float | None = None
        self._reconcile_at = inf
        self._doubted_at = -inf
        self._odd_refusals = 0
        self._started = self._stopped = False
        self._out: list[userfacts.UserCommand] = []

    # The interface

    def handle(self, fact: userfacts.UserFact, now: float) -> list[userfacts.UserCommand]:
        """Something happened; what is to be done."""
        self._take(fact, now)
        return self.tick(now)

    def tick(self, now: float) -> list[userfacts.UserCommand]:
        """Time has passed; what is to be done."""
        if not self._stopped:
            if not self._started:
                self._started = True
                self.standing.since = now
                self._reconcile_at = now + self._limits.own_user_reconcile_s
                self._begin(now)
            self._due(now)
        if self.standing.take_changed():
            self._do(userfacts.Changed())
        out, self._out = self._out, []
        return out

    def deadline(self) -> float:
        """When `tick` has something to do at the latest, on the clock of `now`; infinite: nothing."""
        if self._stopped:
            return inf
        if not self._started:
            return -inf
        due = [self._reconcile_at, self._own_deadline(), self._change_at()]
        due += [socket.deadline() for socket in self._sockets.values() if socket.is_open]
        return min((*due, self._proof_ends_at()))

    def alive(self, number: int, now: float) -> None:
        """A frame of any kind came on a connection."""
        if (socket := self._sockets.get(number)) is not None:
            socket.heartbeat.alive(now)

    def view(self, owner: AccountKey, host: str, now: float, wall_ms: int) -> UserStreamView:
        """How the stream stands, for people; `wall_ms` is what a clock on the wall shows at `now`."""
        opened_at = inf if self.carrier is None else self.carrier.opened_at
        return self.standing.view(owner, host, (opened_at, *self._ends()), now, wall_ms)

    # What a driver adds

    @abstractmethod
    def _begin(self, now: float) -> None:
        """Do what leads to another connection."""

    @abstractmethod
    def _greet(self, socket: UserSocket, now: float) -> None:
        """A connection has opened."""

    @abstractmethod
    def _stream_ended(self, socket: UserSocket, reason: str, now: float) -> None:
        """The exchange sends no more events on an open connection."""

    @abstractmethod
    def _doubt(self, reason: str, now: float) -> None:
        """Find out soon whether the key is still taken."""

    @abstractmethod
    def _answered(self, socket: UserSocket, fact: userfacts.Answered | facts.Ponged, now: float) -> None:
        """A connection has answered a request, or our ping."""

    @abstractmethod
    def _learned(self, fact: userfacts.RestFact, now: float) -> None:
        """What was asked of REST has come, or failed."""

    @abstractmethod
    def _own_due(self, now: float) -> None:
        """Do what is due beside connections."""

    @abstractmethod
    def _own_deadline(self) -> float:
        """When that is."""

    @abstractmethod
    def _ends(self) -> tuple[float, float]:
        """When the exchange ends what carries the stream, and when that is renewed; infinite: unknown."""

    # Facts

    def _take(self, fact: userfacts.UserFact, now: float) -> None:
        match fact:
            case userfacts.OnSocket(number, happened):
                if (socket := self._sockets.get(number)) is not None:
                    self._on_socket(socket, happened, now)
            case userfacts.Told(number, name):
                self.standing.told(name, now)
                carrier = self.carrier
                if carrier is not None and carrier.number == number and carrier.phase is Phase.READY:
                    self.standing.proven(f"event {name}", now)
            case userfacts.Ended(number, reason):
                if (socket := self._sockets.get(number)) is not None and socket.is_open:
                    self._ended(socket, reason, now)
            case userfacts.Answered(number, _):
                if (socket := self._sockets.get(number)) is not None and socket.is_open:
                    self._answered(socket, fact, now)
            case (
                userfacts.KeyGiven() | userfacts.KeyKept() | userfacts.KeyFailed() | userfacts.ClockMeasured()
            ):
                self._learned(fact, now)
            case userfacts.KeyDoubted(refused):
                if now >= self._doubted_at + self._limits.own_user_reconcile_s and not self.standing.refused:
                    self._doubted_at = now
                    self._doubt(refused.reason, now)
            case userfacts.Missed(count):
                if self.carrier is not None and self.carrier.phase is Phase.READY:
                    fills = "a fill" if count == 1 else f"{count} fills"
                    self._replace(self.carrier, f"it did not tell {fills} that REST knows", now)
            case facts.Overslept(seconds):
                for socket in self._sockets.values():
                    socket.overslept(seconds, now)
            case facts.RotateAsked():
                self._asked_to_rotate(now)
            case facts.Stop(reason):
                self._stopped = True
                for socket in list(self._sockets.values()):
                    self._close(socket, reason)

    def _on_socket(self, socket: UserSocket, fact: userfacts.SocketFact, now: float) -> None:
        match fact:
            case facts.Opened():
                if socket.phase is Phase.ENDING:
                    # It opened while it was being given up.
                    self._do(userfacts.ToSocket(socket.number, facts.Close(1000, "not needed any longer")))
                    return
                socket.opened(now, self._uniform)
                self._greet(socket, now)
            case facts.Failed(failure):
                decided = policy(failure, self._limits)
                final = Refused(RefusalKind.KEY, failure.text) if decided.fatal else None
                self._gone(socket, failure.text, now, decided.least_wait_s, final)
            case facts.Lost(code, reason, by_us):
                text = describe_close(code, reason, by_us)
                self._gone(socket, text, now, close_wait_s(code, reason, self._limits))
            case facts.ServerPinged(payload):
                socket.heartbeat.server_pinged(payload, now)
            case facts.Ponged(payload):
                before = socket.heartbeat.pong_at
                socket.heartbeat.ponged(payload, now)
                if socket.heartbeat.pong_at != before and socket.is_open:
                    self._answered(socket, fact, now)

    def _asked_to_rotate(self, now: float) -> None:
        if self._next is not None or self._stopped:
            return
        if self.standing.refused:
            self._backoff.reset()
            self._odd_refusals = 0
            self._doubted_at = -inf
            self._reconcile_at = now + self._limits.own_user_reconcile_s
            self.standing.move(UserStreamState.DOWN, "tried again on request", "", now)
        self._retry_at = None
        if self.carrier is not None:
            self.carrier.rotate_reason = "asked for by the user"
        self._begin(now)

    def _ended(self, socket: UserSocket, reason: str, now: float) -> None:
        if reason != SERVER_SHUTDOWN:
            self._stream_ended(socket, reason, now)
        elif socket.rotate_reason == LIFE_ENDS:
            # A server may say so on every new connection: then it is followed more and more slowly.
            self._forgive(socket, now)
            first = not self._backoff.failures
            delay_s = self._backoff.next_delay_s()
            socket.rotate_at = now if first else now + delay_s
            socket.rotate_reason = "the server announced its shutdown"

    # Connections

    def _open(self) -> UserSocket:
        """Open the next connection."""
        self._numbers += 1
        socket = UserSocket(self._numbers, self._limits)
        self._sockets[socket.number] = self._next = socket
        self._do(userfacts.ToSocket(socket.number, facts.Connect()))
        return socket

    def _ready(self, socket: UserSocket, proof: str, now: float) -> None:
        """A connection is proven. The next one takes over with it."""
        socket.phase = Phase.READY
        socket.ready_at = now
        self._odd_refusals = 0
        if socket is self._next:
            self._next = None
            old, self.carrier = self.carrier, socket
            self.standing.carried += 1
            why = "a new connection"
            routine = old is not None and old.phase is Phase.READY
            if old is None:
                self.standing.note("subscribed", "", now)
            else:
                old.leave_at = now + self._limits.own_rotate_overlap_s
                self.standing.note(f"connection changed: {old.rotate_reason}", "", now)
        else:
            why, routine = "subscribed anew", False
            self.standing.note(why, "", now)
        if socket is self.carrier:
            self.standing.proven(proof, now)
            self._reconcile(why, routine, now)

    def _gone(
        self,
        socket: UserSocket,
        reason: str,
        now: float,
        least_wait_s: float = 0.0,
        final: Refused | None = None,
        hint: str = "",
    ) -> None:
        """A connection is no more, or is given up; `final`: trying again cannot mend it."""
        del self._sockets[socket.number]
        if socket.phase is Phase.ENDING or (socket is not self.carrier and socket is not self._next):
            return
        self._forgive(socket, now)
        what = "connection lost" if socket is self.carrier else "connection failed"
        if socket is self.carrier:
            self.carrier = None
        else:
            self._next = None
        if final is not None:
            self._refuse(final, now)
            return
        self.standing.note(what, reason, now)
        if self.standing.refused:
            return
        if self.carrier is None:
            self.standing.move(UserStreamState.DOWN, reason, hint, now)
        if self._next is None:
            self._retry(now, least_wait_s)

    def _drop(
        self, socket: UserSocket, reason: str, now: float, least_wait_s: float = 0.0, hint: str = ""
    ) -> None:
        """Give up a connection that is open, at least in name; its end is not waited for."""
        self._gone(socket, reason, now, least_wait_s, hint=hint)
        self._sockets[socket.number] = socket
        self._close(socket, reason)

    def _close(self, socket: UserSocket, reason: str) -> None:
        if socket.phase is not Phase.ENDING:
            socket.phase = Phase.ENDING
            self._do(userfacts.ToSocket(socket.number, facts.Close(1000, reason)))

    def _forgive(self, socket: UserSocket, now: float) -> None:
        """A connection that was useful for a while makes up for the failures before it."""
        if now - socket.ready_at >= self._limits.own_backoff_reset_s:
            self._backoff.reset()

    def _retry(self, now: float, least_wait_s: float = 0.0) -> None:
        """Begin anew after a while."""
        at = now + self._backoff.next_delay_s(least_wait_s)
        self._retry_at = at if self._retry_at is None else max(at, self._retry_at)

    def _replace(self, carrier: UserSocket, reason: str, now: float) -> None:
        """The carrier stands, but brings nothing any more: another one is needed, at once if it can be."""
        self.standing.note("stream ended", reason, now)
        self.standing.move(UserStreamState.DOWN, reason, "", now)
        carrier.rotate_at = inf
        carrier.rotate_reason = reason
        well = carrier.phase is Phase.READY and now - carrier.ready_at >= self._limits.own_backoff_reset_s
        # What it brings by chance proves nothing any more.
        carrier.phase = Phase.GREETING
        if self._next is not None or self._retry_at is not None:
            return
        if well:
            self._backoff.reset()
            self._begin(now)
        else:
            # What ends as soon as it was begun is begun more and more slowly.
            self._retry(now)

    # Refusals

    def _refuse(self, refused: Refused, now: float) -> None:
        """It makes no sense to ask again. What flows still is left alone until it ends by itself."""
        self._retry_at = None
        self._reconcile_at = inf
        self.standing.note("refused", refused.reason, now)
        self.standing.move(UserStreamState.REFUSED, refused.reason, refused.hint, now)
        if self._next is not None:
            socket, self._next = self._next, None
            self._close(socket, "refused")

    def _is_final(self, refused: Refused) -> bool:
        """Whether asking again would be a loop without hope."""
        self._odd_refusals += refused.kind is RefusalKind.OTHER
        return refused.kind is RefusalKind.KEY or self._odd_refusals >= ODD_REFUSALS

    # What is due

    def _due(self, now: float) -> None:
        for socket in list(self._sockets.values()):
            if socket.is_open:
                self._watch(socket, now)
        if now >= self._change_at():
            self._retry_at = None
            if self.carrier is not None:
                self.carrier.rotate_at = inf
            self._begin(now)
        if now >= self._reconcile_at:
            self._reconcile("time for it", True, now)
        if now >= self._proof_ends_at():
            text = f"not proven for {self._proof_life_s:g} s"
            self.standing.move(UserStreamState.DOWN, text, "", now)
        self._own_due(now)

    def _change_at(self) -> float:
        """When another connection is begun by time alone."""
        if self._next is not None or self.standing.refused:
            return inf
        if self._retry_at is not None:
            return self._retry_at
        return inf if self.carrier is None else self.carrier.rotate_at

    def _proof_ends_at(self) -> float:
        live = self.standing.state is UserStreamState.LIVE and self.standing.proof_at is not None
        return (self.standing.proof_at or 0.0) + self._proof_life_s if live else inf

    def _watch(self, socket: UserSocket, now: float) -> None:
        if now >= socket.leave_at:
            self._close(socket, "replaced")
        elif death := socket.death(now):
            self._drop(socket, death, now)
        else:
            for command in socket.beats(now):
                self._do(userfacts.ToSocket(socket.number, command))

    def _reconcile(self, reason: str, routine: bool, now: float) -> None:
        if self.standing.refused:
            self._reconcile_at = inf
            return
        self._reconcile_at = now + self._limits.own_user_reconcile_s
        self._do(userfacts.Reconcile(reason, routine))

    def _do(self, command: userfacts.UserCommand) -> None:
        self._out.append(command)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.standing.state.upper()}, {len(self._sockets)} connections>"
