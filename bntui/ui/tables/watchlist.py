"""The watchlist's columns, and the line that says more of one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from bntui.model.markets import Instrument, Market, SymbolKey
from bntui.model.states import BADNESS, StreamState
from bntui.ui.completion import TRADING
from bntui.ui.format import (
    NONE,
    SHOWN_OFTEN,
    age,
    align_point,
    bps,
    change_percent,
    clean,
    decimal_of,
    human,
    percent,
    price,
    sparkline,
    split_point,
    spread_bps,
    width_of,
)
from bntui.ui.panels.numbers import unit_of
from bntui.ui.tables.contract import contract_parts, symbol_width
from bntui.ui.tables.states import STATE_STYLES, STATE_WORDS, UNKNOWN
from bntui.ui.widgets.columns import Cell, Column
from bntui.ui.widgets.lines import faded

if TYPE_CHECKING:
    from bntui.model.views import WatchView

InstrumentOf = Callable[[SymbolKey], Instrument | None]

DecimalsOf = Callable[["WatchView"], int]
"""How many decimals a row's prices have."""

TICKS = {1: ("▲", "up"), -1: ("▼", "down")}
"""How the last change of a price is shown; a price that never changed has neither."""


EARLIER = "…"
"""In front of a line of prices whose earlier minutes are not known, or not yet."""

USUAL_DECIMALS = 2
"""Decimals of a price whose tick is not known yet, and of most whose tick is."""


@dataclass(frozen=True, slots=True)
class PriceShape:
    """Room for prices: characters before the decimal point and behind it."""

    whole: int = 5
    fraction: int = 2
    symbol: int = 9
    """Cells that a symbol needs at least."""

    @property
    def width(self) -> int:
        """Cells of a price column."""
        return self.whole + (1 + self.fraction if self.fraction else 0)

    def holding(self, rows: Iterable[WatchView], decimals_of: DecimalsOf) -> PriceShape:
        """The shape that holds these rows' prices too."""
        whole, fraction, symbol = self.whole, self.fraction, self.symbol
        for row in rows:
            if "_" in row.symbol:
                symbol = symbol_width((row.symbol,), symbol)
            decimals = decimals_of(row)
            for text in (row.last, row.bid, row.ask):
                if text and not _has_room(text, decimals, whole, fraction):
                    before, behind = split_point(price(text, decimals))
                    whole, fraction = max(whole, before), max(fraction, behind)
        shape = PriceShape(whole, fraction, symbol)
        return self if shape == self else shape


def _closes(row: WatchView) -> bytes:
    """A row's closing prices in a form that is compared at once, not number by number."""
    return row.closes.tobytes()


def _has_room(text: str, decimals: int, whole: int, fraction: int) -> bool:
    """Whether a price surely has room before its point and behind it. It is asked for every row that changes,
    drawn or not: nothing is made of the price, and nothing remembered."""
    before, _, behind = text.partition(".")
    if len(before) > whole:
        return False
    return len(behind) <= fraction or (decimals <= fraction and not behind[fraction:].strip("0"))


@lru_cache(maxsize=SHOWN_OFTEN)
def in_shape(text: str, decimals: int, whole: int, fraction: int) -> str:
    """A price with its point behind so many characters, and so many to come; longer, where it has more."""
    return align_point(price(text, decimals), whole, fraction)


class Decimals:
    """How many decimals the prices of each row have, remembered until told that this may be otherwise: it is
    asked for several times with each change of a row. Holds no more symbols than rows were asked for since.

    While a symbol's instrument is not known, it is what most have: no digit but zeros is left out by that,
    and the columns do not grow for zeros.
    """

    def __init__(self, instrument_of: InstrumentOf) -> None:
        """Ask this."""
        self._instrument_of = instrument_of
        self._known: dict[tuple[Market, str], int] = {}

    def forget(self) -> None:
        """Other instruments, or other rows."""
        self._known.clear()

    def __call__(self, row: WatchView) -> int:
        """Those of this row."""
        key = row.market, row.symbol
        decimals = self._known.get(key)
        if decimals is None:
            instrument = self._instrument_of(row.key)
            decimals = USUAL_DECIMALS if instrument is None else instrument.price_decimals
            self._known[key] = decimals
        return decimals

    def __repr__(self) -> str:
        return f"<Decimals of {len(self._known)} symbols>"


