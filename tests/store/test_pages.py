"""The open symbols: each viewer gets of its own what it lacks, and what nobody has open costs nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bntui.model.derivatives import Liquidation
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.panels import (
    LIQUIDATIONS_KEPT,
    BookSamples,
    BookStatus,
    BookView,
    Focus,
    LadderLevel,
    LiquidationRow,
    PanelsDelta,
)
from bntui.model.states import BookState
from bntui.model.status import BookApplied, CandlesLoaded
from bntui.store.candles import Ask
from bntui.store.pages import SAMPLES_KEPT, Pages
from tests.model.build import BTC, ETH, T0_MS, agg_trade, candle, trade

FOCUS = Focus(Market.SPOT, BTC.symbol)


class World:
    """Pages with a revision that a test moves, as answers do."""

    def __init__(self) -> None:
        self.revision = 1
        self.pages = Pages(lambda: self.revision)
        self.reader = Reader()
        self.pages.book_of = lambda key: self.reader if key == BTC else None

    def open(self) -> None:
        self.pages.open(BTC)
        self.pages.show_tape(BTC, single=False, flows=True)
        self.pages.show_candles(BTC, "1m")

    def told(self, focus: Focus = FOCUS, shown: Focus | None = FOCUS, since: int = 0) -> PanelsDelta | None:
        """What a viewer gets that was answered at revision `since`, and the answer's own revision."""
        delta = self.pages.delta(focus, shown, since)
        self.revision += 1
        return delta


class Reader:
    """A book with one level on each side."""

    def __init__(self) -> None:
        self.state = BookState.SYNCED
        self.bids = [LadderLevel("99", "3", "297")]
        self.asks = [LadderLevel("101", "1", "101")]
        self.asked: list[tuple[int, str]] = []

    def view(self, levels: int, step: str) -> BookView:
        self.asked.append((levels, step))
        status = BookStatus(Market.SPOT, BTC.symbol, self.state, "", 0.0, 0, False, 7)
        return BookView(status, step, self.bids, self.asks, 1.0, T0_MS, 2, [], [])


def applied(key: SymbolKey = BTC) -> BookApplied:
    return BookApplied(key, 7, BookState.SYNCED, "", (), (), T0_MS, T0_MS, 1.0)


def test_a_new_viewer_gets_everything_and_then_what_changes() -> None:
    world = World()
    world.open()
    world.pages.apply([agg_trade(), candle()])
    first = world.told(shown=None)
    assert first is not None
    assert first.full
    assert first.tape is not None
    assert first.candles is not None
    assert first.book is not None
    assert world.told(since=1) is None
    world.pages.apply([agg_trade(agg_id=901)])
    later = world.told(since=2)
    assert later is not None
    assert not later.full
    assert later.tape is not None
    assert (later.book, later.candles) == (None, None)


def liquidation(n: int, side: Side = Side.SELL, key: SymbolKey = BTC) -> Liquidation:
    return Liquidation(
        key, side, "60000", f"{60_000 + n}", "2", "1", "1.5", "FILLED", T0_MS + n, T0_MS, 0, 0.0
    )


def test_liquidations_say_what_was_closed_and_are_told_once() -> None:
    world = World()
    world.open()
    world.pages.apply([liquidation(1), liquidation(2, Side.BUY), liquidation(3, key=ETH)])
    first = world.told(shown=None)
    assert first is not None
    assert first.liquidations == [
        LiquidationRow(T0_MS + 1, "long", "60001", "1.5"),
        LiquidationRow(T0_MS + 2, "short", "60002", "1.5"),
    ]
    assert world.told(since=1) is None
    world.pages.apply([liquidation(4)])
    later = world.told(since=2)
    assert later is not None
    assert [row.price for row in later.liquidations] == ["60004"]


def test_the_oldest_liquidations_go() -> None:
    world = World()
    world.open()
    world.pages.apply([liquidation(n) for n in range(LIQUIDATIONS_KEPT + 5)])
    first = world.told(shown=None)
    assert first is not None
    assert [row.price for row in first.liquidations][:1] == ["60005"]
    assert len(first.liquidations) == LIQUIDATIONS_KEPT


def test_what_nobody_has_open_is_passed_by() -> None:
    world = World()
    world.pages.apply([trade(ETH), applied(ETH), candle(key=ETH)])
    assert len(world.pages) == 0
    assert world.told(replace(FOCUS, symbol=ETH.symbol), None) is None


