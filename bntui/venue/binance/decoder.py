"""From the frames of a market socket to events; whatever comes in, something orderly goes out.

Data frames come in two envelopes: combined, `{"stream": name, "data": payload}`, and raw, the bare
payload. Answers to requests are never wrapped. A frame that breaks the protocol becomes `Malformed`,
an event of an unknown kind `UnknownEvent`. What differs between the markets stands in a `Dialect`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
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
from bntui.venue.binance.payloads import KNOWN_SYMBOLS, Payload, Reader
from bntui.venue.binance.values import entries, epoch_ms, items, text

_KEPT_CHARS = 200
"""How much of a malformed frame, or of an unknown event's name, is kept."""

_SHUTDOWN = "serverShutdown"

_ERRORS = (KeyError, ValueError, TypeError, RecursionError)
"""All that reading a frame can raise; orjson's own error is a ValueError."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one market's payloads tell what they are."""

    market: Market
    parse: Callable[[str], StreamSpec]
    format: Callable[[StreamSpec], str]
    key: Callable[[str], SymbolKey]
    """The key of a symbol as a payload prints it; ValueError for what can be none."""
    spec_of_event: Mapping[str, StreamSpec]
    """What a payload's own event word says of its stream."""
    event_of: Callable[[StreamSpec], str | None]
    """The word that payloads of a single stream have; None for those that need none."""
    readers: Mapping[StreamKind, Reader]
    element: Mapping[StreamKind, StreamKind]
    """What the elements of the streams of all symbols are."""
    bare: frozenset[StreamKind]
    """Streams of all symbols that bring each element in a frame of its own instead of in arrays."""
    symbol_of: Callable[[Payload], str]
    """The symbol that a payload names."""
    tells_market: Callable[[Payload], bool]
    """Whether an element says to which market it belongs."""
    is_foreign: Callable[[Payload], bool]
    """Whether it belongs to another market, whose rows come over the same stream."""
    raw_spec: Callable[[StreamSpec, Payload], StreamSpec | None]
    """The stream of a raw payload, but for its symbol; None where several streams send the same."""
    snapshot: Reader
    """Of a payload that is known by its `lastUpdateId` alone."""
    quotes_without_word: bool
    """Whether a raw quote tells itself by its update id alone."""


class _Route(NamedTuple):
    """What the name of a stream says of its payloads."""

    spec: StreamSpec
    """But for its symbol, which stands in `key`."""
    key: SymbolKey | None
    """None for streams of all symbols."""
    event: str | None
    """What field `e` must be; None for payloads without it."""
    read: Reader
    bare: bool
    """Of a stream of all symbols: a frame holds one element."""


