"""What a recording holds, found out in one pass before it is played."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from bntui.errors import UsageError
from bntui.model.markets import Market
from bntui.sim.actor import AGGREGATED_US
from bntui.sim.book import BookSide
from bntui.sim.contracts import contract
from bntui.sim.instruments import E8, Pair, split_symbol
from bntui.sim.payloads import is_micro, stamp, time_us
from bntui.tape import TapeLine, read_tape
from bntui.venue.binance.futures_payloads import family_of_symbol


def amount_e8(text: str) -> int:
    """A printed number in units of 0.00000001. Raises ValueError."""
    whole, _, fraction = text.partition(".")
    return int(whole) * E8 + int(fraction[:8].ljust(8, "0"))


@dataclass(frozen=True, slots=True)
class RecordedFrame:
    """One line of a recording, taken apart."""

    received_ns: int
    text: str
    """The frame as the exchange sends it to a combined socket: as recorded, where it was recorded so."""
    stream: str
    """Empty for a REST snapshot."""
    payload: str
    """The data part, byte for byte."""
    symbol: str = ""
    """Of a REST snapshot, where the recording says it."""

    def fields(self) -> dict[str, Any]:
        """The payload, read."""
        fields: dict[str, Any] = orjson.loads(self.payload)
        return fields


_ENVELOPES = (
    re.compile(r'\{\s*"stream"\s*:\s*"(?P<name>[^"]+)"\s*,\s*"data"\s*:\s*(?P<data>.*\S)\s*\}', re.DOTALL),
    re.compile(r'\{\s*"data"\s*:\s*(?P<data>.*\S)\s*,\s*"stream"\s*:\s*"(?P<name>[^"]+)"\s*\}', re.DOTALL),
)
"""Combined frames as recorders leave them; some write the JSON anew, with spaces or in another order."""

_SYMBOL = re.compile(r"[?&]symbol=([^&]+)")


def take_apart(line: TapeLine) -> RecordedFrame | None:
    """A combined or a raw frame, or a REST snapshot; None for anything else."""
    text = line.text
    if text.startswith('{"stream":"'):
        name, found, payload = text[11:].partition('","data":')
        if found and payload.endswith("}"):
            return RecordedFrame(line.received_ns, text, name, payload[:-1])
    for envelope in _ENVELOPES:
        if match := envelope.fullmatch(text):
            return _combined(line.received_ns, match["name"], match["data"])
    if re.match(r'\{\s*"lastUpdateId"\s*:', text):
        symbol = _SYMBOL.search(line.url)
        return RecordedFrame(line.received_ns, text, "", text, symbol[1].upper() if symbol else "")
    if (raw_name := _stream_of_raw(text)) is not None:
        return _combined(line.received_ns, raw_name, text)
    return None


def _combined(received_ns: int, name: str, payload: str) -> RecordedFrame:
    return RecordedFrame(received_ns, f'{{"stream":"{name}","data":{payload}}}', name, payload)


def _stream_of_raw(text: str) -> str | None:
    """The stream that a frame without an envelope must have come from; None where it does not say."""
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(fields, dict) or not isinstance(symbol := fields.get("s"), str):
        return None
    match fields:
        case {"e": "kline", "k": {"i": str(interval)}}:
            kind: str | None = f"kline_{interval}"
        case {"e": str(event)}:
            kind = _STREAM_OF_EVENT.get(event)
        case {"u": _, "b": _, "a": _}:
            kind = "bookTicker"
        case _:
            kind = None
    return f"{symbol.lower()}@{kind}" if kind else None


_STREAM_OF_EVENT = {
    "depthUpdate": "depth",
    "trade": "trade",
    "aggTrade": "aggTrade",
    "bookTicker": "bookTicker",
    "24hrTicker": "ticker",
    "24hrMiniTicker": "miniTicker",
    "avgPrice": "avgPrice",
}


@dataclass(slots=True)
class RecordedSymbol:
    """What a recording knows of one symbol."""

    symbol: str
    tick_e8: int = 0
    step_e8: int = 0
    price_places: int = 0
    quantity_places: int = 0
    """Decimals with which prices and quantities are printed."""
    first_price_e8: int = 0
    first_id: int = 0
    depth_stream: str = ""
    depth_ids: tuple[int, int] | None = None
    """First and last update id of the diffs."""
    snapshot: dict[str, Any] | None = None
    aggregates: array[int] = field(default_factory=lambda: array("q"))
    """Id of the last trade of each aggregate, in order."""

    def see_numbers(self, prices: Iterable[str], quantities: Iterable[str]) -> None:
        """Learn the number of decimals."""
        self.tick_e8, self.price_places = _finest(self.tick_e8, self.price_places, prices)
        self.step_e8, self.quantity_places = _finest(self.step_e8, self.quantity_places, quantities)

    def pair(self) -> Pair:
        """The symbol as Spot lists it; tick and step are the finest that occur."""
        base, quote = split_symbol(self.symbol)
        return Pair(self.symbol, base, quote, self.tick_e8 or 1, self.step_e8 or 1)

    def contract(self, now_ms: int, *, coin_margined: bool) -> Pair:
        """The symbol as the futures list it, printed with as many decimals as were recorded."""
        return replace(
            contract(self.symbol, now_ms, coin_margined=coin_margined),
            tick_e8=self.tick_e8 or 1,
            step_e8=self.step_e8 or 1,
            price_places=self.price_places,
            quantity_places=self.quantity_places,
        )


def _finest(known: int, places: int, texts: Iterable[str]) -> tuple[int, int]:
    """The finest unit and the most decimals, of what was known and of some printed numbers."""
    for text in texts:
        printed = text.partition(".")[2]
        unit = 10 ** (8 - min(8, len(printed.rstrip("0"))))
        known, places = min(known, unit) if known else unit, max(places, min(8, len(printed)))
    return known, places


@dataclass(slots=True)
class Recording:
    """What some recordings, played one after the other, hold."""

    paths: tuple[Path, ...]
    market: Market = Market.SPOT
    """Where it was recorded, told from the shape of its frames."""
    first_ns: int = 0
    last_ns: int = 0
    frames: int = 0
    skipped: int = 0
    """Lines that are neither frames of a stream nor snapshots."""
    streams: dict[str, str] = field(default_factory=dict)
    """Symbol of each recorded stream, by the stream's name."""
    symbols: dict[str, RecordedSymbol] = field(default_factory=dict)
    ahead_us: int = 0
    """How far the exchange's clock was ahead of the recorder's, at least."""
    micro: bool = False
    """Whether its times are in microseconds."""
    slowest_us: int = 0
    """The longest that a trade took from being done to being received, by the exchange's clock."""


