"""From the frames of a Spot market socket to events; whatever comes in, something orderly goes out.

Data frames come in two envelopes: combined, `{"stream": name, "data": payload}`, and raw, the bare
payload. Answers to requests are never wrapped. A frame that breaks the protocol becomes `Malformed`,
an event of an unknown kind `UnknownEvent`; `decode_spot` itself never raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from bntui.model.events import (
    Ack,
    ControlEvent,
    Malformed,
    MarketEvent,
    Refusal,
    ServerShutdown,
    UnknownEvent,
)
from bntui.model.markets import Market, StreamKind, SymbolKey
from bntui.venue.base import Decoded, StreamSpec
from bntui.venue.binance.payloads import KNOWN_SYMBOLS, READERS, Payload, Reader, spot_key
from bntui.venue.binance.streams import INTERVALS, UTC_OFFSETS, WINDOWS, format_spot, parse_spot
from bntui.venue.binance.values import entries, epoch_ms, items, text

_KEPT_CHARS = 200
"""How much of a malformed frame, or of an unknown event's name, is kept."""

_SHUTDOWN = "serverShutdown"

_ENVELOPE = b'{"stream":"'
_QUOTES = b"@bookTicker"

_LONGEST_HEAD = 160
"""A stream's name ends within so many bytes of a frame."""

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
"""What a payload's own event word says of its stream."""

_EVENT_OF: Mapping[tuple[StreamKind, str], str] = MappingProxyType(
    {(spec.kind, spec.interval): event for event, spec in _SPEC_OF_EVENT.items()}
)

_NO_EVENT_WORD = frozenset({StreamKind.BOOK_TICKER, StreamKind.PARTIAL_DEPTH})
"""Kinds whose payloads need no field `e` on Spot."""

_ELEMENT: Mapping[StreamKind, StreamKind] = MappingProxyType(
    {
        StreamKind.MINI_TICKER_ALL: StreamKind.MINI_TICKER,
        StreamKind.WINDOW_TICKER_ALL: StreamKind.WINDOW_TICKER,
    }
)
"""What the elements of array streams are."""

_WHOLE: Mapping[StreamKind, StreamKind] = MappingProxyType({each: whole for whole, each in _ELEMENT.items()})

_ERRORS = (KeyError, ValueError, TypeError, RecursionError)
"""All that reading a frame can raise; orjson's own error is a ValueError."""


class _Route(NamedTuple):
    """What the name of a stream says of its payloads."""

    spec: StreamSpec
    key: SymbolKey | None
    """None for streams of all symbols, whose payloads are arrays."""
    event: str | None
    """What field `e` must be; None for payloads without it."""
    read: Reader


@lru_cache(maxsize=KNOWN_SYMBOLS)
def _route(stream: str) -> _Route | None:
    """How to read a stream; None for a name that is no stream of Spot."""
    try:
        spec = parse_spot(stream)
    except ValueError:
        return None
    key = spot_key(spec.symbol) if spec.symbol else None
    kind = _ELEMENT.get(spec.kind, spec.kind)
    window = spec.interval if kind is StreamKind.WINDOW_TICKER else ""
    event = None if kind in _NO_EVENT_WORD else _EVENT_OF[kind, window]
    return _Route(spec, key, event, READERS[kind])


def decode_spot(frame: bytes | str, received_ms: int, at: float) -> Decoded:
    """Decode one frame, received at these times. Never raises.

    A payload that cannot be read keeps its stream's name beside the `Malformed`: the name alone does
    not prove that the stream brought data.
    """
    stream: str | None = None
    try:
        message = orjson.loads(frame)
        if type(message) is not dict:
            return _raw_array(frame, items(message), received_ms, at)
        if "stream" in message and "data" in message:
            stream = text(message["stream"])
            return _combined(frame, stream, message["data"], received_ms, at)
        return _raw(message, received_ms, at)
    except _ERRORS as error:
        return Decoded(stream, (), (_malformed(frame, error),))


def quote_stream(frame: bytes) -> bytes | None:
    """The stream of a combined bookTicker frame, by its first bytes; None for anything else."""
    if not frame.startswith(_ENVELOPE):
        return None
    name = frame[len(_ENVELOPE) : frame.find(b'"', len(_ENVELOPE), _LONGEST_HEAD)]
    return name if name.endswith(_QUOTES) else None


def _combined(frame: bytes | str, stream: str, payload: Any, received_ms: int, at: float) -> Decoded:
    route = _route(stream)
    if route is None:
        return _unrouted(stream, payload)
    spec, key, expected, read = route
    if key is None:
        return _elements(stream, frame, items(payload), route, received_ms, at)
    event = entries(payload).get("e")
    if event != expected and (expected is not None or event == _SHUTDOWN):
        return _unexpected(stream, event, payload)
    return Decoded(stream, (read(payload, key, spec, received_ms, at),))


def _unrouted(stream: str, payload: Any) -> Decoded:
    """A stream that Spot does not have: the server's own notice, or something new."""
    if type(payload) is list:
        return Decoded(stream, (), (UnknownEvent(stream[:_KEPT_CHARS]),))
    event = entries(payload).get("e")
    if event == _SHUTDOWN or stream == f"!{_SHUTDOWN}":
        return _shutdown(payload)
    return Decoded(stream, (), (UnknownEvent((event if type(event) is str else stream)[:_KEPT_CHARS]),))


def _unexpected(stream: str | None, event: Any, payload: Payload) -> Decoded:
    """A payload that names another event than its stream should bring."""
    if event == _SHUTDOWN:
        return _shutdown(payload)
    if event is None:
        raise KeyError("e")
    if text(event) in _SPEC_OF_EVENT:
        raise ValueError("the payload is of another kind than its stream")
    return Decoded(stream, (), (UnknownEvent(event[:_KEPT_CHARS]),))


