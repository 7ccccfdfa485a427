from __future__ import annotations

from decimal import Decimal

import pytest

from bntui.model.account import AccountKey, Fill
from bntui.model.markets import Market
from bntui.model.states import UserStreamState
from bntui.ui.tables.own import (
    LEAST_SYMBOL,
    STREAM_GLYPHS,
    STREAM_MEANINGS,
    STREAM_STYLES,
    Variety,
    amount_within,
    asset_amount,
    gain_within,
    moment,
    owner_columns,
    price_within,
    quantity_within,
    side_cell,
    signed,
    signed_within,
    trend,
    variety,
)
from tests.model.account_samples import FUTURES, MAIN, a_fill
from tests.support.accounts import HEDGE
from tests.support.market import WALL_MS


def test_every_state_of_a_stream_has_a_sign_a_style_and_a_meaning() -> None:
    for table in (STREAM_GLYPHS, STREAM_STYLES, STREAM_MEANINGS):
        assert set(table) == set(UserStreamState)


@pytest.mark.parametrize(
    ("owners", "told"),
    [
        ([], Variety()),
        ([MAIN], Variety()),
        ([FUTURES], Variety(futures=True)),
        ([MAIN, FUTURES], Variety(markets=True, futures=True)),
        ([FUTURES, HEDGE], Variety(accounts=True, futures=True)),
        ([MAIN._replace(market=Market.COINM)], Variety(futures=True, coins=True)),
    ],
)
def test_only_what_differs_is_told(owners: list[AccountKey], told: Variety) -> None:
    assert variety(owners) == told
    assert [column.id for column in owner_columns(told, Fill)] == [
        *(["account"] if told.accounts else []),
        *(["market"] if told.markets else []),
    ]


def test_contracts_of_one_pair_are_told_apart() -> None:
    symbols = ["BTCUSD_PERP", "BTCUSD_261225", "VERYLONGNAMEUSDT"]
    told = variety([FUTURES], symbols=symbols)
    assert told.symbol_least == len("BTCUSD_261225")
    both = variety([FUTURES, HEDGE], symbols=symbols)
    assert (both.symbol_least, both.symbol) == (LEAST_SYMBOL, told.symbol)


@pytest.mark.parametrize(
    ("width", "shown"),
    [(20, "+499.3768 DOGE"), (13, "+499.377 DOGE"), (9, "+499 DOGE"), (5, "+499"), (3, "+499")],
)
def test_a_gain_names_its_asset_where_there_is_room_for_its_digits(width: int, shown: str) -> None:
    assert gain_within(Decimal("499.3768"), "DOGE", width) == shown


def test_owners_names_are_made_harmless() -> None:
    both = owner_columns(Variety(accounts=True, markets=True), Fill)
    row = a_fill(1, owner=MAIN._replace(account="a\x1b[2J", market=Market.COINM))
    assert [column.cell(row, 20, 0.0)[0] for column in both] == ["a\ufffd[2J", "coinm"]


@pytest.mark.parametrize(
    ("side", "cell"),
    [
        ("BUY", ("▲ BUY", "up")),
        ("SHORT", ("▼ SHORT", "down")),
        ("", ("—", "")),
        ("BORROW\x07", ("BORROW\ufffd", "")),
    ],
)
def test_sides_are_told_by_arrow_and_word(side: str, cell: tuple[str, str]) -> None:
    assert side_cell(side) == cell


def test_a_time_tells_its_day_where_it_was_another_or_there_is_room() -> None:
    assert moment(WALL_MS, 11, WALL_MS) == "03:04:05"
    assert moment(WALL_MS, 14, WALL_MS) == "01-01 03:04:05"
    assert moment(WALL_MS - 86_400_000, 11, WALL_MS) == "12-31 03:04"
    assert moment(10**18, 11, WALL_MS) == "—"


def test_sums_have_a_sign_that_is_not_of_colour_alone() -> None:
    assert [signed(Decimal(text)) for text in ("1.50", "-2", "0.00")] == ["+1.5", "-2", "0"]
    assert signed(Decimal("1.23456"), 2) == "+1.23"
    assert signed(Decimal("-0.001"), 2) == "0"
    assert [trend(Decimal(text)) for text in ("1", "-1", "0")] == ["up", "down", ""]
    assert trend(None) == ""


def test_an_amount_is_told_with_its_asset() -> None:
    assert asset_amount("0.00100000", "BTC") == "0.001 BTC"
    assert asset_amount("0.00000000", "") == "0"


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        ("93.384864123", 20, "+93.384864123"),
        ("93.384864123", 9, "+93.38486"),
        ("93.384864123", 3, "+93"),
        ("-0.000000001", 9, "-<0.01"),
        ("-123456.78", 9, "-123456.8"),
        ("1234567890.5", 6, "+1.23B"),
        ("0", 3, "0"),
    ],
)
def test_sums_lose_decimals_before_they_lose_their_end(value: str, width: int, text: str) -> None:
    assert signed_within(Decimal(value), width) == text
    assert len(text) <= width


def test_amounts_and_quantities_are_shortened_by_the_same_rule() -> None:
    assert amount_within("0.18251880", "USDT", 12) == "0.18252 USDT"
    assert amount_within("0.00000001", "USDT", 12) == "<0.01 USDT"
    assert quantity_within("123456789.5", None, 9) == "123M"
    assert quantity_within("0.5", 3, 9) == "0.5"
    assert quantity_within(None, 3, 9) == "—"


def test_a_price_is_whole_or_not_there() -> None:
    assert price_within("0.00001042", 8, 10) == "0.00001042"
    assert price_within("0.000010421", 9, 10) == "…"