def survey(paths: Sequence[Path]) -> Recording:
    """Read recordings through. Raises UsageError where there is nothing to play."""
    recording = Recording(tuple(paths))
    surveyor = _Surveyor(recording)
    number = 0
    try:
        for line in read_tape(paths):
            number += 1
            surveyor.see(line)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UsageError(f"Frame {number} of the recording is not what its stream says: {error!r}.") from None
    surveyor.finish()
    if not recording.streams:
        names = ", ".join(str(path) for path in paths)
        raise UsageError(f"{names}: there is no frame of a stream to play.")
    return recording


class _Surveyor:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._snapshots: list[tuple[str, dict[str, Any]]] = []
        """(symbol, or empty where the recording does not say it, snapshot)"""
        self._last_trade: dict[str, dict[str, Any]] = {}
        self._slowest_us: int | None = None

    def see(self, line: TapeLine) -> None:
        recording, frame = self._recording, take_apart(line)
        if frame is None:
            recording.skipped += 1
            return
        fields = frame.fields()
        recording.first_ns = recording.first_ns or line.received_ns
        recording.last_ns = max(recording.last_ns, line.received_ns)
        recording.frames += 1
        if not frame.stream:
            self._snapshots.append((frame.symbol, fields))
            return
        symbol = frame.stream.partition("@")[0].upper()
        known = recording.symbols.get(symbol)
        if known is None:
            known = recording.symbols[symbol] = RecordedSymbol(symbol)
        recording.streams[frame.stream] = symbol
        received_us = line.received_ns // 1000
        if fields.get("e") == "bookTicker" or "pu" in fields or "X" in fields or "st" in fields:
            recording.market = family_of_symbol(symbol)
        if "E" in fields:
            recording.micro = recording.micro or is_micro(fields["E"])
            recording.ahead_us = max(recording.ahead_us, time_us(fields["E"]) - received_us)
        self._learn(known, frame.stream, fields, received_us)

    def _learn(self, known: RecordedSymbol, stream: str, fields: dict[str, Any], received_us: int) -> None:
        match fields.get("e"):
            case "trade":
                known.see_numbers([fields["p"]], [fields["q"]])
                if not known.first_price_e8:
                    known.first_price_e8, known.first_id = amount_e8(fields["p"]), fields["t"]
                took_us = received_us - time_us(fields["T"])
                self._slowest_us = took_us if self._slowest_us is None else max(self._slowest_us, took_us)
                before = self._last_trade.get(known.symbol)
                if before is not None and _taken(before) != _taken(fields):
                    known.aggregates.append(before["t"])
                self._last_trade[known.symbol] = fields
            case "depthUpdate":
                known.depth_stream = stream
                levels = [*fields["b"], *fields["a"]]
                known.see_numbers((level[0] for level in levels), (level[1] for level in levels))
                first = known.depth_ids[0] if known.depth_ids else fields["U"]
                known.depth_ids = (first, fields["u"])
            case "aggTrade":
                known.see_numbers([fields["p"]], [fields["q"]])
                if not known.first_price_e8:
                    known.first_price_e8, known.first_id = amount_e8(fields["p"]), fields["f"]
            case None | "bookTicker" if "b" in fields and "u" in fields:
                known.see_numbers([fields["b"], fields["a"]], [fields["B"], fields["A"]])

    def finish(self) -> None:
        recording = self._recording
        for symbol, fields in self._last_trade.items():
            recording.symbols[symbol].aggregates.append(fields["t"])
        if self._slowest_us is not None:
            recording.slowest_us = max(0, self._slowest_us + recording.ahead_us)
        for symbol, snapshot in self._snapshots:
            for known in recording.symbols.values():
                if known.depth_ids is None or known.snapshot is not None:
                    continue
                if symbol and symbol != known.symbol:
                    continue
                if known.depth_ids[0] <= snapshot["lastUpdateId"] + 1 <= known.depth_ids[1] + 1:
                    known.snapshot = snapshot
                    levels = [*snapshot["bids"], *snapshot["asks"]]
                    known.see_numbers((level[0] for level in levels), (level[1] for level in levels))


_TIMES = re.compile(r'"(E|T|O|C|k":\{"t)":([0-9]{13,16})(?=[,}])')
"""The times of payloads. `t` is a time only where a candle begins."""


def in_unit(payload: str, micro: bool) -> str:
    """A payload with its times in the wanted unit; one that has them already stays byte for byte."""

    def moment(match: re.Match[str]) -> str:
        return f'"{match[1]}":{stamp(time_us(int(match[2])), micro)}'

    return _TIMES.sub(moment, payload)


def _taken(trade: dict[str, Any]) -> tuple[object, ...]:
    """What the trades of one aggregate have in common: on Spot one order's time, on the futures, which alone
    say what kind of trade it was (`X`), a tenth of a second."""
    moment = time_us(trade["T"])
    return trade["p"], trade["m"], moment // AGGREGATED_US if "X" in trade else moment


def set_levels(side: BookSide, pair: Pair, levels: Iterable[Sequence[str]], sign: int) -> None:
    """Put printed levels into one side of a book; `sign` is -1 for asks."""
    for price, quantity in levels:
        side.set(sign * (amount_e8(price) // pair.tick_e8), amount_e8(quantity) // pair.step_e8)
