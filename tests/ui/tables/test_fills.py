from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bntui.model.account import Fill
from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.ui.fills import SumKey, Sums
from bntui.ui.format import width_of
from bntui.ui.tables.fills import (
    SumRow,
    fees_text,
    fees_within,
    fill_columns,
    fill_detail,
    slippage_text,
    sum_columns,
    sum_detail,
)
from bntui.ui.tables.own import Variety
from bntui.ui.widgets.columns import lay_out
from tests.model.account_samples import FUTURES, MAIN, a_fill
from tests.support.accounts import HOSTILE
from tests.support.market import WALL_MS, instruments

INSTRUMENTS = {each.key: each for each in instruments()}
EVERYTHING = Variety(True, True, True, True)


def known(key: SymbolKey) -> Instrument | None:
    return INSTRUMENTS.get(key)


def cells(row: Fill, told: Variety = EVERYTHING) -> dict[str, str]:
    columns = fill_columns(told, known, lambda: WALL_MS)
    return {column.id: column.cell(row, column.width, 0.0)[0] for column in columns}


def sum_cells(*fills: Fill) -> dict[str, str]:
    row = sums_of(*fills)
    columns = sum_columns(EVERYTHING, known)
    return {column.id: column.cell(row, column.width, 0.0)[0] for column in columns}


def sums_of(*fills: Fill) -> SumRow:
    sums = Sums()
    for fill in fills:
        sums.add(fill, 1)
    return SumRow(SumKey(fills[0].owner, fills[0].symbol), sums)


def detail(row: Fill) -> str:
    return " · ".join(text for text, _ in fill_detail(row, known(row.key)))


def test_a_fill_is_told_with_all_that_it_cost() -> None:
    shown = cells(a_fill(1, time_ms=WALL_MS, mid="59994.1", maker=True))
    assert shown == {
        "time": "03:04:05",
        "account": "main",
        "market": "spot",
        "symbol": "BTCUSDT",
        "side": "▲ BUY",
        "position": "",
        "price": "60000.10",
        "qty": "0.01000",
        "quote": "600.001",
        "fee": "0.00001 BTC",
        "realized": "—",
        "slippage": "+1.0",
        "liquidity": "maker",
        "recovered": "",
    }


def test_what_was_realised_on_futures_has_its_sign() -> None:
    assert cells(a_fill(1, owner=FUTURES, realized_pnl="12.75000000"))["realized"] == "+12.75"
    assert cells(a_fill(1, owner=FUTURES, realized_pnl="0"))["realized"] == "0"


def test_sums_of_money_name_their_asset_where_some_are_of_coins() -> None:
    owner = FUTURES._replace(market=Market.COINM)
    key = SymbolKey(Market.COINM, "ETHUSD_PERP")
    eth = replace(instruments()[1], key=key, quote="USD", margin="ETH", contract_size="10")
    row = a_fill(1, owner=owner, symbol="ETHUSD_PERP", realized_pnl="0.0029322", quote_qty="0.1025181")
    told = replace(EVERYTHING, accounts=False, coins=True)
    columns = {column.id: column for column in fill_columns(told, lambda _key: eth, lambda: WALL_MS)}
    shown = {name: columns[name].cell(row, columns[name].width, 0.0)[0] for name in ("quote", "realized")}
    assert shown == {"quote": "0.1025181 ETH", "realized": "+0.0029322 ETH"}
    said = " · ".join(text for text, _ in fill_detail(row, eth))
    assert "realised +0.0029322 ETH" in said
    assert "worth 0.1025181 ETH" in said
    sums = SumRow(SumKey(owner, "ETHUSD_PERP"), sums_of(row).sums)
    of_sums = {column.id: column for column in sum_columns(told, lambda _key: eth)}
    assert of_sums["realized"].cell(sums, 20, 0.0) == ("+0.0029322 ETH", "up")
    assert "realised +0.0029322 ETH" in [text for text, _ in sum_detail(sums, lambda _key: eth)]


def test_the_line_below_has_no_zeros_that_say_nothing() -> None:
    assert "0.01000 at 2.05" in detail(a_fill(1, qty="0.01000000", price="2.05000000"))


def test_a_recovered_fill_is_marked_by_a_word_in_any_room() -> None:
    columns = fill_columns(EVERYTHING, known, lambda: WALL_MS)
    mark = next(column for column in columns if column.id == "recovered")
    row = a_fill(1, recovered=True)
    assert mark.rank == 0
    assert mark.cell(row, 3, 0.0) == ("rec", "degraded")
    assert mark.cell(row, 9, 0.0) == ("recovered", "degraded")
    assert "no stream told it" in detail(row)


