"""Do the amounts add up? What was there before, plus all fills that are known, must be what is there now.

On Spot the amounts are those of assets, on futures those of positions. A fill that nobody told shows as a
difference, on whatever symbol it was: no other question finds it on Spot, which names no traded symbols.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal
from typing import Any, NamedTuple

from bntui.feed.core.standing import number
from bntui.model.account import Balance, Fill, Position

MOVES_KEPT = 50_000
"""Fills and payments since the last comparison; beyond it the oldest are summed up, and amounts of a time
before them cannot be compared any more."""

QUIET_MS = 2_000
"""With a fill so close to an amount's time it is not certain that the amount holds it."""

EXACT = Context(prec=200)
"""More digits than the exchange prints, so that no sum is rounded."""

Pairs = Callable[[], Mapping[str, tuple[str, str]]]
"""Base and quote asset of every symbol that is listed; empty while that is not known."""


class Amount(NamedTuple):
    """How much there is of something, and since when, by the exchange's clock."""

    qty: Decimal
    time_ms: int


class Payment(NamedTuple):
    """An asset was paid in or out."""

    asset: str
    change: Decimal
    time_ms: int


Changes = Callable[[Fill, Mapping[str, tuple[str, str]]], list[tuple[str, Decimal]] | None]
"""What a fill adds to which amounts; None where that cannot be told, the symbol's assets being unknown."""


def spot_amounts(balances: Iterable[Balance]) -> dict[str, Amount]:
    """What there is of each asset, spendable or not."""
    return {
        row.asset: Amount(EXACT.add(number(row.free), number(row.locked)), row.time_ms) for row in balances
    }


def position_amounts(positions: Iterable[Position]) -> dict[str, Amount]:
    """How large each position is; short ones are negative."""
    return {_position(row.symbol, row.side): Amount(_signed(row), row.time_ms) for row in positions}


def spot_changes(fill: Fill, pairs: Mapping[str, tuple[str, str]]) -> list[tuple[str, Decimal]] | None:
    """What a fill on Spot adds to each asset."""
    assets = pairs.get(fill.symbol)
    if assets is None:
        return None
    got, paid = assets if fill.side == "BUY" else assets[::-1]
    more, less = (fill.qty, fill.quote_qty) if fill.side == "BUY" else (fill.quote_qty, fill.qty)
    changes = [(got, number(more)), (paid, number(less).copy_negate())]
    return [*changes, (fill.fee_asset, number(fill.fee).copy_negate())] if fill.fee_asset else changes


def position_changes(fill: Fill, pairs: Mapping[str, tuple[str, str]]) -> list[tuple[str, Decimal]] | None:
    """What a fill on futures adds to its position."""
    qty = number(fill.qty)
    return [
        (_position(fill.symbol, fill.position_side), qty if fill.side == "BUY" else qty.copy_negate()),
    ]


def symbol_of(position: str) -> str:
    """The symbol in the name of a position's amount."""
    return position.partition(" ")[0]


