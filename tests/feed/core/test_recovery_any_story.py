"""Whatever is lost, doubled, reordered or cut short: no fill comes out twice, and COMPLETE is never wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bntui.model.account import FINAL_STATUSES, Fill, OrderUpdate
from bntui.model.markets import Market
from bntui.model.states import RecoveryState
from bntui.venue.user import AskKind, UserEvent
from tests.feed.core.accountworld import PAIRS, world


class Story:
    """An account that trades, a network that fails, and a program that is killed."""

    def __init__(self, market: Market, rng: Random) -> None:
        self.program = world(market)
        self.rng = rng
        self.connected = True
        self.on_the_way: list[UserEvent] = []
        self.program.begin()
        if rng.random() < 0.7:
            self.program.finish()
            self.program.keep()

    def trade(self) -> None:
        """A fill; the stream brings it if there is one, in its order, perhaps after others."""
        exchange = self.program.exchange
        symbol = self.rng.choice(list(PAIRS))
        open_orders = [
            each.order_id for each in exchange.orders.values() if each.open and each.symbol == symbol
        ]
        order_id = self.rng.choice([*open_orders, exchange.next_id + 1])
        events = exchange.trade(symbol, self.rng.choice(["BUY", "SELL"]), order_id)
        if self.connected:
            self.on_the_way += events

    def deliver(self) -> None:
        """What is on the way arrives, some of it twice, as over two sockets."""
        arrived, self.on_the_way = self.on_the_way, []
        again = [event for event in arrived if self.rng.random() < 0.3]
        self.program.hear([*arrived, *again])

    def jumble(self) -> None:
        """The same, in any order."""
        self.rng.shuffle(self.on_the_way)
        self.deliver()

    def lose_one(self) -> None:
        """One event never arrives, and the connection shows it by its end."""
        if self.on_the_way:
            self.on_the_way.pop(self.rng.randrange(len(self.on_the_way)))
            self.reconnect()

    def cut(self) -> None:
        """The connection is gone, and with it what was on the way."""
        self.connected = False
        self.on_the_way = []

    def reconnect(self) -> None:
        """A new socket is subscribed; then it is compared."""
        self.connected = True
        self.program.begin()

    def kill(self) -> None:
        """The program ends without a word and starts anew: what the journal had not written is gone."""
        self.on_the_way = []
        self.program.start()
        if not self.program.ledger.books.started:
            self.program.exchange.behind_ms = 0
        self.reconnect()

    def routine(self) -> None:
        """It is time to look again."""
        self.program.begin(routine=True)

    def wait(self) -> None:
        """A while passes."""
        self.program.wait(self.rng.choice([0.001, 0.05, 1.0, 4.0, 900.0, 90_000.0]))

    def lag(self) -> None:
        """REST's list of trades falls behind, or catches up. Not before there are amounts to compare with:
        until then nothing shows what such a list leaves out."""
        if self.program.ledger.books.started:
            self.program.exchange.behind_ms = self.rng.choice([0, 0, 1_000, 30_000])

    def refuse(self) -> None:
        """REST refuses something, or nothing any more."""
        kinds: list[frozenset[AskKind]] = [frozenset(), *(frozenset({kind}) for kind in AskKind)]
        self.program.exchange.refuses = self.rng.choice(kinds)

    def fail(self) -> None:
        """REST does not answer."""
        self.program.fail(self.rng.choice([1.0, None]))

    def check(self) -> None:
        """What must hold at every moment."""
        program = self.program
        ids = [each.identity for each in program.told]
        assert len(ids) == len(set(ids)), "a fill came out twice"
        if program.state() is RecoveryState.COMPLETE and program.says[-1] is not self.checked:
            self.checked = program.says[-1]
            whole_ms = program.ledger.whole_ms
            missing = {each.identity for each in self.happened() if each.time_ms < whole_ms} - set(ids)
            assert not missing, f"COMPLETE was said though these are missing: {missing}"

    checked: object = None

    def happened(self) -> list[Fill]:
        """All fills that there were since the account was seen first."""
        program = self.program
        return [
            each
            for fills in program.exchange.fills.values()
            for each in fills
            if each.time_ms >= program.vouched_ms
        ]


STEPS: dict[str, Callable[[Story], None]] = {
    "trade": Story.trade,
    "deliver": Story.deliver,
    "jumble": Story.jumble,
    "lose one": Story.lose_one,
    "cut": Story.cut,
    "reconnect": Story.reconnect,
    "kill": Story.kill,
    "routine": Story.routine,
    "wait": Story.wait,
    "lag": Story.lag,
    "refuse": Story.refuse,
    "fail": Story.fail,
    "answer": lambda story: story.program.answer(),
    "answer all": lambda story: story.program.finish(),
    "keep": lambda story: story.program.keep(),
}

OFTEN = ["trade", "trade", "deliver", "answer", "answer all", "wait", "keep"]


def play(market: Market, steps: list[str], rng: Random) -> None:
    """A story to its end, when the network and REST are well again."""
    story = Story(market, rng)
    exchange, program = story.program.exchange, story.program
    for name in steps:
        program.wait(0.001)
        STEPS[name](story)
        story.check()
    exchange.refuses, exchange.behind_ms = frozenset(), 0
    program.wait(60)
    story.reconnect()
    program.finish()
    story.deliver()
    story.check()
    happened = {each.identity for each in story.happened()}
    told = {each.identity for each in program.told if each.time_ms >= program.vouched_ms}
    assert told == happened, "in the end all is known"
    if program.state() is not RecoveryState.COMPLETE:
        # Only that is left which no question can answer.
        assert program.says[-1].view.missing.startswith("fills on other symbols: balances were not known")
    assert_never_back(program.orders)


def assert_never_back(orders: list[OrderUpdate]) -> None:
    """No order is told less filled than before, or open again."""
    newest: dict[int, tuple[Decimal, bool]] = {}
    for each in orders:
        filled, over = newest.get(each.order_id, (Decimal(0), False))
        assert not over or each.status in FINAL_STATUSES
        assert Decimal(each.filled_qty) >= filled
        newest[each.order_id] = Decimal(each.filled_qty), each.status in FINAL_STATUSES


MARKETS = [Market.SPOT, Market.USDM]
WORDS = [*STEPS, *OFTEN]


@pytest.mark.parametrize("market", MARKETS)
@given(steps=st.lists(st.sampled_from(WORDS), max_size=60), rng=st.randoms(use_true_random=False))
def test_any_story(market: Market, steps: list[str], rng: Random) -> None:
    play(market, steps, rng)


@pytest.mark.parametrize("market", MARKETS)
def test_many_long_stories(market: Market) -> None:
    for seed in range(200):
        rng = Random(seed)
        play(market, [rng.choice(WORDS) for _ in range(rng.randrange(80))], rng)
