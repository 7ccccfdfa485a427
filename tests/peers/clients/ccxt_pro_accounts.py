"""ccxt.pro: what an account has and does, unified, on Spot and on USD-M."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import ccxt.pro

from tests.peers.clients.telling import Ear, Ears, ask_soon, doors, is_list

SPOT = "BTC/USDT"
FUTURE = "BTC/USDT:USDT"


async def main() -> None:
    """Ask for an account of Spot and of USD-M, and watch both."""
    exchange = _exchange()
    try:
        await _rest(exchange)
        await _streams(exchange)
    finally:
        await exchange.close()


def _exchange() -> Any:
    told = doors()
    api_key, secret = told.key("hmac")
    spot, usdm = told.spot["rest"], told.usdm["rest"]
    api = {
        "public": f"{spot}/api/v3",
        "private": f"{spot}/api/v3",
        "sapi": f"{spot}/sapi/v1",
        **{f"fapi{kind}": f"{usdm}/fapi/v1" for kind in ("Public", "Private")},
        **{f"fapi{kind}V2": f"{usdm}/fapi/v2" for kind in ("Public", "Private")},
        **{f"fapi{kind}V3": f"{usdm}/fapi/v3" for kind in ("Public", "Private")},
        "ws": {
            "spot": f"{told.spot['streams']}/ws",
            "linear": f"{told.usdm['streams']}/ws",
            "ws-api": {
                "spot": f"{told.spot['ws_api']}/ws-api/v3",
                "linear": f"{told.usdm['ws_api']}/ws-fapi/v1",
            },
        },
    }
    options = {
        "fetchMarkets": {"types": ["spot", "linear"]},
        "fetchCurrencies": False,
        "fetchMargins": False,
        # It would ask /fapi/v1/leverageBracket, which is not served.
        "watchPositions": {"fetchPositionsSnapshot": False},
    }
    return ccxt.pro.binance({"apiKey": api_key, "secret": secret, "urls": {"api": api}, "options": options})


async def _rest(exchange: Any) -> None:
    future = {"type": "future"}
    exchange.options["warnOnFetchOpenOrdersWithoutSymbol"] = False

    def has_money(answer: Any) -> bool:
        return any(amount > 0 for amount in answer["total"].values())

    await ask_soon("own account of Spot", exchange.fetch_balance, has_money)
    await ask_soon("own open orders of Spot", exchange.fetch_open_orders, is_list)
    await ask_soon("own trades of Spot", lambda: exchange.fetch_my_trades(SPOT), bool)
    await ask_soon("own open orders of USD-M", lambda: exchange.fetch_open_orders(FUTURE), is_list)
    await ask_soon("own trades of USD-M", lambda: exchange.fetch_my_trades(FUTURE), bool)
    await ask_soon("own balance of USD-M", lambda: exchange.fetch_balance(future), has_money)


async def _streams(exchange: Any) -> None:
    ears = Ears()
    asked = (
        ("own events of Spot, HMAC", lambda: exchange.watch_my_trades(params={"type": "spot"})),
        ("own events of USD-M", lambda: exchange.watch_orders(params={"type": "future"})),
    )
    watchers = [asyncio.create_task(_watch(call, ears.ear(name, _has_ids))) for name, call in asked]
    await ears.listen()
    for watcher in watchers:
        watcher.cancel()
    await asyncio.gather(*watchers, return_exceptions=True)


def _has_ids(rows: Any) -> bool:
    return bool(rows) and all(row["id"] and row["symbol"] and row["side"] for row in rows)


async def _watch(call: Callable[[], Awaitable[Any]], ear: Ear) -> None:
    try:
        while True:
            ear.take(await call())
    except Exception as error:
        ear.fail(f"{type(error).__name__}: {error}")


logging.basicConfig(level=logging.WARNING)
if __name__ == "__main__":
    asyncio.run(main())
