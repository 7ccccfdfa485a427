"""The embedded exchange without its sockets: who is connected, who listens to what, what time it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Protocol

from bntui.clock import Clock
from bntui.sim.desk import Desk
from bntui.sim.faults import Fault
from bntui.sim.house import SPOT_HOUSE, House
from bntui.sim.hub import Audience, Hub, Listener, Message
from bntui.sim.instruments import Pair
from bntui.sim.keys import Keyring
from bntui.sim.ledger import Breach, Ledger
from bntui.sim.rules import Denial, Doorkeeper
from bntui.sim.switches import Switches
from bntui.sim.troubles import Troubles
from bntui.sim.users import Users
from bntui.sim.victims import Victim
from bntui.venue.base import StreamSpec
from bntui.venue.limits import Limits

_MOST_ASTRAY = 10_000
"""Names that are remembered of streams on a wrong path; beyond so many, further ones are not counted."""


class Source(Protocol):
    """A market that can be listened to. It moves only in `advance`."""

    @property
    def pairs(self) -> Sequence[Pair]:
        """Everything that is listed."""
        ...

    def now_us(self) -> int:
        """The exchange's time in microseconds since the epoch."""
        ...

    def desk(self, symbol: str) -> Desk | None:
        """The desk of a symbol, up to date; None where there is no such symbol."""
        ...

    def open(self, spec: StreamSpec, audience: Audience) -> bool:
        """Let a stream flow. False where it stays silent."""
        ...

    def close(self, audience: Audience) -> None:
        """Nobody listens to a stream any more."""
        ...

    def advance(self) -> None:
        """Let everything happen that is due by now."""
        ...

    def shift(self, by_us: int) -> None:
        """Put the exchange's clock forward, or back. Raises ValueError, in words, where it cannot be."""
        ...


class Visitor(Protocol):
    """A TCP connection whose handshake is not done."""

    def abort(self) -> None:
        """Cut it."""
        ...

    def proceed(self) -> None:
        """Go on with a handshake that was held."""
        ...

    def tick(self, now: float) -> None:
        """Do what is due by the clock."""
        ...


class Member(Victim, Protocol):
    """An open connection."""

    def tick(self, now: float) -> None:
        """Do what is due by the clock."""
        ...

    def flush(self) -> None:
        """Write what was pushed."""
        ...


