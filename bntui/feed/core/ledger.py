"""What is known of one account: every fill comes out once, whoever tells it first, stream or REST.

```
 stream ── heard ──▶ ┌────────┐
                     │ Ledger │ ──▶ fills, orders, balances, positions: each new one once
 REST   ── told ───▶ └────────┘
```

The exchange's trade ids grow within a symbol. Up to a mark everything was asked of REST, so what lies
below it is known without being remembered; above it the ids that the stream told are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bntui.feed.core.bookkeeping import Bookkeeping, Payment
from bntui.feed.core.standing import Standing, number
from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position
from bntui.venue.user import Ask, AskKind, BalanceMoved, MarginCall, Page, TradeLite, UserEvent

LITE_WAIT_S = 5.0
"""The full report of a fill follows its short one within this, or REST is asked for it."""

MOVE_WAIT_S = 5.0
"""So does the balance that a payment led to."""

YOUNG_MS = 3_000
YOUNG_S = 3.0
"""A fill that is so young when REST tells it may still come by the stream: it is held back so long, and is
no recovered one if it does."""

IDS_KEPT = 20_000
"""Ids of fills above the marks, over all symbols. Beyond it the lowest of the symbol that has most are given
up, and REST rows among them are not told again: that symbol counts as not whole until the next start."""

SYMBOLS_KEPT = 4_000
"""Symbols with marks; more than any market lists. Beyond it those go whose last fill is longest ago."""

CROWDED = 4_000
"""A symbol with so many ids above its mark is asked for, so that they can be forgotten."""

LITES_KEPT = 1_000
"""Short reports whose full ones are awaited; beyond it the oldest count as overdue."""

PAYMENTS_KEPT = 500
"""Payments that are told apart from their copies; the oldest go."""

OVERLAP_MS = 60_000
"""What is asked for by time is asked for from so long before: times of two clocks are compared."""

News = Fill | OrderUpdate | Balance | Position
"""What a ledger yields."""


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
    sure: tuple[int | None, int, int] | None = None
    """Mark, its time and the time asked until, as they were when ids were given up."""


@dataclass(slots=True)
class _Held:
    fill: Fill
    until: float


class Ledger:
    """The account of one owner. Sans-I/O: `now` is the monotonic clock, `_ms` the exchange's."""

    def __init__(self, owner: AccountKey, books: Bookkeeping, whole_ms: int, first_ms: int) -> None:
        """Nothing is known; it vouches for what happens from `whole_ms` on. `first_ms` is now."""
        self.owner = owner
        self.standing = Standing()
        self.books = books
        self.whole_ms = whole_ms
        """Everything that happened until then is known, or was before bntui looked at the account at all."""
        self.first_ms = first_ms
        """When the account was looked at for the first time: what was done before is its past, and was missed
        by nobody."""
        self.recovered = 0
        """Fills that REST told, and no stream."""
        self._symbols: dict[str, _Symbol] = {}
        self._ids = 0
        self._lites: dict[tuple[str, int], float] = {}
        self._held: dict[tuple[str, int], _Held] = {}
        self._payments: dict[tuple[str, str, int], None] = {}
        self._awaited: dict[str, float] = {}
        self._doubts: dict[str, str] = {}
        self._changed = True

    # What an earlier run left

    def prime(self, fills: Iterable[Fill], memory: str = "", orders: Iterable[OrderUpdate] = ()) -> bool:
        """Take over what an earlier run knew, before all else: its `memory`, the kept fills, at least those
        since then, and the orders that were open. Nothing of it comes out again. Returns whether there was a
        memory that can be read; without one the account counts as seen for the first time."""
        remembered = self._remember(memory)
        for order in orders:
            if order.owner == self.owner:
                self.standing.order(order, 0.0)
        for fill in fills:
            if fill.owner == self.owner:
                self._note(fill, 0.0)
                # Even one below the mark may be newer than the amounts that are compared with.
                self.books.count(fill)
        return remembered

    def take_memory(self) -> str | None:
        """What the next run must know, as text to keep; None while nothing changed since it was taken.

        Keep it after the fills that came out before it: never a memory without them.
        """
        if not self._changed:
            return None
        self._changed = False
        marks = {name: self._sure(symbol) for name, symbol in self._symbols.items()}
        return json.dumps(
            {
                "first_ms": self.first_ms,
                "whole_ms": self.whole_ms,
                "marks": {name: mark for name, mark in marks.items() if mark[0] is not None or mark[2]},
                "books": self.books.memory(),
                "doubts": self._doubts,
            },
            separators=(",", ":"),
        )

    # What comes in

    def heard(self, event: UserEvent, now: float) -> list[News]:
        """The stream told something; returns what is new of it."""
        match event:
            case Fill():
                return self._take(event, now)
            case OrderUpdate():
                return [*self.standing.order(event, now)]
            case Balance():
                self._awaited.pop(event.asset, None)
                return [*self.standing.balance(event, now)]
            case Position():
                return [*self.standing.position(event, now)]
            case MarginCall():
                return [*self.standing.margin_call(event.positions, event.time_ms, now)]
            case TradeLite():
                self._announced(event, now)
            case BalanceMoved():
                self._paid(event, now)
            case _:
                pass
        return []

    def told(self, ask: Ask, page: Page, now: float, asked_at: float, asked_ms: int) -> list[News]:
        """REST answered; returns what is new of it. `asked_at` and `asked_ms`: when it was asked."""
        news: list[News] = []
        match ask.kind:
            case AskKind.FILLS:
                rows = [row for row in page.rows if isinstance(row, Fill)]
                for row in rows:
                    news += self._found(row, now, asked_ms)
                self._mark(ask, rows, page.full, asked_ms)
            case AskKind.BALANCES:
                balances = [row for row in page.rows if isinstance(row, Balance)]
                news += self.standing.all_balances(balances, now, asked_at)
                self._awaited.clear()
            case AskKind.POSITIONS:
                positions = [row for row in page.rows if isinstance(row, Position)]
                news += self.standing.all_positions(positions, now, asked_at)
            case AskKind.OPEN_ORDERS | AskKind.ORDERS:
                orders = [row for row in page.rows if isinstance(row, OrderUpdate)]
                news += [new for row in orders for new in self.standing.order(row, now)]
            case AskKind.TRADED_SYMBOLS:
                pass
        return news

    def tick(self, now: float) -> list[News]:
        """Fills that were held back and did not come by the stream."""
        due = [key for key, held in self._held.items() if held.until <= now]
        return [self._recover(self._held.pop(key).fill) for key in due]

    def deadline(self) -> float | None:
        """When something held back comes out, or something awaited is overdue."""
        held = (each.until for each in self._held.values())
        return min((*held, *self._lites.values(), *self._awaited.values()), default=None)

    # What recovery asks

    @property
    def holds(self) -> bool:
        """Whether fills are held back that REST told."""
        return bool(self._held)

    def knows(self, symbol: str, fill: int) -> bool:
        """Whether a fill is known."""
        known = self._symbols.get(symbol)
        return known is not None and (fill in known.ids or fill <= _low(known))

    def owing(self, now: float) -> list[tuple[str, int]]:
        """Symbol and id of fills that were announced and never reported; each is told once."""
        due = [key for key, until in self._lites.items() if until <= now]
        for key in due:
            del self._lites[key]
        return due

    def unpaid(self, now: float) -> list[str]:
        """Assets that were paid in or out without a new balance; each is told once."""
        due = [asset for asset, until in self._awaited.items() if until <= now]
        for asset in due:
            del self._awaited[asset]
        return due

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

    def from_ms(self, symbol: str) -> int:
        """The time from which on fills of a symbol must be asked for."""
        known = self._symbols.get(symbol)
        asked_ms = 0 if known is None else max(known.asked_ms, known.mark_ms)
        return max(self.whole_ms, asked_ms) - OVERLAP_MS

    def newer_than_rest(self, symbol: str, since_ms: int, asked_at: float) -> bool:
        """Whether the stream told fills of since then, before REST was asked, that REST does not know yet."""
        known = self._symbols.get(symbol)
        return known is not None and any(
            0.0 < at < asked_at and done_ms >= since_ms and (symbol, each) not in self._held
            for each, (at, done_ms) in known.ids.items()
        )

    @property
    def doubts(self) -> dict[str, str]:
        """What can never be found out by asking, and why, until the user dismisses it."""
        unsure = (name for name, symbol in self._symbols.items() if symbol.sure is not None)
        return self._doubts | {f"trades of {name}": "more than could be compared" for name in unsure}

    def doubt(self, about: str, why: str) -> None:
        """Something cannot be found out by asking."""
        self._doubts[about] = why
        self._changed = True

    def dismiss(self) -> None:
        """Take what is there now as it is: the user knows better."""
        self._doubts.clear()
        for symbol in self._symbols.values():
            symbol.sure = None
        self.books.forget()
        self._changed = True

    def vouch(self, until_ms: int) -> None:
        """Everything that happened until then is known."""
        self.whole_ms = max(self.whole_ms, until_ms)
        self._changed = True

    # How fills are told apart

    def _take(self, fill: Fill, now: float) -> list[News]:
        self._lites.pop((fill.symbol, fill.id), None)
        if self._held.pop((fill.symbol, fill.id), None) is None and not self._note(fill, now):
            return []
        self.books.count(fill)
        return [fill]

    def _found(self, fill: Fill, now: float, asked_ms: int) -> list[News]:
        self._lites.pop((fill.symbol, fill.id), None)
        if not self._note(fill, now):
            return []
        if fill.time_ms >= asked_ms - YOUNG_MS:
            self._held[fill.symbol, fill.id] = _Held(fill, now + YOUNG_S)
            return []
        return [self._recover(fill)]

    def _recover(self, fill: Fill) -> Fill:
        missed = fill.time_ms >= self.first_ms
        self.recovered += missed
        self._changed = True
        self.books.count(fill)
        return replace(fill, recovered=missed, mid=None)

    def _note(self, fill: Fill, now: float) -> bool:
        """Remember a fill; whether it is new."""
        symbol = self._symbol(fill.symbol)
        if fill.id <= _low(symbol) or fill.id in symbol.ids:
            return False
        symbol.ids[fill.id] = now, fill.time_ms
        symbol.last_ms = max(symbol.last_ms, fill.time_ms)
        self._ids += 1
        if self._ids > IDS_KEPT:
            self._give_up()
        return True

    def _mark(self, ask: Ask, rows: list[Fill], full: bool, asked_ms: int) -> None:
        """After an answer: what lies below the last row is known. A fill that is held back is not yet."""
        symbol = self._symbol(ask.symbol)
        held = [each for name, each in self._held if name == ask.symbol]
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
        self._changed = True

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

    def _announced(self, lite: TradeLite, now: float) -> None:
        if not self.knows(lite.symbol, lite.id):
            self._lites.setdefault((lite.symbol, lite.id), now + LITE_WAIT_S)
        if len(self._lites) > LITES_KEPT:
            oldest = next(iter(self._lites))
            self._lites[oldest] = min(self._lites[oldest], now)

    def _paid(self, moved: BalanceMoved, now: float) -> None:
        identity = (moved.asset, moved.change, moved.time_ms)
        if identity in self._payments:
            return
        self._payments[identity] = None
        while len(self._payments) > PAYMENTS_KEPT:
            del self._payments[next(iter(self._payments))]
        self.books.count(Payment(moved.asset, number(moved.change), moved.time_ms))
        self._awaited[moved.asset] = now + MOVE_WAIT_S
        self._changed = True

    # Memory

    def _sure(self, symbol: _Symbol) -> tuple[int | None, int, int]:
        return symbol.sure or (symbol.mark, symbol.mark_ms, symbol.asked_ms)

    def _remember(self, memory: str) -> bool:
        try:
            kept = json.loads(memory)
            first_ms, whole_ms = int(kept["first_ms"]), int(kept["whole_ms"])
            marks = {
                str(name): _Symbol(None if mark is None else int(mark), int(mark_ms), int(asked_ms))
                for name, (mark, mark_ms, asked_ms) in kept["marks"].items()
            }
            doubts = {str(about): str(why) for about, why in kept["doubts"].items()}
            self.books.remember(kept["books"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return False
        self.first_ms, self.whole_ms, self._doubts = first_ms, whole_ms, doubts
        for name, symbol in marks.items():
            symbol.last_ms = max(symbol.mark_ms, 0)
            self._symbols[name] = symbol
        return True

    def __repr__(self) -> str:
        return (
            f"<Ledger of {self.owner.label}: {self._ids} ids on {len(self._symbols)} symbols, "
            f"{len(self._lites)} announced, {len(self._held)} held back>"
        )


def _low(symbol: _Symbol) -> int:
    """Every fill up to this id counts as known."""
    return max(symbol.floor, -1 if symbol.mark is None else symbol.mark)
