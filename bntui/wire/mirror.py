"""The viewer's copy of what the engine shows, and what became of the link to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bntui.errors import ProtocolError
from bntui.model.accounts import Accounts
from bntui.model.judged import HealthView, VerdictView, empty_health
from bntui.model.kept import NOTICES_KEPT, OUTAGES_KEPT
from bntui.model.markets import Instrument, StreamKey, SymbolKey
from bntui.model.states import Grade
from bntui.model.text import span

if TYPE_CHECKING:
    from bntui.model.alerts import AlertView
    from bntui.model.delta import Delta, Notice
    from bntui.model.panels import BookStatus, Panels
    from bntui.model.views import BudgetView, OutageView, ShardView, StreamView, WatchView
    from bntui.wire.messages import Welcome


class LinkState(StrEnum):
    """The link between viewer and engine."""

    CONNECTING = "connecting"
    """No engine has answered yet."""
    LIVE = "live"
    SILENT = "silent"
    """The engine is there and does not answer."""
    RESTARTING = "restarting"
    """The engine has gone; another one is looked for, or started."""
    REFUSED = "refused"
    """The engine does not take this viewer; final."""


@dataclass(slots=True)
class Changes:
    """What changed since a screen looked last."""

    rows: set[SymbolKey] = field(default_factory=set)
    watchlist: bool = False
    shards: bool = False
    streams: bool = False
    """Streams, or the ages of those of the focused shard."""
    outages: bool = False
    instruments: bool = False
    notices: bool = False
    budget: bool = False
    health: bool = False
    verdict: bool = False
    """The engine's verdict, or the state of the link to it."""
    books: bool = False
    """The trust in any local book."""
    panels: bool = False
    """Anything of the symbol that is open."""
    accounts: bool = False
    """Anything of own accounts."""
    alerts: bool = False

    @property
    def in_panels(self) -> bool:
        """Is there anything among them that the panels of an open symbol show?"""
        return self.panels or self.books or self.streams or self.instruments or self.verdict or self.accounts

    def __bool__(self) -> bool:
        return bool(self.rows) or any(
            (
                self.watchlist,
                self.shards,
                self.streams,
                self.outages,
                self.instruments,
                self.notices,
                self.budget,
                self.health,
                self.verdict,
                self.books,
                self.panels,
                self.accounts,
                self.alerts,
            )
        )


