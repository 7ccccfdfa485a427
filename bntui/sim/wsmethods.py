"""Which methods the WebSocket API has, and what answers them: mostly what answers REST."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MARKET_METHODS: Mapping[str, str] = MappingProxyType(
    {
        "ping": "ping",
        "time": "time",
        "exchangeInfo": "exchange_info",
        "depth": "depth",
        "trades.recent": "trades",
        "trades.historical": "historical_trades",
        "trades.aggregate": "agg_trades",
        "klines": "klines",
        "uiKlines": "ui_klines",
        "avgPrice": "average_price",
        "ticker.24hr": "tickers",
        "ticker.tradingDay": "day_tickers",
        "ticker": "window_tickers",
        "ticker.price": "price_tickers",
        "ticker.book": "book_tickers",
    }
)
"""Methods for market data of Spot, and the calls of REST that they equal, weights and all (web-socket-api.md,
Market data requests, read 2026-07-21)."""

FUTURES_MARKET_METHODS: Mapping[str, str] = MappingProxyType(
    {"ping": "ping", "time": "time", "depth": "depth", "ticker.book": "book_tickers"}
)
"""The same of ws-fapi and ws-dapi, as far as there is such a call here."""

ACCOUNT_METHODS: Mapping[str, str] = MappingProxyType(
    {
        "account.status": "account",
        "openOrders.status": "open_orders",
        "allOrders": "all_orders",
        "myTrades": "my_trades",
        "order.status": "order",
    }
)
"""Signed methods of Spot, and the calls of REST that they equal (Account requests, read 2026-07-21)."""

FUTURES_ACCOUNT_METHODS: Mapping[str, str] = MappingProxyType(
    {
        "account.status": "account",
        "v2/account.status": "account",
        "account.balance": "balance",
        "v2/account.balance": "balance",
        "account.position": "position_risk",
        "v2/account.position": "position_risk",
        "order.status": "order",
    }
)
"""The same of the futures."""

LISTEN_KEY_METHODS: Mapping[str, str] = MappingProxyType(
    {"userDataStream.start": "POST", "userDataStream.ping": "PUT", "userDataStream.stop": "DELETE"}
)
"""Methods about listen keys, and what REST does the same by. Of Spot they are gone since 2026-02-20."""
