"""What Binance calls things: symbols and the intervals of candles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

INTERVALS: Mapping[str, int] = MappingProxyType(
    {
        "1s": 1_000,
        "1m": 60_000,
        "3m": 180_000,
        "5m": 300_000,
        "15m": 900_000,
        "30m": 1_800_000,
        "1h": 3_600_000,
        "2h": 7_200_000,
        "4h": 14_400_000,
        "6h": 21_600_000,
        "8h": 28_800_000,
        "12h": 43_200_000,
        "1d": 86_400_000,
        "3d": 259_200_000,
        "1w": 604_800_000,
        "1M": 2_592_000_000,
    }
)
"""Kline intervals with their length in ms; the month's is that of 30 days (web-socket-streams.md, read
2026-07-21)."""

_ASCII_OUTSIDE_SYMBOLS = frozenset(map(chr, range(128))) - frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
)


def is_symbol_text(text: str) -> bool:
    """Whether the text could be a symbol, in either case: printable, no spaces, no ASCII punctuation
    that names and URLs give a meaning to. Text outside ASCII is allowed: such symbols exist."""
    return bool(text) and text.isprintable() and _ASCII_OUTSIDE_SYMBOLS.isdisjoint(text)
