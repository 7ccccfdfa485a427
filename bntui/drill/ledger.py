"""The trades of one symbol as `tail` printed them: what is missing, came twice, or came out of order."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_HOLES = 1_000
"""Holes that are followed; the missing trades of further ones are only counted."""


@dataclass(slots=True)
class TradeLedger:
    """Trade ids of an exchange follow one another without a hole: they say all that there is to know."""

    first_id: int | None = None
    last_id: int | None = None
    printed: int = 0
    refilled: int = 0
    repeated: int = 0
    disordered: int = 0
    """Streamed trades that came after a later one."""
    untold: int = 0
    """Ids that were passed over without a gap line that named them."""
    _beyond: int = 0
    """Missing ids of holes beyond MOST_HOLES."""
    _holes: list[range] = field(default_factory=list)
    _told: range = range(0)
    """The ids of the newest gap line."""

    def trade(self, trade_id: int, refilled: bool) -> None:
        """A trade was printed."""
        self.printed += 1
        self.refilled += refilled
        if self.first_id is None:
            self.first_id = trade_id
        if self.last_id is None or trade_id > self.last_id:
            if self.last_id is not None and trade_id > self.last_id + 1:
                self._pass_over(range(self.last_id + 1, trade_id))
            self.last_id = trade_id
        elif self._fill(trade_id):
            self.disordered += not refilled
        else:
            self.repeated += 1

    def gap(self, from_id: int, to_id: int) -> None:
        """A gap line was printed: these ids do not come, or only later, by REST."""
        self._told = range(from_id, to_id + 1)

    def restart(self) -> None:
        """Another engine took over: what it prints does not follow on what came before."""
        self.last_id = None

    @property
    def missing(self) -> int:
        """Trades between the first and the last that were never printed."""
        return sum(len(hole) for hole in self._holes) + self._beyond

    def _pass_over(self, ids: range) -> None:
        if not (ids[0] in self._told and ids[-1] in self._told):
            self.untold += len(ids)
        if len(self._holes) < MOST_HOLES:
            self._holes.append(ids)
        else:
            self._beyond += len(ids)

    def _fill(self, trade_id: int) -> bool:
        """Take an id out of the hole that it lies in; False where there is none."""
        for index, hole in enumerate(self._holes):
            if trade_id in hole:
                parts = (range(hole.start, trade_id), range(trade_id + 1, hole.stop))
                self._holes[index : index + 1] = [part for part in parts if part]
                return True
        return False
