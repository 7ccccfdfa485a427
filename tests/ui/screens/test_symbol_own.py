from __future__ import annotations

from dataclasses import replace

from bntui.model.delta import AccountsDelta
from tests.model.account_samples import MAIN
from tests.support import accounts
from tests.support.opened import opened
from tests.ui.screens.sitting import last, sitting


async def test_own_orders_are_marked_in_the_book_and_own_fills_on_the_candles() -> None:
    async with sitting(accounts.traded(opened()), 200, 60) as (at, pilot):
        screen = at.symbol
        assert "◆ 3 own" in screen.ladder.text
        assert "◆ 0.15000" in screen.ladder.text
        assert "▲ bought" in screen.chart.text
        order = at.mirror.accounts.orders[MAIN, "BTCUSDT", 1, False]
        at.answer(accounts=AccountsDelta(orders=[replace(order, status="CANCELED")]))
        await at.frame(pilot)
        assert "◆ 2 own" in screen.ladder.text
        assert "◆ 0.15000" not in screen.ladder.text


async def test_only_marks_of_the_open_symbol_are_shown() -> None:
    async with sitting(accounts.traded(opened(symbol="SOLUSDT")), 200, 60) as (at, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket")
        await at.frame(pilot)
        assert last(at).symbol == "SOLUSDT"
        assert "◆" not in at.symbol.ladder.text
        assert "bought" not in at.symbol.chart.text
