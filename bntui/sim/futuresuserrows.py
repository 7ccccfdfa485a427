"""What the futures say of an account over REST, row by row (USD-M and COIN-M account and trade pages, read
2026-05-28). Amounts of money have eight decimals; prices and quantities have no zeros at the end."""

from __future__ import annotations

from decimal import Decimal

from bntui.sim.amounts import NOTHING, eight, plain, quantity
from bntui.sim.futureskeeper import FuturesKeeper, Income
from bntui.sim.futurespayloads import contract_of
from bntui.sim.futuresuserpayloads import ONE_WAY, PREVENTION, mean_price, steps, ticks
from bntui.sim.orders import Order, OwnTrade
from bntui.sim.positions import Position

_NONE = eight(NOTHING)


def order_row(order: Order) -> dict[str, object]:
    """A row of `openOrders` and `allOrders`, and the answer to `order`."""
    pair, contract = order.pair, contract_of(order.pair)
    row: dict[str, object] = {
        "orderId": order.order_id,
        "clientOrderId": order.client_id,
        "symbol": pair.symbol,
        "side": order.side,
        "positionSide": ONE_WAY,
        "type": str(order.type),
        "origType": str(order.born or order.type),
        "price": ticks(pair, order.price),
        "stopPrice": ticks(pair, order.stop),
        "origQty": steps(pair, order.steps),
        "executedQty": steps(pair, order.filled),
        "avgPrice": plain(mean_price(order), least=1),
    }
    if contract.coin_margined:
        row |= {"pair": contract.pair, "cumBase": plain(order.paid)}
    else:
        row |= {"cumQuote": plain(order.paid)}
    row |= {
        "status": str(order.status),
        "timeInForce": order.time_in_force,
        "reduceOnly": order.reduce_only,
        "closePosition": False,
        "time": order.placed_us // 1000,
        "updateTime": order.updated_us // 1000,
        "workingType": "CONTRACT_PRICE",
        "priceProtect": False,
        "priceMatch": "NONE",
        "selfTradePreventionMode": PREVENTION,
    }
    return row if contract.coin_margined else {**row, "goodTillDate": 0}


def trade_row(trade: OwnTrade) -> dict[str, object]:
    """A row of `userTrades`."""
    pair, contract, order = trade.order.pair, contract_of(trade.order.pair), trade.order
    row: dict[str, object] = {
        "symbol": pair.symbol,
        "id": trade.trade_id,
        "orderId": order.order_id,
        "side": order.side,
        "positionSide": ONE_WAY,
        "price": ticks(pair, trade.price),
        "qty": steps(pair, trade.steps),
        "realizedPnl": eight(trade.realized),
        "commission": eight(trade.fee),
        "commissionAsset": trade.fee_asset,
        "buyer": order.buys,
        "maker": trade.maker,
        "time": trade.time_us // 1000,
    }
    if contract.coin_margined:
        return {
            **row,
            "pair": contract.pair,
            "marginAsset": contract.margin_asset,
            "baseQty": eight(trade.worth),
        }
    return {**row, "quoteQty": plain(trade.worth)}


def income_row(income: Income) -> dict[str, object]:
    """A row of `income`."""
    return {
        "symbol": income.pair.symbol if income.pair else "",
        "incomeType": income.type,
        "income": eight(income.amount),
        "asset": income.asset,
        "time": income.time_us // 1000,
        "info": str(income.trade_id) if income.trade_id is not None else income.type,
        "tranId": income.number,
        "tradeId": str(income.trade_id) if income.trade_id is not None else "",
    }


def balance_row(keeper: FuturesKeeper, asset: str, now_us: int) -> dict[str, object]:
    """A row of `balance`."""
    balance, profit = keeper.wallets[asset], keeper.unrealized(asset, now_us)
    available = keeper.available(asset, now_us)
    out = eight(min(available, max(NOTHING, balance)))
    row: dict[str, object] = {
        "accountAlias": keeper.alias,
        "asset": asset,
        "balance": eight(balance),
        "crossWalletBalance": eight(balance),
        "crossUnPnl": eight(profit),
        "availableBalance": eight(available),
        "updateTime": keeper.updated_us // 1000,
    }
    if keeper.coin_margined:
        return {**row, "withdrawAvailable": out}
    return {**row, "maxWithdrawAmount": out, "marginAvailable": True}


