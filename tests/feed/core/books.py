"""An exchange's book as simple as it gets, told as diffs and snapshots, to test local books against."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bntui.feed.core.book import LocalBook
from bntui.model.events import DepthDiff, PriceLevel
from bntui.model.markets import Market, SymbolKey
from bntui.venue.binance.limits import SPOT
from bntui.venue.books import SPOT_BOOK, BookRule, BookSnapshot
from bntui.venue.limits import Limits

BTC = SymbolKey(Market.SPOT, "BTCUSDT")

LIMITS = SPOT.override({"own_book_levels": 1_000})


def middle(low: float, high: float) -> float:
    """Chance, without any."""
    return (low + high) / 2


def book(rule: BookRule = SPOT_BOOK, limits: Limits = LIMITS, now: float = 0.0) -> LocalBook:
    """A book whose stream is subscribed."""
    made = LocalBook(BTC, rule, limits, middle, now)
    made.flows(now, live=False)
    return made


def diff(
    first: int,
    last: int,
    bids: tuple[PriceLevel, ...] = (),
    asks: tuple[PriceLevel, ...] = (),
    previous: int | None = None,
    at: float = 0.0,
) -> DepthDiff:
    """One depth event."""
    return DepthDiff(BTC, first, last, previous, bids, asks, 1_000 + last, 2_000 + last, at)


@dataclass
class Exchange:
    """Prices 1 to 40 in steps of 0.5 around a middle that moves; each change has an id of its own."""

    rng: random.Random
    futures: bool
    bids: dict[int, int] = field(default_factory=dict)
    """By price in half units."""
    asks: dict[int, int] = field(default_factory=dict)
    update_id: int = 1_000
    told_id: int = 1_000
    """Of the last diff."""
    middle: int = 40
    pasts: dict[int, tuple[dict[int, int], dict[int, int]]] = field(default_factory=dict)
    """Both sides as they were at each id."""
    _changed: set[tuple[bool, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for offset in range(1, 12):
            self.bids[self.middle - offset] = self.rng.randint(1, 9)
            self.asks[self.middle + offset] = self.rng.randint(1, 9)
        self._remember()

    def _remember(self) -> None:
        self.pasts[self.update_id] = (dict(self.bids), dict(self.asks))

    def _set(self, is_bid: bool, price: int, qty: int) -> None:
        # On futures ids are shared with other symbols, and so have holes.
        self.update_id += self.rng.randint(1, 3) if self.futures else 1
        side = self.bids if is_bid else self.asks
        if qty:
            side[price] = qty
        else:
            side.pop(price, None)
        self._changed.add((is_bid, price))
        self._remember()

    def change(self) -> None:
        """One change of one level; now and then the middle moves, and eats what is in its way."""
        if self.rng.random() < 0.15:
            self.middle = min(70, max(10, self.middle + self.rng.choice((-1, 1))))
            for price in [p for p in self.bids if p >= self.middle]:
                self._set(True, price, 0)
            for price in [p for p in self.asks if p <= self.middle]:
                self._set(False, price, 0)
            return
        is_bid, offset = self.rng.random() < 0.5, self.rng.randint(1, 12)
        price = self.middle - offset if is_bid else self.middle + offset
        self._set(is_bid, price, self.rng.choice((0, 0, *range(1, 10))))

    def diff(self, at: float = 0.0) -> DepthDiff | None:
        """What changed since the last one; None where nothing did."""
        if not self._changed:
            return None
        first = min(id_ for id_ in self.pasts if id_ > self.told_id)
        sides: tuple[list[PriceLevel], list[PriceLevel]] = ([], [])
        for is_bid, price in sorted(self._changed):
            held = self.bids if is_bid else self.asks
            sides[not is_bid].append((text(price), f"{held.get(price, 0)}.00000000"))
        previous = self.told_id if self.futures else None
        event = diff(first, self.update_id, tuple(sides[0]), tuple(sides[1]), previous, at)
        self.told_id = self.update_id
        self._changed.clear()
        return event

    def snapshot(self, levels: int) -> BookSnapshot:
        """The best levels as they are."""
        return BookSnapshot(self.update_id, *best(self.pasts[self.update_id], levels))

    def at(self, update_id: int, levels: int) -> tuple[tuple[PriceLevel, ...], tuple[PriceLevel, ...]]:
        """The best levels as they were at an id."""
        return best(self.pasts[update_id], levels)


def best(
    sides: tuple[dict[int, int], dict[int, int]], levels: int
) -> tuple[tuple[PriceLevel, ...], tuple[PriceLevel, ...]]:
    """The best levels of both sides, as the exchange prints them."""
    bids, asks = sides
    return (
        tuple((text(p), f"{bids[p]}.00000000") for p in sorted(bids, reverse=True)[:levels]),
        tuple((text(p), f"{asks[p]}.00000000") for p in sorted(asks)[:levels]),
    )


def text(price: int) -> str:
    """A price in half units, as printed."""
    return f"{price / 2:.8f}"


BID: tuple[PriceLevel, ...] = (("9.0", "1.0"),)
ASK: tuple[PriceLevel, ...] = (("11.0", "1.0"),)


def snapshot(
    update_id: int, bids: tuple[PriceLevel, ...] = BID, asks: tuple[PriceLevel, ...] = ASK
) -> BookSnapshot:
    return BookSnapshot(update_id, bids, asks)


def synced(update_id: int = 100, now: float = 0.0) -> LocalBook:
    """A book that was good from then on."""
    made = book(now=now)
    made.asked(1_000, now)
    made.snapshot(snapshot(update_id), now)
    assert made.is_good
    return made
