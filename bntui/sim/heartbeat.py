"""The pings of one connection, and the pongs that answer them."""

from __future__ import annotations

from collections import deque

_MOST_WAITING = 20_000


class Heartbeat:
    """Pings that wait for their pong.

    A pong answers the ping whose payload it copies and all before it (RFC 6455, 5.5.3); any other keeps
    nobody connected (web-socket-streams.md, WebSocket Limits). Beyond 20,000 unanswered pings the oldest
    are forgotten, which a client can only reach by a flood that it was sent on purpose.
    """

    def __init__(self, empty_counts: bool) -> None:
        """`empty_counts`: a pong without payload answers the newest ping."""
        self._empty_counts = empty_counts
        self._waiting: deque[tuple[bytes, float]] = deque(maxlen=_MOST_WAITING)

    def __len__(self) -> int:
        """Pings without an answer."""
        return len(self._waiting)

    def sent(self, payload: bytes, now: float) -> None:
        """A ping was sent."""
        self._waiting.append((payload, now))

    def answered(self, payload: bytes) -> bool:
        """A pong came. False where it answers nothing, or something already answered."""
        payloads = [sent for sent, _ in self._waiting]
        if not payload and payloads and self._empty_counts:
            payload = payloads[-1]
        if payload not in payloads:
            return False
        for _ in range(payloads.index(payload) + 1):
            self._waiting.popleft()
        return True

    def forgive(self) -> None:
        """Wait for no answer any more: the fault was not the client's."""
        self._waiting.clear()

    def overdue(self, now: float, timeout_s: float) -> bool:
        """Whether the oldest ping has waited too long."""
        return bool(self._waiting) and now - self._waiting[0][1] >= timeout_s
