"""What the streams of a symbol, and REST, say about one another.

Ticker, kline and aggTrade carry the last trade's id, and so does a REST ticker; best bid and ask by REST, or
of a ticker that has them, stand against the bookTicker's, a book's update id against the bookTicker's
(reference, section 1.9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bntui.model.events import Ticker
from bntui.model.markets import StreamKind
from bntui.model.states import StreamState

GRACE_S = 5.0
"""How long a sibling may be ahead before it counts: streams and connections differ in speed."""

SETTLING_S = 1.0
"""What comes so soon after an acknowledgement may have been on its way before it."""

GAPS_TO_STALE = 3.0
"""A silence of so many usual gaps is not usual."""

GAPS_TOGETHER = 10.0
"""… unless all streams of the symbol fell silent together, as they do when nothing happens."""

GAPS_KNOWN = 5
"""The longest of fewer silences says nothing of what would be too long: the next one may well be longer."""

GAP_MEMORY_S = 600.0
"""The longest usual gap is forgotten at this pace; a burst of messages does not shrink it."""

RHYTHM_MEMORY_S = 200.0
"""The longest silence of a stream's present rhythm is forgotten at this pace."""

RHYTHM_GROWS = 3.0
"""One silence makes the rhythm so many times slower at most: a stall is none of its beats."""

RHYTHM_LEAST_S = 0.1
"""Beats that are quicker are all the same."""

SAMPLES = 2
"""A stream that never flowed is judged by so many samples: a base line, and what is held against it."""

NOTICED_WITHIN_S = 60.0
"""Data that is older says nothing of when a silence began: there was none to send for a while before."""

A_MOMENT = "was a moment faster"
"""How a reason ends that is no agreement yet, only patience."""

TRADE_ID_KINDS = frozenset({StreamKind.TRADE, StreamKind.AGG_TRADE, StreamKind.KLINE, StreamKind.TICKER})
QUOTE_KINDS = frozenset({StreamKind.BOOK_TICKER})
BOOK_KINDS = frozenset({StreamKind.DEPTH, StreamKind.PARTIAL_DEPTH})

RARE_KINDS = frozenset(
    {StreamKind.LIQUIDATION, StreamKind.LIQUIDATION_ALL, StreamKind.CONTRACT_INFO, StreamKind.BLOCK_TRADE}
)
"""Streams that may have nothing to tell for a day, and of whose silence nothing else speaks."""

BestPrices = tuple[str, str, str, str]
"""Bid, its quantity, ask, its quantity, as printed."""


class Sample(StrEnum):
    """What REST can be asked for against a silent stream."""

    TRADES = "trades"
    """The last trade's id."""
    PRICES = "prices"
    """The best bid and ask."""


def sample_of(kind: StreamKind) -> Sample | None:
    """What would prove, or refute, the silence of such a stream; None: REST knows nothing of it."""
    if kind in TRADE_ID_KINDS:
        return Sample.TRADES
    return Sample.PRICES if kind in QUOTE_KINDS | BOOK_KINDS else None


