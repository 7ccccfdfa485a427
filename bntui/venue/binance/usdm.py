"""Binance's USD-M futures as a `Venue`."""

from __future__ import annotations

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.futures import futures_venue
from bntui.venue.binance.futures_accountrest import USDM_USER
from bntui.venue.binance.futures_codec import decode_usdm
from bntui.venue.binance.futures_limits import USDM, USDM_CALLS
from bntui.venue.binance.futures_payloads import usdm_key
from bntui.venue.binance.futures_streams import USDM_PATHS, format_usdm, parse_usdm
from bntui.venue.limits import Limits
from bntui.venue.rules import NAMES


def usdm(limits: Limits = USDM) -> Venue:
    """USD-M futures, within the given limits."""
    return futures_venue(
        Market.USDM,
        NAMES[Market.USDM],
        limits,
        costs=USDM_CALLS,
        key_of=usdm_key,
        decode=decode_usdm,
        parse_stream=parse_usdm,
        format_stream=format_usdm,
        paths=USDM_PATHS,
        starter=(
            *("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "TRXUSDT"),
            *("LINKUSDT", "AVAXUSDT", "LTCUSDT", "DOTUSDT", "SUIUSDT", "1000SHIBUSDT", "1000PEPEUSDT"),
        ),
        user=USDM_USER,
    )
