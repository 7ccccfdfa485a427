"""The feed as lines: for programs as JSON, for people as text; and the bounded rings that readers empty."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from bntui.commandoptions import BOOK_LEVELS, MOST_BOOK_LEVELS
from bntui.engine.forms import FORMS, WINDOW_TICKER, Form, utc
from bntui.model.account import Balance, Fill, OrderUpdate, Position
from bntui.model.events import Candle, Ticker
from bntui.model.markets import Market, SymbolKey
from bntui.model.status import BookApplied, Event, Gap
from bntui.model.text import escaped

TAIL_LINES = 65_536
"""Lines that wait for one reader. Beyond it the oldest are dropped, and the reader is told how many."""

QUOTE = "quote"

DEFAULT_KINDS = (QUOTE, "trade", "ticker")
"""What a tail of a symbol shows when nothing else is asked for."""

DEFAULT_INTERVAL = "1m"
"""The candles that are meant by `candle` alone."""

TAIL_KINDS = (*(form.kind for form in FORMS.values()), WINDOW_TICKER.kind)
"""Every kind of line. `candle` may carry an interval: `candle:5m`."""


_OWN = (Fill, OrderUpdate, Position)
"""What own accounts tell of a symbol."""


def _form(event: Event) -> Form | None:
    if isinstance(event, Ticker) and event.window != "24h":
        return WINDOW_TICKER
    return FORMS.get(type(event))


def _of_gap(gap: Gap) -> str:
    """The kind of what is missing."""
    if gap.interval:
        return f"candle:{gap.interval}"
    return "agg_trade" if gap.aggregated else "trade"


def _key(event: Event) -> SymbolKey | None:
    """The symbol of an event that makes a line; links have none."""
    key: SymbolKey | None = getattr(event, "key", None)
    return key


def _market(event: Any) -> Market:
    """The market of an event that is about no symbol."""
    market: Market = event.owner.market if isinstance(event, Balance) else event.market
    return market


def line(event: Event) -> str | None:
    """The event as one JSON object; None for events that have no such form."""
    form = _form(event)
    if form is None:
        return None
    told: Any = event
    key = _key(event)
    return orjson.dumps(
        {
            "kind": form.kind,
            "market": key.market if key else _market(told),
            "symbol": key.symbol if key else None,
            "time": form.time_ms(told),
            "received": told.received_ms,
            **form.fields(told),
        }
    ).decode()


def human(event: Event) -> str | None:
    """The event as one plain line; what could move a cursor or turn text around is written out."""
    form = _form(event)
    if form is None:
        return None
    told: Any = event
    key = _key(event)
    time_ms = form.time_ms(told)
    at = utc(told.received_ms if time_ms is None else time_ms)
    text = f"{at} {key.label if key else '-'} {form.kind} {form.words(told)}"
    return escaped(text)


class Filter:
    """Which events a reader of the tail wants."""

    def __init__(
        self, symbols: Iterable[SymbolKey], kinds: Iterable[str], own: Iterable[SymbolKey] | None = None
    ) -> None:
        """Empty symbols: all. Empty kinds: all. `own`: the symbols of own fills and orders, where others than
        those of the market are meant; None: the same."""
        self.symbols = frozenset(symbols)
        self.own = self.symbols if own is None else frozenset(own)
        self.kinds = frozenset(f"candle:{DEFAULT_INTERVAL}" if kind == "candle" else kind for kind in kinds)

    def wants(self, event: Event) -> bool:
        """Whether the event makes a line here. A gap stands for what is missing."""
        form = _form(event)
        if form is None:
            return False
        key = _key(event)
        symbols = self.own if isinstance(event, _OWN) else self.symbols
        if symbols and key is not None and key not in symbols:
            return False
        if not self.kinds:
            # Books are long lines, many a second: they come to who asks for them.
            return not isinstance(event, BookApplied)
        if isinstance(event, Candle):
            return f"candle:{event.interval}{event.utc_offset}" in self.kinds
        if isinstance(event, Gap):
            return "gap" in self.kinds or _of_gap(event) in self.kinds
        return form.kind in self.kinds


class Taken(NamedTuple):
    """What a reader took from its ring."""

    seq: int
    """To be given back with the next question."""
    lost: int
    """Lines that were dropped before the first of these."""
    lines: list[str]


class TailRing:
    """The lines that wait for one reader, as events: they become text only when they are taken."""

    def __init__(
        self,
        wanted: Filter,
        on_line: Callable[[], None],
        capacity: int = TAIL_LINES,
        on_close: Callable[[TailRing], None] = lambda ring: None,
        levels: int = BOOK_LEVELS,
    ) -> None:
        """Empty. `on_line` is called when something comes into an empty ring; of a book so many levels of
        each side become text."""
        self.wanted = wanted
        self.levels = min(max(1, levels), MOST_BOOK_LEVELS)
        self._on_close = on_close
        self.seq = 1
        """Goes up with every line, taken or lost; never 0, which asks for a start at now."""
        self._on_line = on_line
        self._events: deque[Event] = deque(maxlen=capacity)
        self._lost = 0

    def extend(self, events: Sequence[Event]) -> None:
        """Take in what the reader wants; what waits for too long is dropped and counted."""
        wants = self.wanted.wants
        waiting = self._events
        was_empty = not waiting
        for event in events:
            if wants(event):
                if len(waiting) == waiting.maxlen:
                    self._lost += 1
                waiting.append(event)
        if was_empty and waiting:
            self._on_line()

    def take(self, most: int, *, plain: bool = False) -> Taken:
        """The oldest lines, at most so many: JSON, or `plain` ones for people."""
        form = human if plain else line
        lost, self._lost = self._lost, 0
        lines: list[str] = []
        while self._events and len(lines) < most:
            text = form(self._cut(self._events.popleft()))
            if text is not None:
                lines.append(text)
        self.seq += lost + len(lines)
        return Taken(self.seq, lost, lines)

    def _cut(self, event: Event) -> Event:
        """A book to this reader's levels: another one may want more."""
        if isinstance(event, BookApplied) and max(len(event.bids), len(event.asks)) > self.levels:
            return replace(event, bids=event.bids[: self.levels], asks=event.asks[: self.levels])
        return event

    def close(self) -> None:
        """The reader has left."""
        self._on_close(self)

    def __len__(self) -> int:
        return len(self._events)


