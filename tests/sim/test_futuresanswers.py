"""The futures' REST bodies have the documented fields, in the exchange's order."""

from __future__ import annotations

import json

from bntui.sim import futuresanswers
from bntui.sim.futurespayloads import Mark
from bntui.venue.binance.futures_limits import USDM
from tests.sim.floors import COIN, COIN_DELIVERY, PERPETUAL, Pit

NOW_US = 1_767_225_600_000_000
MARK = Mark(1, 2, 3, 4, "0.00010000", 5)


def fields(text: str) -> list[str]:
    body = json.loads(text)
    return list(body[0] if isinstance(body, list) else body)


def test_books_statistics_and_best_levels() -> None:
    pit = Pit()
    usdm, coinm = pit.usdm.desk("BTCUSDT"), pit.coinm.desk("BTCUSD_PERP")
    assert usdm is not None
    assert coinm is not None
    assert fields(futuresanswers.depth(usdm, 5, NOW_US)) == ["lastUpdateId", "E", "T", "bids", "asks"]
    assert fields(futuresanswers.depth(coinm, 5, NOW_US)) == [
        *("lastUpdateId", "E", "T", "symbol", "pair"),
        *("bids", "asks"),
    ]
    sums = ["openTime", "closeTime", "firstId", "lastId", "count"]
    statistics = [
        *("priceChange", "priceChangePercent", "weightedAvgPrice", "lastPrice", "lastQty"),
        *("openPrice", "highPrice", "lowPrice", "volume"),
    ]
    assert fields(futuresanswers.ticker(usdm, NOW_US)) == ["symbol", *statistics, "quoteVolume", *sums]
    assert fields(futuresanswers.ticker(coinm, NOW_US)) == [
        *("symbol", "pair"),
        *statistics,
        "baseVolume",
        *sums,
    ]
    assert fields(futuresanswers.book_ticker(coinm))[:3] == ["symbol", "pair", "bidPrice"]


def test_trades_are_worth_quotes_on_usdm_and_coins_on_coinm() -> None:
    pit = Pit()
    for front, symbol, worth in (
        (pit.usdm, "BTCUSDT", ["quoteQty", "time", "isBuyerMaker", "isRPITrade"]),
        (pit.coinm, "BTCUSD_PERP", ["baseQty", "time", "isBuyerMaker"]),
    ):
        desk = front.desk(symbol)
        assert desk is not None
        rows = list(desk.log.from_id(desk.timeline.open.last_id))
        assert fields(futuresanswers.trades(desk.pair, rows)) == ["id", "price", "qty", *worth]
        assert fields(futuresanswers.agg_trades(desk.pair, rows, 1)) == list("apqflTm")


def test_what_holding_costs_and_how_much_is_held() -> None:
    text = futuresanswers.premium_index(PERPETUAL, MARK, "0.00010000", NOW_US)
    prices = ["markPrice", "indexPrice", "estimatedSettlePrice", "lastFundingRate", "interestRate"]
    assert fields(text) == ["symbol", *prices, "nextFundingTime", "time"]
    ended = json.loads(futuresanswers.premium_index(COIN_DELIVERY, MARK, "0.00000000", NOW_US))
    assert (ended["lastFundingRate"], ended["interestRate"], ended["pair"]) == ("", "", "BTCUSD")
    assert fields(futuresanswers.open_interest(PERPETUAL, 7, NOW_US)) == ["openInterest", "symbol", "time"]
    assert json.loads(futuresanswers.open_interest(COIN, 7, NOW_US)) == {
        "symbol": "BTCUSD_PERP",
        "pair": "BTCUSD",
        "openInterest": "7",
        "contractType": "PERPETUAL",
        "time": NOW_US // 1000,
    }


def test_a_window_of_seconds_is_told_as_one() -> None:
    limits = USDM.override({"request_weight_window_s": 90})
    told = json.loads(futuresanswers.exchange_info([PERPETUAL], limits, NOW_US))["rateLimits"][0]
    assert (told["interval"], told["intervalNum"], told["limit"]) == ("SECOND", 90, 2_400)
