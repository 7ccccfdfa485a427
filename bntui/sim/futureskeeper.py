"""Keeps the money of a futures account: wallets, positions, margin, fees and funding.

A wallet holds what it began with and what was paid in, with profits made final and funding, less fees:
exactly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bntui.sim import amounts
from bntui.sim.amounts import NOTHING
from bntui.sim.announcer import Announcer
from bntui.sim.broker import Numbers
from bntui.sim.futurespayloads import Mark, contract_of
from bntui.sim.futuresuserpayloads import (
    Wallet,
    account_update,
    leverage_update,
    margin_call,
    order_update,
    trade_lite,
)
from bntui.sim.history import TradeRow
from bntui.sim.instruments import E8, Pair
from bntui.sim.orders import KEPT_TRADES, Execution, Order, OwnTrade, Records
from bntui.sim.positions import Position

MAKER_FEE, TAKER_FEE = Decimal("0.0002"), Decimal("0.0005")
"""Of what is traded, in the lowest tier (fee schedule, read 2026-05-28)."""
CALLED_AT = Decimal("0.8")
"""Part of the margin that maintenance takes, from which on the exchange warns."""
_SQUEEZED_TO = Decimal("0.85")
_CALM_AT = Decimal("0.7")
_PART = Decimal("0.1")
"""Of what is available, an order takes no more as its margin."""
_WIDEST = Decimal(2)
"""In wallets, what a position is worth at most before it is rather made smaller."""
_LOOKED_AT_US = 1_000_000
"""Margins are looked at so often."""

Marked = Callable[[Pair, int], Mark]
"""The mark price and the funding of a contract at a moment, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Income:
    """One change of a wallet."""

    pair: Pair | None
    """None of a transfer."""
    type: str
    """`REALIZED_PNL`, `COMMISSION`, `FUNDING_FEE`, `TRANSFER`."""
    amount: Decimal
    asset: str
    time_us: int
    number: int
    trade_id: int | None = None


