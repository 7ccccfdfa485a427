from __future__ import annotations

from array import array

import pytest

from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import StreamState
from bntui.model.views import WatchView
from bntui.ui.format import width_of
from bntui.ui.tables.watchlist import (
    USUAL_DECIMALS,
    Decimals,
    PriceShape,
    in_shape,
    is_mixed,
    quote_volume_of,
    watch_columns,
    watch_detail,
)
from bntui.ui.widgets.columns import lay_out
from tests.support.market import NOW, QUOTED, WALL_MS, instruments, key_of, watch_row

LISTED = {instrument.key: instrument for instrument in instruments()}


def instrument_of(key: SymbolKey) -> Instrument | None:
    return LISTED.get(key)


def cells(row: WatchView, shape: PriceShape | None = None) -> dict[str, tuple[str, str]]:
    """What each column shows of a row."""
    shape = shape or PriceShape().holding([row], Decimals(instrument_of))
    return {column.id: column.cell(row, column.width, NOW) for column in watch_columns(shape, instrument_of)}


def detail(row: WatchView) -> str:
    return " · ".join(text for text, _ in watch_detail(row, instrument_of(row.key), NOW, WALL_MS))


@pytest.mark.parametrize(
    ("tick", "shown", "style"), [(1, "▲67123.45", "up"), (-1, "▼67123.45", "down"), (0, " 67123.45", "")]
)
def test_the_last_price_says_its_direction_by_glyph_and_colour(tick: int, shown: str, style: str) -> None:
    assert cells(watch_row("BTCUSDT", tick=tick, last="67123.45000000"))["last"] == (shown, style)


def test_prices_of_all_rows_align_on_their_points() -> None:
    rows = [watch_row(row[0]) for row in QUOTED]
    shape = PriceShape().holding(rows, Decimals(instrument_of))
    assert shape == PriceShape(5, 8)
    points = {cells(row, shape)[column][0].index(".") for row in rows for column in ("bid", "ask")}
    assert points == {5}


def test_the_shape_only_grows_with_what_it_must_hold() -> None:
    shape = PriceShape(5, 8)
    assert shape.holding([watch_row("BTCUSDT")], Decimals(instrument_of)) is shape
    assert shape.holding([watch_row("BTCUSDT", last="1234567.89")], Decimals(instrument_of)) == PriceShape(
        7, 8
    )


@pytest.mark.parametrize(
    ("printed", "whole", "fraction"),
    [
        ("1.50000000", 1, 2),
        ("12345.00000000", 5, 2),
        ("0.00001042", 1, 8),
        ("0.123", 1, 3),
        ("7", 1, 0),
        ("1234567", 7, 0),
    ],
)
def test_a_shape_has_room_for_all_that_is_shown_of_a_price(printed: str, whole: int, fraction: int) -> None:
    row = watch_row("BTCUSDT", symbol="NEWUSDT", last=printed, bid=None, ask=None)
    assert PriceShape(1, 0).holding([row], Decimals(lambda key: None)) == PriceShape(whole, fraction)
    least = PriceShape(whole, fraction)
    assert least.holding([row], Decimals(lambda key: None)) is least
    assert len(in_shape(printed, USUAL_DECIMALS, whole, fraction)) == least.width


def test_prices_without_an_instrument_lose_zeros_only() -> None:
    for printed, shown in (("1.50000000", "1.50"), ("0.00001042", "0.00001042"), ("91247.30", "91247.30")):
        row = watch_row("BTCUSDT", symbol="NEWUSDT", last=printed, bid=printed, bid_qty="3.00000000", tick=0)
        assert cells(row)["last"][0].strip() == shown
        assert f"3 × {shown} /" in detail(row)


def test_prices_without_an_instrument_make_no_column_wider() -> None:
    row = watch_row("BTCUSDT", symbol="NEWUSDT", last="91247.30000000", bid=None, ask=None)
    assert PriceShape().holding([row], Decimals(instrument_of)) == PriceShape()


def test_a_stream_that_is_only_asked_for_is_queued() -> None:
    row = watch_row("BTCUSDT", state=StreamState.WANTED)
    assert cells(row)["state"] == ("queued", "waiting")
    assert "queued, newest data" in detail(row)


def test_the_change_follows_the_last_trade() -> None:
    row = watch_row("BTCUSDT", last="110", open="100", change_percent="1.000")
    assert cells(row)["change"] == ("+10.00%", "up")
    assert cells(watch_row("ETHUSDT"))["change"] == ("-0.86%", "down")
    assert cells(watch_row("BNBUSDT"))["change"] == ("0.00%", "")


def test_the_age_is_that_of_the_newest_data_of_any_stream() -> None:
    row = watch_row("BTCUSDT", quote_at=NOW - 9, trade_at=NOW - 2.5, ticker_at=None)
    assert cells(row)["age"] == ("2.5s", "")


