"""The trades of an open symbol: the last of them as rows, and what takers bought and sold each minute."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from bntui.model.events import AggTrade, Trade
from bntui.model.panels import FLOW_MINUTES, TAPE_ROWS, MinuteFlow, TapeDelta, TapeRow
from bntui.model.status import Gap
from bntui.store.tables import ChangeTable

MINUTE_MS = 60_000

HOLES_KEPT = 500
"""Holes that are remembered; beyond it the oldest are forgotten, and their minutes stay incomplete."""

SKIPS_KEPT = 1_000
"""Revisions for which it is known how many rows came and went; a viewer that is older is told too few."""

FARTHEST = 2**60
"""Ids so far apart are of two sequences: nobody has traded so often, and rows are numbered in 64 bits."""

_EXACT = Context(prec=256)
"""Sums of any number of printed quantities, without rounding."""


@dataclass(slots=True)
class _Hole:
    """Trades that are missing, between two that are not."""

    row: int
    """Of the tape's line that tells of it."""
    from_id: int
    to_id: int
    """What of it is still missing."""
    from_ms: int
    to_ms: int | None
    """When the trade behind it was done; None before that has come."""
    trades: int
    """How many were missing."""


@dataclass(slots=True)
class _Flow:
    buy: Decimal
    sell: Decimal


