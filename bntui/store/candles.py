"""The candles of one interval of an open symbol: history by REST and what the stream adds, as one row."""

from __future__ import annotations

from bisect import insort
from itertools import pairwise
from typing import NamedTuple

from bntui.model.events import Candle
from bntui.model.intervals import previous_open
from bntui.model.panels import CANDLES_KEPT, CandlesDelta, CandleView, Hole
from bntui.model.status import CandlesLoaded, Gap
from bntui.store.tables import ChangeTable

TRIES = 3
"""What REST could not bring in so many answers is not asked for again, but for the history."""

GAPS_KEPT = 200
"""Holes that the stream told of; beyond it the oldest are shown with the cause of any other."""

SEAM = "not seen on the stream"
"""The cause of a hole that nothing else is known of."""

UNENDED = "the exchange does not say how the first of them ended"


class Ask(NamedTuple):
    """Candles that REST should be asked for."""

    from_ms: int | None
    """Opening time of the first one; None: as many as there are room for."""
    to_ms: int | None
    """Opening time of the last one; None: up to now."""


class Series:
    """At most CANDLES_KEPT candles, the oldest goes first, without doubles.

    A closed candle is never replaced by what REST says, and one that REST has while it runs only stands
    in until the stream tells of it.
    """

    def __init__(self, interval: str, revision: int = 0) -> None:
        """Nothing is known, and nothing was asked for, since `revision`."""
        self.interval = interval
        self.asked: Ask | None = None
        """What REST is asked for now."""
        self._begin(revision)

    def _begin(self, revision: int) -> None:
        self.begun_at = revision
        """What a viewer knows of an older revision is worth nothing."""
        self.first = False
        """There is nothing before the oldest, here or at the exchange."""
        self.failure = ""
        self._rows: ChangeTable[int, CandleView] = ChangeTable()
        self._opens: list[int] = []
        """Opening times, ascending."""
        self._gaps: dict[int, Gap] = {}
        """By the opening time of the first candle that the stream missed."""
        self._tries: dict[Ask, int] = {}
        self._loaded = False
        """The newest candles came by REST."""
        self._holes: list[Hole] = []
        self._state_at = revision
        """Revision of the last change of anything but rows."""

    # What comes in

    def candle(self, event: Candle, revision: int) -> None:
        """A state of a candle, from the stream or by REST."""
        if self._take(event, revision):
            self._look_for_holes(revision)

    def _take(self, event: Candle, revision: int) -> bool:
        """Take a candle in; whether that may change what is missing."""
        if event.utc_offset:
            # Its days and weeks begin elsewhere: other candles under the same times.
            return False
        known = self._rows.values.get(event.open_ms)
        if known is not None and known.closed and self._runs_again(event):
            self._begin(revision)
            known = None
        if known is not None:
            newer = event.closed if event.refilled or known.closed else True
            if not newer or (event.refilled and known.closed):
                return False
        elif not self._make_room(event.open_ms):
            return False
        view = view_of(event)
        if view == known:
            return False
        if known is None:
            insort(self._opens, event.open_ms)
        self._rows.set(event.open_ms, view, revision)
        return known is None or event.closed

    def _runs_again(self, event: Candle) -> bool:
        """Whether the exchange's time went back, as in a recording that begins anew: a candle runs that was
        closed long ago. What was seen of the time ahead says nothing any longer."""
        return not (event.refilled or event.closed) and event.open_ms < self._opens[-2:][0]

    def _make_room(self, open_ms: int) -> bool:
        if len(self._opens) < CANDLES_KEPT:
            return True
        if open_ms < self._opens[0]:
            return False
        self._rows.drop(self._opens.pop(0))
        return True

    def gap(self, event: Gap, revision: int) -> None:
        """The stream missed candles, or REST has brought those that it missed."""
        if event.repaired:
            for from_ms, gap in list(self._gaps.items()):
                if event.from_id <= gap.from_id and gap.to_id <= event.to_id:
                    del self._gaps[from_ms]
        elif event.to_id >= event.from_id:
            self._gaps[event.from_id] = event
            if len(self._gaps) > GAPS_KEPT:
                del self._gaps[min(self._gaps)]
        self._look_for_holes(revision)

    def loading(self, ask: Ask, revision: int) -> None:
        """REST is being asked."""
        self.asked = ask
        self._tries[ask] = self._tries.get(ask, 0) + 1
        self._state_at = revision

    def loaded(self, event: CandlesLoaded, revision: int) -> None:
        """What REST said."""
        for candle in event.candles:
            self._take(candle, revision)
        self._state_at = revision
        self.failure = event.failure
        if event.failure:
            return
        self.asked = None
        if event.to_ms is None:
            self._loaded = True
        if event.from_ms is None and event.complete:
            self.first = True
        if len(self._opens) >= CANDLES_KEPT:
            self.first = True
        self._look_for_holes(revision)

    # What is missing

    def wants(self, from_ms: int | None) -> Ask | None:
        """What REST should be asked for, so that every candle from `from_ms` on is known; None: nothing.

        One question at a time: while one is under way there is no other.
        """
        if self.asked is not None:
            return None
        if not self._loaded:
            return Ask(None, None)
        for hole in self._seams():
            ask = Ask(hole.from_ms, hole.to_ms)
            if self._tries.get(ask, 0) < TRIES:
                return ask
        if self.first or from_ms is None or not self._opens or from_ms >= self._opens[0]:
            return None
        return Ask(None, previous_open(self.interval, self._opens[0]))

    def _seams(self) -> list[Hole]:
        """Holes that the stream knows nothing of, as between the last answer of REST and its own first."""
        return [hole for hole in self._holes if hole.cause == SEAM]

    def _look_for_holes(self, revision: int) -> None:
        holes = self._find_holes()
        if holes != self._holes:
            self._holes = holes
            self._state_at = revision
            spans = {Ask(hole.from_ms, hole.to_ms) for hole in holes}
            self._tries = {ask: n for ask, n in self._tries.items() if ask.from_ms is None or ask in spans}

    def _find_holes(self) -> list[Hole]:
        """Times between two candles of which none is known, or of which one was never closed."""
        holes: list[Hole] = []
        rows = self._rows.values
        for open_ms, next_ms in pairwise(self._opens):
            view = rows[open_ms]
            from_ms = open_ms if not view.closed else view.close_ms + 1
            if from_ms < next_ms:
                holes += self._named(from_ms, previous_open(self.interval, next_ms), not view.closed)
        return holes

    def _named(self, from_ms: int, to_ms: int, begun: bool) -> list[Hole]:
        """The hole with its cause; none where the exchange itself has no candles. `begun`: its first one is
        known in part."""
        for gap in self._gaps.values():
            if gap.from_id <= to_ms and from_ms <= gap.to_id:
                return [Hole(from_ms, to_ms, gap.cause)]
        if self._tries.get(Ask(from_ms, to_ms), 0) < TRIES:
            return [Hole(from_ms, to_ms, SEAM)]
        return [Hole(from_ms, to_ms, UNENDED)] if begun else []

    # What goes out

    @property
    def oldest_ms(self) -> int | None:
        """Opening time of the oldest candle."""
        return self._opens[0] if self._opens else None

    def rows(self) -> list[CandleView]:
        """Every candle, oldest first."""
        return [self._rows.values[open_ms] for open_ms in self._opens]

    @property
    def holes(self) -> list[Hole]:
        """Times that are missing, oldest first."""
        return self._holes

    def delta(self, since: int) -> CandlesDelta | None:
        """What changed after a revision; None: nothing."""
        rows = sorted(self._rows.changed_since(since), key=_opening)
        if not rows and self._state_at <= since:
            return None
        loading = self.asked is not None
        return CandlesDelta(self.interval, rows, self._holes, self.first, loading, self.failure)

    def __repr__(self) -> str:
        return f"<Series {self.interval}: {len(self._opens)} candles, {len(self._holes)} holes>"


def view_of(candle: Candle) -> CandleView:
    """What is shown of a candle."""
    return CandleView(
        candle.open_ms,
        candle.close_ms,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        candle.quote_volume,
        candle.trades,
        candle.closed,
    )


def _opening(view: CandleView) -> int:
    return view.open_ms
