"""The numbers of own accounts: what signed REST calls and the WebSocket API cost, and how long keys last.

With `limits.py` and `futures_limits.py` beside it this is the only place for them; client and embedded
exchange use the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bntui.venue.binance.limits import ANY, CallCost

_SPOT_READ = "2026-07-21"
"""When the Spot documents were read."""
_READ = "2026-05-28"
"""When the documents of the futures and of the wallet were read."""


def _spot(
    name: str, path: str, *bands: tuple[float, int], section: str, counts: str = "", rows: int = 0
) -> CallCost:
    source = f"binance-spot-api-docs/rest-api.md, {section}"
    return CallCost(name, path, bands, counts, rows, source, _SPOT_READ)


def _by_name(*costs: CallCost) -> Mapping[str, CallCost]:
    return MappingProxyType({cost.name: cost for cost in costs})


SPOT_ACCOUNT_CALLS: Mapping[str, CallCost] = _by_name(
    _spot("account", "/api/v3/account", (ANY, 20), section="Account information"),
    _spot(
        "open_orders", "/api/v3/openOrders", (1, 6), (ANY, 80), counts="symbol", section="Current open orders"
    ),
    _spot("all_orders", "/api/v3/allOrders", (ANY, 20), rows=500, section="All orders"),
    _spot("order", "/api/v3/order", (ANY, 4), section="Query order"),
    _spot(
        "my_trades",
        "/api/v3/myTrades",
        (1, 5),
        (ANY, 20),
        counts="orderId",
        rows=500,
        section="Account trade list",
    ),
    # On api.binance.com, for keys of the futures too.
    CallCost(
        "key_permissions",
        "/sapi/v1/account/apiRestrictions",
        ((ANY, 1),),
        "",
        0,
        "developers.binance.com wallet, Get API Key Permission",
        _READ,
    ),
)
"""The signed calls of Spot, by the program's word for them."""


def _futures(coin_margined: bool) -> Mapping[str, CallCost]:
    """The signed calls under `/fapi` or `/dapi`, and the one for listen keys, which needs the key only."""

    def call(
        name: str, path: str, *bands: tuple[float, int], section: str, counts: str = "", rows: int = 0
    ) -> CallCost:
        source = f"developers.binance.com derivatives, {section}"
        return CallCost(name, f"{prefix}/{path}", bands, counts, rows, source, _READ)

    prefix, newest = ("/dapi", "v1") if coin_margined else ("/fapi", "v3")
    # A whole pair costs more than one contract of it; USD-M has no such parameter.
    trades = ((1, 40), (ANY, 20)) if coin_margined else ((ANY, 5),)
    by = "pair" if coin_margined else ""
    return _by_name(
        call("account", f"{newest}/account", (ANY, 5), section="Account Information"),
        call("balance", f"{newest}/balance", (ANY, 1 if coin_margined else 5), section="Account Balance"),
        call(
            "position_risk",
            f"{newest}/positionRisk",
            (ANY, 1 if coin_margined else 5),
            section="Position Information",
        ),
        call(
            "open_orders",
            "v1/openOrders",
            (1, 1),
            (ANY, 40),
            counts="symbol",
            section="Current All Open Orders",
        ),
        call("all_orders", "v1/allOrders", *trades, counts=by, rows=500, section="All Orders"),
        call("order", "v1/order", (ANY, 1), section="Query Order"),
        call(
            "user_trades",
            "v1/userTrades",
            *trades,
            counts=by,
            rows=50 if coin_margined else 500,
            section="Account Trade List",
        ),
        call(
            "income", "v1/income", (ANY, 20 if coin_margined else 30), rows=100, section="Get Income History"
        ),
        call("listen_key", "v1/listenKey", (ANY, 1), section="User Data Streams"),
    )


USDM_ACCOUNT_CALLS = _futures(False)
"""The signed calls of USD-M, by the program's word for them."""

COINM_ACCOUNT_CALLS = _futures(True)
"""The signed calls of COIN-M, by the program's word for them."""

US_LISTEN_KEY = _spot(
    "listen_key",
    "/api/v3/userDataStream",
    (ANY, 2),
    section="User Data Streams; Binance.US only since 2026-02-20",
)
"""Spot's listen keys, which only Binance.US still has."""

WS_API_CONNECT_WEIGHT = 2
"""What opening a connection costs (web-socket-api.md, IP Limits; read 2026-07-21)."""
WS_API_SESSION_WEIGHT = 2
"""What each request about the session and its subscriptions costs (web-socket-api.md, Authentication and
User Data Stream requests; read 2026-07-21)."""
WS_API_FUTURES_CONNECT_WEIGHT = 5
"""The same on ws-fapi and ws-dapi (WebSocket API General Info, read 2026-05-28)."""

ACCOUNT_ROWS = 1_000
"""The most fills, orders or lines of income in one answer, on all markets (Account trade list, All orders;
Get Income History)."""

RECV_WINDOW_MS = 5_000
"""How old a signed request may be unless it says so (rest-api.md, Timing security; read 2026-07-21)."""
LONGEST_RECV_WINDOW_MS = 60_000
AHEAD_MS = 1_000
"""A request may not be as much ahead of the exchange's clock (rest-api.md, Timing security)."""

LISTEN_KEY_LIFE_S = 3_600.0
"""How long a listen key is valid, from its making or its last extension (User Data Streams of the futures,
read 2026-05-28)."""

SUBSCRIPTIONS_PER_LIFE = 65_535
"""User streams that may be begun on one connection (web-socket-api.md, User Data Stream; read 2026-07-21)."""
