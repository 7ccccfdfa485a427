"""Does each stream flow? Evidence before statistics.

A stream that brings nothing may have nothing to bring. Its siblings tell: ticker, kline and aggTrade
carry the last trade's id, and so does a REST ticker; the ticker's best bid and ask stand against the
bookTicker's. A sibling that shows more makes a stream stale, one that agrees makes it quiet. Only where
there is no evidence does the learned gap between its own data decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bntui.feed.core.repair import Stale
from bntui.model.events import AggTrade, Candle, DepthDiff, Event, PartialDepth, Quote, Ticker, Trade
from bntui.model.markets import Market, StreamKey, StreamKind
from bntui.model.states import StreamState
from bntui.model.views import StreamView
from bntui.venue.base import StreamSpec
from bntui.venue.limits import Limits

GRACE_S = 5.0
"""How long a sibling may be ahead before it counts: streams and connections differ in speed."""

SETTLING_S = 1.0
"""What comes so soon after an acknowledgement may have been on its way before it."""

GAPS_TO_STALE = 3.0
"""A silence of so many usual gaps is not usual."""

GAPS_TOGETHER = 10.0
"""… unless all streams of the symbol fell silent together, as they do when nothing happens."""

GAP_MEMORY_S = 600.0
"""The longest usual gap is forgotten at this pace; a burst of messages does not shrink it."""

EVIDENCE_FRESH = 2.5
"""Evidence counts for so many probe intervals."""

NOTHING_CAME = "acknowledged, but no data came"

_TRADE_IDS = frozenset({StreamKind.TRADE, StreamKind.AGG_TRADE, StreamKind.KLINE, StreamKind.TICKER})
_QUOTES = frozenset({StreamKind.BOOK_TICKER})
_BOOKS = frozenset({StreamKind.DEPTH, StreamKind.PARTIAL_DEPTH})

_BestPrices = tuple[str | None, str | None, str | None, str | None]


@dataclass(slots=True)
class _Entry:
    """What is known of one wanted stream."""

    name: str
    kind: StreamKind
    facts: _SymbolFacts
    shard: int | None = None
    state: StreamState = StreamState.WANTED
    reason: str = ""
    since: float = 0.0
    down_reason: str = ""
    refusal: str = ""
    acked_at: float | None = None
    data_at: float | None = None
    """Last own data on any connection."""
    flowed: bool = False
    """Own data came since the last acknowledgement."""
    gap_s: float | None = None
    """The longest usual silence, decaying."""
    own_id: int | None = None
    """Newest trade or update id that this subscription showed."""
    base_id: int | None = None
    """Newest id that others showed when this subscription began."""
    base_at: float = 0.0
    ahead_id: int | None = None
    """An id of others that this stream has not reached, and since when it has not."""
    ahead_since: float = 0.0
    best: _BestPrices | None = None
    best_at: float = 0.0
    base_best: _BestPrices | None = None
    differs: int = 0
    """Samples of others, since the last own quote, that show another best bid or ask."""
    probes: int = 0
    """REST samples since the acknowledgement."""
    stale: bool = False
    """Judged stale; a stream that is beyond repair is shown as blind, and stale all the same."""
    beyond_repair: bool = False

    def silent_since(self) -> float:
        """When the last own data came; before the first, when the subscription was acknowledged."""
        if self.flowed and self.data_at is not None:
            return self.data_at
        return self.acked_at if self.acked_at is not None else self.since

    def seen(self, now: float) -> None:
        """Own data came."""
        last = self.data_at
        # The silence before the first data of a subscription is an outage's, not the stream's.
        if last is not None and self.flowed:
            silence = now - last
            gap = self.gap_s
            if gap is None or silence > gap:
                self.gap_s = silence
            else:
                self.gap_s = max(silence, gap * (1.0 - silence / GAP_MEMORY_S))
        self.data_at = now
        self.flowed = True


@dataclass(slots=True)
class _SymbolFacts:
    """What a symbol's streams and REST said of it."""

    symbol: str
    entries: list[_Entry] = field(default_factory=list)
    rest_id: int | None = None
    rest_at: float | None = None
    ticker_best_at: float | None = None


