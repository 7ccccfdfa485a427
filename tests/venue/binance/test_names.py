"""What could be a symbol, and how long candles are."""

from __future__ import annotations

import pytest

from bntui.venue.binance.names import INTERVALS, is_symbol_text


@pytest.mark.parametrize(
    "text", ["BTCUSDT", "btcusdt", "BTCUSD_PERP", "BTCUSDT_251226", "1000PEPEUSDT", "币安人生USDT"]
)
def test_these_could_be_symbols(text: str) -> None:
    assert is_symbol_text(text)


@pytest.mark.parametrize(
    "text", ["", "BTC USDT", "BTC/USDT", "btcusdt@trade", "!ticker", "BTC\x1b[0m", "BTC?", "a&b"]
)
def test_these_could_not(text: str) -> None:
    assert not is_symbol_text(text)


def test_intervals_are_listed_by_their_length() -> None:
    lengths = list(INTERVALS.values())
    assert lengths == sorted(lengths)
    assert INTERVALS["1d"] == 24 * INTERVALS["1h"]
