"""The numbers of Binance Spot and of Binance.US: the limits tables, and what each REST call costs.

This is the only place for them. The client keeps within these numbers, and the embedded exchange
enforces the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bntui.venue.limits import LimitRow, Limits, with_rows

_READ = "2026-07-21"
"""When the Spot documents were read."""
REPORTS_READ = "2026-10-08"
"""When users' reports were read, and the choices made that rest on them."""

_STREAMS_DOC = "binance-spot-api-docs/web-socket-streams.md"
_REST_DOC = "binance-spot-api-docs/rest-api.md"


def _stream_limit(name: str, value: float, unit: str, section: str) -> LimitRow:
    return LimitRow(name, value, unit, f"{_STREAMS_DOC}, {section}", _READ)


def _rest_limit(name: str, value: float, unit: str, section: str) -> LimitRow:
    return LimitRow(name, value, unit, f"{_REST_DOC}, {section}", _READ)


def reported(name: str, value: float, unit: str, report: str) -> LimitRow:
    """A row that rests on users' reports or measurements."""
    return LimitRow(name, value, unit, f"report: {report}", REPORTS_READ)


def own(name: str, value: float, unit: str, why: str) -> LimitRow:
    """A row that this program sets itself."""
    return LimitRow(name, value, unit, f"own choice: {why}", REPORTS_READ)