class Bookkeeping:
    """Follows the amounts of one account on one market from one matching answer to the next."""

    def __init__(self, changes: Changes, pairs: Pairs) -> None:
        """Nothing to compare with yet."""
        self._changes = changes
        self._pairs = pairs
        self._base: dict[str, Amount] | None = None
        self._base_ms = 0
        self._summed: dict[str, Decimal] = {}
        self._summed_ms = 0
        self._moves: deque[Fill | Payment] = deque()
        self._matched: dict[str, Amount] = {}
        self._matched_ms: int | None = None

    @property
    def started(self) -> bool:
        """Whether there is something to compare with."""
        return self._base is not None

    def count(self, move: Fill | Payment) -> None:
        """A fill or payment became known, each once; in any order."""
        self._moves.append(move)
        if len(self._moves) > MOVES_KEPT:
            self._sum_up(self._moves.popleft())

    def differences(self, amounts: Mapping[str, Amount], time_ms: int) -> dict[str, Decimal] | None:
        """What is there now and should not be, or the reverse; empty where all adds up.

        `amounts` names all there is; what it lacks is zero, as of `time_ms`. None where it cannot be told.
        """
        base = self._base
        pairs = self._pairs()
        if base is None:
            return None
        found = {
            key: EXACT.add(amount.qty, self._expected(key).copy_negate()) for key, amount in amounts.items()
        }
        found |= {key: self._expected(key).copy_negate() for key in {*base, *self._summed} - amounts.keys()}
        if any(
            amounts.get(key, Amount(Decimal(0), time_ms)).time_ms < self._summed_ms for key in self._summed
        ):
            return None
        # Of the very millisecond in which the older amount was true: it may hold them or not.
        either: dict[str, Decimal] = {}
        for move in self._moves:
            changes = self._of(move, pairs)
            if changes is None:
                return None
            for key, change in changes:
                if self._since(key) < move.time_ms <= _time(amounts, key, time_ms):
                    found[key] = EXACT.add(found.get(key, Decimal(0)), change.copy_negate())
                elif self._since(key) == move.time_ms:
                    either[key] = EXACT.add(either.get(key, Decimal(0)), change)
        return {
            key: difference for key, difference in found.items() if difference not in (0, either.get(key))
        }

    def rebase(self, amounts: Mapping[str, Amount], time_ms: int, but: Iterable[str] = ()) -> None:
        """Everything adds up, `but` for these: compare with these amounts from now on.

        Where a fill is so close that the amount may or may not hold it, the older one goes on to serve.
        """
        pairs = self._pairs()
        differing = frozenset(but)
        close = set(differing)
        if self._base is not None:
            for move in self._moves:
                for key, _ in self._of(move, pairs) or ():
                    if abs(move.time_ms - _time(amounts, key, time_ms)) <= QUIET_MS:
                        close.add(key)
        old, old_ms = self._base or {}, self._base_ms
        kept = {key: old.get(key, Amount(Decimal(0), old_ms)) for key in close}
        self._base = {**{key: amount for key, amount in amounts.items() if key not in close}, **kept}
        self._summed = {key: value for key, value in self._summed.items() if key in close}
        self._base_ms = time_ms
        self._matched = {**amounts, **{key: kept[key] for key in differing}}
        self._matched_ms = time_ms
        self._moves = deque(
            move
            for move in self._moves
            if any(self._since(key) <= move.time_ms for key, _ in self._of(move, pairs) or (("", None),))
        )

    def forget(self) -> None:
        """Compare with nothing before the next `rebase`."""
        self._base, self._summed, self._matched, self._matched_ms = None, {}, {}, None
        self._moves.clear()

    def memory(self) -> dict[str, object]:
        """What a later run compares with, as JSON has it; fills since then it finds elsewhere."""
        payments = [move for move in self._moves if isinstance(move, Payment)]
        return {
            "amounts": {key: [str(amount.qty), amount.time_ms] for key, amount in self._matched.items()},
            "time_ms": self._matched_ms,
            "payments": [[move.asset, str(move.change), move.time_ms] for move in payments],
        }

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Take over what an earlier run compared with last. Raises ValueError, TypeError, KeyError or
        AttributeError for what is no such memory."""
        time_ms = memory["time_ms"]
        amounts = {key: Amount(number(qty), int(ms)) for key, (qty, ms) in memory["amounts"].items()}
        payments = [Payment(str(a), number(change), int(ms)) for a, change, ms in memory["payments"]]
        if time_ms is not None:
            self._base, self._base_ms = amounts, int(time_ms)
            self._matched, self._matched_ms = amounts, int(time_ms)
            self._moves.extend(payments)

    def _of(
        self, move: Fill | Payment, pairs: Mapping[str, tuple[str, str]]
    ) -> list[tuple[str, Decimal]] | None:
        return [(move.asset, move.change)] if isinstance(move, Payment) else self._changes(move, pairs)

    def _since(self, key: str) -> int:
        base = self._base or {}
        return base[key].time_ms if key in base else self._base_ms

    def _expected(self, key: str) -> Decimal:
        base = (self._base or {}).get(key, Amount(Decimal(0), 0)).qty
        return EXACT.add(base, self._summed.get(key, Decimal(0)))

    def _sum_up(self, move: Fill | Payment) -> None:
        changes = self._of(move, self._pairs())
        if changes is None:
            # What cannot be counted leaves nothing to compare with.
            self._base = None
            return
        for key, change in changes:
            if self._since(key) < move.time_ms:
                self._summed[key] = EXACT.add(self._summed.get(key, Decimal(0)), change)
                self._summed_ms = max(self._summed_ms, move.time_ms)

    def __repr__(self) -> str:
        return f"<Bookkeeping of {len(self._base or ())} amounts, {len(self._moves)} moves since>"


def _time(amounts: Mapping[str, Amount], key: str, time_ms: int) -> int:
    return amounts[key].time_ms if key in amounts else time_ms


def _position(symbol: str, side: str) -> str:
    return f"{symbol} {side or 'BOTH'}"


def _signed(row: Position) -> Decimal:
    qty = number(row.qty)
    return qty.copy_abs().copy_negate() if row.side == "SHORT" else qty