class Health:
    """The state of every wanted stream of one market. Bounded by the streams that are wanted."""

    def __init__(self, market: Market, limits: Limits, parse: Callable[[str], StreamSpec]) -> None:
        """Nothing is wanted."""
        self._market = market
        self._limits = limits
        self._parse = parse
        self._fresh_s = limits.own_probe_interval_s * EVIDENCE_FRESH
        self._entries: dict[str, _Entry] = {}
        self._facts: dict[str, _SymbolFacts] = {}

    def want(self, name: str, shard: int, now: float) -> None:
        """A stream is wanted, on a shard."""
        if name in self._entries:
            return
        spec = self._parse(name)
        facts = self._facts.setdefault(spec.symbol, _SymbolFacts(spec.symbol))
        entry = _Entry(name, spec.kind, facts, shard, since=now)
        facts.entries.append(entry)
        self._entries[name] = entry

    def unwant(self, name: str) -> None:
        """A stream is no longer wanted."""
        entry = self._entries.pop(name, None)
        if entry is None:
            return
        entry.facts.entries.remove(entry)
        if not entry.facts.entries:
            del self._facts[entry.facts.symbol]

    def moved(self, names: Iterable[str], shard: int) -> None:
        """The streams live on another shard now."""
        for name in names:
            if entry := self._entries.get(name):
                entry.shard = shard

    def acked(self, names: Iterable[str], now: float) -> None:
        """The exchange took the subscriptions: what was shown before proves nothing about them."""
        for name in names:
            entry = self._entries.get(name)
            if entry is None:
                continue
            entry.acked_at = now
            entry.down_reason = entry.refusal = ""
            entry.flowed = False
            entry.own_id = entry.base_id = entry.ahead_id = None
            entry.best = entry.base_best = None
            entry.differs = entry.probes = 0

    def down(self, names: Iterable[str], reason: str) -> None:
        """No connection carries the streams."""
        for name in names:
            if entry := self._entries.get(name):
                entry.acked_at = None
                entry.down_reason = reason

    def refused(self, name: str, message: str) -> None:
        """The exchange will not serve the stream."""
        if entry := self._entries.get(name):
            entry.refusal = message

    def seen(self, name: str, events: Sequence[Event], now: float) -> bool:
        """Data of a stream came: the hot path. False when nobody wants the stream."""
        entry = self._entries.get(name)
        if entry is None:
            return False
        entry.seen(now)
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
                self._compare_best(entry.facts, event, now)
            elif isinstance(event, Candle | AggTrade):
                entry.own_id = max(event.last_id, entry.own_id or -1)
            elif isinstance(event, DepthDiff):
                entry.own_id = event.last_update_id
            elif isinstance(event, PartialDepth):
                entry.own_id = event.update_id
        return True

    def probed(self, ticker: Ticker, asked_at: float) -> None:
        """REST told what a symbol's last trade and best prices are, at some time after it was asked."""
        facts = self._facts.get(ticker.key.symbol)
        if facts is None:
            return
        facts.rest_id = ticker.last_id
        facts.rest_at = asked_at
        for entry in facts.entries:
            if entry.acked_at is not None and asked_at >= entry.acked_at + SETTLING_S:
                entry.probes += 1
        self._compare_best(facts, ticker, asked_at)

    def _compare_best(self, facts: _SymbolFacts, ticker: Ticker, at: float) -> None:
        """Hold best prices that another source shows against those of the bookTicker."""
        shown = (ticker.bid, ticker.bid_qty, ticker.ask, ticker.ask_qty)
        if shown[0] is None:
            return
        facts.ticker_best_at = at
        for entry in facts.entries:
            if entry.kind not in _QUOTES or entry.acked_at is None or at < entry.acked_at:
                continue
            known = entry.best or entry.base_best
            if known is None:
                entry.base_best = shown
            elif known == shown:
                entry.differs = 0
            else:
                entry.differs += 1

    def stale(self) -> list[Stale]:
        """Streams that are stale, repaired in vain or not yet: what repair looks at."""
        return [
            Stale(e.name, e.shard, e.since) for e in self._entries.values() if e.shard is not None and e.stale
        ]

    def is_well(self, name: str) -> bool:
        """Whether a stream flows, is quiet with a reason, or is no longer wanted."""
        entry = self._entries.get(name)
        return entry is None or entry.state in (StreamState.LIVE, StreamState.QUIET)

    def repair_failed(self, failed: Callable[[str], bool]) -> None:
        """Learn which streams everything was tried for."""
        for entry in self._entries.values():
            if entry.stale:
                entry.beyond_repair = failed(entry.name)

    def tick(self, now: float) -> list[str]:
        """Judge every stream anew; the names of those whose state or reason changed."""
        changed: list[str] = []
        flowing = {entry.shard for entry in self._entries.values() if entry.flowed}
        for entry in self._entries.values():
            state, reason = self._judge(entry, now)
            entry.stale = state is StreamState.STALE
            if entry.stale:
                if reason == NOTHING_CAME and entry.shard not in flowing:
                    reason = "nothing at all came on its connection: wrong path, or blocked"
                if entry.beyond_repair:
                    state = StreamState.BLIND
                    reason += "; subscribing anew and another connection did not help"
            else:
                entry.beyond_repair = False
            if state is not entry.state:
                entry.since = now
            elif reason == entry.reason:
                continue
            entry.state = state
            entry.reason = reason
            changed.append(entry.name)
        return changed

    def _judge(self, entry: _Entry, now: float) -> tuple[StreamState, str]:
        if entry.refusal:
            return StreamState.BLIND, f"refused by the exchange: {entry.refusal}"
        if entry.down_reason:
            return StreamState.BLIND, entry.down_reason
        if entry.acked_at is None:
            return StreamState.WANTED, ""
        if entry.flowed and entry.data_at is not None and now - entry.data_at < GRACE_S:
            entry.ahead_id = None
            return StreamState.LIVE, ""
        agrees, against = self._evidence(entry, now)
        if against:
            return StreamState.STALE, against
        floor_s = self._limits.own_first_data_s
        silence_s = now - entry.silent_since()
        if silence_s <= floor_s:
            return (StreamState.LIVE, "") if entry.flowed else (StreamState.ACKED, "")
        if agrees:
            return StreamState.QUIET, agrees
        if entry.gap_s is not None and silence_s <= GAPS_TO_STALE * entry.gap_s:
            return StreamState.QUIET, f"silences of {entry.gap_s:.0f} s are usual here"
        if entry.gap_s is not None and silence_s <= GAPS_TOGETHER * entry.gap_s and self._together(entry):
            return StreamState.QUIET, "all streams of the symbol are silent; REST is asked"
        if not entry.flowed:
            # REST may still be on its way to say whether there was anything to send.
            if entry.probes < 2 and silence_s <= 2 * floor_s:
                return StreamState.ACKED, ""
            return StreamState.STALE, NOTHING_CAME
        return StreamState.STALE, "no data, and nothing says that there was none to send"

    def _together(self, entry: _Entry) -> bool:
        """Whether no sibling brought anything for as long as the stream is silent, give or take."""
        since = entry.silent_since() + GRACE_S
        others = [e for e in entry.facts.entries if e is not entry and e.acked_at is not None]
        return bool(others) and all(e.silent_since() <= since for e in others)

    def _evidence(self, entry: _Entry, now: float) -> tuple[str, str]:
        """(what agrees with the stream's silence, what speaks against it), in words; empty: nothing does."""
        if entry.kind in _QUOTES:
            return self._quote_evidence(entry, now)
        if entry.kind in _BOOKS:
            others = [(e.own_id, e.data_at, "bookTicker") for e in entry.facts.entries if e.kind in _QUOTES]
            return self._id_evidence(entry, others, now, "the book has not changed")
        if entry.kind in _TRADE_IDS:
            siblings = [
                (e.own_id, e.data_at, e.name.partition("@")[2])
                for e in entry.facts.entries
                if e.kind in _TRADE_IDS and e is not entry
            ]
            rest = (entry.facts.rest_id, entry.facts.rest_at, "REST")
            return self._id_evidence(entry, [*siblings, rest], now, "no trade")
        return "", ""

    def _id_evidence(
        self,
        entry: _Entry,
        others: Sequence[tuple[int | None, float | None, str]],
        now: float,
        nothing: str,
    ) -> tuple[str, str]:
        # What was on its way when the subscription began may be older than it.
        from_at = (entry.acked_at or 0.0) + (0.0 if entry.own_id is not None else SETTLING_S)
        known = [
            (other_id, at, source)
            for other_id, at, source in others
            if other_id is not None and at is not None and at >= from_at and now - at <= self._fresh_s
        ]
        if not known:
            return "", ""
        newest, at, source = max(known)
        own = entry.own_id if entry.own_id is not None and entry.own_id >= 0 else entry.base_id
        if own is None:
            entry.base_id, entry.base_at = newest, at
            return "", ""
        if newest > own:
            if entry.ahead_id is None or own >= entry.ahead_id:
                entry.ahead_id, entry.ahead_since = newest, now
            if now - entry.ahead_since >= GRACE_S:
                return "", f"{source} shows id {entry.ahead_id}, this stream stopped at {own}"
            return f"{source} was a moment faster", ""
        entry.ahead_id = None
        # Only what was seen after the silence began speaks of it; a base line does not confirm itself.
        quiet_from = entry.silent_since() if entry.own_id is not None else entry.base_at + SETTLING_S
        at, source = max((at, source) for _, at, source in known)
        return (f"{nothing} since id {own} ({source} agrees)", "") if at >= quiet_from else ("", "")

    def _quote_evidence(self, entry: _Entry, now: float) -> tuple[str, str]:
        at = entry.facts.ticker_best_at
        if at is None or entry.acked_at is None or at < entry.acked_at:
            return "", ""
        if entry.differs >= 2 and now - at <= self._fresh_s:
            return "", "ticker and REST show other best prices"
        settled = at >= (entry.best_at if entry.best is not None else entry.acked_at + GRACE_S)
        if entry.differs == 0 and settled and now - at <= self._fresh_s:
            return "best prices have not changed (ticker agrees)", ""
        if entry.differs == 1 and now - at <= GRACE_S:
            return "ticker was a moment faster", ""
        return "", ""

    def unproven(self, now: float) -> list[str]:
        """Symbols to ask REST about: a stream is silent and nothing fresh says why. The most urgent first."""
        due = [
            (urgency, facts.symbol)
            for facts in self._facts.values()
            if facts.symbol and (urgency := max(self._urgency(e, now) for e in facts.entries)) >= 1.0
        ]
        return [symbol for _, symbol in sorted(due, key=lambda each: -each[0])]

    def _urgency(self, entry: _Entry, now: float) -> float:
        """The stream's silence as a multiple of that which calls for a probe; 0 when none is called for."""
        if entry.acked_at is None:
            return 0.0
        since, rest_at = entry.silent_since(), entry.facts.rest_at
        floor_s = self._limits.own_first_data_s
        if not entry.flowed and entry.probes < 2:
            # A stream that never flowed needs two samples: a base line and a comparison.
            if rest_at is not None and now - rest_at < GRACE_S / 2:
                return 0.0
            return (now - since) / (floor_s * (0.3 if entry.probes == 0 else 0.8))
        if rest_at is not None and rest_at >= since and now - rest_at < self._limits.own_probe_interval_s:
            return 0.0
        gaps = GAPS_TO_STALE if self._together(entry) else GAPS_TO_STALE / 2
        return (now - since) / max(floor_s / 2, gaps * (entry.gap_s or 0.0))

    def view(self, name: str) -> StreamView:
        """One stream as a screen shows it. Raises KeyError when it is not wanted."""
        e = self._entries[name]
        return StreamView(self._market, name, e.shard, e.state, e.reason, e.since, e.data_at, e.gap_s)

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

    def flowing(self, names: Iterable[str]) -> int:
        """How many of the streams are live, or quiet with a reason."""
        good = (StreamState.LIVE, StreamState.QUIET)
        return sum(1 for name in names if (e := self._entries.get(name)) and e.state in good)

    def __repr__(self) -> str:
        counts: dict[str, int] = {}
        for entry in self._entries.values():
            counts[entry.state] = counts.get(entry.state, 0) + 1
        return f"<Health {self._market} {counts}>"
