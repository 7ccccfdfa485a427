"""What the tests of scripted accounts share: a market with an account on it, and everything that it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from bntui.clock import ManualClock
from bntui.sim.accountbuilding import futures_account, spot_account
from bntui.sim.announcer import Announcer
from bntui.sim.broker import Broker, Numbers
from bntui.sim.desk import Desk
from bntui.sim.futureskeeper import FuturesKeeper
from bntui.sim.futurespayloads import Mark
from bntui.sim.instruments import Pair
from bntui.sim.market import Market
from bntui.sim.orders import Order, Records
from bntui.sim.script import Script
from bntui.sim.scripted import ScriptedAccount
from bntui.sim.spotkeeper import SpotKeeper
from tests.sim.floors import Pit

STEP_S = 0.05
PLENTY = Decimal(1_000_000)


class Told:
    """An account on a market, and what it told."""

    def __init__(self, account: ScriptedAccount, advance: Callable[[float], None]) -> None:
        self.account = account
        self.events: list[Any] = []
        self._advance = advance
        self.leave = account.subscribe(self.events.append)

    def run(self, seconds: float) -> None:
        """Let time pass in the steps of a real exchange."""
        for _ in range(round(seconds / STEP_S)):
            self.advance(STEP_S)

    def advance(self, seconds: float) -> None:
        """Let time pass in one step."""
        self._advance(seconds)
        self.account.advance()

    def of(self, kind: str) -> list[Any]:
        """The events of one kind."""
        return [event for event in self.events if event["e"] == kind]

    def every(self, call: str, symbol: str, **more: str) -> list[Any]:
        """All rows of a call about a symbol."""
        rows: Any = self.account.rest(call, {"symbol": symbol, "limit": "1000", **more})
        return list(rows)


def spot(
    rate: float = 2.0, *, number: int = 0, seed: int = 1, past: int = 40, market: Market | None = None
) -> Told:
    """An account on Spot."""
    clock = ManualClock()
    place = market or Market(clock, 12, 300.0, seed)
    account = spot_account(place, number=number, seed=seed, script=Script(rate, past))

    def advance(seconds: float) -> None:
        clock.advance(seconds)
        place.advance()

    return Told(account, advance)


def futures(rate: float = 2.0, *, coin: bool = False, number: int = 0, seed: int = 1, past: int = 40) -> Told:
    """An account on one of the futures markets."""
    pit = Pit(rate=300.0, seed=seed)
    account = futures_account(
        pit.floor, coin_margined=coin, number=number, seed=seed, script=Script(rate, past)
    )

    def advance(seconds: float) -> None:
        pit.clock.advance(seconds)
        assert pit.spot is not None
        pit.spot.advance()
        pit.usdm.advance()

    return Told(account, advance)


class Stall:
    """A broker on a Spot market of one symbol, with plenty of money, and what it told."""

    def __init__(self, *, began: dict[str, Decimal] | None = None, in_bnb: str = "0") -> None:
        self.clock = ManualClock()
        self.market = Market(self.clock, ("BTCUSDT",), 0.001, 1)
        self.pair: Pair = self.market.pairs[0]
        self.events: list[Any] = []
        announcer, numbers, self.records = Announcer(), Numbers(1, 0), Records()
        announcer.join(self.events.append)
        money = {"BTC": PLENTY, "USDT": PLENTY * 100} if began is None else began
        self.keeper = SpotKeeper(announcer, numbers, self.records, money, lambda asset: Decimal(in_bnb))
        self.broker = Broker(self.market, self.keeper, numbers, self.records)

    @property
    def desk(self) -> Desk:
        return self.broker.desk(self.pair)

    @property
    def bid(self) -> int:
        return self.desk.best()[0][0]

    @property
    def ask(self) -> int:
        return self.desk.best()[1][0]

    def place(self, buys: bool, steps: int, price: int = 0, **more: Any) -> Order:
        return self.broker.place(self.pair, buys, steps, price, **more)

    def story(self, order: Order) -> list[tuple[str, str]]:
        """What was told of an order: what happened, and how it stood then."""
        return [
            (event["x"], event["X"])
            for event in self.events
            if event["e"] == "executionReport" and event["i"] == order.order_id
        ]


class Pocket:
    """The wallets and positions of a futures account, without a market."""

    def __init__(self, pair: Pair, mark_e8: int, wallet: str, rate: str = "0.00010000") -> None:
        self.pair = pair
        self.mark_e8 = mark_e8
        self.next_funding_ms = 8 * 3_600_000
        self.events: list[Any] = []
        announcer, self.records = Announcer(), Records()
        announcer.join(self.events.append)
        assert pair.contract is not None
        self.asset = pair.contract.margin_asset

        def marked(one: Pair, now_ms: int) -> Mark:
            return Mark(self.mark_e8, self.mark_e8, self.mark_e8, self.mark_e8, rate, self.next_funding_ms)

        self.keeper = FuturesKeeper(
            announcer,
            Numbers(1, 0),
            self.records,
            {self.asset: Decimal(wallet)},
            marked,
            coin_margined=pair.contract.coin_margined,
            alias="SgsR",
        )

    def of(self, kind: str) -> list[Any]:
        return [event for event in self.events if event["e"] == kind]


def stories(events: list[Any], inner: Callable[[Any], Any]) -> Iterator[list[Any]]:
    """The reports of each order, in order; `inner` finds what a report says of it."""
    by_order: dict[int, list[Any]] = {}
    for event in events:
        by_order.setdefault(inner(event)["i"], []).append(inner(event))
    yield from by_order.values()


def words(text: str) -> set[str]:
    """Names of fields."""
    return set(text.split())
