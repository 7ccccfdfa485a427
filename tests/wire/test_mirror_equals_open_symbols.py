"""Whatever happens between them: a viewer's panels show what the store holds of the symbol it has open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bntui.model import panels as panels_module
from bntui.model.markets import Market, SymbolKey
from bntui.model.panels import BookStatus, BookView, Focus, LadderLevel
from bntui.model.states import BookState
from bntui.model.status import BookApplied, CandlesLoaded, Event, Gap
from bntui.store import candles as candles_module
from bntui.store import tape as tape_module
from bntui.store.candles import Ask
from bntui.store.store import Store
from bntui.wire.codec import HEADER_BYTES, decode, encode
from bntui.wire.messages import Delta, Pull
from bntui.wire.mirror import Mirror
from tests.model.build import BTC, ETH, T0_MS, agg_trade, candle, trade

KEYS = [BTC, ETH]
VIEWERS = range(2)
INTERVALS = ["5m", "5m", "1m"]

key = st.sampled_from([BTC, BTC, BTC, ETH])
number = st.integers(1, 12)
minute = st.integers(0, 7).map(lambda minutes: T0_MS + minutes * 300_000)

ids = st.lists(number, min_size=1, max_size=6)

focuses = st.builds(
    Focus,
    st.just(Market.SPOT),
    key.map(lambda of: of.symbol),
    st.sampled_from(INTERVALS),
    st.sampled_from([5, 20]),
    st.sampled_from(["", "0.1"]),
    single_trades=st.booleans(),
    candles_from_ms=st.none() | minute,
)

candles = st.builds(
    candle,
    st.sampled_from(INTERVALS),
    closed=st.booleans(),
    key=key,
    open_ms=minute,
    close=st.sampled_from(["1.0", "2.0"]),
    refilled=st.booleans(),
)


def gap(of: SymbolKey, first: int, count: int, repaired: bool, aggregated: bool) -> Gap:
    return Gap(of, first, first + count, "connection lost", repaired, T0_MS, 1.0, aggregated=aggregated)


def candle_gap(of: SymbolKey, from_ms: int, to_ms: int, repaired: bool) -> Gap:
    return Gap(of, from_ms, to_ms, "connection lost", repaired, T0_MS, 1.0, "5m")


def loaded(of: SymbolKey, found: list[int], complete: bool, failure: str) -> CandlesLoaded:
    rows = tuple(candle("5m", key=of, open_ms=ms, closed=True, refilled=True) for ms in sorted(set(found)))
    return CandlesLoaded(of, "5m", rows, None, None, complete, failure)


happenings: st.SearchStrategy[Event] = st.one_of(
    st.builds(trade, key, number, time_ms=minute, refilled=st.booleans()),
    st.builds(agg_trade, key, number, time_ms=minute, agg_id=number, refilled=st.booleans()),
    st.builds(gap, key, number, st.integers(-3, 4), st.booleans(), st.booleans()),
    candles,
    st.builds(candle_gap, key, minute, minute, st.booleans()),
    st.builds(loaded, key, st.lists(minute, max_size=4), st.booleans(), st.sampled_from(["", "no REST"])),
    st.builds(BookApplied, key, number, st.just(BookState.SYNCED), st.just(""), st.just(()), st.just(()),
              st.none(), st.just(T0_MS), st.just(1.0)),
)  # fmt: skip


class Reader:
    """A book whose update id counts what was told of it."""

    def __init__(self, of: SymbolKey) -> None:
        self.key = of
        self.updates = 0

    def view(self, levels: int, step: str) -> BookView:
        status = BookStatus(*self.key, BookState.SYNCED, "", 0.0, 0, False, self.updates)
        return BookView(status, step, [LadderLevel("1", str(levels), "1")] * levels, [], 1.0, None, 2, [], [])


class Seam(RuleBasedStateMachine):
    """Several viewers that open symbols of one store after another."""

    @initialize()
    def begin(self) -> None:
        # Small bounds, so that a run goes beyond them.
        self.bounds = pytest.MonkeyPatch()
        for module in (panels_module, tape_module):
            self.bounds.setattr(module, "TAPE_ROWS", 8)
            self.bounds.setattr(module, "FLOW_MINUTES", 4)
        for module in (panels_module, candles_module):
            self.bounds.setattr(module, "CANDLES_KEPT", 6)
        self.epochs = 0
        self.restart()
        self.mirrors = [Mirror(silence_s=3.0) for _ in VIEWERS]
        self.shown: list[Focus | None] = [None for _ in VIEWERS]

    @rule(luck=st.integers(0, 9))
    def fate(self, luck: int) -> None:
        """The engine dies now and then, and another begins with nothing."""
        if luck == 0:
            self.restart()
            self.shown = [None for _ in VIEWERS]

    def restart(self) -> None:
        self.epochs += 1
        self.store = Store(f"epoch {self.epochs}", T0_MS)
        self.books = {each: Reader(each) for each in KEYS}
        self.store.pages.book_of = self.books.get

    @rule(happened=st.lists(happenings, min_size=1, max_size=12))
    def happen(self, happened: list[Event]) -> None:
        for event in happened:
            if isinstance(event, BookApplied):
                self.books[event.key].updates += 1
        self.store.apply(happened)

    @rule(of=key, flows=st.booleans())
    def flow(self, of: SymbolKey, flows: bool) -> None:
        self.store.pages.flowing(of, False, flows)

    @rule(of=key)
    def load(self, of: SymbolKey) -> None:
        self.store.pages.loading(of, "5m", Ask(None, None))

    @rule(of=key, why=st.sampled_from(["", "not listed"]))
    def refuse(self, of: SymbolKey, why: str) -> None:
        if self.store.pages.get(of) is not None:
            self.store.pages.refuse(of, why)

    @rule()
    def sample(self) -> None:
        self.store.pages.sample()

    @rule(of=key)
    def close(self, of: SymbolKey) -> None:
        """Nobody has had it open for a while."""
        if of not in {focus.key for focus in self.shown if focus is not None}:
            self.store.pages.close(of)

    @rule(viewer=st.sampled_from(VIEWERS), focus=focuses)
    def ask_and_lose_the_answer(self, viewer: int, focus: Focus) -> None:
        """The conversation ends before the answer has arrived."""
        self.answer(viewer, focus)
        self.shown[viewer] = None

    @rule(viewer=st.sampled_from(VIEWERS))
    def look_away(self, viewer: int) -> None:
        self.mirrors[viewer].apply(self.answer(viewer, None), 50.0)

    @rule(viewer=st.sampled_from(VIEWERS), focus=focuses)
    def look_elsewhere(self, viewer: int, focus: Focus) -> None:
        self.mirrors[viewer].apply(self.answer(viewer, focus), 50.0)
        self.is_equal(viewer, focus)

    @rule(viewer=st.sampled_from(VIEWERS), happened=st.lists(happenings, max_size=6))
    def look_on(self, viewer: int, happened: list[Event]) -> None:
        self.happen(happened)
        focus = self.shown[viewer]
        if focus is not None:
            self.look_elsewhere(viewer, focus)

    @rule(viewer=st.sampled_from(VIEWERS), ids=ids, luck=st.integers(0, 3))
    def trade_on(self, viewer: int, ids: list[int], luck: int) -> None:
        """Trades of the symbol that a viewer has open, then a hole, its end, or a stop of the stream."""
        focus = self.shown[viewer] or Focus(Market.SPOT, BTC.symbol)
        single, of = focus.single_trades, focus.key
        for each in ids:
            at_ms = T0_MS + each * 40_000
            deal = trade(of, each, time_ms=at_ms) if single else agg_trade(of, agg_id=each, time_ms=at_ms)
            self.store.apply([deal])
        self.look_on(viewer, [])
        match luck:
            case 0:
                self.store.apply([gap(of, 99, -9, False, not single)])
            case 1 | 2:
                self.store.apply([gap(of, 5, 1, luck == 2, not single)])
            case _:
                self.store.pages.flowing(of, single, len(ids) % 2 == 0)
        self.look_on(viewer, [])

    @rule(
        viewer=st.sampled_from(VIEWERS),
        minutes=st.lists(minute, min_size=1, max_size=4),
        repairs=st.booleans(),
    )
    def miss_candles(self, viewer: int, minutes: list[int], repairs: bool) -> None:
        """Candles of the symbol that a viewer has open, and a hole between them that comes or goes."""
        of = (self.shown[viewer] or Focus(Market.SPOT, BTC.symbol)).key
        self.store.apply([candle("5m", key=of, open_ms=ms, closed=True) for ms in minutes])
        self.look_on(viewer, [])
        self.store.apply([candle_gap(of, min(minutes), max(minutes), repairs)])
        self.look_on(viewer, [])

    def teardown(self) -> None:
        try:
            for viewer in VIEWERS:
                self.look_elsewhere(viewer, Focus(Market.SPOT, BTC.symbol))
        finally:
            self.bounds.undo()

    def answer(self, viewer: int, focus: Focus | None) -> Delta:
        mirror = self.mirrors[viewer]
        pull = decode(encode(Pull(mirror.seq, mirror.epoch, None, focus))[HEADER_BYTES:])
        assert isinstance(pull, Pull)
        if focus is not None:
            pages = self.store.pages
            pages.open(focus.key)
            pages.show_tape(focus.key, focus.single_trades, True)
            pages.show_candles(focus.key, focus.interval)
        delta = self.store.delta(pull.seq, pull.epoch, None, 100.0, T0_MS, pull.focus, self.shown[viewer])
        self.shown[viewer] = focus
        answer = decode(encode(delta)[HEADER_BYTES:])
        assert isinstance(answer, Delta)
        return answer

    def is_equal(self, viewer: int, focus: Focus) -> None:
        panels, page = self.mirrors[viewer].panels, self.store.pages.get(focus.key)
        assert panels is not None
        assert page is not None
        assert panels.key == focus.key
        tape, series = page.tapes[focus.single_trades], page.series[focus.interval]
        assert panels.tape == tape.rows()
        assert sorted(panels.flows.values(), key=lambda flow: flow.open_ms) == tape.flows()
        assert panels.interval == focus.interval
        assert panels.book is not None
        if page.refusal:
            # Nothing new is told of it until it is taken back.
            assert panels.failure == panels.book.status.reason == page.refusal
            return
        assert list(panels.candles.values()) == series.rows()
        assert (panels.holes, panels.first, panels.loading, panels.failure) == (
            series.holes,
            series.first,
            series.asked is not None,
            series.failure,
        )
        view = self.books[focus.key].view(focus.levels, focus.step)
        assert panels.book == replace(view, spreads_bps=list(page.spreads), imbalances=list(page.imbalances))


TestSeam = Seam.TestCase
TestSeam.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
