"""Binance's COIN-M futures as a `Venue`."""

from __future__ import annotations

from bntui.model.markets import Market
from bntui.venue.base import Venue
from bntui.venue.binance.futures import futures_venue
from bntui.venue.binance.futures_accountrest import COINM_USER
from bntui.venue.binance.futures_codec import decode_coinm
from bntui.venue.binance.futures_limits import COINM, COINM_CALLS
from bntui.venue.binance.futures_payloads import coinm_key
from bntui.venue.binance.futures_streams import COINM_PATHS, format_coinm, parse_coinm
from bntui.venue.limits import Limits
from bntui.venue.rules import NAMES


def coinm(limits: Limits = COINM) -> Venue:
    """COIN-M futures, within the given limits."""
    return futures_venue(
        Market.COINM,
        NAMES[Market.COINM],
        limits,
        costs=COINM_CALLS,
        key_of=coinm_key,
        decode=decode_coinm,
        parse_stream=parse_coinm,
        format_stream=format_coinm,
        paths=COINM_PATHS,
        starter=(
            *("BTCUSD_PERP", "ETHUSD_PERP", "BNBUSD_PERP", "SOLUSD_PERP", "XRPUSD_PERP", "DOGEUSD_PERP"),
            *("ADAUSD_PERP", "LINKUSD_PERP", "AVAXUSD_PERP", "LTCUSD_PERP", "DOTUSD_PERP"),
        ),
        user=COINM_USER,
    )
