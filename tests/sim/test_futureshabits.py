"""What a futures account does beside trading, and what is done to it, is told as the exchange tells it."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from bntui.sim.conditional import ConditionalOrders
from bntui.sim.futureshabits import FuturesHabits
from bntui.sim.futureskeeper import FuturesKeeper
from bntui.sim.instruments import Pair
from bntui.sim.orders import OrderType
from tests.sim.trading import Told, futures


class Day:
    """The habits of an account that does nothing by itself."""

    def __init__(self, *, coin: bool = False) -> None:
        self.told: Told = futures(0.0, coin=coin, past=0)
        account = self.told.account
        assert isinstance(account.purse, FuturesKeeper)
        self.keeper: FuturesKeeper = account.purse
        self.broker = account.broker
        self.stops = ConditionalOrders(self.broker, account.announcer)
        self.habits = FuturesHabits(self.broker, self.keeper, self.stops, self.keeper.wallets, Random(1))
        name = "BTCUSD_PERP" if coin else "BTCUSDT"
        self.pair: Pair = next(pair for pair in self.broker.market.pairs if pair.symbol == name)
        self.asset = next(iter(self.keeper.wallets))

    def hold(self, buys: bool, steps: int) -> None:
        self.broker.place(self.pair, buys, steps, type=OrderType.MARKET)
        self.told.events.clear()


def test_a_maker_that_would_take_expires() -> None:
    day = Day()
    day.habits.fail_to_make(day.pair, day.broker.desk(day.pair))
    assert [event["o"]["x"] for event in day.told.of("ORDER_TRADE_UPDATE")] == ["NEW", "EXPIRED"]
    assert day.told.of("ORDER_TRADE_UPDATE")[0]["o"]["f"] == "GTX"


def test_leverage_is_changed() -> None:
    day = Day()
    day.habits.change_leverage(day.pair, day.broker.desk(day.pair))
    (event,) = day.told.of("ACCOUNT_CONFIG_UPDATE")
    assert day.keeper.position(day.pair).leverage == event["ac"]["l"]


def test_money_moves_and_a_wallet_that_lost_half_is_filled_up() -> None:
    day = Day()
    began = day.keeper.wallets[day.asset]
    for _ in range(10):
        day.habits.move_money(day.pair, day.broker.desk(day.pair))
    assert {event["a"]["m"] for event in day.told.of("ACCOUNT_UPDATE")} == {"DEPOSIT", "WITHDRAW"}
    day.keeper.deposit(day.asset, -day.keeper.wallets[day.asset] + Decimal(1), 1)
    day.habits.move_money(day.pair, day.broker.desk(day.pair))
    assert day.keeper.wallets[day.asset] == began


def test_a_stop_protects_a_position_on_the_side_where_it_loses() -> None:
    for buys in (True, False):
        day = Day()
        desk = day.broker.desk(day.pair)
        day.habits.stop(day.pair, desk)
        assert not day.stops.waiting
        day.hold(buys, 5)
        day.habits.stop(day.pair, desk)
        (stop,) = day.stops.waiting.values()
        assert stop.buys is not buys
        assert (stop.trigger < desk.best()[0][0]) is buys
        day.habits.stop_waiting(day.pair, desk)
        assert not day.stops.waiting


def test_only_usdm_has_stops() -> None:
    assert len(Day().habits.chores) > len(Day(coin=True).habits.chores)


def test_what_has_no_margin_left_is_closed_by_force() -> None:
    day = Day()
    day.hold(True, 500)
    resting = day.broker.place(day.pair, True, 5, day.broker.desk(day.pair).best()[0][0] - 100)
    day.keeper.deposit(day.asset, Decimal(1) - day.keeper.wallets[day.asset], 1)
    day.keeper.due(day.broker.market.moment_us + 2_000_000)
    day.habits.advance()
    assert not list(day.keeper.held())
    assert not resting.open
    last = day.told.of("ORDER_TRADE_UPDATE")[-1]["o"]
    assert last["c"].startswith("autoclose-")
    assert (last["S"], last["X"], last["R"]) == ("SELL", "FILLED", True)
