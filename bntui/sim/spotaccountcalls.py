"""What Spot answers of an account over REST, and what it refuses (rest-api.md, read 2026-07-21)."""

from __future__ import annotations

from collections.abc import Mapping

from bntui.sim import userpayloads
from bntui.sim.accountrows import (
    Questions,
    answered,
    bad_combination,
    found,
    orders_asked_for,
    trades_asked_for,
)
from bntui.sim.accounts import AccountCall
from bntui.sim.broker import Broker
from bntui.sim.parameters import Parameters, invalid, invalid_symbol
from bntui.sim.spotkeeper import FEE, SpotKeeper
from bntui.venue.binance.account_limits import ACCOUNT_ROWS, SPOT_ACCOUNT_CALLS

DAY_MS = 86_400_000

_COMBINATIONS = frozenset(
    {
        frozenset(words.split())
        for words in (
            "",
            "orderId",
            "startTime",
            "endTime",
            "fromId",
            "startTime endTime",
            "orderId fromId",
        )
    }
)
"""What may be asked of myTrades beside the symbol and the limit."""


class SpotAccountCalls:
    """Answers from the records of one account."""

    def __init__(self, broker: Broker, keeper: SpotKeeper, uid: int) -> None:
        """`uid`: the account's number at the exchange."""
        self._broker = broker
        self._records = broker.records
        self._keeper = keeper
        self._uid = uid
        self._calls: Questions = {
            AccountCall.ACCOUNT: (("omitZeroBalances",), self._account),
            AccountCall.OPEN_ORDERS: (("symbol",), self._open_orders),
            AccountCall.ALL_ORDERS: (
                ("symbol", "orderId", "startTime", "endTime", "limit"),
                self._all_orders,
            ),
            AccountCall.ORDER: (("symbol", "orderId", "origClientOrderId"), self._order),
            AccountCall.MY_TRADES: (
                ("symbol", "orderId", "startTime", "endTime", "fromId", "limit"),
                self._my_trades,
            ),
        }

    def answer(self, name: str, params: Mapping[str, str]) -> object:
        """The answer to one call, as plain values. Raises Refused."""
        return answered(self._calls, name, params)

    def _symbol(self, parameters: Parameters) -> str:
        symbol = parameters.symbol()
        if self._broker.market.desk(symbol) is None:
            raise invalid_symbol()
        return symbol

    def _account(self, parameters: Parameters) -> object:
        omit = parameters.choice("omitZeroBalances", ("true", "false"), "false", invalid("omitZeroBalances"))
        balances = [
            balance for balance in self._keeper.balances() if omit == "false" or balance[1] or balance[2]
        ]
        return userpayloads.account(balances, FEE, self._keeper.updated_us, self._uid)

    def _open_orders(self, parameters: Parameters) -> object:
        symbol = self._symbol(parameters) if "symbol" in parameters else None
        return [
            userpayloads.order_row(order)
            for order in self._records.open.values()
            if symbol is None or order.pair.symbol == symbol
        ]

    def _order(self, parameters: Parameters) -> object:
        return userpayloads.order_row(found(self._records.orders(), self._symbol(parameters), parameters))

    def _all_orders(self, parameters: Parameters) -> object:
        symbol = self._symbol(parameters)
        orders = [order for order in self._records.orders() if order.pair.symbol == symbol]
        return [
            userpayloads.order_row(order)
            for order in orders_asked_for(orders, parameters, DAY_MS, _rows("all_orders"), ACCOUNT_ROWS)
        ]

    def _my_trades(self, parameters: Parameters) -> object:
        symbol = self._symbol(parameters)
        asked = frozenset(
            name for name in ("orderId", "startTime", "endTime", "fromId") if name in parameters
        )
        if asked not in _COMBINATIONS:
            raise bad_combination()
        trades = [trade for trade in self._records.trades if trade.order.pair.symbol == symbol]
        order_id = parameters.number("orderId")
        if order_id is not None:
            trades = [trade for trade in trades if trade.order.order_id == order_id]
        return [
            userpayloads.trade_row(trade)
            for trade in trades_asked_for(trades, parameters, DAY_MS, _rows("my_trades"), ACCOUNT_ROWS)
        ]


def _rows(call: str) -> int:
    """How many rows come where nobody says how many."""
    return SPOT_ACCOUNT_CALLS[call].default_rows
