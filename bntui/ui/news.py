"""What happened to own accounts that nobody has looked at: unread fills, recovered ones, margin calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bntui.ui.format import clean, decimal_of

if TYPE_CHECKING:
    from bntui.model.account import AccountKey, Fill, Position
    from bntui.model.accounts import Accounts

BATCH_S = 5.0
"""Recovered fills that come so soon after others ring no bell of their own."""

LATE_MS = 60_000
"""A fill that was done longer before the viewer began, and that nobody missed, is no news."""

NAMED = 3
"""Symbols that a message names."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be made known now."""

    bell: bool = False
    message: str = ""
    """Of recovered fills; empty: nothing to say."""


class News:
    """Follows the accounts from the moment on in which the viewer began: what was there is not new."""

    def __init__(self) -> None:
        """Nothing is unread."""
        self.unread = 0
        """Fills that came while another screen was open."""
        self._since_ms: int | None = None
        self._counted = 0
        self._recovered: list[Fill] = []
        self._batch_at: float | None = None
        self._called: set[tuple[AccountKey, str, str]] = set()

    def __repr__(self) -> str:
        return f"<News {self.unread} unread, up to {self._counted}>"

    def read(self) -> None:
        """The fills are being looked at."""
        self.unread = 0

    def take(self, accounts: Accounts, wall_ms: int, now: float, key: str) -> Told:
        """Count what is new, and say whether it must be made known; `key` opens the fills."""
        if self._since_ms is None:
            self._since_ms = wall_ms
        if accounts.newest_fill and accounts.newest_fill < self._counted:
            # The numbers begin anew: it is another journal.
            self._counted = 0
        new: list[Fill] = []
        for number in reversed(accounts.fills):
            if number <= self._counted:
                break
            fill = accounts.fills[number]
            # The past of an account that is looked at for the first time is no news.
            if fill.received_ms >= self._since_ms and (
                fill.recovered or fill.time_ms >= self._since_ms - LATE_MS
            ):
                new.append(fill)
        self._counted = max(self._counted, accounts.last_fill)
        self.unread += len(new)
        recovered = [fill for fill in reversed(new) if fill.recovered]
        called = self._new_margin_calls(accounts.positions.values())
        if not recovered:
            return Told(bell=called)
        first = self._batch_at is None or now - self._batch_at >= BATCH_S
        if first:
            self._recovered = []
        self._batch_at = now
        self._recovered += recovered
        return Told(first or called, recovered_words(self._recovered, key))

    def _new_margin_calls(self, positions: Iterable[Position]) -> bool:
        called = {position.identity for position in margin_calls(positions)}
        new = called - self._called
        self._called = called
        return bool(new)


def recovered_words(fills: Iterable[Fill], key: str) -> str:
    """`3 fills recovered that no stream told: BTCUSDT, ETHUSDT. 5 shows them.`"""
    found = list(fills)
    symbols = list(dict.fromkeys(clean(fill.key.label) for fill in found))
    more = f" and {len(symbols) - NAMED} more" if len(symbols) > NAMED else ""
    count = "1 fill" if len(found) == 1 else f"{len(found)} fills"
    return f"{count} recovered that no stream told: {', '.join(symbols[:NAMED])}{more}. {key} shows them."


def margin_calls(positions: Iterable[Position]) -> list[Position]:
    """The positions, still open, of whose margin the exchange has warned."""
    return [
        position
        for position in positions
        if position.margin_call_ms is not None and decimal_of(position.qty) != 0
    ]


def margin_words(positions: Iterable[Position]) -> str:
    """`MARGIN CALL: BTCUSDT.usdm of main`; empty where there is none."""
    called = margin_calls(positions)
    if not called:
        return ""
    named = [f"{clean(position.key.label)} of {clean(position.owner.account)}" for position in called]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return f"MARGIN CALL: {', '.join(named[:NAMED])}{more}"
