"""Everything that a screen can show, bounded, and what of it changed since when."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bntui.model.account import Balance, OrderUpdate, Position, RecoveryChanged, UserStreamChanged
from bntui.model.delta import Delta, Notice
from bntui.model.derivatives import MarkPrice, OpenInterest
from bntui.model.events import AggTrade, MiniTicker, Quote, Ticker, Trade
from bntui.model.judged import HealthView, VerdictView, empty_health
from bntui.model.kept import NOTICES_KEPT, OUTAGES_KEPT
from bntui.model.markets import Instrument, Market, StreamKey, SymbolKey
from bntui.model.panels import BookStatus, Focus
from bntui.model.states import ShardState
from bntui.model.status import (
    BookStatusChanged,
    BudgetChanged,
    Event,
    HealthChanged,
    InstrumentsLoaded,
    MinuteCloses,
    OutageChanged,
    ShardChanged,
    StreamChanged,
)
from bntui.model.views import BudgetView, OutageView, ShardView, StreamView, WatchView
from bntui.store.accounts import AccountTables
from bntui.store.alerts import AlertTable
from bntui.store.pages import Pages
from bntui.store.rows import Row
from bntui.store.tables import TOMBSTONES, ChangeTable

_Folded = tuple[Market, str]
"""A symbol in a form in which its own spelling and that of its stream names are the same."""

_UPDATES: Mapping[type, Callable[[Row, Any], None]] = {
    Quote: Row.quote,
    Trade: Row.trade,
    AggTrade: Row.agg_trade,
    Ticker: Row.ticker,
    MiniTicker: Row.mini_ticker,
    MinuteCloses: Row.past_closes,
    MarkPrice: Row.marked,
    OpenInterest: Row.open_contracts,
}
"""What a row of the watchlist takes in."""

AgesOfShard = Callable[[int], Sequence[tuple[StreamKey, float]]]
"""(stream, last own data) of a shard's streams."""


def _no_ages(shard: int) -> Sequence[tuple[StreamKey, float]]:
    return ()


def _fold(market: Market, symbol: str) -> _Folded:
    return market, symbol.casefold()


