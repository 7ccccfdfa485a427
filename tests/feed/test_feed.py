"""Wishes are counted: a stream flows while somebody wants it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.core.budget import AttemptLimit, TokenBucket
from bntui.feed.core.failures import Failure
from bntui.feed.feed import Feed, Wish, watch_wishes
from bntui.feed.transport import Link, Receiver
from bntui.model.markets import Market, StreamKind, SymbolKey
from bntui.model.status import Event, HealthChanged, StreamChanged
from bntui.venue.markets import venue
from bntui.venue.places import Endpoints
from tests.support.exchange import MemoryExchange
from tests.support.feed import VENUE
from tests.support.shard import settled

BTC = SymbolKey(Market.SPOT, "BTCUSDT")
TRADES = (Wish(StreamKind.TRADE),)


@pytest.fixture
def said() -> list[Event]:
    return []


@pytest.fixture
def feed(tmp_path: Path, said: list[Event]) -> Feed:
    def take(events: Sequence[Event]) -> None:
        said.extend(events)

    clock = ManualClock()
    return Feed(
        {Market.SPOT: (VENUE, Endpoints("http://127.0.0.1:9", "ws://127.0.0.1:9", ""))},
        lambda venue: MemoryExchange(),
        AttemptsFile(tmp_path / "attempts.json", AttemptLimit(100, 300_000), clock),
        clock,
        random.Random(1),
        take,
    )


def flowing(said: Sequence[Event]) -> set[str]:
    """Streams that were wanted last."""
    wanted: dict[str, bool] = {}
    for event in said:
        if isinstance(event, StreamChanged):
            wanted[event.key.name] = event.view is not None
    return {name for name, is_wanted in wanted.items() if is_wanted}


def weight_of_samples(folder: Path, *markets: Market) -> float:
    """The weight that USD-M's samples may take in a second."""
    feed = Feed(
        {
            each: (venue(each, {}), Endpoints("http://127.0.0.1:9", "ws://127.0.0.1:9", ""))
            for each in markets
        },
        lambda of: MemoryExchange(),
        AttemptsFile(folder / "attempts.json", AttemptLimit(100, 300_000), ManualClock()),
        ManualClock(),
        random.Random(1),
        lambda events: None,
    )
    bucket = vars(vars(feed.market(Market.USDM))["_samples"])["_weight"]
    assert isinstance(bucket, TokenBucket)
    return bucket.rate_per_s


def test_markets_that_share_their_weight_share_what_samples_may_take_of_it(tmp_path: Path) -> None:
    alone = weight_of_samples(tmp_path, Market.USDM)
    assert weight_of_samples(tmp_path, Market.USDM, Market.SPOT) == alone
    assert weight_of_samples(tmp_path, Market.USDM, Market.COINM) == alone / 2


async def test_a_row_of_the_watchlist_needs_three_streams(feed: Feed, said: list[Event]) -> None:
    feed.want([BTC])
    assert flowing(said) == {"btcusdt@bookTicker", "btcusdt@trade", "btcusdt@ticker"}


async def test_a_stream_flows_until_the_last_wish_for_it_is_gone(feed: Feed, said: list[Event]) -> None:
    feed.want([BTC])
    feed.want([BTC], TRADES)
    feed.unwant([BTC], watch_wishes(VENUE))
    assert flowing(said) == {"btcusdt@trade"}
    feed.unwant([BTC], TRADES)
    assert flowing(said) == set()
    feed.unwant([BTC], TRADES)
    assert flowing(said) == set()


async def test_candles_have_their_interval(feed: Feed, said: list[Event]) -> None:
    feed.want([BTC], [Wish(StreamKind.KLINE, "5m")])
    assert flowing(said) == {"btcusdt@kline_5m"}


async def test_a_market_that_is_not_served_is_said(feed: Feed) -> None:
    with pytest.raises(ValueError, match="this run has no usdm market"):
        feed.want([SymbolKey(Market.USDM, "BTCUSDT")], TRADES)


async def test_the_budget_shows_limits_and_use(feed: Feed) -> None:
    budget = feed.budget()
    assert (budget.attempts, budget.attempts_own_limit, budget.attempts_limit) == (0, 100, 300)
    assert (budget.weight_own, budget.weight_own_limit, budget.weight_limit) == (0, 1200, 6000)


async def test_only_an_existing_shard_can_be_replaced(feed: Feed) -> None:
    assert not feed.rotate(1)
    feed.want([BTC], TRADES)
    assert feed.rotate(1)


# Several markets


USDM = SymbolKey(Market.USDM, "BTCUSDT")
COINM = SymbolKey(Market.COINM, "BTCUSD_PERP")


@pytest.fixture
def exchanges() -> list[MemoryExchange]:
    """The network of each market, in the order of the markets."""
    return [MemoryExchange() for _ in Market]


@pytest.fixture
def all_markets(tmp_path: Path, said: list[Event], exchanges: list[MemoryExchange]) -> Feed:
    networks = dict(zip(Market, exchanges, strict=True))
    clock = ManualClock()
    return Feed(
        {
            market: (venue(market, {}), Endpoints(f"http://127.0.0.1/{market}", f"ws://{market}.test", ""))
            for market in Market
        },
        lambda venue: networks[venue.market],
        AttemptsFile(tmp_path / "attempts.json", AttemptLimit(100, 300_000), clock),
        clock,
        random.Random(1),
        said.extend,
    )


