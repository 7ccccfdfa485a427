"""One connection of a user stream: opens it, holds it, and tells its owner what it brings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from bntui.feed.core.facts import Failed, Lost, Opened, Ponged, ServerPinged
from bntui.feed.core.failures import Failure
from bntui.feed.core.userfacts import SocketFact
from bntui.feed.runs import Run
from bntui.feed.transport import Link, Receiver

log = logging.getLogger(__name__)


class UserLinkOwner(Protocol):
    """Who is told. Called on the loop, never awaited."""

    def happened(self, number: int, fact: SocketFact) -> None:
        """Something happened to the connection; after Failed and Lost nothing more does."""

    def frames(self, number: int, frames: list[bytes]) -> None:
        """Whole text messages, in order."""

    def alive(self, number: int) -> None:
        """A frame of any kind came."""


class UserLink:
    """One connection, from the attempt to its end. Its address holds a secret and is kept by nobody here."""

    def __init__(self, number: int, owner: UserLinkOwner) -> None:
        """Nothing is opened yet."""
        self.number = number
        self.link: Link | None = None
        self._owner = owner
        self._attempt: asyncio.Task[Link | Failure] | None = None
        self._early: list[Callable[[], None]] = []
        """What came while the connection was being handed over."""

    def connect(self, opening: Callable[[Receiver], Awaitable[Link | Failure]]) -> None:
        """Begin the attempt; its outcome is told."""

        async def attempt() -> Link | Failure:
            return await opening(self)

        self._attempt = asyncio.get_running_loop().create_task(attempt())
        self._attempt.add_done_callback(self._attempted)

    def _attempted(self, attempt: asyncio.Task[Link | Failure]) -> None:
        self._attempt = None
        if attempt.cancelled():
            outcome: Link | Failure = Failure("given up")
        elif (error := attempt.exception()) is not None:
            # Only its kind: the words of an error may hold the address.
            log.error("the attempt to connect a user stream broke: %s", type(error).__name__)
            outcome = Failure("an error inside bntui; its log has it")
        else:
            outcome = attempt.result()
        if isinstance(outcome, Failure):
            self._owner.happened(self.number, Failed(outcome))
            return
        self.link = outcome
        self._owner.happened(self.number, Opened())
        early, self._early = self._early, []
        for tell in early:
            tell()

    def end(self, code: int, reason: str) -> None:
        """Close the connection, or give the attempt up."""
        if self.link is not None:
            self.link.end(code, reason)
        elif self._attempt is not None:
            self._attempt.cancel()

    async def closed(self) -> None:
        """Give the attempt up, if there is one, and wait for its task."""
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.gather(self._attempt, return_exceptions=True)

    # What the connection brings (Receiver)

    def frames(self, frames: list[bytes]) -> None:
        """Hand messages on."""
        self._tell(lambda: self._owner.frames(self.number, frames))

    def flood(self, run: Run) -> None:
        """Hand messages on; each of them counts."""
        self.frames(run.all())

    def binary(self, size: int) -> None:
        """A binary message says nothing here, but that the connection lives."""
        self._tell(lambda: self._owner.alive(self.number))

    def pinged(self, payload: bytes) -> None:
        """Tell of a PING."""
        self._tell(lambda: self._beat(ServerPinged(payload)))

    def ponged(self, payload: bytes) -> None:
        """Tell of a PONG."""
        self._tell(lambda: self._beat(Ponged(payload)))

    def lost(self, code: int | None, reason: str, by_us: bool) -> None:
        """Tell that the connection has ended."""
        self._tell(lambda: self._ended(Lost(code, reason, by_us)))

    def _beat(self, fact: ServerPinged | Ponged) -> None:
        self._owner.alive(self.number)
        self._owner.happened(self.number, fact)

    def _ended(self, fact: Lost) -> None:
        self.link = None
        self._owner.happened(self.number, fact)

    def _tell(self, tell: Callable[[], None]) -> None:
        # Its owner must see it open first.
        if self._attempt is not None:
            self._early.append(tell)
        else:
            tell()
