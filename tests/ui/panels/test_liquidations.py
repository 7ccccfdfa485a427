"""Liquidations stand below the trades, the newest first, with a state of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.panels import LiquidationRow
from bntui.ui.panels.liquidations import LEAST, MOST, SHARE, lines_for, liquidation_lines
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import part_width
from tests.support.market import WALL_MS, instrument

GOOD = Trust("quiet", "quiet", True)
BTC = instrument("BTCUSDT", "BTC", "USDT", "0.01")
ROWS = [
    LiquidationRow(WALL_MS - 60_000, "long", "67123.45000000", "0.50000000"),
    LiquidationRow(WALL_MS, "short", "67140.00000000", "12.25000000"),
]


def texts(rows: list[LiquidationRow], width: int = 60, lines: int = 5, trust: Trust = GOOD) -> list[str]:
    drawn = liquidation_lines(rows, BTC, trust, width, lines)
    return ["".join(text for text, _ in line).rstrip() for line in drawn]


def test_the_newest_comes_first_and_says_what_was_closed_and_what_it_was_worth() -> None:
    title, *rows = texts(ROWS)
    assert title.split() == ["liquidations", "●", "quiet"]
    assert rows[0].split() == ["03:04:05", "▲", "short", "67140.00", "12.25000", "BTC", "822k", "USDT"]
    assert rows[1].split() == ["03:03:05", "▼", "long", "67123.45", "0.50000", "BTC", "33.5k", "USDT"]
    assert rows[2:] == ["", ""]


def test_contracts_are_worth_what_one_is_in_the_quote_currency() -> None:
    coins = replace(BTC, contract_size="100", quote="USD")
    drawn = liquidation_lines([replace_qty(ROWS[0], "30")], coins, GOOD, 60, 3)
    assert "".join(text for text, _ in drawn[1]).split()[-4:] == ["30", "contracts", "3.00k", "USD"]


def replace_qty(row: LiquidationRow, qty: str) -> LiquidationRow:
    return row._replace(qty=qty)


def test_none_is_said() -> None:
    assert texts([])[1] == "none since it was opened"


@pytest.mark.parametrize("width", range(24, 90, 3))
def test_no_figure_is_cut_while_there_is_room_for_time_price_and_size(width: int) -> None:
    drawn = liquidation_lines(ROWS, BTC, GOOD, width, 3)
    assert all(part_width(line) <= width for line in drawn)
    if width >= 29:
        assert all("67140.00 12.25000" in line for line in texts(ROWS, width, 2)[1:])


def test_while_their_stream_is_not_good_they_are_faint_and_the_state_says_so() -> None:
    drawn = liquidation_lines(ROWS, BTC, Trust("blind", "blind", False), 60, 3)
    assert drawn[0][-1] == ("✖ blind ", "blind")
    assert {style for line in drawn[1:] for text, style in line if text.strip()} == {"faint"}


def test_they_get_their_share_of_a_panel_where_there_is_room_for_any() -> None:
    assert lines_for(LEAST * SHARE - 1) == 0
    assert lines_for(LEAST * SHARE) == LEAST
    assert lines_for(1_000) == MOST
    assert liquidation_lines(ROWS, BTC, GOOD, 60, 0) == []