@pytest.mark.parametrize(
    ("changes", "full", "parts"),
    [
        ({"symbol": ETH.symbol}, True, {"candles", "tape"}),
        ({"single_trades": True}, True, {"book", "tape", "candles"}),
        ({"interval": "5m"}, False, {"candles"}),
        ({"levels": 50}, False, {"book"}),
        ({"step": "1"}, False, {"book"}),
        ({"candles_from_ms": 5}, False, set()),
    ],
)
def test_another_look_brings_what_it_needs(changes: dict[str, Any], full: bool, parts: set[str]) -> None:
    world = World()
    world.open()
    world.pages.show_tape(BTC, single=True, flows=True)
    world.pages.show_candles(BTC, "5m")
    world.pages.show_tape(ETH, single=False, flows=True)
    world.pages.show_candles(ETH, "1m")
    world.pages.apply([agg_trade(), trade(), agg_trade(ETH), candle(), candle("5m")])
    world.revision += 1
    delta = world.told(replace(FOCUS, **changes), FOCUS, since=1)
    if not parts:
        assert delta is None
        return
    assert delta is not None
    assert delta.full is full
    assert {part for part in ("book", "tape", "candles") if getattr(delta, part) is not None} == parts


def test_the_book_comes_with_every_update_and_as_it_was_asked_for() -> None:
    world = World()
    world.open()
    world.told(shown=None)
    world.pages.apply([applied()])
    delta = world.told(replace(FOCUS, levels=5, step="10"), replace(FOCUS, levels=5, step="10"), since=1)
    assert delta is not None
    assert delta.book is not None
    assert world.reader.asked[-1] == (5, "10")


def test_spread_and_imbalance_are_noted_and_a_book_that_is_not_good_leaves_a_mark() -> None:
    world = World()
    world.open()
    world.pages.sample()
    world.reader.state = BookState.RESYNC
    world.pages.sample()
    world.reader.state = BookState.SYNCED
    world.reader.asks = []
    world.pages.sample()
    delta = world.told(shown=None)
    assert delta is not None
    assert delta.samples == BookSamples([200.0, -1.0, -1.0], [0.75, -1.0, -1.0])


def test_samples_travel_once_a_second_and_changes_of_the_book_without_them() -> None:
    world = World()
    world.open()
    world.pages.sample()
    world.told(shown=None)
    since = world.revision - 1
    world.pages.apply([applied()])
    changed = world.told(since=since)
    assert changed is not None
    assert (changed.book is not None, changed.samples) == (True, None)
    since = world.revision - 1
    world.pages.sample()
    sampled = world.told(since=since)
    assert sampled is not None
    assert (sampled.book, sampled.samples is not None) == (None, True)


def test_the_series_are_bounded() -> None:
    world = World()
    world.open()
    for _ in range(SAMPLES_KEPT + 5):
        world.pages.sample()
    delta = world.told(shown=None)
    assert delta is not None
    assert delta.samples is not None
    assert len(delta.samples.spreads_bps) == len(delta.samples.imbalances) == SAMPLES_KEPT


def test_a_refused_symbol_says_why_on_every_panel() -> None:
    world = World()
    world.pages.refuse(BTC, "BTCUSDT is not listed.")
    delta = world.told(shown=None)
    assert delta is not None
    assert delta.book is not None
    assert (delta.book.status.state, delta.book.status.reason) == (
        BookState.UNTRUSTED,
        "BTCUSDT is not listed.",
    )
    assert delta.candles is not None
    assert delta.candles.failure == "BTCUSDT is not listed."
    world.pages.refuse(BTC, "")
    world.open()
    again = world.told(since=1)
    assert again is not None
    assert again.full
    assert again.candles is not None
    assert again.candles.failure == ""


def test_a_page_that_was_closed_meanwhile_is_told_anew() -> None:
    world = World()
    world.open()
    world.pages.apply([agg_trade()])
    world.told(shown=None)
    world.pages.close(BTC)
    world.open()
    delta = world.told(since=1)
    assert delta is not None
    assert delta.full
    assert delta.tape is None


def test_a_tape_that_began_anew_is_told_anew() -> None:
    world = World()
    world.open()
    world.told(shown=None)
    world.pages.hide_tape(BTC, single=False)
    world.pages.show_tape(BTC, single=False, flows=True)
    delta = world.told(since=1)
    assert delta is not None
    assert delta.full


def test_what_rest_brings_goes_to_its_series_and_its_being_asked_is_told() -> None:
    world = World()
    world.open()
    world.pages.loading(BTC, "1m", Ask(None, None))
    delta = world.told(shown=None)
    assert delta is not None
    assert delta.candles is not None
    assert delta.candles.loading
    world.pages.apply([CandlesLoaded(BTC, "1m", (candle(closed=True, refilled=True),), None, None, True)])
    delta = world.told(since=1)
    assert delta is not None
    assert delta.candles is not None
    assert (len(delta.candles.rows), delta.candles.loading, delta.candles.first) == (1, False, True)
