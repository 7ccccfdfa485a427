"""What happens to a user stream (facts), and what it wants done (commands).

A user stream has several connections for a while when it changes from one to the next, so that facts and
commands of a connection come with its number. Those of every websocket are a shard's own (`facts`). No key,
listen key or signature is ever in them: the shell holds those and builds the requests.
"""

from __future__ import annotations

from dataclasses import dataclass

from bntui.feed.core.facts import (
    Close,
    Connect,
    Failed,
    Lost,
    Opened,
    Overslept,
    Ponged,
    RotateAsked,
    SendPing,
    SendPong,
    ServerPinged,
    Stop,
)
from bntui.venue.user import ApiMethod, ApiReply, Refused

SocketFact = Opened | Failed | Lost | ServerPinged | Ponged
"""What happens to a websocket, whatever it carries."""


@dataclass(frozen=True, slots=True)
class OnSocket:
    """Something happened to one of the stream's connections."""

    socket: int
    fact: SocketFact


@dataclass(frozen=True, slots=True)
class Told:
    """A connection brought an event of the account."""

    socket: int
    name: str
    """In the exchange's word."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The exchange said that no more events come on a connection, or that it will close it."""

    socket: int
    reason: str
    """In its word: `eventStreamTerminated`, `listenKeyExpired`, `serverShutdown`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a `Request` came, or the refusal of a key that nobody asked about."""

    socket: int
    reply: ApiReply


@dataclass(frozen=True, slots=True)
class KeyGiven:
    """The exchange gave a listen key."""

    same: bool
    """It is the one that was there before."""


@dataclass(frozen=True, slots=True)
class KeyKept:
    """The exchange extended the listen key's life."""


@dataclass(frozen=True, slots=True)
class KeyFailed:
    """The listen key could not be made, or not be extended."""

    refused: Refused
    making: bool
    """It was to be made."""


@dataclass(frozen=True, slots=True)
class KeyDoubted:
    """REST refused the API key: what the stream lives on may be gone as well."""

    refused: Refused


@dataclass(frozen=True, slots=True)
class ClockMeasured:
    """The exchange's clock was asked for."""

    known: bool


@dataclass(frozen=True, slots=True)
class Missed:
    """REST knows fills of a time at which the stream was proven, and did not tell them."""

    fills: int


RestFact = KeyGiven | KeyKept | KeyFailed | ClockMeasured
"""What was asked of REST has come, or failed."""

UserFact = (
    OnSocket | Told | Ended | Answered | RestFact | KeyDoubted | Missed | Overslept | RotateAsked | Stop
)


@dataclass(frozen=True, slots=True)
class ToSocket:
    """Do this on a connection; `Connect` opens it."""

    socket: int
    command: Connect | SendPing | SendPong | Close


@dataclass(frozen=True, slots=True)
class Request:
    """Ask the exchange on a connection, signed anew where the method wants that."""

    socket: int
    request_id: int
    method: ApiMethod


@dataclass(frozen=True, slots=True)
class MakeKey:
    """Ask for a listen key; answer with KeyGiven or KeyFailed."""


@dataclass(frozen=True, slots=True)
class KeepKey:
    """Extend the listen key; answer with KeyKept or KeyFailed."""


@dataclass(frozen=True, slots=True)
class MeasureClock:
    """Ask for the exchange's time; answer with ClockMeasured."""


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Compare what was told with what REST knows; answer with Missed where something is."""

    reason: str
    routine: bool
    """Nothing is known to be lost."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The stream's view is another one now."""


UserCommand = ToSocket | Request | MakeKey | KeepKey | MeasureClock | Reconcile | Changed
