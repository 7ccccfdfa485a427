"""One flow out of many connections: each event once, none backwards, holes in the trades said.

During a change of connection two sockets carry the same streams; afterwards a hole may be open. The keys
are those of the reference, section 6.3. Only the changes of a book may come late: the book puts them in
their place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from bntui.feed.core.sequence import BY_AGG_ID, BY_TRADE_ID, Deal, EachOnce, NewestOnly, TradeSequence
from bntui.model.derivatives import IndexPrice, Liquidation, MarkPrice
from bntui.model.events import (
    AggTrade,
    Candle,
    DepthDiff,
    MarketEvent,
    PartialDepth,
    Quote,
    RpiDepth,
    Ticker,
    Trade,
)
from bntui.model.intervals import previous_open
from bntui.model.status import Gap

HOLES_KEPT = 1_000
"""Holes that wait to be taken; beyond it the oldest are not offered for refilling, though they were told."""


class Merge:
    """Decides which events go on. Bounded by the symbols and streams that flow; `forget` frees them."""

    def __init__(self, hole_wait_s: float) -> None:
        """Trades behind a hole wait for so long."""
        self._hole_wait_s = hole_wait_s
        self._trades: dict[str, TradeSequence] = {}
        """By stream, as all that follows."""
        self._newest: dict[str, NewestOnly] = {}
        self._diffs: dict[str, EachOnce] = {}
        self._holes: deque[Gap] = deque(maxlen=HOLES_KEPT)
        self._closed: dict[str, int] = {}
        """Open time of the newest closed candle."""
        self._next_candle: dict[str, int] = {}
        """Opening time of the candle that must be closed next."""
        self._interrupted: dict[str, str] = {}
        """Why candles may be missing that have not come since."""

    def take(self, stream: str, events: Sequence[MarketEvent], now: float) -> Sequence[MarketEvent | Gap]:
        """The events of one frame of a stream; what of them, or of what had to wait, goes on."""
        out = self._sort(stream, events, now)
        if len(out) > 1:
            self._note_holes(out)
        return out

    def take_holes(self) -> list[Gap]:
        """The holes that were told since this was asked last."""
        holes, self._holes = list(self._holes), deque(maxlen=HOLES_KEPT)
        return holes

    def _note_holes(self, events: Iterable[MarketEvent | Gap]) -> None:
        self._holes.extend(event for event in events if isinstance(event, Gap))

    def _sort(self, stream: str, events: Sequence[MarketEvent], now: float) -> Sequence[MarketEvent | Gap]:
        if len(events) != 1:
            return events
        event = events[0]
        match event:
            case Trade() | AggTrade():
                sequence = self._trades.get(stream)
                if sequence is None:
                    id_of = BY_TRADE_ID if isinstance(event, Trade) else BY_AGG_ID
                    sequence = self._trades[stream] = TradeSequence(self._hole_wait_s, id_of)
                return _without_spent(sequence.offer(event, now))
            case Quote():
                return events if self._is_news(stream, event.update_id, now) else ()
            case Ticker():
                return events if self._is_news(stream, event.time_ms, now) else ()
            case DepthDiff():
                diffs = self._diffs.get(stream)
                if diffs is None:
                    diffs = self._diffs[stream] = EachOnce()
                return events if diffs.accept(event.last_update_id, now) else ()
            case RpiDepth():
                return events if self._is_news(stream, event.last_update_id, now) else ()
            case PartialDepth():
                return events if self._is_news(stream, event.update_id, now) else ()
            case MarkPrice() | IndexPrice():
                return events if self._is_news(stream, event.time_ms, now) else ()
            case Liquidation():
                # The exchange tells one for each symbol and second.
                return events if self._is_news(stream, event.event_ms, now) else ()
            case Candle():
                return self._candle(stream, event, now)
            case _:
                return events

    def _is_news(self, stream: str, order: int, now: float) -> bool:
        newest = self._newest.get(stream)
        if newest is None:
            newest = self._newest[stream] = NewestOnly()
        return newest.accept(order, now)

    def _candle(self, stream: str, candle: Candle, now: float) -> Sequence[MarketEvent | Gap]:
        """Once a candle was closed, nothing more is said of it; one that was never closed is a hole."""
        if not self._is_news(stream, candle.time_ms, now) or candle.open_ms == self._closed.get(stream):
            return ()
        due_ms = self._next_candle.get(stream)
        cause = self._interrupted.pop(stream, "candles missing on the stream")
        if candle.closed:
            self._closed[stream] = candle.open_ms
        self._next_candle[stream] = candle.close_ms + 1 if candle.closed else candle.open_ms
        if due_ms is None or candle.open_ms <= due_ms:
            return (candle,)
        to_ms = previous_open(candle.interval, candle.open_ms)
        gap = Gap(candle.key, due_ms, to_ms, cause, False, candle.received_ms, candle.at, candle.interval)
        return (gap, candle)

    def interrupted(self, streams: Iterable[str], cause: str) -> None:
        """These streams lost their connection."""
        for stream in streams:
            if sequence := self._trades.get(stream):
                sequence.interrupted(cause)
            elif stream in self._next_candle:
                self._interrupted.setdefault(stream, cause)

    def due(self, now: float) -> list[Deal | Gap]:
        """What has waited long enough."""
        out: list[Deal | Gap] = []
        for sequence in self._trades.values():
            if sequence.waits:
                out.extend(_without_spent(sequence.due(now)))
        self._note_holes(out)
        return out

    def forget(self, stream: str) -> None:
        """A stream is no longer wanted."""
        self._trades.pop(stream, None)
        self._newest.pop(stream, None)
        self._diffs.pop(stream, None)
        self._closed.pop(stream, None)
        self._next_candle.pop(stream, None)
        self._interrupted.pop(stream, None)

    def __repr__(self) -> str:
        return f"<Merge {len(self._trades)} trade sequences, {len(self._newest)} streams>"


def _without_spent(told: Sequence[Deal | Gap]) -> Sequence[Deal | Gap]:
    """Ids that were used up without a trade have closed the row of ids; they are nothing to tell."""
    if len(told) == 1:
        (only,) = told
        return [] if isinstance(only, Trade) and only.spent else told
    if any(isinstance(each, Trade) and each.spent for each in told):
        return [each for each in told if not (isinstance(each, Trade) and each.spent)]
    return told
