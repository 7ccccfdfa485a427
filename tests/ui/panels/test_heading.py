from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.markets import SymbolKey
from bntui.model.views import WatchView
from bntui.ui.panels.heading import day_parts, panel_tabs, second_line, symbol_line
from bntui.ui.panels.trust import OPENING, Trust
from bntui.ui.widgets.lines import Line, join
from tests.support import market

BTC = market.key_of("BTCUSDT")
INSTRUMENT = market.instrument("BTCUSDT", "BTC", "USDT", "0.01")
GOOD = Trust("live", "live", True)
STALE = Trust("stale", "stale", False, "ticker shows newer ids")


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def line(row: WatchView | None, trust: Trust = GOOD, width: int = 80, key: SymbolKey = BTC) -> Line:
    return symbol_line(key, row, INSTRUMENT, trust, market.NOW, width)


def test_the_symbol_with_its_prices_and_what_they_are_worth() -> None:
    told = text(line(market.watch_row("BTCUSDT")))
    words = " ".join(told.split())
    assert words == "BTCUSDT ▲ 67123.45 +1.24% bid 67123.44 ask 67123.45 ● live · 0.0s old"


def test_what_the_prices_are_worth_is_never_cut_off() -> None:
    row = market.watch_row("BTCUSDT", last="1000000.00", bid="1000000.00", ask="1000000.01")
    assert text(line(row, STALE, width=48)).endswith("✖ stale · 0.0s old ")


@pytest.mark.parametrize("width", range(30, 120))
def test_a_price_is_shown_whole_or_not_at_all(width: int) -> None:
    row = market.watch_row("BTCUSDT", last="0.00000001", bid="0.00000001", ask="0.00000002")
    tiny = market.instrument("BTCUSDT", "BTC", "USDT", "0.00000001")
    told = text(symbol_line(BTC, row, tiny, GOOD, market.NOW, width))
    assert "…" not in told
    assert len(told) == width
    assert ("0.00000002" in told) == (width >= 75), "bid and ask go first where there is no room"
    assert ("▲ 0.00000001" in told) == (width >= 41)


@pytest.mark.parametrize("width", range(14, 120))
def test_a_figure_of_the_day_is_shown_whole_or_not_at_all(width: int) -> None:
    day = day_parts(market.watch_row("BTCUSDT"), INSTRUMENT)
    told = text(second_line((), GOOD, day, width)).strip()
    assert told in ["", *("".join(piece for piece, _ in join(day[:count])) for count in (1, 2, 3))]


def test_prices_that_are_not_good_are_faint() -> None:
    told = line(market.watch_row("BTCUSDT"), STALE)
    assert {style for piece, style in told if "67123" in piece} == {"faint"}


def test_without_a_row_there_are_no_prices() -> None:
    assert "no prices yet" in text(line(None, OPENING))


def test_outside_text_is_made_harmless() -> None:
    told = text(line(None, OPENING, key=BTC._replace(symbol="A\x1b[31mB")))
    assert "\x1b" not in told


def test_tabs_tell_of_hidden_panels_too() -> None:
    tabs = panel_tabs([("Book", GOOD), ("Trades", STALE)], 0, "tab")
    assert text(tabs).startswith(" Book ● ")
    assert " Trades ✖ " in text(tabs)
    assert [piece for piece, style in tabs if style == "chip-tab"] == [" Book "]


def test_the_second_line_says_what_is_wrong_before_the_day() -> None:
    row = market.watch_row("BTCUSDT")
    day = day_parts(row, INSTRUMENT)
    assert "24h 64438.51 to 69137.15 · 28.4k BTC" in text(second_line((), GOOD, day, 80))
    assert text(second_line((), STALE, day, 80)).strip() == "ticker shows newer ids"
    assert "ticker shows newer ids" in text(second_line(panel_tabs([("Book", GOOD)], 0), STALE, day, 80))


def test_without_a_row_there_is_no_day() -> None:
    assert day_parts(None, INSTRUMENT) == []


def test_a_price_without_a_change_has_no_arrow() -> None:
    row = replace(market.watch_row("BTCUSDT"), tick=0)
    assert "▲" not in text(line(row))
