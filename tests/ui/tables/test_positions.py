from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bntui.model.account import Position
from bntui.model.markets import Market
from bntui.model.states import StreamState
from bntui.ui.tables.own import Variety
from bntui.ui.tables.positions import (
    FRESH_S,
    away_text,
    direction,
    is_closed,
    liquidation_percent,
    margin_note,
    pnl_at,
    position_columns,
    position_detail,
    worth_of,
)
from bntui.ui.widgets.columns import lay_out
from tests.model.account_samples import FUTURES, a_position
from tests.support.accounts import perpetual
from tests.support.market import NOW, WALL_MS

ROW, INSTRUMENT = perpetual()
COIN = FUTURES._replace(market=Market.COINM)


def position(**changes: Any) -> Position:
    return a_position("BTCUSDT", **{"time_ms": WALL_MS - 42_000} | changes)


def cells(row: Position, market: Any = ROW) -> dict[str, tuple[str, str]]:
    columns = position_columns(
        Variety(futures=True), lambda _key: INSTRUMENT, lambda _key: market, lambda: WALL_MS, called=True
    )
    return {column.id: column.cell(row, column.width, NOW) for column in columns}


def test_what_it_is_worth_follows_the_mark_price() -> None:
    worth = worth_of(position(), ROW, INSTRUMENT, NOW, WALL_MS)
    assert worth.pnl == Decimal("3564.2")
    assert worth.age_s is None
    assert cells(position())["pnl"] == ("+3564.2", "up")
    assert cells(position())["age"][0] == "now"


@pytest.mark.parametrize(
    "row",
    [
        None,
        replace(ROW, state=StreamState.BLIND),
        replace(ROW, mark_at=NOW - FRESH_S - 1),
        replace(ROW, mark_at=None),
        replace(ROW, mark_price=None),
    ],
    ids=["not watched", "blind", "old", "never told", "no price"],
)
def test_without_a_fresh_mark_price_it_is_as_the_exchange_told_it_and_says_how_old(row: Any) -> None:
    shown = cells(position(), row)
    assert shown["pnl"][0] == "+12.5"
    assert shown["mark"][0] == "60025.0"
    assert shown["age"] == ("42s", "degraded")


@pytest.mark.parametrize(
    ("side", "qty", "mark", "pnl"),
    [
        ("BOTH", "2", "110", "20"),
        ("BOTH", "-2", "110", "-20"),
        ("LONG", "2", "90", "-20"),
        ("SHORT", "2", "90", "20"),
        ("SHORT", "-2", "90", "20"),
    ],
)
def test_profit_has_the_sign_of_the_side(side: str, qty: str, mark: str, pnl: str) -> None:
    row = position(side=side, qty=qty, entry_price="100")
    assert pnl_at(row, Decimal(mark), None) == Decimal(pnl)


def test_contracts_gain_coins_as_the_exchange_counts_them() -> None:
    # 10 contracts of 100 USD, bought at 50000: 0.02 BTC were worth 1000 USD, at 40000 it takes 0.025.
    row = position(owner=COIN, qty="10", entry_price="50000")
    assert pnl_at(row, Decimal(40_000), Decimal(100)) == Decimal("-0.005")
    assert pnl_at(row, Decimal(40_000), None) is None


def test_direction_is_a_word() -> None:
    assert [direction(position(qty=qty)) for qty in ("1", "-1", "0")] == ["LONG", "SHORT", ""]
    assert cells(position(qty="-1"))["side"] == ("▼ SHORT", "down")
    assert cells(position(qty="0.000"))["side"][0] == "closed"
    assert is_closed(position(qty="0.000"))
    assert not is_closed(position(qty="?"))


def test_liquidation_is_told_by_its_distance_and_marked_when_near() -> None:
    assert liquidation_percent(position(liquidation_price="90"), "100") == 10
    assert liquidation_percent(position(liquidation_price="110"), "100") == 10
    assert cells(position())["away"] == ("24.03%", "")
    near = cells(position(liquidation_price="65000"))["away"]
    assert near == ("! 3.17%", "blind")


