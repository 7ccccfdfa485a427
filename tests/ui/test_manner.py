"""How symbols are looked at is the same in the next run."""

from __future__ import annotations

import json

import pytest

from bntui.model.markets import Market
from bntui.model.panels import Focus
from bntui.ui.chart.scene import Options
from bntui.ui.chart.timeline import LOCAL_ZONE
from bntui.ui.choices import PREFIX, Choices
from bntui.ui.manner import as_remembered, options_remembered, remember_focus, remember_options
from tests.support import opened
from tests.support.viewing import desk

BTC = Focus(Market.SPOT, "BTCUSDT")


def test_the_next_symbol_is_looked_at_as_the_last_one_was() -> None:
    choices = Choices()
    last = Focus(Market.USDM, "ETHUSDT", "5m", 10, "0.5", True, True, 12_345)
    remember_focus(choices, last)
    assert as_remembered(choices, BTC) == Focus(Market.SPOT, "BTCUSDT", "5m", 10, "", True, True)


def test_candles_are_drawn_as_before() -> None:
    choices = Choices()
    options = Options(averages=False, vwap=True, log=True, hollow=False, zone=LOCAL_ZONE)
    remember_options(choices, options)
    assert options_remembered(choices) == options


@pytest.mark.parametrize(
    "kept",
    [
        "5",
        "[]",
        "{}",
        '["x", 20, false, false]',
        '["1m", 7, false, false]',
        '["1m", 20, 5, 5]',
        "[[], 20, 1, 1]",
    ],
)
def test_what_cannot_be_read_is_as_if_it_was_never_kept(kept: str) -> None:
    choices = Choices({f"{PREFIX}{name}": json.dumps([kept, ""]) for name in ("symbol", "candles")})
    assert as_remembered(choices, BTC) == BTC
    assert options_remembered(choices) == Options()


async def test_what_is_changed_on_the_symbol_s_screen_is_there_in_the_next_run() -> None:
    kept: dict[str, str] = {}
    at = desk(opened.opened(), choices=Choices(keep=kept.__setitem__))
    async with at.running() as pilot:
        await pilot.press("enter")
        assert kept == {}
        await pilot.press("d", "tab", "tab", "o", "i")
        await at.frame(pilot)
    again = desk(opened.opened(), choices=Choices(kept))
    async with again.running() as pilot:
        await pilot.press("enter")
        focus = again.opened[-1]
        assert focus is not None
        assert (focus.levels, focus.interval) == (50, "3m")
        assert again.symbol.chart._scene.options.log
