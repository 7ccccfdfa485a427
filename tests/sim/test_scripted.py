"""Whatever a scripted account does: its money adds up, each order's story is a legal one, no two trades share
an id, REST knows exactly what the events told, and bntui reads all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bntui.clock import ManualClock
from bntui.model.account import AccountKey, Fill, OrderUpdate
from bntui.model.markets import Market as MarketName
from bntui.sim.accountbuilding import spot_account
from bntui.sim.history import TradeRow
from bntui.sim.market import Market
from bntui.sim.script import Script
from bntui.venue.binance.accountrest import SPOT_USER
from bntui.venue.binance.futures_accountrest import COINM_USER, USDM_USER
from bntui.venue.user import Ask, AskKind, UserVenue
from tests.sim.trading import Told, futures, spot, stories

seeds = st.integers(0, 10_000)
few = settings(max_examples=8, deadline=None)

MARKETS: dict[MarketName, tuple[Callable[..., Told], UserVenue]] = {
    MarketName.SPOT: (spot, SPOT_USER),
    MarketName.USDM: (futures, USDM_USER),
    MarketName.COINM: (lambda rate, **more: futures(rate, coin=True, **more), COINM_USER),
}
each_market = pytest.mark.parametrize("market", list(MARKETS))


def lived(market: MarketName, *, rate: float = 4.0, seconds: float = 20.0, **more: Any) -> Told:
    told = MARKETS[market][0](rate, **more)
    told.run(seconds)
    return told


def report(event: Any) -> Any:
    """The part of an event that is about an order."""
    return event.get("o") if event["e"] == "ORDER_TRADE_UPDATE" else event


def reports(told: Told) -> list[Any]:
    return told.of("executionReport") or told.of("ORDER_TRADE_UPDATE")


def rows_of(told: Told, call: str) -> list[Any]:
    symbols = {report(event)["s"] for event in reports(told)}
    return [row for symbol in sorted(symbols) for row in told.every(call, symbol)]


# Money


@few
@given(seeds)
def test_spot_balances_are_what_the_events_add_up_to(seed: int) -> None:
    told = spot(6.0, seed=seed, past=30)
    answer: Any = told.account.rest("account", {})
    has = {row["asset"]: Decimal(row["free"]) + Decimal(row["locked"]) for row in answer["balances"]}
    told.run(15)
    symbols = {pair.symbol: pair for pair in told.account.broker.market.pairs}
    for event in told.events:
        if event["e"] == "balanceUpdate":
            has[event["a"]] = has.get(event["a"], Decimal(0)) + Decimal(event["d"])
        elif event.get("x") == "TRADE":
            pair, sign = symbols[event["s"]], 1 if event["S"] == "BUY" else -1
            has[pair.base] = has.get(pair.base, Decimal(0)) + sign * Decimal(event["l"])
            has[pair.quote] = has.get(pair.quote, Decimal(0)) - sign * Decimal(event["Y"])
            has[event["N"]] -= Decimal(event["n"])
    answer = told.account.rest("account", {})
    now = {row["asset"]: Decimal(row["free"]) + Decimal(row["locked"]) for row in answer["balances"]}
    assert now == {asset: has[asset] for asset in now}
    assert all(Decimal(row[part]) >= 0 for row in answer["balances"] for part in ("free", "locked"))
    told_last = {
        row["a"]: (row["f"], row["l"]) for event in told.of("outboundAccountPosition") for row in event["B"]
    }
    for row in answer["balances"]:
        assert told_last.get(row["asset"], (row["free"], row["locked"])) == (row["free"], row["locked"])


@few
@given(seeds)
def test_what_is_locked_on_spot_is_what_open_orders_may_cost(seed: int) -> None:
    told = spot(6.0, seed=seed, past=30)
    told.run(10)
    pairs = {pair.symbol: pair for pair in told.account.broker.market.pairs}
    locked: dict[str, Decimal] = {}
    orders: Any = told.account.rest("openOrders", {})
    for row in orders:
        left, pair = Decimal(row["origQty"]) - Decimal(row["executedQty"]), pairs[row["symbol"]]
        asset, amount = (
            (pair.quote, left * Decimal(row["price"])) if row["side"] == "BUY" else (pair.base, left)
        )
        locked[asset] = locked.get(asset, Decimal(0)) + amount
    answer: Any = told.account.rest("account", {})
    assert {row["asset"]: Decimal(row["locked"]) for row in answer["balances"]} == {
        row["asset"]: locked.get(row["asset"], Decimal(0)) for row in answer["balances"]
    }


@pytest.mark.parametrize("coin", [False, True])
@settings(max_examples=4, deadline=None)
@given(seed=seeds)
def test_futures_wallets_are_what_income_adds_up_to(coin: bool, seed: int) -> None:
    told = futures(6.0, coin=coin, seed=seed, past=30)
    before: Any = told.account.rest("balance", {})
    wallets = {row["asset"]: Decimal(row["balance"]) for row in before}
    told.run(15)
    last: dict[str, str] = {}
    for event in told.events:
        if event["e"] == "ORDER_TRADE_UPDATE" and event["o"]["x"] == "TRADE":
            trade = event["o"]
            margin = trade["ma"] if coin else "USDT"
            assert trade.get("N", margin) == margin
            wallets[margin] += Decimal(trade["rp"]) - Decimal(trade.get("n", "0"))
        elif event["e"] == "ACCOUNT_UPDATE":
            (wallet,) = event["a"]["B"]
            if event["a"]["m"] != "ORDER":
                wallets[wallet["a"]] += Decimal(wallet["bc"])
            last[wallet["a"]] = wallet["wb"]
    after: Any = told.account.rest("balance", {})
    assert {row["asset"]: Decimal(row["balance"]) for row in after} == wallets
    for row in after:
        assert last.get(row["asset"], row["balance"]) == row["balance"]


@pytest.mark.parametrize("coin", [False, True])
@settings(max_examples=4, deadline=None)
@given(seed=seeds)
def test_positions_are_the_sum_of_their_trades(coin: bool, seed: int) -> None:
    told = futures(6.0, coin=coin, seed=seed)
    told.run(15)
    answer: Any = told.account.rest("positionRisk", {})
    for row in answer:
        trades = told.every("userTrades", row["symbol"])
        held = sum(Decimal(trade["qty"]) * (1 if trade["buyer"] else -1) for trade in trades)
        assert held == Decimal(row["positionAmt"])
    told_last = {row["s"]: row["pa"] for event in told.of("ACCOUNT_UPDATE") for row in event["a"]["P"]}
    for row in answer:
        assert told_last.get(row["symbol"], row["positionAmt"]) == row["positionAmt"]


# Orders


@each_market
def test_the_story_of_each_order_is_a_legal_one(market: MarketName) -> None:
    told = lived(market, seconds=40)
    told_of = list(stories(reports(told), report))
    assert len(told_of) > 30
    for story in told_of:
        first, last = story[0], story[-1]
        assert first["x"] in ("NEW", "REJECTED")
        filled = Decimal(0)
        for before, now in pairwise(story):
            assert before["X"] in ("NEW", "PARTIALLY_FILLED")
            assert now["T"] >= before["T"]
        for one in story:
            if one["x"] == "TRADE":
                filled += Decimal(one["l"])
                assert one["X"] == ("FILLED" if filled == Decimal(one["q"]) else "PARTIALLY_FILLED")
            else:
                assert one["X"] == one["x"]
            assert Decimal(one["z"]) == filled <= Decimal(one["q"])
        assert {(one["s"], one["S"], one["q"], one["p"]) for one in story} == {
            (last["s"], last["S"], last["q"], last["p"])
        }


@each_market
def test_no_fill_is_worse_than_its_limit(market: MarketName) -> None:
    for event in reports(lived(market)):
        one = report(event)
        if one["x"] == "TRADE" and Decimal(one["p"]):
            better = Decimal(one["L"]) - Decimal(one["p"])
            assert better <= 0 if one["S"] == "BUY" else better >= 0
            assert better == 0 or not one["m"]


@each_market
def test_times_never_go_back(market: MarketName) -> None:
    times = [event["E"] for event in lived(market).events]
    assert times == sorted(times)


@each_market
def test_rest_knows_exactly_the_trades_that_events_told(market: MarketName) -> None:
    told = lived(market, past=0)
    seen = [
        (one["s"], one["t"], one["i"], one["S"], Decimal(one["L"]), Decimal(one["l"]), one["m"], one["T"])
        for one in map(report, reports(told))
        if one["x"] == "TRADE"
    ]
    assert len(seen) > 40
    rows = rows_of(told, "myTrades" if market is MarketName.SPOT else "userTrades")
    known = [
        (
            row["symbol"],
            row["id"],
            row["orderId"],
            row.get("side") or ("BUY" if row["isBuyer"] else "SELL"),
            Decimal(row["price"]),
            Decimal(row["qty"]),
            row.get("maker", row.get("isMaker")),
            row["time"],
        )
        for row in rows
    ]
    assert sorted(known) == sorted(seen)
    assert len({(row[0], row[1]) for row in seen}) == len(seen)


@each_market
def test_rest_knows_how_each_order_stands(market: MarketName) -> None:
    told = lived(market, past=0)
    last = {story[-1]["i"]: story[-1] for story in stories(reports(told), report)}
    rows = {row["orderId"]: row for row in rows_of(told, "allOrders")}
    assert rows.keys() == last.keys()
    for number, row in rows.items():
        told_last = last[number]
        assert (row["status"], Decimal(row["executedQty"]), row["updateTime"]) == (
            told_last["X"],
            Decimal(told_last["z"]),
            told_last["T"],
        )
    open_rows: Any = told.account.rest("openOrders", {})
    still = {number for number, one in last.items() if one["X"] in ("NEW", "PARTIALLY_FILLED")}
    assert {row["orderId"] for row in open_rows} == still


# Among others


class Tape:
    """Every public trade of a symbol."""

    def __init__(self) -> None:
        self.rows: dict[int, TradeRow] = {}

    def traded(self, row: TradeRow) -> None:
        assert row.trade_id not in self.rows
        self.rows[row.trade_id] = row


def test_every_own_trade_is_a_public_one() -> None:
    clock = ManualClock()
    market = Market(clock, 12, 300.0, 1)
    tapes = {pair.symbol: Tape() for pair in market.pairs}
    for symbol, tape in tapes.items():
        desk = market.desk(symbol)
        assert desk is not None
        desk.trade_watchers.append(tape)
    accounts = [spot(4.0, number=number, market=market, past=20) for number in range(3)]
    for _ in range(300):
        clock.advance(0.05)
        market.advance()
        for told in accounts:
            told.account.advance()
    makers: set[tuple[str, int]] = set()
    for told in accounts:
        for event in told.of("executionReport"):
            if event["x"] == "TRADE":
                row = tapes[event["s"]].rows[event["t"]]
                pair = next(pair for pair in market.pairs if pair.symbol == event["s"])
                assert (pair.price(row.price), pair.quantity(row.steps)) == (event["L"], event["l"])
                assert row.buyer_is_maker is (event["m"] is (event["S"] == "BUY"))
                if event["m"]:
                    assert (event["s"], event["t"]) not in makers
                    makers.add((event["s"], event["t"]))
    ids = [{event["i"] for event in told.of("executionReport")} for told in accounts]
    assert sum(len(one) for one in ids) == len(set.union(*ids))
    assert len(makers) > 10


@each_market
def test_the_same_seed_tells_the_same_and_another_account_something_else(market: MarketName) -> None:
    first, second = (lived(market, seconds=5).events for _ in range(2))
    assert first == second
    assert lived(market, seconds=5, number=1).events != first


def test_an_account_that_nobody_asked_for_leaves_the_market_alone() -> None:
    def trades(*, asked: bool) -> list[TradeRow]:
        clock = ManualClock()
        market = Market(clock, 4, 200.0, 1)
        desk = market.wake("BTCUSDT")
        assert desk is not None
        tape = Tape()
        desk.trade_watchers.append(tape)
        told = spot(4.0, market=market, past=0) if asked else None
        for _ in range(100):
            clock.advance(0.05)
            market.advance()
            if told is not None:
                told.account.advance()
        return list(tape.rows.values())

    assert trades(asked=False) == trades(asked=False)
    assert trades(asked=True) != trades(asked=False)


def test_who_only_watches_wakes_nobody_and_hears_everything_once_somebody_asks() -> None:
    clock = ManualClock()
    market = Market(clock, 4, 200.0, 1)
    account = spot_account(market, number=0, seed=1, script=Script(4.0, 20))
    watched: list[object] = []
    heard: list[object] = []
    account.watch(watched.append)
    for asks in (False, True):
        if asks:
            account.subscribe(heard.append)
        for _ in range(60):
            clock.advance(0.05)
            market.advance()
            account.advance()
        assert bool(watched) is asks
    assert watched == heard


# As bntui reads it


@each_market
def test_bntui_reads_every_event_and_every_row(market: MarketName) -> None:
    venue, owner = MARKETS[market][1], AccountKey("main", market)
    told = lived(market, seconds=30)
    if market is not MarketName.SPOT:
        told.account.squeeze()
        told.run(1)
    fills: list[Fill] = []
    for event in told.events:
        said = venue.decode(json.dumps(event), owner, 1)
        assert said.events
        fills += [one for one in said.events if isinstance(one, Fill)]
    symbols = sorted({fill.symbol for fill in fills})
    recovered: list[Fill] = []
    for symbol in symbols:
        for kind, call in ((AskKind.FILLS, "myTrades"), (AskKind.ORDERS, "allOrders")):
            name = "userTrades" if kind is AskKind.FILLS and market is not MarketName.SPOT else call
            ask = Ask(kind, symbol)
            page = venue.read(ask, json.dumps(told.every(name, symbol)).encode(), owner, 1)
            assert all(isinstance(row, Fill | OrderUpdate) for row in page.rows)
            recovered += [row for row in page.rows if isinstance(row, Fill)]
    known = {fill.identity: fill for fill in recovered}
    for fill in fills:
        again = known[fill.identity]
        assert (Decimal(again.price), Decimal(again.qty), again.side, again.maker, again.time_ms) == (
            Decimal(fill.price),
            Decimal(fill.qty),
            fill.side,
            fill.maker,
            fill.time_ms,
        )
        assert (Decimal(again.fee), again.fee_asset) == (Decimal(fill.fee), fill.fee_asset)
        assert Decimal(again.realized_pnl or 0) == Decimal(fill.realized_pnl or 0)
    calls = {
        AskKind.BALANCES: "account" if market is MarketName.SPOT else "balance",
        AskKind.OPEN_ORDERS: "openOrders",
    }
    if market is not MarketName.SPOT:
        calls |= {AskKind.POSITIONS: "positionRisk", AskKind.TRADED_SYMBOLS: "income"}
    for kind, call in calls.items():
        given = {"incomeType": "COMMISSION"} if call == "income" else {}
        body = json.dumps(told.account.rest(call, given)).encode()
        page = venue.read(Ask(kind), body, owner, 1)
        assert page.rows or page.symbols


def test_near_liquidation_the_exchange_warns_once() -> None:
    told = futures(2.0)
    told.run(20)
    told.account.trader.fills_per_s = 0.0
    told.account.squeeze()
    assert len(told.of("MARGIN_CALL")) == 1
    told.run(2)
    assert len(told.of("MARGIN_CALL")) == 1


def test_a_deposit_is_told() -> None:
    told = spot(0.0, past=0)
    told.account.deposit("USDT", Decimal(5))
    assert [event["e"] for event in told.events] == ["balanceUpdate", "outboundAccountPosition"]
    with pytest.raises(ValueError, match="no margin"):
        told.account.squeeze()
