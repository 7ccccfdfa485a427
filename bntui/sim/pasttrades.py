"""What an account did in the day before anybody asked: orders, and trades that are among the public ones.

Each account takes part in trades of ids of its own, so that no trade of the past has two makers or takers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, islice, takewhile
from random import Random

from bntui.sim.broker import MOST_ACCOUNTS, Broker, Keeper
from bntui.sim.history import TradeRow
from bntui.sim.instruments import Pair
from bntui.sim.market import Listed
from bntui.sim.orders import Execution, Order, OrderType

_HOUR_US = 3_600_000_000
DAY_US = 24 * _HOUR_US
_LOOKED_AT = 20 * MOST_ACCOUNTS
"""Public trades that are looked at for one of an account's own."""
_SECOND_US = 1_000_000
_LONGEST_WAIT_S = 90.0
_MOST_FILLS = 3


class PastTrades:
    """Makes up one account's last day."""

    def __init__(self, broker: Broker, keeper: Keeper, number: int, rng: Random) -> None:
        """`number`: which account it is."""
        self._broker = broker
        self._keeper = keeper
        self._number = number
        self._rng = rng
        self._last_id: dict[str, int] = {}
        """By symbol, the last trade that was taken part in."""
        self._placed_us = 0

    def make(self, listed: Sequence[Listed], fills: int, now_us: int, hourly: Callable[[int], None]) -> None:
        """Trade so many times in the day before now, or a little less often. `hourly` is done at each full
        hour between, as long as there is something to do it for."""
        records = self._broker.records
        hour_us = now_us - DAY_US
        hour_us += -hour_us % _HOUR_US
        picked = self._picked(listed, fills, now_us)
        following_us = chain((rows[0].time_us for _, rows in picked[1:]), [now_us])
        for (pair, rows), next_us in zip(picked, following_us, strict=False):
            while hour_us <= rows[0].time_us:
                hourly(hour_us)
                hour_us += _HOUR_US
            before = [row for row in rows[1:] if row.time_us < min(next_us, hour_us)]
            if len(records.trades) < fills:
                self._trade(pair, [rows[0], *before][: fills - len(records.trades)], now_us)

    def _picked(
        self, listed: Sequence[Listed], fills: int, now_us: int
    ) -> list[tuple[Pair, Sequence[TradeRow]]]:
        """Trades to take part in, each with its symbol, in the order of their times."""
        rng, found = self._rng, list[tuple[Pair, Sequence[TradeRow]]]()
        for time_us in sorted(now_us - round(rng.random() * DAY_US) for _ in range(fills if listed else 0)):
            pair = rng.choice(listed)[0]
            rows = self._own_rows(pair, time_us, now_us)
            if rows:
                self._last_id[pair.symbol] = rows[-1].trade_id
                found.append((pair, rows))
        return sorted(found, key=lambda one: one[1][0].time_us)

    def _own_rows(self, pair: Pair, time_us: int, now_us: int) -> list[TradeRow]:
        """Trades of this account's ids from a moment on: one, or some at one price on one side."""
        last = self._last_id.get(pair.symbol, 0)
        public = takewhile(lambda row: row.time_us < now_us, self._broker.desk(pair).log.from_time(time_us))
        own = (
            row
            for row in islice(public, _LOOKED_AT)
            if row.trade_id % MOST_ACCOUNTS == self._number and row.trade_id > last
        )
        first = next(own, None)
        if first is None:
            return []
        alike = takewhile(
            lambda row: (row.price, row.buyer_is_maker) == (first.price, first.buyer_is_maker), own
        )
        return [first, *islice(alike, self._rng.randrange(_MOST_FILLS))]

    def _trade(self, pair: Pair, rows: Sequence[TradeRow], now_us: int) -> None:
        """An order that took part in some trades: as the maker or the taker, as its side has it."""
        rng, first = self._rng, rows[0]
        buys = rng.random() < self._keeper.leaning(pair)
        for side in (buys, not buys):
            order = self._order(pair, side, rows)
            if not self._keeper.refusal(order, first.price):
                break
        else:
            return
        self._placed_us = order.placed_us
        self._broker.open(order, order.placed_us)
        for row in rows:
            maker = row.buyer_is_maker is order.buys
            self._broker.fill(order, row, maker=maker, now_us=row.time_us)
        if order.open:
            self._broker.end(order, Execution.CANCELED, "", min(now_us, rows[-1].time_us + _SECOND_US))

    def _order(self, pair: Pair, buys: bool, rows: Sequence[TradeRow]) -> Order:
        rng, first = self._rng, rows[0]
        maker = first.buyer_is_maker is buys
        steps = sum(row.steps for row in rows)
        if maker and rng.random() < 0.2:
            steps += 1 + int(steps * rng.random())
        waited_us = round(rng.random() * _LONGEST_WAIT_S * _SECOND_US) if maker else 0
        placed_us = min(first.time_us, max(self._placed_us, first.time_us - waited_us))
        kind = OrderType.LIMIT if maker else OrderType.MARKET
        return self._broker.draft(pair, buys, steps, first.price if maker else 0, placed_us, type=kind)
