"""What faults can be done to: a connection, and the exchange as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from bntui.sim.hub import Message


class Victim(Protocol):
    """A connection, as faults see it."""

    @property
    def number(self) -> int:
        """Its number in the report."""
        ...

    @property
    def path(self) -> str:
        """What its handshake asked for, with the query."""
        ...

    def abort(self) -> None:
        """Cut the TCP connection, without a close frame."""
        ...

    def end(self, code: int, reason: str) -> None:
        """Close with a code."""
        ...

    def end_life(self) -> None:
        """Close as if its 24 hours were over."""
        ...

    def freeze(self, why: object, frozen: bool) -> None:
        """Stop reading and writing, or go on once nothing is left why it stopped."""
        ...

    def mute(self, why: object, muted: bool) -> None:
        """Send no data, or send it again once nothing is left why not."""
        ...

    def announce_shutdown(self, after_s: float) -> None:
        """Send `serverShutdown`, and close after a while."""
        ...

    def forget(self, names: Iterable[str]) -> None:
        """Lose subscriptions without a word."""
        ...

    def overhear(self, names: Iterable[str], hears: bool) -> None:
        """Get data of streams that were not asked for, or no longer."""
        ...

    def terminate(self) -> None:
        """End the subscriptions to accounts, and say so where that is usual."""
        ...

    def inject(self, text: str, *, event: bool = False, binary: bool = False) -> None:
        """Send a text as it is, or as an event in the connection's envelope."""
        ...

    def flood(self, pings: int) -> None:
        """Send so many PINGs at once."""
        ...


class Ground(Protocol):
    """The exchange, as faults see it."""

    def victims(self) -> Sequence[Victim]:
        """Every open connection."""
        ...

    def ban(self, seconds: float | None) -> None:
        """Ban every address; None: as long as a first ban lasts."""
        ...

    def lift_bans(self) -> None:
        """End every ban."""
        ...

    def shift_clock(self, seconds: float) -> None:
        """Put the exchange's clock forward. Raises ValueError, in words, where it cannot be."""
        ...

    def answer_visitors(self) -> None:
        """Go on with handshakes that were held."""
        ...

    def deliver(self, stream: str, message: Message) -> None:
        """Send a message that was held."""
        ...

    def expire_listen_keys(self) -> None:
        """End every listen key before its time."""
        ...
