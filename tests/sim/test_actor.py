"""Whatever happens to a symbol, its book stays whole and its trades take from it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.sim.actor import FILLS, TAKE, Actor, Setting, hours_between
from bntui.sim.bars import MINUTE_US
from bntui.sim.book import BookSide
from bntui.sim.contracts import futures_listing
from bntui.sim.history import Piece, TradeRow
from bntui.sim.instruments import RARE_SYMBOL, Pair, listing
from bntui.sim.noise import text_number
from bntui.sim.resting import Resting
from tests.sim.rig import MINUTE

symbols = st.sampled_from(["BTCUSDT", "PEPEUSDT", RARE_SYMBOL, "NEWUSDT"])
START_US = MINUTE * MINUTE_US


def setting(symbol: str, rate: float = 500.0, seed: int = 1) -> Setting:
    names = ("BTCUSDT", "ETHUSDT", "PEPEUSDT", RARE_SYMBOL, "NEWUSDT")
    pair, profile = next(listed for listed in listing(names) if listed[0].symbol == symbol)
    return Setting(pair, profile, rate, seed, text_number(symbol))


class Witness:
    """Sees every change of a book, and every trade."""

    def __init__(self, actor: Actor) -> None:
        self.before = {side: dict(side.steps) for side in (actor.desk.book.bids, actor.desk.book.asks)}
        self.rows: list[TradeRow] = []
        self.taken: dict[int, int] = {}
        actor.desk.book_watchers.append(self)
        actor.desk.trade_watchers.append(self)

    def level_changed(self, side: BookSide, key: int) -> None:
        lost = self.before[side].get(key, 0) - side.steps.get(key, 0)
        self.taken[abs(key)] = self.taken.get(abs(key), 0) + lost
        self.before[side] = dict(side.steps)

    def traded(self, row: TradeRow) -> None:
        self.rows.append(row)


@settings(max_examples=20)
@given(symbols, st.integers(0, 1_000), st.integers(1, 400))
def test_the_book_is_never_crossed_and_never_empty(symbol: str, seed: int, steps: int) -> None:
    actor = Actor(setting(symbol, seed=seed), MINUTE)
    book, levels = actor.desk.book, setting(symbol).profile.levels
    for number in range(steps):
        actor.step(START_US + number * 1_000)
        bid, ask = book.best_bid(), book.best_ask()
        assert bid is not None
        assert ask is not None
        assert 0 < bid < ask
    for side in (book.bids, book.asks):
        assert side.keys == sorted(side.steps)
        assert 5 <= len(side) <= levels * 1.2
        assert all(steps > 0 for steps in side.steps.values())


@settings(max_examples=15)
@given(symbols, st.integers(0, 1_000))
def test_trades_take_their_quantity_from_the_book(symbol: str, seed: int) -> None:
    actor = Actor(setting(symbol, seed=seed), MINUTE)
    for number in range(60):
        witness = Witness(actor)
        touch = {actor.desk.book.best_bid(), actor.desk.book.best_ask()}
        actor.step(START_US + number * 1_000)
        actor.desk.book_watchers.clear()
        actor.desk.trade_watchers.clear()
        if not witness.rows:
            continue
        assert witness.rows[0].price in touch
        for price in {row.price for row in witness.rows}:
            assert sum(row.steps for row in witness.rows if row.price == price) == witness.taken[price]
        assert len({row.buyer_is_maker for row in witness.rows}) == 1


def test_a_thin_side_is_never_emptied() -> None:
    actor = Actor(setting("BTCUSDT"), MINUTE)
    for number in range(300):
        for side in (actor.desk.book.bids, actor.desk.book.asks):
            for key in side.keys[:-5]:
                side.set(key, 0)
            for key in side.keys:
                side.set(key, 1)
        actor.step(START_US + number * 1_000)
        assert len(actor.desk.book.bids) >= 5
        assert len(actor.desk.book.asks) >= 5


def test_ids_have_no_gaps_and_aggregates_are_one_order_at_one_price() -> None:
    actor = Actor(setting("BTCUSDT"), MINUTE)
    first_id = actor.desk.timeline.open.last_id + 1
    for number in range(3_000):
        actor.step(START_US + number * 1_000)
    rows = list(actor.desk.log.from_id(first_id))
    assert [row.trade_id for row in rows] == list(range(first_id, first_id + len(rows)))
    agg_ids = [row.agg_id for row in rows]
    assert sorted(set(agg_ids)) == list(range(agg_ids[0], agg_ids[-1] + 1))
    for agg_id in set(agg_ids):
        same = [row for row in rows if row.agg_id == agg_id]
        assert len({(row.price, row.time_us, row.buyer_is_maker) for row in same}) == 1
    assert abs(len(rows) / (3_000 * TAKE * FILLS) - 1) < 0.15


def test_the_present_goes_on_where_the_past_ended() -> None:
    actor = Actor(setting("BTCUSDT"), MINUTE)
    last = next(actor.desk.log.from_id(actor.desk.timeline.open.last_id))
    assert actor.desk.last_steps == last.steps
    assert actor.desk.last_trade_us == last.time_us < START_US
    assert actor.desk.timeline.open.close == last.price == setting("BTCUSDT").profile.price


@settings(max_examples=15)
@given(symbols, st.integers(1, 100))
def test_a_pause_is_made_up_so_that_everything_goes_on(symbol: str, minutes: int) -> None:
    actor = Actor(setting(symbol), MINUTE)
    for number in range(50):
        actor.step(START_US + number * 1_000)
    update_id, last_id = actor.desk.book.update_id, actor.desk.timeline.open.last_id
    actor.skip_to(MINUTE + minutes)
    desk = actor.desk
    assert desk.timeline.minute == MINUTE + minutes
    done = desk.timeline.span(MINUTE + 1, MINUTE + minutes + 1)
    assert done.last_id == last_id + done.trades
    assert [row.trade_id for row in desk.log.from_id(last_id + 1)] == list(
        range(last_id + 1, last_id + 1 + done.trades)
    )
    if done.trades:
        assert desk.book.update_id > update_id
        bid, ask = desk.best()
        assert bid[0] <= desk.timeline.open.close <= ask[0]
        newest = list(desk.log.from_id(done.last_id))[-1]
        assert (desk.last_steps, desk.last_trade_us) == (newest.steps, newest.time_us)
    else:
        assert desk.book.update_id == update_id
    for number in range(60):
        actor.step((MINUTE + minutes) * MINUTE_US + number)
    rows = list(desk.log.from_id(last_id + 1))
    assert all(later.agg_id - earlier.agg_id in (0, 1) for earlier, later in pairwise(rows))


def test_no_pause_changes_nothing() -> None:
    actor = Actor(setting("BTCUSDT"), MINUTE)
    before = actor.desk.book.update_id
    actor.skip_to(MINUTE)
    assert actor.desk.book.update_id == before


def test_a_rare_symbol_trades_once_in_minutes_at_any_rate() -> None:
    for rate in (10.0, 10_000.0):
        per_s = setting(RARE_SYMBOL, rate).events_per_s * TAKE
        assert 60 < 1 / per_s < 300


def test_prices_move_less_often_where_a_tick_is_much() -> None:
    assert setting("PEPEUSDT").moves < 0.01 < setting("BTCUSDT").moves


def test_an_actor_says_whether_it_is_awake() -> None:
    actor = Actor(setting("BTCUSDT"), MINUTE)
    assert repr(actor).endswith("asleep>")
    actor.turn = 1
    assert repr(actor).endswith("awake>")
    assert actor.next_beat(5.0) > 5.0


@pytest.mark.parametrize(
    ("low", "high", "runs"),
    [
        (5, 5, []),
        (5, 8, [(0, 5, 8)]),
        (50, 130, [(0, 50, 60), (1, 0, 60), (2, 0, 10)]),
        (60, 120, [(1, 0, 60)]),
    ],
)
def test_minutes_are_taken_hour_by_hour(low: int, high: int, runs: list[tuple[int, int, int]]) -> None:
    assert list(hours_between(low, high)) == runs


def joined(actor: Actor, *, bid: bool, steps: int) -> tuple[Resting, list[TradeRow]]:
    """An account's order at the best level, and what it is told."""
    rows: list[TradeRow] = []
    side = actor.desk.book.bids if bid else actor.desk.book.asks
    order = Resting(side.keys[-1], steps, rows.append)
    actor.desk.lay(order)
    return order, rows