@pytest.mark.parametrize(("state", "style"), [(StreamState.STALE, "stale"), (StreamState.BLIND, "blind")])
def test_an_untrusted_row_says_so_in_words(state: StreamState, style: str) -> None:
    row = watch_row(
        "BTCUSDT", state=state, reason="no answer", quote_at=None, trade_at=NOW - 252, ticker_at=None
    )
    shown = cells(row)
    assert shown["state"] == (str(state), style)
    assert shown["age"] == ("4m12s", style)
    assert shown["reason"] == ("no answer", style)
    assert f"{state}: no answer, newest data 4m12s old" in detail(row)


def test_below_an_untrusted_row_its_numbers_are_faint_too() -> None:
    row = watch_row("BTCUSDT", state=StreamState.BLIND, reason="no answer")
    name, why, *numbers = watch_detail(row, instrument_of(row.key), NOW, WALL_MS)
    assert [name[1], why[1]] == ["strong", "blind"]
    assert {style for _, style in numbers} == {"faint"}


def test_a_quiet_row_says_quiet_and_why() -> None:
    row = watch_row("DOTUSDT", state=StreamState.QUIET, reason="no trade since id 7 (ticker agrees)")
    assert cells(row)["state"] == ("quiet", "quiet")
    assert "quiet: no trade since id 7 (ticker agrees)" in detail(row)


def test_a_row_without_any_data_shows_dashes_and_never_a_number() -> None:
    shown = cells(WatchView(Market.SPOT, "BTCUSDT"))
    assert {name: text.strip() for name, (text, _) in shown.items()} == {
        "symbol": "BTCUSDT",
        "last": "—",
        "change": "—",
        "bid": "—",
        "ask": "—",
        "spread": "—",
        "volume": "—",
        "high": "—",
        "low": "—",
        "spark": "…",
        "age": "—",
        "state": "queued",
        "reason": "",
    }


def test_minutes_that_are_not_known_yet_are_marked() -> None:
    assert cells(watch_row("BTCUSDT", closes=array("d", [1.0])))["spark"][0] == "        …▁"
    assert cells(watch_row("BTCUSDT", closes=array("d", [1.0] * 9 + [2.0])))["spark"][0] == "▁▁▁▁▁▁▁▁▁▇"


def at(width: int, rows: list[WatchView], *, mixed: bool = False) -> list[str]:
    shape = PriceShape().holding(rows, Decimals(instrument_of))
    slots = lay_out(watch_columns(shape, instrument_of, mixed=mixed), width)
    assert slots[-1].end < width
    return [slot.column.id for slot in slots if slot.width >= slot.column.width]


def test_80_columns_show_bid_and_ask_also_beside_a_scrollbar() -> None:
    assert {"bid", "ask"} <= set(at(79, [watch_row(row[0]) for row in QUOTED]))


def test_60_columns_show_the_state_whole_whatever_is_on_the_list() -> None:
    contract = watch_row("BTCUSDT", market=Market.COINM, symbol="BTCUSD_261225")
    rows = [contract, *(watch_row(row[0]) for row in QUOTED)]
    shown = at(59, rows, mixed=True)
    assert set(shown) >= {"symbol", "market", "last", "age", "state"}


def test_the_detail_gives_sizes_and_the_day() -> None:
    row = watch_row(
        "BTCUSDT",
        bid="67123.44000000",
        bid_qty="0.50000000",
        ask="67123.45000000",
        ask_qty="1.25000000",
        low="65000.00000000",
        high="68000.00000000",
        volume="28490.1",
        quote_volume="1912400000",
    )
    assert detail(row) == (
        "BTCUSDT · 0.50000 × 67123.44 / 67123.45 × 1.25000 · last 0.01200 BTC sell · "
        "24h 65000.00 to 68000.00 · 28.4k BTC = 1.91B USDT"
    )


def test_text_of_the_exchange_is_data() -> None:
    row = watch_row("BTCUSDT", symbol="B\x1b[31mX", reason="\x07\u202e", last="\x1b]0;x\x07")
    for text, _ in cells(row).values():
        assert "\x1b" not in text
        assert "\x07" not in text
    assert "\x1b" not in detail(row)


def test_wide_names_are_measured_in_cells() -> None:
    text, _ = cells(watch_row("币安人生USDT"))["symbol"]
    assert width_of(text) == 12


def test_every_sortable_column_sorts_rows_of_every_kind() -> None:
    rows = [WatchView(Market.SPOT, "NEW"), watch_row("BTCUSDT"), watch_row("ETHUSDT", last="x")]
    for column in watch_columns(PriceShape(), instrument_of):
        if column.order is not None:
            values = [value for row in rows if (value := column.order(row)) is not None]
            assert sorted(values) is not None


