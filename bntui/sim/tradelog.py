"""The single trades of a symbol, by id and by time, as far as the exchange still knows them."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bntui.sim.bars import HOUR_MINUTES, MINUTE_US
from bntui.sim.history import Past, Piece, TradeRow

_WIDTH = len(TradeRow._fields)
_KEPT_PIECES = 48


class AggRow(NamedTuple):
    """The trades of one taker order at one price."""

    agg_id: int
    first_id: int
    last_id: int
    time_us: int
    price: int
    steps: int
    buyer_is_maker: bool


class TradeLog:
    """The newest trades one by one, and those of the made-up past.

    Of the trades since the start only the newest `keep` are known; a request for older ones gets what
    follows them.
    """

    def __init__(self, keep: int, past: Past | None = None) -> None:
        """An empty log behind a past."""
        self._keep = keep
        self._past = past
        self._pieces: deque[Piece] = deque(maxlen=_KEPT_PIECES)
        self._cells = array("q")

    def __len__(self) -> int:
        """Trades that are kept one by one."""
        return len(self._cells) // _WIDTH

    def add(self, row: TradeRow) -> None:
        """Take a new trade; once a quarter too many are kept, the oldest go."""
        self._cells.extend(row)
        if len(self) > self._keep + self._keep // 4:
            excess = len(self) - self._keep
            while excess < len(self) and self._row(excess).agg_id == self._row(excess - 1).agg_id:
                excess += 1
            del self._cells[: excess * _WIDTH]

    def skip(self, piece: Piece) -> None:
        """Go on behind a made-up piece; the single trades before its own are forgotten."""
        if piece.trades:
            self._pieces.append(piece)
            del self._cells[:]

    def _row(self, place: int) -> TradeRow:
        cells = self._cells[place * _WIDTH : (place + 1) * _WIDTH]
        return TradeRow(cells[0], cells[1], cells[2], cells[3], cells[4], bool(cells[5]))

    def _ring(self, start: int) -> Iterator[TradeRow]:
        return (self._row(place) for place in range(start, len(self)))

    def _place(self, column: int, value: int) -> int:
        """The place of the first kept trade whose column is at least `value`; all columns here ascend."""
        return bisect_left(range(len(self)), value, key=lambda place: self._cells[place * _WIDTH + column])

    def from_id(self, trade_id: int) -> Iterator[TradeRow]:
        """Every known trade from an id on, in order."""
        return self._from(trade_id, 0, lambda piece: piece.last_id, Piece.minute_of)

    def from_agg(self, agg_id: int) -> Iterator[TradeRow]:
        """Every known trade from an aggregate on, in order."""

        def minute(piece: Piece, wanted: int) -> int:
            return piece.minute_of(wanted + piece.agg_shift)

        return self._from(agg_id, 1, lambda piece: piece.last_id - piece.agg_shift, minute)

    def _from(
        self,
        wanted: int,
        column: int,
        last: Callable[[Piece], int],
        minute_of: Callable[[Piece, int], int],
    ) -> Iterator[TradeRow]:
        for piece in self._known_pieces(lambda piece: last(piece) >= wanted):
            low = minute_of(piece, wanted) if last(piece) - piece.trades < wanted else piece.low
            for minute in range(low, piece.high):
                yield from (row for row in piece.minute_trades(minute) if row[column] >= wanted)
        yield from self._ring(self._place(column, wanted))

    def from_time(self, time_us: int) -> Iterator[TradeRow]:
        """Every known trade from a moment on, in order."""
        minute = time_us // MINUTE_US
        for piece in self._known_pieces(lambda piece: piece.minutes.stop > minute):
            for place in range(max(piece.low, minute - piece.hour * HOUR_MINUTES), piece.high):
                yield from (row for row in piece.minute_trades(place) if row.time_us >= time_us)
        yield from self._ring(self._place(2, time_us))

    def _known_pieces(self, wanted: Callable[[Piece], bool]) -> Iterator[Piece]:
        """Every piece from the first wanted one on, the oldest first."""
        pieces: list[Piece] = []
        for piece in reversed(self._pieces):
            if not wanted(piece):
                return iter(pieces[::-1])
            pieces.append(piece)
        if self._past is not None:
            for piece in self._past.newest_first():
                if not wanted(piece):
                    break
                pieces.append(piece)
        return iter(pieces[::-1])


def aggregates(rows: Iterator[TradeRow]) -> Iterator[AggRow]:
    """Trades joined to aggregates; an aggregate that began before the first trade counts from there."""
    current: AggRow | None = None
    for row in rows:
        if current is not None and current.agg_id == row.agg_id:
            current = current._replace(last_id=row.trade_id, steps=current.steps + row.steps)
            continue
        if current is not None:
            yield current
        current = AggRow(
            row.agg_id, row.trade_id, row.trade_id, row.time_us, row.price, row.steps, row.buyer_is_maker
        )
    if current is not None:
        yield current