class Decoder:
    """Decodes the frames of one market. Keeps nothing but a bounded cache of routes by stream name, and the
    forms of its market's streams."""

    def __init__(self, dialect: Dialect) -> None:
        """A decoder for the market that speaks this dialect."""
        self._dialect = dialect
        self._route = lru_cache(maxsize=KNOWN_SYMBOLS)(self._find_route)
        self._forms: dict[StreamSpec, StreamSpec] = {}
        """What specs say but for their symbol, each once: thousands of streams come in a few forms."""
        self._whole = {each: whole for whole, each in dialect.element.items()}

    def decode(self, frame: bytes | str, received_ms: int, at: float) -> Decoded:
        """Decode one frame, received at these times. Never raises.

        A payload that cannot be read keeps its stream's name beside the `Malformed`: the name alone does
        not prove that the stream brought data.
        """
        stream: str | None = None
        try:
            message = orjson.loads(frame)
            if type(message) is not dict:
                return self._raw_array(frame, items(message), received_ms, at)
            if "stream" in message and "data" in message:
                stream = text(message["stream"])
                return self._combined(frame, stream, message["data"], received_ms, at)
            return self._raw(message, received_ms, at)
        except _ERRORS as error:
            return Decoded(stream, (), (_malformed(frame, error),))

    def _find_route(self, stream: str) -> _Route | None:
        """How to read a stream; None for a name that is no stream of the market."""
        dialect = self._dialect
        try:
            spec = dialect.parse(stream)
        except ValueError:
            return None
        key = dialect.key(spec.symbol) if spec.symbol else None
        kind = dialect.element.get(spec.kind, spec.kind)
        event = dialect.event_of(replace(spec, kind=kind))
        form = replace(spec, symbol="")
        form = self._forms.setdefault(form, form)
        return _Route(form, key, event, dialect.readers[kind], spec.kind in dialect.bare)

    def _combined(
        self, frame: bytes | str, stream: str, payload: Any, received_ms: int, at: float
    ) -> Decoded:
        route = self._route(stream)
        if route is None:
            return _unrouted(stream, payload)
        spec, key, expected, read, bare = route
        if key is None:
            elements = [entries(payload)] if bare else items(payload)
            return self._elements(stream, frame, elements, route, received_ms, at)
        event = entries(payload).get("e")
        if event != expected and (expected is not None or event == _SHUTDOWN):
            return self._unexpected(stream, event, payload)
        return Decoded(stream, (read(payload, key, spec, received_ms, at),))

    def _unexpected(self, stream: str | None, event: Any, payload: Payload) -> Decoded:
        """A payload that names another event than its stream should bring."""
        if event == _SHUTDOWN:
            return _shutdown(payload)
        if event is None:
            raise KeyError("e")
        if text(event) in self._dialect.spec_of_event:
            raise ValueError("the payload is of another kind than its stream")
        return Decoded(stream, (), (UnknownEvent(event[:_KEPT_CHARS]),))

    def _elements(
        self, stream: str, frame: bytes | str, elements: list[Any], route: _Route, received_ms: int, at: float
    ) -> Decoded:
        """The events of an array. An element that cannot be read does not take the others with it; of those,
        only the first is told of, so that a frame of nothing else stays small."""
        dialect = self._dialect
        events: list[MarketEvent] = []
        untold: list[MarketEvent] = []
        odd: Sequence[ControlEvent] = ()
        for element in elements:
            try:
                event = entries(element).get("e")
                if event == route.event:
                    told = dialect.tells_market(element)
                    if not told or not dialect.is_foreign(element):
                        key = dialect.key(dialect.symbol_of(element))
                        kept = events if told else untold
                        kept.append(route.read(element, key, route.spec, received_ms, at))
                elif not odd:
                    odd = self._unexpected(None, event, element).said
            except _ERRORS as error:
                odd = odd or (_malformed(frame, error),)
        return Decoded(stream, events, odd, untold) if untold else Decoded(stream, events, odd)

    def _raw_array(self, frame: bytes | str, elements: list[Any], received_ms: int, at: float) -> Decoded:
        if not elements:
            return Decoded(None, ())
        event = entries(elements[0])["e"]
        spec = self._dialect.spec_of_event.get(text(event))
        whole = None if spec is None else self._whole.get(spec.kind)
        if spec is None or whole is None:
            return Decoded(None, (), (UnknownEvent(event[:_KEPT_CHARS]),))
        stream = self._dialect.format(StreamSpec(whole, interval=spec.interval))
        route = _Route(spec, None, event, self._dialect.readers[spec.kind], bare=False)
        return self._elements(stream, frame, elements, route, received_ms, at)

    def _raw(self, message: Payload, received_ms: int, at: float) -> Decoded:
        event = message.get("e")
        if event is None:
            return self._raw_without_event(message, received_ms, at)
        spec = self._dialect.spec_of_event.get(text(event))
        if spec is None:
            return self._unexpected(None, event, message)
        return self._raw_payload(message, spec, received_ms, at)

    def _raw_without_event(self, message: Payload, received_ms: int, at: float) -> Decoded:
        if message.get("error") is not None:
            return _refusal(entries(message["error"]), message.get("id"))
        if "result" in message:
            return Decoded(None, (), (Ack(_request_id(message["id"]), _result(message["result"])),))
        if "code" in message and "msg" in message:
            return _refusal(message, message.get("id"))
        if "event" in message:
            inner = entries(message["event"])
            return self._unexpected(None, inner.get("e"), inner)
        if "lastUpdateId" in message:
            # The payload names neither stream nor symbol; whoever opened a raw socket for it knows both.
            spec, key = StreamSpec(StreamKind.PARTIAL_DEPTH), SymbolKey(self._dialect.market, "")
            return Decoded(None, (self._dialect.snapshot(message, key, spec, received_ms, at),))
        if self._dialect.quotes_without_word and "u" in message:
            return self._raw_payload(message, StreamSpec(StreamKind.BOOK_TICKER), received_ms, at)
        raise ValueError("neither data nor an answer")

    def _raw_payload(self, message: Payload, spec: StreamSpec, received_ms: int, at: float) -> Decoded:
        dialect = self._dialect
        key = dialect.key(dialect.symbol_of(message))
        own = dialect.raw_spec(spec, message)
        event = dialect.readers[spec.kind](message, key, own or spec, received_ms, at)
        stream = None if own is None else dialect.format(replace(own, symbol=key.symbol))
        return Decoded(stream, (event,))


def _unrouted(stream: str, payload: Any) -> Decoded:
    """A stream that the market does not have: the server's own notice, or something new."""
    if type(payload) is list:
        return Decoded(stream, (), (UnknownEvent(stream[:_KEPT_CHARS]),))
    event = entries(payload).get("e")
    if event == _SHUTDOWN or stream == f"!{_SHUTDOWN}":
        return _shutdown(payload)
    return Decoded(stream, (), (UnknownEvent((event if type(event) is str else stream)[:_KEPT_CHARS]),))


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
