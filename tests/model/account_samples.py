"""Values of accounts to test with."""

from __future__ import annotations

from typing import Any

from bntui.model.account import AccountKey, Balance, Fill, OrderUpdate, Position, RecoveryView, UserStreamView
from bntui.model.markets import Market
from bntui.model.states import RecoveryState, UserStreamState

MAIN = AccountKey("main", Market.SPOT)
FUTURES = AccountKey("main", Market.USDM)


def a_fill(trade_id: int, **changes: Any) -> Fill:
    """A fill of BTCUSDT."""
    fields: dict[str, Any] = {
        "owner": MAIN,
        "symbol": "BTCUSDT",
        "id": trade_id,
        "order_id": 1_000 + trade_id,
        "client_order_id": f"bot-{trade_id}",
        "side": "BUY",
        "position_side": "",
        "price": "60000.10",
        "qty": "0.01000",
        "quote_qty": "600.00100000",
        "fee": "0.00001000",
        "fee_asset": "BTC",
        "maker": False,
        "realized_pnl": None,
        "time_ms": 1_790_000_000_000 + trade_id,
        "received_ms": 1_790_000_000_050 + trade_id,
        "recovered": False,
    }
    return Fill(**fields | changes)


def an_order(order_id: int, **changes: Any) -> OrderUpdate:
    """A limit order of BTCUSDT that was just placed."""
    fields: dict[str, Any] = {
        "owner": MAIN,
        "symbol": "BTCUSDT",
        "order_id": order_id,
        "client_order_id": f"bot-{order_id}",
        "side": "BUY",
        "position_side": "",
        "type": "LIMIT",
        "time_in_force": "GTC",
        "price": "59000.00",
        "stop_price": "",
        "qty": "0.01000",
        "filled_qty": "0.00000",
        "filled_quote": "0.00000000",
        "status": "NEW",
        "execution": "NEW",
        "reason": "",
        "reduce_only": False,
        "placed_ms": 1_790_000_000_000,
        "time_ms": 1_790_000_000_000,
        "received_ms": 1_790_000_000_050,
        "recovered": False,
    }
    return OrderUpdate(**fields | changes)


def a_balance(asset: str, **changes: Any) -> Balance:
    """What a Spot account has of an asset."""
    fields: dict[str, Any] = {
        "owner": MAIN,
        "asset": asset,
        "free": "1.00000000",
        "locked": "0.50000000",
        "wallet": None,
        "time_ms": 1_790_000_000_000,
        "received_ms": 1_790_000_000_050,
    }
    return Balance(**fields | changes)


def a_position(symbol: str, **changes: Any) -> Position:
    """A long position on USD-M."""
    fields: dict[str, Any] = {
        "owner": FUTURES,
        "symbol": symbol,
        "side": "BOTH",
        "qty": "0.500",
        "entry_price": "60000.0",
        "break_even_price": "60010.0",
        "unrealized_pnl": "12.50000000",
        "margin_type": "cross",
        "margin_asset": "USDT",
        "liquidation_price": "51000.0",
        "mark_price": "60025.0",
        "isolated_margin": None,
        "time_ms": 1_790_000_000_000,
        "received_ms": 1_790_000_000_050,
    }
    return Position(**fields | changes)


def a_user_stream(
    state: UserStreamState, reason: str = "", since: float = 0.0, owner: AccountKey = MAIN
) -> UserStreamView:
    """How far the events of an account come."""
    return UserStreamView(
        owner, "signature", state, reason, "", since, None, None, None, None, "", None, "", 0, []
    )


def a_recovery(
    state: RecoveryState, missing: str = "", owner: AccountKey = MAIN, *, routine: bool = False
) -> RecoveryView:
    """How a comparison with REST went."""
    return RecoveryView(owner, state, 0, 0, "account, open orders", missing, 0, routine)