@pytest.mark.parametrize("price", [None, "0", "?", "-3"])
def test_an_unknown_liquidation_price_is_not_zero(price: str | None) -> None:
    assert cells(position(liquidation_price=price))["away"][0] == "—"
    said = [text for text, _ in position_detail(position(liquidation_price=None), worth(), INSTRUMENT)]
    assert "no liquidation price is known" in said


def worth() -> Any:
    return worth_of(position(), None, INSTRUMENT, NOW, WALL_MS)


def test_a_margin_call_is_loud_and_not_by_colour_alone() -> None:
    called = position(margin_call_ms=WALL_MS - 12_000)
    assert margin_note(called, WALL_MS) == ("✖ MARGIN CALL 12s ago", "chip-blind")
    assert cells(called)["warned"] == ("✖ CALL", "chip-blind")
    assert "MARGIN CALL: add margin or make it smaller" in [
        text for text, _ in position_detail(called, worth(), INSTRUMENT)
    ]
    assert margin_note(replace(called, qty="0"), WALL_MS) is None
    assert cells(position())["warned"] == ("", "")


def test_the_column_of_calls_is_there_only_while_there_is_one() -> None:
    def ids(called: bool) -> set[str]:
        columns = position_columns(Variety(), lambda _key: None, lambda _key: None, lambda: 0, called=called)
        return {column.id for column in columns}

    assert ids(True) - ids(False) == {"warned"}


def test_what_the_line_below_tells() -> None:
    said = [text for text, _ in position_detail(position(isolated_margin="5.50"), worth(), INSTRUMENT)]
    assert said == [
        "main.usdm BTCUSDT",
        "unrealised +12.5 USDT",
        "as the exchange told it 42s ago",
        "mark 60025.0",
        "entry 60000.0",
        "break even 60010.0",
        "liquidation 51000.0",
        "cross",
        "isolated margin 5.50",
    ]


def test_profits_in_coins_name_their_coin() -> None:
    row = position(owner=COIN, margin_asset="DOGE", unrealized_pnl="499.3768")
    told = Variety(futures=True, coins=True)
    columns = position_columns(told, lambda _key: None, lambda _key: None, lambda: WALL_MS, called=False)
    pnl = next(column for column in columns if column.id == "pnl")
    assert pnl.cell(row, pnl.width, NOW) == ("+499.3768 DOGE", "up")


def test_80_columns_hold_entry_mark_profit_and_liquidation() -> None:
    told = Variety(markets=True, futures=True)
    slots = lay_out(position_columns(told, lambda _key: None, lambda _key: None, lambda: 0, called=False), 79)
    assert {"qty", "entry", "mark", "pnl", "age", "away"} <= {slot.column.id for slot in slots}
    assert slots[-1].end <= 79


def test_nothing_is_cut_off_at_80_columns_however_much_differs() -> None:
    columns = position_columns(
        Variety(True, True, True, True), lambda _key: None, lambda _key: None, lambda: 0, called=True
    )
    slots = lay_out(columns, 79)
    assert {"warned", "pnl", "age", "away"} <= {slot.column.id for slot in slots}
    assert slots[-1].end <= 79


def test_60_columns_hold_a_margin_call_and_how_far_liquidation_is() -> None:
    columns = position_columns(
        Variety(accounts=True, markets=True), lambda _key: None, lambda _key: None, lambda: 0, called=True
    )
    whole = {slot.column.id for slot in lay_out(columns, 59) if slot.width >= slot.column.width}
    assert {"symbol", "side", "warned", "qty", "away"} <= whole


@pytest.mark.parametrize(
    ("percent", "text"), [("4.337", "4.34%"), ("246.27", "246%"), ("2628.93", "2629%"), ("123456", "123k%")]
)
def test_distances_are_short_and_whole(percent: str, text: str) -> None:
    assert away_text(Decimal(percent)) == text


def test_no_number_is_cut_however_long_it_is() -> None:
    row = position(qty="-123456789.123", entry_price="0.000000123456789", unrealized_pnl="-1234567890.123")
    for name in ("qty", "entry", "mark", "pnl", "away", "liquidation"):
        assert len(cells(row, None)[name][0]) <= 10, name
    assert cells(row, None)["pnl"][0] == "-1.23B"
