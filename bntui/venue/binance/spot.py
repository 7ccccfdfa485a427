"""Binance Spot as a `Venue`."""

from __future__ import annotations

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import COMBINED_SOCKET, StreamSpec, Venue
from bntui.venue.binance.accountrest import SPOT_USER
from bntui.venue.binance.codec import decode_spot
from bntui.venue.binance.conflation import begins_a_quote, newest_quotes
from bntui.venue.binance.limits import SPOT, TICKERS_A_CALL
from bntui.venue.binance.names import INTERVALS
from bntui.venue.binance.requests import batches, subscribe, unsubscribe
from bntui.venue.binance.rest import rest_bodies, rest_calls
from bntui.venue.binance.streams import format_spot, parse_spot
from bntui.venue.limits import Limits
from bntui.venue.rules import NAMES


def spot(limits: Limits = SPOT) -> Venue:
    """Binance Spot, within the given limits."""
    return Venue(
        market=Market.SPOT,
        name=NAMES[Market.SPOT],
        limits=limits,
        decode=decode_spot,
        newest=newest_quotes,
        outdates=begins_a_quote,
        parse_stream=parse_spot,
        format_stream=format_spot,
        stream_path=_stream_path,
        subscribe=subscribe,
        unsubscribe=unsubscribe,
        batches=batches,
        calls=rest_calls(limits),
        bodies=rest_bodies(),
        intervals=tuple(INTERVALS),
        watch_kinds=(StreamKind.BOOK_TICKER, StreamKind.TRADE, StreamKind.TICKER),
        starter=(
            *("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "TRXUSDT"),
            *("LINKUSDT", "AVAXUSDT", "LTCUSDT", "DOTUSDT", "SUIUSDT", "SHIBUSDT", "PEPEUSDT"),
        ),
        tickers_a_call=TICKERS_A_CALL,
        weight_pool="spot",
        user=SPOT_USER,
    )


def _stream_path(spec: StreamSpec) -> str:
    """Every kind comes over the one combined socket: raw payloads of books do not name their stream."""
    return COMBINED_SOCKET
