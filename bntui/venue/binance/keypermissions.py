"""What a key may do, as the exchange tells its owner (wallet, Get API Key Permission; read 2026-05-28)."""

from __future__ import annotations

from dataclasses import dataclass

from bntui.venue.base import RestCall
from bntui.venue.binance.account_limits import SPOT_ACCOUNT_CALLS
from bntui.venue.binance.accountrest import AccountCaller
from bntui.venue.binance.answers import Row, read
from bntui.venue.binance.values import entries, flag

_TRADING = {
    "enableSpotAndMarginTrading": "trade on Spot and margin",
    "enableMargin": "borrow on margin",
    "enableFutures": "trade on futures",
    "enableVanillaOptions": "trade options",
    "enablePortfolioMarginTrading": "trade with portfolio margin",
    "enableFixApiTrade": "trade over FIX",
}
_MOVING = {
    "enableWithdrawals": "withdraw",
    "enableInternalTransfer": "transfer to other accounts",
    "permitsUniversalTransfer": "transfer between own accounts",
}


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What one key may do."""

    reads: bool
    too_much: tuple[str, ...]
    """What it may do beside reading, in words; moving money first."""
    tied: bool
    """It works from certain IP addresses only."""


def permissions_call() -> RestCall:
    """The request, which goes to Spot's host for keys of the futures too."""
    return AccountCaller(SPOT_ACCOUNT_CALLS)("key_permissions")


def read_permissions(body: bytes) -> KeyPermissions:
    """The answer. Raises ValueError for what is none. What it does not name, the key may not do."""
    return read(body, lambda answer: _permissions(entries(answer)))


def _permissions(row: Row) -> KeyPermissions:
    allowed = {**_MOVING, **_TRADING}
    return KeyPermissions(
        reads=flag(row["enableReading"]),
        too_much=tuple(words for name, words in allowed.items() if flag(row.get(name, False))),
        tied=flag(row["ipRestrict"]),
    )
