"""What Spot's frames say (web-socket-streams.md, read 2026-07-21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bntui.model.markets import Market, StreamKind
from bntui.venue.base import Decoded, StreamSpec
from bntui.venue.binance.decoder import Decoder, Dialect
from bntui.venue.binance.names import INTERVALS
from bntui.venue.binance.payloads import READERS, Payload, spot_key
from bntui.venue.binance.streams import UTC_OFFSETS, WINDOWS, format_spot, parse_spot
from bntui.venue.binance.values import entries, epoch_ms, text

_SPEC_OF_EVENT: Mapping[str, StreamSpec] = MappingProxyType(
    {
        "trade": StreamSpec(StreamKind.TRADE),
        "aggTrade": StreamSpec(StreamKind.AGG_TRADE),
        "blockTrade": StreamSpec(StreamKind.BLOCK_TRADE),
        "bookTicker": StreamSpec(StreamKind.BOOK_TICKER),
        "24hrTicker": StreamSpec(StreamKind.TICKER),
        "24hrMiniTicker": StreamSpec(StreamKind.MINI_TICKER),
        "kline": StreamSpec(StreamKind.KLINE),
        "avgPrice": StreamSpec(StreamKind.AVG_PRICE),
        "depthUpdate": StreamSpec(StreamKind.DEPTH),
        "referencePrice": StreamSpec(StreamKind.REFERENCE_PRICE),
        **{f"{window}Ticker": StreamSpec(StreamKind.WINDOW_TICKER, interval=window) for window in WINDOWS},
    }
)

_EVENT_OF: Mapping[tuple[StreamKind, str], str] = MappingProxyType(
    {(spec.kind, spec.interval): event for event, spec in _SPEC_OF_EVENT.items()}
)

_NO_EVENT_WORD = frozenset({StreamKind.BOOK_TICKER, StreamKind.PARTIAL_DEPTH})
"""Kinds whose payloads need no field `e` on Spot."""


def _event_of(spec: StreamSpec) -> str | None:
    if spec.kind in _NO_EVENT_WORD:
        return None
    window = spec.interval if spec.kind is StreamKind.WINDOW_TICKER else ""
    return _EVENT_OF[spec.kind, window]


def _raw_spec(spec: StreamSpec, payload: Payload) -> StreamSpec | None:
    if spec.kind is StreamKind.DEPTH:
        return None  # Both speeds look alike.
    return _candle_spec(entries(payload["k"])) if spec.kind is StreamKind.KLINE else spec


def _candle_spec(candle: Payload) -> StreamSpec:
    """Which stream a raw candle is of. The offset is told by the candle's begin; where all offsets have
    the same boundaries they have the same candles too, and the plain name is as good."""
    interval = text(candle["i"])
    if interval not in INTERVALS:
        raise ValueError("the candle is of an unknown interval")
    unit_ms = min(INTERVALS[interval], INTERVALS["1d"])
    open_ms = epoch_ms(candle["t"])
    offsets = {"": 0, **UTC_OFFSETS}
    fitting = (name for name, offset_ms in offsets.items() if (open_ms + offset_ms) % unit_ms == 0)
    return replace(_SPEC_OF_EVENT["kline"], interval=interval, utc_offset=next(fitting, ""))


_SPOT = Decoder(
    Dialect(
        market=Market.SPOT,
        parse=parse_spot,
        format=format_spot,
        key=spot_key,
        spec_of_event=_SPEC_OF_EVENT,
        event_of=_event_of,
        readers=READERS,
        element=MappingProxyType(
            {
                StreamKind.MINI_TICKER_ALL: StreamKind.MINI_TICKER,
                StreamKind.WINDOW_TICKER_ALL: StreamKind.WINDOW_TICKER,
            }
        ),
        bare=frozenset(),
        symbol_of=lambda payload: text(payload["s"]),
        tells_market=lambda payload: True,
        is_foreign=lambda payload: False,
        raw_spec=_raw_spec,
        snapshot=READERS[StreamKind.PARTIAL_DEPTH],
        quotes_without_word=True,
    )
)


def decode_spot(frame: bytes | str, received_ms: int, at: float) -> Decoded:
    """Decode one frame of Spot, received at these times. Never raises."""
    return _SPOT.decode(frame, received_ms, at)
