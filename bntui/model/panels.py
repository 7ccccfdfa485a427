"""What the three panels of a symbol's screen show: book, trades, candles; and what a viewer asks of them.

Times named `at` are seconds of the engine's monotonic clock, those named `_ms` epoch milliseconds, UTC.
Prices and quantities are the exchange's own text, sums of them exact decimals.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bntui.model.markets import Market, SymbolKey
from bntui.model.states import BookState


@dataclass(frozen=True, slots=True)
class Focus:
    """The symbol that a viewer has open, and how it looks at it. A Pull carries it whole, so that an
    engine that was started anew knows all of it."""

    market: Market
    symbol: str
    interval: str = "1m"
    """Of the candles, in the exchange's words."""
    levels: int = 20
    """Rows of the ladder on each side."""
    step: str = ""
    """Price step that levels are grouped by, as text; empty: the exchange's own levels."""
    partial: bool = False
    """The cheaper book: the best 20 levels as the exchange sends them, without a snapshot."""
    single_trades: bool = False
    """Single trades, where the venue would also offer the trades of one taker order as one."""
    candles_from_ms: int | None = None
    """The earliest candle that is wanted; None: what is there, or a screenful."""

    @property
    def key(self) -> SymbolKey:
        """Which symbol."""
        return SymbolKey(self.market, self.symbol)


# Book


class LadderLevel(NamedTuple):
    """One row of the ladder: a level of the book, or the levels of one price step together."""

    price: str
    """Of a group: its bound away from the spread, which every order in it betters or equals."""
    qty: str
    quote_qty: str
    """The sum of price × quantity over its levels, exact: what eating it costs."""


@dataclass(frozen=True, slots=True)
class BookStatus:
    """How far one local book can be trusted."""

    market: Market
    symbol: str
    state: BookState
    reason: str
    """Why it is not synced, in words; empty when it is."""
    since: float
    resyncs: int
    """How often it had to be built anew since it was opened."""
    partial: bool
    """It holds the best levels only, as the exchange sent them."""
    update_id: int | None
    """Of the last update that was applied; None before the first snapshot."""

    @property
    def key(self) -> SymbolKey:
        """Whose book."""
        return SymbolKey(self.market, self.symbol)


@dataclass(frozen=True, slots=True)
class BookView:
    """The best levels of one book as it stands, for the ladder."""

    status: BookStatus
    step: str
    """As it was asked for."""
    bids: list[LadderLevel]
    """Best first."""
    asks: list[LadderLevel]
    at: float | None
    """When the last update came."""
    time_ms: int | None
    """The exchange's time of it."""
    levels_known: int
    """Levels of both sides that the book holds."""
    spreads_bps: list[float]
    """The samples, as `imbalances`: who holds the book puts them there; on their way they go alone."""
    imbalances: list[float]
    best_bid: LadderLevel | None = None
    """The best level as the exchange has it, where `bids` are grouped; None: the first of `bids` is it."""
    best_ask: LadderLevel | None = None
    """As `best_bid`."""


@dataclass(frozen=True, slots=True)
class BookSamples:
    """What was noted of a book once a second, oldest first; for drawing. Changes of the book come far more
    often, and are told without."""

    spreads_bps: list[float] = field(default_factory=list)
    """Never NaN: -1 where the book was not good."""
    imbalances: list[float] = field(default_factory=list)
    """Bid share of the quantity in the best levels, 0 to 1, at the same moments; -1 where it was not good."""


# Trades


NOT_RECORDED = -1
"""In place of how many trades a hole lacks: a recording holds none, and nothing was lost by that."""


@dataclass(frozen=True, slots=True)
class TapeRow:
    """One line of the tape: a trade, a taker order's trades, or a hole (`price` empty)."""

    id: int
    """Counts up within one opening of the symbol; a row that is told again was changed."""
    time_ms: int
    price: str
    qty: str
    side: str
    """The taker's: `buy` or `sell`; empty for a hole."""
    trades: int
    """Trades in it; of a hole: how many are missing, 0 where that is not known, or `NOT_RECORDED`."""
    refilled: bool = False
    """Of a trade: fetched by REST; of a hole: filled since."""
    cause: str = ""
    """Of a hole."""


@dataclass(frozen=True, slots=True)
class MinuteFlow:
    """What takers bought and sold within one minute, in base units."""

    open_ms: int
    buy_qty: str
    sell_qty: str
    complete: bool
    """Seen from its first second on, without a hole."""


@dataclass(frozen=True, slots=True)
class TapeDelta:
    """What is new on the tape of the focused symbol."""

    rows: list[TapeRow]
    """Oldest first; the oldest beyond TAPE_ROWS are gone."""
    flows: list[MinuteFlow]
    """Minutes that changed, oldest first; the oldest beyond FLOW_MINUTES are gone."""
    skipped: int = 0
    """Rows that came and went between two answers."""


TAPE_ROWS = 2_000
"""Rows of the tape that engine and viewer keep of an open symbol."""

FLOW_MINUTES = 120
"""Minutes of buy and sell volume that they keep."""