class Exchange:
    """What all connections share. Moves only when `tick` is called."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        clock: Clock,
        switches: Switches,
        rng: Random,
        house: House = SPOT_HOUSE,
        doors: Doorkeeper | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        """An open exchange that nobody is connected to. `doors`: what addresses have used, where that is
        shared with another host; so are keys."""
        self.house = house
        self.rng = rng
        self.source = source
        self.limits = limits
        self.clock = clock
        self.switches = switches
        self.hub = Hub()
        self.ledger = Ledger()
        self.doors = doors or Doorkeeper(limits, switches.patience)
        self.faults = Troubles(self)
        self.users = Users(keyring or Keyring(0), clock, lambda: self.now_ms, rng, self.faults)
        self.members: dict[int, Member] = {}
        """Open connections by number."""
        self.visitors: set[Visitor] = set()
        """TCP connections whose handshake is not done."""
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = count()
        self._unflushed: list[Member] = []
        self._silent: dict[str, None] = {}
        """Names that somebody listens to, and nothing feeds."""
        self._astray: Counter[str] = Counter()
        """Subscriptions to streams on a path where they do not flow, by name."""

    def __repr__(self) -> str:
        return f"<Exchange {self.source!r}, {len(self.members)} connections>"

    @property
    def now_ms(self) -> int:
        """The exchange's time in milliseconds."""
        return self.source.now_us() // 1000

    def tick(self) -> None:
        """Let everything happen that is due, and write it out. Nobody waits for anybody."""
        self.source.advance()
        self.users.advance()
        now = self.clock.monotonic()
        self.faults.expire(now)
        self._notice_faults()
        while self._later and self._later[0][0] <= now:
            heappop(self._later)[2]()
        for visitor in list(self.visitors):
            visitor.tick(now)
        for member in list(self.members.values()):
            member.tick(now)
        self.flush()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something with the first tick after a while; whoever asks for it sees to the number."""
        heappush(self._later, (self.clock.monotonic() + seconds, next(self._turn), act))

    def turn_away(self) -> None:
        """Cut every connection whose handshake is not done, and keep no answer waiting."""
        while self._later:
            heappop(self._later)[2]()
        for visitor in list(self.visitors):
            visitor.abort()

    def wants_flush(self, member: Member) -> None:
        """A connection has something to write at the end of this tick."""
        self._unflushed.append(member)

    def flush(self) -> None:
        """Write out what was pushed."""
        members, self._unflushed = self._unflushed, []
        for member in members:
            member.flush()

    def join(self, names: Iterable[str], listener: Listener, path: str = "") -> None:
        """Let a connection listen. A name of nothing stays silent, as on the exchange, and so does a stream
        that flows on another path."""
        moved = self.faults.streams(Fault.MOVED_STREAM)
        for name in names:
            spec = self.house.spec(name)
            if spec is not None and (name in moved or not self.house.flows(spec, path)):
                if len(self._astray) < _MOST_ASTRAY:
                    self._astray[name] += 1
                continue
            audience = self.hub.join(name, listener)
            if audience is not None and (spec is None or not self.source.open(spec, audience)):
                self._silent[name] = None

    def knows(self, name: str) -> bool:
        """Whether a stream exists."""
        spec = self.house.spec(name)
        return spec is not None and (not spec.symbol or self.source.desk(spec.symbol) is not None)

    def leave(self, names: Iterable[str], listener: Listener) -> None:
        """Let a connection listen no longer."""
        for audience in self.hub.leave(names, listener):
            if audience.name in self._silent:
                del self._silent[audience.name]
            else:
                self.source.close(audience)

    def breach(self, kind: Breach, text: str, connection: int | None = None) -> None:
        """A client broke a rule."""
        self.ledger.breach(kind, text, self.clock.wall_ms(), connection)

    def attempt(self, address: str) -> Denial | None:
        """Somebody begins a handshake. How he is denied, where he is."""
        self.ledger.attempts += 1
        now, wall_ms = self.clock.monotonic(), self.clock.wall_ms()
        denial = self.doors.address(address).attempt(now, wall_ms, self.switches.attempts_status)
        if denial is not None:
            kind = Breach.BANNED if denial.banned_until_ms else Breach.TOO_MANY_ATTEMPTS
            self.breach(kind, f"a connection attempt, answered with {denial.status}")
        return denial

    # Faults

    def fault(self, words: Mapping[str, object]) -> None:
        """Make something go wrong. Raises BadFault in words."""
        self.faults.begin(words, self.clock.monotonic(), self.clock.wall_ms())
        self._notice_faults()

    def _notice_faults(self) -> None:
        self.hub.troubles = self.faults.pass_on if self.faults.hits_streams else None

    def victims(self) -> Sequence[Victim]:
        """Every open connection."""
        return list(self.members.values())

    def ban(self, seconds: float | None) -> None:
        """Ban every address; None: for as long as any ban lasts."""
        self.doors.ban_all(self.clock.monotonic(), seconds or self.limits.ban_longest_s)

    def lift_bans(self) -> None:
        """End every ban."""
        self.doors.lift_all()

    def shift_clock(self, seconds: float) -> None:
        """Put the exchange's clock forward. Raises ValueError, in words, where it cannot be."""
        self.source.shift(round(seconds * 1_000_000))

    def answer_visitors(self) -> None:
        """Go on with handshakes that were held."""
        for visitor in list(self.visitors):
            visitor.proceed()

    def expire_listen_keys(self) -> None:
        """End every listen key before its time."""
        self.users.expire_listen_keys()

    def deliver(self, stream: str, message: Message) -> None:
        """Send a message that was held."""
        audience = self.hub.audiences.get(stream)
        if audience is not None:
            audience.spread(message)

    def report(self) -> dict[str, object]:
        """Everything that is known of the clients, as plain values."""
        now, wall_ms = self.clock.monotonic(), self.clock.wall_ms()
        sent = {name: audience.sent for name, audience in self.hub.audiences.items()}
        return {
            "time": wall_ms,
            "exchange_time": self.now_ms,
            **self.ledger.report(sent),
            "silent_streams": list(self._silent),
            "streams_on_wrong_path": dict(self._astray),
            "users": self.users.report(),
            "addresses": self.doors.report(now, wall_ms),
            "switches": self.switches.as_json(),
            "faults": self.faults.report(now),
        }