def _elements(
    stream: str, frame: bytes | str, elements: list[Any], route: _Route, received_ms: int, at: float
) -> Decoded:
    """The events of an array. An element that cannot be read does not take the others with it; of those,
    only the first is told of, so that a frame of nothing else stays small."""
    events: list[MarketEvent] = []
    odd: Sequence[ControlEvent] = ()
    for element in elements:
        try:
            event = entries(element).get("e")
            if event == route.event:
                key = spot_key(text(element["s"]))
                events.append(route.read(element, key, route.spec, received_ms, at))
            elif not odd:
                odd = _unexpected(None, event, element).said
        except _ERRORS as error:
            odd = odd or (_malformed(frame, error),)
    return Decoded(stream, events, odd)


def _raw_array(frame: bytes | str, elements: list[Any], received_ms: int, at: float) -> Decoded:
    if not elements:
        return Decoded(None, ())
    event = entries(elements[0])["e"]
    spec = _SPEC_OF_EVENT.get(text(event))
    whole = None if spec is None else _WHOLE.get(spec.kind)
    if spec is None or whole is None:
        return Decoded(None, (), (UnknownEvent(event[:_KEPT_CHARS]),))
    stream = format_spot(StreamSpec(whole, interval=spec.interval))
    route = _Route(spec, None, event, READERS[whole])
    return _elements(stream, frame, elements, route, received_ms, at)


def _raw(message: Payload, received_ms: int, at: float) -> Decoded:
    event = message.get("e")
    if event is None:
        return _raw_without_event(message, received_ms, at)
    spec = _SPEC_OF_EVENT.get(text(event))
    if spec is None:
        return _unexpected(None, event, message)
    if spec.kind is StreamKind.KLINE:
        spec = _kline_spec(entries(message["k"]))
    return _raw_payload(message, spec, received_ms, at)


def _raw_without_event(message: Payload, received_ms: int, at: float) -> Decoded:
    if message.get("error") is not None:
        return _refusal(entries(message["error"]), message.get("id"))
    if "result" in message:
        return Decoded(None, (), (Ack(_request_id(message["id"]), _result(message["result"])),))
    if "code" in message and "msg" in message:
        return _refusal(message, message.get("id"))
    if "event" in message:
        inner = entries(message["event"])
        return _unexpected(None, inner.get("e"), inner)
    if "lastUpdateId" in message:
        # The payload names neither stream nor symbol; whoever opened a raw socket for it knows both.
        spec, key = StreamSpec(StreamKind.PARTIAL_DEPTH), SymbolKey(Market.SPOT, "")
        return Decoded(None, (READERS[spec.kind](message, key, spec, received_ms, at),))
    if "u" in message:
        return _raw_payload(message, _SPEC_OF_EVENT["bookTicker"], received_ms, at)
    raise ValueError("neither data nor an answer")


def _raw_payload(message: Payload, spec: StreamSpec, received_ms: int, at: float) -> Decoded:
    key = spot_key(text(message["s"]))
    event = READERS[spec.kind](message, key, spec, received_ms, at)
    # Both speeds of a book stream look alike.
    stream = None if spec.kind is StreamKind.DEPTH else format_spot(replace(spec, symbol=key.symbol))
    return Decoded(stream, (event,))


def _kline_spec(candle: Payload) -> StreamSpec:
    """Which stream a raw candle is of. The offset is told by the candle's begin; where all offsets have
    the same boundaries they have the same candles too, and the plain name is as good."""
    interval = text(candle["i"])
    if interval not in INTERVALS:
        raise ValueError("the candle is of an unknown interval")
    unit_ms = min(INTERVALS[interval], INTERVALS["1d"])
    open_ms = epoch_ms(candle["t"])
    offsets = {"": 0, **UTC_OFFSETS}
    fitting = (name for name, offset_ms in offsets.items() if (open_ms + offset_ms) % unit_ms == 0)
    return StreamSpec(StreamKind.KLINE, interval=interval, utc_offset=next(fitting, ""))


def _shutdown(payload: Payload) -> Decoded:
    """The warning counts, also where its time cannot be read."""
    try:
        time_ms = epoch_ms(payload.get("E"))
    except ValueError:
        return Decoded(None, (), (ServerShutdown(None),))
    return Decoded(None, (), (ServerShutdown(time_ms),))


def _refusal(error: Payload, request_id: Any) -> Decoded:
    code = error["code"]
    if type(code) is not int:
        raise ValueError("an error code is no whole number")
    return Decoded(None, (), (Refusal(_request_id(request_id), code, text(error["msg"])[:_KEPT_CHARS]),))


def _request_id(value: Any) -> int | str | None:
    if value is None or type(value) is int or type(value) is str:
        return value
    raise ValueError("a request id is neither number nor text")


def _result(value: Any) -> bool | tuple[str, ...] | None:
    if value is None or value is True or value is False:
        return value
    return tuple(text(name) for name in items(value))


def _malformed(frame: bytes | str, error: Exception) -> Malformed:
    if isinstance(error, KeyError):
        reason = f"the field {error.args[0]} is missing"
    elif isinstance(error, orjson.JSONDecodeError):
        reason = "no valid JSON"
    else:
        reason = str(error)
    # A text may hold lone surrogates, which nothing downstream could encode.
    start = frame[:_KEPT_CHARS].encode(errors="replace") if isinstance(frame, str) else frame
    return Malformed(reason, start[: 4 * _KEPT_CHARS].decode(errors="replace")[:_KEPT_CHARS])
