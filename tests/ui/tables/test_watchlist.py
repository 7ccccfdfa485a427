from __future__ import annotations

import pytest

from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import StreamState
from bntui.model.views import WatchView
from bntui.ui.format import width_of
from bntui.ui.tables.watchlist import PriceShape, watch_columns, watch_detail
from tests.support.market import NOW, QUOTED, instruments, key_of, watch_row

LISTED = {instrument.key: instrument for instrument in instruments()}


def instrument_of(key: SymbolKey) -> Instrument | None:
    return LISTED.get(key)


def cells(row: WatchView, shape: PriceShape | None = None) -> dict[str, tuple[str, str]]:
    """What each column shows of a row."""
    shape = shape or PriceShape().holding([row], instrument_of)
    return {column.id: column.cell(row, column.width, NOW) for column in watch_columns(shape, instrument_of)}


def detail(row: WatchView) -> str:
    return " · ".join(text for text, _ in watch_detail(row, instrument_of(row.key), NOW))


@pytest.mark.parametrize(
    ("tick", "shown", "style"), [(1, "▲67123.45", "up"), (-1, "▼67123.45", "down"), (0, " 67123.45", "")]
)
def test_the_last_price_says_its_direction_by_glyph_and_colour(tick: int, shown: str, style: str) -> None:
    assert cells(watch_row("BTCUSDT", tick=tick, last="67123.45000000"))["last"] == (shown, style)


def test_prices_of_all_rows_align_on_their_points() -> None:
    rows = [watch_row(row[0]) for row in QUOTED]
    shape = PriceShape().holding(rows, instrument_of)
    assert shape == PriceShape(5, 8)
    points = {cells(row, shape)[column][0].index(".") for row in rows for column in ("bid", "ask")}
    assert points == {5}


def test_the_shape_only_grows_with_what_it_must_hold() -> None:
    shape = PriceShape(5, 8)
    assert shape.holding([watch_row("BTCUSDT")], instrument_of) is shape
    assert shape.holding([watch_row("BTCUSDT", last="1234567.89")], instrument_of) == PriceShape(7, 8)


def test_prices_without_an_instrument_stay_as_printed() -> None:
    row = watch_row("BTCUSDT", symbol="NEWUSDT", last="1.50000000", tick=0)
    assert cells(row)["last"][0].strip() == "1.50000000"


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
        "spark": "",
        "age": "—",
        "state": "wanted",
        "reason": "",
    }


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
