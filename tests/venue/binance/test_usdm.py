"""USD-M as a venue: what it does not share with the other futures market."""

from __future__ import annotations

from bntui.model.markets import StreamKind
from bntui.venue.base import StreamSpec
from bntui.venue.binance.usdm import usdm


def test_candles_come_over_the_path_of_the_market() -> None:
    assert usdm().stream_path(StreamSpec(StreamKind.KLINE, "X", interval="1m")) == "/market/stream"


def test_it_knows_mark_prices_and_open_interest_by_rest() -> None:
    calls = usdm().calls
    assert calls.mark_prices is not None
    assert calls.open_interest is not None
    assert calls.mark_prices(["X"]).path.startswith("/fapi/")
    assert calls.open_interest("X").weight == 1
