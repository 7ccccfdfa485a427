"""What the futures say of an account, field by field: the events of its user stream.

Sources: the USD-M and COIN-M pages «User Data Streams» (read 2026-05-28). Prices and quantities are texts
without zeros at the end, ids and times numbers. On COIN-M a report names the account's alias and the margin
asset, and lacks what belongs to strategies and dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bntui.sim.amounts import NOTHING, eight, plain
from bntui.sim.futurespayloads import contract_of
from bntui.sim.instruments import Pair
from bntui.sim.orders import Execution, Order, OrderType, OwnTrade
from bntui.sim.positions import Position

ONE_WAY = "BOTH"
"""The side of every position where long and short are not kept apart."""
PREVENTION = "EXPIRE_MAKER"
"""What happens where an account would trade with itself."""
_EXPIRED = {"UNFILLED_IOC_QUANTITY_EXPIRED": "2", "INSUFFICIENT_LIQUIDITY": "9"}
"""Why an order has expired, as `er` tells it (USD-M, Order Update)."""
_EXPIRED_COIN = {"UNFILLED_FOK_ORDER_EXPIRED": "10", "POST_ONLY": "11"}
"""What COIN-M tells besides."""


def ticks(pair: Pair, amount: int) -> str:
    """A price as orders name it."""
    return plain(Decimal(amount * pair.tick_e8).scaleb(-8))


def steps(pair: Pair, amount: int) -> str:
    """A quantity as orders name it."""
    return plain(Decimal(amount * pair.step_e8).scaleb(-8))


def mean_price(order: Order) -> Decimal:
    """The average price of what is filled of an order: by what it came to, as a position is counted."""
    if not order.filled:
        return NOTHING
    quantity = Decimal(order.filled * order.pair.step_e8).scaleb(-8)
    dollars = contract_of(order.pair).dollars
    return quantity * dollars / order.paid if dollars else order.paid / quantity


class Wallet(NamedTuple):
    """One asset of an account."""

    asset: str
    balance: Decimal
    change: Decimal
    """By what it has just changed, other than by profit and fees."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """An order that waits for a price in the service for such orders, as its report tells it."""

    pair: Pair
    algo_id: int
    client_id: str
    buys: bool
    steps: int
    trigger: int
    """Ticks."""
    reduce_only: bool
    status: str
    order: Order | None = None
    """What came of it."""
    triggered_us: int = 0
    reason: str = ""


def _alias(event: dict[str, object], coin_margined: bool, alias: str) -> dict[str, object]:
    return {**event, "i": alias} if coin_margined else event


def order_update(
    order: Order,
    execution: Execution,
    now_us: int,
    alias: str,
    *,
    trade: OwnTrade | None = None,
    waiting: tuple[Decimal, Decimal] = (NOTHING, NOTHING),
    expired: str = "",
) -> dict[str, object]:
    """`ORDER_TRADE_UPDATE`. `waiting`: what open orders of the symbol bid and ask for in all."""
    pair, contract = order.pair, contract_of(order.pair)
    told: dict[str, object] = {
        "s": pair.symbol,
        "c": order.client_id,
        "S": order.side,
        "o": str(order.type),
        "f": order.time_in_force,
        "q": steps(pair, order.steps),
        "p": ticks(pair, order.price),
        "ap": plain(mean_price(order)),
        "sp": ticks(pair, order.stop),
        "x": str(execution),
        "X": str(order.status),
        "i": order.order_id,
        "l": steps(pair, trade.steps if trade else 0),
        "z": steps(pair, order.filled),
        "L": ticks(pair, trade.price if trade else 0),
    }
    if trade and trade.fee:
        told |= {"N": trade.fee_asset, "n": plain(trade.fee)}
    told |= {
        "T": order.updated_us // 1000,
        "t": trade.trade_id if trade else 0,
        "b": plain(waiting[0]),
        "a": plain(waiting[1]),
        "m": trade.maker if trade else False,
        "R": order.reduce_only,
        "wt": "CONTRACT_PRICE",
        "ot": str(order.born or order.type),
        "ps": ONE_WAY,
        "cp": False,
        "pP": False,
        **({} if contract.coin_margined else {"si": 0, "ss": 0}),
        "rp": plain(trade.realized if trade else NOTHING),
        "V": PREVENTION,
        "pm": "NONE",
    }
    reason = _EXPIRED.get(expired) or (_EXPIRED_COIN.get(expired) if contract.coin_margined else None)
    if contract.coin_margined:
        told |= {"ma": contract.margin_asset, "er": reason or "0"}
    else:
        told |= {"gtd": 0, "er": reason or "0"}
    event: dict[str, object] = {
        "e": "ORDER_TRADE_UPDATE",
        "E": now_us // 1000,
        "T": order.updated_us // 1000,
    }
    return {**_alias(event, contract.coin_margined, alias), "o": told}


def trade_lite(trade: OwnTrade, now_us: int) -> dict[str, object]:
    """`TRADE_LITE`, ahead of the whole report; only USD-M has it."""
    order, pair = trade.order, trade.order.pair
    return {
        "e": "TRADE_LITE",
        "E": now_us // 1000,
        "T": trade.time_us // 1000,
        "s": pair.symbol,
        "q": steps(pair, order.steps),
        "p": ticks(pair, order.price),
        "m": trade.maker,
        "c": order.client_id,
        "S": order.side,
        "L": ticks(pair, trade.price),
        "l": steps(pair, trade.steps),
        "t": trade.trade_id,
        "i": order.order_id,
    }


def account_update(
    reason: str,
    wallets: Iterable[Wallet],
    positions: Iterable[tuple[Position, Decimal]],
    now_us: int,
    alias: str,
    *,
    coin_margined: bool,
    symbol: str = "",
) -> dict[str, object]:
    """`ACCOUNT_UPDATE`: wallets and positions that changed. `positions` come with their mark prices; `symbol`
    is told of funding (since August 2026)."""
    event: dict[str, object] = {"e": "ACCOUNT_UPDATE", "E": now_us // 1000, "T": now_us // 1000}
    told: dict[str, object] = {
        "m": reason,
        "B": [
            {
                "a": wallet.asset,
                "wb": eight(wallet.balance),
                "cw": eight(wallet.balance),
                "bc": plain(wallet.change),
            }
            for wallet in wallets
        ],
        "P": [
            {
                "s": position.pair.symbol,
                "pa": steps(position.pair, position.steps),
                "ep": plain(position.entry),
                "bep": plain(position.break_even),
                "cr": eight(position.realized),
                "up": eight(position.unrealized(mark)),
                "mt": "cross",
                "iw": "0",
                "ps": ONE_WAY,
            }
            for position, mark in positions
        ],
    }
    if symbol:
        told["S"] = symbol
    return {**_alias(event, coin_margined, alias), "a": told}


def margin_call(
    wallet: Decimal,
    positions: Mapping[str, tuple[Position, Decimal]],
    now_us: int,
    alias: str,
    *,
    coin_margined: bool,
) -> dict[str, object]:
    """`MARGIN_CALL`: positions, with their mark prices, that may be liquidated soon."""
    event: dict[str, object] = {"e": "MARGIN_CALL", "E": now_us // 1000}
    return {
        **_alias(event, coin_margined, alias),
        "cw": eight(wallet),
        "p": [
            {
                "s": symbol,
                "ps": ONE_WAY,
                "pa": steps(position.pair, position.steps),
                "mt": "CROSSED",
                "iw": "0",
                "mp": plain(mark),
                "up": eight(position.unrealized(mark)),
                "mm": eight(position.maintenance(mark)),
            }
            for symbol, (position, mark) in positions.items()
        ],
    }


def leverage_update(pair: Pair, leverage: int, now_us: int) -> dict[str, object]:
    """`ACCOUNT_CONFIG_UPDATE` of a symbol's leverage."""
    return {
        "e": "ACCOUNT_CONFIG_UPDATE",
        "E": now_us // 1000,
        "T": now_us // 1000,
        "ac": {"s": pair.symbol, "l": leverage},
    }


