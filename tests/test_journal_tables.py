"""Fills and orders in the journal: as they were, each once, and bounded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bntui import journal_tables
from bntui.journal_tables import (
    FILLS_AGE_DAYS,
    OUTAGES_AGE_DAYS,
    FillMark,
    put,
    read_alerts,
    read_fills,
    read_marks,
    read_orders,
    tidy,
)
from bntui.model.delta import NumberedFill
from tests.model.account_samples import FUTURES, MAIN, a_fill, an_order
from tests.support.alerts import an_alert

DAY_MS = 24 * 3_600 * 1_000
FULL_FILL = a_fill(
    7, owner=FUTURES, symbol="币安人生USDT", maker=True, recovered=True, realized_pnl="-1.5", mid="60000.05"
)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(journal_tables.SCHEMA)
        yield connection


def test_fills_are_read_as_they_were_written(database: sqlite3.Connection) -> None:
    fills = [NumberedFill(3, FULL_FILL), NumberedFill(4, a_fill(1))]
    put(database, fills)
    assert read_fills(database) == fills


def test_a_trade_is_kept_once_whatever_number_it_comes_with(database: sqlite3.Connection) -> None:
    put(database, [NumberedFill(1, a_fill(1)), NumberedFill(2, a_fill(1, price="2"))])
    assert read_fills(database) == [NumberedFill(1, a_fill(1))]


def test_the_newest_fills_are_read_and_only_those_of_the_time_asked_for(
    database: sqlite3.Connection,
) -> None:
    put(database, [NumberedFill(n, a_fill(n, time_ms=n * 1_000)) for n in range(1, 6)])
    assert [number for number, _ in read_fills(database, most=2)] == [4, 5]
    assert [number for number, _ in read_fills(database, since_ms=3_000)] == [3, 4, 5]


def test_it_is_known_how_far_the_fills_of_each_symbol_go(database: sqlite3.Connection) -> None:
    put(
        database,
        [
            NumberedFill(1, a_fill(9, time_ms=50)),
            NumberedFill(2, a_fill(8, time_ms=40)),
            NumberedFill(3, a_fill(1, symbol="ETHUSDT", time_ms=60)),
        ],
    )
    assert sorted(read_marks(database)) == [
        FillMark(MAIN, "BTCUSDT", 9, 50),
        FillMark(MAIN, "ETHUSDT", 1, 60),
    ]


def test_too_many_fills_are_forgotten_oldest_first(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_tables, "FILLS_MOST", 2)
    put(database, [NumberedFill(n, a_fill(n)) for n in range(1, 5)])
    assert [number for number, _ in read_fills(database)] == [3, 4]


def test_old_fills_are_forgotten_when_the_file_is_opened(database: sqlite3.Connection) -> None:
    put(database, [NumberedFill(1, a_fill(1, time_ms=0)), NumberedFill(2, a_fill(2, time_ms=1))])
    tidy(database, FILLS_AGE_DAYS * DAY_MS + 1)
    assert [number for number, _ in read_fills(database)] == [2]


def test_alerts_are_read_as_they_were_last(database: sqlite3.Connection) -> None:
    full = an_alert(
        2, ended_ms=5, ending="over", acknowledged_ms=4, note="known", desktop="osc9", sent="command done"
    )
    put(database, [an_alert(2), full, an_alert(1)])
    assert read_alerts(database) == [an_alert(1), full]
    assert read_alerts(database, most=1) == [full]


def test_too_many_alerts_are_forgotten_oldest_first(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_tables, "ALERTS_MOST", 2)
    put(database, [an_alert(n) for n in range(1, 5)])
    assert [alert.id for alert in read_alerts(database)] == [3, 4]


def test_an_old_alert_is_forgotten_unless_it_lasts(database: sqlite3.Connection) -> None:
    put(database, [an_alert(1, began_ms=0), an_alert(2, began_ms=0, ended_ms=1), an_alert(3, began_ms=1)])
    tidy(database, OUTAGES_AGE_DAYS * DAY_MS + 1)
    assert [alert.id for alert in read_alerts(database)] == [1, 3]


def test_orders_are_read_as_they_were_last(database: sqlite3.Connection) -> None:
    first = an_order(1)
    over = an_order(1, status="EXPIRED", reason="UNFILLED_IOC_QUANTITY_EXPIRED", time_ms=first.time_ms + 5)
    waiting = an_order(1, conditional=True, owner=FUTURES, reduce_only=True, placed_ms=None)
    put(database, [first, over, waiting])
    assert read_orders(database) == [waiting, over]


def test_too_many_orders_are_forgotten_oldest_first(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_tables, "ORDERS_KEPT", 2)
    put(database, [an_order(n, time_ms=n) for n in (3, 1, 2, 4)])
    assert [order.order_id for order in read_orders(database)] == [3, 4]