SPOT_ROWS: tuple[LimitRow, ...] = (
    _stream_limit("client_frames_per_s", 5, "frames/s", "WebSocket Limits"),
    _stream_limit(
        "client_frames_burst", 5, "frames", "WebSocket Limits: no tolerance above the rate is named"
    ),
    _stream_limit("streams_per_connection", 1024, "streams", "WebSocket Limits"),
    _stream_limit("connection_attempts", 300, "attempts", "WebSocket Limits"),
    _stream_limit("connection_attempts_window_s", 300, "s", "WebSocket Limits"),
    _stream_limit("connection_life_s", 86_400, "s", "General WSS information"),
    _stream_limit("server_ping_interval_s", 20, "s", "General WSS information"),
    _stream_limit("pong_timeout_s", 60, "s", "General WSS information"),
    reported(
        "subscribe_frame_bytes",
        4096,
        "bytes",
        "binance-connector-rust #27 (2024-12-07): 4,088 bytes work, 4,106 get no answer; Binance.Net #1180",
    ),
    reported(
        "url_chars",
        8_000,
        "characters",
        "unicorn-binance-websocket-api find_max_websocket_uri_length.py: 8,004 work in 2019, 16,000 in 2020",
    ),
    _stream_limit("request_id_chars", 36, "characters", "Live Subscribing/Unsubscribing to streams"),
    reported(
        "invalid_stream_close_delay_s",
        0.9,
        "s",
        "Krypto-trading-bot #1121 (2021-08-15): closed about 0.9 s after the refusal",
    ),
    _rest_limit("ban_first_s", 120, "s", "IP Limits: bans last from 2 minutes"),
    _rest_limit("ban_longest_s", 259_200, "s", "IP Limits: bans last up to 3 days"),
    _rest_limit("request_weight", 6000, "weight", "IP Limits; exchangeInfo rateLimits REQUEST_WEIGHT"),
    _rest_limit("request_weight_window_s", 60, "s", "IP Limits; exchangeInfo rateLimits REQUEST_WEIGHT"),
    _rest_limit("depth_levels", 5000, "levels", "Order book"),
    _rest_limit("klines_rows", 1000, "rows", "Kline/Candlestick data"),
    _rest_limit("trades_rows", 1000, "rows", "Recent trades list"),
    own(
        "own_stream_cap",
        400,
        "streams",
        "a lost connection blinds few streams, and resubscribing stays quick",
    ),
    own("own_frames_per_s", 3, "frames/s", "leaves room for pongs below the 5 of the exchange"),
    own("own_subscribe_names", 150, "names", "keeps a frame well below the reported size limit"),
    own("own_subscribe_bytes", 3500, "bytes", "keeps a frame well below the reported 4,096 bytes"),
    own("own_attempts", 100, "attempts", "a third of the IP's; the rest belongs to the user's bot"),
    own("own_attempts_per_s", 1, "attempts/s", "spreads connecting, and with it the expiries 24 hours later"),
    own("own_attempts_burst", 4, "attempts", "a usual pool opens at once at the start"),
    own("own_weight_share", 0.2, "share", "the IP's request weight belongs to the user's bot first"),
    own("own_weight_stop_share", 0.5, "share", "whoever uses half of the weight may need the rest"),
    own("own_ping_interval_s", 20, "s", "measures the round trip as often as the server pings"),
    own("own_pong_timeout_s", 20, "s", "a peer that answers nothing for one interval is gone"),
    own("own_pong_spacing_s", 2, "s", "a flood of pings leaves frames free; RFC 6455, 5.5.3 allows it"),
    own("own_frame_silence_s", 60, "s", "the server pings each 20 s, so three pings are missing"),
    own("own_subscribe_timeout_s", 5, "s", "some refusals show only as the absence of an answer"),
    own("own_first_data_s", 10, "s", "streams of liquid symbols send at least once in this time"),
    own("own_open_timeout_s", 10, "s", "a handshake over a bad mobile link still fits"),
    own("own_close_timeout_s", 1.5, "s", "quitting takes less than 2 s"),
    own("own_backoff_base_s", 0.5, "s", "one lost packet should not cost a second of sight"),
    own("own_backoff_cap_s", 60, "s", "a long outage is still noticed to be over within a minute"),
    own("own_backoff_reset_s", 30, "s", "an open alone proves nothing; servers accept and close"),
    own("own_backoff_too_many_s", 10, "s", "repeated breaches of the message rate lead to a ban"),
    own("own_backoff_forbidden_s", 60, "s", "a firewall that said no should not be asked again soon"),
    own("own_host_probe_s", 5, "s", "one connection finds out for all whether the host is back"),
    own("own_rotate_after_s", 82_800, "s", "an hour before the exchange ends the connection"),
    own("own_rotate_spread_s", 3600, "s", "connections opened together should not change together"),
    own("own_rotate_overlap_s", 10, "s", "the new connection has this long to show every stream"),
    own(
        "own_frame_bytes",
        16 * 1024 * 1024,
        "bytes",
        "arrays of all symbols fit many times; memory is bounded",
    ),
    own("own_gulp_s", 0.125, "s", "fewer wake-ups cost less; a screen, or a reader, has it sooner"),
    own("own_clock_warn_ms", 250, "ms", "signed requests and lag figures suffer above it"),
    own("own_loop_lag_warn_s", 1, "s", "a program this late shows old prices"),
    own("own_hole_wait_s", 2, "s", "trades of two connections may cross by less than this"),
    own("own_engine_silence_s", 3, "s", "three answers are missing"),
    own("own_pull_wait_s", 1, "s", "an empty answer each second proves that the engine lives"),
    own("own_book_levels", 1000, "levels", "weight 50; a book that fewer are fetched of runs out of them"),
    own("own_book_snapshots", 2, "requests", "many books at once leave room for other requests"),
    own("own_book_tries", 5, "tries", "what fails so often is no accident of timing"),
    own("own_book_backoff_base_s", 0.25, "s", "a snapshot that came too early is newer a moment later"),
    own("own_book_backoff_cap_s", 3, "s", "five tries take about as long as a stream's first data"),
    own("own_book_retry_s", 30, "s", "a hopeless book costs at most a tenth of our weight"),
    own(
        "own_book_refresh_s",
        10,
        "s",
        "a book whose market runs away costs at most a quarter of our weight",
    ),
    own("own_book_grace_s", 0.25, "s", "events each 100 ms on two connections cross by less than this"),
    own("own_focus_settle_s", 1, "s", "who looks at one symbol only should not wait"),
    own("own_focus_dwell_s", 0.35, "s", "who flips through symbols faster than this wants none of them"),
    own("own_focus_linger_s", 15, "s", "whoever comes back within this finds nothing missing"),
    own("own_focus_lingering", 4, "symbols", "their streams cost bandwidth, and their books weight"),
    own("own_candles_rows", 500, "rows", "two screens wide; the weight is that of one row"),
    own("own_probe_interval_s", 30, "s", "a stalled stream of an illiquid symbol is found within this"),
    own("own_user_proof_s", 60, "s", "weight 2 a minute buys the knowledge that fills would come"),
    own("own_user_reconcile_s", 600, "s", "a stream that is dark though it seems well is found within this"),
    own("own_user_retry_s", 10, "s", "three tries fit in the time that a listen key has left"),
    own("own_key_renew_s", 1500, "s", "two more tries fit before a listen key ends"),
    own("own_key_renew_spread_s", 300, "s", "keys made together should not be extended together"),
)
"""The limits of Spot, each with its source and the date on which that was read."""

SPOT = Limits.from_rows(SPOT_ROWS)
"""The limits of Spot as a value."""


def _us(name: str, value: float) -> LimitRow:
    return reported(name, value, "s", "unicorn-binance-websocket-api settings of Binance.US (2026-07-26)")


US_ROWS: tuple[LimitRow, ...] = with_rows(
    SPOT_ROWS,
    _us("server_ping_interval_s", 180),
    _us("pong_timeout_s", 600),
    own("own_frame_silence_s", 200, "s", "the server pings each 180 s; its answers to our own pings count"),
)
"""The limits of Binance.US: Spot's older rules, of which only the pings differ."""

US = Limits.from_rows(US_ROWS)
"""The limits of Binance.US as a value."""


@dataclass(frozen=True, slots=True)
class CallCost:
    """What one REST call weighs. `bands` are (greatest count, weight), in ascending order."""

    name: str
    """The program's word for the call, as in `RestCall.name`."""
    path: str
    bands: tuple[tuple[float, int], ...]
    """By rows for calls with `counts` limit, else by number of symbols."""
    counts: str
    """`limit`; `symbols`; a parameter that puts a request into the first band just by being there, such as
    `symbol`; or empty where the weight never changes."""
    default_rows: int
    """Rows in the answer when the request names no limit; 0 where it has none."""
    source: str
    read: str
    each: int = 0
    """Weight of each symbol, up to the band's; 0 where the band says it all."""


