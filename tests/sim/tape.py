"""A small recording of our own: two symbols, a snapshot, and every kind of frame that a tape can hold."""

from __future__ import annotations

import json
from pathlib import Path

from bntui.tape import TapeWriter

START_NS = 1_723_161_254_000_000_000
START_MS = START_NS // 1_000_000
AHEAD_MS = 1_270
"""The exchange's clock, by the recorder's."""


def combined(stream: str, payload: dict[str, object]) -> str:
    """A frame as the exchange sends it."""
    return f'{{"stream":"{stream}","data":{json.dumps(payload, separators=(",", ":"))}}}'


def trade(trade_id: int, price: str, quantity: str, at_ms: int, maker: bool = False) -> str:
    """A recorded trade, sent 5 ms after it was done."""
    return combined(
        "btcusdt@trade",
        {
            "e": "trade",
            "E": START_MS + AHEAD_MS + at_ms,
            "s": "BTCUSDT",
            "t": trade_id,
            "p": price,
            "q": quantity,
            "T": START_MS + AHEAD_MS + at_ms - 5,
            "m": maker,
            "M": True,
        },
    )


def diff(first: int, last: int, at_ms: int, bids: list[list[str]], asks: list[list[str]]) -> str:
    """A recorded change of the book."""
    return combined(
        "btcusdt@depth@100ms",
        {
            "e": "depthUpdate",
            "E": START_MS + AHEAD_MS + at_ms,
            "s": "BTCUSDT",
            "U": first,
            "u": last,
            "b": bids,
            "a": asks,
        },
    )


def quote(update_id: int, symbol: str = "BTCUSDT", bid: str = "100.10000000") -> str:
    """A recorded best bid and ask."""
    return combined(
        f"{symbol.lower()}@bookTicker",
        {
            "u": update_id,
            "s": symbol,
            "b": bid,
            "B": "1.50000000",
            "a": "100.30000000",
            "A": "2.00000000",
        },
    )


SNAPSHOT = (
    '{"lastUpdateId":12,"bids":[["100.10000000","1.50000000"],["100.00000000","3.00000000"]],'
    '"asks":[["100.30000000","2.00000000"],["100.40000000","0.01000000"]]}'
)

FRAMES: tuple[tuple[int, str], ...] = (
    (0, diff(8, 10, 0, [["99.00000000", "1.00000000"]], [])),
    (20, quote(11)),
    (30, SNAPSHOT),
    (100, diff(11, 13, 100, [["100.10000000", "1.25000000"]], [["100.30000000", "0.00000000"]])),
    (150, trade(701, "100.10000000", "0.25000000", 145, maker=True)),
    (151, trade(702, "100.10000000", "0.05000000", 145, maker=True)),
    (152, trade(703, "100.00000000", "0.10000000", 145, maker=True)),
    (200, diff(14, 14, 200, [["100.20000000", "5.00000000"]], [])),
    (900, quote(5, "ETHUSDT", "7.12340000")),
    (1_500, trade(704, "100.40000000", "0.01000000", 1_495)),
    (61_000, trade(705, "100.50000000", "2.00000000", 60_995)),
)
"""Milliseconds after the start, and what was received then."""


def write_tape(path: Path, frames: tuple[tuple[int, str], ...] = FRAMES) -> Path:
    """Record the frames."""
    with TapeWriter(path) as writer:
        for at_ms, frame in frames:
            writer.write(START_NS + at_ms * 1_000_000, frame)
    return path
