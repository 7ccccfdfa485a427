"""The symbols that viewers have open: their streams, their pages in the store, their past candles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from bntui.clock import Clock
from bntui.engine.focus import Focuses, Move, Step
from bntui.errors import UsageError
from bntui.feed.feed import BOOK_WISH, PARTIAL_BOOK_WISH, Feed, Wish
from bntui.model.markets import StreamKey, StreamKind, SymbolKey
from bntui.model.panels import Focus
from bntui.model.states import StreamState
from bntui.model.status import CandlesLoaded, Event, InstrumentsLoaded, StreamChanged
from bntui.model.text import one_line
from bntui.store.store import Store
from bntui.venue.base import StreamSpec
from bntui.venue.limits import Limits
from bntui.words import DEFAULT_INTERVAL, sentence

MOST_LEVELS = 500
"""Rows of the ladder on each side that a viewer gets, however many it asks for."""

MOST_SYMBOL_CHARS = 64
"""No exchange has a longer symbol."""

SAMPLE_EVERY_S = 1.0
"""How often spread and imbalance are noted."""

_STEP = re.compile("[0-9]{1,20}(?:\\.[0-9]{1,20})?")

TRADING = "TRADING"
"""The exchange's word for a symbol that trades."""

_FLOWS = frozenset({StreamState.LIVE, StreamState.QUIET})

_TAPES = {StreamKind.AGG_TRADE: False, StreamKind.TRADE: True}
"""The streams that fill a tape, and whether it is one of single trades."""


def wishes_of(focus: Focus) -> tuple[Wish, ...]:
    """The streams that a symbol's screen is drawn from, as far as its market has them."""
    return (
        PARTIAL_BOOK_WISH if focus.partial else BOOK_WISH,
        Wish(StreamKind.TRADE if focus.single_trades else StreamKind.AGG_TRADE),
        Wish(StreamKind.KLINE, focus.interval),
        Wish(StreamKind.BOOK_TICKER),
        Wish(StreamKind.TICKER),
        Wish(StreamKind.MARK_PRICE),
        Wish(StreamKind.LIQUIDATION),
    )