class Tails:
    """The rings of all readers. While nobody reads, an event costs nothing here."""

    def __init__(self) -> None:
        """Nobody reads."""
        self.on_wants: Callable[[], None] | None = None
        """Called when `wants` may have changed."""
        self._rings: list[TailRing] = []

    def extend(self, events: Sequence[Event]) -> None:
        """Hand the feed's events to every reader."""
        for ring in self._rings:
            ring.extend(events)

    def open(
        self,
        symbols: Iterable[SymbolKey],
        kinds: Iterable[str],
        on_line: Callable[[], None],
        levels: int = BOOK_LEVELS,
        own: Iterable[SymbolKey] | None = None,
    ) -> TailRing:
        """A ring for a new reader, which sees what comes from now on, of books so many levels; `own` as of a
        `Filter`."""
        ring = TailRing(Filter(symbols, kinds, own), on_line, on_close=self._forget, levels=levels)
        self._rings.append(ring)
        self._tell()
        return ring

    def _forget(self, ring: TailRing) -> None:
        self._rings.remove(ring)
        self._tell()

    def wants(self) -> list[tuple[SymbolKey, str]]:
        """(symbol, kind) that some reader asks for by name: they must flow though no row shows them."""
        asked = {
            (symbol, kind)
            for ring in self._rings
            for symbol in ring.wanted.symbols
            for kind in ring.wanted.kinds or DEFAULT_KINDS
        }
        return sorted(asked)

    def book_levels(self) -> int:
        """The most levels of a book that any reader wants to see; 0 where none looks at books."""
        return max((ring.levels for ring in self._rings if "book" in ring.wanted.kinds), default=0)

    def are_read(self) -> bool:
        """Whether there is any reader."""
        return bool(self._rings)

    def reads_quotes(self) -> bool:
        """Whether any reader wants each quote."""
        return any(not ring.wanted.kinds or QUOTE in ring.wanted.kinds for ring in self._rings)

    def _tell(self) -> None:
        if self.on_wants is not None:
            self.on_wants()