class FuturesKeeper:
    """The wallets and positions of one account, margined across."""

    def __init__(
        self,
        announcer: Announcer,
        numbers: Numbers,
        records: Records,
        began: Mapping[str, Decimal],
        marked: Marked,
        *,
        coin_margined: bool,
        alias: str,
    ) -> None:
        """`began`: what each wallet holds at first. `alias`: the account's, as COIN-M prints it."""
        self._announcer = announcer
        self._numbers = numbers
        self._records = records
        self._marked = marked
        self.coin_margined = coin_margined
        self.alias = alias
        self.wallets: dict[str, Decimal] = dict(began)
        self.positions: dict[str, Position] = {}
        """By symbol, all that were ever held."""
        self.income: deque[Income] = deque(maxlen=2 * KEPT_TRADES)
        """In order; beyond so many the oldest are forgotten."""
        self.updated_us = 0
        self._funded: dict[str, int] = {}
        """By symbol, when funding is due next."""
        self._called: set[str] = set()
        """Assets in which a margin call stands."""
        self.exhausted: set[str] = set()
        """Assets in which positions have less margin than they must have, as of the last look."""
        self._looked_us = 0

    def __repr__(self) -> str:
        held = sum(position.steps != 0 for position in self.positions.values())
        return f"<FuturesKeeper {len(self.wallets)} wallets, {held} positions>"

    # Figures

    def mark(self, pair: Pair, now_us: int) -> Decimal:
        """The mark price."""
        return Decimal(self._marked(pair, now_us // 1000).mark_e8) / E8

    def held(self, asset: str = "") -> Iterator[Position]:
        """Positions that are open; of one margin asset, or of all."""
        for position in self.positions.values():
            if position.steps and asset in ("", contract_of(position.pair).margin_asset):
                yield position

    def unrealized(self, asset: str, now_us: int) -> Decimal:
        """What all positions would make now."""
        return sum((one.unrealized(self.mark(one.pair, now_us)) for one in self.held(asset)), start=NOTHING)

    def maintenance(self, asset: str, now_us: int) -> Decimal:
        """The margin that all positions must have."""
        return sum((one.maintenance(self.mark(one.pair, now_us)) for one in self.held(asset)), start=NOTHING)

    def initial(self, position: Position, now_us: int) -> Decimal:
        """The margin that a position takes."""
        return amounts.rounded(position.notional(self.mark(position.pair, now_us)) / position.leverage)

    def initial_of_orders(self, pair: Pair) -> Decimal:
        """The margin that the open orders of a symbol take: those of the side that takes more."""
        return amounts.rounded(max(self.waiting(pair)) / self.position(pair).leverage)

    def waiting(self, pair: Pair) -> tuple[Decimal, Decimal]:
        """What the open orders of a symbol bid and ask for."""
        sums = [NOTHING, NOTHING]
        for order in self._records.open.values():
            if order.pair is pair and order.price:
                sums[not order.buys] += amounts.worth(pair, order.price, order.left)
        return sums[0], sums[1]

    def initial_in(self, asset: str, now_us: int) -> tuple[Decimal, Decimal]:
        """The margin that positions take, and that open orders take."""
        pairs = {order.pair.symbol: order.pair for order in self._records.open.values()}
        held = (self.initial(one, now_us) for one in self.held(asset))
        waits = (
            self.initial_of_orders(pair) for pair in pairs.values() if contract_of(pair).margin_asset == asset
        )
        return sum(held, start=NOTHING), sum(waits, start=NOTHING)

    def available(self, asset: str, now_us: int) -> Decimal:
        """What further orders can take as margin; never negative."""
        taken = sum(self.initial_in(asset, now_us), start=NOTHING)
        profit = self.unrealized(asset, now_us)
        return max(NOTHING, self.wallets.get(asset, NOTHING) + profit - taken)

    def liquidation(self, position: Position, now_us: int) -> Decimal:
        """The mark price at which a position is liquidated, if all others stay as they are."""
        asset, mark = contract_of(position.pair).margin_asset, self.mark(position.pair, now_us)
        others = self.wallets.get(asset, NOTHING) + self.unrealized(asset, now_us) - position.unrealized(mark)
        others -= self.maintenance(asset, now_us) - position.maintenance(mark)
        return position.liquidation(others)

    def position(self, pair: Pair) -> Position:
        """What is held of a contract."""
        return self.positions.get(pair.symbol) or Position(pair)

    def _own(self, pair: Pair) -> Position:
        return self.positions.setdefault(pair.symbol, Position(pair))

    # As a keeper

    def leaning(self, pair: Pair) -> float:
        """Rather sell what there is much of already."""
        position = self.position(pair)
        if not position.steps:
            return 0.5
        full = self.wallets.get(contract_of(pair).margin_asset, NOTHING) * _WIDEST
        filled = float(min(Decimal(1), position.cost / full)) if full > 0 else 1.0
        return 0.5 - filled / 2 if position.steps > 0 else 0.5 + filled / 2

    def most(self, pair: Pair, buys: bool, price: int) -> int:
        """A part of what is available; a position may always be made smaller."""
        asset, position = contract_of(pair).margin_asset, self.position(pair)
        available = self.available(asset, self._looked_us)
        one = amounts.worth(pair, price, 1)
        by_margin = int(available * _PART * position.leverage / one) if one else 0
        closing = abs(position.steps) if (position.steps > 0) is not buys else 0
        return max(by_margin, closing)

    def refusal(self, order: Order, worst: int) -> str:
        """Refuse what needs more margin than there is; what makes a position smaller needs none."""
        position = self.position(order.pair)
        closing = position.steps != 0 and (position.steps > 0) is not order.buys
        if order.reduce_only and not (closing and order.steps <= abs(position.steps)):
            return "REDUCE_ONLY_REJECT"
        opening = order.steps - abs(position.steps) if closing else order.steps
        needed = amounts.worth(order.pair, worst, max(0, opening)) / position.leverage
        asset = contract_of(order.pair).margin_asset
        return "MARGIN_NOT_SUFFICIEN" if needed > self.available(asset, order.placed_us) else ""

    def refused(self, order: Order, reason: str, now_us: int) -> bool:
        """A refused order is never heard of: only whoever placed it is answered."""
        return False

    def placed(self, order: Order, now_us: int) -> None:
        """Tell of an order."""
        self._report(order, Execution.NEW, now_us)

    def worked(self, order: Order, now_us: int) -> None:
        """Orders that wait are in a service of their own."""

    def traded(self, order: Order, row: TradeRow, *, maker: bool, now_us: int) -> None:
        """Change the position, make profit final, and pay the fee."""
        pair, asset = order.pair, contract_of(order.pair).margin_asset
        position, worth = self._own(pair), amounts.worth(pair, row.price, row.steps)
        fee = amounts.rounded(worth * (MAKER_FEE if maker else TAKER_FEE))
        if not position.steps:
            self._funded[pair.symbol] = self._marked(pair, row.time_us // 1000).next_funding_ms
        realized = position.trade(order.buys, row.price, row.steps)
        position.pay(fee)
        position.updated_us = self.updated_us = row.time_us
        trade = OwnTrade(
            order, row.trade_id, row.time_us, row.price, row.steps, maker, worth, fee, asset, realized
        )
        self._records.trades.append(trade)
        if realized:
            self._book(pair, "REALIZED_PNL", realized, asset, row.time_us, row.trade_id)
        self._book(pair, "COMMISSION", -fee, asset, row.time_us, row.trade_id)
        if not self.coin_margined:
            self._announcer.tell(trade_lite(trade, now_us))
        self._update("ORDER", asset, NOTHING, now_us, pair)
        self._report(order, Execution.TRADE, now_us, trade=trade)

    def ended(self, order: Order, execution: Execution, reason: str, now_us: int) -> None:
        """Tell how an order ended."""
        self._report(order, execution, now_us, expired=reason)

    # What happens by itself

    def deposit(self, asset: str, amount: Decimal, now_us: int) -> None:
        """Pay something in, or out where it is negative. Raises ValueError where there is too little."""
        if self.wallets.get(asset, NOTHING) + amount < 0:
            raise ValueError(f"{-amount} {asset} cannot be paid out of {self.wallets.get(asset, NOTHING)}")
        self._transfer("DEPOSIT" if amount > 0 else "WITHDRAW", asset, amount, now_us)

    def _transfer(self, reason: str, asset: str, amount: Decimal, now_us: int) -> None:
        self.updated_us = now_us
        self._book(None, "TRANSFER", amounts.cut(amount), asset, now_us)
        self._update(reason, asset, amounts.cut(amount), now_us)

    def squeeze(self, now_us: int) -> None:
        """Take away so much that the exchange warns of the margin; also what no withdrawal could, as long as
        profits stand for it. Raises ValueError without a position."""
        assets = {contract_of(one.pair).margin_asset for one in self.held()}
        if not assets:
            raise ValueError("without a position there is no margin to take away")
        asset = max(sorted(assets), key=lambda asset: self.margin_ratio(asset, now_us))
        margin = self.wallets[asset] + self.unrealized(asset, now_us)
        self._transfer("ADJUSTMENT", asset, self.maintenance(asset, now_us) / _SQUEEZED_TO - margin, now_us)
        self._call(asset, now_us)

    def set_leverage(self, pair: Pair, leverage: int, now_us: int) -> None:
        """How much of a position's worth its margin is."""
        self._own(pair).leverage = leverage
        self._announcer.tell(leverage_update(pair, leverage, now_us))

    def fund(self, position: Position, now_us: int) -> None:
        """Pay, or get, funding for a position: its worth times the rate (funding rate rules)."""
        mark = self._marked(position.pair, now_us // 1000)
        worth = position.notional(Decimal(mark.mark_e8) / E8) * Decimal(mark.rate)
        paid = amounts.rounded(worth if position.steps > 0 else -worth)
        if not paid:
            return
        asset = contract_of(position.pair).margin_asset
        position.pay(paid)
        self._book(position.pair, "FUNDING_FEE", -paid, asset, now_us)
        self._update("FUNDING_FEE", asset, -paid, now_us, funded=position.pair)

    def due(self, now_us: int) -> None:
        """Funding, and the warning that the margin is nearly used up."""
        if 0 <= now_us - self._looked_us < _LOOKED_AT_US:
            return
        self._looked_us = now_us
        for position in list(self.held()):
            symbol, next_ms = (
                position.pair.symbol,
                self._marked(position.pair, now_us // 1000).next_funding_ms,
            )
            if 0 < self._funded.get(symbol, next_ms) < next_ms:
                self.fund(position, now_us)
            self._funded[symbol] = next_ms
        for asset in self.wallets:
            self._call(asset, now_us)

    def margin_ratio(self, asset: str, now_us: int) -> Decimal:
        """Which part of the margin maintenance takes; 1 and above is liquidation."""
        margin = self.wallets.get(asset, NOTHING) + self.unrealized(asset, now_us)
        needed = self.maintenance(asset, now_us)
        if not needed:
            return NOTHING
        return needed / margin if margin > 0 else Decimal(1)

    def _call(self, asset: str, now_us: int) -> None:
        ratio = self.margin_ratio(asset, now_us)
        (self.exhausted.add if ratio >= 1 else self.exhausted.discard)(asset)
        if ratio < _CALM_AT:
            self._called.discard(asset)
        elif ratio >= CALLED_AT and asset not in self._called:
            self._called.add(asset)
            positions = {one.pair.symbol: (one, self.mark(one.pair, now_us)) for one in self.held(asset)}
            self._announcer.tell(
                margin_call(
                    self.wallets[asset], positions, now_us, self.alias, coin_margined=self.coin_margined
                )
            )

    # Books and events

    def _book(
        self,
        pair: Pair | None,
        kind: str,
        amount: Decimal,
        asset: str,
        time_us: int,
        trade_id: int | None = None,
    ) -> None:
        self.wallets[asset] = self.wallets.get(asset, NOTHING) + amount
        self.income.append(Income(pair, kind, amount, asset, time_us, self._numbers.next_id(), trade_id))

    def _update(
        self,
        reason: str,
        asset: str,
        change: Decimal,
        now_us: int,
        pair: Pair | None = None,
        *,
        funded: Pair | None = None,
    ) -> None:
        """Tell of a wallet and the position that changed with it; COIN-M tells of all positions (read
        2026-05-28)."""
        changed = [self.position(pair)] if pair is not None else []
        if changed and self.coin_margined:
            changed = list(self.positions.values())
        self._announcer.tell(
            account_update(
                reason,
                [Wallet(asset, self.wallets[asset], change)],
                [(one, self.mark(one.pair, now_us)) for one in changed],
                now_us,
                self.alias,
                coin_margined=self.coin_margined,
                symbol=funded.symbol if funded else "",
            )
        )

    def _report(
        self,
        order: Order,
        execution: Execution,
        now_us: int,
        *,
        trade: OwnTrade | None = None,
        expired: str = "",
    ) -> None:
        self._announcer.tell(
            order_update(
                order,
                execution,
                now_us,
                self.alias,
                trade=trade,
                waiting=self.waiting(order.pair),
                expired=expired,
            )
        )
