"""The embedded exchange without its sockets: who is connected, who listens to what, what time it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from bntui.clock import Clock
from bntui.sim.desk import Desk
from bntui.sim.faults import Arguments, Faults, Victim, apply_fault
from bntui.sim.hub import Audience, Hub, Listener
from bntui.sim.instruments import Pair
from bntui.sim.ledger import Breach, Ledger
from bntui.sim.rules import Doorkeeper
from bntui.venue.base import StreamSpec
from bntui.venue.binance.streams import parse_spot
from bntui.venue.limits import Limits

_DEFAULT_SPEED = re.compile(r"(.+@depth[0-9]*|!miniTicker@arr)@1000ms")
"""Streams with their default speed in the name, as no document has it. They flow all the same: unless told
otherwise, the exchange's own binance-connector-python 3.13.0 asks so for books, python-binance 1.0.37 for the
array."""


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


@dataclass(frozen=True, slots=True)
class Switches:
    """How the embedded exchange behaves where the real one's behaviour is not certain."""

    nested_errors: bool = True
    """Control errors as seen on the wire; false: flat, as documented."""
    compression: bool = False
    """Answer a client's offer of permessage-deflate."""
    empty_pongs_count: bool = False
    """Whether a pong without the ping's payload keeps the connection; the document asks for a copy."""
    shutdown_lead_s: tuple[float, float] | None = None
    """Send `serverShutdown` at a random time between so long before the end of a connection's life; None:
    end without it."""
    patience: int = 10
    """Refused calls in a minute before a ban."""
    send_buffer_bytes: int = 16 * 1024 * 1024
    """A connection that leaves so much unread is cut."""


class Member(Listener, Victim, Protocol):
    """An open connection."""

    def tick(self, now: float) -> None:
        """Do what is due by the clock."""
        ...

    def flush(self) -> None:
        """Write what was pushed."""
        ...


class Exchange:
    """What all connections share. Moves only when `tick` is called."""

    def __init__(self, source: Source, limits: Limits, clock: Clock, switches: Switches, rng: Random) -> None:
        """An open exchange that nobody is connected to."""
        self.rng = rng
        self.source = source
        self.limits = limits
        self.clock = clock
        self.switches = switches
        self.hub = Hub()
        self.ledger = Ledger()
        self.doors = Doorkeeper(limits, switches.patience)
        self.faults = Faults()
        self.members: dict[int, Member] = {}
        """Open connections by number."""
        self.visitors: set[Victim] = set()
        """TCP connections whose handshake is not done."""
        self._unflushed: list[Member] = []
        self._silent: dict[str, None] = {}
        """Names that somebody listens to, and nothing feeds."""

    def __repr__(self) -> str:
        return f"<Exchange {self.source!r}, {len(self.members)} connections>"

    @property
    def now_ms(self) -> int:
        """The exchange's time in milliseconds."""
        return self.source.now_us() // 1000

    def tick(self) -> None:
        """Let everything happen that is due, and write it out. Nobody waits for anybody."""
        self.source.advance()
        now = self.clock.monotonic()
        for member in list(self.members.values()):
            member.tick(now)
        self.flush()

    def turn_away(self) -> None:
        """Cut every connection whose handshake is not done."""
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

    def join(self, names: Iterable[str], listener: Listener) -> None:
        """Let a connection listen. A name of nothing stays silent, as on the exchange."""
        for name in names:
            audience = self.hub.join(name, listener)
            if audience is None:
                continue
            if not self._open(name, audience):
                self._silent[name] = None

    def _open(self, name: str, audience: Audience) -> bool:
        try:
            spoken = _DEFAULT_SPEED.fullmatch(name)
            spec = parse_spot(spoken[1] if spoken else name)
        except ValueError:
            return False
        return self.source.open(spec, audience)

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

    def fault(self, arguments: Arguments) -> None:
        """Make something go wrong. Raises BadFault in words."""
        apply_fault(arguments, self.faults, list(self.members.values()))
        self.hub.copies = self.faults.copies if self.faults.touches_streams else None

    def report(self) -> dict[str, object]:
        """Everything that is known of the clients, as plain values."""
        wall_ms = self.clock.wall_ms()
        sent = {name: audience.sent for name, audience in self.hub.audiences.items()}
        return {
            "time": wall_ms,
            "exchange_time": self.now_ms,
            **self.ledger.report(sent),
            "silent_streams": list(self._silent),
            "addresses": self.doors.report(wall_ms),
            "faults": self.faults.as_json(),
        }
