"""What may be lost of the trades: nothing, what is told, or exactly so many."""

from __future__ import annotations

from typing import Any

import pytest

from bntui.drill.ledger import TradeLedger
from bntui.drill.lost import Lost, always
from bntui.drill.record import Record
from bntui.drill.tables import BadScenario
from tests.drill.records import record, report, table


def ledger(*ids: int, told: bool = True, refilled: tuple[int, ...] = ()) -> TradeLedger:
    made = TradeLedger()
    for trade_id in ids:
        if told and made.last_id is not None and trade_id > made.last_id + 1:
            made.gap(made.last_id + 1, trade_id - 1)
        made.trade(trade_id, refilled=False)
    for trade_id in refilled:
        made.trade(trade_id, refilled=True)
    return made


def failed(words: dict[str, Any], **trades: TradeLedger) -> list[str]:
    """What of the expectation is not met."""
    findings = Lost.read(table(**words)).judge(record(trades=trades))
    return [finding.expected for finding in findings if not finding.passed]


def test_nothing_may_be_missing() -> None:
    assert failed({"trades": "nothing"}, BTCUSDT=ledger(1, 2, 3)) == []
    assert failed({"trades": "nothing"}, BTCUSDT=ledger(1, 3)) == ["trades missing: none"]
    assert failed({"trades": "nothing"}, BTCUSDT=ledger(1, 3, refilled=(2,))) == []


def test_what_is_told_may_be_missing() -> None:
    assert failed({"trades": "told"}, BTCUSDT=ledger(1, 9)) == []
    assert failed({"trades": "told"}, BTCUSDT=ledger(1, 9, told=False)) == [
        "every hole is told by a gap line"
    ]


def test_exactly_so_many_may_be_missing_and_no_others() -> None:
    wanted = {"trades": {"BTCUSDT": 3}}
    assert failed(wanted, BTCUSDT=ledger(1, 5), ETHUSDT=ledger(7, 8)) == []
    assert failed(wanted, BTCUSDT=ledger(1, 4)) == ["trades missing: 3 of BTCUSDT"]
    assert failed(wanted, BTCUSDT=ledger(1, 5), ETHUSDT=ledger(7, 9)) == ["trades missing: 3 of BTCUSDT"]
    assert failed({"trades": {"BTCUSDT": [1, 3]}}, BTCUSDT=ledger(1, 4)) == []


def test_without_a_single_trade_nothing_is_proven() -> None:
    assert failed({"trades": "nothing"}) == ["trades missing: none"]
    assert len(failed({"trades": "told"})) == 1


def test_repetition_and_disorder_are_never_allowed() -> None:
    once = ["every trade once and in the order of its id"]
    assert failed({"trades": "told"}, BTCUSDT=ledger(1, 2, 2)) == once
    assert failed({"trades": "told"}, BTCUSDT=ledger(1, 3, 2)) == once


def test_refilled_trades_are_counted() -> None:
    assert failed({"trades": "nothing", "refilled": 1}, BTCUSDT=ledger(1, 3, refilled=(2,))) == []
    assert failed({"trades": "nothing", "refilled": [1, 9]}, BTCUSDT=ledger(1, 2)) == [
        "trades refilled by REST: 1 to 9"
    ]


def test_what_may_be_lost_must_be_said() -> None:
    with pytest.raises(BadScenario, match='trades is missing: "nothing", "told" or symbols'):
        Lost.read(table())
    with pytest.raises(BadScenario, match="trades cannot be 'everything'"):
        Lost.read(table(trades="everything"))


def what_fails(seen: Record, *, breaches_expected: bool = False, astray_expected: bool = False) -> list[str]:
    findings = always(seen, breaches_expected, astray_expected)
    return [each.expected for each in findings if not each.passed]


def test_some_things_hold_in_every_drill() -> None:
    assert what_fails(record(exchange=report())) == []
    assert what_fails(record(exchange=report(), quotes_back=1)) == ["quotes never go back"]
    assert what_fails(record(exchange=report(), malformed=1)) == ["every frame can be read"]
    assert what_fails(record(exchange=report(), lines_lost=1)) == ["no line of the tail is dropped"]


def test_a_broken_rule_fails_a_drill_unless_the_scenario_counts_them_itself() -> None:
    newest = [{"kind": "frame rate", "text": "too many"}]
    seen = record(exchange=report(breaches={"total": 1, "by_kind": {"frame rate": 1}, "newest": newest}))
    assert what_fails(seen) == ["no rule of the exchange is broken"]
    assert what_fails(seen, breaches_expected=True) == []


def test_a_stream_on_a_wrong_path_fails_a_drill_unless_the_scenario_counts_them_itself() -> None:
    seen = record(exchange=report(streams_on_wrong_path={"btcusdt@ticker": 1}))
    assert what_fails(seen) == ["every stream is asked for on the path that serves it"]
    assert what_fails(seen, astray_expected=True) == []
