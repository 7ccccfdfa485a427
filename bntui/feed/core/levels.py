"""The levels of one book: exact prices, best first, and no further than they are known.

A diff names the levels that changed, so a book is known only as far as the snapshot below it went. What
lies beyond that is not kept: a level there would look like the next one, with others hidden between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal

from bntui.model.events import PriceLevel
from bntui.model.panels import LadderLevel

MOST_LEVELS = 10_000
"""Levels that a side keeps; beyond it the worst go, and the side is known that much less far."""

USUAL_DECIMALS = 8
"""Binance prints no price with more; one that has more is kept exactly too."""

KEYS_KEPT = 16_384
"""Prices of a side whose number is remembered; beyond it all are worked out anew."""

EXACT = Context(prec=240)
"""Prices and quantities have at most 40 digits on each side of the point: products and sums stay exact."""

_ZERO = Decimal(0)


class Side:
    """One side. A key is the price as a whole number of its last decimals, negative for bids, so that the
    best is always the least."""

    __slots__ = ("_bids", "_keys", "_levels", "_order", "bound", "decimals")

    def __init__(self, *, bids: bool) -> None:
        """Empty, and known to be."""
        self._bids = bids
        self._keys: dict[str, int] = {}
        self._levels: dict[int, PriceLevel] = {}
        self._order: list[int] = []
        self.decimals = USUAL_DECIMALS
        """Of the keys: as many as any price needed."""
        self.bound: int | None = None
        """The worst key up to which the side is known; None: to its end."""

    def load(self, levels: Sequence[PriceLevel], *, whole: bool) -> None:
        """Start from a snapshot; `whole`: there is nothing beyond its last level."""
        self._levels.clear()
        self._order.clear()
        self.bound = None
        self.apply(levels)
        if not whole and levels:
            # The bound is the snapshot's, also where its last level is empty.
            self.bound = max([self._key(price) for price, _ in levels])

    def apply(self, changes: Sequence[PriceLevel]) -> None:
        """Set absolute quantities; a quantity of 0 takes the level out, whether or not it was known."""
        keys, levels, order = self._keys, self._levels, self._order
        for level in changes:
            price, qty = level
            key = keys.get(price)
            if key is None:
                key = self._key(price)
            if qty[0] == "0" and not qty.strip("0."):
                if levels.pop(key, None) is not None:
                    del order[bisect_left(order, key)]
            elif key in levels:
                levels[key] = level
            elif self.bound is None or key <= self.bound:
                levels[key] = level
                insort(order, key)
        if len(order) > MOST_LEVELS:
            self._cut()

    def _key(self, price: str) -> int:
        whole, _, fraction = price.partition(".")
        if len(fraction) != self.decimals:
            if len(fraction) > self.decimals:
                fraction = fraction.rstrip("0")
                self.widen(len(fraction))
            fraction = fraction.ljust(self.decimals, "0")
        key = -int(whole + fraction) if self._bids else int(whole + fraction)
        if len(self._keys) >= KEYS_KEPT:
            self._keys.clear()
        self._keys[price] = key
        return key

    def widen(self, decimals: int) -> None:
        """Let keys have at least so many decimals; those that are there are worked out anew, in place."""
        if decimals <= self.decimals:
            return
        factor = 10 ** (decimals - self.decimals)
        self.decimals = decimals
        self._order[:] = [key * factor for key in self._order]
        levels = {key * factor: level for key, level in self._levels.items()}
        self._levels.clear()
        self._levels.update(levels)
        self.bound = None if self.bound is None else self.bound * factor
        self._keys.clear()

    def _cut(self) -> None:
        for key in self._order[MOST_LEVELS:]:
            del self._levels[key]
        del self._order[MOST_LEVELS:]
        self.bound = self._order[-1]

    @property
    def best(self) -> PriceLevel | None:
        """The best level; None where the side is empty."""
        return self._levels[self._order[0]] if self._order else None

    @property
    def best_key(self) -> int | None:
        """Its price as a key, negative for bids; None where the side is empty."""
        return self._order[0] if self._order else None

    def top(self, count: int) -> tuple[PriceLevel, ...]:
        """The best levels, as the exchange printed them, best first."""
        levels = self._levels
        return tuple([levels[key] for key in self._order[:count]])

    def ladder(self, count: int) -> list[LadderLevel]:
        """The best levels with what eating each costs."""
        return [
            LadderLevel(price, qty, plain(EXACT.multiply(Decimal(price), Decimal(qty))))
            for price, qty in self.top(count)
        ]

    def grouped(self, step: Decimal, count: int) -> list[LadderLevel]:
        """The best levels by steps of the price, each with its sums.

        The last group ends where the side is known to, if that is within it: then it stands under the price
        of its last level, up to which its sums are complete.
        """
        self.widen(-int(step.as_tuple().exponent))
        width = int(step.scaleb(self.decimals, EXACT))
        groups: list[LadderLevel] = []
        start = 0
        while start < len(self._order) and len(groups) < count:
            # Rounded away from the spread: of bids down to a step, of asks up; keys of bids are negative.
            steps = -(-self._order[start] // width)
            end = bisect_right(self._order, steps * width)
            held = [self._levels[key] for key in self._order[start:end]]
            known = self.bound is None or steps * width <= self.bound
            groups.append(
                LadderLevel(
                    plain(EXACT.multiply(abs(steps), step)) if known else held[-1][0],
                    plain(sum_exactly(Decimal(qty) for _, qty in held)),
                    plain(sum_exactly(EXACT.multiply(Decimal(p), Decimal(q)) for p, q in held)),
                )
            )
            start = end
        return groups

    def __len__(self) -> int:
        return len(self._order)

    def __repr__(self) -> str:
        return f"<Side {'bids' if self._bids else 'asks'} {len(self)} levels, known to {self.bound}>"


class Levels:
    """Both sides of one book."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        """Empty."""
        self.bids = Side(bids=True)
        self.asks = Side(bids=False)

    def load(self, bids: Sequence[PriceLevel], asks: Sequence[PriceLevel], asked: int | None) -> None:
        """Start from a snapshot of so many levels a side; fewer are all there are. None: they are all that
        is to be kept, as of a partial book."""
        self.bids.load(bids, whole=asked is None or len(bids) < asked)
        self.asks.load(asks, whole=asked is None or len(asks) < asked)

    def apply(self, bids: Sequence[PriceLevel], asks: Sequence[PriceLevel]) -> None:
        """Take in what changed."""
        self.bids.apply(bids)
        self.asks.apply(asks)

    def _best_keys(self) -> tuple[int, int] | None:
        """Both best prices, in the same decimals; None where a side is empty."""
        bids, asks = self.bids, self.asks
        if bids.decimals != asks.decimals:
            bids.widen(asks.decimals)
            asks.widen(bids.decimals)
        bid, ask = bids.best_key, asks.best_key
        return None if bid is None or ask is None else (-bid, ask)

    @property
    def crossing(self) -> str:
        """Why the best prices cannot both be right, in words; empty where they can."""
        keys = self._best_keys()
        if keys is None or keys[0] < keys[1] or self.bids.best is None:
            return ""
        which = "is also the best ask" if keys[0] == keys[1] else "is above the best ask"
        return f"the best bid {self.bids.best[0]} {which}"

    def known(self) -> int:
        """Levels of both sides together."""
        return len(self.bids) + len(self.asks)

    def __repr__(self) -> str:
        return f"<Levels {self.bids!r} {self.asks!r}>"


def sum_exactly(values: Iterable[Decimal]) -> Decimal:
    """The sum, to the last digit."""
    total = _ZERO
    for value in values:
        total = EXACT.add(total, value)
    return total


def plain(number: Decimal) -> str:
    """The number without an exponent."""
    return format(number, "f")
