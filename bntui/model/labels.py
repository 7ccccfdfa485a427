"""What streams are called for people."""

from __future__ import annotations

from collections.abc import Sequence

from bntui.model.markets import Market, StreamKey, SymbolKey

_STREAM_WORDS = {
    "bookTicker": "quotes",
    "trade": "trades",
    "aggTrade": "aggregate trades",
    "blockTrade": "block trades",
    "ticker": "24 h statistics",
    "miniTicker": "24 h statistics",
    "avgPrice": "average price",
    "referencePrice": "reference price",
    "markPrice": "mark price",
    "markPrice@1s": "mark price",
    "indexPrice": "index price",
    "forceOrder": "liquidations",
}


def stream_label(key: StreamKey) -> str:
    """A stream for people: `ETHUSDT quotes` for `ethusdt@bookTicker`."""
    symbol = key.name.partition("@")[0]
    words = kind_words(key.name)
    if symbol.startswith("!"):
        name = symbol if key.market is Market.SPOT else f"{symbol}.{key.market}"
    else:
        name = SymbolKey(key.market, symbol.upper()).label
    return f"{name} {words}"


def kind_words(name: str) -> str:
    """What a stream brings, for people: `quotes` for `ethusdt@bookTicker`."""
    kind = name.partition("@")[2]
    if kind.startswith(("kline_", "continuousKline_")):
        return f"{kind.partition('_')[2].partition('@')[0]} candles"
    return "book" if kind.startswith("depth") else _STREAM_WORDS.get(kind, kind)


def all_of(words: Sequence[str]) -> str:
    """Kinds of streams in a row, for people: `quotes, trades and books`."""
    plural = [word if word.endswith("s") else f"{word}s" for word in words]
    return " and ".join(filter(None, (", ".join(plural[:-1]), plural[-1])))
