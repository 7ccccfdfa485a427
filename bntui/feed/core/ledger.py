"""What is known of one account: every fill comes out once, whoever tells it first, stream or REST.

```
 stream ── heard ──▶ ┌────────┐
                     │ Ledger │ ──▶ fills, orders, balances, positions: each new one once
 REST   ── told ───▶ └────────┘
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bntui.feed.core.bookkeeping import Bookkeeping, Payment
from bntui.feed.core.knownfills import KnownFills
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

LITES_KEPT = 1_000
"""Short reports whose full ones are awaited; beyond it the oldest count as overdue."""

PAYMENTS_KEPT = 500
"""Payments that are told apart from their copies; the oldest go."""

OVERLAP_MS = 60_000
"""What is asked for by time is asked for from so long before: times of two clocks are compared."""

News = Fill | OrderUpdate | Balance | Position
"""What a ledger yields."""


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
        self.fills = KnownFills()
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
                self.fills.note(fill, 0.0)
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
        return json.dumps(
            {
                "first_ms": self.first_ms,
                "whole_ms": self.whole_ms,
                "marks": self.fills.marks(),
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
                held = [each for name, each in self._held if name == ask.symbol]
                self.fills.answered(ask, rows, page.full, asked_ms, held)
                self._changed = True
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

    def from_ms(self, symbol: str) -> int:
        """The time from which on fills of a symbol must be asked for."""
        return max(self.whole_ms, self.fills.until_ms(symbol)) - OVERLAP_MS

    def newer_than_rest(self, symbol: str, since_ms: int, asked_at: float) -> bool:
        """Whether the stream told fills of since then, before REST was asked, that REST does not know yet."""
        newer = self.fills.newer(symbol, since_ms, asked_at)
        return any((symbol, each) not in self._held for each in newer)

    @property
    def doubts(self) -> dict[str, str]:
        """What can never be found out by asking, and why, until the user dismisses it."""
        unsure = self.fills.unsure()
        return self._doubts | {f"trades of {name}": "more than could be compared" for name in unsure}

    def doubt(self, about: str, why: str) -> None:
        """Something cannot be found out by asking."""
        self._doubts[about] = why
        self._changed = True

    def dismiss(self) -> None:
        """Take what is there now as it is: the user knows better."""
        self._doubts.clear()
        self.fills.trust()
        self.books.forget()
        self._changed = True

    def vouch(self, until_ms: int) -> None:
        """Everything that happened until then is known."""
        self.whole_ms = max(self.whole_ms, until_ms)
        self._changed = True

    # How fills are told apart

    def _take(self, fill: Fill, now: float) -> list[News]:
        self._lites.pop((fill.symbol, fill.id), None)
        if self._held.pop((fill.symbol, fill.id), None) is None and not self.fills.note(fill, now):
            return []
        self.books.count(fill)
        return [fill]

    def _found(self, fill: Fill, now: float, asked_ms: int) -> list[News]:
        self._lites.pop((fill.symbol, fill.id), None)
        if not self.fills.note(fill, now):
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

    def _announced(self, lite: TradeLite, now: float) -> None:
        if not self.fills.knows(lite.symbol, lite.id):
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

    def _remember(self, memory: str) -> bool:
        try:
            kept = json.loads(memory)
            first_ms, whole_ms = int(kept["first_ms"]), int(kept["whole_ms"])
            marks = {
                str(name): (None if mark is None else int(mark), int(mark_ms), int(asked_ms))
                for name, (mark, mark_ms, asked_ms) in kept["marks"].items()
            }
            doubts = {str(about): str(why) for about, why in kept["doubts"].items()}
            self.books.remember(kept["books"])
        except (ValueError, TypeError, KeyError, AttributeError):
            return False
        self.first_ms, self.whole_ms, self._doubts = first_ms, whole_ms, doubts
        self.fills.restore(marks)
        return True

    def __repr__(self) -> str:
        waiting = f"{len(self._lites)} announced, {len(self._held)} held back"
        return f"<Ledger of {self.owner.label}: {self.fills}, {waiting}>"
