"""What happens to a shard (facts), and what it wants done (commands)."""

from __future__ import annotations

from dataclasses import dataclass

from bntui.feed.core.failures import Failure
from bntui.model.events import Ack, Refusal
from bntui.model.states import ShardState


@dataclass(frozen=True, slots=True)
class Wanted:
    """These streams shall flow on the shard."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unwanted:
    """These streams need not flow any longer."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """The gate lets the shard connect."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt to connect failed."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class Opened:
    """The websocket is open."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The exchange answered a request."""

    reply: Ack | Refusal


@dataclass(frozen=True, slots=True)
class ServerPinged:
    """A PING came; the transport leaves the answer to the machine."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Overslept:
    """Our own process stood still for so long: it was stopped, or the machine was asleep."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ponged:
    """A PONG came."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """A stream brought its first data on this connection."""

    name: str


@dataclass(frozen=True, slots=True)
class ShutdownAnnounced:
    """The server said that it will close this connection."""


@dataclass(frozen=True, slots=True)
class RotateAsked:
    """Another connection is wanted, for the reason given."""

    reason: str = "asked for by the user"


@dataclass(frozen=True, slots=True)
class Renew:
    """These streams are to be subscribed anew: they are acknowledged, and bring nothing."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection ended."""

    code: int | None
    reason: str
    by_us: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """The shard is to end for good."""

    reason: str


Fact = (
    Wanted
    | Unwanted
    | Granted
    | Failed
    | Opened
    | Replied
    | ServerPinged
    | Overslept
    | Ponged
    | Delivered
    | ShutdownAnnounced
    | RotateAsked
    | Renew
    | Lost
    | Stop
)


@dataclass(frozen=True, slots=True)
class AskGate:
    """Wait for leave to connect."""


@dataclass(frozen=True, slots=True)
class LeaveGate:
    """Leave to connect is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the websocket; answer with Opened or Failed."""


@dataclass(frozen=True, slots=True)
class SendText:
    """Send a text frame."""

    text: str


@dataclass(frozen=True, slots=True)
class SendPing:
    """Send a PING frame."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class SendPong:
    """Answer a PING."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close the websocket, or give the attempt up; answer with Lost."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The shard moved to another state."""

    state: ShardState
    reason: str
    code: int | None = None
    closed_by: str = ""
    """Who ended the connection: `server`, `network` or `bntui`."""


@dataclass(frozen=True, slots=True)
class StreamsAcked:
    """The exchange took these subscriptions."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StreamRefused:
    """The exchange will not serve this stream."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class RotateDue:
    """The connection should be replaced by another one, before it ends by itself."""

    reason: str


Command = (
    AskGate
    | LeaveGate
    | Connect
    | SendText
    | SendPing
    | SendPong
    | Close
    | StateChanged
    | StreamsAcked
    | StreamRefused
    | RotateDue
)
