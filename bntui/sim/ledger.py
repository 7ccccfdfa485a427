"""What the embedded exchange remembers of its clients: connections, requests, and every breach."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

_KEPT_BREACHES = 1_000
_KEPT_CONNECTIONS = 200


class Breach(StrEnum):
    """The rules that a client can break."""

    FRAME_RATE = "frame rate"
    TOO_MANY_STREAMS = "too many streams"
    MALFORMED_STREAM = "malformed stream"
    LONG_FRAME = "long frame"
    BINARY_FRAME = "binary frame"
    BAD_REQUEST = "bad request"
    PONG_TIMEOUT = "pong timeout"
    SLOW_CONSUMER = "slow consumer"
    LONG_URL = "long url"
    WRONG_PATH = "wrong path"
    TOO_MANY_ATTEMPTS = "too many attempts"
    BANNED = "call while banned"
    WEIGHT = "request weight"


@dataclass(slots=True)
class ConnectionRecord:
    """One websocket connection, from its handshake on."""

    number: int
    opened_ms: int
    path: str
    streams: int = 0
    frames_sent: int = 0
    most_unread_bytes: int = 0
    """What the exchange had to keep at worst, since the client and the system between took no more."""
    client_frames: int = 0
    pings_sent: int = 0
    pongs: int = 0
    stray_pongs: int = 0
    """Pongs that answered nothing, or something already answered."""
    client_pings: int = 0
    last_ping_ms: int | None = None
    last_pong_ms: int | None = None
    closed_ms: int | None = None
    close_code: int | None = None
    close_reason: str = ""
    closed_by: str = ""
    """`client`, `server`, or `nobody` where the connection broke without a close frame."""

    def as_json(self) -> dict[str, object]:
        """The record as plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Ledger:
    """Counters, and rings of the newest entries: the oldest go when a ring is full."""

    attempts: int = 0
    """Websocket handshakes, whatever became of them, and TCP connections that were refused."""
    connections: int = 0
    """Handshakes that succeeded."""
    requests: Counter[str] = field(default_factory=Counter)
    """REST calls by path; unknown paths together."""
    answers: Counter[str] = field(default_factory=Counter)
    """REST answers by status."""
    breach_counts: Counter[str] = field(default_factory=Counter)
    _breaches: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=_KEPT_BREACHES))
    open: dict[int, ConnectionRecord] = field(default_factory=dict)
    _closed: deque[ConnectionRecord] = field(default_factory=lambda: deque(maxlen=_KEPT_CONNECTIONS))
    _closed_frames: int = 0
    _closed_pongs: int = 0

    def breach(self, kind: Breach, text: str, time_ms: int, connection: int | None = None) -> None:
        """A client broke a rule."""
        self.breach_counts[kind] += 1
        self._breaches.append({"time": time_ms, "kind": kind, "text": text, "connection": connection})

    def opened(self, path: str, time_ms: int) -> ConnectionRecord:
        """A handshake succeeded."""
        self.connections += 1
        record = ConnectionRecord(self.connections, time_ms, path)
        self.open[record.number] = record
        return record

    def closed(self, record: ConnectionRecord) -> None:
        """A connection is gone."""
        if self.open.pop(record.number, None) is not None:
            self._closed.append(record)
            self._closed_frames += record.frames_sent
            self._closed_pongs += record.pongs

    def report(self, streams: Mapping[str, int]) -> dict[str, object]:
        """Everything, as plain values. `streams`: how many messages each open stream has sent."""
        return {
            "attempts": self.attempts,
            "connections": {
                "open": [record.as_json() for record in self.open.values()],
                "closed": [record.as_json() for record in self._closed],
                "total": self.connections,
            },
            "frames": self._closed_frames + sum(record.frames_sent for record in self.open.values()),
            "pongs": self._closed_pongs + sum(record.pongs for record in self.open.values()),
            "streams": dict(streams),
            "requests": dict(self.requests),
            "answers": dict(self.answers),
            "breaches": {
                "total": self.breach_counts.total(),
                "by_kind": dict(self.breach_counts),
                "newest": list(self._breaches),
            },
        }
