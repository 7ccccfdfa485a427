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
        self.asked.append(f"{name} {request.url.params.get('symbol', '')}".strip())
        return httpx.Response(200, content=orjson.dumps(self.answers[name]))
