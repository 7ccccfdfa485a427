"""A viewer's copy of an open symbol: what is new goes in, what is old goes out, nothing twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model import panels as panels_module
from bntui.model.markets import Market, SymbolKey
from bntui.model.panels import (
    LIQUIDATIONS_KEPT,
    CandlesDelta,
    CandleView,
    Hole,
    LiquidationRow,
    MinuteFlow,
    Panels,
    PanelsDelta,
    TapeDelta,
    TapeRow,
)

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
MINUTE_MS = 60_000


def row(n: int, price: str = "1.0") -> TapeRow:
    return TapeRow(n, n, price, "1", "buy", 1)


def tape(*rows: TapeRow, full: bool = False) -> PanelsDelta:
    return PanelsDelta(*BTC, full, tape=TapeDelta(list(rows), []))


def flow(minute: int) -> MinuteFlow:
    return MinuteFlow(minute * MINUTE_MS, "1", "2", True)


def candle(minute: int, close: str = "1.0") -> CandleView:
    open_ms = minute * MINUTE_MS
    return CandleView(open_ms, open_ms + MINUTE_MS - 1, "1", "1", "1", close, "1", "1", 1, False)


def candles(*rows: CandleView, interval: str = "1m") -> PanelsDelta:
    return PanelsDelta(*BTC, False, candles=CandlesDelta(interval, list(rows), [], False, False))


def test_rows_follow_one_another_and_one_told_again_replaces_itself() -> None:
    held = Panels(BTC)
    held.apply(tape(row(1), row(2)))
    held.apply(tape(row(3)))
    held.apply(tape(row(2, "9.0"), row(4)))
    assert [(each.id, each.price) for each in held.tape] == [(1, "1.0"), (2, "9.0"), (3, "1.0"), (4, "1.0")]


def test_only_so_many_rows_and_minutes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels_module, "TAPE_ROWS", 3)
    monkeypatch.setattr(panels_module, "FLOW_MINUTES", 2)
    held = Panels(BTC)
    held.apply(
        PanelsDelta(*BTC, False, tape=TapeDelta([row(n) for n in range(9)], [flow(n) for n in range(5)]))
    )
    assert [each.id for each in held.tape] == [6, 7, 8]
    assert list(held.flows) == [3 * MINUTE_MS, 4 * MINUTE_MS]


def test_history_stands_before_what_is_there_in_order() -> None:
    held = Panels(BTC)
    held.apply(candles(candle(5), candle(6)))
    held.apply(candles(candle(3), candle(4), candle(6, "2.0")))
    assert [open_ms // MINUTE_MS for open_ms in held.candles] == [3, 4, 5, 6]
    assert held.candles[6 * MINUTE_MS].close == "2.0"


def test_the_oldest_candles_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels_module, "CANDLES_KEPT", 2)
    held = Panels(BTC)
    held.apply(candles(candle(1), candle(2), candle(3)))
    assert [open_ms // MINUTE_MS for open_ms in held.candles] == [2, 3]


def test_another_interval_begins_anew() -> None:
    held = Panels(BTC)
    held.apply(candles(candle(1)))
    held.apply(candles(candle(5), interval="5m"))
    assert (held.interval, list(held.candles)) == ("5m", [5 * MINUTE_MS])


def test_a_full_answer_leaves_nothing_of_before() -> None:
    held = Panels(BTC)
    held.apply(tape(row(1)))
    held.apply(candles(candle(1)))
    told = CandlesDelta("1m", [candle(2)], [Hole(0, 0, "gone")], True, False)
    held.apply(replace(tape(row(7), full=True), candles=told))
    assert [each.id for each in held.tape] == [7]
    assert (list(held.candles), held.holes, held.first) == ([2 * MINUTE_MS], [Hole(0, 0, "gone")], True)


def liquidations(*numbers: int, full: bool = False) -> PanelsDelta:
    rows = [LiquidationRow(n, "long", "1.0", "2") for n in numbers]
    return PanelsDelta(*BTC, full, liquidations=rows)


def test_new_liquidations_follow_the_old_ones_which_go_when_there_are_too_many() -> None:
    panels = Panels(BTC)
    panels.apply(liquidations(1, 2))
    panels.apply(liquidations(3))
    assert [row.time_ms for row in panels.liquidations] == [1, 2, 3]
    panels.apply(liquidations(*range(4, 4 + LIQUIDATIONS_KEPT)))
    assert [row.time_ms for row in panels.liquidations] == list(range(4, 4 + LIQUIDATIONS_KEPT))
    panels.apply(liquidations(9, full=True))
    assert [row.time_ms for row in panels.liquidations] == [9]
