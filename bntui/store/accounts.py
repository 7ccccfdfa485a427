"""Own accounts, as the store keeps them for viewers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from bntui.model.account import (
    AccountKey,
    Balance,
    Fill,
    OrderUpdate,
    Position,
    RecoveryChanged,
    RecoveryView,
    UserStreamChanged,
    UserStreamView,
)
from bntui.model.accounts import FILLS_A_PAGE, FILLS_KEPT, ORDERS_KEPT
from bntui.model.delta import AccountsDelta, NumberedFill
from bntui.store.tables import TOMBSTONES, ChangeTable


class AccountTables:
    """The newest fills by number, and the last that is known of everything else.

    Fills are asked for by the number of the last one that a viewer has, a page at a time, so that none is
    conflated and none comes twice. Of orders the closed ones beyond ORDERS_KEPT go, and which went is told:
    it depends on when each closed. Balances, positions and streams are as many as an account has assets,
    symbols and markets.
    """

    def __init__(self, stamp: Callable[[], int], tombstones: int = TOMBSTONES) -> None:
        """Nothing is known. `stamp` gives the revision of a change that happens now."""
        self._stamp = stamp
        self._fills: deque[NumberedFill] = deque(maxlen=FILLS_KEPT)
        self._orders: ChangeTable[tuple[AccountKey, str, int, bool], OrderUpdate] = ChangeTable(tombstones)
        self._balances: ChangeTable[tuple[AccountKey, str], Balance] = ChangeTable()
        self._positions: ChangeTable[tuple[AccountKey, str, str], Position] = ChangeTable()
        self._streams: ChangeTable[AccountKey, UserStreamView] = ChangeTable()
        self._recoveries: ChangeTable[AccountKey, RecoveryView] = ChangeTable()
        self._closed: dict[tuple[AccountKey, str, int, bool], None] = {}
        """Orders that are over, in the order in which they ended."""

    # What comes in

    def add_fills(self, fills: Iterable[NumberedFill]) -> None:
        """Keep fills, in the order of their numbers, which only go up."""
        for numbered in fills:
            self._fills.append(numbered)
            self._stamp()

    def order(self, order: OrderUpdate) -> None:
        """Keep an order's state in place of the one before."""
        identity = order.identity
        self._orders.set(identity, order, self._stamp())
        self._closed.pop(identity, None)
        if not order.open:
            self._closed[identity] = None
        while len(self._orders) > ORDERS_KEPT and self._closed:
            oldest = next(iter(self._closed))
            del self._closed[oldest]
            self._orders.remove(oldest, self._stamp())

    def balance(self, balance: Balance) -> None:
        """Keep what an account has of an asset."""
        self._balances.set((balance.owner, balance.asset), balance, self._stamp())

    def position(self, position: Position) -> None:
        """Keep a position; one of quantity zero says that it was closed."""
        self._positions.set(position.identity, position, self._stamp())

    def stream(self, event: UserStreamChanged) -> None:
        """Keep how far a user stream can be trusted."""
        self._streams.set(event.view.owner, event.view, self._stamp())

    def recovery(self, event: RecoveryChanged) -> None:
        """Keep how the last comparison with REST went."""
        self._recoveries.set(event.view.owner, event.view, self._stamp())

    # What is there

    @property
    def newest_fill(self) -> int:
        """The number of the newest fill; 0: none."""
        return self._fills[-1].number if self._fills else 0

    @property
    def fills(self) -> Iterable[Fill]:
        """The newest fills, oldest first. A live view: not to be kept."""
        return (numbered.fill for numbered in self._fills)

    @property
    def orders(self) -> Mapping[tuple[AccountKey, str, int, bool], OrderUpdate]:
        """Orders by identity. A live view: not to be kept."""
        return self._orders.values

    @property
    def streams(self) -> Mapping[AccountKey, UserStreamView]:
        """Every user stream. A live view: not to be kept."""
        return self._streams.values

    @property
    def positions(self) -> Mapping[tuple[AccountKey, str, str], Position]:
        """Positions by identity. A live view: not to be kept."""
        return self._positions.values

    @property
    def recoveries(self) -> Mapping[AccountKey, RecoveryView]:
        """The last comparison of every account. A live view: not to be kept."""
        return self._recoveries.values

    # What goes out

    def lacks_fills(self, last_fill: int) -> bool:
        """Whether a viewer with this newest fill lacks any."""
        return last_fill < self.newest_fill

    @property
    def forgotten(self) -> int:
        """The newest revision whose removals may be missing: a viewer that is older needs everything."""
        return self._orders.forgotten

    def delta(self, since: int, last_fill: int) -> AccountsDelta | None:
        """What changed after a revision, and the fills behind a number; None: nothing. A viewer with
        nothing, which asks from -1 on, is told of no removal."""
        delta = AccountsDelta(
            fills=self._page(last_fill),
            newest_fill=self.newest_fill,
            orders=self._orders.changed_since(since),
            orders_gone=self._orders.gone_since(since) if since >= 0 else [],
            balances=self._balances.changed_since(since),
            positions=self._positions.changed_since(since),
            streams=self._streams.changed_since(since),
            recoveries=self._recoveries.changed_since(since),
        )
        return delta if delta != AccountsDelta(newest_fill=delta.newest_fill) else None

    def _page(self, last_fill: int) -> list[NumberedFill]:
        """The oldest of the fills that a viewer lacks. Read from the end: mostly there are few."""
        lacking = 0
        for numbered in reversed(self._fills):
            if numbered.number <= last_fill:
                break
            lacking += 1
        start = len(self._fills) - lacking
        return [self._fills[n] for n in range(start, min(start + FILLS_A_PAGE, len(self._fills)))]

    def __repr__(self) -> str:
        return f"<AccountTables {len(self._fills)} fills, {len(self._orders)} orders>"
