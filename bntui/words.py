"""Words that users type, such as durations and kinds of events: what they mean, and which one was meant."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bntui.model.markets import StreamKind
from bntui.venue.binance.names import INTERVALS

STREAM_OF_KIND: Mapping[str, StreamKind] = MappingProxyType(
    {
        "quote": StreamKind.BOOK_TICKER,
        "trade": StreamKind.TRADE,
        "agg_trade": StreamKind.AGG_TRADE,
        "block_trade": StreamKind.BLOCK_TRADE,
        "ticker": StreamKind.TICKER,
        "mini_ticker": StreamKind.MINI_TICKER,
        "candle": StreamKind.KLINE,
        "avg_price": StreamKind.AVG_PRICE,
        "depth": StreamKind.DEPTH,
        "reference_price": StreamKind.REFERENCE_PRICE,
        "mark_price": StreamKind.MARK_PRICE,
        "index_price": StreamKind.INDEX_PRICE,
        "liquidation": StreamKind.LIQUIDATION,
        # No stream brings it: REST is asked for it where the mark price is wanted.
        "open_interest": StreamKind.MARK_PRICE,
    }
)
"""The kinds of events that come from streams, and the stream that brings them."""

ACCOUNT_KINDS = ("fill", "order", "balance", "position")
"""The kinds of events that own accounts bring."""

KINDS: tuple[str, ...] = (*STREAM_OF_KIND, *ACCOUNT_KINDS, "book", "link", "gap")
"""All kinds of events; the last three are what bntui makes of them, and tells of itself."""

DEFAULT_INTERVAL = "1m"

_STEP = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_SECONDS_OF_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def parse_duration(text: str) -> float:
    """Seconds of `500ms`, `20s`, `5m`, `23h`, `1h30m`. Raises ValueError, in words, for anything else."""
    parts = _DURATION_PART.findall(text)
    seconds = sum(float(number) * _SECONDS_OF_UNIT[unit] for number, unit in parts)
    if not parts or "".join(number + unit for number, unit in parts) != text or not math.isfinite(seconds):
        raise ValueError(f"{text!r} is no duration; write it like 500ms, 20s, 5m or 1h30m")
    return seconds


METRICS_ADDRESS = "127.0.0.1:9464"
"""Where metrics are served unless somebody says otherwise: on this machine alone, on OpenTelemetry's port."""

_LISTEN = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})")


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:9464` or `[::1]:9464`. Raises ValueError, in words, for anything else."""
    found = _LISTEN.fullmatch(text)
    if found is None or int(found["port"]) > 0xFFFF:
        raise ValueError(f"{text!r} is no address; write it like {METRICS_ADDRESS} or [::1]:9464")
    return found["six"] or found["host"], int(found["port"])


def parse_step(text: str) -> str:
    """A price step, such as `0.5`, as it was written. Raises ValueError, in words, for what is none."""
    if _STEP.fullmatch(text) is None or not text.strip("0."):
        raise ValueError(f"{text!r} is no price step; write it like 0.5 or 10")
    return text


def parse_kinds(text: str) -> tuple[str, ...]:
    """Kinds of events in a comma-separated list: `trade,candle:5m`; a candle without interval is `1m`'s.

    Raises ValueError, in words, for what is no kind.
    """
    kinds: dict[str, None] = {}
    for word in filter(None, (word.strip() for word in text.split(","))):
        kind, colon, argument = word.partition(":")
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of event{nearest(kind, KINDS)}")
        if kind == "candle":
            word = f"{kind}:{parse_interval(argument if colon else DEFAULT_INTERVAL)}"
        elif colon:
            raise ValueError(f"{kind} takes nothing after a colon; only a candle does, its interval")
        kinds[word] = None
    if not kinds:
        raise ValueError("no kind of event is named")
    return tuple(kinds)


def parse_interval(text: str) -> str:
    """An interval of candles. Raises ValueError, in words, for any other word."""
    if text not in INTERVALS:
        raise ValueError(f"{text!r} is no candle interval; there are {', '.join(INTERVALS)}")
    return text


def closest(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word that is most like the given one; None where none is `likeness` (0 to 1) like it."""
    return next(iter(difflib.get_close_matches(word, tuple(known), n=1, cutoff=likeness)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?` where a known word is close, else nothing: the end of a message."""
    meant = closest(word, known)
    return f"; did you mean {meant}?" if meant else ""


def sentence(text: str) -> str:
    """The text with the full stop that it lacks."""
    return text if text.endswith((".", "?")) else f"{text}."
