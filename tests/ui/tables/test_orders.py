from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.model.account import OrderUpdate
from bntui.model.markets import Instrument, SymbolKey
from bntui.model.states import StreamState
from bntui.model.views import WatchView
from bntui.ui.tables.orders import (
    REASONS,
    closed_columns,
    distance_bps,
    distance_text,
    filled_text,
    kind_text,
    left_of,
    open_columns,
    order_detail,
    price_text,
    reason_words,
)
from bntui.ui.tables.own import Variety
from bntui.ui.widgets.columns import lay_out
from tests.model.account_samples import an_order
from tests.support.accounts import HOSTILE
from tests.support.market import WALL_MS, instruments, watch_row

INSTRUMENTS = {each.key: each for each in instruments()}
MARKET = replace(watch_row("BTCUSDT"), bid="100.00", ask="100.02", last="100.01")


def known(key: SymbolKey) -> Instrument | None:
    return INSTRUMENTS.get(key)


def opened(row: OrderUpdate, market: WatchView | None = MARKET) -> dict[str, str]:
    columns = open_columns(Variety(), known, lambda _key: market, lambda: WALL_MS)
    return {column.id: column.cell(row, max(column.width, 20), 0.0)[0] for column in columns}


def closed(row: OrderUpdate) -> dict[str, str]:
    columns = closed_columns(Variety(), known, lambda: WALL_MS)
    return {column.id: column.cell(row, max(column.width, 20), 0.0)[0] for column in columns}


def away(market: WatchView | None = MARKET, **changes: Any) -> str:
    return distance_text(distance_bps(an_order(1, **changes), market))


# Distance to the market


def test_a_limit_is_measured_from_the_side_that_it_would_meet() -> None:
    assert away(side="BUY", price="99.00") == "1.02%"
    assert away(side="SELL", price="100.50") == "50.0 bps"
    assert away(side="BUY", price="100.02") == "0.000 bps"


def test_a_limit_that_the_market_has_passed_is_below_zero() -> None:
    assert away(side="SELL", price="99.99") == "-1.00 bps"


def test_what_waits_for_a_price_is_measured_from_the_last_trade_to_that_price() -> None:
    assert away(side="SELL", price="0", stop_price="95.00") == "5.01%"
    assert away(side="BUY", price="105", stop_price="105.01") == "5.00%"


@pytest.mark.parametrize(
    "market",
    [
        None,
        replace(MARKET, state=StreamState.STALE),
        replace(MARKET, state=StreamState.BLIND),
        replace(MARKET, ask=None, bid=None, last=None),
        replace(MARKET, quote_at=None, trade_at=None),
    ],
    ids=["not watched", "stale", "blind", "no prices", "never told"],
)
def test_no_distance_is_told_where_the_market_is_not_known(market: WatchView | None) -> None:
    assert away(market) == "—"
    assert away(market, stop_price="95") == "—"


def test_an_order_at_the_market_has_no_distance() -> None:
    assert away(price="0.00000000", type="MARKET") == "—"


# Quantities


@pytest.mark.parametrize(
    ("filled", "text"),
    [("0", "0%"), ("0.001", "<1%"), ("3.7", "37%"), ("9.999", "99%"), ("10", "100%"), ("x", "—")],
)
def test_a_part_is_told_neither_as_nothing_nor_as_all(filled: str, text: str) -> None:
    assert filled_text(an_order(1, qty="10", filled_qty=filled)) == text


def test_what_is_left_is_exact() -> None:
    assert str(left_of(an_order(1, qty="0.30000", filled_qty="0.10000"))) == "0.20000"
    assert left_of(an_order(1, filled_qty="?")) is None
    assert opened(an_order(1, filled_qty="?"))["left"] == "—"


def test_an_open_order_is_told_with_its_age() -> None:
    shown = opened(an_order(1, placed_ms=WALL_MS - 754_000, reduce_only=True))
    assert (shown["age"], shown["left"], shown["filled"]) == ("12m34s", "0.01000", "0%")
    assert shown["force"] == "GTC reduce"
    assert opened(an_order(1, placed_ms=None))["age"] == "—"


# Prices


@pytest.mark.parametrize(
    ("changes", "width", "text"),
    [
        ({}, 12, "59000.00"),
        ({"price": "0.00000000"}, 12, "market"),
        ({"price": "0", "stop_price": "58000.00"}, 13, "stop 58000.00"),
        ({"stop_price": "58000.00"}, 24, "59000.00 stop 58000.00"),
        ({"stop_price": "58000.00"}, 13, "stop 58000.00"),
        ({"stop_price": "58000.00"}, 10, "s 58000.00"),
        ({"stop_price": "0.00"}, 12, "59000.00"),
    ],
)
def test_a_price_is_never_cut_short(changes: dict[str, Any], width: int, text: str) -> None:
    assert price_text(an_order(1, **changes), 2, width) == text


