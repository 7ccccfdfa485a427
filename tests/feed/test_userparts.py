"""A run without a memory remembers nothing."""

from __future__ import annotations

from bntui.feed.userparts import NoMemory
from bntui.model.account import AccountKey
from bntui.model.markets import Market

OWNER = AccountKey("main", Market.SPOT)


def test_what_a_run_without_memory_keeps_is_forgotten() -> None:
    memory = NoMemory()
    memory.keep(OWNER, "something")
    assert memory.recall(OWNER) == ""
    assert list(memory.fills(OWNER)) == []