def newest_at(row: WatchView) -> float | None:
    """When the row's newest data came, of whatever stream."""
    newest = row.quote_at
    for at in (row.trade_at, row.ticker_at):
        if at is not None and (newest is None or at > newest):
            newest = at
    return newest


def is_untrusted(row: WatchView) -> bool:
    """Must the row's numbers not be taken for the market's?"""
    return row.state in (StreamState.STALE, StreamState.BLIND)


def change_of(row: WatchView) -> Decimal | None:
    """Change of the last price over 24 hours, per cent."""
    return change_percent(row.last, row.open, row.change_percent)


def is_mixed(keys: Iterable[SymbolKey]) -> bool:
    """Do the symbols belong to several markets?"""
    return len({key.market for key in keys}) > 1


def quote_volume_of(row: WatchView, instrument: Instrument | None) -> Decimal | None:
    """What was traded in 24 hours, in the quote currency. Where quantities are counted in contracts the
    exchange tells that in the base currency, and a contract's size is what it is worth in the quote's."""
    size = decimal_of(instrument.contract_size) if instrument is not None else None
    if size is None:
        return decimal_of(row.quote_volume)
    contracts = decimal_of(row.volume)
    return None if contracts is None else contracts * size


def watch_columns(
    shape: PriceShape, instrument_of: InstrumentOf, decimals: DecimalsOf | None = None, *, mixed: bool = False
) -> tuple[Column[WatchView], ...]:
    """The watchlist's columns, with prices aligned on their points in columns of this shape. `mixed`: rows
    of several markets are shown, so that a column of its own says which."""

    decimals_of = Decimals(instrument_of) if decimals is None else decimals
    whole, fraction = shape.whole, shape.fraction
    unknown = NONE.rjust(whole) + " " * (shape.width - whole)

    def aligned(text: str | None, row: WatchView) -> str:
        return in_shape(text, decimals_of(row), whole, fraction) if text else unknown

    def symbol(row: WatchView, _width: int, _now: float) -> Cell:
        return clean(row.symbol if mixed else row.key.label), "strong"

    def market(row: WatchView, _width: int, _now: float) -> Cell:
        return str(row.market), ""

    def last(row: WatchView, width: int, _now: float) -> Cell:
        glyph, style = TICKS.get(row.tick, (" ", ""))
        return glyph + aligned(row.last, row).rjust(width - width_of(glyph)), style

    def change(row: WatchView, _width: int, _now: float) -> Cell:
        value = change_of(row)
        text = percent(value)
        return text, "" if not value else "up" if value > 0 else "down"

    def bid(row: WatchView, _width: int, _now: float) -> Cell:
        return aligned(row.bid, row), ""

    def ask(row: WatchView, _width: int, _now: float) -> Cell:
        return aligned(row.ask, row), ""

    def spread(row: WatchView, _width: int, _now: float) -> Cell:
        return bps(spread_bps(row.bid, row.ask)), ""

    def volume(row: WatchView, _width: int, _now: float) -> Cell:
        return human(quote_volume_of(row, instrument_of(row.key))), ""

    def high(row: WatchView, _width: int, _now: float) -> Cell:
        return aligned(row.high, row), "faint"

    def low(row: WatchView, _width: int, _now: float) -> Cell:
        return aligned(row.low, row), "faint"

    def spark(row: WatchView, width: int, _now: float) -> Cell:
        line = sparkline(row.closes, width)
        begin = width - len(row.closes)
        return (line[: begin - 1] + EARLIER + line[begin:] if begin > 0 else line), "spark"

    def newest(row: WatchView, _width: int, now: float) -> Cell:
        at = newest_at(row)
        return age(None if at is None else now - at), STATE_STYLES[row.state] if is_untrusted(row) else ""

    def state(row: WatchView, _width: int, _now: float) -> Cell:
        return STATE_WORDS[row.state], STATE_STYLES[row.state]

    def reason(row: WatchView, _width: int, _now: float) -> Cell:
        return clean(row.reason), STATE_STYLES[row.state] if is_untrusted(row) else "faint"

    def newest_order(row: WatchView) -> float | None:
        at = newest_at(row)
        return None if at is None else -at

    price_width = shape.width

    def titled(title: str) -> str:
        """A title over the digits that most prices have, not over the longest fraction's end."""
        return title + " " * min(max(shape.fraction - USUAL_DECIMALS, 0), price_width - len(title))

    return (
        Column(
            "symbol",
            "symbol",
            shape.symbol,
            symbol,
            widest=max(14, shape.symbol),
            of=attrgetter("symbol"),
            order=lambda row: row.key.label,
        ),
        *(
            (Column("market", "market", 6, market, of=attrgetter("market"), order=lambda row: row.market),)
            if mixed
            else ()
        ),
        Column(
            "last",
            titled("last"),
            price_width + 1,
            last,
            align="right",
            widest=price_width + 2,
            of=attrgetter("last", "tick"),
            order=lambda row: decimal_of(row.last),
        ),
        Column(
            "change",
            "24h %",
            7,
            change,
            rank=1,
            align="right",
            of=attrgetter("last", "open", "change_percent"),
            order=change_of,
            descending=True,
        ),
        Column("bid", titled("bid"), price_width, bid, rank=2, align="right", of=attrgetter("bid")),
        Column("ask", titled("ask"), price_width, ask, rank=2, align="right", of=attrgetter("ask")),
        Column(
            "spread",
            "bps",
            6,
            spread,
            rank=3,
            align="right",
            of=attrgetter("bid", "ask"),
            order=lambda row: spread_bps(row.bid, row.ask),
            descending=True,
        ),
        Column(
            "volume",
            "volume",
            7,
            volume,
            rank=4,
            align="right",
            of=attrgetter("volume", "quote_volume"),
            order=lambda row: quote_volume_of(row, instrument_of(row.key)),
            descending=True,
        ),
        Column("high", titled("24h high"), price_width, high, rank=7, align="right", of=attrgetter("high")),
        Column("low", titled("24h low"), price_width, low, rank=7, align="right", of=attrgetter("low")),
        Column("spark", "minutes", 10, spark, rank=5, align="right", widest=60, of=_closes),
        Column("age", "age", 6, newest, align="right", order=newest_order, descending=True, keeps_style=True),
        Column(
            "state",
            "state",
            6,
            state,
            of=attrgetter("state"),
            order=lambda row: BADNESS[row.state],
            descending=True,
            keeps_style=True,
            in_the_dark=UNKNOWN,
        ),
        Column(
            "reason", "why", 32, reason, rank=6, widest=48, keeps_style=True, of=attrgetter("reason", "state")
        ),
    )


