"""How far each panel of an open symbol can be trusted, in a word, a style and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bntui.model.markets import Instrument, StreamKey, SymbolKey
from bntui.model.panels import BookStatus, BookView
from bntui.model.states import BADNESS, BookState, StreamState
from bntui.model.views import StreamView, WatchView
from bntui.ui.completion import TRADING
from bntui.ui.format import clean
from bntui.ui.panels.depth import wrongness
from bntui.ui.tables.states import STATE_STYLES, STATE_WORDS, UNKNOWN

BOOK_STYLES = {
    BookState.SYNCING: "waiting",
    BookState.SYNCED: "live",
    BookState.RESYNC: "degraded",
    BookState.UNTRUSTED: "blind",
}

BOOK_MEANINGS = {
    BookState.SYNCING: "updates are held until a snapshot joins them",
    BookState.SYNCED: "every update since the snapshot was applied, in order",
    BookState.RESYNC: "it was found wrong, and is being built anew",
    BookState.UNTRUSTED: "it is wrong or may be, and nothing mends it now",
}
"""For the help."""

GLYPHS = {
    "live": "●",
    "quiet": "●",
    "waiting": "◌",
    "degraded": "◐",
    "stale": "✖",
    "blind": "✖",
    "faint": "✖",
}
"""Beside the word, for eyes that cannot tell the colours apart."""

TRADE_STREAMS = ("trade", "aggTrade")
LIQUIDATIONS = "forceOrder"
MARK_PRICE = "markPrice"
KLINES = "kline_"
"""What the exchange calls its streams, behind the symbol and an @ (all markets, web-socket-streams.md)."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far one panel, or the whole symbol, can be trusted."""

    word: str
    style: str
    good: bool
    """May its numbers be taken for the market's? Where not, they are dimmed."""
    reason: str = ""
    since: float | None = None
    stopped: bool = False
    """Of a symbol: it does not trade, so nothing of it can be good, whatever its streams say."""

    @property
    def glyph(self) -> str:
        """A sign for it."""
        return GLYPHS[self.style]


SILENT = Trust(UNKNOWN, "faint", False)
"""Of every panel, while no engine answers."""

OPENING = Trust("opening", "waiting", False)
"""Of a panel of which nothing has come yet."""


def book_trust(view: BookView | None, status: BookStatus | None, is_dark: bool) -> Trust:
    """Of the book. A synced one whose sides cross is not good."""
    if is_dark:
        return SILENT
    if view is None and status is None:
        return OPENING
    told = status if view is None else view.status
    if told is None or told.state is BookState.SYNCED:
        wrong = "" if view is None else wrongness(view)
        if wrong:
            return Trust(wrong.partition(":")[0], "blind", False, wrong)
        return Trust(str(BookState.SYNCED), "live", view is not None)
    reason = clean(told.reason)
    return Trust(str(told.state), BOOK_STYLES[told.state], False, reason, told.since)


def trades_trust(streams: Mapping[StreamKey, StreamView], key: SymbolKey, is_dark: bool) -> Trust:
    """Of the tape: that of the worst stream of trades."""
    return _streams_trust(streams, key, TRADE_STREAMS, is_dark)


def candles_trust(
    streams: Mapping[StreamKey, StreamView], key: SymbolKey, interval: str, is_dark: bool
) -> Trust:
    """Of the candles of one interval."""
    return _streams_trust(streams, key, (f"{KLINES}{interval}",), is_dark)


def liquidations_trust(streams: Mapping[StreamKey, StreamView], key: SymbolKey, is_dark: bool) -> Trust:
    """Of the liquidations of a futures contract."""
    return _streams_trust(streams, key, (LIQUIDATIONS,), is_dark)


def mark_trust(streams: Mapping[StreamKey, StreamView], key: SymbolKey, is_dark: bool) -> Trust:
    """Of mark price, index and funding of a futures contract."""
    return _streams_trust(streams, key, (MARK_PRICE,), is_dark)


def _streams_trust(
    streams: Mapping[StreamKey, StreamView], key: SymbolKey, suffixes: Iterable[str], is_dark: bool
) -> Trust:
    if is_dark:
        return SILENT
    symbol = key.symbol.lower()
    named = (StreamKey(key.market, f"{symbol}@{suffix}") for suffix in suffixes)
    worst = max(
        (streams[name] for name in named if name in streams),
        key=lambda stream: BADNESS[stream.state],
        default=None,
    )
    return OPENING if worst is None else _of_state(worst.state, worst.reason, worst.since)


def symbol_trust(row: WatchView | None, instrument: Instrument | None, listed: bool, is_dark: bool) -> Trust:
    """Of the symbol as a whole: where it does not trade, its numbers are the last there were."""
    if is_dark:
        return replace(SILENT, reason="the engine does not answer")
    if not listed:
        return Trust("not listed", "stale", False, "the exchange lists it no longer", stopped=True)
    if instrument is not None and instrument.status != TRADING:
        status = clean(instrument.status)
        return Trust("not trading", "stale", False, f"the exchange says {status}", stopped=True)
    if row is None:
        return OPENING
    return _of_state(row.state, row.reason, None)


def under(whole: Trust, own: Trust) -> Trust:
    """Of a panel, under what is known of the symbol as a whole."""
    return replace(whole, reason="") if whole.stopped else own


def _of_state(state: StreamState, reason: str, since: float | None) -> Trust:
    good = state in (StreamState.LIVE, StreamState.QUIET)
    return Trust(STATE_WORDS[state], STATE_STYLES[state], good, clean(reason), since)
