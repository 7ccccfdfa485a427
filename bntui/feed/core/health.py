"""Does each stream flow? Evidence before statistics.

A stream that brings nothing may have nothing to bring. A sibling that shows more makes it stale, one that
agrees makes it quiet. Only where there is no evidence does the learned gap between its own data decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf

from bntui.feed.core.due import ask_again, judge_again
from bntui.feed.core.evidence import (
    GRACE_S,
    SETTLING_S,
    BestPrices,
    Sample,
    StreamRecord,
    SymbolFacts,
    best_of,
    compare_best,
    dark_since,
    knows_gap,
)
from bntui.feed.core.judgement import NOTHING_CAME, Judgement
from bntui.feed.core.repair import Stale
from bntui.feed.core.urgency import urgency
from bntui.model.events import AggTrade, Candle, DepthDiff, PartialDepth, Quote, Ticker, Trade
from bntui.model.markets import Market, StreamKey
from bntui.model.states import StreamState
from bntui.model.status import Event
from bntui.model.views import StreamView
from bntui.venue.base import StreamSpec
from bntui.venue.limits import Limits

EVIDENCE_FRESH = 2.5
"""Evidence counts for so many probe intervals."""

NOTHING_AT_ALL = "nothing at all came on its connection"

WELL = (StreamState.LIVE, StreamState.QUIET)
"""Streams that bring what there is to bring."""

DAY = "24h"
"""The window of the statistics that REST and `@ticker` tell."""


class Health:
    """The state of every wanted stream of one market. Bounded by the streams that are wanted."""

    def __init__(
        self,
        market: Market,
        limits: Limits,
        parse: Callable[[str], StreamSpec],
        path: Callable[[StreamSpec], str] = lambda spec: "",
    ) -> None:
        """Nothing is wanted. `path`: which part of the streams a socket is for, where paths part them."""
        self._market = market
        self._path = path
        self._limits = limits
        self._parse = parse
        self._fresh_s = limits.own_probe_interval_s * EVIDENCE_FRESH
        self._entries: dict[str, StreamRecord] = {}
        self._moved: set[str] = set()
        """Streams whose shard has changed and was not told yet."""
        self._facts: dict[str, SymbolFacts] = {}
        self.no_weight_until = 0.0
        """Until then REST cannot be asked for want of weight: what only it can prove may wait."""
        self._judgement = Judgement(limits, self._fresh_s, self._carries)
        self._rare: dict[str, StreamRecord] = {}
        """Those that are judged by the others on their connection."""
        self._stale: set[str] = set()
        self._flowing_now: set[str] = set()
        """Live, or quiet with a reason, as judged on what carries them now."""
        self._carrying: dict[int | None, bool] | None = None
        """Shards with streams whose silence can be judged, and whether any of them is well; of this beat."""
        self._flowing: set[int | None] | None = None
        """Shards on which anything came; of this beat."""

    def want(self, name: str, shard: int, now: float) -> None:
        """A stream is wanted, on a shard."""
        if name in self._entries:
            return
        spec = self._parse(name)
        facts = self._facts.setdefault(spec.symbol, SymbolFacts(spec.symbol))
        entry = StreamRecord(name, spec.kind, facts, shard, since=now)
        facts.entries.append(entry)
        facts.happened()
        self._entries[name] = entry
        if entry.rare:
            self._rare[name] = entry

    def unwant(self, name: str) -> None:
        """A stream is no longer wanted."""
        entry = self._entries.pop(name, None)
        if entry is None:
            return
        self._rare.pop(name, None)
        self._stale.discard(name)
        self._flowing_now.discard(name)
        entry.facts.entries.remove(entry)
        entry.facts.happened()
        if not entry.facts.entries:
            del self._facts[entry.facts.symbol]

    def moved(self, names: Iterable[str], shard: int) -> None:
        """The streams live on another shard now."""
        for name in names:
            if entry := self._entries.get(name):
                entry.shard = shard
                entry.facts.happened()
                self._moved.add(name)

    def acked(self, names: Iterable[str], now: float) -> None:
        """The exchange took the subscriptions: what was shown before proves nothing about them."""
        for name in names:
            entry = self._entries.get(name)
            if entry is None:
                continue
            self._flowing_now.discard(name)
            entry.acked_at = now
            entry.down_reason = entry.refusal = ""
            entry.flowed = entry.judged = entry.agreed = False
            entry.apart_at = None
            entry.own_id = entry.base_id = entry.ahead_id = None
            entry.best = entry.base_best = None
            entry.differs = entry.probes = 0
            entry.facts.happened()

    def down(self, names: Iterable[str], reason: str, since: float) -> None:
        """No connection carries the streams; `since`: when the last one gave its last sign of life."""
        for name in names:
            if entry := self._entries.get(name):
                if entry.dark_since is None:
                    entry.dark_since = since
                self._flowing_now.discard(name)
                entry.acked_at = None
                entry.down_reason = reason
                entry.judged = False
                entry.facts.happened()

    def refused(self, name: str, message: str) -> None:
        """The exchange will not serve the stream."""
        if entry := self._entries.get(name):
            entry.refusal = message
            entry.facts.happened()

    def seen(self, name: str, events: Sequence[Event], now: float) -> bool:
        """Data of a stream came: the hot path. False when nobody wants the stream."""
        entry = self._entries.get(name)
        if entry is None:
            return False
        entry.seen(now)
        facts = entry.facts
        if not facts.calm:
            facts.judge_at = 0.0
        if entry.acked_at is None:
            # Data proves the subscription, whatever became of the acknowledgement.
            entry.acked_at = now
            entry.down_reason = ""
        if events:
            event = events[-1]
            if isinstance(event, Quote):
                entry.own_id = event.update_id
                entry.best = (event.bid, event.bid_qty, event.ask, event.ask_qty)
                entry.best_at = now
                entry.differs = 0
            elif isinstance(event, Trade):
                entry.own_id = event.trade_id
            elif isinstance(event, Ticker):
                entry.own_id = event.last_id
                self._learn(facts, event)
                if (shown := best_of(event)) is not None:
                    compare_best(facts, shown, now)
            elif isinstance(event, Candle | AggTrade):
                entry.own_id = max(event.last_id, entry.own_id or -1)
            elif isinstance(event, DepthDiff):
                entry.own_id = event.last_update_id
            elif isinstance(event, PartialDepth):
                entry.own_id = event.update_id
        return True

    def probed(self, ticker: Ticker, asked_at: float) -> None:
        """REST told what a symbol's last trade is, and perhaps its best prices, at some time after it was
        asked."""
        facts = self._facts.get(ticker.key.symbol)
        if facts is None:
            return
        before_at = facts.rest_at if facts.rest_id == ticker.last_id else None
        facts.rest_id = ticker.last_id
        facts.rest_at = asked_at
        facts.happened()
        self._learn(facts, ticker)
        for entry in facts.of(Sample.TRADES):
            if entry.sampled(asked_at, before_at, self._fresh_s):
                entry.base_id = ticker.last_id
        if (shown := best_of(ticker)) is not None:
            self.prices_probed(facts.symbol, shown, asked_at)

    def prices_probed(self, symbol: str, shown: BestPrices, asked_at: float) -> None:
        """REST told what a symbol's best prices are, at some time after it was asked."""
        facts = self._facts.get(symbol)
        if facts is None:
            return
        facts.happened()
        before_at = facts.shown_at if facts.shown_best == shown else None
        for entry in facts.of(Sample.PRICES):
            if entry.sampled(asked_at, before_at, self._fresh_s):
                entry.base_best = shown
        compare_best(facts, shown, asked_at)

    def _learn(self, facts: SymbolFacts, ticker: Ticker) -> None:
        """A day's trades tell how far they lie apart, long before their stream has shown it."""
        if ticker.window == DAY:
            mean_s = (ticker.close_ms - ticker.open_ms) / 1000 / max(1, ticker.trades)
            facts.trade_gap_s = min(max(0.0, mean_s), self._limits.own_probe_interval_s)

    def stale(self) -> list[Stale]:
        """Streams that are stale, repaired in vain or not yet: what repair looks at."""
        if not self._stale:
            return []
        return [
            Stale(e.name, e.shard, e.since) for e in self._entries.values() if e.shard is not None and e.stale
        ]

    def is_well(self, name: str) -> bool:
        """Whether a stream flows, is quiet with a reason, or is no longer wanted."""
        entry = self._entries.get(name)
        return entry is None or entry.state in WELL

    def repair_failed(self, failed: Callable[[str], bool]) -> None:
        """Learn which streams everything was tried for."""
        for name in self._stale:
            self._entries[name].beyond_repair = failed(name)

    def tick(self, now: float) -> list[str]:
        """Judge every stream that may stand otherwise than it did; the names of those whose state, reason or
        shard changed."""
        changed: list[str] = []
        self._carrying = self._flowing = None
        self._judgement.weightless = now < self.no_weight_until
        floor_s, fresh_s = self._limits.own_first_data_s, self._fresh_s
        for facts in [each for each in self._facts.values() if each.judge_at <= now]:
            judge_at = ask_at = inf
            calm = True
            for entry in facts.entries:
                if entry.rare:
                    continue
                data_at = entry.data_at
                still_s = GRACE_S if entry.of_quotes else SETTLING_S
                if (
                    data_at is not None
                    and now - data_at < still_s
                    and entry.judged
                    and entry.flowed
                    and entry.state is StreamState.LIVE
                    and not (entry.refusal or entry.down_reason or entry.name in self._moved)
                ):
                    # Most streams of a busy market, most of the time: nothing that others show counts yet.
                    entry.ahead_id = None
                    judge_at = min(judge_at, data_at + still_s)
                    ask_at = min(ask_at, data_at + floor_s / 2)
                    continue
                calm = False
                if self._judge_anew(entry, now):
                    changed.append(entry.name)
                judge_at = min(judge_at, judge_again(entry, now, self._limits, fresh_s))
                ask_at = min(ask_at, ask_again(entry, now, self._limits))
            facts.judge_at, facts.ask_at, facts.calm = judge_at, ask_at, calm
        changed += [entry.name for entry in self._rare.values() if self._judge_anew(entry, now)]
        self._moved.clear()
        return changed

    def _judge_anew(self, entry: StreamRecord, now: float) -> bool:
        """Whether its state, reason or shard changed."""
        state, reason = self._judgement.of(entry, now)
        entry.stale = state is StreamState.STALE
        entry.judged = True
        if entry.stale:
            self._stale.add(entry.name)
            if reason == NOTHING_CAME:
                reason = self._why_nothing_came(entry)
            if entry.beyond_repair:
                state = StreamState.BLIND
                reason += "; subscribing anew and another connection did not help"
        else:
            self._stale.discard(entry.name)
            entry.beyond_repair = False
        entry.dark_since = dark_since(entry, state, now)
        if state in WELL:
            self._flowing_now.add(entry.name)
        else:
            self._flowing_now.discard(entry.name)
        if state is not entry.state:
            entry.since = now
        elif reason == entry.reason and entry.name not in self._moved:
            return False
        entry.state = state
        entry.reason = reason
        return True

    def _carries(self, shard: int | None) -> bool | None:
        """Whether any stream of a shard is well whose silence can be judged; None where it has none."""
        if self._carrying is None:
            self._carrying = {}
            for each in self._entries.values():
                if not each.rare:
                    self._carrying[each.shard] = self._carrying.get(each.shard, False) or each.state in WELL
        return self._carrying.get(shard)

    def _why_nothing_came(self, entry: StreamRecord) -> str:
        """An acknowledgement proves nothing: on a wrong path it is all that ever comes (change notice of the
        exchange's USD-M streams, 2026-03-06)."""
        path = self._path(self._parse(entry.name))
        if self._flowing is None:
            self._flowing = {each.shard for each in self._entries.values() if each.flowed}
        if entry.shard not in self._flowing:
            return f"{NOTHING_AT_ALL}{f', {path}' if path else ''}: wrong path, or blocked"
        return f"{NOTHING_CAME} on {path}: wrong path?" if path else NOTHING_CAME

    def unproven(self, now: float) -> dict[Sample, list[str]]:
        """Symbols to ask REST about, by the proof that they lack: a stream is silent and nothing fresh says
        why. The most urgent first."""
        found: dict[Sample, list[str]] = {}
        lacking = [each for each in self._facts.values() if each.ask_at <= now and each.symbol]
        for sample in Sample:
            due = [
                (max(urgencies), facts.symbol)
                for facts in lacking
                if (
                    urgencies := [
                        urgency(e, sample, now, self._limits, self._fresh_s) for e in facts.of(sample)
                    ]
                )
            ]
            due.sort(key=lambda each: -each[0])
            found[sample] = [symbol for urgency, symbol in due if urgency >= 1.0]
        for facts in lacking:
            facts.ask_at = min((ask_again(e, now, self._limits) for e in facts.entries), default=inf)
        return found

    def view(self, name: str) -> StreamView:
        """One stream as a screen shows it. Raises KeyError when it is not wanted."""
        e = self._entries[name]
        return StreamView(
            self._market, name, e.shard, e.state, e.reason, e.since, e.data_at, e.gap_s, e.dark_since
        )

    def names(self) -> tuple[str, ...]:
        """Every wanted stream."""
        return tuple(self._entries)

    def state(self, name: str) -> StreamState | None:
        """The state of one stream; None when it is not wanted."""
        entry = self._entries.get(name)
        return entry.state if entry else None

    def ages(self, names: Iterable[str]) -> list[tuple[StreamKey, float]]:
        """(stream, last own data) of those that ever brought any."""
        found = ((name, self._entries.get(name)) for name in names)
        return [
            (StreamKey(self._market, name), e.data_at) for name, e in found if e and e.data_at is not None
        ]

    def rhythm(self, name: str) -> float | None:
        """The longest silence between a stream's own data of late; None before enough were seen."""
        entry = self._entries.get(name)
        return entry.rhythm_s if entry is not None and knows_gap(entry) else None

    def flowing(self, names: Iterable[str]) -> int:
        """How many of the streams are live, or quiet with a reason, as judged on what carries them now."""
        return len(self._flowing_now.intersection(names))

    def __repr__(self) -> str:
        counts: dict[str, int] = {}
        for entry in self._entries.values():
            counts[entry.state] = counts.get(entry.state, 0) + 1
        return f"<Health {self._market} {counts}>"