class Mirror:
    """Takes deltas in, and holds everything that a screen shows. It never asks for the time itself.

    Arguments called `at` are of the viewer's monotonic clock; times in what it holds are of the
    engine's, which `now` translates to.
    """

    def __init__(self, silence_s: float) -> None:
        """Nothing is known. After `silence_s` without an answer the verdict is that the engine is silent."""
        self._silence_s = silence_s
        self.epoch = ""
        self.seq = 0
        self.engine: Welcome | None = None
        self.link = LinkState.CONNECTING
        self.link_reason = ""
        self.watchlist: tuple[SymbolKey, ...] = ()
        self.rows: dict[SymbolKey, WatchView] = {}
        self.shards: dict[int, ShardView] = {}
        self.streams: dict[StreamKey, StreamView] = {}
        self.stream_ages: dict[StreamKey, float] = {}
        """Last own data of the focused shard's streams."""
        self.outages: list[OutageView] = []
        """Newest first."""
        self.alerts: dict[int, AlertView] = {}
        """By id."""
        self.notices: list[Notice] = []
        """Oldest first."""
        self.instruments: dict[SymbolKey, Instrument] = {}
        self.budget: BudgetView | None = None
        self.health: HealthView = empty_health()
        self.books: dict[SymbolKey, BookStatus] = {}
        self.panels: Panels | None = None
        """The symbol that is open, as far as the engine has told."""
        self.accounts = Accounts()
        """Own accounts."""
        self.on_answer: Callable[[], None] = lambda: None
        """Called with each answer that was taken in; what it changed is asked for with `take`."""
        self._verdict: VerdictView | None = None
        self._began_at: float | None = None
        self._answered_at: float | None = None
        self._woke_at: float | None = None
        """When this viewer itself went on after a standstill, if no answer has come since."""
        self._ahead_s: float | None = None
        """The engine's clock less the viewer's, as far as that was seen."""
        self._changes = Changes()

    # What the link says

    def begin(self, at: float) -> None:
        """An engine is being looked for."""
        self._began_at = at

    def welcome(self, welcome: Welcome) -> None:
        """An engine took the viewer; it counts as live with its first answer."""
        self.engine = welcome
        self._changes.verdict = True

    def silent(self, reason: str) -> None:
        """The engine does not answer."""
        self._set_link(LinkState.SILENT, reason)

    def lost(self, reason: str) -> None:
        """The conversation ended, or none could be begun."""
        never = self._answered_at is None
        self._set_link(LinkState.CONNECTING if never else LinkState.RESTARTING, reason)

    def refused(self, reason: str) -> None:
        """The engine said no."""
        self._set_link(LinkState.REFUSED, reason)

    def stood_still(self, at: float) -> None:
        """This viewer itself did nothing for a while, up to now, and so could not hear the engine either.

        It is excused once between two answers: a viewer that is always late must not hide an engine
        that is silent.
        """
        if self._woke_at is None:
            self._woke_at = at
            self._changes.verdict = True

    def apply(self, delta: Delta, at: float) -> None:
        """Take an answer in. Raises ProtocolError for one that does not follow on what is here."""
        if not delta.full and delta.epoch != self.epoch:
            raise ProtocolError("an answer came that follows on what another engine said")
        self._answered_at = at
        self._woke_at = None
        self._set_link(LinkState.LIVE, "")
        ahead_s = delta.now - at
        if self._ahead_s is None or delta.epoch != self.epoch or ahead_s > self._ahead_s:
            # An answer that waited to be read makes the engine's clock look late, and ages too small.
            self._ahead_s = ahead_s
        if delta.full:
            self._forget()
        self.epoch = delta.epoch
        self.seq = delta.seq
        self._take_rows(delta)
        self._take_pool(delta)
        self._take_history(delta)
        self._take_state(delta)
        self._take_panels(delta)
        if delta.accounts is not None:
            self.accounts.apply(delta.accounts)
            self._changes.accounts = True
        self.on_answer()

    # What screens ask

    def now(self, at: float) -> float:
        """The engine's clock at a time of the viewer's: what ages are measured against."""
        return at + (self._ahead_s or 0.0)

    def answer_age_s(self, at: float) -> float | None:
        """Since the last answer; None before the first."""
        return None if self._answered_at is None else max(0.0, at - self._answered_at)

    def verdict(self, at: float) -> VerdictView:
        """The engine's answer to «am I blind?», or that it cannot be had."""
        if self.link is LinkState.REFUSED:
            return VerdictView(Grade.BLIND, f"REFUSED BY THE ENGINE: {self.link_reason}", self.now(at))
        if self._answered_at is None:
            return self._verdict_before_any_answer(at)
        silence_s = at - self._answered_at
        since = self.now(self._answered_at)
        if self.link is LinkState.RESTARTING:
            return VerdictView(Grade.BLIND, f"ENGINE GONE {span(silence_s)}: {self.link_reason}", since)
        if silence_s >= self._silence_s and not self._just_woke(at):
            return VerdictView(Grade.BLIND, f"ENGINE SILENT {span(silence_s)}", since)
        if self._verdict is None:
            return VerdictView(Grade.DEGRADED, "DEGRADED: the engine is starting", since)
        if silence_s >= self._silence_s / 2 and self._verdict.grade is Grade.LIVE:
            # An answer is overdue. Not yet proof of anything, but live is what it was, not what it is.
            why = "no answer from the engine"
            if self._woke_at is not None:
                why = f"this screen itself stood still for {span(self._woke_at - self._answered_at)}"
            return VerdictView(Grade.DEGRADED, f"DEGRADED: {why}", since)
        return self._verdict

    def take(self) -> Changes:
        """What changed since the last call."""
        changes, self._changes = self._changes, Changes()
        return changes

    def _just_woke(self, at: float) -> bool:
        """Whether a standstill of our own ended so lately that the engine could not yet answer."""
        return self._woke_at is not None and at - self._woke_at < self._silence_s

    def _verdict_before_any_answer(self, at: float) -> VerdictView:
        began_at = self._began_at if self._began_at is not None else at
        because = f": {self.link_reason}" if self.link_reason else ""
        if at - began_at >= self._silence_s and not self._just_woke(at):
            return VerdictView(Grade.BLIND, f"NO ENGINE for {span(at - began_at)}{because}", began_at)
        return VerdictView(Grade.DEGRADED, f"DEGRADED: connecting to the engine{because}", began_at)

    def _set_link(self, link: LinkState, reason: str) -> None:
        if (link, reason) != (self.link, self.link_reason):
            self.link = link
            self.link_reason = reason
            self._changes.verdict = True

    def _forget(self) -> None:
        """Begin anew, as a full answer asks for."""
        self._changes = Changes(
            set(self.rows),
            watchlist=True,
            shards=True,
            streams=True,
            outages=True,
            instruments=True,
            notices=True,
            budget=True,
            health=True,
            verdict=True,
            books=True,
            panels=True,
            accounts=True,
            alerts=True,
        )
        self.watchlist = ()
        self.rows = {}
        self.shards = {}
        self.streams = {}
        self.outages = []
        self.alerts = {}
        self.notices = []
        self.instruments = {}
        self.budget = None
        self.health = empty_health()
        self.books = {}
        self.panels = None
        self.accounts = Accounts()
        self._verdict = None

    def _take_rows(self, delta: Delta) -> None:
        for row in delta.rows:
            key = row.key
            self.rows[key] = row
            self._changes.rows.add(key)
        if delta.watchlist is not None:
            self.watchlist = tuple(delta.watchlist)
            for key in self.rows.keys() - set(self.watchlist):
                del self.rows[key]
            self._changes.watchlist = True

    def _take_pool(self, delta: Delta) -> None:
        if delta.shards or delta.shards_gone:
            for gone in delta.shards_gone:
                self.shards.pop(gone, None)
            for shard in delta.shards:
                self.shards[shard.id] = shard
            self._changes.shards = True
        if delta.streams or delta.streams_gone:
            for market, name in delta.streams_gone:
                self.streams.pop(StreamKey(market, name), None)
            for stream in delta.streams:
                self.streams[StreamKey(stream.market, stream.name)] = stream
            self._changes.streams = True
        ages = {StreamKey(market, name): data_at for market, name, data_at in delta.stream_ages}
        if ages != self.stream_ages:
            self.stream_ages = ages
            self._changes.streams = True

    def _take_history(self, delta: Delta) -> None:
        if delta.outages:
            by_id = {outage.id: outage for outage in (*self.outages, *delta.outages)}
            self.outages = [by_id[n] for n in sorted(by_id, reverse=True)][:OUTAGES_KEPT]
            self._changes.outages = True
        if delta.alerts or delta.alerts_gone:
            for gone in delta.alerts_gone:
                self.alerts.pop(gone, None)
            self.alerts.update((alert.id, alert) for alert in delta.alerts)
            self._changes.alerts = True
        if delta.notices:
            self.notices = [*self.notices, *delta.notices][-NOTICES_KEPT:]
            self._changes.notices = True

    def _take_state(self, delta: Delta) -> None:
        if delta.instruments is not None:
            self.instruments = {instrument.key: instrument for instrument in delta.instruments}
            self._changes.instruments = True
        if delta.budget is not None:
            self.budget = delta.budget
            self._changes.budget = True
        if delta.health is not None:
            self.health = delta.health
            self._changes.health = True
        if delta.verdict is not None:
            self._verdict = delta.verdict
            self._changes.verdict = True

    def _take_panels(self, delta: Delta) -> None:
        if delta.books or delta.books_gone:
            for key in delta.books_gone:
                self.books.pop(key, None)
            self.books.update((status.key, status) for status in delta.books)
            self._changes.books = True
        if delta.panels is not None:
            if self.panels is None or self.panels.key != delta.panels.key:
                from bntui.model.panels import Panels

                self.panels = Panels(delta.panels.key)
            self.panels.apply(delta.panels)
            self._changes.panels = True

    def __repr__(self) -> str:
        return f"<Mirror {self.link} {self.epoch}/{self.seq}: {len(self.rows)} rows>"
