"""A REST client whose exchange is a table of answers by the end of the path."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import orjson

from bntui.clock import ManualClock
from bntui.feed.core.budget import WeightBudget
from bntui.feed.rest import RestClient
from bntui.venue.base import Venue


class RestWorld:
    """What is asked for, and what it costs, of a market whose answers stand in a table."""

    def __init__(self, venue: Venue, answers: Mapping[str, object]) -> None:
        """`answers` by the last words of a path, such as `ticker/24hr`."""
        self.venue = venue
        self.clock = ManualClock()
        self.answers = dict(answers)
        self.asked: list[str] = []
        """Path and symbol of each request."""
        limits = venue.limits
        self.weight = WeightBudget(
            limits.request_weight,
            limits.request_weight_window_s,
            limits.own_weight_share,
            limits.own_weight_stop_share,
        )
        self.rest = RestClient(
            "http://exchange", venue, self.weight, self.clock, httpx.MockTransport(self._answer)
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = next(name for name in self.answers if request.url.path.endswith(name))
        symbol = request.url.params.get("symbol", "")
        self.asked.append(f"{name} {symbol}".strip())
        answer = self.answers[name]
        if symbol and isinstance(answer, list):
            answer = [
                row for row in answer if not isinstance(row, dict) or row.get("symbol") in (None, symbol)
            ]
        return httpx.Response(200, content=orjson.dumps(answer))


_PLAIN: dict[str, object] = {
    "priceChange": "-1.00",
    "priceChangePercent": "-0.500",
    **dict.fromkeys(("lastPrice", "openPrice", "highPrice", "lowPrice", "weightedAvgPrice"), "10.00"),
    **dict.fromkeys(("lastQty", "volume", "quoteVolume"), "5"),
    **{"openTime": 1, "closeTime": 2, "firstId": 1, "lastId": 77, "count": 77},
}
_QUOTES: dict[str, object] = {"bidPrice": "9.90", "bidQty": "1", "askPrice": "10.10", "askQty": "2"}


def market_of(venue: Venue, *symbols: str) -> RestWorld:
    """A world that tells the statistics and the best prices of these symbols as the market does."""
    own = _QUOTES | {"prevClosePrice": "1"} if venue.calls.best_prices is None else {}
    return RestWorld(
        venue,
        {
            "ticker/24hr": [{"symbol": symbol, **_PLAIN, **own} for symbol in symbols],
            "ticker/bookTicker": [{"symbol": symbol, **_QUOTES} for symbol in symbols],
        },
    )
