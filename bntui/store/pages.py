"""Everything of the symbols that viewers have open, and what of it a viewer lacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, Protocol

from bntui.model.derivatives import Liquidation
from bntui.model.events import AggTrade, Candle, Trade
from bntui.model.markets import Side, SymbolKey
from bntui.model.panels import (
    LIQUIDATIONS_KEPT,
    BookSamples,
    BookStatus,
    BookView,
    CandlesDelta,
    Focus,
    LadderLevel,
    LiquidationRow,
    PanelsDelta,
)
from bntui.model.states import BookState
from bntui.model.status import BookApplied, BookStatusChanged, CandlesLoaded, Event, Gap
from bntui.store.candles import Ask, Series
from bntui.store.tape import Tape

SAMPLES_KEPT = 600
"""Spread and imbalance of so many seconds are kept of an open symbol; the oldest go."""

SAMPLE_LEVELS = 20
"""The imbalance is that of so many levels of each side."""

NOT_GOOD = -1.0
"""Stands in the series for a second in which the book was not good."""


class BookReader(Protocol):
    """What the pages need of a local book."""

    def view(self, levels: int, step: str) -> BookView:
        """The best levels as they stand."""
        ...


class Page:
    """One open symbol: a tape for single trades, one for those of a taker order, and a series an interval."""

    def __init__(self, key: SymbolKey, revision: int) -> None:
        """Nothing is known of the symbol."""
        self.key = key
        self.opened_at = revision
        self.tapes: dict[bool, Tape] = {}
        """By whether they hold single trades."""
        self.series: dict[str, Series] = {}
        """By interval."""
        self.refusal = ""
        """Why there is nothing to show, in words."""
        self.book_at = 0
        self.sampled_at = 0
        self.spreads: deque[float] = deque(maxlen=SAMPLES_KEPT)
        self.imbalances: deque[float] = deque(maxlen=SAMPLES_KEPT)
        self.liquidations: deque[tuple[int, LiquidationRow]] = deque(maxlen=LIQUIDATIONS_KEPT)
        """Each with the revision that it came at, oldest first."""

    def __repr__(self) -> str:
        return f"<Page {self.key.label}: {len(self.tapes)} tapes, {len(self.series)} series>"


class Pages:
    """The open symbols; bounded by what viewers have open, and what lingers for a moment afterwards."""

    def __init__(self, stamp: Callable[[], int]) -> None:
        """None is open. `stamp` gives the revision of a change that happens now."""
        self.book_of: Callable[[SymbolKey], BookReader | None] = lambda key: None
        """The local book of a symbol, where one is kept."""
        self._stamp = stamp
        self._pages: dict[SymbolKey, Page] = {}
        self._handlers: dict[type, Callable[..., None]] = {
            Trade: self._on_trade,
            AggTrade: self._on_trade,
            Gap: self._on_gap,
            Candle: self._on_candle,
            CandlesLoaded: self._on_loaded,
            BookApplied: self._on_book,
            BookStatusChanged: self._on_book,
            Liquidation: self._on_liquidation,
        }

    def __len__(self) -> int:
        return len(self._pages)

    def __iter__(self) -> Iterator[Page]:
        return iter(self._pages.values())

    # What is open

    def get(self, key: SymbolKey) -> Page | None:
        """The page of a symbol, where it is open."""
        return self._pages.get(key)

    def open(self, key: SymbolKey) -> Page:
        """The page of a symbol; a new one where it is not open."""
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = Page(key, self._stamp())
        return page

    def close(self, key: SymbolKey) -> None:
        """Nobody needs the page any longer: everything of it is forgotten."""
        self._pages.pop(key, None)

    def refuse(self, key: SymbolKey, why: str) -> None:
        """Say on the page why there is nothing to show; empty: there is."""
        page = self.open(key)
        if page.refusal != why:
            page.refusal = why
            page.opened_at = self._stamp()

    def show_tape(self, key: SymbolKey, single: bool, flows: bool) -> None:
        """Somebody looks at a tape of the symbol; `flows`: its stream brings trades already."""
        page = self.open(key)
        if single not in page.tapes:
            page.tapes[single] = Tape(self._stamp(), flows)

    def hide_tape(self, key: SymbolKey, single: bool) -> None:
        """Nobody looks at the tape, and nothing fills it."""
        if (page := self._pages.get(key)) is not None:
            page.tapes.pop(single, None)

    def show_candles(self, key: SymbolKey, interval: str) -> None:
        """Somebody looks at the candles of an interval."""
        page = self.open(key)
        if interval not in page.series:
            self._stamp()
            page.series[interval] = Series(interval)

    def hide_candles(self, key: SymbolKey, interval: str) -> None:
        """Nobody looks at the candles of the interval, and nothing adds to them."""
        if (page := self._pages.get(key)) is not None:
            page.series.pop(interval, None)

    # What comes in

    def flowing(self, key: SymbolKey, single: bool, flows: bool) -> None:
        """Whether the stream of a tape brings trades now."""
        page = self._pages.get(key)
        if page is not None and (tape := page.tapes.get(single)) is not None:
            tape.flowing(flows, self._stamp())

    def loading(self, key: SymbolKey, interval: str, ask: Ask) -> None:
        """REST is asked for past candles."""
        page = self._pages.get(key)
        if page is not None and (series := page.series.get(interval)) is not None:
            series.loading(ask, self._stamp())

    def apply(self, events: Sequence[Event]) -> None:
        """Take what the feed says; events of symbols that are not open are passed by."""
        pages, handlers = self._pages, self._handlers
        for event in events:
            handler = handlers.get(type(event))
            if handler is not None:
                # Whatever has a handler here has a key.
                keyed: Any = event
                page = pages.get(keyed.key)
                if page is not None:
                    handler(page, event)

    def sample(self) -> None:
        """Note spread and imbalance of every open book; to be called once a second."""
        for page in self._pages.values():
            reader = self.book_of(page.key)
            if reader is None:
                continue
            spread, imbalance = _sampled(reader.view(SAMPLE_LEVELS, ""))
            page.spreads.append(spread)
            page.imbalances.append(imbalance)
            page.sampled_at = self._stamp()

    def _on_trade(self, page: Page, event: Trade | AggTrade) -> None:
        tape = page.tapes.get(isinstance(event, Trade))
        if tape is not None:
            tape.trade(event, self._stamp())

    def _on_gap(self, page: Page, event: Gap) -> None:
        if event.interval:
            series = page.series.get(event.interval)
            if series is not None:
                series.gap(event, self._stamp())
        else:
            tape = page.tapes.get(not event.aggregated)
            if tape is not None:
                tape.gap(event, self._stamp())

    def _on_candle(self, page: Page, event: Candle) -> None:
        series = page.series.get(event.interval)
        if series is not None:
            series.candle(event, self._stamp())

    def _on_loaded(self, page: Page, event: CandlesLoaded) -> None:
        series = page.series.get(event.interval)
        if series is not None:
            series.loaded(event, self._stamp())

    def _on_book(self, page: Page, event: BookApplied | BookStatusChanged) -> None:
        page.book_at = self._stamp()

    def _on_liquidation(self, page: Page, event: Liquidation) -> None:
        # The order that closes a long position sells.
        closed = "long" if event.side is Side.SELL else "short"
        row = LiquidationRow(event.time_ms, closed, event.average_price, event.filled_qty)
        page.liquidations.append((self._stamp(), row))

    # What goes out

    def delta(self, focus: Focus, shown: Focus | None, since: int) -> PanelsDelta | None:
        """What a viewer lacks of the symbol that it has open, if it has what `shown` told up to `since`.

        None: nothing, or the symbol is not open.
        """
        page = self._pages.get(focus.key)
        if page is None:
            return None
        tape, series = page.tapes.get(focus.single_trades), page.series.get(focus.interval)
        full = (
            shown is None
            or shown.key != focus.key
            or shown.single_trades != focus.single_trades
            or since < page.opened_at
            or (tape is not None and since < tape.begun_at)
            or (series is not None and since < series.begun_at)
        )
        if full or shown is None:
            since, shown = -1, None
        delta = PanelsDelta(
            focus.market,
            focus.symbol,
            full,
            self._book(page, focus, shown, since),
            tape.delta(since) if tape is not None else None,
            self._candles(page, focus, shown, since),
            [row for revision, row in page.liquidations if revision > since],
            self._samples(page, since),
        )
        lacks = full or delta.book or delta.tape or delta.candles or delta.liquidations or delta.samples
        return delta if lacks else None

    def _book(self, page: Page, focus: Focus, shown: Focus | None, since: int) -> BookView | None:
        same = shown is not None and _looks(shown) == _looks(focus)
        if same and page.book_at <= since:
            return None
        if page.refusal:
            return _no_book(page, focus)
        reader = self.book_of(page.key)
        if reader is None:
            return None
        return reader.view(focus.levels, focus.step)

    def _samples(self, page: Page, since: int) -> BookSamples | None:
        if page.sampled_at <= since or page.refusal:
            return None
        return BookSamples(list(page.spreads), list(page.imbalances))

    def _candles(self, page: Page, focus: Focus, shown: Focus | None, since: int) -> CandlesDelta | None:
        series = page.series.get(focus.interval)
        same = shown is not None and shown.interval == focus.interval
        if page.refusal or series is None:
            rows = series.rows() if series is not None else []
            return None if same else CandlesDelta(focus.interval, rows, [], True, False, page.refusal)
        return series.delta(since if same else -1)

    def __repr__(self) -> str:
        return f"<Pages {', '.join(key.label for key in self._pages)}>"


def _looks(focus: Focus) -> tuple[int, str, bool]:
    return focus.levels, focus.step, focus.partial


def _no_book(page: Page, focus: Focus) -> BookView:
    key = page.key
    status = BookStatus(
        key.market, key.symbol, BookState.UNTRUSTED, page.refusal, 0.0, 0, focus.partial, None
    )
    return BookView(status, focus.step, [], [], None, None, 0, [], [])


def _sampled(view: BookView) -> tuple[float, float]:
    """Spread in bps and the bids' share of the quantity, for drawing."""
    bid = view.best_bid or next(iter(view.bids), None)
    ask = view.best_ask or next(iter(view.asks), None)
    if view.status.state is not BookState.SYNCED or bid is None or ask is None:
        return NOT_GOOD, NOT_GOOD
    low, high = float(bid.price), float(ask.price)
    bids, asks = _quantity(view.bids), _quantity(view.asks)
    if not (low + high) or not (bids + asks):
        return NOT_GOOD, NOT_GOOD
    spread, imbalance = (high - low) / ((high + low) / 2) * 10_000, bids / (bids + asks)
    if not (isfinite(spread) and isfinite(imbalance)):
        return NOT_GOOD, NOT_GOOD
    return round(spread, 4), round(imbalance, 4)


def _quantity(levels: Iterable[LadderLevel]) -> float:
    return sum(float(level.qty) for level in levels)