@dataclass(slots=True)
class StreamRecord:
    """What is known of one wanted stream."""

    name: str
    kind: StreamKind
    facts: SymbolFacts
    shard: int | None = None
    state: StreamState = StreamState.WANTED
    reason: str = ""
    since: float = 0.0
    down_reason: str = ""
    refusal: str = ""
    acked_at: float | None = None
    data_at: float | None = None
    """Last own data on any connection."""
    dark_since: float | None = None
    """While it brings nothing though it should, or might: since when, as well as is known."""
    flowed: bool = False
    """Own data came since the last acknowledgement."""
    gap_s: float | None = None
    """The longest usual silence, decaying."""
    gaps: int = 0
    """Silences that were seen."""
    rhythm_s: float = RHYTHM_LEAST_S
    """The longest silence of late, as `gap_s`, but hardly moved by a single one."""
    own_id: int | None = None
    """Newest trade or update id that this subscription showed."""
    base_id: int | None = None
    """Newest id that others showed when this subscription began."""
    base_at: float = 0.0
    """When they showed it, or the best prices that stand for it."""
    ahead_id: int | None = None
    """An id of others that this stream has not reached, and since when it has not."""
    ahead_since: float = 0.0
    best: BestPrices | None = None
    best_at: float = 0.0
    base_best: BestPrices | None = None
    differs: int = 0
    """Samples of others, since the last own quote, that show another best bid or ask."""
    probes: int = 0
    """REST samples of its own proof since the acknowledgement."""
    agreed: bool = False
    """When it was last judged, something agreed with its silence."""
    apart_at: float | None = None
    """Since when siblings flow while it is silent."""
    judged: bool = False
    """Judged since its subscription last began or ended: what `state` says is of the present one."""
    stale: bool = False
    """Judged stale; a stream that is beyond repair is shown as blind, and stale all the same."""
    beyond_repair: bool = False
    sample: Sample | None = field(init=False)
    """What would prove its silence. What comes by the clock, such as mark prices, has none, and says nothing
    of the others' silence."""
    of_trades: bool = field(init=False)
    """It tells the newest trade's id; the next ones: best prices; a book; what comes rarely."""
    of_quotes: bool = field(init=False)
    of_books: bool = field(init=False)
    rare: bool = field(init=False)

    def __post_init__(self) -> None:
        """What its kind says: asked for each of thousands of streams, and an enum takes long to look up."""
        kind = self.kind
        self.sample = sample_of(kind)
        self.of_trades, self.of_quotes = kind in TRADE_ID_KINDS, kind in QUOTE_KINDS
        self.of_books, self.rare = kind in BOOK_KINDS, kind in RARE_KINDS

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
            self.gaps += 1
            gap = self.gap_s
            if gap is None or silence > gap:
                self.gap_s = silence
            else:
                self.gap_s = max(silence, gap * (1.0 - silence / GAP_MEMORY_S))
            rhythm = self.rhythm_s
            if silence > rhythm:
                self.rhythm_s = min(silence, rhythm * RHYTHM_GROWS)
            elif rhythm > RHYTHM_LEAST_S:
                self.rhythm_s = max(silence, RHYTHM_LEAST_S, rhythm * (1.0 - silence / RHYTHM_MEMORY_S))
        self.data_at = now
        self.flowed = True
        self.apart_at = None

    def look_around(self, now: float) -> None:
        """Note since when siblings flow while the stream is silent."""
        if together(self):
            self.apart_at = None
        elif self.apart_at is None:
            self.apart_at = now

    def sampled(self, asked_at: float, before_at: float | None, fresh_s: float) -> bool:
        """REST was asked for the stream's proof. `before_at`: an earlier sample showed the same. True when
        that one is from before the subscription: then nothing happened since, which is proof enough."""
        if self.acked_at is None or asked_at < self.acked_at + SETTLING_S:
            return False
        self.probes += 1
        if self.flowed or self.probes > 1 or before_at is None:
            return False
        if before_at >= self.acked_at + SETTLING_S or asked_at - before_at > fresh_s:
            return False
        self.probes = SAMPLES
        self.base_at = before_at
        return True


@dataclass(slots=True)
class SymbolFacts:
    """What a symbol's streams and REST said of it."""

    symbol: str
    entries: list[StreamRecord] = field(default_factory=list)
    rest_id: int | None = None
    rest_at: float | None = None
    shown_best: BestPrices | None = None
    """Best prices that REST or a ticker showed last, and when."""
    shown_at: float | None = None
    trade_gap_s: float | None = None
    """The mean time between trades, by the statistics of a day."""
    judge_at: float = 0.0
    """Until then its streams are as they were judged last, where nothing comes; what comes sets it to 0."""
    calm: bool = False
    """All of its streams are live, and what comes until `judge_at` leaves them so."""
    ask_at: float = 0.0
    """… and until then no proof by REST is called for."""

    def sampled_at(self, sample: Sample) -> float | None:
        """When there was such a proof last."""
        return self.rest_at if sample is Sample.TRADES else self.shown_at

    def happened(self) -> None:
        """Something other than own data came: everything of the symbol is looked at anew."""
        self.judge_at = self.ask_at = 0.0

    def of(self, sample: Sample) -> list[StreamRecord]:
        """The streams that such a proof speaks of."""
        return [entry for entry in self.entries if entry.sample is sample]


def usual_gap(entry: StreamRecord) -> float | None:
    """The longest silence that is usual for the stream; None where nothing is known of it. The first minutes
    may show a burst only: a day's trades tell how far they lie apart."""
    of_day = entry.facts.trade_gap_s if entry.of_trades else None
    own = entry.gap_s
    if own is None or of_day is None:
        return of_day if own is None else own
    return max(own, of_day)


