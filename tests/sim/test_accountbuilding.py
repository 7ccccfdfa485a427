"""Every key's account is there on every market, each with money for what it trades, and on any symbol."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bntui.clock import ManualClock
from bntui.sim.accountbuilding import futures_accounts, spot_account, spot_accounts
from bntui.sim.instruments import RARE_SYMBOL, dollars_of
from bntui.sim.keys import ACCOUNTS
from bntui.sim.market import Market
from bntui.sim.script import Script
from tests.sim.floors import Pit
from tests.sim.trading import Told


def test_each_account_of_the_keys_is_there_on_each_market() -> None:
    pit = Pit()
    assert pit.spot is not None
    script = Script(0.0, 5)
    everywhere = [
        spot_accounts(pit.spot, 1, script),
        futures_accounts(pit.floor, 1, script, coin_margined=False),
        futures_accounts(pit.floor, 1, script, coin_margined=True),
    ]
    for accounts in everywhere:
        assert tuple(accounts) == ACCOUNTS
        answers = [one.rest("account", {}) for one in accounts.values()]
        assert answers[0] != answers[1]


def test_an_account_begins_with_all_that_it_trades_and_something_for_fees() -> None:
    market = Market(ManualClock(), 12, 300.0, 1)
    account = spot_account(market, number=0, seed=1, script=Script(0.0, 0, ("ETHUSDT", "ETHBTC")))
    answer: Any = account.rest("account", {})
    dollars = {
        row["asset"]: Decimal(row["free"]) * Decimal(str(dollars_of(row["asset"])))
        for row in answer["balances"]
        if row["asset"] != "USDT"
    }
    assert dollars.keys() == {"ETH", "BTC", "BNB"}
    assert 10_000 < dollars["ETH"] < 100_000
    assert 10_000 < dollars["BTC"] < 100_000
    assert 10 < dollars["BNB"] < 100


@pytest.mark.parametrize(
    "symbol", ["币安人生USDT", "PEPEUSDT", RARE_SYMBOL, "BTCEUR", "BTCFDUSD", "DUBAUSDT"]
)
def test_any_symbol_can_be_traded(symbol: str) -> None:
    clock = ManualClock()
    market = Market(clock, ("BTCUSDT", symbol), 50.0, 1)
    account = spot_account(market, number=0, seed=1, script=Script(5.0, 20, (symbol,)))

    def advance(seconds: float) -> None:
        clock.advance(seconds)
        market.advance()

    told = Told(account, advance)
    told.run(10)
    traded = [event for event in told.of("executionReport") if event["x"] == "TRADE"]
    assert len(traded) > 20
    assert {event["s"] for event in traded} == {symbol}
