"""An account does what it is told while it runs, and refuses in words what it cannot do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bntui.sim.accounts import TradingAccount
from bntui.sim.instructions import instruct
from tests.sim.accounts import Account
from tests.sim.trading import Told, futures, spot


def accounts(told: Told) -> dict[str, TradingAccount]:
    return {"main": told.account}


def test_the_rate_changes_while_it_runs() -> None:
    told = spot(0.0, past=0)
    answer = instruct(accounts(told), {"account": "main", "fills_per_s": 50})
    assert (answer["account"], answer["fills_per_s"], answer["fills"]) == ("main", 50.0, 0)
    told.run(2)
    told_then = instruct(accounts(told), {"fills_per_s": 0})["fills"]
    assert isinstance(told_then, int)
    assert told_then > 60


def test_money_is_paid_in_and_the_margin_taken_away() -> None:
    told = futures(2.0)
    told.run(5)
    instruct(accounts(told), {"deposit": {"USDT": "100.5"}})
    assert told.of("ACCOUNT_UPDATE")[-1]["a"]["m"] == "DEPOSIT"
    instruct(accounts(told), {"squeeze": True})
    assert told.of("MARGIN_CALL")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"account": "nobody"}, "no such account; there are main"),
        ({"account": 5}, "no such account"),
        ({"nonsense": 1}, "nonsense is none of account, fills_per_s, deposit, squeeze"),
        ({"fills_per_s": -1}, "a number from 0 to 200"),
        ({"fills_per_s": True}, "a number from 0 to 200"),
        ({"fills_per_s": "50"}, "a number from 0 to 200"),
        ({"deposit": "100"}, "amounts by asset"),
        ({"deposit": {"USDT": "much"}}, "amounts by asset"),
        ({"deposit": {"USDT": "NaN"}}, "amounts by asset"),
        ({"deposit": {"USDT": "-1e12"}}, "cannot be paid out"),
        ({"squeeze": True}, "no margin"),
        ({"squeeze": 5}, "true or false"),
    ],
)
def test_what_cannot_be_is_refused_in_words(words: dict[str, object], complaint: str) -> None:
    told = spot(0.0, past=0)
    with pytest.raises(ValueError, match=complaint):
        instruct(accounts(told), words)


def test_where_nobody_trades_nobody_can_be_told() -> None:
    with pytest.raises(ValueError, match="nobody trades here"):
        instruct({}, {})
    with pytest.raises(ValueError, match="no such account"):
        instruct({"main": Account()}, {})


def test_amounts_are_exact() -> None:
    told = spot(0.0, past=0)
    instruct(accounts(told), {"deposit": {"DAI": "0.1"}})
    instruct(accounts(told), {"deposit": {"DAI": "0.2"}})
    (row,) = [event["B"] for event in told.of("outboundAccountPosition")][-1]
    assert Decimal(row["f"]) == Decimal("0.3")