@settings(max_examples=20)
@given(symbols, st.integers(0, 1_000), st.booleans())
def test_a_waiting_order_is_filled_by_trades_at_its_price_and_before_any_worse_one(
    symbol: str, seed: int, bid: bool
) -> None:
    actor = Actor(setting(symbol, seed=seed), MINUTE)
    witness = Witness(actor)
    wanted = 3 * setting(symbol).profile.trade_steps
    order, own = joined(actor, bid=bid, steps=wanted)
    for number in range(600):
        actor.step(START_US + number * 1_000)
        if not order.steps:
            break
    assert sum(row.steps for row in own) + order.steps == wanted
    assert all(row.price == abs(order.key) and row.buyer_is_maker is bid for row in own)
    public = [row for row in witness.rows if row.buyer_is_maker is bid]
    assert [row for row in public if row in own] == own
    last = own[-1].trade_id if order.steps == 0 else public[-1].trade_id if public else 0
    assert all(
        row.price >= order.key if bid else row.price <= -order.key for row in public if row.trade_id <= last
    )


@settings(max_examples=20)
@given(symbols, st.integers(0, 1_000), st.booleans())
def test_what_an_account_takes_is_a_public_trade_with_the_next_id(symbol: str, seed: int, buys: bool) -> None:
    actor = Actor(setting(symbol, seed=seed), MINUTE)
    witness, before = Witness(actor), actor.desk.timeline.open.last_id
    rows = actor.take(START_US, buys, (3, 5))
    assert witness.rows == rows
    assert [row.trade_id for row in rows] == list(range(before + 1, before + 1 + len(rows)))
    assert sum(row.steps for row in rows) == 8
    assert all(row.buyer_is_maker is not buys for row in rows)


