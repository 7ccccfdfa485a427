"""Past candles by REST, for the symbols that are open: one request at a time, within the courtesy budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bntui.clock import Clock
from bntui.errors import RestError
from bntui.feed.rest import RestClient
from bntui.model.markets import SymbolKey
from bntui.model.status import CandlesLoaded, Event
from bntui.venue.base import RestCall, Venue

QUESTIONS_WAITING = 64
"""Questions that wait for their turn; one more is not taken, and may be asked again later."""

NO_WEIGHT = "past candles wait: bntui's share of the request weight is used up"


class _Question(NamedTuple):
    symbol: str
    interval: str
    from_ms: int | None
    to_ms: int | None


class CandleHistory:
    """Questions that wait, at most one a symbol and interval. Each stays until it is answered."""

    def __init__(
        self, venue: Venue, rest: RestClient, clock: Clock, emit: Callable[[Sequence[Event]], None]
    ) -> None:
        """Nothing is asked for."""
        self._venue = venue
        self._rest = rest
        self._clock = clock
        self._emit = emit
        self._waiting: dict[tuple[str, str], _Question] = {}
        self._said: set[tuple[str, str]] = set()
        """Whose viewers know that they have to wait."""

    def ask(self, symbol: str, interval: str, from_ms: int | None, to_ms: int | None) -> bool:
        """Candles that open within these times are wanted: without a first, as many as one answer has room
        for; without a last, those up to now. False when too many others wait."""
        key = (symbol, interval)
        if key not in self._waiting and len(self._waiting) >= QUESTIONS_WAITING:
            return False
        self._waiting.pop(key, None)
        self._waiting[key] = _Question(symbol, interval, from_ms, to_ms)
        return True

    def forget(self, symbol: str, interval: str) -> None:
        """Nobody waits for them any longer."""
        self._waiting.pop((symbol, interval), None)
        self._said.discard((symbol, interval))

    async def step(self) -> bool:
        """Make one request. False when nothing is asked for, or the budget says: not now.

        Raises RestError, which was told; the question waits for another try.
        """
        if not self._waiting:
            return False
        key, question = next(iter(self._waiting.items()))
        limits = self._venue.limits
        call, rows = self._call(question)
        if not self._rest.affordable(call):
            if key not in self._said:
                self._said.add(key)
                self._tell(question, NO_WEIGHT)
            return False
        # What was over when we asked is over in the answer; but only by a clock that is known.
        known = self._rest.offset_ms is not None
        over_ms = self._rest.server_ms() - int(limits.own_clock_warn_ms) if known else 0
        try:
            body = await self._rest.fetch(call, optional=True)
            found = self._venue.bodies.candles(
                question.symbol, question.interval, body, over_ms, self._clock.monotonic()
            )
        except (RestError, ValueError) as exc:
            if self._waiting.get(key) is question:
                # Others are not held up by one that the exchange does not answer.
                self._waiting[key] = self._waiting.pop(key)
                self._tell(question, str(exc))
            raise exc if isinstance(exc, RestError) else RestError(f"klines: {exc}") from None
        if self._waiting.get(key) is not question:
            return True
        self.forget(*key)
        inside = tuple(
            candle
            for candle in found
            if (question.from_ms is None or candle.open_ms >= question.from_ms)
            and (question.to_ms is None or candle.open_ms <= question.to_ms)
        )
        self._emit(
            [
                CandlesLoaded(
                    SymbolKey(self._venue.market, question.symbol),
                    question.interval,
                    inside,
                    question.from_ms,
                    question.to_ms,
                    complete=len(found) < rows,
                )
            ]
        )
        return True

    def _call(self, question: _Question) -> tuple[RestCall, int]:
        calls, limits = self._venue.calls, self._venue.limits
        symbol, interval, from_ms, to_ms = question
        most = int(limits.klines_rows)
        if from_ms is not None:
            return calls.candles_from(symbol, interval, from_ms, most), most
        if to_ms is not None:
            return calls.candles_to(symbol, interval, to_ms, most), most
        rows = min(int(limits.own_candles_rows), most)
        return calls.klines(symbol, interval, rows), rows

    def _tell(self, question: _Question, failure: str) -> None:
        symbol, interval, from_ms, to_ms = question
        key = SymbolKey(self._venue.market, symbol)
        self._emit([CandlesLoaded(key, interval, (), from_ms, to_ms, False, failure)])

    def __len__(self) -> int:
        return len(self._waiting)

    def __repr__(self) -> str:
        return f"<CandleHistory {len(self._waiting)} questions>"