def test_symbols_of_other_markets_carry_their_market() -> None:
    row = watch_row("BTCUSDT", market=Market.USDM)
    assert cells(row)["symbol"][0] == "BTCUSDT.usdm"
    assert key_of("BTCUSDT").label == "BTCUSDT"


# Several markets, and contracts


PERPETUAL = SymbolKey(Market.USDM, "BTCUSDT")
IN_COINS = SymbolKey(Market.COINM, "BTCUSD_260925")
CONTRACTS = {
    PERPETUAL: Instrument(
        PERPETUAL, "TRADING", "BTC", "USDT", "0.10", "0.001", 1, 3, "PERPETUAL", "BTCUSDT", "USDT"
    ),
    IN_COINS: Instrument(
        IN_COINS,
        "TRADING",
        "BTC",
        "USD",
        "0.1",
        "1",
        1,
        0,
        "CURRENT_QUARTER",
        "BTCUSD",
        "BTC",
        "100",
        WALL_MS + 3 * 86_400_000,
    ),
}


def contract_row(key: SymbolKey, **fields: object) -> WatchView:
    row = WatchView(key.market, key.symbol, state=StreamState.LIVE, quote_at=NOW)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def contract_detail(row: WatchView) -> list[str]:
    return [text for text, _ in watch_detail(row, CONTRACTS.get(row.key), NOW, WALL_MS)]


def test_symbols_of_one_market_need_no_column_that_says_which() -> None:
    assert not is_mixed([key_of("BTCUSDT"), key_of("ETHUSDT")])
    assert "market" not in {column.id for column in watch_columns(PriceShape(), instrument_of)}


def test_symbols_of_several_markets_stand_beside_their_market() -> None:
    assert is_mixed([key_of("BTCUSDT"), PERPETUAL])
    columns = {column.id: column for column in watch_columns(PriceShape(), CONTRACTS.get, mixed=True)}
    row = contract_row(PERPETUAL)
    assert columns["symbol"].cell(row, 9, NOW)[0] == "BTCUSDT"
    assert columns["market"].cell(row, 6, NOW)[0] == "usdm"


def test_the_last_day_of_a_contract_is_never_cut_off() -> None:
    shape = PriceShape().holding([contract_row(IN_COINS), contract_row(PERPETUAL)], Decimals(CONTRACTS.get))
    (symbol,) = (
        column for column in watch_columns(shape, CONTRACTS.get, mixed=True) if column.id == "symbol"
    )
    assert symbol.width == len("BTCUSD_260925")


def test_the_detail_of_a_perpetual_says_its_premium_and_when_funding_is_due() -> None:
    row = contract_row(
        PERPETUAL,
        mark_price="90009.00000000",
        index_price="90000.00000000",
        funding_rate="-0.00012500",
        next_funding_ms=WALL_MS + 3 * 3_600_000 + 5 * 60_000,
        open_interest="10659.509",
        open_interest_at=NOW - 42,
    )
    shown = contract_detail(row)
    assert "mark 90009.000" in shown
    assert "premium +1.00 bps" in shown
    assert "funding -0.0125% in 03:05:00" in shown
    assert "open 10.6k BTC, 42s ago" in shown
    assert not any("expires" in part for part in shown)


def test_quantities_in_contracts_say_so_and_what_one_is_worth() -> None:
    row = contract_row(
        IN_COINS, volume="2000000", quote_volume="2200.5", last_qty="7", last_side="buy", open_interest="300"
    )
    row.open_interest_at = NOW - 1
    shown = contract_detail(row)
    assert "1 contract = 100 USD" in shown
    assert "last 7 contracts buy" in shown
    assert "2.00M contracts = 200M USD" in shown
    assert "open 300 contracts, 1.0s ago" in shown
    columns = {column.id: column for column in watch_columns(PriceShape(), CONTRACTS.get, mixed=True)}
    assert columns["volume"].cell(row, 7, NOW)[0].strip() == "200M"


def test_volumes_of_all_markets_compare_in_the_quote_currency() -> None:
    """COIN-M tells the base currency's beside its contracts, others the quote's."""
    coins = contract_row(IN_COINS, volume="3", quote_volume="0.005")
    assert quote_volume_of(coins, CONTRACTS[IN_COINS]) == 300
    plain = contract_row(PERPETUAL, volume="3", quote_volume="270000")
    assert quote_volume_of(plain, CONTRACTS[PERPETUAL]) == 270_000


def test_nothing_is_said_of_contracts_where_there_are_none() -> None:
    shown = detail(watch_row("BTCUSDT"))
    assert not any(word in shown for word in ("mark", "funding", "open ", "expires"))
