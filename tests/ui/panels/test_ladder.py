from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bntui.model.panels import BookView, Focus
from bntui.ui.panels.ladder import Look, draw
from bntui.ui.panels.own import OwnOrders
from bntui.ui.panels.picture import Picture
from bntui.ui.panels.trust import OPENING, Trust
from bntui.ui.widgets.lines import part_width
from tests.support import market
from tests.support.opened import book, level, levels, status

GOOD = Trust("synced", "live", True)
BAD = Trust("resync", "degraded", False, "an update is missing", market.NOW - 3)
INSTRUMENT = market.instrument("BTCUSDT", "BTC", "USDT", "0.01")
FOCUS = Focus(*market.key_of("BTCUSDT"))


def look(width: int = 80, height: int = 24, **changes: Any) -> Look:
    return replace(Look(width, height, 0, FOCUS, GOOD, False, market.NOW), **changes)


def texts(picture: Picture) -> list[str]:
    return ["".join(text for text, _ in line) for line in picture.lines]


def shown(view: BookView | None, **changes: Any) -> list[str]:
    return texts(draw(view, INSTRUMENT, look(**changes)))


SMALL = book(
    bids=[level("100.00", "1.50000000"), level("99.99", "2.00000000"), level("99.50", "0.50000000")],
    asks=[level("100.02", "0.50000000"), level("100.10", "1.00000000"), level("101.00", "3.00000000")],
)


def row_of(lines: list[str], price: str) -> list[str]:
    return next(line.split() for line in lines if f" {price} " in line)


def test_asks_stand_above_bids_below_and_the_best_of_each_at_the_middle() -> None:
    lines = shown(SMALL)
    prices = ["101.00", "100.10", "100.02", "asks ↑", "bids ↓", "100.00", "99.99", "99.50"]
    places = [next(y for y, line in enumerate(lines) if text in line.split("mid")[0]) for text in prices]
    assert places == sorted(places)


def test_a_row_tells_rank_price_size_total_and_value() -> None:
    assert row_of(shown(SMALL), "100.10")[:5] == ["2", "100.10", "1.00000", "1.50000", "150"]


def test_the_middle_tells_spread_mid_and_microprice() -> None:
    lines = shown(SMALL)
    assert any("spread 0.02 · 2 ticks · 2.00 bps" in line for line in lines)
    # 100.00 × 0.5 + 100.02 × 1.5, by 2
    assert any("mid 100.01 · micro 100.0150" in line for line in lines)


def test_bars_grow_with_the_total_and_the_longest_fills_its_column() -> None:
    lines = shown(SMALL)
    bars = {price: row_of(lines, price)[-1] for price in ("100.02", "100.10", "101.00", "100.00", "99.50")}
    assert len(bars["100.02"]) < len(bars["100.10"]) < len(bars["101.00"])
    assert len(bars["100.00"]) < len(bars["99.50"])
    # A whole bar is 5.0, the next round number above 4.5; the column has 30 cells.
    assert bars["101.00"] == "█" * 27
    assert bars["100.10"] == "█" * 9


def test_the_cursors_line_is_the_levels_own() -> None:
    picture = draw(SMALL, INSTRUMENT, look(cursor=3))
    assert picture.lit is not None
    assert "101.00" in texts(picture)[picture.lit]
    assert picture.levels[picture.lit] == 3
    assert draw(SMALL, INSTRUMENT, look()).lit is None


def test_a_cursor_beyond_the_rows_brings_its_level_into_view() -> None:
    view = book(asks=levels("100.01", "0.01", ["1.0"] * 50), bids=levels("100.00", "-0.01", ["1.0"] * 50))
    for cursor, price in ((50, "100.50"), (-50, "99.51")):
        picture = draw(view, INSTRUMENT, look(cursor=cursor))
        assert picture.lit is not None
        assert price in texts(picture)[picture.lit]
        assert any("spread" in line for line in texts(picture))


def test_a_book_that_is_not_good_is_faint_and_says_why_and_since_when() -> None:
    picture = draw(replace(SMALL, status=status(resyncs=2)), INSTRUMENT, look(trust=BAD))
    assert "◐ resync for 3s" in texts(picture)[0]
    assert "2 resyncs" in texts(picture)[0]
    assert "an update is missing" in texts(picture)[1]
    numbers = [style for line in picture.lines[2:] for text, style in line if text.strip()]
    assert numbers
    assert set(numbers) == {"faint"}


def test_a_good_book_tells_its_age() -> None:
    assert "● synced 0.1s old" in shown(SMALL)[0]


def test_grouping_and_the_partial_book_are_said_in_the_title() -> None:
    view = replace(SMALL, step="0.5", status=status(partial=True))
    assert shown(view)[0].rstrip().endswith("partial · by 0.5 · 20 levels")


def test_a_grouped_ladder_tells_the_best_quantities_too() -> None:
    view = replace(
        SMALL, step="10", best_bid=level("100.00", "1.50000000"), best_ask=level("100.02", "0.50000000")
    )
    assert any("1.50000 × 100.00 / 100.02 × 0.50000" in line for line in shown(view))
    assert any("1.50000 × 100.00 / 100.02 × 0.50000" in line for line in shown(view, width=46, height=36))