class Store:
    """Takes events as fast as they come, and answers «what changed since?» for any number of viewers.

    Market data overwrites a row: what nobody asked for in time is conflated. A revision counts up with
    every answer; every change is stamped with the running one, so that a viewer's `seq`, the revision
    of its last answer, is all that is needed to tell what it lacks.
    """

    def __init__(
        self,
        epoch: str,
        started_ms: int,
        ages_of_shard: AgesOfShard = _no_ages,
        tombstones: int = TOMBSTONES,
    ) -> None:
        """Nothing is wanted. `epoch` is this store's own: sequence numbers mean nothing in another."""
        self.epoch = epoch
        self.started_ms = started_ms
        self.on_change: Callable[[], None] | None = None
        """Called at the first change after an answer, further changes before the next are silent. It may
        only note that: the change is not in yet."""
        self._ages_of_shard = ages_of_shard
        self._revision = 1
        self._changed_at = 0
        """The revision of the newest change."""
        self._rows: ChangeTable[SymbolKey, Row] = ChangeTable()
        self._watchlist: tuple[SymbolKey, ...] = ()
        self._watchlist_at = 0
        self._watched: dict[_Folded, SymbolKey] = {}
        self._streams: ChangeTable[StreamKey, StreamView] = ChangeTable(tombstones)
        self._streams_of: dict[_Folded, dict[StreamKey, StreamView]] = {}
        self._shards: ChangeTable[int, ShardView] = ChangeTable(tombstones)
        self._books: ChangeTable[SymbolKey, BookStatus] = ChangeTable(tombstones)
        self.pages = Pages(self._stamp)
        """The symbols that viewers have open."""
        self.accounts = AccountTables(self._stamp, tombstones)
        """Own accounts."""
        self.alerts = AlertTable(self._stamp, tombstones)
        """What was wrong, or is."""
        self._outages: ChangeTable[int, OutageView] = ChangeTable()
        self._notices: deque[tuple[int, Notice]] = deque(maxlen=NOTICES_KEPT)
        self._notice_id = 0
        self._instruments: dict[SymbolKey, Instrument] = {}
        self._instruments_at = 0
        self._budget: BudgetView | None = None
        self._budget_at = 0
        self._health = empty_health()
        self._health_at = 0
        self._verdict: VerdictView | None = None
        self._verdict_at = 0
        self._handlers: dict[type, Callable[..., None]] = {
            **{kind: self._of_a_row(update) for kind, update in _UPDATES.items()},
            StreamChanged: self._on_stream,
            ShardChanged: self._on_shard,
            BookStatusChanged: self._on_book,
            OutageChanged: self._on_outage,
            BudgetChanged: self._on_budget,
            HealthChanged: self._on_health,
            InstrumentsLoaded: self._on_instruments,
            OrderUpdate: self.accounts.order,
            Balance: self.accounts.balance,
            Position: self.accounts.position,
            UserStreamChanged: self.accounts.stream,
            RecoveryChanged: self.accounts.recovery,
        }

    # What comes in

    def apply(self, events: Sequence[Event]) -> None:
        """Take what the feed says. Events that no screen shows, or of symbols not watched, are passed by."""
        handlers = self._handlers
        for event in events:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
        if self.pages:
            self.pages.apply(events)

    def set_watchlist(self, keys: Iterable[SymbolKey]) -> None:
        """Watch these symbols, in this order. Rows that stay keep what they show."""
        wanted = tuple(dict.fromkeys(keys))
        if wanted == self._watchlist:
            return
        for key in set(self._watchlist).difference(wanted):
            self._rows.drop(key)
        self._watched = {_fold(key.market, key.symbol): key for key in wanted}
        for key in wanted:
            if key not in self._rows.values:
                row = Row(key)
                row.judge(self._streams_of.get(_fold(key.market, key.symbol), {}).values())
                row.revision = self._stamp()
                self._rows.set(key, row, row.revision)
        self._watchlist = wanted
        self._watchlist_at = self._stamp()

    def set_verdict(self, verdict: VerdictView) -> None:
        """Say whether the user is blind."""
        if verdict != self._verdict:
            self._verdict = verdict
            self._verdict_at = self._stamp()

    def notice(self, text: str, bad: bool = False) -> None:
        """Leave a line for the user; the oldest goes when there are too many."""
        self._notice_id += 1
        self._notices.append((self._stamp(), Notice(self._notice_id, text, bad)))

    # What is there

    @property
    def watchlist(self) -> tuple[SymbolKey, ...]:
        """The watched symbols, in the user's order."""
        return self._watchlist

    @property
    def rows(self) -> dict[SymbolKey, WatchView]:
        """The watchlist's rows as they stand, in its order."""
        return {key: self._rows.values[key].snapshot() for key in self._watchlist}

    def row(self, key: SymbolKey) -> WatchView | None:
        """A watched symbol's row; None where it is not watched. A live view: not to be kept."""
        row = self._rows.values.get(key)
        return row.view if row is not None else None

    @property
    def streams(self) -> Mapping[StreamKey, StreamView]:
        """Every wanted stream. A live view: not to be kept."""
        return self._streams.values

    @property
    def shards(self) -> Mapping[int, ShardView]:
        """Every connection of the pool. A live view: not to be kept."""
        return self._shards.values

    @property
    def books(self) -> Mapping[SymbolKey, BookStatus]:
        """Every local book that is kept. A live view: not to be kept."""
        return self._books.values

    @property
    def outages(self) -> list[OutageView]:
        """The reconnect history, newest first."""
        return [view for _, view in sorted(self._outages.values.items(), reverse=True)]

    @property
    def notices(self) -> list[Notice]:
        """Lines for the user, oldest first."""
        return [notice for _, notice in self._notices]

    @property
    def instruments(self) -> Mapping[SymbolKey, Instrument]:
        """Every symbol that exchangeInfo listed. A live view: not to be kept."""
        return self._instruments

    @property
    def budget(self) -> BudgetView | None:
        """The IP's budgets; None before the feed told them."""
        return self._budget

    @property
    def health(self) -> HealthView:
        """What concerns the whole program."""
        return self._health

    @property
    def verdict(self) -> VerdictView | None:
        """The answer to «am I blind?»; None before the first."""
        return self._verdict

    # What goes out

    def dirty(self, seq: int, epoch: str, last_fill: int = 0) -> bool:
        """Whether a viewer that was answered up to `seq`, and has fills up to `last_fill`, lacks anything."""
        return self._changed_at > seq or self._needs_full(seq, epoch) or self.accounts.lacks_fills(last_fill)

    def delta(
        self,
        seq: int,
        epoch: str,
        focus_shard: int | None,
        now: float,
        wall_ms: int,
        focus: Focus | None = None,
        shown: Focus | None = None,
        last_fill: int = 0,
    ) -> Delta:
        """What changed since `seq`: everything, for a viewer that is new, of another epoch or too old.

        `focus` is what it has open, `shown` what it had open at its last answer, `last_fill` the number of
        the newest fill that it has.
        """
        full = self._needs_full(seq, epoch)
        since = -1 if full else seq
        delta = Delta(
            self.epoch,
            self._revision,
            full,
            now,
            wall_ms,
            rows=[row.snapshot() for row in self._rows.changed_since(since)],
            watchlist=list(self._watchlist) if self._watchlist_at > since else None,
            shards=self._shards.changed_since(since),
            shards_gone=[] if full else self._shards.gone_since(since),
            streams=self._streams.changed_since(since),
            streams_gone=[] if full else [(key.market, key.name) for key in self._streams.gone_since(since)],
            stream_ages=self._stream_ages(focus_shard),
            outages=self._outages.changed_since(since),
            alerts=self.alerts.changed_since(since),
            alerts_gone=[] if full else self.alerts.gone_since(since),
            notices=[notice for noted_at, notice in self._notices if noted_at > since],
            instruments=list(self._instruments.values()) if self._instruments_at > since else None,
            budget=self._budget if self._budget_at > since else None,
            health=self._health if self._health_at > since else None,
            verdict=self._verdict if self._verdict_at > since else None,
            books=self._books.changed_since(since),
            books_gone=[] if full else self._books.gone_since(since),
            accounts=self.accounts.delta(since, 0 if full else last_fill),
            panels=self.pages.delta(focus, None if full else shown, since) if focus is not None else None,
        )
        self._revision += 1
        return delta

    def _needs_full(self, seq: int, epoch: str) -> bool:
        return (
            epoch != self.epoch
            or not 0 < seq < self._revision
            or seq < self._streams.forgotten
            or seq < self._shards.forgotten
            or seq < self._books.forgotten
            or seq < max(self.alerts.forgotten, self.accounts.forgotten)
        )

    def _stream_ages(self, shard: int | None) -> list[tuple[Market, str, float]]:
        if shard is None:
            return []
        return [(key.market, key.name, at) for key, at in self._ages_of_shard(shard)]

    def _stamp(self) -> int:
        """The revision of a change that happens now."""
        revision = self._revision
        if self._changed_at != revision:
            self._changed_at = revision
            if self.on_change is not None:
                self.on_change()
        return revision

    def _of_a_row(self, update: Callable[[Row, Any], None]) -> Callable[[Any], None]:
        """A handler of events that a watched symbol's row takes in."""

        def take(event: Any) -> None:
            row = self._rows.values.get(event.key)
            if row is not None:
                update(row, event)
                self._touch(event.key, row)

        return take

    def _touch(self, key: SymbolKey, row: Row) -> None:
        """A row changed. Only the first time between two answers costs more than a comparison."""
        if row.revision != self._revision:
            row.revision = self._stamp()
            self._rows.touch(key, row.revision)

    def _on_stream(self, event: StreamChanged) -> None:
        key = event.key
        folded = _fold(key.market, key.name.partition("@")[0])
        if event.view is None:
            if not self._streams.remove(key, self._revision):
                return
            self._stamp()
            siblings = self._streams_of[folded]
            del siblings[key]
            if not siblings:
                del self._streams_of[folded]
        else:
            self._streams.set(key, event.view, self._stamp())
            self._streams_of.setdefault(folded, {})[key] = event.view
        watched = self._watched.get(folded)
        if watched is not None:
            row = self._rows.values[watched]
            if row.judge(self._streams_of.get(folded, {}).values()):
                self._touch(watched, row)

    def _on_shard(self, event: ShardChanged) -> None:
        view = event.view
        if view.state is not ShardState.CLOSED:
            self._shards.set(view.id, view, self._stamp())
        elif self._shards.remove(view.id, self._revision):
            self._stamp()

    def _on_book(self, event: BookStatusChanged) -> None:
        if event.view is not None:
            self._books.set(event.key, event.view, self._stamp())
        elif self._books.remove(event.key, self._revision):
            self._stamp()

    def _on_outage(self, event: OutageChanged) -> None:
        view = event.view
        outages = self._outages
        if view.id not in outages.values and len(outages) >= OUTAGES_KEPT:
            oldest = min(outages.values)
            if view.id < oldest:
                return
            outages.drop(oldest)
        outages.set(view.id, view, self._stamp())

    def _on_budget(self, event: BudgetChanged) -> None:
        if event.view != self._budget:
            self._budget = event.view
            self._budget_at = self._stamp()

    def _on_health(self, event: HealthChanged) -> None:
        if event.view != self._health:
            self._health = event.view
            self._health_at = self._stamp()

    def _on_instruments(self, event: InstrumentsLoaded) -> None:
        markets = {instrument.key.market for instrument in event.instruments}
        known = {key: value for key, value in self._instruments.items() if key.market not in markets}
        known.update((instrument.key, instrument) for instrument in event.instruments)
        if known != self._instruments:
            self._instruments = known
            self._instruments_at = self._stamp()

    def __repr__(self) -> str:
        return (
            f"<Store {self.epoch} r{self._revision}: {len(self._watchlist)} rows, "
            f"{len(self._streams)} streams, {len(self._shards)} shards>"
        )
