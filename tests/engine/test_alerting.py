"""Alerts in the engine: seen within a second, kept over a restart, acknowledged by a viewer."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bntui.alertrules import BUILT_IN, AlertRule
from bntui.clock import ManualClock
from bntui.engine.alerting import LATE_MS, Alerting
from bntui.engine.engine import JUDGE_EVERY_S, Engine
from bntui.errors import UsageError
from bntui.journal import Journal, open_journal
from bntui.model.alerts import AlertKind, AlertView
from bntui.model.judged import VerdictView
from bntui.model.markets import Market, SymbolKey
from bntui.model.states import Grade
from bntui.store.store import Store
from bntui.wire.messages import Acknowledge, Unwatch
from tests.model.account_samples import a_fill
from tests.model.build import BTC, stream_changed, trade
from tests.support.alerts import a_rule
from tests.support.engine import key, list_symbols, memory_engine
from tests.support.exchange import MemoryExchange

LOW = a_rule(symbols=(BTC,))
FILLS = a_rule(name="fills", kind=AlertKind.FILL, value=Decimal(0), clear=Decimal(0), cool_down_s=0.0)


def alerting(clock: ManualClock, *rules: AlertRule, journal: Journal | None = None) -> tuple[Store, Alerting]:
    """Rules over a store in which BTCUSDT is watched."""
    store = Store("e1", clock.wall_ms())
    store.set_watchlist([BTC])
    return store, Alerting(store, clock, rules, journal)


def tick(at: Alerting, clock: ManualClock, seconds: float = 1.0) -> None:
    """Let the engine look, as often as it does."""
    for _ in range(round(seconds / JUDGE_EVERY_S)):
        clock.advance(JUDGE_EVERY_S)
        at.tick(clock.monotonic())


def alerts(store: Store) -> list[AlertView]:
    return list(store.alerts)


def test_a_verdict_that_is_blind_for_ten_seconds_rings_once(clock: ManualClock) -> None:
    store, at = alerting(clock, *BUILT_IN)
    tick(at, clock, 60)
    store.set_verdict(VerdictView(Grade.DEGRADED, "DEGRADED: the engine is starting", 0.0))
    tick(at, clock, 60)
    assert alerts(store) == []
    store.set_verdict(VerdictView(Grade.BLIND, "BLIND on 3 streams", 0.0))
    tick(at, clock, 9)
    assert alerts(store) == []
    tick(at, clock, 3_600)
    (alert,) = alerts(store)
    assert (alert.rule, alert.bell, alert.told, alert.lasts) == ("blind", True, 1, True)
    store.set_verdict(VerdictView(Grade.LIVE, "LIVE 3/3 streams", 0.0))
    tick(at, clock)
    (alert,) = alerts(store)
    assert (alert.lasts, alert.ending) == (False, "LIVE 3/3 streams")


def test_a_restart_goes_on_where_the_last_run_ended(tmp_path: Path, clock: ManualClock) -> None:
    path = tmp_path / "journal.db"
    journal = open_journal(path, clock.wall_ms())
    store, at = alerting(clock, LOW, journal=journal)
    store.apply([stream_changed(), trade(price="99")])
    tick(at, clock)
    at.acknowledge(1, "seen")
    journal.close()
    journal = open_journal(path, clock.wall_ms())
    store, at = alerting(clock, LOW, journal=journal)
    (alert,) = alerts(store)
    assert (alert.lasts, alert.note, alert.bell) == (True, "seen", True)
    store.apply([stream_changed(), trade(price="102")])
    tick(at, clock)
    assert not alerts(store)[0].lasts
    tick(at, clock, 300)
    store.apply([trade(price="98", trade_id=2)])
    tick(at, clock)
    assert [alert.id for alert in alerts(store)] == [1, 2]
    journal.close()


def test_a_fill_is_told_as_it_comes_and_one_of_the_past_is_not(clock: ManualClock) -> None:
    store, at = alerting(clock, FILLS)
    done = a_fill(1)
    at.take([trade(), done])
    assert [alert.text for alert in alerts(store)] == [
        f"{done.side} {done.qty} {done.symbol} @ {done.price} of main.spot"
    ]
    past_ms = done.received_ms - LATE_MS - 1
    at.take([a_fill(2, time_ms=past_ms)])
    assert len(alerts(store)) == 1
    at.take([a_fill(3, time_ms=past_ms, recovered=True)])
    assert len(alerts(store)) == 2


def engine(folder: Path, clock: ManualClock, *rules: AlertRule) -> Engine:
    return memory_engine(folder, clock, MemoryExchange(), rules=rules)


async def test_the_symbols_of_rules_are_watched(tmp_path: Path, clock: ManualClock) -> None:
    at = engine(tmp_path, clock, a_rule(symbols=(BTC, SymbolKey(Market.COINM, "BTCUSD_PERP"))))
    at.begin([key("ETHUSDT")])
    assert at.store.watchlist == (key("ETHUSDT"), BTC)
    assert "An alert is blind: this run has no coinm market." in [n.text for n in at.store.notices]


async def test_a_rule_about_what_there_is_not_is_said(tmp_path: Path, clock: ManualClock) -> None:
    at = engine(tmp_path, clock, a_rule(symbols=(key("BTCUSTD"),)))
    list_symbols(at, "BTCUSDT")
    at.begin([BTC])
    assert at.store.notices[-1].text.startswith(
        "An alert is blind: BTCUSTD is not listed; did you mean BTCUSDT?"
    )


async def test_who_takes_its_symbol_off_the_list_is_told_what_no_longer_sees_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    at = engine(tmp_path, clock, LOW)
    at.begin([])
    at.handle(Unwatch([BTC]))
    assert at.store.notices[-1].text == "Alerts see nothing of it now: btc-low."


async def test_a_viewer_acknowledges(tmp_path: Path, clock: ManualClock) -> None:
    at = engine(tmp_path, clock, a_rule(kind=AlertKind.AGE, value=Decimal(60)))
    at.begin([BTC])
    at.take([trade(at=clock.monotonic() - 61)])
    at.tick()
    (alert,) = alerts(at.store)
    at.handle(Acknowledge(alert.id, "known"))
    assert alerts(at.store)[0].note == "known"
    with pytest.raises(UsageError, match="Alert 77 is over and done with"):
        at.handle(Acknowledge(77, ""))
