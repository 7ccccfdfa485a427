"""The local book: a change decoded and applied, and its best levels read, beside a dict that is sorted."""

from __future__ import annotations

import gc
from collections.abc import Callable

import orjson

from bntui.feed.core.levels import Levels
from bntui.model.events import DepthDiff
from bntui.venue.binance.codec import decode_spot
from tests.bench.comparing import Contender, Figures, Group
from tests.bench.stage import process_s
from tests.bench.streams import Ticking

CHANGES = 2_000
READS = 500
TOP = 25
RIVAL = "dict, sorted when read"


def _frames(levels: int) -> tuple[dict[str, list[list[str]]], list[bytes]]:
    symbol = Ticking("BTCUSDT", levels)
    snapshot = orjson.loads(symbol.snapshot(levels))
    frames = [symbol.message("depth@100ms", 1_000 + n) for n in range(CHANGES)]
    return snapshot, [f'{{"stream":"btcusdt@depth@100ms","data":{each}}}'.encode() for each in frames]


def _timed(change: Callable[[], None], read: Callable[[], None]) -> Figures:
    gc.collect()
    began = process_s()
    change()
    changed = process_s()
    for _ in range(READS):
        read()
    ended = process_s()
    return {"change": (changed - began) / CHANGES * 1e6, "top 25": (ended - changed) / READS * 1e6}


def _ours(levels: int) -> Callable[[], Figures]:
    def run() -> Figures:
        snapshot, frames = _frames(levels)
        book = Levels()
        bids, asks = ([(price, qty) for price, qty in snapshot[side]] for side in ("bids", "asks"))
        book.load(bids, asks, levels)

        def change() -> None:
            for frame in frames:
                (event,) = decode_spot(frame, 1, 1.0).events
                assert isinstance(event, DepthDiff)
                book.apply(event.bids, event.asks)

        def read() -> None:
            book.bids.top(TOP)
            book.asks.top(TOP)

        return _timed(change, read)

    return run


def _sorted_dict(levels: int) -> Callable[[], Figures]:
    def run() -> Figures:
        snapshot, frames = _frames(levels)
        sides = [{float(p): float(q) for p, q in snapshot[side]} for side in ("bids", "asks")]

        def change() -> None:
            for frame in frames:
                data = orjson.loads(frame)["data"]
                for side, name in zip(sides, "ba", strict=True):
                    for price, qty in data[name]:
                        if (amount := float(qty)) == 0:
                            side.pop(float(price), None)
                        else:
                            side[float(price)] = amount

        def read() -> None:
            sorted(sides[0], reverse=True)[:TOP]
            sorted(sides[1])[:TOP]

        return _timed(change, read)

    return run


def groups() -> list[Group]:
    """Books of both sizes."""
    return [
        Group(
            f"book/{levels}",
            f"a book of {levels:,} levels a side: a change of 46 levels from its frame on, and the best 25",
            {"change": "µs", "top 25": "µs"},
            [Contender("bntui", _ours(levels)), Contender(RIVAL, _sorted_dict(levels))],
            RIVAL,
        )
        for levels in (1_000, 5_000)
    ]
