"""Binance's USD-M futures as a `Venue`."""

from __future__ import annotations

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.decoder import quote_stream
from bntui.venue.binance.futures_codec import decode_usdm
from bntui.venue.binance.futures_limits import TICKERS_A_CALL, USDM, USDM_CALLS
from bntui.venue.binance.futures_payloads import usdm_key
from bntui.venue.binance.futures_rest import futures_bodies, futures_calls
from bntui.venue.binance.futures_streams import (
    FUTURES_INTERVALS,
    FUTURES_WATCH,
    USDM_PATHS,
    format_usdm,
    parse_usdm,
    stream_path_of,
)
from bntui.venue.binance.requests import batches, subscribe, unsubscribe
from bntui.venue.books import FUTURES_BOOK
from bntui.venue.limits import Limits


def usdm(limits: Limits = USDM) -> Venue:
    """USD-M futures, within the given limits."""
    return Venue(
        market=Market.USDM,
        name="Binance USD-M",
        limits=limits,
        decode=decode_usdm,
        quote_stream=quote_stream,
        parse_stream=parse_usdm,
        format_stream=format_usdm,
        stream_path=stream_path_of(USDM_PATHS),
        subscribe=subscribe,
        unsubscribe=unsubscribe,
        batches=batches,
        calls=futures_calls(limits, USDM_CALLS),
        bodies=futures_bodies(usdm_key),
        intervals=tuple(FUTURES_INTERVALS),
        watch_kinds=FUTURES_WATCH,
        starter=(
            *("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "TRXUSDT"),
            *("LINKUSDT", "AVAXUSDT", "LTCUSDT", "DOTUSDT", "SUIUSDT", "1000SHIBUSDT", "1000PEPEUSDT"),
        ),
        tickers_a_call=TICKERS_A_CALL,
        # One pool for fapi and dapi since 2026-06-30 (Important-CM-UM-Integration-Notice).
        weight_pool="futures",
        book_rule=FUTURES_BOOK,
    )
