"""What the feed needs to know of a configured account to ask for its events."""

from __future__ import annotations

from dataclasses import dataclass, field

from bntui.model.access import UserMethod
from bntui.model.account import AccountKey
from bntui.model.markets import Market
from bntui.secret import Secret
from bntui.venue.binance.signing import Signer


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account on one market whose key could be read."""

    name: str
    """The user's own name for the account."""
    market: Market
    api_key: Secret
    sign: Signer = field(repr=False)
    """Holds the secret or private key, and never shows it."""
    method: UserMethod
    """How its events are to be had; the market must know it (`UserVenue.methods`)."""

    @property
    def owner(self) -> AccountKey:
        """Under which its events are kept."""
        return AccountKey(self.name, self.market)


@dataclass(frozen=True, slots=True)
class MissingKey:
    """An account on one market that is configured, but whose key cannot be read: it counts as blind."""

    name: str
    market: Market
    reason: str
    """What is wrong with it, without any part of it."""
    hint: str = ""

    @property
    def owner(self) -> AccountKey:
        """Under which it is shown."""
        return AccountKey(self.name, self.market)


Account = Credentials | MissingKey
"""What a feed is built with, one for each account and market."""
