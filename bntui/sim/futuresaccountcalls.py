"""What the futures answer of an account over REST, and what they refuse (USD-M and COIN-M account and trade
pages, read 2026-05-28)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bntui.sim import futuresuserrows
from bntui.sim.accountrows import (
    Questions,
    answered,
    bad_combination,
    found,
    orders_asked_for,
    span_us,
    trades_asked_for,
)
from bntui.sim.accounts import AccountCall
from bntui.sim.broker import Broker
from bntui.sim.futureskeeper import FuturesKeeper
from bntui.sim.futurespayloads import contract_of
from bntui.sim.instruments import Pair
from bntui.sim.orders import Order
from bntui.sim.parameters import Parameters, invalid_symbol
from bntui.venue.binance.account_limits import ACCOUNT_ROWS, COINM_ACCOUNT_CALLS, USDM_ACCOUNT_CALLS

WEEK_MS = 7 * 86_400_000
_ORDERS_KEPT_MS = 90 * 86_400_000
_UNFILLED_KEPT_MS = 3 * 86_400_000
"""For so long `allOrders` tells of orders, and of cancelled or expired ones that were not filled."""


class FuturesAccountCalls:
    """Answers from the records and wallets of one account."""

    def __init__(self, broker: Broker, keeper: FuturesKeeper, pairs: Sequence[Pair]) -> None:
        """`pairs`: what is listed on the account's market."""
        self._broker = broker
        self._records = broker.records
        self._keeper = keeper
        self._coin = keeper.coin_margined
        self._costs = COINM_ACCOUNT_CALLS if self._coin else USDM_ACCOUNT_CALLS
        self._symbols = {pair.symbol: pair for pair in pairs}
        by_pair = ("pair",) if self._coin else ()
        times = ("startTime", "endTime", "limit")
        self._calls: Questions = {
            AccountCall.ACCOUNT: ((), self._account),
            AccountCall.BALANCE: ((), self._balance),
            AccountCall.POSITION_RISK: (
                ("marginAsset", "pair") if self._coin else ("symbol",),
                self._position_risk,
            ),
            AccountCall.OPEN_ORDERS: (("symbol", *by_pair), self._open_orders),
            AccountCall.ALL_ORDERS: (("symbol", *by_pair, "orderId", *times), self._all_orders),
            AccountCall.ORDER: (("symbol", "orderId", "origClientOrderId"), self._order),
            AccountCall.USER_TRADES: (("symbol", *by_pair, "orderId", "fromId", *times), self._user_trades),
            AccountCall.INCOME: (("symbol", "incomeType", "page", *times), self._income),
        }

    def answer(self, name: str, params: Mapping[str, str]) -> object:
        """The answer to one call, as plain values. Raises Refused."""
        return answered(self._calls, name, params)

    @property
    def _now_us(self) -> int:
        return self._broker.market.moment_us

    def _symbol(self, parameters: Parameters) -> str:
        symbol = parameters.symbol()
        if symbol not in self._symbols:
            raise invalid_symbol()
        return symbol

    def _wanted(self, parameters: Parameters, *, needed: bool) -> Callable[[Pair], bool]:
        """Which symbols are asked for: one, those of a pair (COIN-M), or all where that may be."""
        if "symbol" in parameters and "pair" in parameters:
            raise bad_combination()
        if "pair" in parameters:
            name = parameters.mandatory("pair")
            if all(contract_of(pair).pair != name for pair in self._symbols.values()):
                raise invalid_symbol()
            return lambda pair: contract_of(pair).pair == name
        if "symbol" in parameters or needed:
            symbol = self._symbol(parameters)
            return lambda pair: pair.symbol == symbol
        return lambda pair: True

    def _account(self, parameters: Parameters) -> object:
        return futuresuserrows.account(self._keeper, self._now_us)

    def _balance(self, parameters: Parameters) -> object:
        return [
            futuresuserrows.balance_row(self._keeper, asset, self._now_us) for asset in self._keeper.wallets
        ]

    def _position_risk(self, parameters: Parameters) -> object:
        """USD-M tells of positions and symbols with open orders, COIN-M of every symbol."""
        if "marginAsset" in parameters and "pair" in parameters:
            raise bad_combination()
        wanted = self._wanted(parameters, needed=False)
        asset = parameters.mandatory("marginAsset") if "marginAsset" in parameters else None
        waiting = {order.pair.symbol for order in self._records.open.values()}
        held = {position.pair.symbol for position in self._keeper.held()}
        return [
            futuresuserrows.position_row(self._keeper, self._keeper.position(pair), self._now_us)
            for symbol, pair in self._symbols.items()
            if (self._coin or symbol in waiting | held)
            and wanted(pair)
            and asset in (None, contract_of(pair).margin_asset)
        ]

    def _open_orders(self, parameters: Parameters) -> object:
        wanted = self._wanted(parameters, needed=False)
        return [
            futuresuserrows.order_row(order) for order in self._records.open.values() if wanted(order.pair)
        ]

    def _order(self, parameters: Parameters) -> object:
        symbol = self._symbol(parameters)
        return futuresuserrows.order_row(found(self._remembered(), symbol, parameters))

    def _all_orders(self, parameters: Parameters) -> object:
        if "pair" in parameters and "orderId" in parameters:
            raise bad_combination()
        wanted = self._wanted(parameters, needed=True)
        orders = [order for order in self._remembered() if wanted(order.pair)]
        rows = self._costs["all_orders"].default_rows
        return [
            futuresuserrows.order_row(order)
            for order in orders_asked_for(orders, parameters, WEEK_MS, rows, ACCOUNT_ROWS)
        ]

    def _remembered(self) -> list[Order]:
        """Orders that the exchange has not forgotten yet."""
        now_us = self._now_us
        return [
            order
            for order in self._records.orders()
            if order.open
            or now_us - order.updated_us <= (_ORDERS_KEPT_MS if order.filled else _UNFILLED_KEPT_MS) * 1000
        ]

    def _user_trades(self, parameters: Parameters) -> object:
        times = "startTime" in parameters or "endTime" in parameters
        if "fromId" in parameters and (times or "pair" in parameters):
            raise bad_combination()
        wanted = self._wanted(parameters, needed=True)
        order_id = parameters.number("orderId")
        trades = [
            trade
            for trade in self._records.trades
            if wanted(trade.order.pair) and order_id in (None, trade.order.order_id)
        ]
        rows = self._costs["user_trades"].default_rows
        return [
            futuresuserrows.trade_row(trade)
            for trade in trades_asked_for(trades, parameters, WEEK_MS, rows, ACCOUNT_ROWS)
        ]

    def _income(self, parameters: Parameters) -> object:
        """The oldest within a time first; without times, those of the last seven days. There is nothing of
        types that nobody has here."""
        symbol = self._symbol(parameters) if "symbol" in parameters else None
        kind = parameters.mandatory("incomeType") if "incomeType" in parameters else None
        limit = parameters.rows(self._costs["income"].default_rows, ACCOUNT_ROWS)
        page = parameters.number("page") or 1
        start_us, end_us = span_us(parameters, None)
        if start_us is None:
            start_us = (self._now_us if end_us is None else end_us) - WEEK_MS * 1000
        rows = [
            income
            for income in self._keeper.income
            if start_us <= income.time_us <= (self._now_us if end_us is None else end_us)
            and kind in (None, income.type)
            and (symbol is None or (income.pair is not None and income.pair.symbol == symbol))
        ]
        first = (page - 1) * limit
        return [futuresuserrows.income_row(income) for income in rows[first : first + limit]]
