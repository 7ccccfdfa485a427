"""Statistics come with best prices beside them where the market leaves those out, and either comes alone."""

from __future__ import annotations

import pytest

from bntui.errors import RestError
from bntui.feed.core.bargain import Price
from bntui.feed.statistics import Statistics, with_best
from bntui.venue.base import BestPrices, Venue
from bntui.venue.binance.coinm import coinm
from bntui.venue.binance.limits import TICKERS_A_CALL
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm
from tests.feed.restworld import RestWorld, market_of

SYMBOLS = [f"S{n}USDT" for n in range(60)]
BEST = BestPrices("9.90", "1", "10.10", "2")


def statistics(world: RestWorld) -> Statistics:
    return Statistics(world.venue, world.rest, world.clock)


async def test_spot_tells_best_prices_among_its_statistics() -> None:
    world = market_of(spot(), *SYMBOLS[:2])
    asked = await statistics(world).tickers(SYMBOLS[:2], with_best=True)
    assert asked is not None
    assert [(t.key.symbol, t.bid, t.ask) for t in asked.tickers] == [
        ("S0USDT", "9.90", "10.10"),
        ("S1USDT", "9.90", "10.10"),
    ]
    assert world.asked == ["ticker/24hr"]


async def test_futures_tell_best_prices_by_a_second_request_that_is_made_on_demand() -> None:
    world = market_of(usdm(), "S0USDT")
    asked = await statistics(world).tickers(["S0USDT"], with_best=True)
    assert asked is not None
    (ticker,) = asked.tickers
    assert (ticker.bid, asked.best) == (None, {"S0USDT": BEST})
    assert world.asked == ["ticker/24hr S0USDT", "ticker/bookTicker S0USDT"]
    assert world.weight.own == 1 + 2
    await statistics(world).tickers(["S0USDT"])
    assert world.asked[2:] == ["ticker/24hr S0USDT"]


async def test_best_prices_of_all_are_a_small_part_of_what_statistics_weigh() -> None:
    world = market_of(usdm(), *SYMBOLS)
    asked = await statistics(world).best(())
    assert asked is not None
    assert asked.tickers == ()
    assert asked.best.keys() == set(SYMBOLS)
    assert world.asked == ["ticker/bookTicker"]
    assert world.weight.own == 5


async def test_where_statistics_tell_the_best_prices_they_are_not_asked_for_alone() -> None:
    world = market_of(spot(), *SYMBOLS)
    assert await statistics(world).best(()) is None
    assert world.asked == []


@pytest.mark.parametrize(
    ("venue", "tickers", "best"),
    [
        (spot(), Price(TICKERS_A_CALL, 2, 80), None),
        (usdm(), Price(1, 1, 40), Price(1, 2, 5)),
        (coinm(), Price(1, 1, 40), Price(1, 2, 5)),
    ],
)
def test_what_requests_weigh_is_the_market_s(venue: Venue, tickers: Price, best: Price | None) -> None:
    asks = statistics(market_of(venue))
    assert (asks.tickers_price, asks.best_price) == (tickers, best)


async def test_nothing_is_asked_when_both_requests_do_not_fit() -> None:
    world = market_of(usdm(), "S0USDT")
    world.weight.take(world.weight.own_limit - 2, world.clock.wall_ms(), optional=False)
    assert await statistics(world).tickers(["S0USDT"], with_best=True) is None
    assert world.asked == []


async def test_an_answer_that_is_none_is_said() -> None:
    world = market_of(usdm(), "S0USDT")
    world.answers["ticker/bookTicker"] = [5]
    with pytest.raises(RestError, match="tickers: "):
        await statistics(world).tickers(["S0USDT"], with_best=True)
    with pytest.raises(RestError, match="book_tickers: "):
        await statistics(world).best(())


async def test_a_symbol_without_best_prices_keeps_none() -> None:
    asked = await statistics(market_of(usdm(), "S0USDT")).tickers(["S0USDT"])
    assert asked is not None
    (ticker,) = asked.tickers
    assert with_best(ticker, None).bid is None
    assert with_best(ticker, BEST).ask_qty == "2"
