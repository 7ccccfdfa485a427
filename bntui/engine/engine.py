"""The engine without its process: feed to store, wishes to feed, verdict, and what is remembered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bntui.alertrules import AlertRule
from bntui.clock import Clock
from bntui.engine.accounts import FILLS_AND_ORDERS, AccountKeeper
from bntui.engine.alert_senders import Senders
from bntui.engine.alerting import Alerting
from bntui.engine.incidents import blame, counted_on, hole
from bntui.engine.opened import OpenSymbols
from bntui.engine.tail import Tails
from bntui.errors import UsageError
from bntui.feed.feed import BOOK_WISH, PARTIAL_BOOK_WISH, Feed, Wish
from bntui.feed.gulps import Beat
from bntui.feed.user import UserFeed
from bntui.journal import Journal
from bntui.model.account import AccountKey, RecoveryChanged, UserStreamChanged
from bntui.model.judged import VerdictView
from bntui.model.markets import Market, StreamKey, SymbolKey
from bntui.model.proof import prove
from bntui.model.states import Grade
from bntui.model.status import (
    BookStatusChanged,
    Event,
    Gap,
    InstrumentsLoaded,
    OutageChanged,
    ShardChanged,
    StreamChanged,
)
from bntui.model.suspect import suspect
from bntui.model.verdict import Facts, follow, gather
from bntui.store.store import Store
from bntui.venue.limits import Limits
from bntui.wire.messages import AcceptAccount, Acknowledge, Command, RenewAccount, Rotate, Unwatch, Watch
from bntui.words import DEFAULT_INTERVAL, STREAM_OF_KIND, nearest, sentence

log = logging.getLogger(__name__)

JUDGE_EVERY_S = 0.25
"""How soon a change of a stream shows in the verdict."""

RESTATE_EVERY_S = 1.0
"""How often a verdict is put in words anew though nothing changed: it names durations."""

WATCHLIST = "watchlist"
"""Under this key the journal remembers the watchlist: labels, separated by spaces."""

SMALL_EXCHANGE = 20
"""An exchange with so few symbols, such as a replay, is watched whole."""

STARTER_WAIT_S = 5.0
"""When the list of symbols has not come by then, the starter watchlist is taken unseen."""

_JUDGED = frozenset({StreamChanged, ShardChanged, BookStatusChanged, UserStreamChanged, RecoveryChanged})
"""What the verdict may change with."""

_NOTED = frozenset({OutageChanged, Gap, InstrumentsLoaded})
"""What the engine itself does something about."""

Sink = Callable[[Sequence[Event]], None]


class Engine:
    """Keeps everything that viewers and headless commands read."""

    def __init__(
        self,
        make_feed: Callable[[Sink], Feed],
        limits: Limits,
        clock: Clock,
        epoch: str,
        journal: Journal | None = None,
        rules: Sequence[AlertRule] = (),
        senders: Senders | None = None,
        beat: Beat | None = None,
    ) -> None:
        """Nothing is watched. Without a journal nothing is remembered; without rules nothing is told."""
        self.beat = beat or Beat(limits.own_gulp_s)
        """When the feed's busy connections are read."""
        self.feed = make_feed(self.take)
        self.store = Store(epoch, clock.wall_ms(), self.feed.ages_of_shard)
        self.tails = Tails()
        self.tails.on_wants = self._follow_tails
        self.opened = OpenSymbols(self.feed, self.store, limits, clock, self.require_listed)
        """What viewers look at."""
        self.watchers: list[Callable[[], None]] = []
        """Called a few times a second, behind the verdict; they return at once and raise nothing."""
        self._limits = limits
        self._clock = clock
        self._journal = journal
        self._tail_wants: set[tuple[SymbolKey, Wish]] = set()
        self._changed = True
        self._stated_at = 0.0
        self._starter_by: float | None = None
        self._left_out: list[SymbolKey] = []
        """Remembered symbols of markets that this run does not have: another one may."""
        if journal is not None:
            self.store.apply([OutageChanged(view) for view in journal.remembered.outages])
        self._accounts = AccountKeeper(self.store, journal)
        self.alerting = Alerting(self.store, clock, rules, journal, senders)

    # Wishes

    def begin(self, keys: Sequence[SymbolKey]) -> None:
        """Watch what the last run watched and these symbols; where there is neither, a starter list."""
        remembered = self._remembered()
        first = [*(remembered or ()), *keys]
        if first or remembered is not None:
            self.watch(first)
        elif self.feed.instruments_known(self.feed.default_market):
            self._watch_starter()
        else:
            self._starter_by = self._clock.monotonic() + STARTER_WAIT_S
        self._watch_for_alerts()

    def _watch_for_alerts(self) -> None:
        """What no row shows, no rule can measure: the symbols of rules are watched like any others."""
        wanted = self.alerting.symbols
        for key in wanted:
            if not self.feed.serves(key.market):
                self.store.notice(f"An alert is blind: this run has no {key.market} market.", bad=True)
        try:
            self._watch_listed(key for key in wanted if self.feed.serves(key.market))
        except UsageError as error:
            self.store.notice(f"An alert is blind: {error}", bad=True)

    def starter(self) -> list[SymbolKey]:
        """What to look at when nobody says: well-known symbols, or all of a small exchange."""
        market = self.feed.default_market
        listed = [key for key in self.store.instruments if key.market is market]
        if 0 < len(listed) <= SMALL_EXCHANGE:
            return listed
        known = [SymbolKey(market, symbol) for symbol in self.feed.market(market).venue.starter]
        return [key for key in known if key in self.store.instruments] or ([] if listed else known)

    def _watch_starter(self) -> None:
        self._starter_by = None
        self.watch(self.starter())

    def watch(self, keys: Iterable[SymbolKey]) -> None:
        """Add symbols to the watchlist. Raises UsageError for one that the exchange does not list."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self.store.watchlist]
        for key in fresh:
            self.require_listed(key)
        try:
            self.feed.want(fresh)
        except ValueError as exc:
            raise UsageError(f"{', '.join(key.label for key in fresh)}: {exc}.") from None
        self._set_watchlist([*self.store.watchlist, *fresh])

    def unwatch(self, keys: Iterable[SymbolKey]) -> None:
        """Take symbols off the watchlist."""
        gone = [key for key in dict.fromkeys(keys) if key in self.store.watchlist]
        self.feed.unwant(gone)
        self._set_watchlist([key for key in self.store.watchlist if key not in gone])

    def keep_book(self, key: SymbolKey, *, partial: bool) -> None:
        """Keep a symbol's book for the rest of the run, though no viewer has the symbol open."""
        self.feed.want([key], [PARTIAL_BOOK_WISH if partial else BOOK_WISH])

    def require_listed(self, key: SymbolKey) -> None:
        """Raise UsageError, naming the nearest real symbol, when the exchange does not list this one.

        Before the list of symbols was read nothing is known, and nothing is refused.
        """
        if self.feed.instruments_known(key.market) and self.feed.instrument(key) is None:
            listed = [each.symbol for each in self.store.instruments if each.market is key.market]
            raise UsageError(sentence(f"{key.label} is not listed{nearest(key.symbol, listed)}"))

    def handle(self, command: Command) -> None:
        """Do what a viewer asks for. Raises UsageError where that cannot be."""
        match command:
            case Watch(keys):
                self._watch_listed(keys)
            case Unwatch(keys):
                self.unwatch(keys)
                if names := self.alerting.rules_about(keys):
                    self.store.notice(f"Alerts see nothing of it now: {', '.join(names)}.", bad=True)
            case Acknowledge(number, note):
                self.alerting.acknowledge(number, note)
            case RenewAccount(owner):
                self._running(owner).renew()
            case AcceptAccount(owner):
                self._running(owner).dismiss()
            case Rotate(shard):
                if not self.feed.rotate(shard):
                    raise UsageError(f"Shard {shard} cannot be replaced now.")

    def _watch_listed(self, keys: Iterable[SymbolKey]) -> None:
        """Watch what there is of them: a delisted symbol of a long list must not keep the others away.

        Raises UsageError that names those that there are not.
        """
        missing: list[str] = []
        listed: list[SymbolKey] = []
        for key in keys:
            try:
                self.require_listed(key)
            except UsageError as exc:
                missing.append(str(exc))
            else:
                listed.append(key)
        self.watch(listed)
        for key in listed:
            self._note_status(key)
        if missing:
            raise UsageError(" ".join(missing))

    def _running(self, owner: AccountKey) -> UserFeed:
        found = self.feed.accounts.feed(owner)
        if found is None:
            raise UsageError(f"{owner.label} does not run: its key cannot be read.")
        return found

    def _remembered(self) -> list[SymbolKey] | None:
        """The watchlist of the last run; None when there was none."""
        if self._journal is None or (text := self._journal.get(WATCHLIST)) is None:
            return None
        keys = []
        for label in text.split():
            try:
                # A bare name was written when it could only be of Spot.
                key = SymbolKey.parse(label, Market.SPOT)
            except ValueError:
                log.warning("the journal's watchlist holds %r, which is no symbol", label)
                continue
            if self.feed.serves(key.market):
                keys.append(key)
            else:
                self._left_out.append(key)
                self.store.notice(f"{key.label} is left out: this run has no {key.market} market.", bad=True)
        return keys

    def _set_watchlist(self, keys: Sequence[SymbolKey]) -> None:
        self.store.set_watchlist(keys)
        self._changed = True
        if self._journal is not None:
            self._journal.put(WATCHLIST, " ".join(key.full for key in (*keys, *self._left_out)))

    def _note_status(self, key: SymbolKey) -> None:
        instrument = self.feed.instrument(key)
        if instrument is not None and instrument.status != "TRADING":
            self.store.notice(
                f"{key.label} does not trade now: the exchange says {instrument.status}.", bad=True
            )

    def _drop_unlisted(self) -> None:
        """Once the list of symbols is known: say which watched ones are not on it, and let them go."""
        for key in self.store.watchlist:
            try:
                self.require_listed(key)
            except UsageError as exc:
                self.store.notice(f"{exc} It was taken off the watchlist.", bad=True)
                self.unwatch([key])

    def _follow_tails(self) -> None:
        """Readers of the tail may ask for streams that no row of the watchlist needs."""
        self.feed.want_book_levels(self.tails.book_levels())
        self.feed.tell_every_quote(self.tails.reads_quotes())
        self.beat.sooner("tails", self.tails.are_read(), self._clock.monotonic())
        wanted: set[tuple[SymbolKey, Wish]] = set()
        for key, kind in self.tails.wants():
            wish = wish_of(kind)
            if wish is not None and self.feed.offers(key, wish):
                wanted.add((key, wish))
        for key, wish in sorted(wanted - self._tail_wants):
            self.feed.want([key], [wish])
        for key, wish in sorted(self._tail_wants - wanted):
            self.feed.unwant([key], [wish])
        self._tail_wants = wanted

    # What the feed says

    def take(self, events: Sequence[Event]) -> None:
        """Take what the feed says: its sink, one call a gulp."""
        kinds = {type(event) for event in events}
        if OutageChanged in kinds:
            known = self.store.outages
            events = [counted_on(e, known) if isinstance(e, OutageChanged) else e for e in events]
        if not kinds.isdisjoint(FILLS_AND_ORDERS):
            events = self._accounts.take(events)
            self.alerting.take(events)
        self.store.apply(events)
        self.opened.take(events)
        self.tails.extend(events)
        if not kinds.isdisjoint(_JUDGED):
            self._changed = True
        for event in () if kinds.isdisjoint(_NOTED) else events:
            if isinstance(event, OutageChanged):
                if self._journal is not None:
                    self._journal.keep(event.view)
            elif isinstance(event, Gap):
                self._attribute(event)
            elif isinstance(event, InstrumentsLoaded):
                self._drop_unlisted()
                if self._starter_by is not None:
                    self._watch_starter()

    def _attribute(self, gap: Gap) -> None:
        """Count missing and refilled trades on the incident that they are due to."""
        name = StreamKey(gap.key.market, f"{gap.key.symbol.lower()}@trade")
        stream = self.store.streams.get(name)
        shard, now_ms = stream.shard if stream else None, self._clock.wall_ms()
        incident = blame(gap, shard, self.store.outages, now_ms)
        if incident is None and not gap.repaired:
            incident = hole(gap, shard, self.feed.take_outage_id(), now_ms)
        if incident is not None:
            self.store.apply([OutageChanged(incident)])
            if self._journal is not None:
                self._journal.keep(incident)

    # The verdict

    def facts(self) -> Facts:
        """What the verdict depends on now."""
        limits, now = self._limits, self._clock.monotonic()
        # Health itself moves a stream on that has had its time; this is for those it cannot judge yet.
        first_data_s = 2 * limits.own_first_data_s
        return gather(
            self.store.streams.values(),
            self.store.shards.values(),
            self.store.health,
            now,
            first_data_s=first_data_s,
            clock_warn_ms=limits.own_clock_warn_ms,
            loop_lag_warn_s=limits.own_loop_lag_warn_s,
            books=self.store.books.values(),
            proof=prove(
                self.store.accounts.streams.values(),
                self.store.accounts.recoveries.values(),
                now,
                first_data_s,
            ),
        )

    def judge(self) -> VerdictView:
        """Judge now, and keep the verdict for everybody to read."""
        before = self.store.verdict
        facts = self.facts()
        verdict = follow(before, facts)
        if verdict.grade is not Grade.LIVE:
            verdict = replace(verdict, suspect=suspect(facts, self.store.health.second_endpoint_ok))
        if before is None or before.grade is not verdict.grade:
            log.warning("verdict: %s", verdict.sentence)
        if verdict != before:
            self.store.set_verdict(verdict)
        return verdict

    async def run(self) -> None:
        """Run feed and verdict until cancelled; connections are then closed in order."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.feed.run())
            tasks.create_task(self._keep_judging())
            tasks.create_task(self.alerting.run())

    async def _keep_judging(self) -> None:
        while True:
            self.tick()
            await asyncio.sleep(JUDGE_EVERY_S)

    @property
    def stated_at(self) -> float:
        """When the verdict was last put in words, on the monotonic clock: long ago where nobody judges."""
        return self._stated_at

    def tick(self) -> None:
        """Judge when something has changed, or the sentence has grown old."""
        now = self._clock.monotonic()
        if self._starter_by is not None and now >= self._starter_by:
            self._watch_starter()
        self.opened.tick(now)
        if self._changed or now - self._stated_at >= RESTATE_EVERY_S:
            self._changed = False
            self._stated_at = now
            self.judge()
        self.alerting.tick(now)
        for watch in self.watchers:
            watch()


def wish_of(kind: str) -> Wish | None:
    """The stream that brings a kind of event, such as `candle:5m`; None for what no stream brings."""
    word, _, interval = kind.partition(":")
    if word == "book":
        return BOOK_WISH
    stream = STREAM_OF_KIND.get(word)
    if stream is None:
        return None
    return Wish(stream, interval or (DEFAULT_INTERVAL if word == "candle" else ""))
