"""One market's feed: what REST is asked for, in which order, and what becomes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import httpx
import orjson
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.books import Books
from bntui.feed.core.bargain import GATHER_S
from bntui.feed.core.budget import AttemptLimit, WeightBudget
from bntui.feed.core.failures import Failure
from bntui.feed.listing import EACH_EVERY_S
from bntui.feed.market import (
    CHECK_EVERY_S,
    CHECK_LOSS_S,
    CLOCK_DOUBT_S,
    CLOCK_EVERY_S,
    FIRST_CLOCK_SAMPLES,
    MarketFeed,
)
from bntui.feed.pool import Pool
from bntui.feed.poolparts import PoolParts
from bntui.feed.rest import RestClient
from bntui.feed.sparklines import SCREENFUL_SHARE
from bntui.model.events import Ticker
from bntui.model.states import ShardState, StreamState
from bntui.model.status import (
    Event,
    HealthChanged,
    InstrumentsLoaded,
    MinuteCloses,
    ShardChanged,
    StreamChanged,
)
from bntui.venue.binance.limits import SPOT
from tests.model.build import shard
from tests.support.exchange import MemoryExchange
from tests.support.feed import VENUE, always
from tests.support.shard import settled

QUOTES, TRADES, TICKER = "btcusdt@bookTicker", "btcusdt@trade", "btcusdt@ticker"


def listed(symbol: str) -> dict[str, object]:
    return {
        "symbol": symbol,
        "status": "TRADING",
        "baseAsset": symbol[:-4],
        "quoteAsset": "USDT",
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": "0.01000000"},
            {"filterType": "LOT_SIZE", "stepSize": "0.00001000"},
        ],
    }


def statistics(symbol: str) -> dict[str, object]:
    prices = ("lastPrice", "openPrice", "highPrice", "lowPrice", "bidPrice", "askPrice", "prevClosePrice")
    amounts = ("lastQty", "bidQty", "askQty", "volume", "quoteVolume", "weightedAvgPrice")
    return {
        "symbol": symbol,
        "priceChange": "-1.00",
        "priceChangePercent": "-0.500",
        **dict.fromkeys((*prices, *amounts), "10.00"),
        **{"openTime": 1, "closeTime": 2, "firstId": 1, "lastId": 77, "count": 77},
    }


@dataclass
class World:
    """A market feed whose network is in memory."""

    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    exchange: MemoryExchange = field(default_factory=MemoryExchange)
    asked: list[str] = field(default_factory=list)
    said: list[Event] = field(default_factory=list)
    fails: bool = False
    status: str = "TRADING"
    """Of BTCUSDT."""
    exchange_ms_behind: int = 0
    """How far the exchange's clock is behind ours."""

    def __post_init__(self) -> None:
        limits = VENUE.limits
        self.weight = WeightBudget(
            limits.request_weight,
            limits.request_weight_window_s,
            limits.own_weight_share,
            limits.own_weight_stop_share,
        )
        rest = RestClient(
            "http://exchange", VENUE, self.weight, self.clock, httpx.MockTransport(self._answer)
        )
        books = Books(VENUE, rest, self.clock, always(0.5), self.take, asyncio.Semaphore())
        parts = PoolParts(
            venue=VENUE,
            stream_url="ws://exchange",
            transport=self.exchange,
            attempts=AttemptsFile(self.folder / "attempts.json", AttemptLimit(100, 300_000), self.clock),
            clock=self.clock,
            uniform=always(0.5),
            take_shard_id=count(1).__next__,
            take_outage_id=count(1).__next__,
            emit=books.take,
        )
        self.feed = MarketFeed(VENUE, Pool(parts), rest, self.clock, always(0.5), books)

    def take(self, events: Sequence[Event]) -> None:
        self.said += events

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/v3/")[2]
        self.asked.append(name)
        if self.fails:
            return httpx.Response(500)
        bodies: dict[str, object] = {
            "time": {"serverTime": self.clock.wall_ms() - self.exchange_ms_behind},
            "exchangeInfo": {"symbols": [listed("BTCUSDT") | {"status": self.status}, listed("ETHUSDT")]},
            "ticker/24hr": [statistics("BTCUSDT"), statistics("ETHUSDT")],
            "klines": [[0, "1", "1", "1", "9.00", "1", 59_999, "1", 1, "1", "1", "0"]],
        }
        return httpx.Response(200, content=orjson.dumps(bodies[name]))

    async def ask_until_idle(self) -> list[str]:
        """Ask for all that is due now; what was asked for."""
        self.asked.clear()
        while await self.feed.ask_next(self.clock.monotonic()):
            pass
        return list(self.asked)

    def heard(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.said if isinstance(event, kind)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_first_the_clock_then_the_symbols_then_statistics_and_history(world: World) -> None:
    world.feed.want([QUOTES, TRADES, TICKER])
    asked = await world.ask_until_idle()
    assert asked == ["time"] * FIRST_CLOCK_SAMPLES + ["exchangeInfo", "ticker/24hr", "klines"]
    assert len(world.heard(InstrumentsLoaded)) == 1
    assert world.feed.instruments_known.is_set()
    assert [event.key.symbol for event in world.heard(Ticker) if isinstance(event, Ticker)] == ["BTCUSDT"]
    (closes,) = world.heard(MinuteCloses)
    assert isinstance(closes, MinuteCloses)
    assert closes.closes == ((0, "9.00"),)
    assert await world.ask_until_idle() == []


async def test_nothing_is_asked_for_a_symbol_that_is_not_listed(world: World) -> None:
    world.feed.want(["nosuchusdt@ticker", "nosuchusdt@trade"])
    assert "ticker/24hr" not in await world.ask_until_idle()


async def test_a_halt_of_an_open_symbol_is_told_soon_and_once(world: World) -> None:
    world.feed.want(["btcusdt@depth@100ms"])
    await world.ask_until_idle()
    world.status = "HALT"
    for _ in range(3):
        world.clock.advance(EACH_EVERY_S)
        await world.ask_until_idle()
    *_, told = world.heard(InstrumentsLoaded)
    assert isinstance(told, InstrumentsLoaded)
    assert {each.key.symbol: each.status for each in told.instruments} == {
        "BTCUSDT": "HALT",
        "ETHUSDT": "TRADING",
    }
    assert len(world.heard(InstrumentsLoaded)) == 2


async def test_the_clock_is_sampled_again_after_a_while(world: World) -> None:
    await world.ask_until_idle()
    world.clock.advance(CLOCK_EVERY_S - 1)
    assert await world.ask_until_idle() == []
    world.clock.advance(1)
    assert (await world.ask_until_idle())[0] == "time"


async def test_after_this_machine_s_clock_was_set_it_is_measured_anew_and_alone(world: World) -> None:
    await world.ask_until_idle()
    world.feed.judge(world.clock.monotonic())
    offsets = [world.feed.rest.offset_ms]
    world.clock.jump(5)
    world.clock.advance(0.5)
    world.exchange_ms_behind = 5_000
    world.feed.judge(world.clock.monotonic())
    offsets.append(world.feed.rest.offset_ms)
    assert await world.ask_until_idle() == ["time"] * FIRST_CLOCK_SAMPLES
    offsets.append(world.feed.rest.offset_ms)
    assert offsets == [0, None, -5_000]


async def test_events_at_odd_times_on_every_connection_make_it_ask_for_the_clock(world: World) -> None:
    def lags(*lags_ms: float | None) -> None:
        views = [replace(shard(number), lag_ms=lag_ms) for number, lag_ms in enumerate(lags_ms)]
        vars(world.feed.pool)["views"] = lambda offset_ms: views
        world.feed.report()

    await world.ask_until_idle()
    lags(-5_000.0, 30.0, None)
    assert await world.ask_until_idle() == [], "one connection that lags is no clock"
    lags(-5_000.0, -4_900.0, None)
    assert await world.ask_until_idle() == ["time"]
    lags(-5_000.0)
    assert await world.ask_until_idle() == [], "not again and again"
    world.clock.advance(CLOCK_DOUBT_S)
    lags(5_000.0)
    assert await world.ask_until_idle() == ["time"]


async def test_a_clock_that_is_disciplined_gently_is_left_alone(world: World) -> None:
    await world.ask_until_idle()
    for _ in range(20):
        world.clock.jump(0.05)
        world.clock.advance(0.5)
        world.feed.judge(world.clock.monotonic())
    assert world.feed.rest.offset_ms == -1_000, "what it moved by is known, for the other clock went on"
    assert await world.ask_until_idle() == []


async def test_optional_requests_stop_when_the_ip_has_used_half_of_its_weight(world: World) -> None:
    await world.ask_until_idle()
    world.weight.header(int(SPOT.request_weight * 0.6), world.clock.wall_ms())
    world.feed.want([QUOTES, TRADES, TICKER])
    assert await world.ask_until_idle() == []
    world.clock.advance(60)
    assert await world.ask_until_idle() == ["ticker/24hr", "klines"]


async def test_sparklines_leave_our_weight_to_what_proves_that_streams_flow(world: World) -> None:
    await world.ask_until_idle()
    used = int(world.weight.own_limit * SCREENFUL_SHARE)
    world.weight.take(used, world.clock.wall_ms(), optional=False)
    world.feed.want([QUOTES, TRADES, TICKER])
    assert await world.ask_until_idle() == ["ticker/24hr"]
    world.clock.advance(60)
    assert await world.ask_until_idle() == ["klines"]


async def test_a_failure_is_raised_to_the_loop_and_shown(world: World) -> None:
    world.fails = True
    with pytest.raises(RestError):
        await world.feed.ask_next(world.clock.monotonic())
    world.feed.report()
    (health,) = world.heard(HealthChanged)
    assert isinstance(health, HealthChanged)
    assert not health.view.rest_ok
    assert health.view.rest_reason


async def test_wanted_streams_are_told_at_once_and_gone_ones_too(world: World) -> None:
    world.feed.want([TRADES])
    world.feed.unwant([TRADES])
    told = [event.view for event in world.heard(StreamChanged) if isinstance(event, StreamChanged)]
    assert told[0] is not None
    assert told[0].state is StreamState.WANTED
    assert told[-1] is None


async def test_every_shard_is_reported(world: World) -> None:
    world.feed.want([TRADES])
    world.feed.report()
    (shard,) = world.heard(ShardChanged)
    assert isinstance(shard, ShardChanged)
    assert (shard.view.wanted, shard.view.cap) == (1, SPOT.own_stream_cap)


async def test_a_lost_connection_is_told_before_what_its_streams_suffer_from_it(world: World) -> None:
    world.feed.want([TRADES])
    world.feed.pool.step(world.clock.monotonic())
    await settled()
    world.feed.judge(world.clock.monotonic())
    world.said.clear()
    world.exchange.links[0].drop()
    world.feed.judge(world.clock.monotonic())
    told = [type(event) for event in world.said if isinstance(event, ShardChanged | StreamChanged)]
    assert told == [ShardChanged, StreamChanged]
    world.said.clear()
    world.feed.judge(world.clock.monotonic())
    assert not [event for event in world.said if isinstance(event, ShardChanged)], "told once"


async def test_rest_is_asked_soon_after_a_loss_whether_it_answers_and_then_now_and_then(world: World) -> None:
    await world.ask_until_idle()
    world.feed.want([TRADES])
    world.feed.pool.step(world.clock.monotonic())
    await settled()
    await world.ask_until_idle()
    world.exchange.failure = Failure("connection refused")
    world.exchange.links[0].drop()
    world.clock.advance(CHECK_LOSS_S)
    assert await world.ask_until_idle() == ["time"]
    world.clock.advance(CHECK_EVERY_S - 0.1)
    assert await world.ask_until_idle() == []
    world.clock.advance(0.1)
    assert await world.ask_until_idle() == ["time"]


async def test_a_shard_that_has_ended_is_told_as_closed_once(world: World) -> None:
    world.feed.want([TRADES])
    world.feed.report()
    world.feed.unwant([TRADES])
    world.feed.pool.step(world.clock.monotonic())
    world.feed.report()
    world.feed.report()
    told = [event.view.state for event in world.heard(ShardChanged) if isinstance(event, ShardChanged)]
    assert told == [ShardState.GATED, ShardState.CLOSED]


async def test_silent_symbols_are_asked_about_before_anything_optional(world: World) -> None:
    await world.ask_until_idle()
    world.feed.want([TRADES])
    world.feed.pool.health.acked([TRADES], world.clock.monotonic())
    world.clock.advance(4)
    await world.feed.ask_next(world.clock.monotonic())
    world.clock.advance(GATHER_S)
    world.feed.want(["ethusdt@trade"])
    assert await world.ask_until_idle() == ["ticker/24hr", "klines"]
