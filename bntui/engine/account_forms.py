"""How own fills, orders, balances and positions read as lines of the tail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bntui.model.account import Balance, Fill, OrderUpdate, Position


def fill_fields(fill: Fill) -> dict[str, object]:
    """Of a fill."""
    return {
        "account": fill.owner.account,
        "id": fill.id,
        "order_id": fill.order_id,
        "client_order_id": fill.client_order_id,
        "side": fill.side,
        "price": fill.price,
        "qty": fill.qty,
        "quote_qty": fill.quote_qty,
        "fee": fill.fee,
        "fee_asset": fill.fee_asset,
        "maker": fill.maker,
        "realized_pnl": fill.realized_pnl,
        "position_side": fill.position_side or None,
        "mid": fill.mid,
        "recovered": fill.recovered,
    }


def _fill_words(fill: Fill) -> str:
    pnl = f" realised {fill.realized_pnl}" if fill.realized_pnl is not None else ""
    return (
        f"{fill.owner.account} {fill.side} {fill.qty} @ {fill.price} {'maker' if fill.maker else 'taker'} "
        f"fee {fill.fee} {fill.fee_asset or '-'}{pnl} id {fill.id} order {fill.order_id}"
        f"{' recovered' if fill.recovered else ''}"
    )


def _order_fields(order: OrderUpdate) -> dict[str, object]:
    return {
        "account": order.owner.account,
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "side": order.side,
        "type": order.type,
        "time_in_force": order.time_in_force,
        "price": order.price,
        "qty": order.qty,
        "filled_qty": order.filled_qty,
        "status": order.status,
        "execution": order.execution,
        "reason": order.reason,
        "stop_price": order.stop_price or None,
        "position_side": order.position_side or None,
        "reduce_only": order.reduce_only,
        "conditional": order.conditional,
        "recovered": order.recovered,
    }


def _order_words(order: OrderUpdate) -> str:
    return (
        f"{order.owner.account} {order.side} {order.type} {order.filled_qty} of {order.qty} @ {order.price} "
        f"{order.status}{f' ({order.reason})' if order.reason else ''} order {order.order_id}"
        f"{' recovered' if order.recovered else ''}"
    )


def _balance_fields(balance: Balance) -> dict[str, object]:
    return {
        "account": balance.owner.account,
        "asset": balance.asset,
        "free": balance.free,
        "locked": balance.locked,
        "wallet": balance.wallet,
    }


def _balance_words(balance: Balance) -> str:
    parts = (("free", balance.free), ("locked", balance.locked), ("wallet", balance.wallet))
    told = " ".join(f"{name} {amount}" for name, amount in parts if amount is not None)
    return f"{balance.owner.account} {balance.asset} {told}"


def _position_fields(position: Position) -> dict[str, object]:
    return {
        "account": position.owner.account,
        "side": position.side,
        "qty": position.qty,
        "entry_price": position.entry_price,
        "unrealized_pnl": position.unrealized_pnl,
        "margin_type": position.margin_type,
        "liquidation_price": position.liquidation_price,
        "margin_call": position.margin_call_ms is not None,
    }


def _position_words(position: Position) -> str:
    call = " MARGIN CALL" if position.margin_call_ms is not None else ""
    return (
        f"{position.owner.account} {position.side} {position.qty} @ {position.entry_price} "
        f"unrealised {position.unrealized_pnl} {position.margin_type}{call}"
    )


ACCOUNT_FORMS: tuple[tuple[type, str, Callable[[Any], dict[str, object]], Callable[[Any], str]], ...] = (
    (Fill, "fill", fill_fields, _fill_words),
    (OrderUpdate, "order", _order_fields, _order_words),
    (Balance, "balance", _balance_fields, _balance_words),
    (Position, "position", _position_fields, _position_words),
)
"""Type of event, kind of line, fields and words."""
