"""What the feed of one account is built of, and what of it outlives a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bntui.clock import Clock
from bntui.feed.core.backoff import Uniform
from bntui.feed.credentials import Credentials
from bntui.feed.pace import Pace
from bntui.feed.rest import RestClient
from bntui.feed.transport import Transport
from bntui.model.account import AccountKey, Fill, OrderUpdate
from bntui.model.markets import Instrument
from bntui.model.status import Event
from bntui.venue.base import Venue
from bntui.venue.places import Endpoints


class UserMemory(Protocol):
    """What outlives a run."""

    def fills(self, owner: AccountKey) -> Iterable[Fill]:
        """The kept fills of an account."""
        ...

    def orders(self, owner: AccountKey) -> Iterable[OrderUpdate]:
        """The kept orders of an account that were open."""
        ...

    def recall(self, owner: AccountKey) -> str:
        """What the last run's ledger left; empty for nothing."""
        ...

    def keep(self, owner: AccountKey, memory: str) -> None:
        """Keep what this run's ledger leaves; all fills told so far are kept before it."""
        ...


class NoMemory:
    """Of runs that leave nothing behind."""

    def fills(self, owner: AccountKey) -> Iterable[Fill]:
        """There are none."""
        return ()

    def orders(self, owner: AccountKey) -> Iterable[OrderUpdate]:
        """There are none."""
        return ()

    def recall(self, owner: AccountKey) -> str:
        """There is nothing."""
        return ""

    def keep(self, owner: AccountKey, memory: str) -> None:
        """It is forgotten."""


@dataclass(frozen=True, slots=True)
class UserParts:
    """What the feed of an account is built of; the seams of its tests."""

    credentials: Credentials
    venue: Venue
    endpoints: Endpoints
    transport: Transport
    rest: RestClient
    pace: Pace
    clock: Clock
    uniform: Uniform
    sink: Callable[[Sequence[Event]], None]
    """One call a gulp."""
    instruments: Callable[[], Mapping[str, Instrument]]
    """What the market lists, as far as it is known."""
    watched: Callable[[], Iterable[str]]
    """Symbols of the user's, which may have been traded."""
    memory: UserMemory
