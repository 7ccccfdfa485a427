"""What a symbol traded, minute by minute: the made-up past, the closed minutes, the running one."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from bntui.sim.bars import HOUR_MINUTES, Bar, OpenBar, empty_bar, join
from bntui.sim.history import Past, Piece

KEPT_MINUTES = 26 * HOUR_MINUTES
"""Closed minutes kept one by one: enough for every rolling window. Older ones are folded into hours."""
_KEPT_HOURS = 90 * 24
"""Folded hours that are kept; the oldest are forgotten."""
_WIDTH = len(Bar._fields)


class _Rows:
    """Consecutive bars, packed, from `first` on."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._cells = array("q")

    def __len__(self) -> int:
        return len(self._cells) // _WIDTH

    def append(self, bar: Bar) -> None:
        self._cells.extend(bar)

    def at(self, number: int) -> Bar:
        start = (number - self.first) * _WIDTH
        return Bar(*self._cells[start : start + _WIDTH])

    def drop(self, count: int) -> None:
        del self._cells[: count * _WIDTH]
        self.first += count


class Timeline:
    """All bars of one symbol. Minutes count from the epoch."""

    def __init__(self, minute: int, price: int, last_id: int, past: Past | None = None) -> None:
        """Begin in `minute` after a trade at `price`; with a past, at the end of that."""
        self.past = past
        self.minute = minute
        """The running minute."""
        self.start = minute
        self.open = OpenBar(empty_bar(price, last_id))
        """The running minute's bar."""
        self._entry = empty_bar(price, last_id)
        self._minutes = _Rows(minute)
        self._hours = _Rows(minute // HOUR_MINUTES)

    def __repr__(self) -> str:
        return f"<Timeline minute {self.minute}, {len(self._minutes)} kept, price {self.open.close}>"

    @property
    def first_minute(self) -> int:
        """The first minute of which anything is known."""
        return self.past.first_minute if self.past else self.start

    def roll(self, minute: int) -> None:
        """Close every minute before `minute`; those between had no trades."""
        while self.minute < minute:
            bar = self.open.bar()
            self._append(bar)
            self.open = OpenBar(empty_bar(bar.close, bar.last_id))

    def fill(self, piece: Piece) -> None:
        """Take a made-up piece for minutes that nobody watched; it begins with the running one."""
        for minute in range(piece.low, piece.high):
            self._append(piece.span(minute, minute + 1))
        self.open = OpenBar(empty_bar(piece.span(piece.low, piece.high).close, piece.last_id))

    def _append(self, bar: Bar) -> None:
        self._minutes.append(bar)
        self.minute += 1
        if len(self._minutes) >= KEPT_MINUTES + HOUR_MINUTES and self.minute % HOUR_MINUTES == 0:
            self._fold()

    def _fold(self) -> None:
        first = self._minutes.first
        count = HOUR_MINUTES - first % HOUR_MINUTES
        bar = self._minutes.at(first)
        for minute in range(first + 1, first + count):
            bar = join(bar, self._minutes.at(minute))
        self._hours.append(bar)
        self._minutes.drop(count)
        if len(self._hours) > _KEPT_HOURS:
            self._hours.drop(1)

    def span(self, low: int, high: int) -> Bar:
        """The bar of the minutes from `low` up to but not including `high`.

        Where only folded hours are left, an hour that begins within the span counts whole.
        """
        bar: Bar | None = None
        if self.past and low < self.start:
            bar = self.past.span(max(low, self.past.first_minute), min(high, self.start))
        first_hour = low if low > self.start else self.start - self.start % HOUR_MINUTES
        for hour in range(
            max(self._hours.first, -(-first_hour // HOUR_MINUTES)),
            min(self._hours.first + len(self._hours), -(-high // HOUR_MINUTES)),
        ):
            bar = self._join(bar, self._hours.at(hour))
        for minute in range(max(low, self._minutes.first), min(high, self.minute)):
            bar = self._join(bar, self._minutes.at(minute))
        if low <= self.minute < high:
            bar = self._join(bar, self.open.bar())
        return bar if bar is not None else self._entry

    @staticmethod
    def _join(bar: Bar | None, part: Bar) -> Bar:
        return part if bar is None else join(bar, part)

    def minutes(self, low: int, high: int) -> Sequence[tuple[int, Bar]]:
        """Every known minute from `low` up to but not including `high`, with its bar."""
        return [
            (minute, self.span(minute, minute + 1))
            for minute in range(max(low, self.first_minute), min(high, self.minute + 1))
            if minute < self.start or minute >= self._minutes.first
        ]


class Window:
    """Rolling statistics over whole minutes: the running one and the `minutes - 1` before it."""

    def __init__(self, timeline: Timeline, minutes: int) -> None:
        """Sum up the window once; from then on only what leaves and enters is touched."""
        self._timeline = timeline
        self._length = minutes
        self._minute = timeline.minute
        self._closed = self._sum()
        self._before = self._close_before()

    @property
    def start_minute(self) -> int:
        """The first minute in the window."""
        return self._minute - self._length + 1

    def _sum(self) -> Bar | None:
        low = max(self.start_minute, self._timeline.first_minute)
        return self._timeline.span(low, self._minute) if low < self._minute else None

    def _close_before(self) -> int:
        return self._timeline.span(self.start_minute - 1, self.start_minute).close

    def bar(self) -> Bar:
        """What was traded in the window."""
        self._roll()
        running = self._timeline.open.bar()
        return join(self._closed, running) if self._closed is not None else running

    def previous_close(self) -> int:
        """The price of the last trade before the window; of the first in it, where nothing is known."""
        self._roll()
        return self._before

    def _roll(self) -> None:
        minute = self._timeline.minute
        if minute == self._minute:
            return
        if minute - self._minute > 1 or self.start_minute < self._timeline.first_minute:
            self._minute = minute
            self._closed, self._before = self._sum(), self._close_before()
            return
        leaving = self._timeline.span(self.start_minute, self.start_minute + 1)
        entering = self._timeline.span(self._minute, self._minute + 1)
        closed = self._closed
        self._minute = minute
        self._before = leaving.close
        if closed is None or (leaving.trades and (leaving.high == closed.high or leaving.low == closed.low)):
            self._closed = self._sum()
            return
        self._closed = join(self._without(closed, leaving), entering)

    def _without(self, closed: Bar, leaving: Bar) -> Bar:
        """The window's closed minutes less the first, which holds neither its highest nor lowest price."""
        if not leaving.trades:
            return closed
        minute = self.start_minute
        while not (first := self._timeline.span(minute, minute + 1)).trades:
            minute += 1
        return closed._replace(
            open=first.open,
            volume=closed.volume - leaving.volume,
            quote=closed.quote - leaving.quote,
            trades=closed.trades - leaving.trades,
            taker_volume=closed.taker_volume - leaving.taker_volume,
            taker_quote=closed.taker_quote - leaving.taker_quote,
        )