Part = tuple[str, str]
"""Text and style."""


def watch_detail(row: WatchView, instrument: Instrument | None, now: float, wall_ms: int) -> tuple[Part, ...]:
    """What is known of one row beyond its columns, the most important first. `wall_ms` is the exchange's
    time."""
    at = newest_at(row)
    parts: list[Part] = [(clean(row.key.label), "strong")]
    if row.state is not StreamState.LIVE:
        since = "never any data" if at is None else f"newest data {age(now - at)} old"
        why = f": {clean(row.reason)}" if row.reason else ""
        parts.append((f"{STATE_WORDS[row.state]}{why}, {since}", STATE_STYLES[row.state]))
    decimals = USUAL_DECIMALS if instrument is None else instrument.price_decimals
    step = 0 if instrument is None else instrument.quantity_decimals
    quote = "" if instrument is None else f" {clean(instrument.quote)}"
    unit = f" {unit_of(instrument)}" if instrument is not None else ""
    if instrument is not None and instrument.status != TRADING:
        parts.append((f"status {clean(instrument.status)}", "stale"))
    certain = len(parts)
    parts += contract_parts(row, instrument, now, wall_ms)
    parts.append(
        (
            f"{price(row.bid_qty, step)} × {price(row.bid, decimals)} / "
            f"{price(row.ask, decimals)} × {price(row.ask_qty, step)}",
            "",
        )
    )
    if row.last_qty:
        parts.append((f"last {price(row.last_qty, step)}{unit} {clean(row.last_side or '')}".rstrip(), ""))
    parts.append((f"24h {price(row.low, decimals)} to {price(row.high, decimals)}", "faint"))
    worth = human(quote_volume_of(row, instrument))
    parts.append((f"{human(decimal_of(row.volume))}{unit} = {worth}{quote}", "faint"))
    if is_untrusted(row):
        parts[certain:] = faded(parts[certain:])
    return tuple(parts)
