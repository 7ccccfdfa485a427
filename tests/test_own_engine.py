"""What a command with connections of its own asks for."""

from __future__ import annotations

from bntui import own_engine
from bntui.config import Settings
from bntui.feed.feed import Wish
from bntui.model.markets import Market, StreamKey, StreamKind, SymbolKey
from bntui.world import world


def test_kinds_of_events_become_streams() -> None:
    assert own_engine.wishes(["quote", "trade", "candle:5m", "candle"]) == [
        Wish(StreamKind.BOOK_TICKER),
        Wish(StreamKind.TRADE),
        Wish(StreamKind.KLINE, "5m"),
        Wish(StreamKind.KLINE, "1m"),
    ]
    assert own_engine.wishes(["link", "gap"]) == [], "these come from no stream"


def test_streams_of_a_symbol_are_those_of_the_kinds_or_of_a_row() -> None:
    the_world, keys = world(Settings()), [SymbolKey(Market.SPOT, "BTCUSDT")]
    for kinds, names in (
        ((), ["btcusdt@bookTicker", "btcusdt@trade", "btcusdt@ticker"]),
        (("trade", "candle:5m"), ["btcusdt@trade", "btcusdt@kline_5m"]),
    ):
        assert own_engine.streams_of(the_world, keys, kinds) == [
            StreamKey(Market.SPOT, name) for name in names
        ]