def test_a_limit_stops_what_an_account_takes() -> None:
    actor = Actor(setting("BTCUSDT"), MINUTE)
    ask = actor.desk.book.best_ask()
    assert ask is not None
    there = actor.desk.book.asks.steps[-ask]
    rows = actor.take(START_US, True, (there + 50,), ask)
    assert sum(row.steps for row in rows) == there
    assert {row.price for row in rows} == {ask}
    assert actor.take(START_US, True, (1,), ask) == []


class Fair:
    """What a contract should cost, as the test says."""

    def __init__(self, ticks: float) -> None:
        self.ticks = ticks

    def fair_ticks(self, pair: Pair) -> float:
        return self.ticks

    def hours(self, pair: Pair) -> Callable[[int], Piece | None]:
        return lambda hour: None

    def ratio(self, pair: Pair) -> tuple[int, int]:
        return 1, 1


@pytest.mark.parametrize("bid", [True, False])
def test_where_the_price_jumps_over_a_waiting_order_it_is_taken(bid: bool) -> None:
    pair, profile = futures_listing(1, 1_767_225_600_000, coin_margined=False)[0]
    fair = Fair(profile.price)
    actor = Actor(Setting(pair, profile, 500.0, 1, text_number(pair.symbol), fair), MINUTE)
    order, own = joined(actor, bid=bid, steps=7)
    fair.ticks *= 0.97 if bid else 1.03
    actor.step(START_US)
    assert order.steps == 0
    assert sum(row.steps for row in own) == 7
    assert {(row.price, row.buyer_is_maker) for row in own} == {(abs(order.key), bid)}
    best_bid, best_ask = actor.desk.book.best_bid(), actor.desk.book.best_ask()
    assert best_bid is not None
    assert best_ask is not None
    assert best_bid < best_ask