@pytest.mark.parametrize(("sides", "word"), [({"asks": []}, "nobody sells"), ({"bids": []}, "nobody buys")])
def test_an_empty_side_is_said(sides: dict[str, Any], word: str) -> None:
    assert any(word in line for line in shown(replace(SMALL, **sides)))


def test_an_empty_book_is_said() -> None:
    lines = shown(replace(SMALL, bids=[], asks=[]), cursor=1)
    assert any("nobody sells" in line for line in lines)
    assert any("nobody buys" in line for line in lines)


def test_of_a_book_that_is_not_known_no_side_is_called_empty() -> None:
    unknown = Trust("untrusted", "blind", False, "not recorded", market.NOW - 7)
    lines = shown(replace(SMALL, bids=[], asks=[]), trust=unknown)
    assert "untrusted for 7s" in lines[0]
    assert [line.strip() for line in lines[1:] if line.strip()] == ["not recorded"]


def test_without_a_book_it_is_being_opened() -> None:
    assert any("being opened" in line for line in shown(None, trust=OPENING))


@pytest.mark.parametrize("width", [36, 46, 80, 120])
@pytest.mark.parametrize("height", [8, 13, 24, 56])
def test_prices_of_any_size_are_shown_whole_in_any_panel(width: int, height: int) -> None:
    tiny = market.instrument("PEPEUSDT", "PEPE", "USDT", "0.00000001")
    small = book(
        bids=[level("0.00000001", "99999999999.00")], asks=[level("0.00000002", "123456789012.12345678")]
    )
    large = book(bids=[level("1000000.00", "0.00001000")], asks=[level("1000000.01", "9000.00000000")])
    for view, instrument, prices in (
        (small, tiny, ("0.00000001", "0.00000002")),
        (large, INSTRUMENT, ("1000000.00", "1000000.01")),
    ):
        picture = draw(view, instrument, look(width, height))
        assert len(picture.lines) == height
        assert max(part_width(line) for line in picture.lines) <= width
        assert all(any(price in text for text in texts(picture)) for price in prices)


def test_a_spread_is_never_told_as_nothing() -> None:
    view = book(bids=[level("1000000.00", "1")], asks=[level("1000000.01", "1")])
    assert any("1 tick · <0.001 bps" in line for line in shown(view))


def test_long_quantities_are_shortened_where_the_panel_is_narrow() -> None:
    view = replace(SMALL, asks=[level("100.02", "123456789.12345678")])
    assert row_of(shown(view, width=46), "100.02")[2] == "123M"
    assert row_of(shown(view, width=80), "100.02")[2] == "123456789.12345678"


def test_sums_keep_their_digits() -> None:
    view = replace(SMALL, asks=[level("100.02", "0.1")] * 3)
    assert Decimal("0.3") == Decimal(row_of(shown(view, cursor=3), "100.02")[3])


# Own orders


def own(*places: tuple[str, str, str], good: bool = True) -> OwnOrders:
    return OwnOrders(tuple((side, Decimal(price), Decimal(left)) for side, price, left in places), good)


def test_own_orders_are_marked_on_their_level_with_what_is_left() -> None:
    lines = shown(SMALL, own=own(("bid", "99.99", "0.15"), ("ask", "100.10", "2")))
    assert row_of(lines, "99.99")[-2:] == ["◆", "0.15"]
    assert row_of(lines, "100.10")[-2:] == ["◆", "2"]
    assert "◆" not in " ".join(row_of(lines, "100.00"))
    assert "◆ 2 own" in lines[0]


def test_an_ask_is_not_marked_on_a_bid_of_its_price() -> None:
    assert not any("◆ 1" in line for line in shown(SMALL, own=own(("ask", "99.99", "1")))[1:])


def test_marks_are_hollow_while_the_account_cannot_be_heard() -> None:
    lines = shown(SMALL, own=own(("bid", "99.99", "0.15"), good=False))
    assert row_of(lines, "99.99")[-2:] == ["◇", "0.15"]
    assert "◇ 1 own" in lines[0]


def test_without_room_for_bars_the_mark_takes_the_place_of_the_total() -> None:
    narrow = shown(SMALL, width=30, own=own(("bid", "99.99", "0.15")))
    assert row_of(narrow, "99.99")[-2:] == ["◆", "0.15"]
    assert all(len(line) <= 30 for line in narrow if "◆ 0" in line)


@pytest.mark.parametrize("width", [24, 30, 46, 80])
def test_a_quantity_too_long_for_its_place_is_told_short(width: int) -> None:
    plain = shown(SMALL, width=width)
    lines = shown(SMALL, width=width, own=own(("bid", "99.99", "123456789.123456789")))
    assert "◆" in " ".join(row_of(lines, "99.99"))
    widest = max(width, *(len(line) for line in plain))
    assert all(part_width([(line, "")]) <= widest for line in lines)
