"""Past candles are asked for one request at a time, within the budget, and failures are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
import orjson
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.core.budget import WeightBudget
from bntui.feed.history import NO_WEIGHT, QUESTIONS_WAITING, CandleHistory
from bntui.feed.rest import RestClient
from bntui.model.status import CandlesLoaded, Event
from tests.support.feed import VENUE

MINUTE_MS = 60_000


@dataclass
class World:
    """An exchange that has candles since its first minute."""

    first: int = 0
    fails: bool = False
    said: list[CandlesLoaded] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.weight = WeightBudget(6000, 60.0, 0.2, 0.5)
        self.now_minute = self.clock.wall_ms() // MINUTE_MS
        transport = httpx.MockTransport(self._answer)
        self.rest = RestClient("http://exchange", VENUE, self.weight, self.clock, transport)
        self.history = CandleHistory(VENUE, self.rest, self.clock, self._take)

    def _take(self, events: Sequence[Event]) -> None:
        self.said += [event for event in events if isinstance(event, CandlesLoaded)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("time"):
            return httpx.Response(200, content=orjson.dumps({"serverTime": self.clock.wall_ms()}))
        params = dict(request.url.params)
        self.asked.append(params)
        if self.fails:
            return httpx.Response(503)
        rows, last = int(params["limit"]), self.now_minute
        if "startTime" in params:
            start = int(params["startTime"]) // MINUTE_MS
            minutes = range(max(start, self.first), last + 1)[:rows]
        else:
            end = min(last, int(params.get("endTime", last * MINUTE_MS)) // MINUTE_MS)
            minutes = range(self.first, end + 1)[-rows:]
        return httpx.Response(200, content=orjson.dumps([self._candle(m * MINUTE_MS) for m in minutes]))

    @staticmethod
    def _candle(at: int) -> list[object]:
        return [at, "1", "2", "1", "2", "5", at + MINUTE_MS - 1, "9", 3, "1", "1", "0"]

    def at(self, minutes_ago: int) -> int:
        return (self.now_minute - minutes_ago) * MINUTE_MS


async def test_the_newest_come_first_and_the_running_one_is_not_closed() -> None:
    world = World()
    await world.rest.sample_clock()
    world.history.ask("BTCUSDT", "1m", None, None)
    assert await world.history.step()
    (event,) = world.said
    assert len(event.candles) == VENUE.limits.own_candles_rows
    assert [candle.closed for candle in event.candles[-2:]] == [True, False]
    assert not event.complete
    assert not await world.history.step()


async def test_by_a_clock_that_is_not_known_the_last_candle_is_never_closed() -> None:
    world = World()
    world.clock.jump(3_600)
    world.history.ask("BTCUSDT", "1m", None, None)
    await world.history.step()
    assert [candle.closed for candle in world.said[0].candles[-2:]] == [True, False]


async def test_older_ones_end_where_the_known_ones_begin() -> None:
    world = World()
    world.history.ask("BTCUSDT", "1m", None, world.at(600))
    await world.history.step()
    assert world.said[0].candles[-1].open_ms == world.at(600)
    assert len(world.said[0].candles) == VENUE.limits.klines_rows


async def test_where_there_are_fewer_than_asked_for_there_are_no_others() -> None:
    world = World()
    world.first = world.now_minute - 9
    world.history.ask("BTCUSDT", "1m", None, None)
    await world.history.step()
    assert (len(world.said[0].candles), world.said[0].complete) == (10, True)


async def test_a_span_brings_what_lies_in_it() -> None:
    world = World()
    world.history.ask("BTCUSDT", "1m", world.at(20), world.at(15))
    await world.history.step()
    assert [candle.open_ms for candle in world.said[0].candles] == [world.at(n) for n in range(20, 14, -1)]


async def test_the_newest_question_of_a_series_is_the_one_that_is_asked() -> None:
    world = World()
    world.history.ask("BTCUSDT", "1m", None, None)
    world.history.ask("BTCUSDT", "1m", None, world.at(600))
    await world.history.step()
    assert [params.get("endTime") for params in world.asked] == [str(world.at(600))]


async def test_what_nobody_waits_for_is_not_asked_for() -> None:
    world = World()
    world.history.ask("BTCUSDT", "1m", None, None)
    world.history.forget("BTCUSDT", "1m")
    assert not await world.history.step()
    assert world.asked == []


async def test_without_weight_it_waits_and_says_so_once() -> None:
    world = World()
    world.weight.header(3_500, world.clock.wall_ms())
    world.history.ask("BTCUSDT", "1m", None, None)
    assert not await world.history.step()
    assert not await world.history.step()
    assert [event.failure for event in world.said] == [NO_WEIGHT]
    assert world.asked == []
    world.clock.advance(60)
    assert await world.history.step()
    assert world.said[-1].failure == ""


async def test_a_failure_is_said_in_words_and_others_have_their_turn() -> None:
    world = World(fails=True)
    world.history.ask("BTCUSDT", "1m", None, None)
    world.history.ask("ETHUSDT", "1m", None, None)
    with pytest.raises(RestError):
        await world.history.step()
    assert "HTTP 503" in world.said[0].failure
    world.fails = False
    await world.history.step()
    await world.history.step()
    assert [event.key.symbol for event in world.said] == ["BTCUSDT", "ETHUSDT", "BTCUSDT"]


async def test_questions_are_bounded_and_one_too_many_may_be_asked_later() -> None:
    world = World()
    taken = [world.history.ask(f"S{n}USDT", "1m", None, None) for n in range(QUESTIONS_WAITING + 1)]
    assert taken == [True] * QUESTIONS_WAITING + [False]
    assert world.history.ask("S0USDT", "1m", None, world.at(5))
    assert len(world.history) == QUESTIONS_WAITING
    await world.history.step()
    assert world.history.ask("LATEUSDT", "1m", None, None)