class OpenSymbols:
    """Follows what viewers look at. Bounded by the viewers, and by the symbols that linger."""

    def __init__(
        self,
        feed: Feed,
        store: Store,
        limits: Limits,
        clock: Clock,
        require_listed: Callable[[SymbolKey], None],
    ) -> None:
        """Nothing is open. `require_listed` raises UsageError for what the exchange does not have."""
        self._feed = feed
        self._store = store
        self._clock = clock
        self._require_listed = require_listed
        self._focuses: Focuses[SymbolKey, Wish] = Focuses(
            limits.own_focus_settle_s,
            limits.own_focus_dwell_s,
            limits.own_focus_linger_s,
            int(limits.own_focus_lingering),
        )
        self._viewers: dict[int, Focus] = {}
        self._tapes: dict[StreamKey, tuple[SymbolKey, bool]] = {}
        """The streams that fill tapes."""
        self._statuses: dict[SymbolKey, str] = {}
        """What the exchange last said of the open symbols."""
        self._sampled_at = clock.monotonic()
        store.pages.book_of = feed.book

    # What viewers look at

    def look(self, viewer: int, focus: Focus | None) -> Focus | None:
        """A viewer has another symbol open, or none; what of that it can have."""
        if focus is None:
            self._viewers.pop(viewer, None)
            self._turn(viewer, None, ())
            return None
        focus = self._sane(focus)
        self._viewers[viewer] = focus
        self._store.pages.open(focus.key)
        self._admit(viewer, focus)
        return focus

    def _admit(self, viewer: int, focus: Focus) -> None:
        """Let the streams of a viewer's symbol flow, or say why they cannot."""
        key = focus.key
        refusal = self._refusal(key)
        page = self._store.pages.open(key)
        if refusal and not page.refusal:
            self._store.notice(refusal, bad=True)
        self._store.pages.refuse(key, refusal)
        if refusal:
            self._turn(viewer, None, ())
            return
        self._note_status(key)
        self._turn(viewer, key, [wish for wish in wishes_of(focus) if self._serves(key, wish)])

    def _note_status(self, key: SymbolKey) -> None:
        """Say it when an open symbol stops trading, or goes on."""
        instrument = self._feed.instrument(key)
        status = instrument.status if instrument is not None else TRADING
        before = self._statuses.get(key, TRADING)
        self._statuses[key] = status
        if status == before:
            return
        trades = status == TRADING
        what = "trades again" if trades else f"does not trade now: the exchange says {one_line(status, 20)}"
        self._store.notice(f"{key.label} {what}.", bad=not trades)

    def _serves(self, key: SymbolKey, wish: Wish) -> bool:
        """Whether the market has such a stream."""
        try:
            self._stream(key, wish)
        except ValueError:
            return False
        return True

    def _sane(self, focus: Focus) -> Focus:
        """The focus within bounds. What a viewer asks for is its own affair, what it costs is not."""
        step = focus.step if _STEP.fullmatch(focus.step) and Decimal(focus.step) else ""
        interval = focus.interval
        intervals = self._feed.intervals(focus.market)
        if intervals and interval not in intervals:
            self._store.notice(
                f"There are no candles of {one_line(interval, 20)!r}; there are {', '.join(intervals)}.",
                bad=True,
            )
            interval = DEFAULT_INTERVAL
        return replace(
            focus,
            symbol=focus.symbol[:MOST_SYMBOL_CHARS],
            interval=interval,
            levels=min(max(1, focus.levels), MOST_LEVELS),
            step=step,
            candles_from_ms=None if focus.candles_from_ms is None else max(0, focus.candles_from_ms),
        )

    def _refusal(self, key: SymbolKey) -> str:
        """Why the symbol cannot be shown, in words; empty where it can."""
        try:
            venue = self._feed.market(key.market).venue
            venue.format_stream(StreamSpec(StreamKind.TICKER, key.symbol))
            self._require_listed(key)
        except ValueError as exc:
            return sentence(one_line(str(exc)))
        except UsageError as exc:
            return exc.message
        return ""

    def _turn(self, viewer: int, key: SymbolKey | None, wishes: Iterable[Wish]) -> None:
        self._carry_out(self._focuses.look(viewer, key, wishes, self._clock.monotonic()))
        self._close_pages()
        self._ask_for_candles()

    def _carry_out(self, moves: Iterable[Move[SymbolKey, Wish]]) -> None:
        for step, key, wish in moves:
            match step:
                case Step.SHOW:
                    self._show(key, wish)
                case Step.WANT:
                    self._feed.want([key], [wish])
                case Step.RELEASE:
                    self._feed.unwant([key], [wish])
                case Step.HIDE:
                    self._hide(key, wish)

    def _show(self, key: SymbolKey, wish: Wish) -> None:
        kind, interval = wish.kind, wish.interval
        if kind in _TAPES:
            stream = self._stream(key, wish)
            self._tapes[stream] = (key, _TAPES[kind])
            view = self._store.streams.get(stream)
            self._store.pages.show_tape(key, _TAPES[kind], view is not None and view.state in _FLOWS)
        elif kind is StreamKind.KLINE:
            self._store.pages.show_candles(key, interval)

    def _hide(self, key: SymbolKey, wish: Wish) -> None:
        kind, interval = wish.kind, wish.interval
        if kind in _TAPES:
            self._tapes.pop(self._stream(key, wish), None)
            self._store.pages.hide_tape(key, _TAPES[kind])
        elif kind is StreamKind.KLINE:
            self._feed.forget_candles(key, interval)
            self._store.pages.hide_candles(key, interval)

    def _stream(self, key: SymbolKey, wish: Wish) -> StreamKey:
        name = self._feed.market(key.market).venue.format_stream(wish.spec(key.symbol))
        return StreamKey(key.market, name)

    def _close_pages(self) -> None:
        looked_at = {focus.key for focus in self._viewers.values()}
        for page in list(self._store.pages):
            if page.key not in looked_at and not self._focuses.holds(page.key):
                self._store.pages.close(page.key)
                self._statuses.pop(page.key, None)

    # What the feed says

    def take(self, events: Sequence[Event]) -> None:
        """Look for what concerns open symbols; the store has taken the events already."""
        if not self._store.pages:
            return
        for event in events:
            if isinstance(event, CandlesLoaded):
                self._ask_for_candles()
            elif isinstance(event, StreamChanged):
                if (tape := self._tapes.get(event.key)) is not None:
                    flows = event.view is not None and event.view.state in _FLOWS
                    self._store.pages.flowing(*tape, flows)
            elif isinstance(event, InstrumentsLoaded):
                # Symbols are delisted while they are open, and listed while they are waited for.
                for viewer, focus in list(self._viewers.items()):
                    self._admit(viewer, focus)

    def _ask_for_candles(self) -> None:
        """Ask for past candles where some are missing, one question a series."""
        for page in self._store.pages:
            for interval, series in page.series.items():
                if not self._focuses.flows(page.key, Wish(StreamKind.KLINE, interval)):
                    continue
                ask = series.wants(self._earliest(page.key, interval))
                if ask is not None and self._feed.ask_candles(page.key, interval, *ask):
                    self._store.pages.loading(page.key, interval, ask)

    def _earliest(self, key: SymbolKey, interval: str) -> int | None:
        """The earliest candle that any viewer wants."""
        wanted = [
            focus.candles_from_ms
            for focus in self._viewers.values()
            if focus.key == key and focus.interval == interval and focus.candles_from_ms is not None
        ]
        return min(wanted, default=None)

    # What time brings

    def tick(self, now: float) -> None:
        """Do what is due."""
        moves = self._focuses.tick(now)
        if moves:
            self._carry_out(moves)
            self._close_pages()
        if self._store.pages:
            self._ask_for_candles()
            if now - self._sampled_at >= SAMPLE_EVERY_S:
                self._sampled_at = now
                self._store.pages.sample()

    def __repr__(self) -> str:
        return f"<OpenSymbols {len(self._viewers)} viewers, {self._focuses!r}>"
