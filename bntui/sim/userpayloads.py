"""What Spot says of an account, field by field: the events of its user stream, and the rows of REST.

Sources: user-data-stream.md and rest-api.md (read 2026-07-21). Prices and quantities are texts of eight
decimals, ids and times numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bntui.sim import amounts
from bntui.sim.amounts import eight
from bntui.sim.orders import Execution, Order, OwnTrade

_NO_LIST = -1
"""No order list: `orderListId`, and `t` where nothing was traded."""
_ZERO = eight(amounts.NOTHING)
_PREVENTION = "EXPIRE_MAKER"
"""What happens where an account would trade with itself, unless an order says otherwise."""


def execution_report(
    order: Order,
    execution: Execution,
    now_us: int,
    execution_id: int,
    *,
    trade: OwnTrade | None = None,
    rejected: str = "NONE",
    expired: str = "",
    cancel_id: str = "",
) -> dict[str, object]:
    """`executionReport`. `rejected`, `expired`: why; `cancel_id`: the name of the request to cancel."""
    pair = order.pair
    event: dict[str, object] = {
        "e": "executionReport",
        "E": now_us // 1000,
        "s": pair.symbol,
        "c": cancel_id or order.client_id,
        "S": order.side,
        "o": str(order.type),
        "f": order.time_in_force,
        "q": pair.quantity(order.steps),
        "p": pair.price(order.price),
        "P": pair.price(order.stop),
        "F": _ZERO,
        "g": _NO_LIST,
        "C": order.client_id if cancel_id else "",
        "x": str(execution),
        "X": str(order.status),
        "r": rejected,
        "i": order.order_id,
        "l": pair.quantity(trade.steps) if trade else _ZERO,
        "z": pair.quantity(order.filled),
        "L": pair.price(trade.price) if trade else _ZERO,
        "n": eight(trade.fee) if trade else "0",
        "N": trade.fee_asset if trade else None,
        "T": order.updated_us // 1000,
        "t": trade.trade_id if trade else _NO_LIST,
        "I": execution_id,
        "w": order.open and order.working_us > 0,
        "m": trade.maker if trade else False,
        "M": trade is not None,
        "O": order.placed_us // 1000,
        "Z": eight(order.paid),
        "Y": eight(trade.worth) if trade else _ZERO,
        "Q": _ZERO,
    }
    if order.working_us:
        event["W"] = order.working_us // 1000
    event["V"] = _PREVENTION
    if expired:
        event["eR"] = expired
    return event


def account_position(balances: Mapping[str, tuple[Decimal, Decimal]], now_us: int) -> dict[str, object]:
    """`outboundAccountPosition`: what is free and locked of each asset that may have changed."""
    return {
        "e": "outboundAccountPosition",
        "E": now_us // 1000,
        "u": now_us // 1000,
        "B": [
            {"a": asset, "f": eight(free), "l": eight(locked)} for asset, (free, locked) in balances.items()
        ],
    }


def balance_update(asset: str, change: Decimal, now_us: int) -> dict[str, object]:
    """`balanceUpdate`: a deposit, a withdrawal, a transfer."""
    return {
        "e": "balanceUpdate",
        "E": now_us // 1000,
        "a": asset,
        "d": eight(change),
        "T": now_us // 1000,
    }


def order_row(order: Order) -> dict[str, object]:
    """A row of `openOrders` and `allOrders`, and the answer to `order`."""
    pair = order.pair
    return {
        "symbol": pair.symbol,
        "orderId": order.order_id,
        "orderListId": _NO_LIST,
        "clientOrderId": order.client_id,
        "price": pair.price(order.price),
        "origQty": pair.quantity(order.steps),
        "executedQty": pair.quantity(order.filled),
        "cummulativeQuoteQty": eight(order.paid),
        "status": str(order.status),
        "timeInForce": order.time_in_force,
        "type": str(order.type),
        "side": order.side,
        "stopPrice": pair.price(order.stop),
        "icebergQty": _ZERO,
        "time": order.placed_us // 1000,
        "updateTime": order.updated_us // 1000,
        "isWorking": order.working_us > 0,
        "workingTime": order.working_us // 1000 if order.working_us else -1,
        "origQuoteOrderQty": _ZERO,
        "selfTradePreventionMode": _PREVENTION,
    }


def trade_row(trade: OwnTrade) -> dict[str, object]:
    """A row of `myTrades`."""
    pair = trade.order.pair
    return {
        "symbol": pair.symbol,
        "id": trade.trade_id,
        "orderId": trade.order.order_id,
        "orderListId": _NO_LIST,
        "price": pair.price(trade.price),
        "qty": pair.quantity(trade.steps),
        "quoteQty": eight(trade.worth),
        "commission": eight(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": trade.time_us // 1000,
        "isBuyer": trade.order.buys,
        "isMaker": trade.maker,
        "isBestMatch": True,
    }


def account(
    balances: Iterable[tuple[str, Decimal, Decimal]], rate: Decimal, updated_us: int, uid: int
) -> dict[str, object]:
    """The answer to `account`. `rate`: the fee of makers and takers alike, of what is traded."""
    points = int(rate * 10_000)
    return {
        "makerCommission": points,
        "takerCommission": points,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {"maker": eight(rate), "taker": eight(rate), "buyer": _ZERO, "seller": _ZERO},
        "canTrade": True,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": updated_us // 1000,
        "accountType": "SPOT",
        "balances": [
            {"asset": asset, "free": eight(free), "locked": eight(locked)} for asset, free, locked in balances
        ],
        "permissions": ["SPOT"],
        "uid": uid,
    }
