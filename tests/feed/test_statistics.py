"""Statistics are had as cheaply as they can be, with best prices beside where the market leaves them out."""

from __future__ import annotations

import pytest

from bntui.errors import RestError
from bntui.feed.statistics import Statistics
from bntui.venue.base import Venue
from bntui.venue.binance.limits import TICKERS_A_CALL
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from tests.feed.restworld import RestWorld

PLAIN: dict[str, object] = {
    "priceChange": "-1.00",
    "priceChangePercent": "-0.500",
    **dict.fromkeys(("lastPrice", "openPrice", "highPrice", "lowPrice", "weightedAvgPrice"), "10.00"),
    **dict.fromkeys(("lastQty", "volume", "quoteVolume"), "5"),
    **{"openTime": 1, "closeTime": 2, "firstId": 1, "lastId": 77, "count": 77},
}
QUOTES: dict[str, object] = {"bidPrice": "9.90", "bidQty": "1", "askPrice": "10.10", "askQty": "2"}
SYMBOLS = [f"S{n}USDT" for n in range(60)]


def world_of(venue: Venue, *symbols: str) -> RestWorld:
    own = QUOTES | {"prevClosePrice": "1"} if venue.calls.best_prices is None else {}
    return RestWorld(
        venue,
        {
            "ticker/24hr": [{"symbol": symbol, **PLAIN, **own} for symbol in symbols],
            "ticker/bookTicker": [{"symbol": symbol, **QUOTES} for symbol in symbols],
        },
    )


async def test_spot_tells_best_prices_among_its_statistics_for_many_symbols_at_once() -> None:
    world = world_of(spot(), *SYMBOLS[:2])
    asked = await Statistics(world.venue, world.rest, world.clock).ask(SYMBOLS[:2])
    assert asked is not None
    assert [(t.key.symbol, t.bid, t.ask) for t in asked.tickers] == [
        ("S0USDT", "9.90", "10.10"),
        ("S1USDT", "9.90", "10.10"),
    ]
    assert asked.covered == set(SYMBOLS[:2])
    assert world.asked == ["ticker/24hr"]


async def test_as_many_symbols_as_one_call_brings_are_asked_about_first() -> None:
    world = world_of(spot(), *SYMBOLS)
    asked = await Statistics(world.venue, world.rest, world.clock).ask(SYMBOLS[: TICKERS_A_CALL + 1])
    assert asked is not None
    assert asked.covered == set(SYMBOLS[:TICKERS_A_CALL])


async def test_futures_need_a_second_request_for_the_best_prices_of_a_symbol() -> None:
    world = world_of(usdm(), "S0USDT")
    asked = await Statistics(world.venue, world.rest, world.clock).ask(SYMBOLS[:3])
    assert asked is not None
    (ticker,) = asked.tickers
    assert (ticker.bid, ticker.bid_qty, ticker.ask, ticker.ask_qty) == ("9.90", "1", "10.10", "2")
    assert asked.covered == {"S0USDT"}
    assert world.asked == ["ticker/24hr S0USDT", "ticker/bookTicker S0USDT"]
    assert world.weight.own == 1 + 2


async def test_many_futures_are_cheaper_all_at_once() -> None:
    world = world_of(usdm(), *SYMBOLS, "OTHERUSDT")
    asked = await Statistics(world.venue, world.rest, world.clock).ask(SYMBOLS)
    assert asked is not None
    assert asked.covered == set(SYMBOLS)
    assert len(asked.tickers) == len(SYMBOLS) + 1
    assert world.asked == ["ticker/24hr", "ticker/bookTicker"]
    assert world.weight.own == 40 + 5


@pytest.mark.parametrize(
    ("venue", "fills", "waits"), [(spot(), [20, 21, 400], [0, 1, 19]), (usdm(), [8, 300], [0, 1, 7])]
)
def test_symbols_are_gathered_until_a_request_is_full_or_one_for_all_is_better(
    venue: Venue, fills: list[int], waits: list[int]
) -> None:
    world = world_of(venue)
    statistics = Statistics(world.venue, world.rest, world.clock)
    assert all(statistics.fills(count) for count in fills)
    assert not any(statistics.fills(count) for count in waits)


async def test_a_symbol_without_best_prices_keeps_none() -> None:
    world = world_of(usdm(), "S0USDT")
    world.answers["ticker/bookTicker"] = []
    asked = await Statistics(world.venue, world.rest, world.clock).ask(["S0USDT"])
    assert asked is not None
    assert asked.tickers[0].bid is None


async def test_nothing_is_asked_when_both_requests_do_not_fit() -> None:
    world = world_of(usdm(), "S0USDT")
    world.weight.take(world.weight.own_limit - 2, world.clock.wall_ms(), optional=False)
    statistics = Statistics(world.venue, world.rest, world.clock)
    assert await statistics.ask(["S0USDT"]) is None
    assert world.asked == []


async def test_an_answer_that_is_none_is_said() -> None:
    world = world_of(usdm(), "S0USDT")
    world.answers["ticker/bookTicker"] = [5]
    with pytest.raises(RestError, match="tickers: "):
        await Statistics(world.venue, world.rest, world.clock).ask(["S0USDT"])