async def test_a_row_of_a_contract_needs_its_mark_price_too(all_markets: Feed, said: list[Event]) -> None:
    all_markets.want([USDM])
    assert flowing(said) == {"btcusdt@bookTicker", "btcusdt@trade", "btcusdt@ticker", "btcusdt@markPrice"}


async def test_the_same_symbol_of_two_markets_is_two_wishes(all_markets: Feed, said: list[Event]) -> None:
    all_markets.want([BTC, USDM])
    all_markets.unwant([BTC])
    gone = {e.key.market for e in said if isinstance(e, StreamChanged) and e.view is None}
    assert gone == {Market.SPOT}
    assert all_markets.market(Market.USDM).pool.health.names()


async def test_the_streams_of_a_contract_are_on_the_paths_that_serve_them(
    all_markets: Feed, exchanges: list[MemoryExchange]
) -> None:
    all_markets.want([USDM, COINM, BTC])
    for market in Market:
        all_markets.market(market).pool.step(0.0)
    await settled()
    for market in Market:
        all_markets.market(market).pool.step(0.0)
    asked = {
        link.url: sorted(
            name.partition("@")[2] for text in link.sent for name in orjson.loads(text)["params"]
        )
        for exchange in exchanges
        for link in exchange.links
    }
    assert asked == {
        "ws://spot.test/stream": ["bookTicker", "ticker", "trade"],
        "ws://usdm.test/public/stream": ["bookTicker", "trade"],
        "ws://usdm.test/market/stream": ["markPrice", "ticker"],
        "ws://coinm.test/stream": ["bookTicker", "markPrice", "ticker", "trade"],
    }


async def test_a_market_that_nobody_needs_is_not_asked_for_anything(all_markets: Feed) -> None:
    assert [m for m in Market if all_markets.market(m).is_awake] == [Market.SPOT]
    all_markets.want([USDM])
    assert [m for m in Market if all_markets.market(m).is_awake] == [Market.SPOT, Market.USDM]


async def test_both_futures_markets_draw_on_one_budget_of_weight(all_markets: Feed) -> None:
    all_markets.want([BTC, USDM, COINM])
    for market in (Market.USDM, Market.COINM):
        with suppress(RestError):
            rest = all_markets.market(market).rest
            await rest.fetch(all_markets.market(market).venue.calls.tickers(()), optional=True)
    view = all_markets.budget()
    assert (view.weight_pool, view.weight_own) == ("spot", 0)
    assert [(o.pool, o.own, o.limit) for o in view.other_weights] == [("futures", 2 * 40, 2400)]


async def test_a_market_says_which_streams_it_has(all_markets: Feed) -> None:
    mark = Wish(StreamKind.MARK_PRICE)
    assert [all_markets.offers(key, mark) for key in (BTC, USDM, COINM)] == [False, True, True]
    assert not all_markets.offers(USDM, Wish(StreamKind.KLINE, interval="1s"))


async def test_budgets_of_markets_that_nobody_needs_are_not_shown(all_markets: Feed) -> None:
    assert all_markets.budget().other_weights == []


async def test_health_is_told_of_the_whole(all_markets: Feed, said: list[Event]) -> None:
    all_markets.want([USDM])
    vars(all_markets.market(Market.USDM).rest)["failure"] = "time: no answer in time."
    all_markets.report()
    told = [event.view for event in said if isinstance(event, HealthChanged)]
    assert not told[-1].rest_ok
    assert told[-1].rest_reason == "usdm: time: no answer in time."
    all_markets.market(Market.SPOT).report()
    last = [event.view for event in said if isinstance(event, HealthChanged)][-1]
    assert not last.rest_ok, "what one market reports does not hide what another did"


class _OnePathDown(MemoryExchange):
    """Refuses whoever comes to one path."""

    async def open(self, url: str, receiver: Receiver) -> Link | Failure:
        return Failure("HTTP 503", status=503) if "/market" in url else await super().open(url, receiver)


async def test_a_path_that_is_down_keeps_no_connection_of_another_from_coming_back(
    tmp_path: Path, said: list[Event]
) -> None:
    clock, exchange = ManualClock(), _OnePathDown()
    several = venue(Market.USDM, {"own_stream_cap": 1})
    feed = Feed(
        {Market.USDM: (several, Endpoints("http://127.0.0.1:9", "ws://usdm.test", ""))},
        lambda venue: exchange,
        AttemptsFile(tmp_path / "attempts.json", AttemptLimit(100, 300_000), clock),
        clock,
        random.Random(1),
        said.extend,
    )
    pool = feed.market(Market.USDM).pool

    async def let_pass(seconds: int) -> None:
        for _ in range(seconds):
            clock.advance(1.0)
            pool.step(clock.monotonic())
            await settled()

    feed.want([SymbolKey(Market.USDM, f"S{number}USDT") for number in range(4)], [Wish(StreamKind.TICKER)])
    feed.want([USDM], TRADES)
    await let_pass(30)
    (public,) = exchange.open_links
    public.drop()
    await let_pass(4)
    assert [link.url for link in exchange.links] == ["ws://usdm.test/public/stream"] * 2
