"""Listens at connections: how each ends and, where it is asked for, every frame of market data."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from bntui.blackbox.recorder import CloseSink
from bntui.feed.core.failures import Failure
from bntui.feed.link import ShardLink
from bntui.feed.runs import Run
from bntui.feed.transport import Link, Receiver, Transport

FrameSink = Callable[[list[bytes]], None]
"""Is told of the whole text messages of one gulp."""


class Tap:
    """Put around a transport; what it hears goes to whoever is connected by then, and to nobody before.

    Frames of user streams are never heard: their addresses, and some of their messages, hold keys.
    """

    def __init__(self) -> None:
        """Nobody listens."""
        self.on_closed: CloseSink | None = None
        self.on_frames: FrameSink | None = None

    def around(self, transport: Transport) -> Transport:
        """The same transport, listened to."""
        return _Tapped(transport, self)


class _Tapped:
    """A transport whose connections are listened to."""

    def __init__(self, transport: Transport, tap: Tap) -> None:
        self._transport = transport
        self._tap = tap

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        """Open through the transport."""
        return await self._transport.open(
            url, _Ear(urlsplit(url).netloc.rpartition("@")[2], receiver, self._tap)
        )


class _Ear:
    """Hears what a receiver is told."""

    def __init__(self, host: str, receiver: Receiver, tap: Tap) -> None:
        self._host = host
        self._receiver = receiver
        self._tap = tap
        self._is_market = isinstance(receiver, ShardLink)

    def frames(self, frames: list[bytes]) -> None:
        if self._is_market and self._tap.on_frames is not None:
            self._tap.on_frames(frames)
        self._receiver.frames(frames)

    def flood(self, run: Run) -> None:
        if self._is_market and self._tap.on_frames is not None:
            self._tap.on_frames(run.all())
        self._receiver.flood(run)

    def binary(self, size: int) -> None:
        self._receiver.binary(size)

    def pinged(self, payload: bytes) -> None:
        self._receiver.pinged(payload)

    def ponged(self, payload: bytes) -> None:
        self._receiver.ponged(payload)

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        if self._tap.on_closed is not None:
            self._tap.on_closed(self._host, code, reason, by_us)
        self._receiver.lost(code, reason, by_us)
