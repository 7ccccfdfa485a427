"""The numbers of Binance's futures markets: the limits tables, and what each REST call costs.

With `limits.py` beside it this is the only place for them; client and embedded exchange use the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bntui.venue.binance.limits import ANY, SPOT_ROWS, CallCost, RateLimit, own, reported
from bntui.venue.limits import LimitRow, Limits, with_rows

_READ = "2026-05-28"
"""The date of the futures documents that were read."""
_STREAMS_DOC = "developers.binance.com derivatives, Websocket Market Streams"
_INFO_DOC = "developers.binance.com derivatives, General Info"
_CHANGES = "developers.binance.com derivatives, change log"


def _stream_limit(name: str, value: float, unit: str, section: str) -> LimitRow:
    return LimitRow(name, value, unit, f"{_STREAMS_DOC}: {section}", _READ)


def _rest_limit(name: str, value: float, unit: str, section: str) -> LimitRow:
    return LimitRow(name, value, unit, f"{_INFO_DOC}: {section}", _READ)


FUTURES_ROWS: tuple[LimitRow, ...] = with_rows(
    SPOT_ROWS,
    _stream_limit("client_frames_per_s", 10, "frames/s", "10 incoming messages a second"),
    reported(
        "client_frames_burst", 15, "frames", "polyoxide (2026-10-07): of 40 requests at once 15 are answered"
    ),
    LimitRow(
        "streams_per_connection", 1024, "streams", f"{_CHANGES}, 2025-07-02: 1024 instead of 200", _READ
    ),
    reported("connection_attempts", 300, "attempts", "no document names a number; Spot's is kept to"),
    reported("connection_attempts_window_s", 300, "s", "no document names a number; Spot's is kept to"),
    _stream_limit("connection_life_s", 86_400, "s", "a connection is valid for 24 hours"),
    _stream_limit("server_ping_interval_s", 180, "s", "a ping every 3 minutes"),
    _stream_limit("pong_timeout_s", 600, "s", "disconnected without a pong within 10 minutes"),
    reported(
        "subscribe_frame_bytes",
        8000,
        "bytes",
        "unicorn-binance-websocket-api split_payload: lost above 8,000; polyoxide: 200 names are taken",
    ),
    reported(
        "request_id_chars", 36, "characters", "the documents take whole numbers only; Spot's is kept to"
    ),
    reported(
        "invalid_stream_close_delay_s", 0.9, "s", "as on Spot: refused, then closed (fstream, 2026-08-29)"
    ),
    _rest_limit("ban_first_s", 120, "s", "IP Limits: bans last from 2 minutes"),
    _rest_limit("ban_longest_s", 259_200, "s", "IP Limits: bans last up to 3 days"),
    LimitRow(
        "request_weight",
        2400,
        "weight",
        "developers.binance.com, Important-CM-UM-Integration-Notice: one pool for fapi and dapi",
        "2026-06-10",
    ),
    _rest_limit("request_weight_window_s", 60, "s", "exchangeInfo rateLimits REQUEST_WEIGHT"),
    _rest_limit("depth_levels", 1000, "levels", "Order Book"),
    _rest_limit("klines_rows", 1500, "rows", "Kline/Candlestick Data"),
    _rest_limit("trades_rows", 1000, "rows", "Recent Trades List"),
    own(
        "own_stream_cap",
        200,
        "streams",
        "what the exchange allowed for years; a lost connection blinds few streams",
    ),
    own("own_book_levels", 1000, "levels", "weight 20; a book that fewer are fetched of runs out of them"),
    own("own_frames_per_s", 6, "frames/s", "leaves room for pongs below the 10 of the exchange"),
    own("own_frame_silence_s", 200, "s", "the server pings each 180 s; its answers to our own pings count"),
)
"""The limits of USD-M and COIN-M, which are the same, each with its source and the date of that."""

USDM = Limits.from_rows(FUTURES_ROWS)
"""The limits of USD-M as a value."""

COINM = USDM
"""The limits of COIN-M as a value."""

ORDER_LIMITS = (RateLimit("ORDERS", "MINUTE", 1, 1200), RateLimit("ORDERS", "SECOND", 10, 300))
"""What exchangeInfo names beside REQUEST_WEIGHT: an account's own, for both markets together
(Important-CM-UM-Integration-Notice, 2026-06-10)."""

DEPTH_LEVELS = (5, 10, 20, 50, 100, 500, 1000)
"""The only numbers of levels that a depth request may ask for (Order Book, read 2026-05-28)."""


def _calls(prefix: str) -> Mapping[str, CallCost]:
    """The market data calls under `/fapi/v1` or `/dapi/v1`, which cost the same."""

    def call(
        name: str,
        path: str,
        *bands: tuple[float, int],
        section: str,
        counts: str = "",
        default_rows: int = 0,
    ) -> CallCost:
        source = f"developers.binance.com derivatives, {section}"
        return CallCost(name, f"{prefix}/{path}", bands, counts, default_rows, source, _READ)

    costs = (
        call("ping", "ping", (ANY, 1), section="Test Connectivity"),
        call("time", "time", (ANY, 1), section="Check Server Time"),
        call("exchange_info", "exchangeInfo", (ANY, 1), section="Exchange Information"),
        call(
            "depth",
            "depth",
            (50, 2),
            (100, 5),
            (500, 10),
            (ANY, 20),
            counts="limit",
            default_rows=500,
            section="Order Book",
        ),
        # Documented as below 100, below 500, up to 1000; measured one row more generous (2026-10-07).
        call(
            "klines",
            "klines",
            (99, 1),
            (499, 2),
            (1000, 5),
            (ANY, 10),
            counts="limit",
            default_rows=500,
            section="Kline/Candlestick Data",
        ),
        call(
            "tickers",
            "ticker/24hr",
            (1, 1),
            (ANY, 40),
            counts="symbol",
            section="24hr Ticker Price Change Statistics",
        ),
        call("premium_index", "premiumIndex", (1, 1), (ANY, 10), counts="symbol", section="Mark Price"),
        call(
            "book_tickers",
            "ticker/bookTicker",
            (1, 2),
            (ANY, 5),
            counts="symbol",
            section="Symbol Order Book Ticker",
        ),
        call("trades", "trades", (ANY, 5), default_rows=500, section="Recent Trades List"),
        call(
            "historical_trades", "historicalTrades", (ANY, 20), default_rows=100, section="Old Trades Lookup"
        ),
        call(
            "agg_trades",
            "aggTrades",
            (ANY, 20),
            default_rows=500,
            section="Compressed/Aggregate Trades List",
        ),
        call("open_interest", "openInterest", (ANY, 1), section="Open Interest"),
    )
    return MappingProxyType({cost.name: cost for cost in costs})


USDM_CALLS = _calls("/fapi/v1")
"""The market data calls of USD-M, by the program's word for them."""

COINM_CALLS = _calls("/dapi/v1")
"""The market data calls of COIN-M, by the program's word for them."""

TICKERS_A_CALL = 1
"""Statistics are asked for one symbol at a time, or for all (24hr Ticker, read 2026-05-28)."""
