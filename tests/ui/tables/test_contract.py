"""What only a contract has is said in words, with what is important first and nothing cut in its middle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bntui.model.markets import Market
from bntui.model.views import WatchView
from bntui.ui.tables.contract import (
    MARK_OLD_S,
    WIDEST_SYMBOL,
    contract_lines,
    contract_parts,
    countdown,
    symbol_width,
)
from bntui.ui.widgets.lines import Line, part_width
from tests.support import opened
from tests.support.market import NOW, WALL_MS, watch_row


def told(market: Market) -> tuple[list[str], list[tuple[str, str]]]:
    delta = opened.contract(market)
    row = next(each for each in delta.rows if each.mark_price is not None)
    listed = next(each for each in delta.instruments or [] if each.contract)
    parts = contract_parts(row, listed, NOW, WALL_MS)
    return [text for text, _ in parts], parts


def text(line: Line) -> str:
    return "".join(piece for piece, _ in line)


def test_of_contracts_all_is_shown_of_others_what_has_room() -> None:
    assert symbol_width([], 9) == 9
    assert symbol_width(["BTCUSDT", "币安人生USDT"], 9) == 9
    assert symbol_width(["BTCUSDT", "BTCUSDT_261225"], 9) == 14
    assert symbol_width(["A_B"], 9) == 9
    assert symbol_width(["X" * 30 + "_PERP"], 9) == WIDEST_SYMBOL


@pytest.mark.parametrize(
    ("left_ms", "words"),
    [
        (11_565_000, "03:12:45"),
        (11_564_999, "03:12:44"),
        (86_400_000, "1d 00:00:00"),
        (999, "00:00:00"),
        (-5_000, "00:00:00"),
    ],
)
def test_a_time_runs_down_second_by_second_and_never_below_nothing(left_ms: int, words: str) -> None:
    assert countdown(left_ms) == words


def test_a_perpetual_tells_mark_index_premium_and_funding() -> None:
    texts, _ = told(Market.USDM)
    assert texts == [
        "mark 67130.1650",
        "index 67120.0950",
        "premium +1.50 bps",
        "funding +0.0100% in 03:05:06",
        "open 81.2k BTC, 12s ago",
    ]


def test_contracts_say_what_one_is_and_when_it_ends() -> None:
    texts, _ = told(Market.COINM)
    assert texts[3:] == [
        "1 contract = 100 USDT",
        "expires 2026-02-03 03:04 UTC, in 33d00h",
        "open 81.2k contracts, 12s ago",
    ]


def test_the_last_day_of_a_contract_runs_down() -> None:
    delta = opened.contract(Market.COINM)
    listed = next(each for each in delta.instruments or [] if each.contract)
    ends = replace(listed, expires_ms=WALL_MS + 3_605_000)
    (words, _) = contract_parts(WatchView(Market.COINM, "BTCUSDT"), ends, NOW, WALL_MS)[-1]
    assert words.endswith("UTC, in 01:00:05")


def test_a_mark_price_below_the_index_is_a_discount() -> None:
    row = WatchView(Market.USDM, "X", mark_price="99", index_price="100", mark_at=NOW)
    assert ("premium -100 bps", "") in contract_parts(row, None, NOW, WALL_MS)


def test_a_mark_price_that_no_longer_comes_is_said_to_be_old() -> None:
    row = WatchView(Market.USDM, "X", mark_price="99", mark_at=NOW - MARK_OLD_S - 1)
    assert contract_parts(row, None, NOW, WALL_MS)[-1] == ("mark 11s old", "stale")


def test_what_is_no_contract_says_nothing() -> None:
    assert contract_parts(watch_row("BTCUSDT"), None, NOW, WALL_MS) == []


@pytest.mark.parametrize("width", range(10, 200, 7))
@pytest.mark.parametrize("market", [Market.USDM, Market.COINM])
def test_lines_hold_whole_parts_in_their_order(width: int, market: Market) -> None:
    texts, parts = told(market)
    lines = contract_lines(parts, width, 2)
    assert len(lines) <= 2
    assert all(part_width(line) <= width for line in lines)
    shown = [words for line in lines for words in text(line).strip().split(" · ") if words]
    assert shown == texts[: len(shown)]


def test_two_lines_of_eighty_cells_hold_everything() -> None:
    for market in (Market.USDM, Market.COINM):
        texts, parts = told(market)
        lines = contract_lines(parts, 80, 2)
        assert " · ".join(text(line).strip() for line in lines) == " · ".join(texts)