def algo_update(one: Conditional, now_us: int) -> dict[str, object]:
    """`ALGO_UPDATE`: what becomes of an order that waits for a price (USD-M, since 2025-12-09)."""
    pair, order = one.pair, one.order
    return {
        "e": "ALGO_UPDATE",
        "T": now_us // 1000,
        "E": now_us // 1000,
        "o": {
            "caid": one.client_id,
            "aid": one.algo_id,
            "at": "CONDITIONAL",
            "o": str(OrderType.STOP_MARKET),
            "s": pair.symbol,
            "S": "BUY" if one.buys else "SELL",
            "ps": ONE_WAY,
            "f": "GTC",
            "q": steps(pair, one.steps),
            "X": one.status,
            "ai": str(order.order_id) if order else "",
            "ap": plain(mean_price(order), least=5) if order else "0.00000",
            "aq": plain(Decimal(order.filled * pair.step_e8).scaleb(-8), least=5) if order else "0.00000",
            "act": str(order.type) if order else "0",
            "tp": ticks(pair, one.trigger),
            "p": "0",
            "V": PREVENTION,
            "wt": "CONTRACT_PRICE",
            "pm": "NONE",
            "cp": False,
            "pP": False,
            "R": one.reduce_only,
            "tt": one.triggered_us // 1000,
            "gtd": 0,
            "rm": one.reason,
        },
    }
