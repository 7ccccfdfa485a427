"""What ledgers leave to the next run."""

from __future__ import annotations

from pathlib import Path

from bntui.engine.ledgers import JournalMemory
from bntui.journal import Journal, open_journal
from bntui.model.delta import NumberedFill
from tests.model.account_samples import FUTURES, MAIN, a_fill, an_order


def opened(folder: Path) -> Journal:
    return open_journal(folder / "journal.db", 0)


def test_each_account_finds_its_own_text_and_its_own_fills_again(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    assert JournalMemory(journal).recall(MAIN) == ""
    journal.keep(NumberedFill(1, a_fill(1)))
    journal.keep(NumberedFill(2, a_fill(2, owner=FUTURES)))
    for order in (an_order(1), an_order(2, status="FILLED"), an_order(3, owner=FUTURES)):
        journal.keep(order)
    JournalMemory(journal).keep(MAIN, "spot")
    JournalMemory(journal).keep(FUTURES, "usdm")
    assert journal.close()

    journal = opened(tmp_path)
    memory = JournalMemory(journal)
    assert (memory.recall(MAIN), memory.recall(FUTURES)) == ("spot", "usdm")
    assert [fill.id for fill in memory.fills(MAIN)] == [1]
    assert [order.order_id for order in memory.orders(MAIN)] == [1]
    assert journal.close()
