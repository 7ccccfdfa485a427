from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bntui.model.panels import NOT_RECORDED, LiquidationRow, MinuteFlow, Panels, TapeRow
from bntui.ui.panels.tape import BESIDE, INSET, Look, draw, flow_lines, rows_for, shown_rows, smallest_of
from bntui.ui.panels.trust import Trust
from bntui.ui.widgets.lines import part_width
from tests.support import market
from tests.support.opened import flows, hole, tape_rows

GOOD = Trust("live", "live", True)
CLOSED = LiquidationRow(market.WALL_MS, "long", "67123.45", "0.5")
INSTRUMENT = market.instrument("BTCUSDT", "BTC", "USDT", "0.01")


def trade(number: int, qty: str = "0.50000000", **changes: Any) -> TapeRow:
    return replace(TapeRow(number, market.WALL_MS + number, "67123.45000000", qty, "buy", 1), **changes)


def panels(*rows: TapeRow, minutes: list[MinuteFlow] | None = None) -> Panels:
    return Panels(
        market.key_of("BTCUSDT"),
        tape=list(rows),
        flows={flow.open_ms: flow for flow in minutes or []},
    )


def look(width: int = 50, height: int = 24, **changes: Any) -> Look:
    return replace(Look(width, height, None, None, False, GOOD, False, market.NOW), **changes)


def texts(told: Panels | None, at: Look) -> list[str]:
    return ["".join(text for text, _ in line) for line in draw(told, INSTRUMENT, at).lines]


def test_the_newest_trade_comes_first_with_time_side_price_and_size() -> None:
    lines = texts(panels(trade(1), trade(2, side="sell", trades=3)), look())
    assert lines[1].split() == ["time", "UTC", "price", "BTC", "trades"]
    assert lines[2].split() == ["03:04:05.002", "▼", "sell", "67123.45", "0.50000", "×3"]
    assert lines[3].split() == ["03:04:05.001", "▲", "buy", "67123.45", "0.50000"]


def test_a_narrow_tape_keeps_the_arrow() -> None:
    assert texts(panels(trade(1)), look(width=32))[2].split() == ["03:04:05", "▲", "67123.45", "0.50000"]


def test_what_a_recording_does_not_hold_is_not_missing() -> None:
    told = panels(replace(hole(trade(1), NOT_RECORDED), cause="no trades are kept"))
    assert texts(told, look())[2].strip() == "┄ trades are not recorded"


def test_missing_trades_are_a_line_of_their_own_with_cause() -> None:
    lines = texts(panels(trade(1), hole(trade(2)), trade(3)), look(width=60))
    assert "┄ 12 trades missing: connection lost" in lines[3]
    line = draw(panels(hole(trade(2))), INSTRUMENT, look()).lines[2]
    assert line[-1][1] == "blind"


@pytest.mark.parametrize(("count", "words"), [(0, "some trades"), (1, "1 trade"), (2, "2 trades")])
def test_a_hole_tells_how_many_as_far_as_that_is_known(count: int, words: str) -> None:
    assert f"{words} missing: connection lost" in texts(panels(hole(trade(1), count)), look())[2]


def test_what_was_fetched_afterwards_is_marked() -> None:
    lines = texts(panels(hole(trade(1), refilled=True), trade(2, refilled=True)), look(width=60))
    assert lines[2].endswith("fetched")
    assert "12 trades fetched since: connection lost" in lines[3]


def test_small_trades_are_hidden_and_holes_never_are() -> None:
    told = panels(trade(1, "0.10000000"), hole(trade(2)), trade(3, "2.00000000"))
    lines = texts(told, look(smallest=Decimal(1)))
    assert "≥ 1" in lines[0]
    assert "2.00000" in lines[2]
    assert "missing" in lines[3]
    assert not any("0.10000" in line for line in lines)


def test_held_rows_stay_and_tell_how_many_newer_ones_wait() -> None:
    told = panels(*(trade(number) for number in range(1, 61)))
    rows, waiting = shown_rows(told.tape, look(anchor=57), 3)
    assert ([row.id for row in rows], waiting) == ([57, 56, 55], 3)
    assert texts(told, look(anchor=57))[0].rstrip().endswith("held: 3 newer ↑")


@pytest.mark.parametrize("anchor", [2, 6], ids=["all forgotten", "some forgotten"])
def test_rows_that_were_held_and_are_forgotten_give_way_to_the_oldest(anchor: int) -> None:
    told = panels(*(trade(number) for number in range(5, 13)))
    rows, waiting = shown_rows(told.tape, look(anchor=anchor), 3)
    assert ([row.id for row in rows], waiting) == ([7, 6, 5], 5)


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("0.5", "0.5"),
        ("10k", "10000"),
        ("1.5M", "1500000"),
        ("2b", "2000000000"),
        ("1,000", "1000"),
        ("", None),
        ("-1", None),
        ("0", None),
        ("many", None),
        ("k", None),
    ],
)
def test_sizes_are_read_as_people_type_them(typed: str, size: str | None) -> None:
    assert smallest_of(typed) == (None if size is None else Decimal(size))