# Liquidations


class LiquidationRow(NamedTuple):
    """A position that the exchange closed, of a futures contract."""

    time_ms: int
    closed: str
    """What was closed: `long` or `short`."""
    price: str
    """At which it was closed, on average."""
    qty: str


LIQUIDATIONS_KEPT = 200
"""Liquidations that engine and viewer keep of an open symbol; the oldest go."""


# Candles


@dataclass(frozen=True, slots=True)
class CandleView:
    """One candle."""

    open_ms: int
    close_ms: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    quote_volume: str
    trades: int
    closed: bool


class Hole(NamedTuple):
    """A time of which no candle is known though one should be."""

    from_ms: int
    """Opening time of the first one missing."""
    to_ms: int
    """Opening time of the last one missing."""
    cause: str


@dataclass(frozen=True, slots=True)
class CandlesDelta:
    """What is new in the candles of the focused symbol and interval."""

    interval: str
    rows: list[CandleView]
    """New or changed, oldest first; the oldest beyond CANDLES_KEPT are gone."""
    holes: list[Hole]
    """All of them, oldest first: times when we were blind, not times without trades."""
    first: bool
    """There is nothing before the oldest: the exchange has no more, or no more is kept."""
    loading: bool
    """History has been asked for and is not here yet."""
    failure: str = ""
    """Why history could not be had, in words."""


CANDLES_KEPT = 5_000
"""Candles that engine and viewer keep of one interval of an open symbol."""


@dataclass(frozen=True, slots=True)
class PanelsDelta:
    """What is new of the focused symbol."""

    market: Market
    symbol: str
    full: bool
    """The viewer forgets what it had of tape and candles first."""
    book: BookView | None = None
    """None: as before."""
    tape: TapeDelta | None = None
    candles: CandlesDelta | None = None
    liquidations: list[LiquidationRow] = field(default_factory=list)
    """New ones, oldest first; the oldest beyond LIQUIDATIONS_KEPT are gone."""
    samples: BookSamples | None = None
    """None: as before."""

    @property
    def key(self) -> SymbolKey:
        """Which symbol."""
        return SymbolKey(self.market, self.symbol)


@dataclass(slots=True)
class Panels:
    """The focused symbol as a viewer holds it."""

    key: SymbolKey
    book: BookView | None = None
    tape: list[TapeRow] = field(default_factory=list)
    """Oldest first, by id."""
    skipped: int = 0
    flows: dict[int, MinuteFlow] = field(default_factory=dict)
    """By the minute's opening time."""
    interval: str = ""
    candles: dict[int, CandleView] = field(default_factory=dict)
    """By opening time, in ascending order."""
    holes: list[Hole] = field(default_factory=list)
    first: bool = False
    loading: bool = False
    failure: str = ""
    liquidations: list[LiquidationRow] = field(default_factory=list)
    """Oldest first."""
    samples: BookSamples = field(default_factory=BookSamples)

    def apply(self, delta: PanelsDelta) -> None:
        """Take an answer in; it must be of this symbol."""
        if delta.full:
            self.tape, self.flows, self.candles, self.holes, self.liquidations = [], {}, {}, [], []
            self.skipped = 0
            self.samples = BookSamples()
        if delta.samples is not None:
            self.samples = delta.samples
        book = self.book if delta.book is None else delta.book
        if book is not None:
            drawn = self.samples
            self.book = replace(book, spreads_bps=drawn.spreads_bps, imbalances=drawn.imbalances)
        if delta.tape is not None:
            self._take_tape(delta.tape)
        if delta.candles is not None:
            self._take_candles(delta.candles)
        self.liquidations.extend(delta.liquidations)
        del self.liquidations[:-LIQUIDATIONS_KEPT]

    def _take_tape(self, delta: TapeDelta) -> None:
        if delta.rows and (not self.tape or delta.rows[0].id > self.tape[-1].id):
            self.tape.extend(delta.rows)
        elif delta.rows:
            rows = {row.id: row for row in (*self.tape, *delta.rows)}
            self.tape = [rows[n] for n in sorted(rows)]
        del self.tape[:-TAPE_ROWS]
        self.skipped += delta.skipped
        for flow in delta.flows:
            self.flows[flow.open_ms] = flow
        for open_ms in sorted(self.flows)[:-FLOW_MINUTES]:
            del self.flows[open_ms]

    def _take_candles(self, delta: CandlesDelta) -> None:
        if delta.interval != self.interval:
            self.interval = delta.interval
            self.candles = {}
        newest = next(reversed(self.candles), None)
        for row in delta.rows:
            self.candles[row.open_ms] = row
        if newest is not None and delta.rows and delta.rows[0].open_ms < newest:
            self.candles = {open_ms: self.candles[open_ms] for open_ms in sorted(self.candles)}
        while len(self.candles) > CANDLES_KEPT:
            del self.candles[next(iter(self.candles))]
        self.holes = delta.holes
        self.first, self.loading, self.failure = delta.first, delta.loading, delta.failure