def test_the_average_follows_from_what_it_came_to() -> None:
    row = an_order(1, status="FILLED", filled_qty="0.02", filled_quote="1200.5")
    assert closed(row)["average"] == "60025.0000"
    assert closed(replace(row, filled_quote=""))["average"] == "—"
    assert closed(an_order(1, status="CANCELED"))["average"] == "—"


# Reasons


@pytest.mark.parametrize("word", sorted(REASONS))
def test_every_known_reason_is_told_in_the_exchanges_word_and_plainly(word: str) -> None:
    told = reason_words(an_order(1, status="EXPIRED", reason=word))
    assert told == f"{word}: {REASONS[word]}"


def test_where_only_one_has_room_what_it_means_is_told() -> None:
    row = an_order(1, status="EXPIRED", reason="UNFILLED_IOC_QUANTITY_EXPIRED")
    assert reason_words(row, 34) == "nobody took the rest at once (IOC)"
    assert reason_words(an_order(1, reason="A_NEW_REASON"), 5) == "A_NEW_REASON"


@pytest.mark.parametrize(
    ("kind", "width", "text"),
    [
        ("STOP_MARKET", 13, "stop market"),
        ("STOP_MARKET", 9, "stop mkt"),
        ("LIMIT_MAKER", 9, "lmt maker"),
        ("TAKE_PROFIT_MARKET", 9, "tp mkt"),
    ],
)
def test_types_have_shorter_words(kind: str, width: int, text: str) -> None:
    assert kind_text(kind, width) == text


def test_an_unknown_reason_is_told_as_it_comes_and_none_as_nothing() -> None:
    assert reason_words(an_order(1, status="REJECTED", reason="A_NEW_REASON")) == "A_NEW_REASON"
    assert reason_words(an_order(1, status="CANCELED", reason="NONE")) == ""


def test_a_status_may_be_a_reason_itself() -> None:
    assert reason_words(an_order(1, status="EXPIRED_IN_MATCH")) == (
        "it would have traded with an order of your own"
    )


def test_the_line_below_tells_the_rest() -> None:
    row = an_order(9, status="REJECTED", reason="WOULD_MATCH_IMMEDIATELY", recovered=True, conditional=True)
    said = " · ".join(text for text, _ in order_detail(row, known, None, WALL_MS))
    for words in (
        "order 9 of BTCUSDT",
        "REJECTED",
        "was to make only",
        "bot-9",
        "waits outside the book",
        "asked for by REST",
    ):
        assert words in said


def test_the_line_below_says_why_the_way_to_the_market_is_not_known() -> None:
    row, watched = an_order(9, price="60000.00"), watch_row("BTCUSDT")
    for market, words in (
        (None, "not on the watchlist"),
        (replace(watched, state=StreamState.BLIND), "no good price"),
        (watched, ""),
    ):
        said = " · ".join(text for text, _ in order_detail(row, known, market, WALL_MS))
        assert words in said if words else "price to compare with" not in said


def test_the_end_of_an_order_is_told_in_whole_words() -> None:
    columns = closed_columns(Variety(), known, lambda: WALL_MS)
    status = next(column for column in columns if column.id == "status")
    row = an_order(9, status="EXPIRED_IN_MATCH")
    assert [status.cell(row, width, 0.0)[0] for width in (16, 8)] == ["EXPIRED_IN_MATCH", "EXPIRED"]


def test_text_of_the_exchange_is_data() -> None:
    row = an_order(
        1, client_order_id=HOSTILE, type=HOSTILE, status=HOSTILE, reason=HOSTILE, time_in_force=HOSTILE
    )
    shown = "".join([*opened(row).values(), *closed(row).values()])
    shown += "".join(text for text, _ in order_detail(row, known, None, WALL_MS))
    assert "\x1b" not in shown


@pytest.mark.parametrize("told", [Variety(), Variety(markets=True, futures=True)])
def test_both_tables_fit_80_columns_with_what_matters_most(told: Variety) -> None:
    for columns, ids in (
        (open_columns(told, known, lambda _key: None, lambda: 0), {"left", "filled", "away", "age", "price"}),
        (closed_columns(told, known, lambda: 0), {"time", "status", "filled", "price"}),
    ):
        slots = lay_out(columns, 79)
        assert ids <= {slot.column.id for slot in slots}
        assert slots[-1].end <= 79


@pytest.mark.parametrize(("width", "cells"), [(79, 20), (120, 20), (140, 23), (200, 60)])
def test_reasons_have_the_room_that_others_leave(width: int, cells: int) -> None:
    slots = lay_out(closed_columns(Variety(), known, lambda: 0), width)
    reason = next(slot for slot in slots if slot.column.id == "reason")
    assert reason.width >= cells