ANY = float("inf")
"""The count of a band without an upper end."""


def _call(
    name: str,
    path: str,
    *bands: tuple[float, int],
    section: str,
    counts: str = "",
    default_rows: int = 0,
    each: int = 0,
) -> CallCost:
    return CallCost(name, path, bands, counts, default_rows, f"{_REST_DOC}, {section}", _READ, each)


SPOT_CALLS: Mapping[str, CallCost] = MappingProxyType(
    {
        cost.name: cost
        for cost in (
            _call("ping", "/api/v3/ping", (ANY, 1), section="Test connectivity"),
            _call("time", "/api/v3/time", (ANY, 1), section="Check server time"),
            _call("exchange_info", "/api/v3/exchangeInfo", (ANY, 20), section="Exchange information"),
            _call(
                "depth",
                "/api/v3/depth",
                (100, 5),
                (500, 25),
                (1000, 50),
                (ANY, 250),
                counts="limit",
                default_rows=100,
                section="Order book",
            ),
            _call("klines", "/api/v3/klines", (ANY, 2), default_rows=500, section="Kline/Candlestick data"),
            _call(
                "tickers",
                "/api/v3/ticker/24hr",
                (20, 2),
                (100, 40),
                (ANY, 80),
                counts="symbols",
                section="24hr ticker price change statistics",
            ),
            _call("trades", "/api/v3/trades", (ANY, 25), default_rows=500, section="Recent trades list"),
            _call(
                "historical_trades",
                "/api/v3/historicalTrades",
                (ANY, 25),
                default_rows=500,
                section="Old trade lookup",
            ),
            _call(
                "agg_trades",
                "/api/v3/aggTrades",
                (ANY, 4),
                default_rows=500,
                section="Compressed/Aggregate trades list",
            ),
            _call(
                "block_trades",
                "/api/v3/historicalBlockTrades",
                (ANY, 25),
                default_rows=500,
                section="Historical Block Trades",
            ),
            _call("ui_klines", "/api/v3/uiKlines", (ANY, 2), default_rows=500, section="UIKlines"),
            _call("average_price", "/api/v3/avgPrice", (ANY, 2), section="Current average price"),
            _call(
                "day_tickers",
                "/api/v3/ticker/tradingDay",
                (ANY, 200),
                counts="symbols",
                each=4,
                section="Trading Day Ticker",
            ),
            _call(
                "price_tickers",
                "/api/v3/ticker/price",
                (1, 2),
                (ANY, 4),
                counts="symbol",
                section="Symbol price ticker",
            ),
            _call(
                "book_tickers",
                "/api/v3/ticker/bookTicker",
                (1, 2),
                (ANY, 4),
                counts="symbol",
                section="Symbol order book ticker",
            ),
            _call(
                "window_tickers",
                "/api/v3/ticker",
                (ANY, 200),
                counts="symbols",
                each=4,
                section="Rolling window price change statistics",
            ),
            _call("reference_price", "/api/v3/referencePrice", (ANY, 2), section="Query Reference Price"),
            _call(
                "reference_calculation",
                "/api/v3/referencePrice/calculation",
                (ANY, 2),
                section="Query Reference Price Calculation",
            ),
            _call(
                "execution_rules",
                "/api/v3/executionRules",
                (ANY, 40),
                counts="symbols",
                each=2,
                section="Query Execution Rules",
            ),
        )
    }
)
"""The market data calls of Spot, by the program's word for them."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One rate limit, as exchangeInfo tells it."""

    kind: str
    interval: str
    number: int
    """How many intervals it holds over."""
    limit: int


OTHER_RATE_LIMITS: tuple[RateLimit, ...] = (
    RateLimit("ORDERS", "SECOND", 10, 50),
    RateLimit("ORDERS", "DAY", 1, 160_000),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 300_000),
)
"""What exchangeInfo names beside REQUEST_WEIGHT (rest-api.md, Exchange information; read 2026-07-21). Each
call weighs at least 1, so REQUEST_WEIGHT is used up long before RAW_REQUESTS."""

TICKER_SYMBOLS = 100
"""The most symbols that one call for statistics may name (rest-api.md, read 2026-07-21)."""


TICKERS_A_CALL = 20
"""The most symbols whose statistics cost no more weight than those of one (rest-api.md, read 2026-07-21)."""


def weight_of(
    name: str,
    *,
    limit: int | None = None,
    symbols: int | None = None,
    calls: Mapping[str, CallCost] = SPOT_CALLS,
) -> int:
    """What a call weighs with `limit` rows or for so many `symbols`; None: the request names none.

    Raises ValueError for a call that is not in the table.
    """
    cost = calls.get(name)
    if cost is None:
        raise ValueError(f"no call is named {name}")
    count: float = 0
    if cost.counts == "limit":
        count = cost.default_rows if limit is None else limit
    elif cost.counts:
        count = ANY if symbols is None else symbols
    band = next(weight for most, weight in cost.bands if count <= most)
    return int(min(band, cost.each * count)) if cost.each else band
