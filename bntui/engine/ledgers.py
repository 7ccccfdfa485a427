"""What the ledgers of accounts leave to the next run, in the journal."""

from __future__ import annotations

from collections.abc import Iterable

from bntui.journal import Journal
from bntui.model.account import AccountKey, Fill, OrderUpdate


class JournalMemory:
    """Keeps each ledger's text behind the fills that it rests on: the journal writes in the order given."""

    def __init__(self, journal: Journal) -> None:
        """Of this profile."""
        self._journal = journal

    def fills(self, owner: AccountKey) -> Iterable[Fill]:
        """The kept fills of an account."""
        return (fill for _, fill in self._journal.remembered.fills if fill.owner == owner)

    def orders(self, owner: AccountKey) -> Iterable[OrderUpdate]:
        """The kept orders of an account that were open."""
        return (each for each in self._journal.remembered.orders if each.owner == owner and each.open)

    def recall(self, owner: AccountKey) -> str:
        """What the last run's ledger left; empty for nothing."""
        return self._journal.get(_key(owner)) or ""

    def keep(self, owner: AccountKey, memory: str) -> None:
        """Keep what this run's ledger leaves."""
        self._journal.put(_key(owner), memory)


def _key(owner: AccountKey) -> str:
    return f"ledger {owner.label}"
