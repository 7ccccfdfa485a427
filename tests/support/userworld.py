"""An exchange for the cores of user streams: it answers commands after a moment, and misbehaves on order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf

from bntui.feed.core.facts import Close, Connect, Failed, Lost, Opened, Ponged, SendPing
from bntui.feed.core.failures import Failure
from bntui.feed.core.userfacts import (
    Answered,
    ClockMeasured,
    Ended,
    KeepKey,
    KeyFailed,
    KeyGiven,
    KeyKept,
    MakeKey,
    MeasureClock,
    OnSocket,
    Reconcile,
    Request,
    ToSocket,
    UserCommand,
    UserFact,
)
from bntui.feed.core.userstream import UserStream
from bntui.venue.user import ApiMethod, ApiReply, RefusalKind, Refused

SUBSCRIBES = (ApiMethod.SUBSCRIBE, ApiMethod.SUBSCRIBE_SIGNED)
MOMENT_S = 0.05
TROUBLE = Refused(RefusalKind.TROUBLE, "HTTP 503")
NO_KEY = Refused(RefusalKind.NO_LISTEN_KEY, "This listenKey does not exist. (-1125)")
BAD_KEY = Refused(RefusalKind.KEY, "Invalid API-key, IP, or permissions for action. (-2015)", "Check it.")
UNREACHABLE = Failure("connection refused")


@dataclass
class Line:
    """The exchange's end of one connection."""

    key: int
    """Which listen key names it."""
    opened_at: float = inf
    subscriptions: tuple[int, ...] = ()
    begun: int = 0
    """Subscriptions that were begun on it."""


