"""Symbols are never keyed by their text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.markets import Market, SymbolKey


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BTCUSDT", SymbolKey(Market.SPOT, "BTCUSDT")),
        (" btcusdt ", SymbolKey(Market.SPOT, "BTCUSDT")),
        ("btcusdt.usdm", SymbolKey(Market.USDM, "BTCUSDT")),
        ("BTCUSD_PERP.COINM", SymbolKey(Market.COINM, "BTCUSD_PERP")),
        ("币安人生usdt", SymbolKey(Market.SPOT, "币安人生USDT")),
        ("odd.name", SymbolKey(Market.SPOT, "ODD.NAME")),
    ],
)
def test_a_typed_symbol_carries_its_market_or_gets_the_default(text: str, expected: SymbolKey) -> None:
    assert SymbolKey.parse(text, Market.SPOT) == expected


@pytest.mark.parametrize("text", ["", "  ", ".usdm"])
def test_nothing_typed_is_no_symbol(text: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        SymbolKey.parse(text, Market.SPOT)


@given(st.sampled_from(Market), st.text("ABCXYZ0189_币", min_size=1))
def test_a_label_reads_back_as_its_key(market: Market, symbol: str) -> None:
    key = SymbolKey(market, symbol)

    assert SymbolKey.parse(key.label, Market.SPOT) == key


@given(st.sampled_from(Market), st.sampled_from(Market), st.text("ABCXYZ0189_.币", min_size=1))
def test_a_full_name_reads_back_as_its_key_whatever_the_default(
    market: Market, default: Market, symbol: str
) -> None:
    key = SymbolKey(market, symbol)

    assert SymbolKey.parse(key.full, default) == key
