"""`--limit NAME=VALUE` takes any row of the table and any number: it is refused in words, or lived with."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from itertools import count
from pathlib import Path

import httpx
import pytest

from bntui.clock import ManualClock
from bntui.errors import RestError
from bntui.feed.attempts import AttemptsFile
from bntui.feed.books import Books
from bntui.feed.core.budget import AttemptLimit, SlidingBudget, WeightBudget
from bntui.feed.core.subscriptions import Subscriptions
from bntui.feed.market import MarketFeed
from bntui.feed.pool import LONGEST_NAP_S, SHORTEST_NAP_S, Pool
from bntui.feed.poolparts import PoolParts
from bntui.feed.rest import RestClient
from bntui.model.status import Event
from bntui.venue.binance.limits import SPOT
from bntui.venue.binance.spot import spot
from bntui.venue.limits import LEAST, MOST, Limits
from tests.support.exchange import MemoryExchange

SYMBOLS = 5
STEPS = 600
SECONDS = 60.0
"""Simulated; a program that is awake all the time gets nowhere near it in so many steps."""

ROWS = [field.name for field in fields(Limits)]


def values(name: str) -> Iterator[float]:
    """The numbers that are most likely to break something, of those that are taken."""
    for value in (0.0, LEAST.get(name, 0.0), MOST):
        with suppress(ValueError):
            SPOT.override({name: value})
            yield value


class Life:
    """A market on an exchange in memory that cuts everything now and then, awake only when it has to be."""

    def __init__(self, limits: Limits, folder: Path) -> None:
        self.clock = ManualClock()
        self.exchange = MemoryExchange()
        self.asked = 0
        venue = spot(limits)
        weight = WeightBudget(
            limits.request_weight,
            limits.request_weight_window_s,
            limits.own_weight_share,
            limits.own_weight_stop_share,
        )
        rest = RestClient("http://exchange", venue, weight, self.clock, httpx.MockTransport(self._answer))
        rng = random.Random(1)
        books = Books(venue, rest, self.clock, rng.uniform, self._take, asyncio.Semaphore())
        attempts = AttemptLimit(int(limits.own_attempts), int(limits.connection_attempts_window_s * 1000))
        self.pool = Pool(
            PoolParts(
                venue=venue,
                stream_url="ws://exchange",
                transport=self.exchange,
                attempts=AttemptsFile(folder / "attempts.json", attempts, self.clock),
                clock=self.clock,
                uniform=rng.uniform,
                take_shard_id=count(1).__next__,
                take_outage_id=count(1).__next__,
                emit=books.take,
            )
        )
        self.feed = MarketFeed(venue, self.pool, rest, self.clock, rng.uniform, books)

    def _take(self, events: Sequence[Event]) -> None:
        """Nobody looks at what is said here."""

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Each second request fails."""
        self.asked += 1
        now_ms = self.clock.wall_ms()
        body = b'{"serverTime":%d,"symbols":[]}' % now_ms
        return httpx.Response(200 if self.asked % 2 else 503, content=body)

    async def live(self) -> float:
        """Live until the time or the steps are used up; how many seconds that was."""
        self.feed.want([f"s{n}usdt@trade" for n in range(SYMBOLS)])
        began = self.clock.monotonic()
        cut_at = began + 7.0
        for trade_id in range(1, STEPS + 1):
            now = self.clock.monotonic()
            if now - began >= SECONDS:
                break
            self.pool.step(now)
            await asyncio.sleep(0)
            for n in range(SYMBOLS):
                self.exchange.trade(f"S{n}USDT", trade_id)
            self.feed.judge(now)
            self.feed.report()
            with suppress(RestError):
                await self.feed.ask_next(now)
            if now >= cut_at:
                cut_at = now + 20.0
                for link in self.exchange.open_links:
                    link.drop()
                    link.ended = (0, "dropped")
            due = self.pool.deadline(now)
            nap_s = LONGEST_NAP_S if due is None else min(LONGEST_NAP_S, max(SHORTEST_NAP_S, due - now))
            self.clock.advance(nap_s)
        return self.clock.monotonic() - began


@pytest.mark.parametrize("name", ROWS)
async def test_the_program_lives_with_every_limit_that_is_taken_and_sleeps_in_between(
    name: str, tmp_path: Path
) -> None:
    for value in values(name):
        life = Life(SPOT.override({name: value}), tmp_path)
        assert await life.live() >= SECONDS, f"{name}={value:g} keeps it awake"
        assert life.exchange.attempts <= SPOT.own_attempts or name.startswith(("own_attempts", "connection_"))


def test_no_own_rate_passes_that_of_the_exchange() -> None:
    held = Subscriptions(spot(SPOT.override({"own_frames_per_s": MOST})))
    held.want(f"s{n}@trade" for n in range(20 * int(SPOT.own_subscribe_names)))
    frames = SlidingBudget(SPOT.client_frames_per_s, 1.0)
    assert len(held.due(0.0, frames)) == SPOT.client_frames_per_s