class Tape:
    """Rows in the order of the exchange's ids, at most TAPE_ROWS; minutes, at most FLOW_MINUTES.

    A row's place follows from the exchange's id, so that what is fetched later takes the place that was
    left for it: ids of rows are odd for trades, even for the hole before them.
    """

    def __init__(self, revision: int, flows: bool = True) -> None:
        """Nothing was traded since `revision`, its beginning. `flows`: the stream brings trades."""
        self._rows: ChangeTable[int, TapeRow] = ChangeTable()
        self._order: list[int] = []
        """The ids of the rows, ascending."""
        self._flows: ChangeTable[int, _Flow] = ChangeTable()
        self._skips: dict[int, int] = {}
        self._holes: list[_Hole] = []
        self._broken_minutes: set[int] = set()
        """Minutes within the kept ones of which trades are missing for good."""
        self._flowing = flows
        self.begun_at = revision
        """What a viewer knows of an older revision is worth nothing."""
        self._begin()

    def _begin(self) -> None:
        self._first_id: int | None = None
        self._first_ms = 0
        self._last_ms = 0
        """Time of the newest trade."""

    # What comes in

    def trade(self, event: Trade | AggTrade, revision: int) -> None:
        """A trade, or those of one taker order."""
        if isinstance(event, Trade):
            own_id, trades = event.trade_id, 1
        else:
            own_id, trades = event.agg_id, event.last_id - event.first_id + 1
        if self._first_id is None:
            self._first_id, self._first_ms = own_id, event.time_ms
        place = self._place(own_id)
        if place in self._rows.values or (isinstance(event, Trade) and event.spent):
            return
        if not event.refilled:
            self._last_ms = event.time_ms
            if self._holes and self._holes[-1].to_ms is None:
                # What was in doubt beyond the hole's end is so no longer.
                self._touch_minutes(self._holes[-1], revision)
                self._holes[-1].to_ms = event.time_ms
        row = TapeRow(place, event.time_ms, event.price, event.qty, event.side, trades, event.refilled)
        self._put(row, revision)
        self._add(event, revision)

    def gap(self, event: Gap, revision: int) -> None:
        """Trades are missing, were refilled, or began to be counted anew."""
        far = self._first_id is not None and event.to_id - self._first_id >= FARTHEST
        if event.to_id < event.from_id or far:
            self._begin_anew(event, revision)
        elif event.repaired:
            self._fill(event.from_id, event.to_id, revision)
        else:
            self._open(event, revision)

    def flowing(self, flows: bool, revision: int) -> None:
        """Whether the stream of the trades brings them now: the running minute is complete only then."""
        if flows != self._flowing:
            self._flowing = flows
            if self._flows.values:
                self._flows.touch(max(self._flows.values), revision)

    def _place(self, own_id: int) -> int:
        return 2 * (own_id - (self._first_id or 0)) + 1

    def _put(self, row: TapeRow, revision: int) -> None:
        order = self._order
        if len(order) >= TAPE_ROWS:
            if row.id < order[0]:
                return
            if row.id not in self._rows.values:
                self._skip(self._rows.drop(order.pop(0)))
        if row.id not in self._rows.values:
            if not order or row.id > order[-1]:
                order.append(row.id)
            else:
                insort(order, row.id)
        self._rows.set(row.id, row, revision)

    def _skip(self, revision: int) -> None:
        """A row of this revision is gone: viewers older than that never saw it."""
        self._skips[revision] = self._skips.get(revision, 0) + 1
        if len(self._skips) > SKIPS_KEPT:
            del self._skips[min(self._skips)]

    def _add(self, event: Trade | AggTrade, revision: int) -> None:
        minute = event.time_ms - event.time_ms % MINUTE_MS
        flows = self._flows.values
        flow = flows.get(minute)
        if flow is None:
            if len(flows) >= FLOW_MINUTES:
                oldest = min(flows)
                if minute < oldest:
                    return
                self._flows.drop(oldest)
                self._broken_minutes.discard(oldest)
            if not self._flowing and flows:
                # The minute that ran until now ends, and only the running one is in doubt.
                self._flows.touch(max(flows), revision)
            flow = flows[minute] = _Flow(Decimal(), Decimal())
        qty = Decimal(event.qty)
        if event.side == "buy":
            flow.buy = _EXACT.add(flow.buy, qty)
        else:
            flow.sell = _EXACT.add(flow.sell, qty)
        self._flows.touch(minute, revision)

    # Holes

    def _open(self, gap: Gap, revision: int) -> None:
        if self._first_id is None:
            self._first_id, self._first_ms = gap.from_id, gap.received_ms
        from_ms = self._last_ms or gap.received_ms
        row = self._place(gap.from_id) - 1
        missing = gap.to_id - gap.from_id + 1
        self._put(TapeRow(row, from_ms, "", "", "", missing, cause=gap.cause), revision)
        self._holes.append(_Hole(row, gap.from_id, gap.to_id, from_ms, None, missing))
        if len(self._holes) > HOLES_KEPT:
            self._broken_minutes.update(self._minutes(self._holes.pop(0)))
        self._touch_minutes(self._holes[-1], revision)

    def _fill(self, from_id: int, to_id: int, revision: int) -> None:
        for hole in [h for h in self._holes if from_id <= h.to_id and to_id >= h.from_id]:
            if from_id <= hole.from_id:
                hole.from_id = to_id + 1
            elif to_id >= hole.to_id:
                hole.to_id = from_id - 1
            missing = hole.to_id - hole.from_id + 1
            row = self._rows.values.get(hole.row)
            if missing > 0:
                if row is not None:
                    self._put(replace(row, trades=missing), revision)
                continue
            self._holes.remove(hole)
            if row is not None:
                self._put(replace(row, trades=hole.trades, refilled=True), revision)
            self._touch_minutes(hole, revision)

    def _begin_anew(self, gap: Gap, revision: int) -> None:
        last_ms = self._last_ms or gap.received_ms
        self._rows, self._flows = ChangeTable(), ChangeTable()
        self._order, self._holes = [], []
        self._skips, self._broken_minutes = {}, set()
        self._begin()
        self.begun_at = revision
        self._put(TapeRow(0, last_ms, "", "", "", 0, cause=gap.cause), revision)

    def _minutes(self, hole: _Hole) -> list[int]:
        """The kept minutes that a hole lies in."""
        end = hole.to_ms
        return [m for m in self._flows.values if m + MINUTE_MS > hole.from_ms and (end is None or m <= end)]

    def _touch_minutes(self, hole: _Hole, revision: int) -> None:
        for minute in self._minutes(hole):
            self._flows.touch(minute, revision)

    def _is_complete(self, minute: int, newest: int) -> bool:
        if minute <= self._first_ms or minute in self._broken_minutes:
            return False
        if minute == newest and not self._flowing:
            return False
        return not any(
            minute + MINUTE_MS > hole.from_ms and (hole.to_ms is None or minute <= hole.to_ms)
            for hole in self._holes
        )

    # What goes out

    def rows(self) -> list[TapeRow]:
        """Every row, oldest first."""
        return [self._rows.values[place] for place in self._order]

    def flows(self) -> list[MinuteFlow]:
        """Every minute, oldest first."""
        return self._told(sorted(self._flows.values))

    def delta(self, since: int) -> TapeDelta | None:
        """What changed after a revision; None: nothing."""
        rows = sorted(self._rows.changed_since(since), key=lambda row: row.id)
        minutes = self._changed_minutes(since)
        skipped = 0
        if since >= self.begun_at:
            skipped = sum(n for revision, n in self._skips.items() if revision > since)
        if not (rows or minutes or skipped):
            return None
        return TapeDelta(rows, self._told(minutes), skipped)

    def _changed_minutes(self, since: int) -> list[int]:
        return sorted(self._flows.keys_since(since))

    def _told(self, minutes: list[int]) -> list[MinuteFlow]:
        newest = max(self._flows.values, default=0)
        return [
            MinuteFlow(m, f"{flow.buy:f}", f"{flow.sell:f}", self._is_complete(m, newest))
            for m in minutes
            for flow in (self._flows.values[m],)
        ]

    def __repr__(self) -> str:
        return f"<Tape {len(self._order)} rows, {len(self._flows)} minutes, {len(self._holes)} holes>"
