"""Which fills of an account are known, symbol by symbol.

The exchange's trade ids grow within a symbol. Up to a mark everything was asked of REST, so what lies
below it is known without being remembered; above it the ids that the stream told are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bntui.model.account import Fill
from bntui.venue.user import Ask

IDS_KEPT = 20_000
"""Ids of fills above the marks, over all symbols. Beyond it the lowest of the symbol that has most are given
up, and REST rows among them are not told again: that symbol counts as not whole until the next start."""

SYMBOLS_KEPT = 4_000
"""Symbols with marks; more than any market lists. Beyond it those go whose last fill is longest ago."""

CROWDED = 4_000
"""A symbol with so many ids above its mark is asked for, so that they can be forgotten."""

Mark = tuple[int | None, int, int]
"""The id up to which every fill is known (None: never asked), when that fill was done, and the time until
which all are known."""


@dataclass(slots=True)
class _Symbol:
    """What is known of an account's fills on one symbol."""

    mark: int | None = None
    """Every fill up to this id is known; None: never asked."""
    mark_ms: int = 0
    """When that fill was done."""
    asked_ms: int = 0
    """Every fill until then is known."""
    last_ms: int = 0
    """When the newest known fill was done."""
    ids: dict[int, tuple[float, int]] = field(default_factory=dict)
    """Known fills above the mark: when they became known on the monotonic clock, and when they were done."""
    floor: int = -1
    """Up to here ids were given up."""
    sure: Mark | None = None
    """As the mark was when ids were given up."""

    @property
    def low(self) -> int:
        """Every fill up to this id counts as known."""
        return max(self.floor, -1 if self.mark is None else self.mark)


class KnownFills:
    """The known fills of one account. Bounded by IDS_KEPT and SYMBOLS_KEPT."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._symbols: dict[str, _Symbol] = {}
        self._ids = 0

    def note(self, fill: Fill, now: float) -> bool:
        """Remember a fill; whether it is new."""
        symbol = self._symbol(fill.symbol)
        if fill.id <= symbol.low or fill.id in symbol.ids:
            return False
        symbol.ids[fill.id] = now, fill.time_ms
        symbol.last_ms = max(symbol.last_ms, fill.time_ms)
        self._ids += 1
        if self._ids > IDS_KEPT:
            self._give_up()
        return True

    def answered(
        self, ask: Ask, rows: Sequence[Fill], full: bool, asked_ms: int, held: Collection[int]
    ) -> None:
        """After an answer: what lies below the last row is known. A fill that is held back is not yet."""
        symbol = self._symbol(ask.symbol)
        told = [row for row in rows if row.id < min(held)] if held else rows
        if told:
            last = max(told, key=lambda row: row.id)
            if symbol.mark is None or last.id > symbol.mark:
                symbol.mark, symbol.mark_ms = last.id, last.time_ms
                kept = {each: at for each, at in symbol.ids.items() if each > last.id}
                self._ids -= len(symbol.ids) - len(kept)
                symbol.ids = kept
        if not full and not held:
            until_ms = asked_ms if ask.to_ms is None else min(ask.to_ms, asked_ms)
            symbol.asked_ms = max(symbol.asked_ms, until_ms)

    # What is known

    def knows(self, symbol: str, fill: int) -> bool:
        """Whether a fill is known."""
        known = self._symbols.get(symbol)
        return known is not None and (fill in known.ids or fill <= known.low)

    def crowded(self) -> list[str]:
        """Symbols with so many fills above their marks that they should be asked for."""
        if self._ids < CROWDED:
            return []
        return [name for name, symbol in self._symbols.items() if len(symbol.ids) >= CROWDED]

    def symbols(self) -> list[str]:
        """Symbols with known fills, those with the newest first."""
        return sorted(self._symbols, key=lambda name: -self._symbols[name].last_ms)

    def mark(self, symbol: str) -> tuple[int, int] | None:
        """The id up to which every fill is known, and its time; None where that is not by id."""
        known = self._symbols.get(symbol)
        return None if known is None or known.mark is None else (known.mark, known.mark_ms)

    def until_ms(self, symbol: str) -> int:
        """The time until which every fill of a symbol is known by asking; 0: it was never asked for."""
        known = self._symbols.get(symbol)
        return 0 if known is None else max(known.asked_ms, known.mark_ms)

    def newer(self, symbol: str, since_ms: int, asked_at: float) -> list[int]:
        """Fills of since then that became known in this run, before REST was asked, and above the mark."""
        known = self._symbols.get(symbol)
        if known is None:
            return []
        return [
            each for each, (at, done_ms) in known.ids.items() if 0.0 < at < asked_at and done_ms >= since_ms
        ]

    def unsure(self) -> list[str]:
        """Symbols of which ids were given up."""
        return [name for name, symbol in self._symbols.items() if symbol.sure is not None]

    def trust(self) -> None:
        """Take what was given up as known."""
        for symbol in self._symbols.values():
            symbol.sure = None

    # Memory

    def marks(self) -> dict[str, Mark]:
        """What the next run can build on, by symbol."""
        marks = {
            name: symbol.sure or (symbol.mark, symbol.mark_ms, symbol.asked_ms)
            for name, symbol in self._symbols.items()
        }
        return {name: mark for name, mark in marks.items() if mark[0] is not None or mark[2]}

    def restore(self, marks: Mapping[str, Mark]) -> None:
        """Take over what an earlier run knew."""
        for name, (mark, mark_ms, asked_ms) in marks.items():
            self._symbols[name] = _Symbol(mark, mark_ms, asked_ms, last_ms=max(mark_ms, 0))

    # Bounds

    def _give_up(self) -> None:
        symbol = max(self._symbols.values(), key=lambda each: len(each.ids))
        lowest = sorted(symbol.ids)[: max(1, len(symbol.ids) // 10)]
        if symbol.sure is None:
            symbol.sure = (symbol.mark, symbol.mark_ms, symbol.asked_ms)
        symbol.floor = max(symbol.floor, lowest[-1])
        for given_up in lowest:
            del symbol.ids[given_up]
        self._ids -= len(lowest)

    def _symbol(self, name: str) -> _Symbol:
        symbol = self._symbols.setdefault(name, _Symbol())
        if len(self._symbols) > SYMBOLS_KEPT:
            oldest = min(
                (each for each in self._symbols if each != name), key=lambda n: self._symbols[n].last_ms
            )
            self._ids -= len(self._symbols.pop(oldest).ids)
        return symbol

    def __repr__(self) -> str:
        return f"<KnownFills {self._ids} ids on {len(self._symbols)} symbols>"
