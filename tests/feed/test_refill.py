"""Holes are filled from REST, marked, and what cannot be filled stays missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx
import orjson
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.core.budget import WeightBudget
from bntui.feed.refill import GATHERED_S, HOLES_WAITING, MOST_TRADES, TRIES, Refill
from bntui.feed.rest import RestClient
from bntui.model.events import AggTrade, Candle, Trade
from bntui.model.markets import Market, Side, SymbolKey
from bntui.model.status import Event, Gap
from tests.support.feed import VENUE

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
MINUTE_MS = 60_000


def gap(from_id: int, to_id: int, interval: str = "") -> Gap:
    return Gap(BTC, from_id, to_id, "connection lost", False, 0, 0.0, interval)


@dataclass
class World:
    """A refill whose exchange has the trades and candles given."""

    has: range = range(1, 100_000)
    skips: frozenset[int] = frozenset()
    fails: bool = False
    said: list[Event] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.weight = WeightBudget(6000, 60.0, 0.2, 0.5)
        transport = httpx.MockTransport(self._answer)
        rest = RestClient("http://exchange", VENUE, self.weight, self.clock, transport)
        self.refill = Refill(VENUE, rest, self.clock, self._take)

    def _take(self, events: Sequence[Event]) -> None:
        self.said += events

    def _answer(self, request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params)
        self.asked.append(params)
        if self.fails:
            return httpx.Response(503)
        rows = int(params["limit"])
        if request.url.path.endswith("aggTrades"):
            ids = range(int(params["fromId"]), int(params["fromId"]) + rows)
            return httpx.Response(200, content=orjson.dumps([self._agg_trade(i) for i in ids]))
        if "interval" in params:
            first = int(params["startTime"])
            opens = range(first, first + rows * MINUTE_MS, MINUTE_MS)
            body: object = [self._candle(at) for at in opens if at < self.clock.wall_ms()][:rows]
        else:
            ids = range(int(params["fromId"]), int(params["fromId"]) + rows)
            body = [self._trade(i) for i in ids if i in self.has and i not in self.skips]
        return httpx.Response(200, content=orjson.dumps(body))

    @staticmethod
    def _trade(trade_id: int) -> dict[str, object]:
        return {"id": trade_id, "price": "1.50", "qty": "2.0", "time": trade_id, "isBuyerMaker": True}

    @staticmethod
    def _agg_trade(agg_id: int) -> dict[str, object]:
        return {"a": agg_id, "p": "1.5", "q": "2", "f": agg_id, "l": agg_id + 1, "T": agg_id, "m": True}

    @staticmethod
    def _candle(at: int) -> list[object]:
        return [at, "1", "2", "1", "2", "5", at + MINUTE_MS - 1, "9", 3, "1", "1", "0"]

    async def work(self) -> None:
        """Make every request that is possible now."""
        for _ in range(50):
            if not await self.refill.step():
                return

    def trade_ids(self) -> list[int]:
        return [event.trade_id for event in self.said if isinstance(event, Trade)]

    def repaired(self) -> list[tuple[int, int]]:
        return [(e.from_id, e.to_id) for e in self.said if isinstance(e, Gap) and e.repaired]


async def test_missing_trades_come_marked_and_in_order_then_the_hole_is_said_to_be_repaired() -> None:
    world = World()
    world.refill.note(gap(10, 14))
    await world.work()
    assert world.trade_ids() == [10, 11, 12, 13, 14]
    assert all(e.refilled and e.side is Side.SELL for e in world.said if isinstance(e, Trade))
    assert world.repaired() == [(10, 14)]
    assert isinstance(world.said[-1], Gap)
    assert world.asked == [{"symbol": "BTCUSDT", "limit": "5", "fromId": "10"}]
    assert not await world.refill.step()


async def test_a_large_hole_takes_several_requests() -> None:
    world = World()
    world.refill.note(gap(1, 2_500))
    await world.work()
    assert world.trade_ids() == list(range(1, 2_501))
    assert len(world.asked) == 3
    assert world.repaired() == [(1, 1_000), (1_001, 2_000), (2_001, 2_500)]


async def test_what_the_exchange_no_longer_has_stays_missing() -> None:
    world = World(has=range(0))
    world.refill.note(gap(10, 14))
    await world.work()
    assert world.said == []
    assert len(world.refill) == 0


async def test_an_answer_with_holes_of_its_own_repairs_nothing_but_is_told() -> None:
    world = World(skips=frozenset({12}))
    world.refill.note(gap(10, 14))
    await world.work()
    assert world.trade_ids() == [10, 11, 13, 14]
    assert world.repaired() == []


async def test_holes_that_no_request_can_fill_are_passed_by() -> None:
    world = World()
    world.refill.note(gap(1, MOST_TRADES + 1))
    world.refill.note(gap(100, 50))
    assert len(world.refill) == 0


async def test_waiting_holes_are_bounded() -> None:
    world = World()
    for n in range(HOLES_WAITING + 10):
        world.refill.note(gap(n * 10 + 1, n * 10 + 2))
    assert len(world.refill) == HOLES_WAITING


async def test_hundreds_of_holes_that_are_left_are_one_line_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(fails=True)
    for n in range(HOLES_WAITING + 300):
        key = SymbolKey(Market.SPOT, f"S{n}USDT")
        world.refill.note(replace(gap(1, 2), key=key))
        world.refill.note(replace(gap(1, MOST_TRADES + 1), key=key))
    with pytest.raises(RestError):
        await world.refill.step()
    assert not [message for message in caplog.messages if "refilled" in message], "gathered for a while"
    world.clock.advance(GATHERED_S)
    with pytest.raises(RestError):
        await world.refill.step()
    told = [message for message in caplog.messages if "refilled" in message]
    assert told == [
        "500 holes are not refilled, 4,000 trades or more are missing at once: "
        "S0USDT, S1USDT, S2USDT and 497 more",
        "300 holes are not refilled, too many others wait: S0USDT, S1USDT, S2USDT and 297 more",
    ]
    world.clock.advance(GATHERED_S)
    with pytest.raises(RestError):
        await world.refill.step()
    assert [message for message in caplog.messages if "refilled" in message] == told, "told once"


async def test_refilling_waits_while_the_budget_is_used_up() -> None:
    world = World()
    world.weight.header(3_500, world.clock.wall_ms())
    world.refill.note(gap(10, 14))
    assert not await world.refill.step()
    assert world.asked == []
    world.clock.advance(60)
    await world.work()
    assert world.repaired() == [(10, 14)]


async def test_however_many_holes_there_are_half_of_our_weight_is_left_for_proofs() -> None:
    world = World()
    for first in range(0, 100 * HOLES_WAITING, 100):
        world.refill.note(gap(first, first + 4))
    while await world.refill.step():
        pass
    spent = world.weight.own_limit / 2
    assert spent - VENUE.calls.trades_from("BTCUSDT", 0, 5).weight < world.weight.own <= spent
    held = len(world.refill)
    world.clock.advance(60)
    assert await world.refill.step()
    assert len(world.refill) < held


async def test_after_so_many_failures_a_hole_is_left() -> None:
    world = World(fails=True)
    world.refill.note(gap(10, 14))
    for _ in range(TRIES):
        with pytest.raises(RestError):
            await world.refill.step()
    assert not await world.refill.step()
    assert len(world.refill) == 0


async def test_missing_candles_are_fetched_by_their_times() -> None:
    world = World()
    world.refill.note(gap(5 * MINUTE_MS, 7 * MINUTE_MS, "1m"))
    await world.work()
    candles = [event for event in world.said if isinstance(event, Candle)]
    assert [candle.open_ms // MINUTE_MS for candle in candles] == [5, 6, 7]
    assert all(candle.refilled and candle.closed for candle in candles)
    assert world.repaired() == [(5 * MINUTE_MS, 7 * MINUTE_MS)]
    assert world.asked[0]["startTime"] == str(5 * MINUTE_MS)


async def test_missing_aggregated_trades_are_fetched_as_such_for_a_sixth_of_the_weight() -> None:
    world = World()
    world.refill.note(replace(gap(10, 14), aggregated=True))
    await world.work()
    trades = [event for event in world.said if isinstance(event, AggTrade)]
    assert [trade.agg_id for trade in trades] == [10, 11, 12, 13, 14]
    assert all(trade.refilled for trade in trades)
    assert world.repaired() == [(10, 14)]
    assert world.weight.own == 4


async def test_a_candle_that_still_runs_fills_no_hole() -> None:
    world = World()
    now = world.clock.wall_ms() // MINUTE_MS * MINUTE_MS
    world.refill.note(gap(now - MINUTE_MS, now, "1m"))
    await world.refill.step()
    assert [event.open_ms for event in world.said if isinstance(event, Candle)] == [now - MINUTE_MS]
    assert world.repaired() == [(now - MINUTE_MS, now - MINUTE_MS)]
    assert len(world.refill) == 1