@pytest.mark.parametrize("told", [Variety(), EVERYTHING], ids=["one account", "several"])
@pytest.mark.parametrize("width", [60, 79, 120, 200])
def test_what_matters_most_is_there_at_every_width(width: int, told: Variety) -> None:
    slots = lay_out(fill_columns(told, known, lambda: WALL_MS), width)
    shown = {slot.column.id for slot in slots}
    assert {"time", "symbol", "side", "price", "qty", "recovered"} <= shown
    if width >= 79:
        assert slots[-1].end <= width
    if width >= 200:
        assert {"quote", "fee", "slippage", "liquidity"} <= shown


def test_the_line_below_tells_what_has_no_column() -> None:
    row = a_fill(7, owner=FUTURES, position_side="LONG", realized_pnl="-3.5", mid="60000.00")
    assert detail(row) == (
        "fill 7 of BTCUSDT.usdm · realised -3.5 · taker · 0.0 bps to the mid 60000.00 · "
        "0.01000 at 60000.10 · worth 600.001 · fee 0.00001 BTC · LONG · order 1007 bot-7"
    )
    assert "no mid: the symbol was not watched, or its prices were not good" in detail(a_fill(7))


def test_text_of_the_exchange_is_data() -> None:
    row = a_fill(1, symbol=HOSTILE, client_order_id=HOSTILE, fee_asset=HOSTILE, side=HOSTILE)
    assert "\x1b" not in "".join(cells(row).values()) + detail(row)
    assert "[bold]x[/]" in detail(row)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.24", "+1.2"),
        ("-0.04", "0.0"),
        ("-12.36", "-12.4"),
        ("150.4", "+150"),
        ("123456", "+123k"),
        ("-123456", "-123k"),
    ],
)
def test_slippage_is_short_and_signed(value: str, text: str) -> None:
    assert slippage_text(Decimal(value)) == text
    assert width_of(text) <= 8
    assert slippage_text(None) == "—"


# Sums


def test_sums_tell_both_sides_and_what_is_left() -> None:
    shown = sum_cells(
        a_fill(1, qty="0.3", quote_qty="18000"),
        a_fill(2, side="SELL", qty="0.1", quote_qty="6100", fee="0.5", fee_asset="BNB"),
    )
    assert (shown["fills"], shown["bought"], shown["sold"], shown["net"]) == ("2", "0.3", "0.1", "+0.2")
    assert (shown["paid"], shown["got"]) == ("60000.0000", "61000.0000")
    assert (shown["fees"], shown["realized"]) == ("in 2 assets", "—")


def test_what_was_not_bought_has_no_average() -> None:
    assert sum_cells(a_fill(1))["got"] == "—"


def test_sums_that_lack_a_fill_say_so() -> None:
    row = sums_of(a_fill(1), a_fill(2, qty="?"))
    assert "without 1 whose numbers cannot be read" in " ".join(t for t, _ in sum_detail(row, known))


def test_the_line_below_tells_the_sums_in_words() -> None:
    row = sums_of(a_fill(1, owner=FUTURES, realized_pnl="12.5"))
    assert [text for text, _ in sum_detail(row, known)] == [
        "main.usdm BTCUSDT",
        "bought 0.01 at 60000.1000",
        "realised +12.5",
        "fees 0.00001 BTC",
    ]


def test_fees_are_told_whole_or_by_how_many_assets_they_were_paid_in() -> None:
    both = sums_of(a_fill(1), a_fill(2, fee="0.5", fee_asset="BNB")).sums
    assert fees_within(both, 20) == "0.5 BNB, 0.00001 BTC"
    assert fees_within(both, 19) == "in 2 assets"
    one = sums_of(a_fill(1, fee="17.81862329", fee_asset="USDT")).sums
    assert fees_within(one, 16) == "17.81862329 USDT"
    assert fees_within(one, 12) == "17.8186 USDT"


def test_no_number_is_cut_however_long_it_is() -> None:
    row = a_fill(
        1,
        price="123456789.123456789",
        qty="987654321.123456789",
        quote_qty="99999999999999.1234",
        fee="0.18251880123",
        fee_asset="USDT",
        realized_pnl="-9.61837838",
    )
    columns = fill_columns(EVERYTHING, known, lambda: WALL_MS)
    for column in columns:
        assert width_of(column.cell(row, column.width, 0.0)[0]) <= column.width, column.id
    shown = cells(row)
    assert (shown["price"], shown["qty"], shown["quote"]) == ("…", "987M", "99.9T")
    assert (shown["fee"], shown["realized"]) == ("0.18252 USDT", "-9.618378")
    assert "987654321.123456789 at 123456789.123456789" in detail(row)


def test_no_fee_is_told_as_none() -> None:
    assert fees_text(Sums()) == "none"
    assert SumRow(SumKey(MAIN, "X"), Sums()).owner == MAIN
