"""Whether an open symbol still trades is asked for now and then, and only then."""

from __future__ import annotations

import httpx
import orjson
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.core.budget import WeightBudget
from bntui.feed.listing import EACH_EVERY_S, Listed, Listings
from bntui.feed.rest import RestClient
from bntui.venue.base import Venue
from bntui.venue.binance.spot import spot
from bntui.venue.binance.usdm import usdm


def row(symbol: str, status: str) -> dict[str, object]:
    filters = [
        {"filterType": "PRICE_FILTER", "tickSize": "0.01"},
        {"filterType": "LOT_SIZE", "stepSize": "0.001"},
    ]
    assets = {"baseAsset": symbol[:3], "quoteAsset": symbol[3:]}
    contract: dict[str, object] = {
        "pair": symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4_133_404_800_000,
    }
    contract |= {"onboardDate": 1_569_398_400_000, "marginAsset": "USDT"}
    return {"symbol": symbol, "status": status, "filters": filters, **assets, **contract}


class Asked:
    """Open symbols, and what the exchange lists."""

    def __init__(self, venue: Venue, **statuses: str) -> None:
        self.statuses = statuses
        self.garbled = False
        self.questions: list[str] = []
        self.clock = ManualClock()
        limits = venue.limits
        weight = WeightBudget(
            limits.request_weight,
            limits.request_weight_window_s,
            limits.own_weight_share,
            limits.own_weight_stop_share,
        )
        rest = RestClient("http://exchange", venue, weight, self.clock, httpx.MockTransport(self._answer))
        self.rest = rest
        self.listings = Listings(venue, rest, self.clock, 0.5)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        symbol = request.url.params.get("symbol")
        self.questions.append(symbol or "everything")
        if symbol and symbol not in self.statuses:
            return httpx.Response(400, json={"code": -1121, "msg": "Invalid symbol."})
        if self.garbled:
            return httpx.Response(200, content=b"<html>")
        rows = [row(name, status) for name, status in self.statuses.items() if symbol in (None, name)]
        return httpx.Response(200, content=orjson.dumps({"symbols": rows}))

    async def after(self, seconds: float, *symbols: str) -> Listed | None:
        self.clock.advance(seconds)
        return await self.listings.step(symbols)


async def test_nothing_is_asked_about_what_nobody_has_open_or_just_opened() -> None:
    asked = Asked(spot(), BTCUSDT="TRADING")
    assert await asked.after(0) is None
    assert await asked.after(0, "BTCUSDT") is None
    assert await asked.after(EACH_EVERY_S - 1, "BTCUSDT") is None
    assert asked.questions == []


async def test_a_halt_is_learnt_of_by_asking_about_the_symbol_alone() -> None:
    asked = Asked(spot(), BTCUSDT="HALT", ETHUSDT="TRADING")
    await asked.after(0, "BTCUSDT")
    looked = await asked.after(EACH_EVERY_S, "BTCUSDT")
    assert looked is not None
    assert looked.instrument is not None
    assert (looked.symbol, looked.instrument.status) == ("BTCUSDT", "HALT")
    assert asked.questions == ["BTCUSDT"]


async def test_one_that_is_listed_no_longer_is_no_failure_of_rest() -> None:
    asked = Asked(spot(), ETHUSDT="TRADING")
    await asked.after(0, "BTCUSDT")
    assert await asked.after(EACH_EVERY_S, "BTCUSDT") == Listed("BTCUSDT", None)
    assert asked.rest.failure == ""


async def test_symbols_take_turns() -> None:
    asked = Asked(spot(), BTCUSDT="TRADING", ETHUSDT="TRADING")
    await asked.after(0, "BTCUSDT", "ETHUSDT")
    for _ in range(6):
        await asked.after(EACH_EVERY_S / 2, "BTCUSDT", "ETHUSDT")
    assert asked.questions == ["BTCUSDT", "ETHUSDT"] * 2 + ["BTCUSDT"]


async def test_where_one_symbol_cannot_be_asked_for_the_list_says_it() -> None:
    asked = Asked(usdm(), BTCUSDT="SETTLING")
    await asked.after(0, "BTCUSDT")
    looked = await asked.after(EACH_EVERY_S, "BTCUSDT")
    assert looked is not None
    assert looked.instrument is not None
    assert (looked.instrument.status, asked.questions) == ("SETTLING", ["everything"])


async def test_an_answer_that_cannot_be_read_is_said() -> None:
    asked = Asked(spot(), BTCUSDT="TRADING")
    await asked.after(0, "BTCUSDT")
    asked.garbled = True
    with pytest.raises(RestError, match="exchange_info"):
        await asked.after(EACH_EVERY_S, "BTCUSDT")
