"""What USD-M and COIN-M futures have in common as `Venue`s."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import Decoded, StreamSpec, Venue
from bntui.venue.binance.answers import KeyOf
from bntui.venue.binance.conflation import begins_a_quote, newest_quotes
from bntui.venue.binance.futures_limits import TICKERS_A_CALL
from bntui.venue.binance.futures_rest import futures_bodies, futures_calls
from bntui.venue.binance.futures_streams import FUTURES_INTERVALS, FUTURES_WATCH, stream_path_of
from bntui.venue.binance.limits import CallCost
from bntui.venue.binance.requests import batches, subscribe, unsubscribe
from bntui.venue.books import FUTURES_BOOK
from bntui.venue.limits import Limits
from bntui.venue.user import UserVenue


def futures_venue(
    market: Market,
    name: str,
    limits: Limits,
    *,
    costs: Mapping[str, CallCost],
    key_of: KeyOf,
    decode: Callable[[bytes | str, int, float], Decoded],
    parse_stream: Callable[[str], StreamSpec],
    format_stream: Callable[[StreamSpec], str],
    paths: Mapping[StreamKind, str],
    starter: tuple[str, ...],
    user: UserVenue,
) -> Venue:
    """A futures market: what differs is given, the rest is the same on both hosts."""
    return Venue(
        market=market,
        name=name,
        limits=limits,
        decode=decode,
        newest=newest_quotes,
        outdates=begins_a_quote,
        parse_stream=parse_stream,
        format_stream=format_stream,
        stream_path=stream_path_of(paths),
        subscribe=subscribe,
        unsubscribe=unsubscribe,
        batches=batches,
        calls=futures_calls(limits, costs),
        bodies=futures_bodies(key_of),
        intervals=tuple(FUTURES_INTERVALS),
        watch_kinds=FUTURES_WATCH,
        starter=starter,
        tickers_a_call=TICKERS_A_CALL,
        # One pool for fapi and dapi since 2026-06-30 (Important-CM-UM-Integration-Notice).
        weight_pool="futures",
        book_rule=FUTURES_BOOK,
        user=user,
    )
