"""Fills as they were printed, against those that were done."""

from __future__ import annotations

from bntui.drill.fillledger import FillLedger


def ledger(*ids: int) -> FillLedger:
    made = FillLedger()
    for trade_id in ids:
        made.fill("BTCUSDT", trade_id, recovered=False)
    return made


def test_what_was_done_and_not_printed_is_missing() -> None:
    assert ledger(1, 3).missing([("BTCUSDT", 1), ("BTCUSDT", 2), ("ETHUSDT", 1)]) == [
        ("BTCUSDT", 2),
        ("ETHUSDT", 1),
    ]


def test_what_was_printed_twice_is_repeated() -> None:
    assert ledger(1, 2, 1).repeated == [("BTCUSDT", 1)]


def test_what_was_printed_and_never_done_is_invented() -> None:
    assert ledger(1, 2).invented([("BTCUSDT", 1)]) == [("BTCUSDT", 2)]


def test_recovered_ones_are_counted() -> None:
    made = ledger(1)
    made.fill("BTCUSDT", 2, recovered=True)
    assert made.recovered == 1