def position_row(keeper: FuturesKeeper, position: Position, now_us: int) -> dict[str, object]:
    """A row of `positionRisk`: its third version on USD-M, its first on COIN-M."""
    pair, contract = position.pair, contract_of(position.pair)
    mark = keeper.mark(pair, now_us)
    worth = position.notional(mark)
    notional = plain(worth if position.steps >= 0 else -worth)
    bids, asks = keeper.waiting(pair)
    row: dict[str, object] = {
        "symbol": pair.symbol,
        "positionSide": ONE_WAY,
        "positionAmt": steps(pair, position.steps),
        "entryPrice": plain(position.entry, least=1),
        "breakEvenPrice": plain(position.break_even, least=1),
        "markPrice": eight(mark),
        "unRealizedProfit": eight(position.unrealized(mark)),
        "liquidationPrice": plain(keeper.liquidation(position, now_us)),
        "isolatedMargin": _NONE if contract.coin_margined else "0",
        "isolatedWallet": "0",
        "updateTime": position.updated_us // 1000,
    }
    if contract.coin_margined:
        return {
            **row,
            "leverage": str(position.leverage),
            "maxQty": steps(pair, keeper.most(pair, True, max(1, int(mark * 10**8) // pair.tick_e8))),
            "marginType": "cross",
            "isAutoAddMargin": "false",
            "notionalValue": notional,
        }
    taken, waits = keeper.initial(position, now_us), keeper.initial_of_orders(pair)
    return {
        **row,
        "notional": notional,
        "marginAsset": contract.margin_asset,
        "initialMargin": eight(taken + waits),
        "maintMargin": eight(position.maintenance(mark)),
        "positionInitialMargin": eight(taken),
        "openOrderInitialMargin": eight(waits),
        "adl": _queue(keeper, position, now_us),
        "bidNotional": plain(bids),
        "askNotional": plain(asks),
    }


def _queue(keeper: FuturesKeeper, position: Position, now_us: int) -> int:
    """How soon a position would be closed for somebody else's loss: the more it has made, the sooner."""
    if not position.cost:
        return 0
    made = position.unrealized(keeper.mark(position.pair, now_us)) / position.cost * position.leverage
    return 1 + sum(made > Decimal(step) for step in ("0.05", "0.15", "0.3", "0.6"))


def account(keeper: FuturesKeeper, now_us: int) -> dict[str, object]:
    """The answer to `account`: every wallet, and every position that is held."""
    assets = {asset: _asset(keeper, asset, now_us) for asset in keeper.wallets}
    positions = [_held(keeper, position, now_us) for position in keeper.held()]
    rows: dict[str, object] = {
        "assets": [_printed(asset, values, keeper.updated_us) for asset, values in assets.items()],
        "positions": positions,
    }
    if keeper.coin_margined:
        can = {"canDeposit": True, "canTrade": True, "canWithdraw": True}
        return {**rows, **can, "feeTier": 0, "updateTime": keeper.updated_us // 1000}
    sums = {
        name: sum((values[name] for values in assets.values()), start=NOTHING)
        for name in next(iter(assets.values()), {})
    }
    totals = {f"total{name[0].upper()}{name[1:]}": eight(sums[name]) for name in sums if name in _TOTALS}
    return {
        **totals,
        "totalUnrealizedProfit": eight(sums.get("unrealizedProfit", NOTHING)),
        "totalMaintMargin": eight(sums.get("maintMargin", NOTHING)),
        "availableBalance": eight(sums.get("availableBalance", NOTHING)),
        "maxWithdrawAmount": eight(sums.get("maxWithdrawAmount", NOTHING)),
        **rows,
    }


_TOTALS = frozenset(
    {
        "initialMargin",
        "walletBalance",
        "marginBalance",
        "positionInitialMargin",
        "openOrderInitialMargin",
        "crossWalletBalance",
        "crossUnPnl",
    }
)
"""Sums over all assets, which are all dollars."""


def _asset(keeper: FuturesKeeper, asset: str, now_us: int) -> dict[str, Decimal]:
    balance, profit = keeper.wallets[asset], keeper.unrealized(asset, now_us)
    taken, waits = keeper.initial_in(asset, now_us)
    available = keeper.available(asset, now_us)
    return {
        "walletBalance": balance,
        "unrealizedProfit": profit,
        "marginBalance": balance + profit,
        "maintMargin": keeper.maintenance(asset, now_us),
        "initialMargin": taken + waits,
        "positionInitialMargin": taken,
        "openOrderInitialMargin": waits,
        "crossWalletBalance": balance,
        "crossUnPnl": profit,
        "availableBalance": available,
        "maxWithdrawAmount": min(available, max(NOTHING, balance)),
    }


def _printed(asset: str, values: dict[str, Decimal], updated_us: int) -> dict[str, object]:
    texts = {name: eight(value) for name, value in values.items()}
    return {"asset": asset, **texts, "updateTime": updated_us // 1000}


def _held(keeper: FuturesKeeper, position: Position, now_us: int) -> dict[str, object]:
    pair, mark = position.pair, keeper.mark(position.pair, now_us)
    taken, waits = keeper.initial(position, now_us), keeper.initial_of_orders(pair)
    worth = position.notional(mark)
    notional = plain(worth if position.steps >= 0 else -worth)
    row: dict[str, object] = {
        "symbol": pair.symbol,
        "positionSide": ONE_WAY,
        "positionAmt": plain(quantity(pair, position.steps)),
        "unrealizedProfit": eight(position.unrealized(mark)),
        "isolatedWallet": "0",
        "initialMargin": eight(taken + waits),
        "maintMargin": eight(position.maintenance(mark)),
        "updateTime": position.updated_us // 1000,
    }
    if not keeper.coin_margined:
        return {**row, "isolatedMargin": "0", "notional": notional}
    return {
        **row,
        "positionInitialMargin": eight(taken),
        "openOrderInitialMargin": eight(waits),
        "leverage": str(position.leverage),
        "isolated": False,
        "entryPrice": plain(position.entry, least=1),
        "breakEvenPrice": plain(position.break_even, least=1),
        "notionalValue": notional,
    }
