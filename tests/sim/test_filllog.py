"""What scripted accounts have traded, whoever was told of it."""

from __future__ import annotations

import pytest

from bntui.sim.filllog import KEPT, DoneFill, FillLog
from tests.sim.accounts import Account

SPOT: dict[str, object] = {"e": "executionReport", "x": "TRADE", "s": "BTCUSDT", "t": 7, "T": 50}
FUTURES: dict[str, object] = {"e": "ORDER_TRADE_UPDATE", "o": {"x": "TRADE", "s": "ETHUSDT", "t": 8, "T": 60}}


class Told(Account):
    """Tells any event."""

    def tell(self, event: dict[str, object]) -> None:
        for sink in list(self.sinks):
            sink(event)


@pytest.fixture
def log_and_account() -> tuple[FillLog, Told]:
    log, account = FillLog(), Told()
    log.follow({"main": account})
    return log, account


def test_trades_of_both_families_are_written_down(log_and_account: tuple[FillLog, Told]) -> None:
    log, account = log_and_account
    account.tell(SPOT)
    account.tell(FUTURES)
    account.tell({"e": "executionReport", "x": "NEW", "s": "BTCUSDT", "t": -1, "T": 70})
    account.tell({"e": "outboundAccountPosition"})
    assert log.since(0) == [DoneFill("main", "BTCUSDT", 7, 50), DoneFill("main", "ETHUSDT", 8, 60)]
    assert log.since(60) == [DoneFill("main", "ETHUSDT", 8, 60)]


def test_the_oldest_go_and_are_counted(log_and_account: tuple[FillLog, Told]) -> None:
    log, account = log_and_account
    for number in range(KEPT + 2):
        account.tell({**SPOT, "t": number})
    told = log.since(0)
    assert (len(told), told[0].id) == (KEPT, 2)
    assert log.as_json(51) == {"fills": [], "forgotten": 2}