def test_minutes_tell_what_was_bought_and_sold_and_which_were_seen_in_part() -> None:
    minutes = [
        MinuteFlow(market.WALL_MS // 60_000 * 60_000, "2.0", "1.0", False),
        MinuteFlow(market.WALL_MS // 60_000 * 60_000 - 60_000, "4.0", "0", True),
    ]
    lines = [
        "".join(text for text, _ in line)
        for line in flow_lines({m.open_ms: m for m in minutes}, INSTRUMENT, 60, 4)
    ]
    assert lines[0].split() == ["BTC", "bought", "▲", "and", "sold", "▼", "a", "minute", "~", "in", "part"]
    assert lines[0].endswith(" ~ in part ")
    assert lines[1].startswith("03:04~▲     2 █████████▌")
    assert lines[2].startswith("03:03 ▲     4 ███████████████████▼     0")
    assert lines[3] == ""


def test_the_minutes_stand_below_the_rows_or_beside_them() -> None:
    told = panels(*tape_rows(), minutes=flows())
    narrow, wide = look(BESIDE + INSET - 1, 24), look(BESIDE + INSET, 24)
    below, beside = texts(told, narrow), texts(told, wide)
    assert "a minute" not in below[1]
    assert "a minute" in beside[1]
    assert any("a minute" in line for line in below)
    assert rows_for(wide) > rows_for(narrow)


@pytest.mark.parametrize("width", [40, BESIDE + INSET])
def test_liquidations_stand_below_everything_and_are_judged_by_their_own_stream(width: int) -> None:
    told = replace(panels(*tape_rows(), minutes=flows()), liquidations=[CLOSED])
    at = look(width, 30, trust=Trust("blind", "blind", False), liquidations=GOOD)
    picture = draw(told, INSTRUMENT, at)
    lines = ["".join(text for text, _ in line) for line in picture.lines]
    title = next(n for n, line in enumerate(lines) if line.startswith(" liquidations"))
    assert len(lines) == 30
    assert "▼ long" in lines[title + 1]
    assert {style for _, style in picture.lines[title + 1]} & {"down"}
    assert {style for text, style in picture.lines[3] if text.strip()} == {"faint"}
    assert rows_for(at) == rows_for(look(width, 30)) - at.liquidation_lines


@pytest.mark.parametrize("width", [38, 46, BESIDE + INSET, 120])
def test_all_lines_begin_where_the_title_does(width: int) -> None:
    told = replace(panels(*tape_rows(), minutes=flows()), liquidations=[CLOSED])
    lines = texts(told, look(width, 40, liquidations=GOOD))
    assert {len(line) - len(line.lstrip()) for line in lines if line} == {INSET}


def test_what_is_no_contract_has_no_liquidations() -> None:
    assert not any("liquidations" in line for line in texts(panels(*tape_rows()), look(60, 40)))


def test_a_tape_that_is_not_good_is_faint() -> None:
    bad = Trust("stale", "stale", False, "ticker shows newer ids", market.NOW - 38)
    picture = draw(panels(*tape_rows(), minutes=flows()), INSTRUMENT, look(trust=bad))
    assert "✖ stale for 38s" in "".join(text for text, _ in picture.lines[0])
    assert {style for line in picture.lines[1:] for text, style in line if text.strip()} == {"faint"}


def test_rows_that_came_and_went_are_counted() -> None:
    told = panels(trade(1))
    told.skipped = 40
    assert "40 passed by" in texts(told, look(width=70))[1]


def test_without_trades_it_says_so() -> None:
    assert "Waiting for trades" in texts(None, look())[2]
    assert "No trade yet" in texts(panels(), look())[2]
    assert "No trade of that size" in texts(panels(trade(1)), look(smallest=Decimal(9)))[2]


@pytest.mark.parametrize("width", [30, 38, 50, 74, 120])
@pytest.mark.parametrize("height", [6, 12, 24, 56])
def test_prices_of_any_size_fit_any_panel(width: int, height: int) -> None:
    told = panels(
        *tape_rows(),
        trade(900, "123456789.12345678", price="0.00000001", trades=1_000),
        trade(901, price="1000000.00000000", refilled=True),
        minutes=flows(),
    )
    lines = draw(told, INSTRUMENT, look(width, height)).lines
    assert len(lines) <= height
    assert max(part_width(line) for line in lines) <= width
    shown = ["".join(text for text, _ in line) for line in lines]
    assert any("0.00000001" in line for line in shown)
    assert any("1000000.00" in line for line in shown)
