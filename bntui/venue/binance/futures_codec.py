"""What the frames of USD-M and COIN-M say.

Both markets speak alike. Since 2026-06-24 the streams of all symbols carry the rows of both on either
host, and each row says of which it is; the other market's rows are left out. Of rows that do not say it,
those count whose symbol the market lists, which is not for a codec to know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bntui.model.markets import Market, StreamKind, SymbolKey
from bntui.venue.base import Decoded, StreamSpec
from bntui.venue.binance.decoder import Decoder, Dialect
from bntui.venue.binance.futures_payloads import (
    FUTURES_READERS,
    coinm_key,
    family,
    snapshot,
    symbol_of,
    tells_family,
    usdm_key,
)
from bntui.venue.binance.futures_streams import (
    FUTURES_INTERVALS,
    format_coinm,
    format_usdm,
    parse_coinm,
    parse_usdm,
)
from bntui.venue.binance.payloads import Payload
from bntui.venue.binance.values import entries, text

_EVENT_OF: Mapping[StreamKind, str] = MappingProxyType(
    {
        StreamKind.TRADE: "trade",
        StreamKind.AGG_TRADE: "aggTrade",
        StreamKind.BOOK_TICKER: "bookTicker",
        StreamKind.TICKER: "24hrTicker",
        StreamKind.MINI_TICKER: "24hrMiniTicker",
        StreamKind.KLINE: "kline",
        StreamKind.CONTINUOUS_KLINE: "continuous_kline",
        StreamKind.PARTIAL_DEPTH: "depthUpdate",
        StreamKind.RPI_DEPTH: "depthUpdate",
        # Of the three, a raw payload is taken for the last: the others can be told by their names only.
        StreamKind.DEPTH: "depthUpdate",
        StreamKind.MARK_PRICE: "markPriceUpdate",
        StreamKind.INDEX_PRICE: "indexPriceUpdate",
        StreamKind.LIQUIDATION: "forceOrder",
        StreamKind.CONTRACT_INFO: "contractInfo",
    }
)

_SPEC_OF_EVENT: Mapping[str, StreamSpec] = MappingProxyType(
    {event: StreamSpec(kind) for kind, event in _EVENT_OF.items()}
)

_SEVERAL_SPEEDS = frozenset({StreamKind.DEPTH, StreamKind.MARK_PRICE})
"""Kinds whose streams of different speeds send the same."""


def _raw_spec(spec: StreamSpec, payload: Payload) -> StreamSpec | None:
    if spec.kind in _SEVERAL_SPEEDS:
        return None
    if spec.kind not in (StreamKind.KLINE, StreamKind.CONTINUOUS_KLINE):
        return spec
    interval = text(entries(payload["k"])["i"])
    if interval not in FUTURES_INTERVALS:
        raise ValueError("the candle is of an unknown interval")
    return StreamSpec(spec.kind, interval=interval)


def _decoder(
    market: Market,
    parse: Callable[[str], StreamSpec],
    format_name: Callable[[StreamSpec], str],
    key: Callable[[str], SymbolKey],
) -> Decoder:
    return Decoder(
        Dialect(
            market=market,
            parse=parse,
            format=format_name,
            key=key,
            spec_of_event=_SPEC_OF_EVENT,
            event_of=lambda spec: _EVENT_OF[spec.kind],
            readers=FUTURES_READERS,
            element=MappingProxyType(
                {
                    StreamKind.BOOK_TICKER_ALL: StreamKind.BOOK_TICKER,
                    StreamKind.TICKER_ALL: StreamKind.TICKER,
                    StreamKind.MINI_TICKER_ALL: StreamKind.MINI_TICKER,
                    StreamKind.MARK_PRICE_ALL: StreamKind.MARK_PRICE,
                    StreamKind.LIQUIDATION_ALL: StreamKind.LIQUIDATION,
                }
            ),
            bare=frozenset(
                {StreamKind.BOOK_TICKER_ALL, StreamKind.LIQUIDATION_ALL, StreamKind.CONTRACT_INFO}
            ),
            symbol_of=symbol_of,
            tells_market=tells_family,
            is_foreign=lambda payload: family(payload) is not market,
            raw_spec=_raw_spec,
            snapshot=snapshot,
            quotes_without_word=False,
        )
    )


_USDM = _decoder(Market.USDM, parse_usdm, format_usdm, usdm_key)
_COINM = _decoder(Market.COINM, parse_coinm, format_coinm, coinm_key)


def decode_usdm(frame: bytes | str, received_ms: int, at: float) -> Decoded:
    """Decode one frame of USD-M, received at these times. Never raises."""
    return _USDM.decode(frame, received_ms, at)


def decode_coinm(frame: bytes | str, received_ms: int, at: float) -> Decoded:
    """Decode one frame of COIN-M, received at these times. Never raises."""
    return _COINM.decode(frame, received_ms, at)
