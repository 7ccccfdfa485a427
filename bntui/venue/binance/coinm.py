"""Binance's COIN-M futures as a `Venue`."""

from __future__ import annotations

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.decoder import quote_stream
from bntui.venue.binance.futures_codec import decode_coinm
from bntui.venue.binance.futures_limits import COINM, COINM_CALLS, TICKERS_A_CALL
from bntui.venue.binance.futures_payloads import coinm_key
from bntui.venue.binance.futures_rest import futures_bodies, futures_calls
from bntui.venue.binance.futures_streams import (
    COINM_PATHS,
    FUTURES_INTERVALS,
    FUTURES_WATCH,
    format_coinm,
    parse_coinm,
    stream_path_of,
)
from bntui.venue.binance.requests import batches, subscribe, unsubscribe
from bntui.venue.books import FUTURES_BOOK
from bntui.venue.limits import Limits


def coinm(limits: Limits = COINM) -> Venue:
    """COIN-M futures, within the given limits."""
    return Venue(
        market=Market.COINM,
        name="Binance COIN-M",
        limits=limits,
        decode=decode_coinm,
        quote_stream=quote_stream,
        parse_stream=parse_coinm,
        format_stream=format_coinm,
        stream_path=stream_path_of(COINM_PATHS),
        subscribe=subscribe,
        unsubscribe=unsubscribe,
        batches=batches,
        calls=futures_calls(limits, COINM_CALLS),
        bodies=futures_bodies(coinm_key),
        intervals=tuple(FUTURES_INTERVALS),
        watch_kinds=FUTURES_WATCH,
        starter=(
            *("BTCUSD_PERP", "ETHUSD_PERP", "BNBUSD_PERP", "SOLUSD_PERP", "XRPUSD_PERP", "DOGEUSD_PERP"),
            *("ADAUSD_PERP", "LINKUSD_PERP", "AVAXUSD_PERP", "LTCUSD_PERP", "DOTUSD_PERP"),
        ),
        tickers_a_call=TICKERS_A_CALL,
        # One pool for fapi and dapi since 2026-06-30 (Important-CM-UM-Integration-Notice).
        weight_pool="futures",
        book_rule=FUTURES_BOOK,
    )
