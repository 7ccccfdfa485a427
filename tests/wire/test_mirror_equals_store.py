"""Whatever happens between them: once a viewer was answered, its mirror shows what the store holds."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bntui.model.judged import VerdictView
from bntui.model.markets import Market, StreamKey, SymbolKey
from bntui.model.states import BookState, Grade, ShardState, StreamState
from bntui.model.status import (
    BookStatusChanged,
    BudgetChanged,
    Event,
    HealthChanged,
    InstrumentsLoaded,
    OutageChanged,
    ShardChanged,
)
from bntui.model.views import OutageView
from bntui.store import alerts as alerts_module
from bntui.store import store as store_module
from bntui.store.store import Store
from bntui.wire import mirror as mirror_module
from bntui.wire.codec import HEADER_BYTES, decode, encode
from bntui.wire.messages import Delta, Pull
from bntui.wire.mirror import Mirror
from tests.model.build import (
    BTC,
    CJK,
    ETH,
    T0_MS,
    agg_trade,
    book_status,
    budget,
    closes,
    health,
    instrument,
    mini_ticker,
    outage,
    quote,
    shard,
    stream_changed,
    stream_gone,
    ticker,
    trade,
)
from tests.support.alerts import an_alert

KEYS = [BTC, ETH, CJK, SymbolKey(Market.USDM, "BTCUSDT")]
NAMES = [f"{key.symbol.lower()}@{kind}" for key in KEYS[:3] for kind in ("trade", "ticker")]
VIEWERS = range(2)
AGES = [(StreamKey(Market.SPOT, name), float(n)) for n, name in enumerate(NAMES)]

key = st.sampled_from(KEYS)
price = st.sampled_from(["99.0", "100.0", "100.00", "100.5", "0.00000001"])
number = st.integers(1, 50)
time_ms = st.integers(0, 90).map(lambda minutes: T0_MS + minutes * 60_000)
at = st.floats(0, 1e6)

pool_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(stream_changed, st.sampled_from(NAMES), st.sampled_from(StreamState), st.text(max_size=5)),
    st.builds(stream_gone, st.sampled_from(NAMES)),
    st.builds(ShardChanged, st.builds(shard, st.integers(1, 4), st.sampled_from(ShardState))),
    st.builds(ShardChanged, st.builds(shard, st.integers(1, 4), st.just(ShardState.CLOSED))),
    st.builds(book_status, key, st.sampled_from(BookState), resyncs=st.integers(0, 2)).map(
        lambda status: BookStatusChanged(status.key, status)
    ),
    st.builds(BookStatusChanged, key, st.none()),
)

outage_lines = st.builds(outage, st.integers(1, 9), st.none() | st.just(T0_MS + 5_000))

market_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(quote, key, bid=price, ask=price, at=at),
    st.builds(trade, key, number, price, time_ms, at, refilled=st.booleans()),
    st.builds(agg_trade, key, number, price, time_ms, at),
    st.builds(ticker, key, price, number, st.sampled_from(["24h", "1h"]), time_ms=time_ms),
    st.builds(mini_ticker, key, price, time_ms),
    st.builds(closes, key, price, price, price, first_ms=time_ms),
    st.builds(BudgetChanged, st.builds(budget, number)),
    st.builds(HealthChanged, st.builds(health, st.none() | st.floats(-1e3, 1e3))),
    st.lists(st.builds(instrument, key, st.sampled_from(["TRADING", "BREAK"])), max_size=3).map(
        lambda listed: InstrumentsLoaded(tuple(listed))
    ),
)


class Seam(RuleBasedStateMachine):
    """Several viewers on one store after another."""

    @initialize()
    def begin(self) -> None:
        # Small bounds, so that a run goes beyond them.
        self.bounds = pytest.MonkeyPatch()
        for module in (store_module, mirror_module):
            self.bounds.setattr(module, "OUTAGES_KEPT", 3)
            self.bounds.setattr(module, "NOTICES_KEPT", 4)
        self.bounds.setattr(alerts_module, "ALERTS_KEPT", 3)
        self.epochs = 0
        self.restart()
        self.mirrors = [Mirror(silence_s=3.0) for _ in VIEWERS]

    @rule(luck=st.integers(0, 9))
    def fate(self, luck: int) -> None:
        """The engine dies now and then, and another begins with nothing."""
        if luck == 0:
            self.restart()

    def restart(self) -> None:
        self.epochs += 1
        self.store = Store(f"epoch {self.epochs}", T0_MS, lambda shard_id: AGES[:shard_id], tombstones=1)

    @rule(happened=st.lists(market_events, min_size=1, max_size=12))
    def happen_on_the_market(self, happened: list[Event]) -> None:
        self.store.apply(happened)

    @rule(keys=st.lists(key, max_size=5))
    def watch(self, keys: list[SymbolKey]) -> None:
        self.store.set_watchlist(keys)

    @rule(text=st.text(max_size=5), bad=st.booleans())
    def note(self, text: str, bad: bool) -> None:
        self.store.notice(text, bad)

    @rule(grade=st.sampled_from(Grade))
    def decide(self, grade: Grade) -> None:
        self.store.set_verdict(VerdictView(grade, f"{grade.value.upper()} 1/1", 1.0))

    @rule(viewer=st.sampled_from(VIEWERS))
    def ask_and_lose_the_answer(self, viewer: int) -> None:
        """The conversation ends before the answer has arrived."""
        self.answer(self.mirrors[viewer], None)

    @rule(happened=st.lists(pool_events, min_size=1, max_size=8))
    def happen_to_the_pool(self, happened: list[Event]) -> None:
        self.store.apply(happened)

    @rule(lines=st.lists(outage_lines, min_size=1, max_size=6))
    def lose_connections(self, lines: list[OutageView]) -> None:
        self.store.apply([OutageChanged(line) for line in lines])

    @rule(number=st.integers(1, 9), ended=st.booleans())
    def alert(self, number: int, ended: bool) -> None:
        self.store.alerts.keep(an_alert(number, ended_ms=T0_MS if ended else None))

    @rule(viewer=st.sampled_from(VIEWERS), focus=st.none() | st.integers(1, 4))
    def ask(self, viewer: int, focus: int | None) -> None:
        mirror = self.mirrors[viewer]
        mirror.apply(self.answer(mirror, focus), 50.0)
        self.is_equal(mirror, focus)
        assert not self.store.dirty(mirror.seq, mirror.epoch)

    def teardown(self) -> None:
        try:
            for mirror in self.mirrors:
                mirror.apply(self.answer(mirror, None), 50.0)
                self.is_equal(mirror, None)
        finally:
            self.bounds.undo()

    def answer(self, mirror: Mirror, focus: int | None) -> Delta:
        pull = decode(encode(Pull(mirror.seq, mirror.epoch, focus))[HEADER_BYTES:])
        assert isinstance(pull, Pull)
        delta = self.store.delta(pull.seq, pull.epoch, pull.focus_shard, 100.0, T0_MS)
        answer = decode(encode(delta)[HEADER_BYTES:])
        assert isinstance(answer, Delta)
        return answer

    def is_equal(self, mirror: Mirror, focus: int | None) -> None:
        store = self.store
        assert mirror.epoch == store.epoch
        assert mirror.watchlist == store.watchlist
        assert mirror.rows == store.rows
        assert mirror.shards == store.shards
        assert mirror.streams == store.streams
        assert mirror.books == store.books
        assert mirror.stream_ages == dict(AGES[: focus or 0])
        assert mirror.outages == store.outages
        assert mirror.alerts == {alert.id: alert for alert in store.alerts}
        assert mirror.notices == store.notices
        assert mirror.instruments == store.instruments
        assert (mirror.budget, mirror.health) == (store.budget, store.health)
        if store.verdict is not None:
            assert mirror.verdict(50.0) == store.verdict


TestSeam = Seam.TestCase
TestSeam.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