class UserWorld:
    """One stream, its exchange, and time that jumps to whatever is next."""

    def __init__(self, stream: UserStream, *, life_s: float = inf, key_life_s: float = 3600.0) -> None:
        """Connections live for `life_s`, listen keys for `key_life_s` from their last extension."""
        self.now = 1_000.0
        self.stream = stream
        self.life_s = life_s
        self.key_life_s = key_life_s
        self.lines: dict[int, Line] = {}
        self.commands: list[tuple[float, UserCommand]] = []
        """Everything that the stream wanted."""
        self.key = 0
        self.key_ends_at = -inf
        self.streams_down = self.rest_down = False
        self.refuses: Refused | None = None
        """What is said to every signed request, and to every request for a key."""
        self.next_refusals: list[Refused] = []
        """What is said to the next requests, whatever they are."""
        self.clock_known = True
        self.answers = True
        """Whether requests are answered at all."""
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.watch: Callable[[float], None] = lambda until: None
        """Called before time moves on, with the time that it moves to."""

    # Time

    def later(self, wait_s: float, act: Callable[[], None]) -> None:
        """Do something after a while."""
        heappush(self._due, (self.now + wait_s, next(self._order), act))

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        end = self.now + seconds
        while True:
            event_at = self._due[0][0] if self._due else inf
            at = max(self.now, min(event_at, self.stream.deadline()))
            if at > end:
                break
            self._move(at)
            if event_at <= at:
                heappop(self._due)[2]()
            else:
                self._carry_out(self.stream.tick(self.now))
        self._move(end)

    def _move(self, at: float) -> None:
        self.watch(at)
        self.now = at

    def tell(self, fact: UserFact) -> None:
        """Tell the stream something."""
        self._carry_out(self.stream.handle(fact, self.now))

    # What the stream wants

    def times(self, kind: type[MakeKey] | type[KeepKey] | type[MeasureClock]) -> list[float]:
        """When a command of one kind was given."""
        return [at for at, command in self.commands if isinstance(command, kind)]

    @property
    def asked(self) -> list[ApiMethod]:
        """The methods that were asked for."""
        return [command.method for _, command in self.commands if isinstance(command, Request)]

    @property
    def reconciled(self) -> list[str]:
        """Why comparisons with REST were wanted."""
        return [command.reason for _, command in self.commands if isinstance(command, Reconcile)]

    @property
    def connects(self) -> list[float]:
        """When connections were wanted."""
        return [at for at, c in self.commands if isinstance(c, ToSocket) and isinstance(c.command, Connect)]

    def _carry_out(self, commands: Iterable[UserCommand]) -> None:
        for command in commands:
            self.commands.append((self.now, command))
            match command:
                case ToSocket(number, Connect()):
                    self.lines[number] = Line(self.key)
                    self.later(MOMENT_S, partial(self._open, number))
                case ToSocket(number, SendPing(payload)):
                    self.later(MOMENT_S, partial(self._if_open, number, OnSocket(number, Ponged(payload))))
                case ToSocket(number, Close(code, reason)):
                    self.later(MOMENT_S, partial(self.lose, number, code, reason, by_us=True))
                case Request():
                    if self.answers:
                        self.later(MOMENT_S, partial(self._answer, command))
                case MakeKey():
                    self.later(MOMENT_S, self._make_key)
                case KeepKey():
                    self.later(MOMENT_S, self._keep_key)
                case MeasureClock():
                    self.later(MOMENT_S, lambda: self.tell(ClockMeasured(self.clock_known)))
                case _:
                    pass

    def _open(self, number: int) -> None:
        line = self.lines.get(number)
        if line is None:
            return
        if self.streams_down:
            del self.lines[number]
            self.tell(OnSocket(number, Failed(UNREACHABLE)))
            return
        line.opened_at = self.now
        if self.life_s < inf:
            self.later(self.life_s, partial(self.lose, number, None, ""))
        self.tell(OnSocket(number, Opened()))

    def _if_open(self, number: int, fact: UserFact) -> None:
        if number in self.lines:
            self.stream.alive(number, self.now)
            self.tell(fact)

    def lose(self, number: int, code: int | None, reason: str, by_us: bool = False) -> None:
        """A connection ends."""
        if self.lines.pop(number, None) is not None:
            self.tell(OnSocket(number, Lost(code, reason, by_us)))

    def _answer(self, request: Request) -> None:
        line = self.lines.get(request.socket)
        if line is None:
            return
        signed = request.method in (ApiMethod.SUBSCRIBE_SIGNED, ApiMethod.LOGON)
        refused = self.next_refusals.pop(0) if self.next_refusals else (self.refuses if signed else None)
        if refused is not None:
            reply = ApiReply(request.request_id, refused)
        elif request.method in SUBSCRIBES:
            line.subscriptions = (line.begun,)
            line.begun += 1
            reply = ApiReply(request.request_id, subscription=line.subscriptions[0])
        elif request.method is ApiMethod.SUBSCRIPTIONS:
            reply = ApiReply(request.request_id, subscriptions=line.subscriptions)
        else:
            reply = ApiReply(request.request_id, server_ms=1)
        self.stream.alive(request.socket, self.now)
        self.tell(Answered(request.socket, reply))

    def _refusal(self) -> Refused | None:
        if self.next_refusals:
            return self.next_refusals.pop(0)
        return TROUBLE if self.rest_down else self.refuses

    def _make_key(self) -> None:
        refused = self._refusal()
        if refused is not None:
            self.tell(KeyFailed(refused, making=True))
            return
        same = self.now < self.key_ends_at
        self.key += not same
        self.key_ends_at = self.now + self.key_life_s
        self.tell(KeyGiven(same))

    def _keep_key(self) -> None:
        refused = self._refusal()
        if refused is None and self.now >= self.key_ends_at:
            refused = NO_KEY
        if refused is not None:
            self.tell(KeyFailed(refused, making=False))
            return
        self.key_ends_at = self.now + self.key_life_s
        self.tell(KeyKept())

    # What an exchange may do

    def lose_all(self) -> None:
        """Every connection breaks."""
        for number in list(self.lines):
            self.lose(number, None, "")

    def end_key(self, *, told: bool = True) -> None:
        """The listen key ends before its time."""
        self.key_ends_at = self.now
        for number, line in list(self.lines.items()):
            if told and line.key == self.key and line.opened_at < inf:
                self.tell(Ended(number, "listenKeyExpired"))

    def terminate(self) -> None:
        """Subscriptions end, connections stand."""
        for number, line in list(self.lines.items()):
            if line.subscriptions:
                line.subscriptions = ()
                self.tell(Ended(number, "eventStreamTerminated"))

    def announce_shutdown(self) -> None:
        """Every server says that it will close its connections, and does so soon."""
        for number, line in list(self.lines.items()):
            if line.opened_at < inf:
                self.later(20.0, partial(self.lose, number, 1001, "shutdown"))
                self.tell(Ended(number, "serverShutdown"))

    @property
    def covered(self) -> bool:
        """Whether events would reach the stream now."""
        open_lines = [line for line in self.lines.values() if line.opened_at < inf]
        with_key = self.now < self.key_ends_at and any(line.key == self.key for line in open_lines)
        return with_key or any(line.subscriptions for line in open_lines)

    def seeded_faults(self, rng: random.Random, days: float, each_day: float) -> None:
        """Spread faults of every kind over so many days."""

        def switch(name: str, on: bool) -> None:
            setattr(self, name, on)

        def window(name: str) -> None:
            switch(name, True)
            self.later(rng.uniform(5.0, 300.0), partial(switch, name, False))
            if name == "streams_down":
                self.lose_all()

        kinds: tuple[Callable[[], None], ...] = (
            self.lose_all,
            self.end_key,
            self.terminate,
            self.announce_shutdown,
            partial(window, "rest_down"),
            partial(window, "streams_down"),
        )
        for _ in range(round(days * each_day)):
            self.later(rng.uniform(0.0, days * 86_400.0), rng.choice(kinds))