def dark_since(entry: StreamRecord, state: StreamState, now: float) -> float | None:
    """Since when a stream brings nothing; the steps of its repair do not make it younger."""
    if state in (StreamState.LIVE, StreamState.QUIET):
        return None
    if entry.dark_since is None and state is StreamState.STALE:
        since = entry.silent_since()
        return since if now - since <= NOTICED_WITHIN_S else now
    return entry.dark_since


def best_of(ticker: Ticker) -> BestPrices | None:
    """The best prices that statistics tell; None where they tell none."""
    shown = (ticker.bid, ticker.bid_qty, ticker.ask, ticker.ask_qty)
    bid, bid_qty, ask, ask_qty = shown
    if bid is None or bid_qty is None or ask is None or ask_qty is None:
        return None
    return bid, bid_qty, ask, ask_qty


def knows_gap(entry: StreamRecord) -> bool:
    """Whether enough silences were seen to call one unusual. A day's mean does not: most are no mean ones."""
    return entry.gaps >= GAPS_KNOWN


def compare_best(facts: SymbolFacts, shown: BestPrices, at: float) -> None:
    """Hold best prices that another source shows against those of the bookTicker."""
    facts.shown_best, facts.shown_at = shown, at
    for entry in facts.entries:
        if not entry.of_quotes or entry.acked_at is None or at < entry.acked_at:
            continue
        known = entry.best or entry.base_best
        if known is None:
            entry.base_best, entry.base_at = shown, at
        elif known == shown:
            entry.differs = 0
        else:
            entry.differs += 1
            facts.ask_at = 0.0


def together(entry: StreamRecord) -> bool:
    """Whether no sibling brought anything for as long as the stream is silent, give or take."""
    since, others = entry.silent_since() + GRACE_S, False
    for other in entry.facts.entries:
        if other is entry or other.acked_at is None or other.sample is None:
            continue
        if other.silent_since() > since:
            return False
        others = True
    return others


def evidence(entry: StreamRecord, now: float, fresh_s: float) -> tuple[str, str]:
    """(what agrees with the stream's silence, what speaks against it), in words; empty: nothing does."""
    if entry.of_quotes:
        return _quote_evidence(entry, now, fresh_s)
    if entry.of_books:
        others = [(e.own_id, e.data_at, "bookTicker") for e in entry.facts.entries if e.of_quotes]
        return _id_evidence(entry, others, now, fresh_s, "the book has not changed")
    if entry.of_trades:
        siblings = [
            (e.own_id, e.data_at, e.name.partition("@")[2])
            for e in entry.facts.entries
            if e.of_trades and e is not entry
        ]
        rest = (entry.facts.rest_id, entry.facts.rest_at, "REST")
        return _id_evidence(entry, [*siblings, rest], now, fresh_s, "no trade")
    return "", ""


def _id_evidence(
    entry: StreamRecord,
    others: Sequence[tuple[int | None, float | None, str]],
    now: float,
    fresh_s: float,
    nothing: str,
) -> tuple[str, str]:
    # What was on its way when the subscription began may be older than it.
    from_at = (entry.acked_at or 0.0) + (0.0 if entry.own_id is not None else SETTLING_S)
    known = [
        (other_id, at, source)
        for other_id, at, source in others
        if other_id is not None and at is not None and at >= from_at and now - at <= fresh_s
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
        return f"{source} {A_MOMENT}", ""
    entry.ahead_id = None
    # Only what was seen after the silence began speaks of it; a base line does not confirm itself.
    quiet_from = entry.silent_since() if entry.own_id is not None else entry.base_at + SETTLING_S
    at, source = max((at, source) for _, at, source in known)
    return (f"{nothing} since id {own} ({source} agrees)", "") if at >= quiet_from else ("", "")


def _quote_evidence(entry: StreamRecord, now: float, fresh_s: float) -> tuple[str, str]:
    at = entry.facts.shown_at
    if at is None or entry.acked_at is None or at < entry.acked_at:
        return "", ""
    if entry.differs >= 2 and now - at <= fresh_s:
        return "", "ticker and REST show other best prices"
    settled = at >= (entry.best_at if entry.best is not None else entry.base_at + SETTLING_S)
    if entry.differs == 0 and settled and now - at <= fresh_s:
        return "best prices have not changed (ticker agrees)", ""
    if entry.differs == 1 and now - at <= GRACE_S:
        return f"ticker {A_MOMENT}", ""
    return "", ""
