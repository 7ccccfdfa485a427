"""What a scenario says of own accounts, and how it is judged."""

from __future__ import annotations

from typing import Any

import pytest

from bntui.drill.accounts import AccountExpected, RecoveryExpected, TradingAccount, judge_fills
from bntui.drill.fillledger import FillLedger
from bntui.drill.lost import Lost
from bntui.drill.scenario import parse
from bntui.drill.tables import BadScenario, Range
from bntui.model.access import UserMethod
from tests.drill.records import record, stands, table

SCENARIO = """
about = "Small."
seconds = 1
{head}
[[expect]]
verdict = "live"
within = 1
[lost]
trades = "nothing"
recovered = [1, 2]
"""


def printed(*trades: tuple[int, bool]) -> FillLedger:
    ledger = FillLedger()
    for trade_id, recovered in trades:
        ledger.fill("BTCUSDT", trade_id, recovered)
    return ledger


def failed(
    ledger: FillLedger, *done: int, recovered: Range | None = None, fills: str = "nothing"
) -> list[str]:
    seen = record(fills=ledger, own_trades=[("BTCUSDT", trade_id) for trade_id in done])
    lost = Lost({}, None, recovered, fills)
    return [finding.expected for finding in judge_fills(seen, lost) if not finding.passed]


def test_every_fill_comes_once() -> None:
    assert failed(printed((1, False), (2, True)), 1, 2) == []
    assert failed(printed((1, False)), 1, 2) == ["every fill is printed"]
    twice = ["no fill is printed twice, and none that was not done"]
    assert failed(printed((1, False), (1, True)), 1) == twice
    assert failed(printed((1, False), (9, False)), 1) == twice


def test_an_account_that_did_not_trade_proves_nothing() -> None:
    assert failed(printed()) == ["every fill is printed"]


def test_so_many_are_recovered() -> None:
    assert failed(printed((1, True)), 1, recovered=Range(1, 2)) == []
    assert failed(printed((1, False)), 1, recovered=Range(1, 2)) == ["fills marked as recovered: 1 to 2"]


def test_an_account_that_goes_blind_shows_what_came_before() -> None:
    assert failed(printed((1, False)), 1, 2, fills="some") == []
    assert failed(printed((1, False)), 1, fills="some") == ["some fills are printed, and others are not"]
    assert failed(printed(), 1, fills="some") == ["some fills are printed, and others are not"]


def test_an_account_that_cannot_be_seen_shows_no_fill_though_it_trades() -> None:
    assert failed(printed(), 1, fills="everything") == []
    assert failed(printed((1, False)), 1, fills="everything") == ["no fill can be seen"]


@pytest.mark.parametrize(
    ("kind", "histories", "words"),
    [(AccountExpected, "accounts", "account"), (RecoveryExpected, "recoveries", "recovery")],
)
def test_an_account_is_in_some_state_for_some_reason(
    kind: type[AccountExpected] | type[RecoveryExpected], histories: str, words: str
) -> None:
    state, other = ("down", "live") if kind is AccountExpected else ("incomplete", "complete")
    seen = record(**{histories: {"drill.spot": stands((0, other, ""), (5, state, "HTTP 503"))}})

    def met(**more: Any) -> bool:
        expected = kind.read(table(**{words: "drill.spot", "from": 4, "within": 3, **more}))
        return expected.judge(seen).passed

    assert met(state=state)
    assert met(state=state, reason="503")
    assert not met(state=state, reason="418")
    assert not met(state=state, within=0.5)


def test_an_account_and_a_tail_of_fills_go_together() -> None:
    account = '[account]\nmethod = "listen key"\nfills_per_s = 50'
    whole = parse("small", SCENARIO.format(head=f'tail = ["fill"]\n{account}'))
    assert whole.account == TradingAccount(UserMethod.LISTEN_KEY, 50.0, "hmac")
    for head in ('tail = ["fill"]', account):
        with pytest.raises(BadScenario, match="go together"):
            parse("small", SCENARIO.format(head=head))


def test_a_word_that_is_no_method_is_refused() -> None:
    with pytest.raises(BadScenario, match="method"):
        parse("small", SCENARIO.format(head='tail = ["fill"]\n[account]\nmethod = "magic"'))
